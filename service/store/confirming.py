"""Holding what the index has found against the bodies, which alone say what matches."""

from collections.abc import Callable

import orjson

from service.fhir import exact_json
from service.fhir.resource import Version
from service.fhir.search.matches import matching
from service.fhir.search.parameters import Kind, Parameter
from service.fhir.search.query import EVERYTHING, Query


def meeting(query: Query) -> Callable[[Version], bool]:
    """Whether all clauses hold of what is stored; of links that are left the index has decided.
    Numbers are read to the letter only where they matter: it takes longer."""
    if not query.clauses and query.compartment is None and query.sight is EVERYTHING:
        return lambda _: True
    exactly = any(_of_numbers(clause.parameter) for clause in query.clauses)
    loads = exact_json.loads if exactly else orjson.loads
    holds = matching(query)

    def met(stored: Version) -> bool:
        assert stored.body is not None
        return holds(loads(stored.body))

    return met


def _of_numbers(parameter: Parameter) -> bool:
    return any(p.kind is Kind.QUANTITY for p in (parameter, *parameter.components))
