"""JSON in which no digit is lost: numbers keep the letters they came with.

https://hl7.org/fhir/R4/json.html#decimal: 0.010 is not 0.01, and the difference must survive.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from itertools import chain
from math import isfinite
from typing import Any, Self

import orjson

from service.errors import Malformed

MAX_DEPTH = 64
"""Objects and arrays inside one another; deeper text is refused."""
MAX_MEMBERS = 1_000
"""Members of one object; no FHIR object has a tenth of it."""
MAX_NUMBER = 64
"""Characters of one number."""

LONE_SURROGATE_POSSIBLE = re.compile(r"\\u[dD][89a-fA-F]")
ELEMENT_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")
INT64 = range(-(2**63), 2**64)
"""What the writer takes as a Python integer."""


class ExactDecimal(Decimal):
    """A decimal that remembers its literal: 1.50, 1E3, -0."""

    __slots__ = ("literal",)
    literal: str

    def __new__(cls, literal: str) -> Self:
        number = super().__new__(cls, literal)
        number.literal = literal
        return number

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self.literal,)


def loads(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; `Malformed` for everything that is not exactly that.

    Work grows linearly with the length, whatever the text.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        raise Malformed("The body begins with a byte order mark; JSON has none.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("The body is not UTF-8.") from None
    value = _parsed(text)
    if _brackets(body) > MAX_DEPTH:
        _refuse_depth(value)
    if LONE_SURROGATE_POSSIBLE.search(text):
        _refuse_lone_surrogates(value)
    return value


def dumps(value: Any) -> bytes:
    """Compact JSON; an `ExactDecimal` to the letter, a float as the shortest text that reads back.

    Raises `TypeError` for what JSON does not know, and that or `ValueError` for a number that is
    not finite.
    """
    text = embedding(value)
    if b"null" in text:
        _refuse_not_finite(value)
    return text


def embedding(value: Any) -> bytes:
    """The same of a value without floats of its own, whatever is `written` in it: looking for a
    `null` takes longer than to copy megabytes of JSON."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME)


def written(body: bytes) -> Any:
    """JSON that is there already, to stand in a value that `dumps` writes."""
    return orjson.Fragment(body)


def pretty(text: bytes) -> bytes:
    """The same JSON, indented by two spaces for a human reader."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_PASSTHROUGH_DATETIME
    return orjson.dumps(DECODER.decode(text.decode()), default=_default, option=options)


def _parsed(text: str) -> Any:
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(
            f"The body is not JSON: reading stopped at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.") from None


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(members) > MAX_MEMBERS:
        raise Malformed(f"An object of the body has more than {MAX_MEMBERS} members.")
    value = dict(members)
    if len(value) != len(members):
        raise Malformed(f"{_repeated(members)} appears twice in one object.")
    return value


def _repeated(members: list[tuple[str, Any]]) -> str:
    """The repeated name, unless it is no element's name: errors do not echo what was sent."""
    seen: set[str] = set()
    for name, _ in members:
        if name in seen and ELEMENT_NAME.fullmatch(name):
            return f"'{name}'"
        seen.add(name)
    return "A member"


def _fraction(literal: str) -> ExactDecimal:
    if len(literal) > MAX_NUMBER:
        raise Malformed(f"A number of the body is longer than {MAX_NUMBER} characters.")
    nearest = float(literal)
    if isfinite(nearest):
        with suppress(InvalidOperation):
            number = ExactDecimal(literal)
            if nearest or not number:
                return number
    raise Malformed("A number of the body is too large or too small.")


def _integer(literal: str) -> int | ExactDecimal:
    if len(literal) > MAX_NUMBER:
        raise Malformed(f"A number of the body is longer than {MAX_NUMBER} characters.")
    number = int(literal)
    if literal == "-0" or number not in INT64:
        return ExactDecimal(literal)
    return number


def _constant(name: str) -> Any:
    raise Malformed(f"The body contains {name}, which is not JSON.")


def _brackets(body: bytes) -> int:
    return body.count(b"{") + body.count(b"[")


def _refuse_depth(value: Any) -> None:
    """Level by level, so that depth costs no stack."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise Malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _refuse_lone_surrogates(value: Any) -> None:
    try:
        dumps(value)
    except TypeError:
        raise Malformed("A string of the body contains half a surrogate pair.") from None


def _refuse_not_finite(value: Any) -> None:
    """The writer turns NaN and infinity into null: a lost number would pass for an absent one."""
    level = [value]
    while level:
        if any(isinstance(v, float) and not isfinite(v) for v in level):
            raise ValueError("A number that is not finite cannot be written as JSON.")
        level = list(
            chain.from_iterable(
                v.values() if isinstance(v, Mapping) else v
                for v in level
                if isinstance(v, Mapping | list | tuple)
            )
        )


def _default(value: Any) -> Any:
    match value:
        case ExactDecimal():
            return orjson.Fragment(value.literal)
        case Decimal() if value.is_finite():
            return orjson.Fragment(str(value))
        case Decimal():
            raise ValueError("A number that is not finite cannot be written as JSON.")
        case Mapping():
            return dict(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON.")


DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_fraction,
    parse_int=_integer,
    parse_constant=_constant,
)
