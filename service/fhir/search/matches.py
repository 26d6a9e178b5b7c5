"""Whether a resource meets a query, read off its JSON: what SQL must agree with.

http://hl7.org/fhir/R4/search.html
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_never

from service.fhir.compartments import patient_of
from service.fhir.resource import Resource
from service.fhir.search.elements import (
    canonicals,
    codings,
    identified,
    measure,
    referred,
    span,
    strings,
    texts,
)
from service.fhir.search.folding import folded, sounding
from service.fhir.search.linked import linked
from service.fhir.search.parameters import Kind, Parameter
from service.fhir.search.paths import reader
from service.fhir.search.query import (
    EVERYTHING,
    Clause,
    Coded,
    Modifier,
    Naming,
    Query,
    Sight,
    Text,
    Together,
    Typed,
    Value,
    View,
)
from service.fhir.search.relations import dated, measured
from service.fhir.search.uris import below

Holds = Callable[[Resource], bool]
Test = Callable[[Any, Value], bool]


def matches(resource: Resource, query: Query, world: Sequence[Resource] | None = None) -> bool:
    """True where `resource` is of the query's type and in its compartment, and every clause and
    link holds.

    `world` holds every resource there is; None where the query has no links. `matching` asks of
    many resources.
    """
    if not matching(query)(resource):
        return False
    if not query.links:
        return True
    assert world is not None
    return all(
        linked(resource, link, query.base_url, world, lambda r, q: matches(r, q, world))
        for link in query.links
    )


def matching(query: Query) -> Holds:
    """The same for a query, but for its links; to be asked of one resource after the other."""
    tests = [_holding(clause, query) for clause in query.clauses]
    if query.compartment is not None:
        tests.append(_any([_holding(link, query) for link in query.compartment.links]))
    if query.sight is not EVERYTHING:
        tests.append(seeing(query, query.sight))
    kind = query.type

    def holds(resource: Resource) -> bool:
        return resource.get("resourceType") == kind and all(test(resource) for test in tests)

    return holds


def seeing(query: Query, sight: Sight) -> Holds:
    """Whether the sight lets a resource, which is of the query's type, be seen."""
    hidden, views = sight.hidden, [_viewing(view, query) for view in sight.views]

    def sees(resource: Resource) -> bool:
        shown = not hidden or hidden.isdisjoint(labels(resource))
        return shown and any(view(resource) for view in views)

    return sees


def _viewing(view: View, query: Query) -> Holds:
    tests, patient = [_holding(clause, query) for clause in view.clauses], view.patient

    def views(resource: Resource) -> bool:
        own = patient is None or patient_of(resource, query.base_url) == patient
        return own and all(test(resource) for test in tests)

    return views


def _any(tests: Sequence[Holds]) -> Holds:
    return lambda resource: any(test(resource) for test in tests)


def labels(resource: Resource) -> Iterator[str]:
    """The codes of its security labels. http://hl7.org/fhir/R4/security-labels.html"""
    for label in resource.get("meta", {}).get("security", ()):
        if "code" in label:
            yield label["code"]


def _holding(clause: Clause, query: Query) -> Holds:
    readers = [reader(path) for path in clause.parameter.paths]
    met = _met(clause, query)
    if len(readers) == 1:
        (read,) = readers
        return lambda resource: met(read(resource))
    return lambda resource: met([value for read in readers for value in read(resource)])


def _met(clause: Clause, query: Query) -> Callable[[Sequence[Any]], bool]:
    """Whether a clause holds for what stands at its parameter's paths."""
    match clause.modifier:
        case Modifier.MISSING:
            return lambda found: not any(_has_value(e, clause.parameter, query) for e in found)
        case Modifier.PRESENT:
            return lambda found: any(_has_value(e, clause.parameter, query) for e in found)
    test, values, negated = _test(clause, query), clause.values, clause.modifier is Modifier.NOT

    def met(found: Sequence[Any]) -> bool:
        for element in found:
            for value in values:
                if test(element, value):
                    return not negated
        return negated

    return met


