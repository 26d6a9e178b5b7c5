"""The statement of a search: from the rows that its strongest condition leaves, those that meet
all others, in order, with their bodies, in one round trip."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from service.fhir.search.query import Query
from service.store.clauses.coded import EVERY, KIND
from service.store.clauses.compartment import linked as within_compartment
from service.store.clauses.conditions import conditions as made
from service.store.clauses.lanes import Reading, merged
from service.store.clauses.links import linked
from service.store.clauses.merging import met
from service.store.clauses.order import SORTED_ALIKE, Order, Place, order, place_of
from service.store.clauses.peek import peeked
from service.store.clauses.probe import (
    FENCE,
    OF_ONE,
    TENANT,
    TYPE,
    Arguments,
    Condition,
    Either,
    Probe,
    Rank,
    exists,
)
from service.store.clauses.sight import choosing, narrowing
from service.store.clauses.walk import Page, walkable, walked
from service.store.hashing import type_key

MOST_FOLLOWED = 20_000
"""Rows from which links are followed for the sake of a total."""
BROAD = frozenset({Rank.CATEGORY, Rank.EFFECTIVE})
"""Conditions that leave what is of everybody."""
LEADING = "d.lead"
RESOURCE = Probe(table="resource", condition="@.body IS NOT NULL")


class After(Struct, frozen=True, kw_only=True):
    """The row that a page goes on from."""

    places: Sequence[Place]
    row_id: int
    highest: int


class Statement(Struct, frozen=True, kw_only=True):
    """One search, ready to be asked for pages or for the number of matches."""

    query: Query
    start: Probe
    """Where the search starts; the rows of its table are called `d`."""
    where: str
    links: str
    """Conditions on other resources, beginning with AND; "" for none."""
    doubts: tuple[str, ...]
    """What makes it uncertain that a row is a match until its body is read."""
    arguments: tuple[object, ...]
    ahead: str = ""
    """What a page in the order of time is looked for among first; "" where it is not."""

    @property
    def narrow(self) -> bool:
        """Whether it looks at one patient's record at the most: then one plan, made once, does for
        all values; see `Transaction.plan_anew`."""
        return self.start.narrow and not self.links

    @property
    def of_many(self) -> bool:
        """Whether it begins with more than what is of one patient or other resource."""
        return self.start.rank > max(OF_ONE)

    def page(
        self, limit: int, after: After | None = None, *, counted: bool = False
    ) -> tuple[str, list[object]]:
        """At most `limit` rows: the sort keys, row_id, the highest row id there is, the key of the
        tenant's cursors, the number of all where they are to be `counted`, and what
        `store.version` reads."""
        arguments = Arguments(list(self.arguments))
        sorting, where = order(self.query, self.start, arguments), self.where + self.links
        if after is not None:
            where += f" AND d.row_id <= {arguments.add(after.highest)}"
        keys = "".join(f"k{place}, " for place in range(len(sorting.keys)))
        total = f"({self._counting()})" if counted else "NULL"
        return (
            f"""
            WITH page AS MATERIALIZED ({self._rows(where, sorting, limit, after, arguments)})
            SELECT {keys}page.row_id,
                (SELECT max(row_id) FROM resource WHERE tenant_id = {TENANT} AND type_key = {TYPE})
                    AS highest,
                (SELECT page_key FROM tenant WHERE tenant_id = {TENANT}) AS page_key,
                {total} AS total,
                r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body
            FROM page JOIN resource r ON r.tenant_id = {TENANT} AND r.type_key = {TYPE}
                AND r.row_id = page.row_id
            ORDER BY {sorting.sql("page.row_id")}
            """,
            arguments.values,
        )

    def _rows(
        self, where: str, sorting: Order, limit: int, after: After | None, arguments: Arguments
    ) -> str:
        most, lanes = arguments.add(limit), self.start.lanes
        if self.start is RESOURCE and walkable(self.query):
            places = None if after is None else tuple(after.places)
            row_id = 0 if after is None else after.row_id
            page = Page(where=where, sorting=sorting, places=places, row_id=row_id, limit=most)
            return walked(self.query, page, arguments)
        ahead = self.ahead
        if after is not None:
            beyond = f" AND {sorting.after(after.places, after.row_id, arguments)}"
            where, ahead = where + beyond, ahead and ahead + beyond
        reading = Reading(where=where, sorting=sorting, limit=most)
        if lanes is not None and sorting.by_time:
            return merged(lanes, reading, arguments)
        if ahead and sorting.by_time and len(sorting.keys) == 1:
            return peeked(ahead, reading)
        distinct = "" if self.start.table == "resource" else "DISTINCT"
        rows = f"{self.start.table} d WHERE {where}"
        if self.start.rank is Rank.REST:
            # The planner would look for them from the first creation on, where there can be none.
            rows = f"(SELECT d.* FROM {rows} {FENCE}) d"
        return (
            f"SELECT {distinct} d.row_id{sorting.selected} FROM {rows}"
            f" ORDER BY {sorting.sql('d.row_id')} LIMIT {most}"
        )

    def count(
        self, most: int | None = MOST_FOLLOWED, stop: int | None = None
    ) -> tuple[str, list[object]]:
        """How many there are; null where links would have to be followed from more rows than
        `most`, or where there are more than `stop` rows to be counted."""
        counting = self._counting()
        if stop is not None:
            counting = (
                f"SELECT CASE WHEN count(*) <= {stop} THEN count({self._each}) END"
                f" FROM (SELECT d.row_id {self._every} LIMIT {stop + 1}) d"
            )
        if self.links and most is not None:
            too_many = f"EXISTS (SELECT {self._found} OFFSET {most})"
            counting = f"SELECT CASE WHEN {too_many} THEN NULL ELSE ({counting}) END"
        return counting, list(self.arguments)

    def _counting(self) -> str:
        return f"SELECT count({self._each}) {self._every}"

    @property
    def _each(self) -> str:
        return "*" if self.start.table == "resource" else "DISTINCT d.row_id"

    @property
    def _found(self) -> str:
        return f"FROM {self.start.table} d WHERE {self.where}"

    @property
    def _every(self) -> str:
        """Every parameter must occur in a statement, so the type does too."""
        return f"{self._found}{self.links} AND {TYPE}::int IS NOT NULL"

    def beyond(self, many: int) -> tuple[str, list[object]]:
        """Whether there are more than `many`, as the index has them."""
        arguments = Arguments(list(self.arguments))
        sorting = order(self.query, self.start, arguments)
        rows = self._rows(self.where + self.links, sorting, many + 1, None, arguments)
        counting = f"SELECT count(*) > {many} AND {TYPE}::int IS NOT NULL FROM ({rows}) page"
        return counting, arguments.values

    def rows(self) -> tuple[str, list[object]]:
        """The row ids of all, in no particular order."""
        found = f"SELECT DISTINCT d.row_id FROM {self.start.table} d WHERE {self.where}"
        return f"{found}{self.links} AND {TYPE}::int IS NOT NULL", list(self.arguments)

    def doubtful(self) -> tuple[str, list[object]] | None:
        """Whether any of what `count` counts is uncertain; None where nothing can be."""
        if not self.doubts:
            return None
        doubting = f"{self.where}{self.links} AND ({' OR '.join(self.doubts)})"
        return (
            f"SELECT {TYPE}::int IS NOT NULL"
            f" AND EXISTS (SELECT FROM {self.start.table} d WHERE {doubting})"
        ), list(self.arguments)

    def places(self, row: Sequence[object]) -> tuple[Place, ...]:
        """The sort keys of a row of `page`, for a cursor."""
        return tuple(
            place_of(row[column])
            for column in range(len(order(self.query, self.start, Arguments()).keys))
        )


def statement(query: Query, tenant: object) -> Statement:
    arguments = Arguments([tenant, type_key(query.type)])
    conditions = [c for clause in query.clauses for c in made(query, clause, arguments)]
    if query.compartment is not None:
        conditions.append(within_compartment(query, query.compartment, arguments))
    conditions += narrowing(query, arguments)
    start, others = _led(query, conditions)
    # One by one, where there are few: from the other end a condition may be met by very many.
    where = [f"d.tenant_id = {TENANT}", *met(start, others, "d", end=FENCE if start.narrow else "")]
    if start.lanes is not None and start.lanes.leading and LEADING not in where:
        start = replace(start, lanes=None)
    if start.table == "resource":
        where.insert(1, f"d.type_key = {TYPE} AND d.body IS NOT NULL")
    where += choosing(query, "d.row_id", arguments)
    links = [f" AND {linked(query, link, 'd.row_id', arguments)}" for link in query.links]
    return Statement(
        query=query,
        start=start,
        where=" AND ".join(where),
        links="".join(links),
        doubts=tuple(_doubts(conditions)),
        arguments=tuple(arguments.values),
        ahead=_ahead(start, others),
    )


def _ahead(start: Probe, others: Sequence[Condition]) -> str:
    """Of a search by code and number: the code, and the dates asked for."""
    beside = [other for other in others if isinstance(other, Probe) and not other.negated]
    valued = start.rank is Rank.PAIR or any(other.columns == {"value"} for other in beside)
    if not (start.ahead and valued):
        return ""
    dates = [other.condition for other in beside if other.columns == {"effective"}]
    return " AND ".join(f"({part.replace('@.', 'd.')})" for part in (start.ahead, *dates))


def _doubts(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition_ in conditions:
        for probe in condition_.probes if isinstance(condition_, Either) else (condition_,):
            if probe.doubt:
                yield exists(replace(probe, condition=probe.doubt, negated=False), "d.row_id")


def _led(query: Query, conditions: Sequence[Condition]) -> tuple[Probe, list[Condition]]:
    """The condition whose rows the search begins with, and the others."""
    sorted_by = query.sort[0].parameter.name if query.sort else ""
    alike = query.type == KIND and sorted_by in SORTED_ALIKE
    leading = [c for c in conditions if isinstance(c, Probe) and _leads(c, query, alike)]
    start = min(leading, key=lambda probe: probe.rank, default=EVERY if alike else RESOURCE)
    rest = next((probe for probe in leading if probe.rank is Rank.REST), None)
    led = start
    if rest is not None and start.rank in BROAD:
        # What is not as nearly all are leaves fewer, in the same order.
        start, led = rest, replace(rest, rank=Rank.STATUS)
    return led, [c for c in conditions if c is not start]


def _leads(probe: Probe, query: Query, alike: bool) -> bool:
    if probe.rank is Rank.REST and query.sort and not alike:
        return False
    return not probe.negated and probe.rank is not Rank.NEVER
