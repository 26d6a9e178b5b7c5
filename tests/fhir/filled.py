"""Resources with every element that their definition has, for tests of what is read of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.fhir.definitions import children, elements, json_names, value_set

PRIMITIVES: Mapping[str, Any] = {
    "base64Binary": "AAAA",
    "boolean": True,
    "canonical": "http://a.example/canonical|1.0",
    "code": "a-code",
    "date": "2026-05-03",
    "dateTime": "2026-05-03T10:00:00Z",
    "decimal": Decimal("1.50"),
    "id": "an-id",
    "instant": "2026-05-03T10:00:00Z",
    "integer": 7,
    "markdown": "Words",
    "oid": "urn:oid:1.2.3",
    "positiveInt": 7,
    "string": "Words",
    "time": "10:00:00",
    "unsignedInt": 7,
    "uri": "http://a.example/uri",
    "url": "http://a.example/url",
    "uuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "xhtml": "<div>Words</div>",
}
LEFT_OUT = {"extension", "modifierExtension", "contained"}
DEEP = 6


def filled(type_name: str, variant: int) -> dict[str, Any]:
    """A resource whose choices and bound codes are the `variant`-th of theirs, over and over."""
    return {"resourceType": type_name, **_object(type_name, variant, 0)}


def _object(path: str, variant: int, depth: int) -> dict[str, Any]:
    found = dict[str, Any]()
    for name, definition in children()[path].items():
        names = list(json_names(name, definition).items())
        json_name, kind = names[variant % len(names)]
        if name in LEFT_OUT:
            continue
        value = _value(f"{path}.{name}", kind, definition, variant, depth + 1)
        if value is not None:
            found[json_name] = value if definition["max"] == "1" else [value]
    return found


def _value(path: str, kind: str, definition: dict[str, Any], variant: int, depth: int) -> Any:
    if "binding" in definition and kind == "code":
        listed = [
            code for codes in value_set(definition["binding"]).values() for code in codes or ()
        ]
        return listed[variant % len(listed)] if listed else "text/plain"
    if kind in PRIMITIVES:
        return PRIMITIVES[kind]
    below = definition.get("same_as") or (path if path in children() else kind)
    if depth > DEEP or below not in elements():
        return None
    return _object(below, variant, depth)
