"""Tokens that were checked a moment ago, so that a busy client costs one check in a while."""

from dataclasses import dataclass, field
from hashlib import sha256

from service.fhir.access import Access

MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """The tokens used last; never the tokens themselves, only their digests."""

    most: int = MOST
    _known: dict[bytes, tuple[float, Access]] = field(default_factory=dict, repr=False)
    """In the order of their last use: a dict keeps the order of insertion."""

    def find(self, token: str, now: float) -> Access | None:
        """None for one that is not known, or no more to be relied on."""
        digest = _digest(token)
        known = self._known.pop(digest, None)
        if known is None or now >= known[0]:
            return None
        self._known[digest] = known
        return known[1]

    def keep(self, token: str, access: Access, *, until: float) -> None:
        """The one that was not used for longest makes room."""
        self._known[_digest(token)] = (until, access)
        if len(self._known) > self.most:
            del self._known[next(iter(self._known))]


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
