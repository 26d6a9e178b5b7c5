"""The rates of one rule's events in simulated courses, as tables."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from service.clinical.documents import markdown
from service.clinical.documents.courses import (
    CHANGES,
    circumstances,
    described,
    levels,
    percent,
    spread,
)
from service.clinical.simulation import Condition, Event, Results, Row, Shape
from service.clinical.wording import number

OFTEN = 1 / 3
"""From here on a rule is said to fire often by chance."""
FILLED = 4
"""Figures that make a column, where any column has as many."""
FEW = 300
"""Fewer courses than this are named beside their rate."""


def of(results: Results, event: Event) -> tuple[Row, ...]:
    return tuple(row for row in results.rows if (row.rule, row.event) == (event.rule, event.name))


def by_chance(results: Results, event: Event) -> tuple[Row, ...]:
    """The rows of unchanged courses, the noisiest first.

    A wish for a slower pace is no chance event, and neither is what follows another event.
    """
    found = [
        row
        for row in of(results, event)
        if row.condition.shape is Shape.UNCHANGED and not row.condition.wishes
    ]
    return () if event.follows else tuple(sorted(found, key=lambda row: -(row.rate or 0)))


def between(rows: Sequence[Row]) -> str:
    """`2 to 35 %`; empty where there are none."""
    rates = [row.rate for row in rows if row.rate is not None]
    return f"{number(100 * min(rates), places=1)} to {percent(max(rates))}" if rates else ""


def described_event(event: Event, rows: Sequence[Row]) -> Iterator[str]:
    """The tables of one event."""
    unchanged = [row for row in rows if row.condition.shape is Shape.UNCHANGED]
    real = [row for row in rows if row.condition.shape is not Shape.UNCHANGED]
    yield markdown.heading(4, event.title)
    if unchanged:
        yield "Ever seen in an unchanged course:"
        yield from _tables(unchanged, line=_unchanged_line, column=_circumstance, cell=_plain)
    if real:
        yield "Seen of a real change: ever / in its first four sessions / from which on (median):"
        yield from _tables(real, line=_changed_line, column=_shape, cell=_detection)


def _tables(
    rows: Sequence[Row],
    *,
    line: Callable[[Condition], str],
    column: Callable[[Condition], str],
    cell: Callable[[Row], str],
) -> Iterator[str]:
    """Lines with several figures first, then those with one; columns that few lines share make no
    table: what is in them stands below, in whole words."""
    columns = Counter(column(row.condition) for row in rows)
    least = min(FILLED, max(columns.values()))
    usual = [row for row in rows if columns[column(row.condition)] >= least]
    figures = Counter(line(row.condition) for row in usual)
    for several in (True, False):
        shown = [row for row in usual if (figures[line(row.condition)] > 1) is several]
        if shown:
            cells = {(line(row.condition), column(row.condition)): cell(row) for row in shown}
            yield _table(cells)
    others = [row for row in rows if row not in usual]
    if others:
        yield markdown.bullets(f"{described(row.condition)}: {cell(row)}" for row in others)


def _table(cells: Mapping[tuple[str, str], str]) -> str:
    lines = dict.fromkeys(line for line, _ in cells)
    columns = dict.fromkeys(column for _, column in cells)
    return markdown.table(
        ("Course", *columns),
        ((line, *(cells.get((line, column), "") for column in columns)) for line in lines),
    )


def _unchanged_line(condition: Condition) -> str:
    own = [said for said in circumstances(condition) if "without a score" not in said]
    return "; ".join((levels(condition), spread(condition), *own))


def _circumstance(condition: Condition) -> str:
    gaps = f", {percent(condition.missing)} missing" if condition.missing else ""
    return f"r {number(condition.autocorrelation)}{gaps}"


def _changed_line(condition: Condition) -> str:
    correlation = f"r {number(condition.autocorrelation)}"
    return "; ".join((levels(condition), spread(condition), correlation, *circumstances(condition)))


def _shape(condition: Condition) -> str:
    return CHANGES[condition.shape]


def _plain(row: Row) -> str:
    if row.rate is None:
        return "none to count"
    return f"{percent(row.rate)}{_few(row)}"


def _detection(row: Row) -> str:
    if row.rate is None:
        return "none to count"
    soon = percent(row.within_four) or "-"
    first = "-" if row.median_session is None else number(row.median_session, places=1)
    return f"{percent(row.rate)}{_few(row)} / {soon} / {first}"


def _few(row: Row) -> str:
    """Where a rate rests on few courses, on how many."""
    return f" of {row.of}" if row.of < FEW else ""
