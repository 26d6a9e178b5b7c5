"""References: where a resource names another, and how such names are read and replaced.

https://hl7.org/fhir/R4/references.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from service.fhir.resource import Identity, Resource
from service.fhir.words import words

LOCAL = re.compile(
    r"(?P<type>[A-Z][A-Za-z]{1,63})/(?P<id>[A-Za-z0-9.-]{1,64})"
    r"(?:/_history/[A-Za-z0-9.-]{1,64})?"
)
LONGEST = 64 + 1 + 64 + len("/_history/") + 64
"""Characters of the longest reference that `LOCAL` takes."""
ELSEWHERE = re.compile(rf"(?:.*/)?{LOCAL.pattern}")
"""The reference of any RESTful server: its last segments say the type and the id."""
LINKS = words(
    "definition issuer jurisdiction reference source system uri url identifier "
    "implicitRules type base baseDefinition contentReference derivedFrom endpoint inputProfile "
    "library measure outputProfile policy profile questionnaire resource supplements "
    "targetProfile valueSet answerValueSet"
)
LINK_TYPES = ("Uri", "Url", "Oid", "Uuid", "Canonical")
"""How the name of a choice ends that is a link. By `LINKS` and these, what a transaction rewrites
is known: `Reference.reference` and the elements of type uri, url, oid, uuid and canonical of the
served types. https://hl7.org/fhir/R4/http.html#trules"""
CHOICE = re.compile(r"(value|answer|author|subject|timing|defaultValue|fixed|pattern)[A-Z].*")
"""The choices of the served types that can hold a reference: a FHIRPath has their name alone."""
COMPLEX = (dict, list)
NARRATIVE_LINK = re.compile(r"""(\b(?:href|src)\s*=\s*)(?:"([^"<]*)"|'([^'<]*)')""")


def references(resource: Resource) -> Sequence[tuple[str, str]]:
    """The FHIRPath of every `Reference.reference` in `resource`, and its text.

    References inside contained resources are among them, and so are those to contained resources.
    """
    found = list[tuple[str, str]]()
    _gather(resource, (str(resource.get("resourceType", "Resource")),), found)
    return found


def local(reference: str, base_url: str) -> Identity | None:
    """What a reference names on the server at `base_url`, whichever version it asks for.

    None where it names something elsewhere, something contained, or is no literal reference.
    """
    # What is longer is none, and not to be remembered either.
    return _local(reference, base_url) if len(reference) <= len(base_url) + LONGEST else None


@lru_cache(maxsize=4096)
def _local(reference: str, base_url: str) -> Identity | None:
    match = LOCAL.fullmatch(reference.removeprefix(base_url.rstrip("/") + "/"))
    return Identity(type=match["type"], id=match["id"]) if match else None


def rewritten(resource: Resource, mapping: Mapping[str, str]) -> Resource:
    """`resource` with every link that is a key of `mapping` replaced by its value.

    Links are references, elements of type uri, url, oid, uuid and canonical, and `href` and `src`
    in narratives.
    """
    if not mapping or not _mentions(dict(resource), mapping):
        return resource
    return {name: _rewritten(name, value, mapping) for name, value in resource.items()}


def fragments(value: Any) -> Iterator[str]:
    """The ids of the contained resources that anything in `value` refers to, "" for `#` alone.

    References, URIs and canonicals refer by `#id`; the text of other elements is not looked at.
    """
    level = [("", value)]
    while level:
        name, value = level.pop()
        if isinstance(value, str):
            if value.startswith("#") and _is_link(name):
                yield value[1:]
        elif isinstance(value, Mapping):
            level.extend(value.items())
        elif isinstance(value, list):
            level.extend((name, child) for child in value)


def _gather(value: Any, place: tuple[Any, ...], found: list[tuple[str, str]]) -> None:
    """Every resource that is written is looked through: a path is put together where it is said."""
    for name, child in enumerate(value) if isinstance(value, list) else value.items():
        if isinstance(child, str):
            if name == "reference":
                found.append((_path((*place, name)), child))
        elif isinstance(child, COMPLEX):
            _gather(child, (*place, name), found)


def _path(place: tuple[Any, ...]) -> str:
    """A number is a place in an array; a choice outside of arrays goes by its name alone."""
    path = place[0]
    for step, after in zip(place[1:], (*place[2:], None), strict=True):
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step if isinstance(after, int) else _element(step)}"
    return str(path)


@lru_cache(maxsize=256)
def _element(name: str) -> str:
    choice = CHOICE.fullmatch(name)
    return choice[1] if choice else name


def _mentions(value: Any, mapping: Mapping[str, str]) -> bool:
    """Whether any text in it, of whichever element, is to be replaced; narratives may hold some."""
    if isinstance(value, str):
        return value in mapping
    if isinstance(value, dict):
        return "div" in value or any(_mentions(child, mapping) for child in value.values())
    return isinstance(value, list) and any(_mentions(child, mapping) for child in value)


def _rewritten(name: str, value: Any, mapping: Mapping[str, str]) -> Any:
    match value:
        case str() if name == "div":
            return NARRATIVE_LINK.sub(lambda link: _linked(link, mapping), value)
        case str() if _is_link(name):
            return mapping.get(value, value)
        case Mapping():
            return {key: _rewritten(key, child, mapping) for key, child in value.items()}
        case list():
            return [_rewritten(name, child, mapping) for child in value]
    return value


def _is_link(name: str) -> bool:
    return name in LINKS or name.endswith(LINK_TYPES)


def _linked(link: re.Match[str], mapping: Mapping[str, str]) -> str:
    before, double, single = link.groups()
    target = double if double is not None else single
    return f'{before}"{mapping[target]}"' if target in mapping else link[0]
