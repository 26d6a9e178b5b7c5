"""What can be wrong with the JSON that a body is written in, by the rules of JSON itself."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

WRITING: Mapping[str, str] = {
    "member twice": "https://hl7.org/fhir/R4/json.html: property names are unique (RFC 8259, 4)",
    "no number of JSON": "RFC 8259, 6: NaN and Infinity are no numbers",
    "number too long": "our own limit: 64 characters, within the range of a double",
    "half a character": "RFC 8259, 8.2: no character is half a surrogate pair",
}


def reason(body: bytes) -> str | None:
    """What is wrong with the JSON itself."""
    seen = list[str]()

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            seen.append("member twice")
        return dict(pairs)

    def constant(name: str) -> None:
        seen.append("no number of JSON")

    def number(literal: str) -> Decimal:
        value = Decimal(literal)
        if len(literal) > 64 or (value and not 1e-323 < abs(value) < Decimal("1.8e308")):
            seen.append("number too long")
        return value

    value = json.loads(
        body,
        object_pairs_hook=members,
        parse_constant=constant,
        parse_float=number,
        parse_int=number,
    )
    try:
        str(value).encode()
        json.dumps(value, default=str, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        seen.append("half a character")
    return seen[0] if seen else None
