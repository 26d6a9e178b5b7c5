"""Where a page ended, sealed: a client can hand it back, but neither read nor change it.

The seal (AES-GCM with the tenant's own key) binds it to the tenant and to the query.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.errors import BadRequest
from service.fhir.search.query import Query

NONCE_BYTES = 12
PAGING = frozenset({"_count", "_total"})
"""Parameters that may differ from page to page."""
LONGEST = 4_096


class Cursor(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The place after the last row of a page."""

    keys: tuple[str | float | None, ...]
    """Sort keys of that row; dates as text."""
    row_id: int
    highest: int
    """Greatest row id when the first page was read: later resources stay out."""
    total: int | None
    """As the first page said it."""


def seal(cursor: Cursor, query: Query, tenant: UUID, key: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, msgspec.msgpack.encode(cursor), _bound(query, tenant))
    return _written(nonce + sealed)


def unseal(text: str, query: Query, tenant: UUID, key: bytes) -> Cursor:
    """Raises `BadRequest` for anything that `seal` did not make of this query for this tenant."""
    try:
        if len(text) > LONGEST:
            raise ValueError("A page token is shorter.")
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if _written(raw) != text:
            raise ValueError("The same bytes are written in one way only.")
        opened = AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(query, tenant))
    except (ValueError, InvalidTag):
        raise BadRequest(
            "The page token does not belong to this search; start again at its first page."
        ) from None
    return msgspec.msgpack.decode(opened, type=Cursor)


def _written(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bound(query: Query, tenant: UUID) -> bytes:
    asked = [query.type, *(pair for pair in query.used if pair[0] not in PAGING)]
    return tenant.bytes + blake2b(msgspec.msgpack.encode(asked), digest_size=16).digest()
