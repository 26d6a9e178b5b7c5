"""From the clauses of a query to SQL conditions: which table answers which parameter."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from service.fhir.search.coded import IN_CODED_VALUES
from service.fhir.search.extract import IN_ROW
from service.fhir.search.parameters import Kind
from service.fhir.search.query import Clause, Modifier, Query
from service.store.clauses import coded, composite, date, name, own, quantity, string, token, uri
from service.store.clauses.probe import Arguments, Condition, Probe

Maker = Callable[[str, Clause, Arguments], Probe]

PROBES: Mapping[Kind, Maker] = MappingProxyType(
    {
        Kind.DATE: date.probe,
        Kind.QUANTITY: quantity.probe,
        Kind.REFERENCE: name.probe,
        Kind.STRING: string.probe,
        Kind.TOKEN: token.probe,
        Kind.URI: uri.probe,
    }
)
PRESENCES: Mapping[Kind, Maker] = MappingProxyType(
    {
        Kind.DATE: date.presence,
        Kind.QUANTITY: quantity.presence,
        Kind.REFERENCE: name.presence,
        Kind.STRING: string.presence,
        Kind.TOKEN: token.presence,
        Kind.URI: name.presence,
    }
)


def conditions(query: Query, clause: Clause, arguments: Arguments) -> tuple[Condition, ...]:
    """What the index says of one clause; all of it holds for whatever meets the clause."""
    if clause.parameter.kind is not Kind.COMPOSITE:
        return (condition(query, clause, arguments),)
    if composite.in_one_row(query.type, clause):
        return (composite.probe(clause, arguments),)
    parts = [condition(query, part, arguments) for part in composite.apart(clause)]
    return tuple(parts if composite.exact(query.type, clause) else map(composite.uncertain, parts))


def condition(query: Query, clause: Clause, arguments: Arguments) -> Condition:
    """What the index says of one clause."""
    name_ = clause.parameter.name
    in_coded = query.type == coded.KIND and name_ in {*IN_CODED_VALUES, *coded.REFERENCES}
    if in_coded and clause.modifier is Modifier.MISSING and name_ in coded.ABSENT:
        return coded.absence(name_)
    if clause.modifier in (Modifier.MISSING, Modifier.PRESENT):
        present = _presence(query.type, clause, arguments, in_coded=in_coded)
        return replace(present, negated=clause.modifier is Modifier.MISSING)
    if name_ in IN_ROW:
        return own.probe(query.type, clause, arguments)
    if in_coded and clause.parameter.kind is Kind.REFERENCE:
        return coded.reference(clause, arguments, query.base_url)
    if in_coded:
        return coded.MAKERS[name_](clause, arguments)
    if clause.modifier is Modifier.IDENTIFIER:
        return token.probe(query.type, clause, arguments)
    return PROBES[clause.parameter.kind](query.type, clause, arguments)


def _presence(kind: str, clause: Clause, arguments: Arguments, *, in_coded: bool) -> Condition:
    if in_coded:
        return coded.presence(clause, arguments)
    return PRESENCES[clause.parameter.kind](kind, clause, arguments)
