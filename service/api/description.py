"""The OpenAPI document, made from the same tables that the requests are dispatched by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service import __version__
from service.api.rendering import FHIR_JSON
from service.api.schemas import SECURITY_SCHEMES, beside_fhir, schemas
from service.api.statuses import ANY_REQUEST, MEANING, REFUSALS, SUCCESS
from service.fhir.types import TYPES, ResourceType
from service.interactions.patch import JSON_PATCH
from service.interactions.ports import Operation
from service.interactions.table import EVERY_TYPE, INTERACTIONS, TYPE, Interaction, Level, levels

Json = dict[str, Any]

ID = {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$"}
VERSION_ID = {"type": "string", "pattern": "^[0-9]{1,9}$"}
HEADERS: Mapping[str, tuple[str, ...]] = {
    "create": ("If-None-Exist", "Prefer"),
    "update": ("If-Match", "If-None-Match", "Prefer"),
    "patch": ("If-Match", "Prefer"),
    "delete": ("If-Match",),
    "read": ("If-None-Match", "If-Modified-Since"),
    "vread": ("If-None-Match", "If-Modified-Since"),
    "search": ("Prefer",),
    "search-all": ("Prefer",),
    "compartment": ("Prefer",),
    "history": ("Prefer",),
    "bundle": ("Prefer",),
}
ANSWERED: Mapping[str, tuple[str, ...]] = {
    "create": ("ETag", "Last-Modified", "Location"),
    "update": ("ETag", "Last-Modified", "Location"),
    "patch": ("ETag", "Last-Modified", "Location"),
    "read": ("ETag", "Last-Modified"),
    "vread": ("ETag", "Last-Modified"),
}
"""Headers of a success by interaction."""
RESULT = "result"
"""What is said of a parameter that is about the answer to a search, and no condition."""
FORM: Mapping[str, Json] = {
    "_format": {"description": "Media type of the answer; beats the Accept header"},
    "_pretty": {"description": "`true` for an answer that people can read"},
}
"""Parameters of every request: they speak of the answer's form."""
PART = (
    ("_elements", "Names of the elements that are wanted"),
    ("_summary", "Which part of a resource is wanted: `true`, `text`, `data` or `false`"),
)
TAKEN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "read": PART,
    "vread": PART,
    "history": (
        ("_count", "Versions on a page"),
        ("_since", "Versions made since then"),
        ("_at", "Versions that were current at some time of this date"),
        *PART,
    ),
}
"""Parameters of the query by interaction, where they are not those of the search."""


def document(
    search_parameters: Mapping[str, Sequence[tuple[str, str]]],
    operations: Sequence[Operation],
    prefix: str,
) -> Json:
    """The document; `search_parameters` are (name, documentation) by resource type."""
    paths: Json = {}
    for row in INTERACTIONS:
        for resource_type in _types(row):
            path = f"{prefix}{_path(row.path, resource_type)}"
            paths.setdefault(path, {})[row.method.lower()] = _interaction(
                row, resource_type, search_parameters
            )
    for operation in operations:
        for level in operation.levels:
            for type_name in _offered_for(operation, level):
                pattern = (*levels(level), f"${operation.name}")
                kind = TYPES[type_name] if type_name else None
                paths[f"{prefix}{_path(pattern, kind)}"] = {
                    method.lower(): _operation(operation, level, type_name, method)
                    for method in operation.methods
                }
    paths |= beside_fhir(prefix)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Attune",
            "version": __version__,
            "description": "Psychotherapy outcome tracking as a FHIR R4 service.",
        },
        "paths": dict(sorted(paths.items())),
        "security": [{"token": []}, {}],
        "components": {
            "securitySchemes": SECURITY_SCHEMES,
            "schemas": schemas(),
            "responses": {status: _response("", status) for status in MEANING},
            "parameters": {
                name: {"name": name, "in": "query", "schema": {"type": "string"}, **said}
                for name, said in FORM.items()
            }
            | {
                f"{type_name}.{name}": _in_query(name, text)
                for type_name, of_type in search_parameters.items()
                for name, text in of_type
            },
        },
    }


def _types(row: Interaction) -> Iterable[ResourceType | None]:
    if row.level is Level.SYSTEM:
        return (None,)
    return (
        t
        for t in TYPES.values()
        if (t.writable or not row.writes) and (row.types is None or t.name in row.types)
    )


def _path(pattern: tuple[str, ...], resource_type: ResourceType | None) -> str:
    name = resource_type.name if resource_type else ""
    return "".join("/" + segment.replace(TYPE, name) for segment in pattern)


