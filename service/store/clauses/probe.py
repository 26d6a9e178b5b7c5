"""What a clause becomes: a condition on the rows of one index table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from msgspec import Struct


class Rank(IntEnum):
    """How few rows a condition usually leaves: the search starts from the lowest."""

    IDENTITY = 0
    PATIENT = 1
    NAME = 2
    PAIR = 3
    """A code and a value of one element."""
    CODE = 4
    CONCEPT = 5
    VALUE = 6
    QUANTITY = 7
    STATUS = 8
    CATEGORY = 9
    EFFECTIVE = 10
    UPDATED = 11
    REST = 12
    """All but what nearly all are; the order is then that of everything."""
    NEVER = 99
    """No index leads to these rows."""


OF_ONE = frozenset({Rank.PATIENT, Rank.NAME})
"""Conditions that leave what is of one patient, encounter or other resource."""
UNTIMED = OF_ONE | {Rank.REST}
"""Conditions whose rows come in the order of first creation where nobody asks for another."""


class Lanes(Struct, frozen=True, kw_only=True):
    """Values of one column of coded values, each of which an index has in the order of time (see
    `lanes`): those given, or those that a query finds, or all there are."""

    column: str
    values: tuple[int, ...] = ()
    query: str = ""
    """SQL; each value once."""
    there: str = "true"
    """SQL; of the index, where it has not all rows: which. The row is called `c`."""
    nullable: bool = False
    """Rows without a value belong to them."""
    leading: bool = False
    """The index has only rows that lead."""


class Probe(Struct, frozen=True, kw_only=True):
    """The resources with a row of `table` that meets `condition`; without one, if `negated`."""

    table: str
    condition: str
    """SQL; columns of the table are written `@.column`."""
    rank: Rank = Rank.NEVER
    negated: bool = False
    doubt: str = ""
    """SQL for the rows of `condition` that only a resource's body can confirm; "" for none."""
    place: str = ""
    """SQL; on coded values: which rows of an Observation are meant, if not any."""
    columns: frozenset[str] = frozenset()
    """On coded values: what the condition is about, where one row can meet several conditions."""
    lanes: Lanes | None = None
    """Where a page in the order of time is best read value by value."""
    ahead: str = ""
    """SQL; the part of the condition that an index has in the order of time, where the rest is
    about a value (see `peek`)."""
    narrow: bool = False
    """Whether it leaves no more than one patient's record, however much there is besides."""

    def on(self, alias: str) -> str:
        condition = f"({self.condition}) AND {self.place}" if self.place else self.condition
        return f"({condition.replace('@.', f'{alias}.')})"


class Either(Struct, frozen=True, kw_only=True):
    """The resources that meet any of the probes; that meet none, if `negated`."""

    probes: tuple[Probe, ...]
    negated: bool = False


Condition = Probe | Either

TENANT, TYPE = "$1", "$2"
"""Where every statement finds the tenant's number and the `type_key` of the resource type."""


@dataclass
class Arguments:
    """The values of a statement's parameters, in the order of their numbers."""

    values: list[Any] = field(default_factory=list)

    def add(self, value: Any) -> str:
        """The place of `value`, such as `$3`."""
        self.values.append(value)
        return f"${len(self.values)}"


FENCE = "OFFSET 0"
"""At the end of a subquery: the planner leaves it as it stands."""


def exists(condition: Condition, row: str, kind: str = TYPE, end: str = "") -> str:
    """SQL for "the resource of row id `row`, which is of type `kind`, meets `condition`"; `end`
    comes at the end of its subqueries."""
    probes = condition.probes if isinstance(condition, Either) else (condition,)
    found = " OR ".join(_exists(probe, row, kind, end) for probe in probes)
    return f"NOT ({found})" if condition.negated else f"({found})"


def _exists(probe: Probe, row: str, kind: str, end: str) -> str:
    of_type = f" AND x.type_key = {kind}" if probe.table == "resource" else ""
    return (
        f"EXISTS (SELECT FROM {probe.table} x WHERE x.tenant_id = {TENANT}{of_type}"
        f" AND x.row_id = {row} AND {probe.on('x')} {end})"
    )


def either(parts: list[str]) -> str:
    """SQL for any of `parts`, which are conditions; false for none."""
    return (
        " OR ".join(f"({part})" for part in parts)
        if len(parts) > 1
        else "".join(parts or ["false"])
    )


def filled(template: str, values: Mapping[str, Any], kind: str, arguments: Arguments) -> str:
    """`template` with `:name` bound to the value of that name; values it does not name are left
    out, since every parameter must occur in its statement. `kind` is their SQL type."""
    places = {
        name: f"{arguments.add(value)}::{kind}"
        for name, value in values.items()
        if re.search(rf":{name}\b", template)
    }
    return re.sub(r"(?<!:):(\w+)", lambda match: places[match[1]], template)


def one_of(column: str, values: list[int], arguments: Arguments) -> str:
    """SQL for "the bigint `column` is one of `values`"."""
    if len(values) == 1:
        return f"{column} = {arguments.add(values[0])}"
    return f"{column} = ANY({arguments.add(values)}::bigint[])"


def pairs(
    first: str, second: str, wanted: Iterator[tuple[int, int | None]], arguments: Arguments
) -> str:
    """SQL for "the bigint columns are one of the pairs"; None as the second says any will do."""
    asked = list(dict.fromkeys(wanted))
    alone = one_of(first, [a for a, _ in asked], arguments) if asked else "false"
    if all(b is None for _, b in asked):
        return alone
    if len(asked) == 1:
        return f"{alone} AND {second} = {arguments.add(asked[0][1])}"
    firsts, seconds = arguments.add([a for a, _ in asked]), arguments.add([b for _, b in asked])
    return (
        f"{alone} AND EXISTS (SELECT FROM unnest({firsts}::bigint[], {seconds}::bigint[])"
        f" AS w (a, b) WHERE w.a = {first} AND coalesce(w.b = {second}, w.b IS NULL))"
    )
