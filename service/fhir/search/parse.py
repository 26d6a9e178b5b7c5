"""From the pairs of a query string to a `Query`. http://hl7.org/fhir/R4/search.html

What is unknown is refused by name, or under lenient handling ignored, left out of `used` and said
in `ignored`. A value that cannot be read is refused either way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from msgspec.structs import replace

from service.errors import BadRequest, Severity
from service.fhir.search import includes, links, results
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.parameters.every_type import COMMON, ID, LAST_UPDATED
from service.fhir.search.query import MODIFIERS, Clause, Coded, Modifier, Query, Value
from service.fhir.search.refusal import Unsupported, quoted
from service.fhir.search.value_sets import ValueSets, none_held
from service.fhir.search.values import Reading, read
from service.fhir.search.writing import plain, unescaped_parts

MAX_PARAMETERS = 50
"""The time that a database takes to plan a search grows much faster than their number."""
MAX_VALUES = 500
"""Values of one parameter, separated by commas."""

OFFERED = {
    Kind.COMPOSITE: (),
    Kind.DATE: (Modifier.MISSING,),
    Kind.QUANTITY: (Modifier.MISSING,),
    Kind.REFERENCE: (Modifier.MISSING, Modifier.IDENTIFIER),
    Kind.STRING: (Modifier.MISSING, Modifier.EXACT, Modifier.CONTAINS),
    Kind.TOKEN: (
        *(Modifier.MISSING, Modifier.NOT, Modifier.TEXT),
        *(Modifier.IN, Modifier.NOT_IN, Modifier.OF_TYPE),
    ),
    Kind.URI: (Modifier.MISSING, Modifier.ABOVE, Modifier.BELOW),
}
"""Modifiers of each kind of parameter; `offered` says them for one parameter."""


IDENTIFIER = "identifier"
UNCODED = frozenset({"email", IDENTIFIER, "phone", "telecom"})
"""Tokens whose values are in no value set."""
OF_EVERY_TYPE = frozenset(parameter.name for parameter in COMMON)


def offered(parameter: Parameter) -> tuple[Modifier, ...]:
    """The modifiers of one parameter, without `:[type]`."""
    if parameter.name == LAST_UPDATED:
        return ()
    if parameter.name == ID:
        return (Modifier.NOT,)
    coded = parameter.name not in UNCODED
    refused = {
        Modifier.IN: not coded,
        Modifier.NOT_IN: not coded,
        Modifier.OF_TYPE: parameter.name != IDENTIFIER,
        Modifier.BELOW: parameter.name in OF_EVERY_TYPE,
        Modifier.TEXT: not parameter.text,
        Modifier.IDENTIFIER: parameter.canonical,
        Modifier.EXACT: parameter.phonetic,
        Modifier.CONTAINS: parameter.phonetic,
    }
    return tuple(m for m in OFFERED[parameter.kind] if not refused.get(m, False))


def parse(
    type_name: str,
    pairs: Iterable[tuple[str, str]],
    *,
    zone: tzinfo,
    base_url: str,
    lenient: bool = False,
    value_sets: ValueSets = none_held,
) -> Query:
    """The search of `type_name` that the decoded `pairs` of a query string ask for.

    Raises `BadRequest` naming the parameter, and the modifier where that is what is wrong.
    """
    asked = tuple(pairs)
    if len(asked) > MAX_PARAMETERS:
        raise BadRequest(f"A search may have {MAX_PARAMETERS} parameters at the most.")
    empty = Query(type=type_name, zone=zone, base_url=base_url, value_sets=value_sets)
    building = _Building(empty, lenient=lenient)
    for name, value in asked:
        building.add(name, value)
    building.add_up()
    return building.query


@dataclass
class _Building:
    """A query that grows pair by pair."""

    query: Query
    lenient: bool
    seen: set[str] = field(default_factory=set)

    def add(self, name: str, value: str) -> None:
        try:
            self._understand(name, value)
        except Unsupported as refusal:
            self._ignore(refusal)

    def add_up(self) -> None:
        """What only all parameters together tell."""
        try:
            includes.refuse_with_text(self.query)
        except Unsupported as refusal:
            self._ignore(refusal)
            self.query = includes.without(self.query)

    def _understand(self, name: str, value: str) -> None:
        if "\x00" in value:
            raise BadRequest(f"Search parameter {quoted(name)} contains the character NUL.")
        if not value.strip():
            raise Unsupported("invalid", f"Search parameter {quoted(name)} has no value.")
        if name in results.READERS:
            self._once(name)
            self.query, value = results.READERS[name](self.query, value)
        elif name in includes.READERS:
            self.query = includes.READERS[name](self.query, value)
        else:
            self.query = narrowed(self.query, name, value)
        self.query = replace(self.query, used=(*self.query.used, (name, value)))

    def _once(self, name: str) -> None:
        if name in self.seen:
            raise BadRequest(f"Search parameter {quoted(name)} may be given once only.")
        self.seen.add(name)

    def _ignore(self, refusal: Unsupported) -> None:
        """Raises `BadRequest` instead for whoever is not lenient."""
        if not self.lenient:
            raise BadRequest(refusal.message, issues=(refusal.issue(Severity.ERROR),)) from None
        ignored = (*self.query.ignored, refusal.issue(Severity.WARNING))
        self.query = replace(self.query, ignored=ignored)


def narrowed(query: Query, name: str, value: str) -> Query:
    """`query` with one more condition, on the resource itself or on others it is linked with."""
    if links.leads(name):
        return links.added(query, links.link(query, name, value, narrowed))
    return replace(query, clauses=(*query.clauses, _clause(query, name, value)))


def _clause(query: Query, asked: str, value: str) -> Clause:
    name, _, suffix = asked.partition(":")
    parameter = TABLE[query.type].get(name)
    if parameter is None:
        raise Unsupported(
            "not-supported", f"{query.type} has no search parameter {quoted(name)} here."
        )
    modifier, target = _modifier(parameter, suffix, asked)
    if modifier is Modifier.MISSING:
        return Clause(parameter=parameter, modifier=_presence(asked, value))
    reading = Reading(
        parameter=parameter,
        modifier=modifier,
        target=target,
        asked=quoted(asked),
        zone=query.zone,
        base_url=query.base_url,
    )
    if modifier in (Modifier.IN, Modifier.NOT_IN):
        negated = Modifier.NOT if modifier is Modifier.NOT_IN else None
        values = tuple(_members(reading, value, query.value_sets))
        return Clause(parameter=parameter, modifier=negated, values=values)
    return Clause(parameter=parameter, modifier=modifier, values=_values(reading, value))


def _members(reading: Reading, value: str, value_sets: ValueSets) -> Iterator[Coded]:
    """The codes of all value sets named."""
    for part in _parts(reading, value):
        codes = value_sets(plain(part))
        if codes is None:
            raise reading.refuse("value sets that this server holds and can list")
        for system, code in codes:
            yield Coded(system="" if system == reading.parameter.system else system, code=code)


def _modifier(parameter: Parameter, suffix: str, asked: str) -> tuple[Modifier | None, str | None]:
    """The modifier, or the type that a reference is narrowed to."""
    if suffix == "" and ":" not in asked:
        return None, None
    modifier = MODIFIERS.get(suffix)
    if modifier in offered(parameter):
        return modifier, None
    if modifier is None and _narrows(parameter, suffix):
        return None, suffix
    raise Unsupported(
        "not-supported",
        f"Search parameter '{parameter.name}' has no modifier {quoted(':' + suffix)} here.",
    )


def _narrows(parameter: Parameter, suffix: str) -> bool:
    if parameter.kind is not Kind.REFERENCE or parameter.canonical:
        return False
    return suffix in parameter.targets if parameter.targets else suffix in TABLE


def _presence(asked: str, value: str) -> Modifier:
    match value:
        case "true":
            return Modifier.MISSING
        case "false":
            return Modifier.PRESENT
        case _:
            raise BadRequest(f"Search parameter {quoted(asked)} takes true or false.")


def _values(reading: Reading, value: str) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(read(reading, part) for part in _parts(reading, value)))


def _parts(reading: Reading, value: str) -> list[str]:
    parts = unescaped_parts(value, ",", reading.asked)
    if len(parts) > MAX_VALUES:
        raise BadRequest(
            f"Search parameter {reading.asked} may have {MAX_VALUES} values at the most."
        )
    if any(not part for part in parts):
        raise BadRequest(f"Search parameter {reading.asked} has an empty value in its list.")
    return parts
