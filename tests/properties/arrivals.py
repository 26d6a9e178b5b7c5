"""Ways in which the same writes can arrive: their order, their repetition, what travels together.

The writes to one resource keep their order, for the last of them is what it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.properties.clinic import DONE, Clinic, Resource, statuses, to_delete, to_put
from tests.properties.records import records


@dataclass(frozen=True)
class Write:
    """A PUT, or a DELETE where there is no resource."""

    place: str
    resource: Resource | None

    @property
    def entry(self) -> Resource:
        return to_delete(self.place) if self.resource is None else to_put(self.resource)


@dataclass(frozen=True)
class Sent:
    """Writes that travel together; `kind` is single, batch or transaction."""

    kind: str
    writes: tuple[Write, ...]


def put(resource: Resource) -> Write:
    return Write(f"{resource['resourceType']}/{resource['id']}", resource)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, list[Write]]:
    """Place -> its writes, oldest first; some resources are corrected or deleted later."""
    found: dict[str, list[Write]] = {}
    for resource in draw(records(16, 40)):
        write = put(resource)
        found.setdefault(write.place, []).append(write)
        if draw(st.sampled_from([False] * 14 + [True])):
            found[write.place].append(Write(write.place, None))
    return found


def ordered(places: Sequence[str], histories: dict[str, list[Write]]) -> Iterator[Write]:
    """The writes of each place in their order; the last one is repeated where a place comes on."""
    waiting = {place: iter(writes) for place, writes in histories.items()}
    last: dict[str, Write] = {}
    for place in places:
        last[place] = next(waiting[place], None) or last[place]
        yield last[place]


@st.composite
def arrivals(draw: st.DrawFn, histories: dict[str, list[Write]]) -> list[Sent]:
    """One way in which the writes of `histories` can arrive."""
    every = [place for place, writes in histories.items() for _ in writes]
    again = draw(st.lists(st.sampled_from(sorted(histories)), max_size=4))
    writes = list(ordered(draw(st.permutations(every + again)), histories))
    sent: list[Sent] = []
    while writes:
        kind = draw(st.sampled_from(["single", "batch", "transaction", "transaction"]))
        size = 1 if kind == "single" else draw(st.integers(1, 9))
        together = writes[:size]
        if kind == "transaction":
            together = distinct(together)
        sent.append(Sent(kind, tuple(together)))
        del writes[: len(together)]
    return sent


def distinct(writes: Sequence[Write]) -> list[Write]:
    """As far as no place is written twice: a transaction may not."""
    seen: dict[str, Write] = {}
    for write in writes:
        if write.place in seen:
            break
        seen[write.place] = write
    return list(seen.values())


async def send(clinic: Clinic, sent: Sent) -> None:
    """Every write of it must be taken."""
    if sent.kind != "single":
        answer = await clinic.post(sent.kind, (write.entry for write in sent.writes))
        assert DONE.issuperset(statuses(answer)), answer.text
        return
    (write,) = sent.writes
    deleting = write.resource is None
    answer = await (clinic.delete(write.place) if deleting else clinic.put(write.resource))
    assert answer.status_code in DONE, answer.text
