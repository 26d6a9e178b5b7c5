"""$expand: the codes of a value set. http://hl7.org/fhir/R4/valueset-operation-expand.html

The order of an expansion is that of its definition, so that pages of it fit together.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from service.clinical.observation_values import filled
from service.clinical.vocabulary import Term, Vocabulary
from service.errors import BadRequest, NotFound
from service.fhir.body import instant
from service.fhir.exact_json import dumps
from service.fhir.given import Given, flag, text, valid, whole
from service.fhir.resource import Resource
from service.fhir.search.folding import folded

NAME = "expand"
DEFINITION = "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"
DOCUMENTATION = (
    "The codes of a value set that ships with the service, or of one that is sent and rests on "
    "those; every word of the filter begins a word of the display, or the code."
)
INERT = (
    "includeDesignations", "activeOnly", "excludeNested", "excludeNotForUI",
    "excludePostCoordinated", "displayLanguage",
)  # fmt: skip
"""What changes nothing here: every code is active and flat and has one display, in English."""
PARAMETERS = (
    "url", "valueSet", "resource", "valueSetVersion", "filter", "offset", "count",
    "includeDefinition", *INERT,
)  # fmt: skip
DEFINING = frozenset({"compose", "text", "id", "meta", "expansion"})
"""What an expansion leaves out of the value set, unless its definition is asked for."""


def expand(
    given: Given, *, instance: Resource | None, vocabulary: Vocabulary, now: datetime
) -> Resource:
    """The value set with its expansion, of which `now` is the timestamp.

    Raises `NotFound` for a value set that is not known, `BadRequest` where none is named.
    """
    value_set = _value_set(given, instance, vocabulary)
    asked = text(given, "filter")
    terms = [t for t in vocabulary.members(value_set) if asked is None or _fits(t, asked)]
    offset, count = whole(given, "offset"), whole(given, "count")
    first = offset or 0
    page = terms[first:] if count is None else terms[first : first + count]
    used = list(_used(given, terms))
    paged = offset is not None or count is not None
    expansion = filled(
        {
            "identifier": f"urn:uuid:{_identifier(value_set, used)}",
            "timestamp": instant(now),
            "total": len(terms),
            "offset": first if paged else None,
            "parameter": used,
            "contains": [_contained(term) for term in page],
        }
    )
    whole_definition = flag(given, "includeDefinition") is True
    left_out = {"expansion"} if whole_definition else DEFINING
    return {k: v for k, v in value_set.items() if k not in left_out} | {"expansion": expansion}


def _value_set(given: Given, instance: Resource | None, vocabulary: Vocabulary) -> Resource:
    if instance is not None:
        return instance
    sent = valid(given, "valueSet", "ValueSet")
    url, version = text(given, "url"), text(given, "valueSetVersion")
    if (sent is None) is (url is None):
        raise BadRequest("An expansion needs one of the parameters 'url' and 'valueSet'.")
    if sent is not None:
        return sent
    found = vocabulary.value_set(url or "", version)
    if found is None:
        raise NotFound("The value set that 'url' and 'valueSetVersion' name is not known here.")
    return found


def _fits(term: Term, asked: str) -> bool:
    words = folded(f"{term.display or ''} {term.code}").split()
    wanted = folded(asked).split()
    return term.code.startswith(asked) or all(
        any(word.startswith(part) for word in words) for part in wanted
    )


def _used(given: Given, terms: Sequence[Term]) -> Iterator[Mapping[str, Any]]:
    """What the expansion depends on: parameters that were given, and versions of systems.

    http://hl7.org/fhir/R4/valueset-definitions.html#ValueSet.expansion.parameter
    """
    if (asked := text(given, "filter")) is not None:
        yield {"name": "filter", "valueString": asked}
    for name in ("offset", "count"):
        if (number := whole(given, name)) is not None:
            yield {"name": name, "valueInteger": number}
    for version in dict.fromkeys(f"{t.system}|{t.version}" for t in terms if t.version):
        yield {"name": "version", "valueUri": version}


def _identifier(value_set: Resource, used: Sequence[Mapping[str, Any]]) -> str:
    """The same where the value set and all that the expansion depends on are the same."""
    told = [value_set.get("url"), value_set.get("version"), value_set.get("compose"), used]
    return str(uuid5(NAMESPACE_URL, dumps(told).decode()))


def _contained(term: Term) -> Mapping[str, Any]:
    return filled(
        {
            "system": term.system,
            "version": term.version,
            "code": term.code,
            "display": term.display,
        }
    )
