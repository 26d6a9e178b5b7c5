"""The least or the greatest value of a parameter, as SQL: what resources are sorted by.

http://hl7.org/fhir/R4/search.html#sort. Tokens sort by their code, URIs as they are, references to
resources here by [type]/[id] and all others by what they say.
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.fhir.search.parameters import Kind, Parameter
from service.fhir.search.query import Query, Sort
from service.store.clauses.coded import COMPONENT, DATED, ITSELF, KIND, REFERENCES
from service.store.clauses.probe import TENANT, Arguments
from service.store.hashing import hash64
from service.store.index import mark, system_mark

COLUMNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "category": ("category_text", ITSELF),
        "code": ("code_text", ITSELF),
        "combo-code": ("code_text", "true"),
        "combo-value-concept": ("concept_text", "true"),
        "combo-value-quantity": ("value_low", "true"),
        "component-code": ("code_text", COMPONENT),
        "component-value-concept": ("concept_text", COMPONENT),
        "component-value-quantity": ("value_low", COMPONENT),
        "date": ("low", DATED),
        "value-concept": ("concept_text", ITSELF),
        "value-quantity": ("value_low", ITSELF),
    }
)
"""Where coded values say it: the column, and in which rows."""
STATUSES = (
    *("amended", "cancelled", "corrected", "entered-in-error", "final", "preliminary"),
    *("registered", "unknown"),
)
"""http://hl7.org/fhir/R4/valueset-observation-status.html"""
NAME = "r.type || '/' || r.id"
HERE = f"LEFT JOIN resource r ON r.tenant_id = {TENANT} AND r.self"
"""The resource that a reference names: its own name says what the hash cannot."""


def outermost(query: Query, sort: Sort, arguments: Arguments) -> str:
    """Of the resource of row id `d.row_id`; null where it has no value."""
    name, parameter = sort.parameter.name, sort.parameter
    end = "max" if sort.descending else "min"
    if query.type == KIND and name in COLUMNS:
        return _value(end, "coded_value", *COLUMNS[name])
    if query.type == KIND and name == "status":
        return _status(arguments)
    if query.type == KIND and name == "patient":
        return _in_column("patient", _referred(end, "subject", arguments))
    if query.type == KIND and name in REFERENCES:
        elsewhere = _referred(end, name, arguments)
        return f"coalesce({_in_column(REFERENCES[name], elsewhere)}, {elsewhere})"
    if parameter.kind is Kind.REFERENCE and not parameter.canonical:
        return _referred(end, name, arguments, query.type)
    table, column = _place(parameter)
    if table == "term":
        marked = mark if parameter.kind is Kind.REFERENCE else system_mark
        return _value(end, table, column, f"@.mark = {arguments.add(marked(query.type, name))}")
    key = arguments.add(hash64(query.type, name))
    return _value(end, table, column, f"@.key = {key}")


def _place(parameter: Parameter) -> tuple[str, str]:
    match parameter.kind:
        case Kind.DATE:
            return "moment", "low"
        case Kind.STRING | Kind.URI:
            return "phrase", "folded"
        case Kind.QUANTITY:
            return "amount", "low"
        case _:
            return "term", "text"


def _value(end: str, table: str, column: str, condition: str) -> str:
    return (
        f"(SELECT {end}(s.{column}) FROM {table} s WHERE s.tenant_id = {TENANT}"
        f" AND s.row_id = d.row_id AND {condition.replace('@.', 's.')})"
    )


def _status(arguments: Arguments) -> str:
    """An Observation has one status, of a few: read back from its hash."""
    return (
        f"(SELECT min({status_alike('s', arguments)}) FROM coded_value s"
        f" WHERE s.tenant_id = {TENANT} AND s.row_id = d.row_id)"
    )


def status_alike(row: str, arguments: Arguments) -> str:
    """Of a row of coded values."""
    hashes = arguments.add([hash64(status) for status in STATUSES])
    names = arguments.add(list(STATUSES))
    return f'({names}::text[])[array_position({hashes}::bigint[], {row}.status)] COLLATE "C"'


def patient_alike(arguments: Arguments) -> str:
    """Of the row `d` of coded values."""
    here = f"SELECT min({NAME}) FROM resource r WHERE r.tenant_id = {TENANT} AND r.self = d.patient"
    return (
        "CASE WHEN d.patient IS NOT NULL THEN"
        f" coalesce(({here}), {_referred('min', 'subject', arguments)}) END"
    )


def _in_column(column: str, elsewhere: str) -> str:
    """An Observation has one of each at the most; one that is elsewhere is a term."""
    return (
        f"(SELECT coalesce(min({NAME}), {elsewhere}) FROM coded_value s {HERE} = s.{column}"
        f" WHERE s.tenant_id = {TENANT} AND s.row_id = d.row_id"
        f" HAVING min(s.{column}) IS NOT NULL)"
    )


def _referred(end: str, name: str, arguments: Arguments, kind: str = KIND) -> str:
    own = arguments.add(mark(kind, name))
    return (
        f"(SELECT {end}(coalesce({NAME}, s.text)) FROM term s {HERE} = s.key"
        f" WHERE s.tenant_id = {TENANT} AND s.row_id = d.row_id AND s.mark = {own})"
    )
