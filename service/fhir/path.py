"""The paths of a FHIRPath Patch: a small part of FHIRPath, read without running anything.

    Patient.name[0].given                             members, and one of what they name
    Patient.identifier.where(use = 'official')        those that have a value; `and` joins several
    Observation.value.ofType(Quantity)                a choice of types, by its name alone
    Patient.birthDate.extension('http://a.example')   an extension by its url
    Patient.name.first(), Patient.name.last()

http://hl7.org/fhir/R4/fhirpatch.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from service.errors import BadRequest

LONGEST = 2_000
"""Characters of one path."""

NAME = r"[A-Za-z][A-Za-z0-9]{0,63}"
TEXT = r"'(?:[^'\\]|\\['\"`\\/])*'"
MEMBERS = rf"{NAME}(?:\[\d{{1,6}}\])?(?:\.{NAME}(?:\[\d{{1,6}}\])?)*"
CRITERION = (
    rf"(?P<path>{MEMBERS}|\$this)\s*=\s*(?P<value>{TEXT}|true|false|-?\d{{1,18}}(?:\.\d{{1,18}})?)"
)
CRITERIA = re.sub(r"\?P<\w+>", "?:", CRITERION)
STEP = re.compile(
    rf"(?:(?:^|\.)(?P<function>first|last)\(\s*\)"
    rf"|(?:^|\.)(?:ofType|as)\(\s*(?:FHIR\.)?(?P<type>{NAME})\s*\)"
    rf"|(?:^|\.)extension\(\s*(?P<url>{TEXT})\s*\)"
    rf"|(?:^|\.)where\(\s*(?P<criteria>{CRITERIA}(?:\s+and\s+{CRITERIA})*)\s*\)"
    rf"|(?:^|\.)(?P<member>{NAME})(?!\()"
    rf"|\[(?P<index>\d{{1,6}})\])\s*"
)
ONE_CRITERION = re.compile(rf"{CRITERION}(?:\s+and\s+)?")
ONE_MEMBER = re.compile(rf"(?P<name>{NAME})(?:\[(?P<index>\d+)\])?")
ESCAPED = re.compile(r"\\(.)")

Literal = str | bool | Decimal


@dataclass(frozen=True, kw_only=True)
class Member:
    """The elements of a name; of a choice, the name that its types share."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Index:
    """One of the elements found so far; -1 is the last."""

    place: int


@dataclass(frozen=True, kw_only=True)
class OfType:
    """Those of the elements found so far that have a type."""

    type: str


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """What an element must have, itself where the path is empty."""

    path: "tuple[Member | Index, ...]"
    value: Literal


@dataclass(frozen=True, kw_only=True)
class Where:
    """Those of the elements found so far that meet every criterion."""

    criteria: tuple[Criterion, ...]


Step = Member | Index | OfType | Where


@dataclass(frozen=True, kw_only=True)
class Path:
    """From a resource of a type to elements in it."""

    type: str
    steps: tuple[Step, ...]


def parsed(text: str) -> Path:
    """Raises `BadRequest` for what is no path of this language."""
    if len(text) > LONGEST:
        raise BadRequest(f"A path may have {LONGEST} characters at the most.")
    steps, place = list[Step](), 0
    rest = text.strip()
    while place < len(rest):
        match = STEP.match(rest, place)
        if match is None:
            raise BadRequest(f"The path is not understood from character {place + 1} on.")
        steps += _steps(match)
        place = match.end()
    match steps:
        case [Member(name=name), *others] if name[0].isupper():
            return Path(type=name, steps=tuple(others))
    raise BadRequest("A path must begin with the type of the resource, such as Patient.name.")


def _steps(match: re.Match[str]) -> tuple[Step, ...]:
    """A kind of step is known by the group that matched last."""
    assert match.lastgroup is not None
    return READERS[match.lastgroup](match[match.lastgroup])


def _criteria(text: str) -> tuple[Step, ...]:
    return (
        Where(
            criteria=tuple(
                Criterion(path=_members(found["path"]), value=_literal(found["value"]))
                for found in ONE_CRITERION.finditer(text)
            )
        ),
    )


def _members(text: str) -> tuple[Member | Index, ...]:
    steps = list[Member | Index]()
    for found in ONE_MEMBER.finditer(text if text != "$this" else ""):
        steps.append(Member(name=found["name"]))
        if found["index"] is not None:
            steps.append(Index(place=int(found["index"])))
    return tuple(steps)


def _literal(text: str) -> Literal:
    if text in ("true", "false"):
        return text == "true"
    return _text(text) if text.startswith("'") else Decimal(text)


def _text(quoted: str) -> str:
    return ESCAPED.sub(r"\1", quoted[1:-1])


def _extension(url: str) -> tuple[Step, ...]:
    named = Criterion(path=(Member(name="url"),), value=_text(url))
    return Member(name="extension"), Where(criteria=(named,))


READERS: Mapping[str, Callable[[str], tuple[Step, ...]]] = MappingProxyType(
    {
        "function": lambda name: (Index(place=0 if name == "first" else -1),),
        "type": lambda name: (OfType(type=name),),
        "url": _extension,
        "criteria": _criteria,
        "member": lambda name: (Member(name=name),),
        "index": lambda number: (Index(place=int(number)),),
    }
)
