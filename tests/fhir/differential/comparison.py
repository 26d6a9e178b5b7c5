"""Both validators over many bodies: where they disagree, and by which known rule."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from service.errors import Issue
from tests.fhir.differential import lenience, stricter
from tests.fhir.differential.cases import CERTAIN, case
from tests.fhir.differential.verdicts import ours, read, theirs

REFUSED = "only the models refuse"
TAKEN = "only the models take"
UNEXPLAINED = "unexplained"


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """A body that one takes and the other refuses."""

    name: str
    side: str
    reason: str
    ours: tuple[Issue, ...]
    theirs: str | None

    def __str__(self) -> str:
        own = " ".join(issue.message for issue in self.ours) or "Fine."
        other = " ".join((self.theirs or "Fine.").split())[:400]
        return f"{self.name}\n    ours: {own}\n    theirs: {other}"


@dataclass(kw_only=True)
class Comparison:
    """What came of a run."""

    bodies: int = 0
    refused: int = 0
    """By both."""
    found: list[Disagreement] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """What breaks R4 for certain and we take."""
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many by kind of mutation and type."""

    @property
    def unexplained(self) -> list[Disagreement]:
        return [each for each in self.found if UNEXPLAINED in each.reason]

    def add(self, name: str, body: bytes) -> tuple[Issue, ...]:
        """Ask both of a body."""
        try:
            own, other = ours(body), theirs(body)
        except Exception as error:
            error.add_note(name)
            raise
        self.bodies += 1
        self.refused += bool(own) and other is not None
        if not own and other is not None:
            why = lenience.reason(read(body)) or UNEXPLAINED
            self._differ(name, REFUSED, why, own, other)
        elif own and other is None:
            why = "; ".join(sorted({stricter.reason(issue, body) or UNEXPLAINED for issue in own}))
            self._differ(name, TAKEN, why, own, other)
        return own

    def _differ(
        self, name: str, side: str, why: str, own: tuple[Issue, ...], other: str | None
    ) -> None:
        self.found.append(Disagreement(name=name, side=side, reason=why, ours=own, theirs=other))

    def table(self) -> Iterator[str]:
        """How often they disagree, by reason."""
        yield f"{self.bodies} bodies: {self.refused} refused by both, {len(self.found)} in dispute"
        counts = Counter((each.side, each.reason) for each in self.found)
        for (side, why), count in sorted(counts.items(), key=lambda one: (one[0][0], -one[1])):
            yield f"{count:8}  {side}: {why}"


def compared(bodies: Iterable[tuple[str, bytes]]) -> Comparison:
    result = Comparison()
    for name, body in bodies:
        result.add(name, body)
    return result


def mutated(count: int, seed: int) -> Comparison:
    """The first `count` cases of a seed."""
    result = Comparison()
    for number in range(count):
        one = case(seed, number)
        own = result.add(str(one), one.body)
        result.kinds[one.kind, one.example.partition("-")[0]] += 1
        if one.kind in CERTAIN and not own:
            result.missed.append(str(one))
    return result
