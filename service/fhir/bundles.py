"""Bundles as bytes, with the stored bodies embedded as they are.

https://hl7.org/fhir/R4/bundle.html
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from service.fhir import exact_json
from service.fhir.body import instant
from service.fhir.resource import Change, Identity, Resource


class Mode(StrEnum):
    """http://hl7.org/fhir/R4/valueset-search-entry-mode.html"""

    MATCH = "match"
    INCLUDE = "include"
    OUTCOME = "outcome"


ENDS = {mode: f',"search":{{"mode":"{mode}"}}}}'.encode() for mode in Mode}
"""What stands after a resource."""


class Reply(StrEnum):
    """What a Bundle of requests is answered with."""

    TRANSACTION = "transaction-response"
    BATCH = "batch-response"


class SearchEntry(Struct, frozen=True, kw_only=True):
    """One resource of a search's answer."""

    identity: Identity | None
    """None for an OperationOutcome, which is stored nowhere."""
    body: bytes
    mode: Mode = Mode.MATCH


class ReplyEntry(Struct, frozen=True, kw_only=True):
    """The answer to one request of a transaction or batch; None is left out."""

    status: int
    location: str | None = None
    """`[base]/[type]/[id]/_history/[vid]`"""
    etag: str | None = None
    last_modified: datetime | None = None
    outcome: Resource | None = None
    full_url: str | None = None
    resource: bytes | None = None


def searchset(
    entries: Iterable[SearchEntry],
    *,
    base_url: str,
    self_url: str,
    next_url: str | None = None,
    total: int | None = None,
) -> bytes:
    """`total` counts matches only and is left out where it was not counted."""
    base = _begun(base_url)
    return _joined(
        _bundle("searchset", total, _links(self_url, next_url), []),
        ((_opening(base, each.identity), each.body, ENDS[each.mode]) for each in entries),
    )


def history(
    changes: Iterable[Change],
    *,
    base_url: str,
    self_url: str,
    next_url: str | None = None,
    total: int | None = None,
) -> bytes:
    """Changes in the order given, newest first; a deletion is an entry without a resource."""
    return _bundle(
        "history",
        total,
        _links(self_url, next_url),
        [_history_entry(change, base_url) for change in changes],
    )


def response_bundle(kind: Reply, entries: Sequence[ReplyEntry]) -> bytes:
    """The answers in the order of the requests."""
    return _bundle(kind.value, None, None, [_reply_entry(entry) for entry in entries])


def collection(entries: Iterable[tuple[Identity, bytes]], *, base_url: str) -> bytes:
    """Resources with their JSON, in the order given.

    There are thousands in one answer."""
    base = _begun(base_url)
    return _joined(
        _bundle("collection", None, None, []),
        ((_opening(base, identity), body, b"}") for identity, body in entries),
    )


def _joined(bundle: bytes, entries: Iterable[tuple[bytes, bytes, bytes]]) -> bytes:
    """A Bundle without entries, and the texts that make up each of its entries."""
    parts, before = list[bytes](), b',"entry":['
    for opening, body, end in entries:
        parts += (before, opening, body, end)
        before = b","
    return b"".join((bundle[:-1], *parts, b"]}")) if parts else bundle


def _begun(base_url: str) -> str:
    """The base as the beginning of a JSON string."""
    return exact_json.dumps(base_url)[:-1].decode()


def _opening(base: str, identity: Identity | None) -> bytes:
    """What stands before a resource: nothing in an identity needs escaping."""
    if identity is None:
        return b'{"resource":'
    return f'{{"fullUrl":{base}/{identity.type}/{identity.id}","resource":'.encode()


def _bundle(
    kind: str,
    total: int | None,
    links: list[dict[str, str]] | None,
    entries: list[dict[str, Any]],
) -> bytes:
    """An empty list of entries is left out: FHIR JSON has no empty arrays."""
    bundle = {
        "resourceType": "Bundle",
        "type": kind,
        "total": total,
        "link": links,
        "entry": entries or None,
    }
    return exact_json.embedding(_present(bundle))


def _present(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _links(self_url: str, next_url: str | None) -> list[dict[str, str]]:
    links = [{"relation": "self", "url": self_url}]
    if next_url is not None:
        links.append({"relation": "next", "url": next_url})
    return links


def _history_entry(change: Change, base_url: str) -> dict[str, Any]:
    version = change.version
    method, status = _how(change)
    url = version.identity.type if method == "POST" else str(version.identity)
    return _present(
        {
            "fullUrl": f"{base_url}/{version.identity}",
            "resource": None if version.body is None else exact_json.written(version.body),
            "request": {"method": method, "url": url},
            "response": {
                "status": status,
                "etag": version.etag,
                "lastModified": instant(version.last_updated),
            },
        }
    )


def _how(change: Change) -> tuple[str, str]:
    """The request that made the version, and its status; where the verb was not kept, the first
    version is told as a create and every other as an update."""
    if change.version.deleted:
        return "DELETE", "204"
    likely = "POST" if change.version.number == 1 else "PUT"
    return change.method or likely, "201" if change.created else "200"


def _reply_entry(entry: ReplyEntry) -> dict[str, Any]:
    response = {
        "status": str(entry.status),
        "location": entry.location,
        "etag": entry.etag,
        "lastModified": entry.last_modified and instant(entry.last_modified),
        "outcome": entry.outcome,
    }
    return _present(
        {
            "fullUrl": entry.full_url,
            "resource": None if entry.resource is None else exact_json.written(entry.resource),
            "response": _present(response),
        }
    )
