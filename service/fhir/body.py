"""The text of a resource, split where the store's knowledge ends and the client's begins.

`head` + `tail` is the whole resource: the tail is stored, without id and version, and the head is
written from the row on the way out.

    {"resourceType":"Patient","id":"1","meta":{"versionId":"3","lastUpdated":"..."     head
    ,"profile":["..."]},"active":true}                                                 tail
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from service.fhir import exact_json
from service.fhir.resource import Identity, Resource

SET_HERE = frozenset({"resourceType", "id", "meta"})
"""What stands in the head, whatever the client sent."""
META_SET_HERE = frozenset({"versionId", "_versionId", "lastUpdated", "_lastUpdated"})


def head(identity: Identity, version: int, last_updated: datetime) -> bytes:
    """`identity` holds letters, digits, `-` and `.` only, so nothing in it needs escaping."""
    return (
        f'{{"resourceType":"{identity.type}","id":"{identity.id}",'
        f'"meta":{{"versionId":"{version}","lastUpdated":"{instant(last_updated)}"'
    ).encode()


def tail(resource: Resource) -> bytes:
    """Everything else of `resource`; its own id, versionId and lastUpdated are left out."""
    meta = resource.get("meta") or {}
    kept = {name: value for name, value in meta.items() if name not in META_SET_HERE}
    rest = {name: value for name, value in resource.items() if name not in SET_HERE}
    return _continued(kept) + _continued(rest)


def full(identity: Identity, version: int, last_updated: datetime, rest: bytes) -> bytes:
    """The whole resource, where `rest` is what `tail` made."""
    return head(identity, version, last_updated) + rest


def parse(body: bytes) -> dict[str, Any]:
    """The resource of a whole text that was stored."""
    resource = exact_json.loads(body)
    assert isinstance(resource, dict)
    return resource


@lru_cache(maxsize=64)
def instant(moment: datetime) -> str:
    """`2026-11-23T10:00:00.123Z`: UTC, to the millisecond."""
    there = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{there.isoformat(timespec='milliseconds')[:23]}Z"


def _continued(members: Resource) -> bytes:
    """The members as the end of an object that has begun: `,"a":1}`, or `}` without any."""
    return b"," + exact_json.dumps(members)[1:] if members else b"}"
