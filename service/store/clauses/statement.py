"""The statement of a search: from the rows that its strongest condition leaves, those that meet
all others, in order, with their bodies, in one round trip."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.fhir.search.query import Query
from service.store.clauses.coded import ALIKE, EVERY, EVERYWHERE, ITSELF, KIND
from service.store.clauses.compartment import linked
from service.store.clauses.conditions import conditions as made
from service.store.clauses.order import SORTED_ALIKE, Place, order, place_of
from service.store.clauses.probe import (
    TENANT,
    TYPE,
    Arguments,
    Condition,
    Either,
    Probe,
    Rank,
    exists,
)

RESOURCE = Probe(table="resource", condition="@.body IS NOT NULL")


@dataclass(frozen=True, kw_only=True)
class After:
    """The row that a page goes on from."""

    places: Sequence[Place]
    row_id: int
    highest: int


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One search, ready to be asked for pages or for the number of matches."""

    query: Query
    start: Probe
    """Where the search starts; the rows of its table are called `d`."""
    where: str
    doubts: tuple[str, ...]
    """What makes it uncertain that a row is a match until its body is read."""
    arguments: tuple[object, ...]

    def page(self, limit: int, after: After | None) -> tuple[str, list[object]]:
        """At most `limit` rows: the sort keys, row_id, the highest row id there is, the key of the
        tenant's cursors, and what `store.version` reads."""
        arguments = Arguments(list(self.arguments))
        sorting, where = order(self.query, self.start, arguments), self.where
        if after is not None:
            where += f" AND {sorting.after(after.places, after.row_id, arguments)}"
            where += f" AND d.row_id <= {arguments.add(after.highest)}"
        keys = "".join(f"k{place}, " for place in range(len(sorting.keys)))
        distinct = "" if self.start.table == "resource" else "DISTINCT"
        return (
            f"""
            WITH page AS MATERIALIZED (
                SELECT {distinct} d.row_id{sorting.selected}
                FROM {self.start.table} d WHERE {where}
                ORDER BY {sorting.sql("d.row_id")} LIMIT {arguments.add(limit)}
            )
            SELECT {keys}page.row_id,
                (SELECT max(row_id) FROM resource WHERE tenant_id = {TENANT} AND type = {TYPE})
                    AS highest,
                (SELECT page_key FROM tenant WHERE tenant_id = {TENANT}) AS page_key,
                r.type, r.id, r.version, r.last_updated, r.derived, r.body
            FROM page JOIN resource r ON r.tenant_id = {TENANT} AND r.type = {TYPE}
                AND r.row_id = page.row_id
            ORDER BY {sorting.sql("page.row_id")}
            """,
            arguments.values,
        )

    def count(self) -> tuple[str, list[object]]:
        """How many there are. Every parameter must occur in a statement, so the type does too."""
        counted = "*" if self.start.table == "resource" else "DISTINCT d.row_id"
        counting = f"SELECT count({counted}) FROM {self.start.table} d WHERE {self.where}"
        return f"{counting} AND {TYPE}::text IS NOT NULL", list(self.arguments)

    def rows(self) -> tuple[str, list[object]]:
        """The row ids of all, in no particular order."""
        found = f"SELECT DISTINCT d.row_id FROM {self.start.table} d WHERE {self.where}"
        return f"{found} AND {TYPE}::text IS NOT NULL", list(self.arguments)

    def doubtful(self) -> tuple[str, list[object]] | None:
        """Whether any of what `count` counts is uncertain; None where nothing can be."""
        if not self.doubts:
            return None
        doubting = f"{self.where} AND ({' OR '.join(self.doubts)})"
        return (
            f"SELECT {TYPE}::text IS NOT NULL"
            f" AND EXISTS (SELECT FROM {self.start.table} d WHERE {doubting})"
        ), list(self.arguments)

    def places(self, row: Sequence[object]) -> tuple[Place, ...]:
        """The sort keys of a row of `page`, for a cursor."""
        return tuple(
            place_of(row[column])
            for column in range(len(order(self.query, self.start, Arguments()).keys))
        )


def statement(query: Query, tenant: object) -> Statement:
    arguments = Arguments([tenant, query.type])
    conditions = [c for clause in query.clauses for c in made(query, clause, arguments)]
    if query.compartment is not None:
        conditions.append(linked(query, query.compartment, arguments))
    start = _start(query, conditions)
    merged, rest = _merged(start, [c for c in conditions if c is not start])
    where = [f"d.tenant_id = {TENANT}", *_on_one_row(merged)]
    if start.table == "resource":
        where.insert(1, f"d.type = {TYPE} AND d.body IS NOT NULL")
    where += [exists(c, "d.row_id") for c in rest]
    return Statement(
        query=query,
        start=start,
        where=" AND ".join(where),
        doubts=tuple(_doubts(conditions)),
        arguments=tuple(arguments.values),
    )


def _doubts(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition_ in conditions:
        for probe in condition_.probes if isinstance(condition_, Either) else (condition_,):
            if probe.doubt:
                yield exists(replace(probe, condition=probe.doubt, negated=False), "d.row_id")


def _start(query: Query, conditions: Sequence[Condition]) -> Probe:
    """The condition whose rows the search begins with."""
    sorted_by = query.sort[0].parameter.name if query.sort else ""
    alike = query.type == KIND and sorted_by in SORTED_ALIKE
    leading = [
        c for c in conditions if isinstance(c, Probe) and not c.negated and c.rank is not Rank.NEVER
    ]
    return min(leading, key=lambda probe: probe.rank, default=EVERY if alike else RESOURCE)


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


def _on_one_row(merged: Sequence[Probe]) -> list[str]:
    """The conditions on a row of `d`. What all rows say alike is read from the row that says the
    rest, or from the one that leads."""
    if merged[0].table != "coded_value":
        return [probe.on("d") for probe in merged]
    settled = _settled(merged)
    place = settled[0].place if settled else ITSELF
    found = [replace(probe, place="").on("d") for probe in merged]
    columns = frozenset[str]().union(*(probe.columns for probe in settled))
    if place == ITSELF and not columns & {"code", "concept"}:
        return [*found, "d.lead"]
    return [*found, place.replace("@.", "d.")] if place else found
