"""The keys of one issuer as they were last published, fetched anew when it is time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from math import inf

import structlog

from service.api.auth.keys import Key, Poisoned, chosen, key_set
from service.errors import Unauthorized, Unavailable
from service.outbound.client import Outbound, OutboundError

FRESH_SECONDS = 600
"""How long a set is used without asking."""
KEPT_SECONDS = 3600
"""How long the last good set is used while no better one can be had."""
PAUSE_SECONDS = 60
"""How long to wait before a set is asked for again that failed to come, or that lacked a key."""
FIRST_PAUSE_SECONDS = 5
"""The same as long as there never was a set."""
LIMIT = 256 * 1024
"""Bytes of a set."""

log = structlog.get_logger()


class Why(Enum):
    """Why a set is fetched: for each there is a pause of its own."""

    AGE = "age"
    UNKNOWN_KEY = "unknown key"


@dataclass(kw_only=True)
class Keyring:
    """Asks at one address and at no other, whatever a token says."""

    name: str
    """The issuer's, for the log."""
    uri: str
    outbound: Outbound
    elapsed: Callable[[], float]
    """Seconds, of a clock that never goes back."""
    _keys: tuple[Key, ...] = ()
    _fetched: float = 0.0
    """When the keys were published so; without meaning while there are none."""
    _asked: dict[Why, float] = field(default_factory=dict)
    _asking: "asyncio.Task[None] | None" = field(default=None, repr=False)

    async def key(self, kid: str | None, algorithm: str) -> Key:
        """Raises `Unauthorized` where the issuer has no such key, `Unavailable` where that cannot
        be known."""
        if not self._keys or self._age() >= FRESH_SECONDS:
            await self._ask(Why.AGE)
        if not self._keys or self._age() >= KEPT_SECONDS:
            raise Unavailable("The keys of the token's issuer cannot be had; try again.")
        found = chosen(self._keys, kid, algorithm)
        if found is None:
            await self._ask(Why.UNKNOWN_KEY)
            found = chosen(self._keys, kid, algorithm)
        if found is None:
            raise Unauthorized(
                "The access token is signed with no key of its issuer.", fault="invalid_token"
            )
        return found

    def _age(self) -> float:
        return self.elapsed() - self._fetched

    async def _ask(self, why: Why) -> None:
        """Fetch the set unless that was done a moment ago; whoever asks meanwhile waits along.

        It goes on when those who wait for it give up.
        """
        if self._asking is None:
            now, pause = self.elapsed(), PAUSE_SECONDS if self._keys else FIRST_PAUSE_SECONDS
            if now - self._asked.get(why, -inf) < pause:
                return
            self._asked[why] = now
            self._asking = asyncio.create_task(self._fetch())
        await asyncio.shield(self._asking)

    async def _fetch(self) -> None:
        try:
            answer = await self.outbound.exchange(
                "GET", self.uri, headers={"Accept": "application/json"}, limit=LIMIT
            )
            if answer.status != 200:
                raise Poisoned(f"status {answer.status}")
            self._keys = key_set(answer.body)
            self._fetched = self.elapsed()
        except (OutboundError, Poisoned) as error:
            log.warning("keys.not_fetched", issuer=self.name, reason=str(error))
        finally:
            self._asking = None
