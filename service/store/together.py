"""Doing together what comes together: one piece of work for all that wait, to each its own end."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from service.errors import Unavailable
from service.store.failures import unavailable

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, eq=False)
class _Waiting(Generic[T, R]):
    item: T
    done: "asyncio.Future[R]"
    """Already done where whoever waited was cancelled."""

    def succeed(self, result: R) -> None:
        if not self.done.done():
            self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(_copied(error))


@dataclass(kw_only=True, eq=False)
class _Queue(Generic[T, R]):
    waiting: list[_Waiting[T, R]] = field(default_factory=list)
    workers: "set[asyncio.Task[None]]" = field(default_factory=set)


class Together(Generic[K, T, R]):
    """Items of one key are begun in the order in which they came; those that come while as many
    batches as may be are under way wait, and are the next. Keys know nothing of one another.

    With two batches one is made ready while the database is at the other; a bound to their size
    then keeps all who wait from being in one."""

    def __init__(
        self,
        work: Callable[[K, Sequence[T]], Awaitable[Sequence[R]]],
        *,
        at_once: int,
        batches: int = 1,
    ) -> None:
        """`work` gives a result for each of up to `at_once` items; where it raises, it must have
        done nothing. Of one key as many as `batches` may be under way."""
        self._work = work
        self._at_once = at_once
        self._batches = batches
        self._queues: dict[K, _Queue[T, R]] = {}

    async def do(self, key: K, item: T) -> R:
        """The item's own result; raises what `work` raises for it.

        Whoever is cancelled meanwhile does not learn it: the item is done nevertheless.
        """
        loop = asyncio.get_running_loop()
        one = _Waiting[T, R](item=item, done=loop.create_future())
        queue = self._queues.setdefault(key, _Queue())
        queue.waiting.append(one)
        if len(queue.workers) < self._batches:
            queue.workers.add(loop.create_task(self._serve(key, queue)))
        return await one.done

    async def _serve(self, key: K, queue: _Queue[T, R]) -> None:
        while queue.waiting:
            # Those that are about to come join in.
            await asyncio.sleep(0)
            batch = queue.waiting[: self._at_once]
            del queue.waiting[: self._at_once]
            if batch:
                await self._end(key, batch)
        queue.workers -= {asyncio.current_task()}
        if not queue.workers:
            del self._queues[key]

    async def _end(self, key: K, batch: Sequence[_Waiting[T, R]]) -> None:
        try:
            results = await self._work(key, [one.item for one in batch])
        except Exception as error:  # noqa: BLE001  (whatever it is, those who wait are told)
            if len(batch) == 1 or _of_all(error):
                for one in batch:
                    one.fail(error)
                return
            # One that fails keeps no other from being done.
            for one in batch:
                await self._end(key, [one])
        else:
            for one, result in zip(batch, results, strict=True):
                one.succeed(result)


def _copied(error: Exception) -> Exception:
    """One for each who waits, since raising adds to it; itself where its class allows no copy."""
    try:
        return copy(error)
    except TypeError:
        return error


def _of_all(error: Exception) -> bool:
    """Whether it would befall each of them alone, too."""
    return isinstance(error, Unavailable) or unavailable(error) is not None
