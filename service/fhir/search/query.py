"""A search as a value: what is asked, in which order, and how much of it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from service.errors import Issue
from service.fhir.resource import Identity, PatientKey
from service.fhir.search.parameters import Parameter
from service.fhir.search.value_sets import ValueSets, none_held

MAX_COUNT = 1_000
DEFAULT_COUNT = 50


class Prefix(StrEnum):
    """http://hl7.org/fhir/R4/search.html#prefix"""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


class Modifier(StrEnum):
    """http://hl7.org/fhir/R4/search.html#modifiers; `:[type]` has become part of the values."""

    NOT = "not"
    MISSING = "missing"
    """`:missing=true`; without values."""
    PRESENT = "present"
    """`:missing=false`; without values."""
    EXACT = "exact"
    CONTAINS = "contains"
    TEXT = "text"
    IDENTIFIER = "identifier"
    IN = "in"
    """Has become the codes of the value set, without a modifier."""
    NOT_IN = "not-in"
    """Has become the codes of the value set, with `NOT`."""
    ABOVE = "above"
    BELOW = "below"
    OF_TYPE = "of-type"


class Total(StrEnum):
    """http://hl7.org/fhir/R4/search.html#total"""

    NONE = "none"
    ESTIMATE = "estimate"
    ACCURATE = "accurate"


class Summary(StrEnum):
    """http://hl7.org/fhir/R4/search.html#summary"""

    TRUE = "true"
    TEXT = "text"
    DATA = "data"
    COUNT = "count"
    FALSE = "false"


class Coded(Struct, frozen=True, kw_only=True):
    """`system|code`: None asks for any, and "" as system for none."""

    system: str | None
    code: str | None


class Typed(Struct, frozen=True, kw_only=True):
    """`system|code|value`: an identifier of that type."""

    system: str
    code: str
    value: str


class Naming(Struct, frozen=True, kw_only=True):
    """The references, as `elements.named` writes them, or URIs, any of which is meant."""

    references: tuple[str, ...]


class Text(Struct, frozen=True, kw_only=True):
    """A string or URI."""

    text: str


class Moment(Struct, frozen=True, kw_only=True):
    """A date: the half-open range [low, high) that it covers; under `ap` widened already."""

    prefix: Prefix
    low: datetime
    high: datetime


class Amount(Struct, frozen=True, kw_only=True):
    """A quantity: the number itself, and the half-open range [low, high) that it stands for."""

    prefix: Prefix
    number: Decimal
    low: Decimal
    high: Decimal
    system: str | None = None
    unit: str | None = None
    """Code in `system`; where that is None, code or text of the unit."""


Simple = Coded | Typed | Naming | Text | Moment | Amount


class Together(Struct, frozen=True, kw_only=True):
    """A value of a composite: one for each of its components, in their order."""

    parts: tuple[Simple, ...]


Value = Simple | Together


class Clause(Struct, frozen=True, kw_only=True):
    """One parameter: any of its values will do; all clauses of a query must hold."""

    parameter: Parameter
    modifier: Modifier | None = None
    values: tuple[Value, ...] = ()


class Chain(Struct, frozen=True, kw_only=True):
    """`subject.name=x`: a resource that `parameter` names meets any of `targets`.

    http://hl7.org/fhir/R4/search.html#chaining
    """

    parameter: Parameter
    targets: tuple["Query", ...]
    """One for each type that it can be of."""


class Reverse(Struct, frozen=True, kw_only=True):
    """`_has:Observation:patient:code=x`: a resource that meets `source` names this one.

    http://hl7.org/fhir/R4/search.html#has
    """

    parameter: Parameter
    """Of the source's type."""
    source: "Query"


Link = Chain | Reverse


class Join(Struct, frozen=True, kw_only=True):
    """A reference that is followed for the sake of what it names, or of what it stands in."""

    source: str
    """The type that refers."""
    parameter: Parameter
    target: str | None = None
    """The only type that is wanted at the other end; None for any."""


class Include(Struct, frozen=True, kw_only=True):
    """What is answered beside the matches. http://hl7.org/fhir/R4/search.html#include"""

    joins: tuple[Join, ...]
    reverse: bool
    """Whether what refers is wanted, and not what is referred to."""
    iterate: bool
    """Whether it is asked of what was included, too."""


class Sort(Struct, frozen=True, kw_only=True):
    """One key of the order."""

    parameter: Parameter
    descending: bool = False


class Compartment(Struct, frozen=True, kw_only=True):
    """Whose compartment is searched, and what links the query's type to it: any of these."""

    owner: Identity
    links: tuple[Clause, ...]


class View(Struct, frozen=True, kw_only=True):
    """A condition that lets a caller see a resource: all of it must hold."""

    clauses: tuple[Clause, ...] = ()
    patient: PatientKey | None = None
    """Whose record it has to belong to; None for anybody's and nobody's."""


class Sight(Struct, frozen=True, kw_only=True):
    """What a caller sees of one type: what meets any of the views, and none of what is hidden."""

    views: tuple[View, ...] = (View(),)
    hidden: frozenset[str] = frozenset()
    """Codes of security labels: what carries one of them is not seen, whichever view it is."""

    @property
    def blind(self) -> bool:
        """Whether there is nothing to see, whatever there is."""
        return not self.views


EVERYTHING = Sight()


class Query(Struct, frozen=True, kw_only=True):
    """A search of one resource type."""

    type: str
    zone: tzinfo
    """Dates without an offset are read in it."""
    base_url: str
    """Tells references to this server from others."""
    value_sets: ValueSets = none_held
    """What `:in` and `:not-in` ask."""
    clauses: tuple[Clause, ...] = ()
    compartment: Compartment | None = None
    """What is not linked to its owner is not found."""
    sight: Sight = EVERYTHING
    """What the caller sees of the type; apart from the clauses, since nobody asked for it."""
    merged: bool = False
    """One of several whose matches are put into one order: what none asks for is left out of it."""
    links: tuple[Link, ...] = ()
    """Conditions on other resources, which must hold like the clauses. They stand apart, so that
    whoever reads the clauses does not take `patient.name=x` for the name of a patient."""
    includes: tuple[Include, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = DEFAULT_COUNT
    """Matches in one page, 0 to `MAX_COUNT`."""
    total: Total | None = None
    """None where nobody said."""
    summary: Summary = Summary.FALSE
    elements: tuple[str, ...] = ()
    """Names of `_elements`; empty for all."""
    used: tuple[tuple[str, str], ...] = ()
    """What was understood, as it was sent: the parameters of the self link."""
    ignored: tuple[Issue, ...] = ()
    """What was not, one sentence each, under lenient handling."""

    @property
    def place(self) -> str:
        """What is searched, as an address below the base."""
        return f"{self.compartment.owner}/{self.type}" if self.compartment else self.type

    @property
    def counts_only(self) -> bool:
        """`_count=0` and `_summary=count` ask for the total alone."""
        return self.count == 0 or self.summary is Summary.COUNT


MODIFIERS: Mapping[str, Modifier] = MappingProxyType(
    {m.value: m for m in Modifier if m is not Modifier.PRESENT}
)
"""Modifiers by the name that a client writes."""
