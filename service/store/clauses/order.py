"""The order of matches, and the condition "after this row" that a page goes on from.

http://hl7.org/fhir/R4/search.html#sort. Ascending sorts by a resource's least value, descending by
its greatest; resources without a value come last either way; the row id decides between equals.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from msgspec import Struct

from service.fhir.search.extract import IN_ROW
from service.fhir.search.parameters import Kind
from service.fhir.search.parameters.every_type import ID, LAST_UPDATED
from service.fhir.search.query import Query, Sort
from service.store.clauses.coded import KIND
from service.store.clauses.outermost import outermost, patient_alike, status_alike
from service.store.clauses.probe import TENANT, TYPE, UNTIMED, Arguments, Probe, Rank

TIME = "d.low"
Place = str | float | None
"""A sort key's value as a cursor carries it; dates as text."""


class Key(Struct, frozen=True, kw_only=True):
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


class Order(Struct, frozen=True, kw_only=True):
    """All sort keys of a query, and which way the row ids run."""

    keys: tuple[Key, ...] = ()
    descending: bool = False

    @property
    def by_time(self) -> bool:
        """Whether the index of coded values can have the order."""
        return bool(self.keys) and self.keys[0].sql == TIME

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

    Where nobody asks for one, it is the order of first creation. But observations of many patients
    by what they say come newest first, and resources by when they were updated in the order of
    their updates: so the index has them, and there can be millions.
    """
    keys = tuple(_key(query, sort, start.table, arguments) for sort in query.sort)
    if not keys and not query.merged:
        keys = _unasked(start)
    return Order(keys=keys, descending=newest_first(query))


def _unasked(start: Probe) -> tuple[Key, ...]:
    if start.table == "coded_value" and start.rank not in UNTIMED:
        return (_effective(descending=True),)
    if start.rank is Rank.UPDATED:
        return (Key(sql="d.last_updated", descending=False, nullable=False, moment=True),)
    return ()


def newest_first(query: Query) -> bool:
    """Whether the row ids decide downwards: as an index has them beside the time of writing."""
    if not query.sort:
        return False
    return query.sort[0].descending and query.sort[0].parameter.name == LAST_UPDATED


def _key(query: Query, sort: Sort, table: str, arguments: Arguments) -> Key:
    name, descending = sort.parameter.name, sort.descending
    moment = sort.parameter.kind is Kind.DATE
    if name in IN_ROW:
        column = "id" if name == ID else "last_updated"
        own = f"d.{column}" if table == "resource" else _of_row(column)
        return Key(sql=own, descending=descending, nullable=False, moment=moment)
    if query.type == KIND and name in SORTED_ALIKE and table == "coded_value":
        return SORTED_ALIKE[name](query, sort, arguments)
    return Key(sql=outermost(query, sort, arguments), descending=descending, moment=moment)


SORTED_ALIKE: Mapping[str, Callable[[Query, Sort, Arguments], Key]] = MappingProxyType(
    {
        "date": lambda query, sort, _: _effective(descending=sort.descending, dated=_dated(query)),
        "patient": lambda _, sort, arguments: Key(
            sql=patient_alike(arguments), descending=sort.descending
        ),
        "status": lambda _, sort, arguments: Key(
            sql=status_alike("d", arguments), descending=sort.descending
        ),
    }
)
"""Of Observations, by name: what the row that a search starts from says as all others do."""


def _dated(query: Query) -> bool:
    """Whether nothing without a time is found."""
    return any(c.parameter.name == "date" and c.modifier is None for c in query.clauses)


def _effective(*, descending: bool, dated: bool = False) -> Key:
    """A row without a time has the least there is, and so comes last by itself when descending."""
    if descending or dated:
        return Key(sql=TIME, descending=descending, nullable=False, moment=True)
    return Key(sql="CASE WHEN d.high > '-infinity' THEN d.low END", descending=False, moment=True)


def _of_row(column: str) -> str:
    return (
        f"(SELECT r.{column} FROM resource r WHERE r.tenant_id = {TENANT} AND r.type_key = {TYPE}"
        " AND r.row_id = d.row_id)"
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
