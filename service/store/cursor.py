"""Where a page ended, sealed: a client can hand it back, but neither read nor change it.

The seal (AES-GCM with the tenant's own key) binds it to the tenant, to what was asked, and to what
the caller's token grants: a total that was counted for one is not told to another, and the order
that the index gives hangs on what it is asked for.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.errors import BadRequest
from service.fhir.access import Access
from service.fhir.search.query import Query

P = TypeVar("P", bound=msgspec.Struct)

Asked = Sequence[str | tuple[str, str]]
"""What a cursor belongs to: no other request can go on from it."""
NONCE_BYTES = 12
PAGING = frozenset({"_count", "_total"})
"""Parameters that may differ from page to page."""
LONGEST = 4_096


class Cursor(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The place after the last row of a page of matches."""

    keys: tuple[str | float | None, ...]
    """Sort keys of that row; dates as text."""
    row_id: int
    highest: int
    """Greatest row id when the first page was read: later resources stay out."""
    total: int | None
    """As the first page said it."""


def of_query(query: Query) -> Asked:
    return asked(query.place, query.used)


def asked(what: str, used: Sequence[tuple[str, str]]) -> Asked:
    """`what` names the request beside its parameters."""
    return [what, *(pair for pair in used if pair[0] not in PAGING)]


def seal(place: msgspec.Struct, belongs_to: Asked, access: Access, key: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    bound = _bound(belongs_to, access)
    return _written(nonce + AESGCM(key).encrypt(nonce, msgspec.msgpack.encode(place), bound))


def unseal(text: str, kind: type[P], belongs_to: Asked, access: Access, key: bytes) -> P:
    """Raises `BadRequest` for what `seal` did not make of this request for such a caller."""
    try:
        if len(text) > LONGEST:
            raise ValueError("A page token is shorter.")
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if _written(raw) != text:
            raise ValueError("The same bytes are written in one way only.")
        bound = _bound(belongs_to, access)
        opened = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], bound)
    except (ValueError, InvalidTag):
        raise BadRequest(
            "The page token '_page' does not belong to this search; start again at its first page."
        ) from None
    return msgspec.msgpack.decode(opened, type=kind)


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bound(belongs_to: Asked, access: Access) -> bytes:
    grants = access.rights.grants if access.rights is not None else None
    said = msgspec.msgpack.encode((belongs_to, grants))
    return access.tenant.bytes + blake2b(said, digest_size=16).digest()
