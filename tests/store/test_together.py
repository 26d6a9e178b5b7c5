"""What comes together is done together, and each is answered for its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.errors import BadRequest, TooManyRequests, Unavailable
from service.store.together import Together

BAD, GONE = "bad", "gone"


@dataclass(kw_only=True)
class Work:
    """Notes every batch that ended well; an item that begins with `bad` makes its batch fail."""

    done: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    tried: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    pause: float = 0.0
    down: bool = False

    async def __call__(self, key: str, items: Sequence[str]) -> list[str]:
        self.tried += 1
        self.begun.set()
        await asyncio.sleep(self.pause)
        if self.down:
            raise Unavailable("The database cannot be reached.")
        if any(item.startswith(BAD) for item in items):
            raise BadRequest(f"{next(i for i in items if i.startswith(BAD))} is no good.")
        self.done.append((key, tuple(items)))
        return [item.upper() for item in items]


async def test_what_comes_while_others_are_under_way_is_the_next_batch_in_its_order() -> None:
    work = Work(pause=0.01)
    together = Together[str, str, str](work, at_once=100)
    first = asyncio.create_task(together.do("k", "a"))
    await work.begun.wait()
    rest = await asyncio.gather(*(together.do("k", item) for item in "bcd"))
    assert (await first, rest) == ("A", ["B", "C", "D"])
    assert work.done == [("k", ("a",)), ("k", ("b", "c", "d"))]


async def test_no_batch_is_larger_than_it_may_be_and_keys_do_not_wait_for_one_another() -> None:
    work = Work(pause=0.001)
    together = Together[str, str, str](work, at_once=2)
    asked = [together.do(key, item) for item in "abcde" for key in "xy"]
    assert await asyncio.gather(*asked) == [i for item in "ABCDE" for i in (item, item)]
    for key in "xy":
        batches = [items for of, items in work.done if of == key]
        assert batches == [("a", "b"), ("c", "d"), ("e",)]


async def test_a_second_batch_is_under_way_with_the_first_where_it_may_be_and_a_third_waits() -> (
    None
):
    work = Work(pause=0.01)
    together = Together[str, str, str](work, at_once=2, batches=2)
    asked = asyncio.gather(*(together.do("k", item) for item in "abcde"))
    await asyncio.wait_for(work.begun.wait(), 1)
    await asyncio.sleep(0)
    assert work.tried == 2
    assert await asked == ["A", "B", "C", "D", "E"]
    assert [items for _, items in work.done] == [("a", "b"), ("c", "d"), ("e",)]


async def test_one_that_fails_alone_is_told_and_keeps_no_other_from_being_done() -> None:
    work = Work()
    together = Together[str, str, str](work, at_once=100)
    found = await asyncio.gather(
        *(together.do("k", item) for item in ("a", "bad 1", "b", "bad 2")), return_exceptions=True
    )
    assert [str(each) for each in found] == ["A", "bad 1 is no good.", "B", "bad 2 is no good."]
    assert work.done == [("k", ("a",)), ("k", ("b",))]


async def test_what_befalls_all_is_not_tried_again_for_each() -> None:
    work = Work(down=True)
    together = Together[str, str, str](work, at_once=100)
    found = await asyncio.gather(*(together.do("k", i) for i in "abc"), return_exceptions=True)
    assert [type(each) for each in found] == [Unavailable] * 3
    assert len({id(each) for each in found}) == 3
    assert work.tried == 1
    work.down = False
    assert await together.do("k", "d") == "D"


Arrival = tuple[str, str, int]
"""The key, how it ends, and after how many turns of the loop it comes."""


async def played(arrivals: list[Arrival], batches: int) -> tuple[list[object], list[str]]:
    """The answers, and what was done."""
    work = Work()
    together = Together[str, str, str](work, at_once=4, batches=batches)

    async def arrives(number: int, key: str, kind: str, turns: int) -> str:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await together.do(key, f"{kind} {number}")

    tasks = [asyncio.create_task(arrives(n, *each)) for n, each in enumerate(arrivals)]
    await asyncio.sleep(0)
    for task, (_, kind, _) in zip(tasks, arrivals, strict=True):
        if kind == GONE:
            task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return list(found), [item for _, items in work.done for item in items]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from(("good", BAD, GONE)), st.integers(0, 3)),
        max_size=25,
    ),
    st.integers(1, 3),
)
def test_everybody_is_answered_for_their_own_and_everything_good_is_done_once(
    arrivals: list[Arrival], batches: int
) -> None:
    """Whatever the order, whoever fails and whoever goes away."""
    answers, done = asyncio.run(played(arrivals, batches))
    for number, (answer, (_, kind, _)) in enumerate(zip(answers, arrivals, strict=True)):
        expected = {"good": f"GOOD {number}", BAD: f"bad {number} is no good."}
        assert kind == GONE or str(answer) == expected[kind]
    assert len(done) == len(set(done))
    good = {f"good {n}" for n, (_, kind, _) in enumerate(arrivals) if kind == "good"}
    assert good <= set(done)
    assert not any(item.startswith(BAD) for item in done)


async def test_an_error_that_cannot_be_copied_is_told_and_the_next_is_served() -> None:
    """Its class asks for more than a sentence."""

    async def refusing(key: str, items: Sequence[str]) -> list[str]:
        if "no" in items:
            raise TooManyRequests("Ask again later.", retry_seconds=3)
        return list(items)

    together = Together[str, str, str](refusing, at_once=4)
    with pytest.raises(TooManyRequests, match="later"):
        async with asyncio.timeout(10):
            await together.do("k", "no")
    async with asyncio.timeout(10):
        assert await together.do("k", "yes") == "yes"


async def test_nothing_is_kept_of_a_key_that_nobody_waits_for() -> None:
    work = Work()
    together = Together[str, str, str](work, at_once=4)
    for number in range(50):
        await together.do(f"key {number}", "a")
    assert not together._queues


@pytest.mark.parametrize("count", [1, 7])
async def test_a_result_belongs_to_its_item(count: int) -> None:
    together = Together[str, str, str](Work(), at_once=3)
    asked = [together.do("k", f"i{n}") for n in range(count)]
    assert await asyncio.gather(*asked) == [f"I{n}" for n in range(count)]
