"""The statement of a search: from the rows that its strongest condition leaves, those that meet
all others, in order, with their bodies, in one round trip."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from service.fhir.search.query import Query
from service.store.clauses.coded import ALIKE
from service.store.clauses.compartment import linked
from service.store.clauses.conditions import condition
from service.store.clauses.order import Place, order, place_of
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
    conditions: list[Condition] = [condition(query, c, arguments) for c in query.clauses]
    if query.compartment is not None:
        conditions.append(linked(query, query.compartment, arguments))
    start = _start(conditions)
    merged, rest = _merged(start, [c for c in conditions if c is not start])
    where = [f"d.tenant_id = {TENANT}", *(probe.on("d") for probe in merged)]
    if start.table == "resource":
        where.insert(1, f"d.type = {TYPE} AND d.body IS NOT NULL")
    if _one_row_per_category(merged):
        where.append("d.lead")
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
                yield exists(Probe(table=probe.table, condition=probe.doubt), "d.row_id")


def _start(conditions: Sequence[Condition]) -> Probe:
    """The condition whose rows the search begins with."""
    leading = [
        c for c in conditions if isinstance(c, Probe) and not c.negated and c.rank is not Rank.NEVER
    ]
    return min(leading, key=lambda probe: probe.rank, default=RESOURCE)


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
