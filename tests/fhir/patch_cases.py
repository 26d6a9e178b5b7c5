"""HL7's own cases of FHIRPath Patch, which come as XML, as the JSON that is served here.

Read where the folder of data made by others is; the same rules have tests of our own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from service.fhir.models import Element, shape
from service.fhir.tree import named

FOLDER = Path("/work/shared/data/patch")
XHTML = "{http://www.w3.org/1999/xhtml}"

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`expected` is None where the patch must be refused."""

    name: str
    resource: Json
    patch: Json
    expected: Json | None


def cases() -> Iterator[Case]:
    """Nothing where the folder is absent."""
    file = FOLDER / "fhir-patch-tests.xml"
    for case in ET.parse(file).getroot() if file.exists() else ():  # noqa: S314  (HL7's own file)
        sent, patch, output = (case.find(part) for part in ("input", "diff", "output"))
        assert sent is not None
        assert patch is not None
        yield Case(
            name=str(case.get("name")),
            resource=resource(sent[0]),
            patch=resource(patch[0]),
            expected=None if output is None else resource(output[0]),
        )


def resource(element: ET.Element) -> Json:
    kind = _local(element)
    return {"resourceType": kind, **_object(element, kind)}


def _object(element: ET.Element, kind: str) -> Json:
    members: Json = dict(element.attrib)
    for child in element:
        own = _element(kind, _local(child))
        value, beside = _read(child, own)
        _put(members, own.name, value, own.many)
        if beside:
            _put(members, f"_{own.name}", beside, own.many)
    return members


def _put(members: Json, key: str, value: Any, many: bool) -> None:
    if many:
        members.setdefault(key, []).append(value)
    else:
        members[key] = value


def _element(kind: str, name: str) -> Element:
    found = shape(kind).elements.get(name)
    return found or named(kind, name)[0]


def _read(element: ET.Element, own: Element) -> tuple[Any, Json | None]:
    if own.type == "xhtml":
        return _squeezed(ET.tostring(element, encoding="unicode")), None
    if not own.primitive:
        return _object(element, own.type), None
    text = str(element.get("value"))
    rest = ET.Element(element.tag, {k: v for k, v in element.attrib.items() if k != "value"})
    rest.extend(element)
    return _value(text, own.type), _object(rest, "Element") or None


def _value(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind == "integer":
        return int(text)
    return _squeezed(text) if "<div" in text else text


def _squeezed(markup: str) -> str:
    """The cases differ in white space and in the prefix of the namespace."""
    plain = ET.canonicalize(markup, strip_text=True)
    return plain.replace("html:", "").replace("xmlns:html", "xmlns").replace("xmlns:ns0", "xmlns")


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
