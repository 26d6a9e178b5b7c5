"""POST [base]: a transaction, all or nothing, or a batch, each entry for itself.

http://hl7.org/fhir/R4/http.html#transaction
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from service.errors import BadRequest, ServiceError, TooLarge
from service.fhir.access import Access
from service.fhir.bundles import Reply, ReplyEntry, response_bundle
from service.interactions.context import Context, Dispatch, Site
from service.interactions.entry import answered, failed, opened, skipped
from service.interactions.messages import Request, Response
from service.interactions.transaction import transact
from service.interactions.unforeseen import failure, told
from service.store.database import Transaction

log = structlog.get_logger()


async def bundle(site: Site, access: Access, request: Request, dispatch: Dispatch) -> Response:
    """The answers in the order of the entries. Raises `BadRequest` for other kinds of Bundle."""
    posted = request.resource()
    kind = posted.get("type") if posted["resourceType"] == "Bundle" else None
    if kind not in ("batch", "transaction"):
        raise BadRequest(
            "What is posted to the base must be a Bundle of type transaction or batch.",
            expression="Bundle.type",
        )
    entries = posted.get("entry", [])
    if not isinstance(entries, list):
        raise BadRequest("Bundle.entry must be a list.", expression="Bundle.entry")
    most = site.load_limit if request.prefer.lenient else site.bundle_limit
    if len(entries) > most:
        raise TooLarge(
            f"A Bundle may have {most} entries at the most.",
            expression="Bundle.entry",
        )
    _refuse_repeated(entries)
    if kind == "batch":
        return await _batch(site, access, request, entries, dispatch)
    return await _transaction(site, access, request, entries, dispatch)


async def _transaction(
    site: Site, access: Access, request: Request, raw: Sequence[Any], dispatch: Dispatch
) -> Response:
    prefer = request.headers.get("prefer", "")
    entries = [opened(index, each, site.base_url, prefer) for index, each in enumerate(raw)]

    async def work(tx: Transaction) -> Response:
        answers = await transact(Context(site=site, tx=tx), entries, request.prefer, dispatch)
        return Response(status=200, body=response_bundle(Reply.TRANSACTION, answers))

    return await site.database.run(access, work)


async def _batch(
    site: Site, access: Access, request: Request, entries: Sequence[Any], dispatch: Dispatch
) -> Response:
    answers = list[ReplyEntry]()
    for index, raw in enumerate(entries):
        await asyncio.sleep(0)
        answers.append(await _alone(site, access, index, raw, request, dispatch))
    return Response(status=200, body=response_bundle(Reply.BATCH, answers))


async def _alone(
    site: Site, access: Access, index: int, raw: Any, request: Request, dispatch: Dispatch
) -> ReplyEntry:
    """What nobody foresaw fails one entry, too: those before it are stored already."""
    try:
        entry = opened(index, raw, site.base_url, request.headers.get("prefer", ""))
        if not entry.request.path and entry.request.method == "POST":
            raise BadRequest("A Bundle may not be an entry of another.", expression=entry.place)
        if entry.skippable:
            return skipped(entry)
        return answered(entry, await dispatch.alone(site, access, entry.request), site.base_url)
    except ServiceError as error:
        return failed(error)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is told without its message)
        log.error("entry.failed", **told(error))
        return failed(failure())


def _refuse_repeated(entries: Sequence[Any]) -> None:
    """http://hl7.org/fhir/R4/bundle.html#invs: bdl-7, one name stands for one entry."""
    seen = set[str]()
    for index, entry in enumerate(entries):
        full_url = entry.get("fullUrl") if isinstance(entry, Mapping) else None
        if not isinstance(full_url, str):
            continue
        if full_url in seen:
            place = f"Bundle.entry[{index}].fullUrl"
            raise BadRequest(f"{place} stands for another entry too (bdl-7).", expression=place)
        seen.add(full_url)
