"""Numbers that people recorded of one topic through a course, at most one a session."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from service.clinical import facts

STRENGTH = "belief-strength"


@dataclass(frozen=True, kw_only=True)
class Rating:
    """The number that counts in one session."""

    session: int
    """From 1."""
    value: float
    remark: facts.Remark


def ratings(
    said: Iterable[tuple[int, facts.Remark]], amount: Callable[[facts.Remark], float | None]
) -> tuple[Rating, ...]:
    """In order of sessions; of several numbers in one session the last counts."""
    found = dict[int, Rating]()
    for session, remark in said:
        value = amount(remark)
        if value is not None:
            found[session] = Rating(session=session, value=value, remark=remark)
    return tuple(found.values())


def strength(remark: facts.Remark) -> float | None:
    """How strongly a belief is held, 0 to 10; None where nobody said."""
    said = remark.components.get(STRENGTH)
    try:
        return None if said is None else float(said)
    except ValueError:
        return None
