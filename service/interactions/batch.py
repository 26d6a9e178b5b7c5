"""POST [base]: a transaction, all or nothing, or a batch, each entry for itself.

http://hl7.org/fhir/R4/http.html#transaction
"""

import asyncio
from typing import Any

from service.errors import BadRequest, ServiceError, TooLarge
from service.fhir.access import Access
from service.fhir.bundles import Reply, ReplyEntry, response_bundle
from service.fhir.resource import Resource
from service.interactions.context import Context, Dispatch, Site
from service.interactions.entry import answered, failed, opened, skipped
from service.interactions.messages import Preference, Request, Response, Return
from service.interactions.transaction import transact
from service.store.database import Transaction


async def bundle(site: Site, access: Access, request: Request, dispatch: Dispatch) -> Response:
    """The answers in the order of the entries. Raises `BadRequest` for other kinds of Bundle."""
    posted = request.resource()
    kind = posted.get("type") if posted["resourceType"] == "Bundle" else None
    if kind == "batch":
        return await _batch(site, access, request, posted, dispatch)
    if kind != "transaction":
        raise BadRequest(
            "What is posted to the base must be a Bundle of type transaction or batch.",
            expression="Bundle.type",
        )
    entries = [
        opened(index, entry, site.base_url, request.headers.get("prefer", ""))
        for index, entry in enumerate(_entries(site, posted, request.prefer))
    ]

    async def work(tx: Transaction) -> Response:
        answers = await transact(Context(site=site, tx=tx), entries, request.prefer, dispatch)
        return Response(status=200, body=response_bundle(Reply.TRANSACTION, answers))

    return await site.database.run(access, work)


async def _batch(
    site: Site, access: Access, request: Request, posted: Resource, dispatch: Dispatch
) -> Response:
    answers = list[ReplyEntry]()
    for index, raw in enumerate(_entries(site, posted, request.prefer)):
        await asyncio.sleep(0)
        answers.append(await _alone(site, access, index, raw, request, dispatch))
    return Response(status=200, body=response_bundle(Reply.BATCH, answers))


async def _alone(
    site: Site, access: Access, index: int, raw: Any, request: Request, dispatch: Dispatch
) -> ReplyEntry:
    try:
        entry = opened(index, raw, site.base_url, request.headers.get("prefer", ""))
        if not entry.request.path:
            raise BadRequest("A Bundle may not be an entry of another.", expression=entry.place)
        if request.prefer.lenient and not entry.served:
            return skipped(entry)
        response = await dispatch.alone(site, access, entry.request)
    except ServiceError as error:
        return failed(error)
    wanted = entry.request.method == "GET" or request.prefer.answer is Return.REPRESENTATION
    return answered(response, site.base_url, with_body=wanted)


def _entries(site: Site, posted: Resource, prefer: Preference) -> list[Any]:
    entries = posted.get("entry", [])
    if not isinstance(entries, list):
        raise BadRequest("Bundle.entry must be a list.", expression="Bundle.entry")
    most = site.load_limit if prefer.lenient else site.bundle_limit
    if len(entries) > most:
        raise TooLarge(
            f"A Bundle may have {most} entries at the most.",
            expression="Bundle.entry",
        )
    return entries
