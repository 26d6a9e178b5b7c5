"""What the clinical rules are held against, read from the registers that the service itself reads.

Whoever adds an instrument, an indicator, a text, an operation, a measure or a card has added it
here: nothing is listed by hand.
"""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from service import main
from service.clinical import finding_codes
from service.clinical.catalogue import catalogue
from service.clinical.derive import indicators
from service.clinical.package import displays, shipped
from service.fhir.resource import Resource
from service.interactions.ports import Ports
from service.settings import Settings
from tests.clinical.unworded import unworded
from tests.conformance.structure import ROOT
from tests.door import described

BASE = "http://clinic.test/fhir"
DOCUMENTS = ("README.md", "openapi/CHANGELOG.md", "openapi/PERFORMANCE.md")
NOTICES = ("cards", "topics", "measures")
"""Folders of `service/clinical` that hold what is sent, shown unasked or counted over patients;
each is walked from the day it is there."""

Texts = Mapping[str, str]
"""Place -> what is said there."""


@cache
def ports() -> Ports:
    return main.ports(Settings(), BASE)


def packaged() -> tuple[Resource, ...]:
    """Every resource that ships with the service."""
    return ports().packaged


def names() -> Texts:
    """How scales, safety items and whatever a finding says are called."""
    found = {f"finding {code}": display for code, display in finding_codes.CODES.items()}
    for instrument in catalogue().instruments:
        found |= {f"scale {scale.id}": scale.title for scale in instrument.scales}
        found |= {f"{instrument.id} item {s.item}": s.asks_about for s in instrument.safety}
    return found


def descriptions() -> Texts:
    """What indicators and operations say of themselves."""
    found = {f"indicator {rule.id}": rule.title for rule in indicators()}
    return found | {f"operation {o.name}": o.documentation for o in ports().operations}


def resource_texts() -> Texts:
    """Of CodeSystems, ValueSets, Questionnaires, profiles, OperationDefinitions, the Device: ours,
    without the words of an instrument's authors."""
    return {
        f"{resource['resourceType']}/{resource['id']} text {place}": text
        for resource in shipped("1.0.0", unworded())
        for place, text in enumerate(displays(resource))
    }


def words_of(resource: Resource) -> Texts:
    """What a resource says in words, such as a CapabilityStatement; words have spaces."""
    said = enumerate(displays(resource))
    return {f"{resource['resourceType']} {place}": text for place, text in said if " " in text}


def sentences_of_openapi() -> Texts:
    return dict(_texts(described(), "openapi"))


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, held in value.items():
            if name in ("description", "summary", "title") and isinstance(held, str):
                yield f"{place}.{name}", held
            else:
                yield from _texts(held, f"{place}.{name}")
    elif isinstance(value, list | tuple):
        for number, held in enumerate(value):
            yield from _texts(held, f"{place}[{number}]")


def documents() -> Texts:
    """Those of the repository that promise something to whoever reads them, line by line."""
    return {
        f"{name}:{number}": line
        for name in DOCUMENTS
        for number, line in enumerate((ROOT / name).read_text().splitlines(), start=1)
    }


def notices(root: Path = ROOT) -> Texts:
    """Every string in the files of cards, topics and measures, where there are such."""
    return {
        f"{path.relative_to(root)}:{node.lineno}:{node.col_offset}": node.value
        for folder in NOTICES
        for path in sorted((root / "service" / "clinical" / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def strings(value: Any) -> Iterator[str]:
    """Every string in FHIR JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from strings(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from strings(held)
