"""The same questions on a database that grows: what each of them costs at each size."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from bench import asking, loading, servers, traffic, ward_records
from bench.cells import Cell, Cells
from bench.connection import request
from bench.course_records import COURSES
from bench.figures import growth
from bench.population import PER_PATIENT
from bench.questions import Scope
from bench.rounds import Rounds
from bench.server import BASE, NotMeasurable, Server
from bench.shapes import SHAPES, Shape
from bench.traffic import Traffic

RUNGS = (2_000, 20_000, 200_000, 2_000_000)
"""Vital signs."""
MOST_GROWTH = 1.5
QUESTIONS = 300
"""Of one shape in a round, before they come again."""
FOLLOWED = 25
"""Links to a later page that are made for a round."""
WARM_UP_SECONDS = 0.1
WRITES = (traffic.creates, partial(traffic.expressions, COURSES))
MOST_WRITES = 100
"""Of each kind at each size and in each round, so that the writes do not make the next size."""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One size of the database."""

    observations: int
    """Vital signs sent."""
    server: Server
    scope: Scope
    filled_per_second: float
    bytes_each: int
    """On disk, by which all tables and indexes grew for each vital sign of the last filling, with
    two in a hundred of other records."""

    @property
    def name(self) -> str:
        return name(self.observations)


@dataclass(frozen=True, kw_only=True)
class Growth:
    """What one shape cost at each size."""

    shape: str
    p50_ms: tuple[float, ...]
    whole: float
    """The last to the first."""
    steps: tuple[float, ...]
    cpu: float
    """By which the CPU time of server and database grew, the last to the first; it hardly knows
    of what else the machine does."""
    grows: bool
    """Whether what is asked for grows with the database."""


def name(observations: int) -> str:
    return f"attune at {observations:,}"


@contextmanager
def climbed(folder: Path, settings: dict[str, str] | None = None) -> Iterator["Ladder"]:
    with servers.attune("attune", folder, settings) as server:
        yield Ladder(server)


class Ladder:
    """One server whose database only grows."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._patients = 0

    def climb(self, observations: int) -> Rung:
        """Fill up to so many vital signs, by the service's own bulk path."""
        server = replace(self.server, name=name(observations))
        patients = range(self._patients, observations // PER_PATIENT)
        if not self._patients:
            loading.fill(server, loading.new_patients())
            loading.fill_side_by_side(server, loading.courses, range(COURSES))
        before, added = loading.bytes_on_disk(server), len(patients) * PER_PATIENT
        loading.fill(server, loading.wards(patients))
        began = datetime.now(UTC)
        speed = loading.fill_wards(server, patients)
        ended = datetime.now(UTC)
        loading.fill(server, ward_records.first_versions(patients))
        for version in range(1, ward_records.VERSIONS):
            loading.fill(server, ward_records.corrections(patients, version))
        loading.settle_down(server)
        self._patients = patients.stop
        return Rung(
            observations=observations,
            server=server,
            scope=Scope(patients=patients.stop, filled=(began, ended)),
            filled_per_second=speed,
            bytes_each=(loading.bytes_on_disk(server) - before) // added,
        )


def measure(rung: Rung, measuring: Rounds, *, seconds: float) -> None:
    """Every shape, one client, questions drawn anew in each round."""
    plan = replace(measuring.plan, seconds=seconds, warm_up_seconds=WARM_UP_SECONDS)
    kinds = [[(rung.server, partial(questions, shape, rung))] for shape in SHAPES]
    measuring.measure(kinds, levels=(1,), plan=plan)
    few = replace(plan, most=MOST_WRITES)
    measuring.measure([[(rung.server, write)] for write in WRITES], levels=(1,), plan=few)


def questions(shape: Shape, rung: Rung, number: int) -> Traffic:
    random = Random(f"{shape.name}-{number}")  # noqa: S311  (not a secret)
    many = FOLLOWED if shape.follow else QUESTIONS
    targets = [f"{BASE}/{shape.target(random, rung.scope)}" for _ in range(many)]
    if shape.follow:
        targets = [_later(rung.server, target, shape.follow) for target in targets]
    return Traffic(
        kind=shape.name,
        requests=[request("GET", target.replace("/?", "?", 1)) for target in targets],
        expected=shape.expected,
    )


def _later(server: Server, target: str, pages: int) -> str:
    for _ in range(pages):
        links = asking.answer(server, target)["link"]
        following = next((link["url"] for link in links if link["relation"] == "next"), None)
        if following is None:
            raise NotMeasurable(f"{server.name} gives no further page of {target}.")
        parts = urlsplit(following)
        target = f"{parts.path}?{parts.query}"
    return target


def growths(cells: Cells, rungs: Sequence[int]) -> list[Growth]:
    """Of every shape that was measured at every size."""
    found = []
    for shape, grows in _measured():
        held = [cells.get((name(rung), shape, 1)) for rung in rungs]
        right = [cell for cell in held if cell is not None and cell.fault is None]
        if len(right) == len(rungs) > 1:
            p50 = tuple(cell.p50_ms() for cell in right)
            whole, steps = growth(p50)
            cpu, _ = growth([_cpu_ms(cell) for cell in right])
            found.append(
                Growth(shape=shape, p50_ms=p50, whole=whole, steps=steps, cpu=cpu, grows=grows)
            )
    return found


def _cpu_ms(cell: Cell) -> float:
    return (cell.cpu_ms("server") or 0.0) + (cell.cpu_ms("database") or 0.0)


def _measured() -> Iterator[tuple[str, bool]]:
    yield from ((shape.name, shape.grows) for shape in SHAPES)
    yield from ((write(0).kind, False) for write in WRITES)
