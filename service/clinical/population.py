"""Searches over many patients that are refused: nothing filters or sorts patients by their tears.

What is recorded of one patient's expression is read with that patient, session or record named.
A chain or `_has` is no way round: what is asked of Observations is looked at wherever it stands.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from service.clinical.canonical import EXPRESSION, FINDING, OBSERVATION_CATEGORY
from service.clinical.catalogue import Catalogue
from service.clinical.expression import ELEMENTS
from service.clinical.finding_codes import COUNTS_OF_EXPRESSION, ON_EXPRESSION
from service.errors import Issue
from service.fhir.compartments import SUBJECTS
from service.fhir.search.links import inner
from service.fhir.search.query import (
    Amount,
    Chain,
    Clause,
    Coded,
    Link,
    Modifier,
    Query,
    Simple,
    Together,
)

ONE_PATIENT = frozenset(
    {"_id", "derived-from", "encounter", "focus", "has-member", "identifier", "patient", "subject"}
)
"""Parameters that lead to one patient, one session or one record."""
ONE_COURSE = frozenset({"Encounter", "Patient"})
"""Whose compartment holds the records of one patient; a practitioner's holds those of many."""
PERSONAL = frozenset({"Patient", *SUBJECTS})
"""Types whose records are of one patient each."""
WHAT = frozenset({"code", "combo-code", "component-code"})
CODED_VALUES = frozenset({"combo-value-concept", "component-value-concept", "value-concept"})
NUMBERS = frozenset({"combo-value-quantity", "component-value-quantity", "value-quantity"})
NUMBERS_OF_PARTS = frozenset({"combo-value-quantity", "component-value-quantity"})
"""How strongly something was expressed is a number of a component."""
UNITS = frozenset({None, "", "1", "min", "{score}", "{sessions}"})
"""In which such numbers stand, or none."""
CATEGORY = "category"
OTHER_VALUES = frozenset({"value-date", "value-string"})
FIRST_EXPRESSION = "first-expression"
THERAPY = "therapy"
RATED = frozenset({"acceptance-change", "belief-change"})
"""Findings of how far what people rated has moved."""
DERIVED = ON_EXPRESSION | COUNTS_OF_EXPRESSION | RATED
"""What is counted of expression is no more compared between patients than what was expressed."""
EPISODE_VALUES = frozenset(
    code
    for name in ("expression-presence", "expression-intensity")
    for code in ELEMENTS[name].codes
    if "-" in code or code == "tears"
)
"""Values that mean an expression even where no system is named; `none` may mean anything."""


def refusals(query: Query, known: Catalogue) -> tuple[Issue, ...]:
    """Why a search may not be answered, one issue for each parameter; none where it may."""
    if _names_one(query):
        return ()
    if query.compartment is not None and query.compartment.owner.type in ONE_COURSE:
        return ()
    asked = [each for each in (query, *inner(query)) if each.type == "Observation"]
    return tuple(_issue(name) for name in dict.fromkeys(_refused(query, asked, known)))


def _names_one(query: Query) -> bool:
    """Whether a search is of one patient, one session or one record: by a parameter of its own, or
    by a chain to what is named so, such as `patient.identifier`."""
    if query.type not in PERSONAL:
        return False
    return any(map(_leads_to_one, query.clauses)) or any(map(_ends_at_one, query.links))


def _names_a_system_only(clause: Clause) -> bool:
    return any(isinstance(value, Coded) and value.code is None for value in clause.values)


def _ends_at_one(link: Link) -> bool:
    return (
        isinstance(link, Chain)
        and link.parameter.name in ONE_PATIENT
        and all(map(_names_one, link.targets))
    )


