"""Which conditions one row of an index table can meet at once, and which are asked on their own."""

from collections.abc import Sequence

from msgspec.structs import replace

from service.store.clauses.coded import ALIKE, EVERYWHERE, ITSELF
from service.store.clauses.probe import TYPE, Condition, Probe, Rank, exists


def met(
    start: Probe, others: Sequence[Condition], alias: str, kind: str = TYPE, end: str = ""
) -> list[str]:
    """SQL conditions for "the row `alias` of the table of `start` meets `start`, and its resource,
    which is of type `kind`, meets all others"; `end` as in `exists`."""
    merged, rest = _merged(start, others)
    asked = [exists(other, f"{alias}.row_id", kind, end) for other in rest]
    return [*_on_one_row(merged, alias), *asked]


def _merged(start: Probe, others: Sequence[Condition]) -> tuple[list[Probe], list[Condition]]:
    """The conditions that one row can meet together with `start`, and those asked on their own."""
    merged, rest = [start], list[Condition]()
    for other in sorted(others, key=lambda c: c.rank if isinstance(c, Probe) else Rank.NEVER):
        if isinstance(other, Probe) and _same_row(merged, other):
            merged.append(other)
        else:
            rest.append(other)
    return merged, rest


def _same_row(merged: Sequence[Probe], other: Probe) -> bool:
    if other.table != merged[0].table or other.negated:
        return False
    if other.table == "resource":
        return True
    if not (merged[0].columns and other.columns):
        return False
    settled = _settled(merged)
    if not settled or other.columns <= EVERYWHERE:
        return True
    taken = frozenset[str]().union(*(probe.columns for probe in settled))
    itself = settled[0].place == other.place == ITSELF
    return itself and not (other.columns - ALIKE) & taken


def _settled(merged: Sequence[Probe]) -> list[Probe]:
    """Those that are met by some rows of an Observation and not by others."""
    return [probe for probe in merged if not probe.columns <= EVERYWHERE]


def _on_one_row(merged: Sequence[Probe], alias: str) -> list[str]:
    """The conditions on the row `alias`. What all rows say alike is read from the row that says the
    rest, or from the one that leads."""
    if merged[0].table != "coded_value":
        return [probe.on(alias) for probe in merged]
    settled = _settled(merged)
    place = settled[0].place if settled else ITSELF
    found = [replace(probe, place="").on(alias) for probe in merged]
    columns = frozenset[str]().union(*(probe.columns for probe in settled))
    if place == ITSELF and not columns & {"code", "concept"}:
        return [*found, f"{alias}.lead"]
    return [*found, place.replace("@.", f"{alias}.")] if place else found
