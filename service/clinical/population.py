"""Searches over many patients that are refused: nothing filters or sorts patients by their tears.

What is recorded of one patient's expression is read with that patient, session or record named.
A chain or `_has` is no way round: what is asked of Observations is looked at wherever it stands.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from service.clinical.canonical import EXPRESSION, FINDING
from service.clinical.expression import ELEMENTS
from service.errors import Issue
from service.fhir.compartments import SUBJECTS
from service.fhir.search.links import inner
from service.fhir.search.query import Chain, Clause, Coded, Link, Query

ONE_PATIENT = frozenset(
    {"_id", "derived-from", "encounter", "focus", "has-member", "identifier", "patient", "subject"}
)
"""Parameters that lead to one patient, one session or one record."""
PERSONAL = frozenset({"Patient", *SUBJECTS})
"""Types whose records are of one patient each."""
WHAT = frozenset({"code", "combo-code", "component-code"})
CODED_VALUES = frozenset({"combo-value-concept", "component-value-concept", "value-concept"})
NUMBERS = frozenset({"combo-value-quantity", "component-value-quantity", "value-quantity"})
FIRST_EXPRESSION = "first-expression"
EPISODE_VALUES = frozenset(
    code
    for name in ("expression-presence", "expression-intensity")
    for code in ELEMENTS[name].codes
    if "-" in code or code == "tears"
)
"""Values that mean an expression even where no system is named; `none` may mean anything."""


def refusals(query: Query) -> tuple[Issue, ...]:
    """Why a search may not be answered, one issue for each parameter; none where it may."""
    if _names_one(query):
        return ()
    asked = [each for each in (query, *inner(query)) if each.type == "Observation"]
    return tuple(_issue(name) for name in dict.fromkeys(_refused(query, asked)))


def _names_one(query: Query) -> bool:
    """Whether a search is of one patient, one session or one record: by a parameter of its own, or
    by a chain to what is named so, such as `patient.identifier`."""
    if query.type not in PERSONAL:
        return False
    return any(map(_leads_to_one, query.clauses)) or any(map(_ends_at_one, query.links))


def _leads_to_one(clause: Clause) -> bool:
    if clause.parameter.name not in ONE_PATIENT or clause.modifier is not None:
        return False
    return len(clause.values) == 1 and not _names_a_system_only(clause)


def _names_a_system_only(clause: Clause) -> bool:
    return any(isinstance(value, Coded) and value.code is None for value in clause.values)


def _ends_at_one(link: Link) -> bool:
    return (
        isinstance(link, Chain)
        and link.parameter.name in ONE_PATIENT
        and all(map(_names_one, link.targets))
    )


def _refused(query: Query, asked: Sequence[Query]) -> Iterator[str]:
    """`asked` are all queries of Observations, taken together: what one of them says to be about
    an expression, others may ask the value of."""
    clauses = [*chain.from_iterable(each.clauses for each in asked)]
    about_expression = any(_asks_for_expression(clause) for clause in clauses)
    for clause in clauses:
        name = clause.parameter.name
        if name in CODED_VALUES and (about_expression or _any_code(clause, _means_expression)):
            yield name
        if name in NUMBERS and about_expression:
            yield name
        if name in WHAT and _any_code(clause, _is_first_expression):
            yield name
    about_other = not about_expression and any(map(_asks_what, query.clauses))
    for key in query.sort:
        if key.parameter.name in NUMBERS and not about_other:
            yield "_sort"


def _asks_what(clause: Clause) -> bool:
    return clause.parameter.name in WHAT and clause.modifier is None


def _asks_for_expression(clause: Clause) -> bool:
    return clause.parameter.name in WHAT and _any_code(clause, _is_expression)


def _any_code(clause: Clause, means: Callable[[Coded], bool]) -> bool:
    return any(isinstance(value, Coded) and means(value) for value in clause.values)


def _is_expression(value: Coded) -> bool:
    return value.system == EXPRESSION or (value.system is None and value.code in ELEMENTS)


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
