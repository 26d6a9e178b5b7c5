"""Parameters about the answer: how many, in which order, how much of each.

http://hl7.org/fhir/R4/search.html#return
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.parameters.every_type import COMMON
from service.fhir.search.query import MAX_COUNT, Query, Sort, Summary, Total
from service.fhir.search.refusal import Unsupported, quoted

ELEMENT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
MAX_SORT_KEYS = 8


def sortable(parameter: Parameter) -> bool:
    """Dates by their start, strings without case and accents, numbers by size, tokens by code,
    URIs as they are, references by what they name; not what has no order of its own."""
    if parameter.phonetic or parameter.kind is Kind.COMPOSITE:
        return False
    return parameter.kind is not Kind.URI or parameter not in COMMON


def _sort(query: Query, value: str) -> tuple[Query, str]:
    keys = tuple(_sort_key(query, key) for key in value.split(","))
    if len(keys) > MAX_SORT_KEYS:
        raise BadRequest(f"'_sort' may name {MAX_SORT_KEYS} parameters at the most.")
    return replace(query, sort=keys), value


def _sort_key(query: Query, key: str) -> Sort:
    name = key.removeprefix("-")
    parameter = TABLE[query.type].get(name)
    if parameter is None or not sortable(parameter):
        raise Unsupported(
            "not-supported", f"'_sort': {query.type} cannot be sorted by {quoted(name)} here."
        )
    return Sort(parameter=parameter, descending=key.startswith("-"))


def _count(query: Query, value: str) -> tuple[Query, str]:
    if not value.isascii() or not value.isdigit():
        raise BadRequest("'_count' takes a number from 0 on.")
    count = min(int(value[:9]), MAX_COUNT)
    return replace(query, count=count), str(count)


def _total(query: Query, value: str) -> tuple[Query, str]:
    if value not in tuple(Total):
        raise BadRequest("'_total' takes none, estimate or accurate.")
    return replace(query, total=Total(value)), value


def _summary(query: Query, value: str) -> tuple[Query, str]:
    if value not in tuple(Summary):
        raise BadRequest("'_summary' takes true, text, data, count or false.")
    return replace(query, summary=Summary(value)), value


def _elements(query: Query, value: str) -> tuple[Query, str]:
    names = tuple(name.removeprefix(f"{query.type}.") for name in value.split(","))
    if not all(ELEMENT.fullmatch(name) for name in names):
        raise BadRequest("'_elements' takes names of elements, separated by commas.")
    return replace(query, elements=names), value


READERS: Mapping[str, Callable[[Query, str], tuple[Query, str]]] = MappingProxyType(
    {
        "_count": _count,
        "_elements": _elements,
        "_sort": _sort,
        "_summary": _summary,
        "_total": _total,
    }
)
"""By name: the query with what was asked, and the value as it was understood."""