def _has_value(element: Any, parameter: Parameter, query: Query) -> bool:
    """Whether there is anything in an element that a search could find."""
    match parameter.kind:
        case Kind.TOKEN:
            return any(codings(element)) or any(texts(element))
        case Kind.REFERENCE if not parameter.canonical:
            targets = parameter.targets
            return bool(referred(element, targets, query.base_url) or identified(element, targets))
        case Kind.DATE:
            return span(element, query.zone) is not None
        case Kind.QUANTITY:
            return measure(element) is not None
        case _:
            return any(strings(element))


def _test(clause: Clause, query: Query) -> Test:
    """How one element is held against one value of `clause`."""
    parameter = clause.parameter
    match parameter.kind:
        case Kind.TOKEN:
            return {Modifier.TEXT: _in_words, Modifier.OF_TYPE: _of_type}.get(
                clause.modifier or Modifier.IN, _coded
            )
        case Kind.REFERENCE:
            return _reference_test(clause, query.base_url)
        case Kind.STRING:
            return _string_test(clause)
        case Kind.URI:
            return _below if clause.modifier is Modifier.BELOW else _same_uri
        case Kind.DATE:
            return lambda e, value: dated(span(e, query.zone), value)
        case Kind.QUANTITY:
            return lambda e, value: measured(measure(e), value)
        case Kind.COMPOSITE:
            return _together_test(parameter, query)
    assert_never(parameter.kind)


def _together_test(parameter: Parameter, query: Query) -> Test:
    """All parts of a value are met by what one element holds."""
    tests = [_part_test(component, query) for component in parameter.components]

    def together(element: Any, value: Value) -> bool:
        assert isinstance(value, Together)
        return all(test(element, part) for test, part in zip(tests, value.parts, strict=True))

    return together


def _part_test(component: Parameter, query: Query) -> Test:
    test = _test(Clause(parameter=component), query)
    readers = tuple(reader(path) for path in component.paths)
    return lambda element, part: any(test(e, part) for read in readers for e in read(element))


def _coded(element: Any, value: Value) -> bool:
    assert isinstance(value, Coded)
    return any(
        value.system in (None, system) and value.code in (None, code)
        for system, code in codings(element)
    )


def _of_type(element: Any, value: Value) -> bool:
    assert isinstance(value, Typed)
    kind = element.get("type") or {}
    return element.get("value") == value.value and (value.system, value.code) in codings(kind)


def _same_uri(element: Any, value: Value) -> bool:
    """Under `:above`, one of those above the one searched for."""
    assert isinstance(value, Text | Naming)
    return element in ((value.text,) if isinstance(value, Text) else value.references)


def _below(element: Any, value: Value) -> bool:
    assert isinstance(value, Text)
    return isinstance(element, str) and below(element, value.text)


def _in_words(element: Any, value: Value) -> bool:
    assert isinstance(value, Text)
    return any(folded(text).startswith(folded(value.text)) for text in texts(element))


def _reference_test(clause: Clause, base_url: str) -> Test:
    targets = clause.parameter.targets
    if clause.modifier is Modifier.IDENTIFIER:
        return lambda e, value: _coded(identified(e, targets), value)
    if clause.parameter.canonical:
        return lambda e, value: any(_names(text, value) for text in canonicals(e))
    return lambda e, value: _names(referred(e, targets, base_url), value)


def _names(reference: str | None, value: Value) -> bool:
    assert isinstance(value, Naming)
    return reference in value.references


def _string_test(clause: Clause) -> Test:
    plain = sounding if clause.parameter.phonetic else folded

    def exact(element: Any, value: Value) -> bool:
        assert isinstance(value, Text)
        return value.text in strings(element)

    def contains(element: Any, value: Value) -> bool:
        assert isinstance(value, Text)
        return any(plain(value.text) in plain(text) for text in strings(element))

    def begins(element: Any, value: Value) -> bool:
        assert isinstance(value, Text)
        return any(plain(text).startswith(plain(value.text)) for text in strings(element))

    match clause.modifier:
        case Modifier.EXACT:
            return exact
        case Modifier.CONTAINS:
            return contains
        case _:
            return begins