def _interaction(
    row: Interaction,
    resource_type: ResourceType | None,
    search_parameters: Mapping[str, Sequence[tuple[str, str]]],
) -> Json:
    name = resource_type.name if resource_type else "system"
    described: Json = {
        "operationId": "-".join((*_named(row), row.method.lower(), row.level.value, name)),
        "summary": row.summary,
        "tags": [name],
        "parameters": [
            *_path_parameters(row.path),
            *(_header(header) for header in HEADERS.get(row.name, ())),
            *_query(row, name, search_parameters),
            *_form(),
        ],
        "responses": _responses(row.name),
    }
    body = _body(row)
    return described | ({"requestBody": body} if body else {})


def _named(row: Interaction) -> tuple[str, ...]:
    """The row, apart from others of its name."""
    members = (segment for segment in row.path if segment in TYPES or segment == EVERY_TYPE)
    return (row.code or row.name, *(m.replace(EVERY_TYPE, "all") for m in members))


def _path_parameters(pattern: tuple[str, ...]) -> list[Json]:
    schemas = {"{id}": ID, "{vid}": VERSION_ID}
    return [
        {"name": segment[1:-1], "in": "path", "required": True, "schema": schemas[segment]}
        for segment in pattern
        if segment in schemas
    ]


def _header(name: str) -> Json:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


def _query(
    row: Interaction, name: str, search_parameters: Mapping[str, Sequence[tuple[str, str]]]
) -> list[Json]:
    """The parameters of the type that is searched are named once for all that search it; of
    several types it is those that all of them have."""
    if row.method == "POST" or not row.parameters or row.name == "capabilities":
        return []
    if row.name in TAKEN:
        return [_in_query(*pair) for pair in TAKEN[row.name]]
    member = next((segment for segment in row.path if segment in TYPES), name)
    if member in search_parameters and EVERY_TYPE not in row.path:
        return [
            _pointer(f"{member}.{each}")
            for each, kind in search_parameters[member]
            if row.method == "GET" or kind != RESULT
        ]
    first, *rest = search_parameters.values()
    common = (pair for pair in first if all(pair in others for others in rest))
    return [_in_query(*pair) for pair in (("_type", "Types, separated by commas"), *common)]


def _in_query(name: str, text: str) -> Json:
    return {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}


def _pointer(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def _form() -> list[Json]:
    return [_pointer(name) for name in FORM]


def _body(row: Interaction) -> Json | None:
    if row.method == "POST" and row.path[-1:] == ("_search",):
        form = {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}
        return {"content": {"application/x-www-form-urlencoded": form}}
    if row.method == "PATCH":
        return {"required": True, "content": _content("Resource") | _content("Patch", JSON_PATCH)}
    if row.method in ("POST", "PUT"):
        return {"required": True, "content": _content("Resource")}
    return None


def _responses(name: str) -> Json:
    statuses = {*SUCCESS.get(name, ("200",)), *REFUSALS.get(name, ()), *ANY_REQUEST}
    statuses -= {"401", "403", "429"} if name == "capabilities" else set()
    return {
        status: _response(name, status)
        if status in ("200", "201") and name in ANSWERED
        else {"$ref": f"#/components/responses/{status}"}
        for status in sorted(statuses)
    }


def _response(name: str, status: str) -> Json:
    response: Json = {"description": MEANING[status]}
    if status in ("200", "201"):
        response["content"] = _content("Resource")
        headers = {header: {"schema": {"type": "string"}} for header in ANSWERED.get(name, ())}
        response |= {"headers": headers} if headers else {}
    elif status not in ("204", "304"):
        response["content"] = _content("OperationOutcome")
    return response


def _content(schema: str, media_type: str = FHIR_JSON) -> Json:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _offered_for(operation: Operation, level: Level) -> Iterable[str | None]:
    return (None,) if level is Level.SYSTEM else operation.types or TYPES


def _operation(operation: Operation, level: Level, type_name: str | None, method: str) -> Json:
    name = type_name or "system"
    said = [
        {"name": parameter, "in": "query", "schema": {"type": "string"}}
        for parameter in operation.parameters
        if method == "GET"
    ]
    described: Json = {
        "operationId": f"{operation.name}-{method.lower()}-{level.value}-{name}",
        "summary": operation.documentation,
        "tags": [name],
        "parameters": [*_path_parameters(levels(level)), *said, *_form()],
        "responses": _responses("operation"),
    }
    if method == "POST":
        described["requestBody"] = {"content": _content("Resource")}
    return described
