"""The hashes that index rows carry in place of text."""

from functools import lru_cache
from hashlib import blake2b

KEPT = 256
"""Characters of a text whose hash is remembered: what is longer is rare, and would fill memory."""


def hash64(*parts: str) -> int:
    """A signed 64-bit integer; parts are kept apart, so ("a", "bc") and ("ab", "c") differ."""
    text = "\x1f".join(parts)
    return _hash64(text) if len(text) <= KEPT else _hash64.__wrapped__(text)


@lru_cache(maxsize=4096)
def _hash64(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def type_key(type_name: str) -> int:
    """How the indexes of resources know a type."""
    return hash32(type_name)


@lru_cache(maxsize=4096)
def hash32(*parts: str) -> int:
    """The same in 32 bits, for what is one of a few."""
    digest = blake2b("\x1f".join(parts).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)
