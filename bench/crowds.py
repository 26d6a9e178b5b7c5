"""Many at once: all writing to one patient, and each writing to another."""

from dataclasses import dataclass, replace

from bench import asking, loading, traffic
from bench.course_records import EPISODE, Course, course, records
from bench.figures import quantile
from bench.open_client import OpenLoad, Stream
from bench.rounds import Rounds
from bench.server import BASE, Server

WRITERS = 64
ONE = Course(place="bench-crowded")
PATIENTS = 1000
SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """One run of it."""

    answers: int
    per_second: float
    total_seconds: float
    p50_ms: float
    p99_ms: float
    lost: int
    """Records that were said to be stored and are not there, or are there and were not said."""
    errors: int
    wrong: tuple[str, ...]
    """The first few of them."""

    @property
    def fault(self) -> str | None:
        """Why its figures count for nothing; None where they do."""
        if self.wrong:
            return f"{self.errors} wrong answers, such as {self.wrong[0]}"
        return f"{self.lost} records too few or too many" if self.lost else None


def on_one_patient(server: Server, measuring: Rounds) -> list[Crowd]:
    """Expression episodes of one patient with twenty sessions, from 64 clients, settled."""
    loading.fill(server, records(ONE, 0))
    place = f"{BASE}/Observation?patient={ONE.place}&code={EPISODE}"
    found = []
    plan = replace(measuring.plan, seconds=SECONDS)
    for number in range(plan.rounds):
        before = asking.count(server, place)
        asked = traffic.episodes("64 writers, one patient", [ONE] * 500, number)
        outcome = measuring.once(server, asked, WRITERS, plan)
        found.append(
            Crowd(
                answers=outcome.answers,
                per_second=outcome.per_second,
                total_seconds=outcome.seconds,
                p50_ms=outcome.quantile_ms(0.50),
                p99_ms=outcome.quantile_ms(0.99),
                lost=abs(before + outcome.accepted - asking.count(server, place)),
                errors=len(outcome.wrong),
                wrong=outcome.wrong,
            )
        )
    return found


def of_many_patients(server: Server, measuring: Rounds) -> list[Crowd]:
    """One settled create for each of a thousand patients, all sent at the same moment."""
    place = f"{BASE}/Observation?code={EPISODE}"
    found = []
    for number in range(measuring.plan.rounds):
        before = asking.count(server, place)
        whose = [Course(place=course(n)) for n in range(PATIENTS)]
        asked = traffic.episodes("each to another patient", whose, number)
        stream = Stream(
            kind=asked.kind,
            requests=asked.requests,
            expected=asked.expected,
            due=(0.0,) * PATIENTS,
        )
        load = OpenLoad(streams=(stream,), seconds=0.0, connections=PATIENTS)
        outcome = measuring.openly(server, load)
        latencies = outcome.latencies[asked.kind]
        found.append(
            Crowd(
                answers=len(latencies),
                per_second=len(latencies) / outcome.seconds if outcome.seconds else 0.0,
                total_seconds=outcome.seconds,
                p50_ms=1000 * quantile(latencies, 0.50),
                p99_ms=1000 * quantile(latencies, 0.99),
                lost=abs(before + outcome.accepted - asking.count(server, place)),
                errors=outcome.errors,
                wrong=outcome.wrong,
            )
        )
    return found
