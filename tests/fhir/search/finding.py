"""Searches that must find an example, made of it by the official definitions alone.

The values are those that the official FHIRPath finds; what a client asks for is what
http://hl7.org/fhir/R4/search.html says of their types.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from service.fhir.types import TYPES
from tests.fhir.definitions import search_parameters
from tests.fhir.search import official

ENOUGH = 4
"""Values of one parameter that are asked for."""
SPECIAL = re.compile(r"([\\,|$])")
REFERENCE = re.compile(r"([A-Z]\w+)/([A-Za-z0-9.-]+)")
PARTS_OF_TEXT = ("family", "given", "text", "city", "line", "postalCode")
NO_VALUES = {"_id", "_lastUpdated", "_content", "_query", "_text"}


def parameters(type_name: str) -> Iterator[str]:
    """The names of the official parameters that are asked by value."""
    for (base, code), definition in search_parameters().items():
        is_of_type = base in (type_name, "Resource")
        if is_of_type and definition["type"] != "composite" and code not in NO_VALUES:
            yield code


def searches(resource: dict[str, Any], code: str) -> list[tuple[str, str]]:
    """Pairs of a query, each of which finds the resource; none where it has no value."""
    type_name = resource["resourceType"]
    base = "Resource" if code in official.EVERY_TYPE else type_name
    definition = search_parameters()[base, code]
    narrowed = official.NARROWED.findall(official.own_expression(base, definition))
    kind = "phonetic" if definition.get("xpathUsage") == "phonetic" else definition["type"]
    found = (
        (f"{code}{modifier}", value)
        for element in official.found(resource, code)
        for modifier, value in ASKED[kind](element)
        if kind != "reference" or not narrowed or value.startswith(f"{narrowed[0]}/")
    )
    return list(islice(found, ENOUGH))


def escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _token(element: Any) -> Iterator[tuple[str, str]]:
    """A CodeableConcept, Coding, Identifier, ContactPoint, boolean, code or string."""
    if isinstance(element, bool):
        yield "", str(element).lower()
    elif isinstance(element, str):
        yield "", escaped(element)
    elif "coding" in element:
        for coding in element["coding"]:
            yield from _token(coding)
    else:
        code, system = element.get("code", element.get("value")), element.get("system")
        if code is not None:
            yield "", escaped(code)
        if code is not None and str(system).startswith(("http", "urn")):
            yield "", f"{escaped(system)}|{escaped(code)}"


def _date(element: Any) -> Iterator[tuple[str, str]]:
    """A date lies within itself; a Period begins with its start and ends with its end."""
    if isinstance(element, str):
        yield from (("", element), ("", f"ge{element}"), ("", f"le{element}"))
    elif "event" in element:
        yield from (("", f"ge{event}") for event in element["event"][:1])
    else:
        yield from (("", f"{prefix}{element[end]}") for end, prefix in ENDS if end in element)


ENDS = (("start", "ge"), ("end", "le"))


def _reference(element: Any) -> Iterator[tuple[str, str]]:
    """A Reference, by its id alone where its type is served, or a canonical with or without its
    version."""
    if isinstance(element, str):
        yield from (("", escaped(element)), ("", escaped(element.split("|")[0])))
        return
    text, identifier = element.get("reference", ""), element.get("identifier", {})
    if match := REFERENCE.fullmatch(text):
        yield "", text
        if match[1] in TYPES:
            yield "", match[2]
    elif "://" in text:
        yield "", escaped(text)
    if "value" in identifier:
        yield ":identifier", escaped(identifier["value"])


def _string(element: Any) -> Iterator[tuple[str, str]]:
    """A string, or what a HumanName or Address has of them."""
    texts = [element] if isinstance(element, str) else list(_texts(element))
    for text in texts:
        yield ":exact", escaped(text)
        yield "", escaped(text[:5].strip().upper())


def _phonetic(element: Any) -> Iterator[tuple[str, str]]:
    """What is written alike sounds alike."""
    yield from (("", value) for modifier, value in _string(element) if modifier == ":exact")


def _texts(element: Mapping[str, Any]) -> Iterator[str]:
    for name in PARTS_OF_TEXT:
        part = element.get(name)
        yield from part if isinstance(part, list) else [part] if part else []


def _uri(element: Any) -> Iterator[tuple[str, str]]:
    yield "", escaped(element)


def _quantity(element: Any) -> Iterator[tuple[str, str]]:
    """A Quantity; what stands for many numbers is not asked for."""
    if "value" in element and "comparator" not in element:
        number = str(element["value"])
        yield "", number
        if "code" in element and "system" in element:
            yield "", f"{number}|{escaped(element['system'])}|{escaped(element['code'])}"


ASKED = {
    "date": _date,
    "phonetic": _phonetic,
    "quantity": _quantity,
    "reference": _reference,
    "string": _string,
    "token": _token,
    "uri": _uri,
}
"""By kind of parameter (one compared by sound is a kind of its own): modifier and value of what
finds an element."""
