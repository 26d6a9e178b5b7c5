"""What the XHTML of a narrative may hold. https://hl7.org/fhir/R4/narrative.html"""

import re
from html.entities import name2codepoint
from typing import Any
from xml.parsers import expat

from service.fhir.words import words

NAMESPACES = frozenset({"http://www.w3.org/1999/xhtml", ""})
"""Many leave the declaration out; what the markup means is not in doubt."""
ELEMENTS = words(
    """
    a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd
    del dfn div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q s samp
    small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var
    """
)
"""Formatting only: no script, form, frame, object, style sheet or link to one."""
ENTITY = re.compile(r"&(\w{1,16});")
UNSEEN = re.compile(r"[\x00-\x20]+")
"""What browsers pass over in the scheme of a link."""
ACTIVE = re.compile(r"(?:javascript|vbscript|data(?!:image/)):", re.IGNORECASE)


class _Refused(Exception):
    """Stops the reading at the first thing that a narrative may not hold."""


def is_narrative(text: str) -> bool:
    """Whether `text` is a well-formed `div` with some content and nothing active (txt-1, txt-2)."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reading.start
    parser.CharacterDataHandler = reading.characters
    parser.StartDoctypeDeclHandler = reading.refuse
    parser.ProcessingInstructionHandler = reading.refuse
    try:
        parser.Parse(ENTITY.sub(_character, text), True)
    except (expat.ExpatError, _Refused):
        return False
    return reading.has_content


class _Reading:
    """What one reading has met."""

    def __init__(self) -> None:
        self.inside = False
        self.has_content = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if (
            namespace not in NAMESPACES
            or local not in ELEMENTS
            or not (self.inside or local == "div")
        ):
            raise _Refused
        if any(_is_active(name, value) for name, value in attributes.items()):
            raise _Refused
        self.inside = True
        self.has_content = self.has_content or local == "img"

    def characters(self, text: str) -> None:
        self.has_content = self.has_content or not text.isspace()

    def refuse(self, *_: Any) -> None:
        raise _Refused


def _is_active(name: str, value: str) -> bool:
    return name.lower().startswith("on") or ACTIVE.match(UNSEEN.sub("", value)) is not None


def _character(entity: re.Match[str]) -> str:
    """HTML's named characters, which XML alone does not know."""
    known = name2codepoint.get(entity[1])
    is_markup = entity[1] in {"lt", "gt", "amp", "quot"}
    return entity[0] if known is None or is_markup else chr(known)
