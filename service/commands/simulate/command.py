"""`python -m service simulate`: how often the rules speak, printed and kept for the documents."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import msgspec

from service.clinical.documents.courses import described, percent
from service.clinical.simulation import Condition, Event, Results, Row
from service.commands import Command, CommandError
from service.commands.simulate.conditions import conditions
from service.commands.simulate.counting import rows
from service.commands.simulate.events import EVENTS, NOT_SIMULATED, Counted
from service.commands.simulate.noise import SESSIONS
from service.settings import Settings

FILE = Path(__file__).parents[3] / "openapi" / "simulation.json"
SEED = 1
COURSES = 1000
QUICK = 100


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK} courses of each sort instead of {COURSES}"
    )
    parser.add_argument("--rule", help="one rule only, such as alliance-strain")


def simulate(given: Namespace, settings: Settings) -> int:
    """Print the rates; a whole run also writes them to `openapi/simulation.json`."""
    simulated = sorted({event.rule for event in EVENTS})
    if given.rule is not None and given.rule not in simulated:
        known = ", ".join(simulated)
        raise CommandError(f"No event of '{given.rule}' is simulated; there are {known}.")
    courses = QUICK if given.quick else COURSES
    found = results(conditions(), courses=courses, rule=given.rule)
    for line in table(found):
        print(line)
    if not given.quick and given.rule is None:
        FILE.write_bytes(written(found))
        print(f"Wrote {FILE}. Write the documents anew with `make openapi`.")
    return 0


def results(
    of: Iterable[Condition], *, seed: int = SEED, courses: int = COURSES, rule: str | None = None
) -> Results:
    """On all processors; the figures do not depend on how many there are."""
    with ProcessPoolExecutor() as pool:
        counted = list(pool.map(partial(rows, seed=seed, courses=courses, rule=rule), of))
    places = {(event.rule, event.name): place for place, event in enumerate(EVENTS)}
    found = [row for rows_ in counted for row in rows_]
    return Results(
        seed=seed,
        courses=courses,
        sessions=SESSIONS,
        events=tuple(map(named, EVENTS)),
        rows=tuple(sorted(found, key=lambda row: places[row.rule, row.event])),
        not_simulated=dict(NOT_SIMULATED),
    )


def named(event: Counted) -> Event:
    return Event(rule=event.rule, name=event.name, title=event.title, follows=event.follows)


def written(found: Results) -> bytes:
    """As JSON, a line for each row, so that a change is read line by line."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    whole = msgspec.structs.asdict(found)
    lines = [
        b'"%s": [\n%s\n]' % (name.encode(), b",\n".join(encode(row) for row in value))
        if isinstance(value, tuple)
        else b'"%s": %s' % (name.encode(), encode(value))
        for name, value in whole.items()
    ]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def table(found: Results) -> Iterator[str]:
    """What is printed, event by event."""
    for event in found.events:
        seen = [row for row in found.rows if (row.rule, row.event) == (event.rule, event.name)]
        if seen:
            yield f"\n{event.rule}: {event.title}"
            yield "    seen       95 %     soon  median  of"
            yield from map(_line, seen)


def _line(row: Row) -> str:
    interval = "" if row.low is None else f"{percent(row.low)}-{percent(row.high)}"
    first = "" if row.median_session is None else f"{row.median_session:g}"
    return (
        f"{percent(row.rate):>8} {interval:>12} {percent(row.within_four):>6} {first:>6} "
        f"{row.of:>5}  {described(row.condition)}"
    )


COMMAND = Command(
    name="simulate",
    help="say how often the rules speak in simulated courses",
    arguments=arguments,
    run=simulate,
)
