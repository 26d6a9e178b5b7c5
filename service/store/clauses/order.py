"""The order of matches, and the condition "after this row" that a page goes on from.

http://hl7.org/fhir/R4/search.html#sort. Ascending sorts by a resource's least value, descending by
its greatest; resources without a value come last either way; the row id decides between equals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from service.fhir.search.extract import IN_ROW
from service.fhir.search.parameters import Kind
from service.fhir.search.parameters.every_type import ID, LAST_UPDATED
from service.fhir.search.query import Query, Sort
from service.store.clauses.coded import COMPONENT, ITSELF, KIND
from service.store.clauses.probe import TENANT, TYPE, Arguments, Probe, Rank
from service.store.hashing import hash64

Place = str | float | None
"""A sort key's value as a cursor carries it; dates as text."""

VALUES = {
    "value-quantity": ITSELF,
    "component-value-quantity": COMPONENT,
    "combo-value-quantity": "true",
}


@dataclass(frozen=True, kw_only=True)
class Key:
    """One sort key of the rows that a search starts from, which are called `d`."""

    sql: str
    descending: bool
    nullable: bool = True
    moment: bool = False

    @property
    def order(self) -> str:
        """Where null is impossible it is not spoken of, so that an index can give the order."""
        way = "DESC" if self.descending else "ASC"
        return f"{way} NULLS LAST" if self.nullable else way


@dataclass(frozen=True, kw_only=True)
class Order:
    """All sort keys of a query, and which way the row ids run."""

    keys: tuple[Key, ...] = ()
    descending: bool = False

    @property
    def selected(self) -> str:
        return "".join(f", {key.sql} AS k{place}" for place, key in enumerate(self.keys))

    def sql(self, row: str) -> str:
        """ORDER BY for columns named as in `selected`."""
        keys = "".join(f"k{place} {key.order}, " for place, key in enumerate(self.keys))
        return f"{keys}{row} {'DESC' if self.descending else 'ASC'}"

    def after(self, places: Sequence[Place], row_id: int, arguments: Arguments) -> str:
        """SQL for "comes after the row with these keys and this row id"."""
        found = f"d.row_id {'<' if self.descending else '>'} {arguments.add(row_id)}"
        for key, place in reversed(tuple(zip(self.keys, places, strict=True))):
            found = _after(key, place, found, arguments)
        return found


def order(query: Query, start: Probe, arguments: Arguments) -> Order:
    """The order of a search that starts from `start`.

    Where nobody asks for one, it is the order of first creation; but observations of a code come
    newest first, as the index has them, since there can be millions.
    """
    keys = tuple(_key(query, sort, start.table, arguments) for sort in query.sort)
    if not keys and start.rank is Rank.CODE:
        keys = (_effective(descending=True),)
    newest_first = bool(query.sort) and _is_newest_first(query.sort[0])
    return Order(keys=keys, descending=newest_first)


def _is_newest_first(sort: Sort) -> bool:
    return sort.parameter.name == LAST_UPDATED and sort.descending


def _key(query: Query, sort: Sort, table: str, arguments: Arguments) -> Key:
    name, descending = sort.parameter.name, sort.descending
    moment = sort.parameter.kind is Kind.DATE
    if name in IN_ROW:
        column = "id" if name == ID else "last_updated"
        own = f"d.{column}" if table == "resource" else _of_row(column)
        return Key(sql=own, descending=descending, nullable=False, moment=moment)
    if query.type == KIND and name == "date" and table == "coded_value":
        return _effective(descending=descending)
    if query.type == KIND and name == "date" and descending:
        newest = _value("max", "coded_value", "low", "true")
        return Key(sql=newest, descending=True, nullable=False, moment=True)
    return Key(sql=_outermost(query, sort, arguments), descending=descending, moment=moment)


def _effective(*, descending: bool) -> Key:
    """A row without a time has the least there is, and so comes last by itself when descending."""
    if descending:
        return Key(sql="d.low", descending=True, nullable=False, moment=True)
    return Key(sql="CASE WHEN d.high > '-infinity' THEN d.low END", descending=False, moment=True)


def _of_row(column: str) -> str:
    return (
        f"(SELECT r.{column} FROM resource r WHERE r.tenant_id = {TENANT} AND r.type = {TYPE}"
        " AND r.row_id = d.row_id)"
    )


def _outermost(query: Query, sort: Sort, arguments: Arguments) -> str:
    """The least or greatest value of a parameter."""
    name = sort.parameter.name
    end = "max" if sort.descending else "min"
    if query.type == KIND and name == "date":
        return _value(end, "coded_value", "low", "@.high > '-infinity'")
    if query.type == KIND and name in VALUES:
        return _value(end, "coded_value", "value_low", VALUES[name])
    key = f"@.key = {arguments.add(hash64(query.type, name))}"
    match sort.parameter.kind:
        case Kind.DATE:
            return _value(end, "moment", "low", key)
        case Kind.STRING:
            return _value(end, "phrase", "folded", key)
        case _:
            return _value(end, "amount", "low", key)


def _value(end: str, table: str, column: str, condition: str) -> str:
    return (
        f"(SELECT {end}(s.{column}) FROM {table} s WHERE s.tenant_id = {TENANT}"
        f" AND s.row_id = d.row_id AND {condition.replace('@.', 's.')})"
    )


def _after(key: Key, place: Place, rest: str, arguments: Arguments) -> str:
    if place is None:
        return f"({key.sql} IS NULL AND {rest})"
    if key.moment:
        given = f"{arguments.add(datetime.fromisoformat(str(place)))}::timestamptz"
    else:
        given = f"{arguments.add(place)}::{'text' if isinstance(place, str) else 'float8'}"
    beyond = f"{key.sql} {'<' if key.descending else '>'} {given}"
    if key.nullable:
        return f"({beyond} OR {key.sql} IS NULL OR ({key.sql} = {given} AND {rest}))"
    limit = f"{key.sql} {'<=' if key.descending else '>='} {given}"
    return f"({limit} AND ({beyond} OR {rest}))"


def place_of(value: object) -> Place:
    """A sort key as a cursor carries it; the driver gives infinite moments without a zone."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    assert value is None or isinstance(value, str | float)
    return value
