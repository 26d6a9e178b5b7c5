"""What was measured: a cell for each kind of request against one server, with a sample a round."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from bench.client import Outcome

Key = tuple[str, str, int]
"""The server, the kind of request, and how many clients at once."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run of one kind of request against one server."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answers: int
    cpu_ms: dict[str, float]
    """Milliseconds of CPU per answer: of the server, its database and the client."""
    others: float
    """Share of the machine that neither of these used."""
    wrong: tuple[str, ...] = ()
    """The first few answers that were not as expected: with any, the run is invalid."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """All runs of one kind of request against one server, by round."""

    server: str
    kind: str
    clients: int
    samples: list[Sample] = field(default_factory=list)

    @property
    def fault(self) -> str | None:
        """Why its figures count for nothing; None where they do."""
        return next((sample.wrong[0] for sample in self.samples if sample.wrong), None)

    def rates(self) -> list[float]:
        return [sample.per_second for sample in self.samples]

    def p50_ms(self) -> float:
        return median(sample.p50_ms for sample in self.samples)

    def p99_ms(self) -> float:
        return median(sample.p99_ms for sample in self.samples)

    def cpu_ms(self, of: str) -> float | None:
        """None where nobody could see it."""
        found = [sample.cpu_ms[of] for sample in self.samples if of in sample.cpu_ms]
        return median(found) if found else None


Cells = Mapping[Key, Cell]


CORES = os.cpu_count() or 1


def unwatched(cpu_seconds: Mapping[str, float], seconds: float) -> float:
    """The share of the machine that nobody who was watched used."""
    ours = sum(used for name, used in cpu_seconds.items() if name != "machine")
    return max(0.0, cpu_seconds.get("machine", 0.0) - ours) / (CORES * max(seconds, 1e-9))


def sample(outcome: Outcome) -> Sample:
    used = {name: cpu for name, cpu in outcome.cpu_seconds.items() if name != "machine"}
    answers = max(1, outcome.answers)
    wrong = outcome.wrong or (() if outcome.answers else ("There was no answer in time.",))
    return Sample(
        per_second=outcome.per_second,
        p50_ms=outcome.quantile_ms(0.50),
        p99_ms=outcome.quantile_ms(0.99),
        answers=outcome.answers,
        cpu_ms={name: 1000 * seconds / answers for name, seconds in used.items()},
        others=unwatched(outcome.cpu_seconds, outcome.seconds),
        wrong=wrong,
    )