def _leads_to_one(clause: Clause) -> bool:
    if clause.parameter.name not in ONE_PATIENT or clause.modifier is not None:
        return False
    return len(clause.values) == 1 and not _names_a_system_only(clause)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What one parameter, or one component of a composite, asks."""

    said: str
    """The parameter as the client named it."""
    name: str
    modifier: Modifier | None
    values: tuple[Simple, ...]


def _refused(query: Query, queries: Sequence[Query], known: Catalogue) -> Iterator[str]:
    """`queries` are all that ask Observations, taken together: what one of them says to be about an
    expression, others may ask the value of."""
    everything = [asked for each in queries for c in each.clauses for asked in _asked(c)]
    own = [asked for clause in query.clauses for asked in _asked(clause)]
    about_expression = any(_asks_for_expression(asked, known) for asked in everything)
    about_other = not about_expression and any(_asks_what(asked) for asked in own)
    numbers_too = about_expression or (not about_other and any(map(_asks_in_words, everything)))
    for asked in everything:
        if _asks_a_value(asked, about_expression, about_other, numbers_too):
            yield asked.said
        if asked.name in WHAT and _any_code(asked, _is_first_expression):
            yield asked.said
    for key in query.sort:
        of_expression = key.parameter.name in OTHER_VALUES and about_expression
        if of_expression or (key.parameter.name in NUMBERS | CODED_VALUES and not about_other):
            yield "_sort"


def _asks_a_value(
    asked: _Asked, about_expression: bool, about_other: bool, numbers_too: bool
) -> bool:
    """Of an expression, or of what may be one where nothing says what is asked about."""
    if asked.name in CODED_VALUES:
        return about_expression or _means(asked, about_other)
    if (
        asked.name in NUMBERS_OF_PARTS
        and not about_other
        and any(map(_may_be_theirs, asked.values))
    ):
        return True
    return asked.name in NUMBERS | OTHER_VALUES and numbers_too


def _may_be_theirs(value: Simple) -> bool:
    """A number in another unit is of something else."""
    return isinstance(value, Amount) and value.unit in UNITS


def _asked(clause: Clause) -> Iterator[_Asked]:
    said, modifier = clause.parameter.name, clause.modifier
    simple = tuple(value for value in clause.values if not isinstance(value, Together))
    composite = [value for value in clause.values if isinstance(value, Together)]
    yield _Asked(said=said, name=said, modifier=modifier, values=simple)
    for place, component in enumerate(clause.parameter.components):
        parts = tuple(value.parts[place] for value in composite)
        yield _Asked(said=said, name=component.name, modifier=None, values=parts)


def _means(asked: _Asked, about_other: bool) -> bool:
    """Words may mean an expression too, unless something else is what is asked about."""
    words = asked.modifier is Modifier.TEXT and not about_other
    return words or _any_code(asked, _means_expression)


def _asks_what(asked: _Asked) -> bool:
    return asked.name in WHAT | {CATEGORY} and asked.modifier is None and bool(asked.values)


def _asks_for_expression(asked: _Asked, known: Catalogue) -> bool:
    if asked.name == CATEGORY:
        return _leads_to_therapy(asked)
    return asked.name in WHAT and (
        _any_code(asked, _is_expression)
        or _any_code(asked, lambda value: known.expresses(value.system, value.code))
    )


def _leads_to_therapy(asked: _Asked) -> bool:
    """Whether what is asked of the category may leave only what was expressed."""
    named = _any_code(asked, _is_of_therapy)
    if asked.modifier is None:
        return named
    return asked.modifier is Modifier.NOT and not named


def _asks_in_words(asked: _Asked) -> bool:
    return asked.name in WHAT and asked.modifier is Modifier.TEXT


def _any_code(asked: _Asked, means: Callable[[Coded], bool]) -> bool:
    return any(isinstance(value, Coded) and means(value) for value in asked.values)


def _is_expression(value: Coded) -> bool:
    if value.system is None:
        return value.code in ELEMENTS or value.code in DERIVED
    return value.system == EXPRESSION or (value.system == FINDING and value.code in DERIVED)


def _is_of_therapy(value: Coded) -> bool:
    """Every score and record of that category says what was expressed."""
    return value.code == THERAPY and value.system in (None, OBSERVATION_CATEGORY)


def _means_expression(value: Coded) -> bool:
    return value.system == EXPRESSION or (value.system is None and value.code in EPISODE_VALUES)


def _is_first_expression(value: Coded) -> bool:
    return value.code == FIRST_EXPRESSION and value.system in (None, FINDING)


def _issue(name: str) -> Issue:
    return Issue(
        code="forbidden",
        message=(
            f"'{name}' would filter or sort patients by what they expressed: name the patient, the"
            " session or the record."
        ),
        expression=name,
    )
