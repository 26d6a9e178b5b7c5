"""Links as SQL that begins at the rows of the outer search, for where too many resources are on
the other end to name them.

A reference leads to what it names by the index of `resource.self`, and a resource to what names it
by the index of `term` or, for an Observation's patient or encounter, of `coded_value`. Fences keep
the planner from turning a condition around, so that the work is that of the rows asked about,
whatever it believes of the tables. Here the index decides alone: no body of the other end is read.
"""

from msgspec.structs import replace

from service.fhir.search.query import Chain, Link, Query
from service.store.clauses.coded import ITSELF, column_of
from service.store.clauses.conditions import conditions
from service.store.clauses.merging import met
from service.store.clauses.probe import FENCE, TENANT, TYPE, Arguments, Probe, exists
from service.store.clauses.sight import seen
from service.store.hashing import type_key
from service.store.index import mark


def linked(
    query: Query, link: Link, row: str, arguments: Arguments, *, kind: str = TYPE, depth: int = 1
) -> str:
    """SQL for "the resource of row id `row`, which is of the type of `query`, is so linked".

    `kind` is SQL for that type, `depth` the number of links from the first resource to here.
    """
    if isinstance(link, Chain):
        found = [_chain(query, link, other, row, arguments, depth) for other in link.targets]
        return f"({' OR '.join(found)})"
    source, own, inner = link.source, f"l{depth}", _inner(depth)
    itself = (
        f"(SELECT o.self FROM resource o WHERE o.tenant_id = {TENANT} AND o.type_key = {kind}"
        f" AND o.row_id = {row})"
    )
    start, name = _reference(source.type, link.parameter.name, query.type, arguments)
    naming = replace(start, condition=f"@.{name} = {itself} AND {start.condition}")
    asked = [c for clause in source.clauses for c in conditions(source, clause, arguments)]
    parts = met(naming, asked, own, inner, FENCE)
    parts += seen(source, f"{own}.row_id", arguments, kind=inner, end=FENCE)
    parts += _further(source, f"{own}.row_id", arguments, depth)
    return (
        f"EXISTS (SELECT FROM {start.table} {own} WHERE {own}.tenant_id = {TENANT}"
        f" AND {_typed(' AND '.join(parts), source.type, arguments, depth)} {FENCE})"
    )


def _chain(
    query: Query, link: Chain, other: Query, row: str, arguments: Arguments, depth: int
) -> str:
    own, there, inner = f"l{depth}", f"t{depth}", _inner(depth)
    start, name = _reference(query.type, link.parameter.name, other.type, arguments)
    asked = [c for clause in other.clauses for c in conditions(other, clause, arguments)]
    parts = [
        f"{there}.type_key = {inner} AND {there}.body IS NOT NULL",
        *(exists(each, f"{there}.row_id", inner, FENCE) for each in asked),
        *seen(other, f"{there}.row_id", arguments, kind=inner, end=FENCE),
        *_further(other, f"{there}.row_id", arguments, depth),
    ]
    return (
        f"EXISTS (SELECT FROM (SELECT {own}.{name} FROM {start.table} {own}"
        f" WHERE {own}.tenant_id = {TENANT} AND {own}.row_id = {row} AND {start.on(own)} {FENCE})"
        f" n{depth}, LATERAL (SELECT r.type_key, r.row_id, r.body FROM resource r"
        f" WHERE r.tenant_id = {TENANT} AND r.self = n{depth}.{name} {FENCE}) {there}"
        f" WHERE {_typed(' AND '.join(parts), other.type, arguments, depth)} {FENCE})"
    )


def _further(query: Query, row: str, arguments: Arguments, depth: int) -> list[str]:
    return [
        linked(query, link, row, arguments, kind=_inner(depth), depth=depth + 1)
        for link in query.links
    ]


def _reference(kind: str, name: str, target: str, arguments: Arguments) -> tuple[Probe, str]:
    """The rows that say what a `kind` refers to by parameter `name`, where that can be a `target`,
    and the column that holds the `self` of what is named."""
    column = column_of(kind, name)
    if column is not None and target == column.title():
        own = Probe(
            table="coded_value", condition="true", place=ITSELF, columns=frozenset({column})
        )
        return own, column
    return Probe(table="term", condition=f"@.mark = {arguments.add(mark(kind, name))}"), "key"


def _inner(depth: int) -> str:
    """Stands in SQL for the type of the resources on the other end, until it is known whether any
    condition asks for it: a parameter that none asks for must not be there either."""
    return f"@type{depth}"


def _typed(sql: str, kind: str, arguments: Arguments, depth: int) -> str:
    inner = _inner(depth)
    return sql.replace(inner, arguments.add(type_key(kind))) if inner in sql else sql
