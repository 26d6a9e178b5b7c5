"""Which conditions one row of an index table can meet at once, and which are asked on their own."""

from collections.abc import Sequence

from service.store.clauses.coded import ALIKE
from service.store.clauses.probe import TYPE, Condition, Probe, exists


def met(
    start: Probe, others: Sequence[Condition], alias: str, kind: str = TYPE, end: str = ""
) -> list[str]:
    """SQL conditions for "the row `alias` of the table of `start` meets `start`, and its resource,
    which is of type `kind`, meets all others"; `end` as in `exists`."""
    merged, rest = _merged(start, others)
    found = [probe.on(alias) for probe in merged]
    if _one_row_per_category(merged):
        found.append(f"{alias}.lead")
    return found + [exists(other, f"{alias}.row_id", kind, end) for other in rest]


def _merged(start: Probe, others: Sequence[Condition]) -> tuple[list[Probe], list[Condition]]:
    """The conditions that one row can meet together with `start`, and those asked on their own."""
    merged, rest = [start], list[Condition]()
    taken = {start.column}
    for other in others:
        if isinstance(other, Probe) and _same_row(start, other, taken):
            merged.append(other)
            taken.add(other.column)
        else:
            rest.append(other)
    return merged, rest


def _same_row(start: Probe, other: Probe, taken: set[str]) -> bool:
    if other.table != start.table or other.negated:
        return False
    if start.table == "resource":
        return True
    if not (start.column and other.column):
        return False
    return other.column in ALIKE or other.column not in taken


def _one_row_per_category(merged: Sequence[Probe]) -> bool:
    columns = {probe.column for probe in merged}
    return "category" in columns and not columns & {"code", "concept"}
