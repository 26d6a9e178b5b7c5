"""How many requests one client may make: each its own share, so that none starves the others."""

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

MOST_CLIENTS = 10_000


@dataclass(frozen=True, kw_only=True)
class Quota:
    """A bucket for each client, which fills evenly: a burst may empty it at once."""

    per_second: float
    burst: int
    """Requests that a client who was silent may make at once."""
    elapsed: Callable[[], float]
    """Seconds, from whenever."""
    _buckets: dict[Hashable, tuple[float, float]] = field(
        default_factory=dict, init=False, repr=False
    )
    """What is left, and when; in the order of the last request."""

    def spend(self, client: Hashable) -> int:
        """Whole seconds until the client may ask again; 0 where this request is one of its own."""
        now = self.elapsed()
        left, since = self._buckets.pop(client, (float(self.burst), now))
        left = min(self.burst, left + (now - since) * self.per_second)
        allowed = left >= 1
        self._buckets[client] = (left - 1 if allowed else left, now)
        if len(self._buckets) > MOST_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        return 0 if allowed else math.ceil((1 - left) / self.per_second)
