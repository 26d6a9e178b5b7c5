"""$lookup: what is known of one code. http://hl7.org/fhir/R4/codesystem-operation-lookup.html"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical.elements import text as member
from service.clinical.vocabulary import Vocabulary, terms_of
from service.errors import BadRequest, NotFound
from service.fhir.given import Given, element, text
from service.fhir.resource import Resource
from service.fhir.search.refusal import quoted

NAME = "lookup"
DEFINITION = "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup"
DOCUMENTATION = "The display of a code of a code system that ships with the service."
PARAMETERS = ("code", "system", "version", "coding", "property", "displayLanguage")


def lookup(given: Given, *, vocabulary: Vocabulary) -> Resource:
    """Parameters with name, version, display and the properties that were asked for.

    Raises `NotFound` for a system or a code that is not known, `BadRequest` where none is named.
    """
    code, system, version = _asked(given)
    known = vocabulary.code_system(system, version)
    if known is None:
        raise NotFound("The code system is not known here in that version, or not at all.")
    term = terms_of(known).get(code)
    if term is None:
        raise NotFound(f"The code {quoted(code)} is not in the code system '{known['id']}'.")
    told = [
        {"name": "name", "valueString": known["title"]},
        {"name": "version", "valueString": known["version"]},
        {"name": "display", "valueString": term.display},
        *_properties(given, known),
    ]
    return {"resourceType": "Parameters", "parameter": told}


def _asked(given: Given) -> tuple[str, str, str | None]:
    coding = element(given, "coding")
    code, system, version = (text(given, name) for name in ("code", "system", "version"))
    if coding is not None:
        if code is not None:
            raise BadRequest("A look-up takes one of the parameters 'code' and 'coding'.")
        code, system = member(coding, "code"), member(coding, "system")
        version = member(coding, "version") or version
    if code is None or system is None:
        raise BadRequest("A look-up needs a code and its system.")
    return code, system, version


def _properties(given: Given, known: Resource) -> Iterator[Mapping[str, Any]]:
    """Of the properties that every code system has, the one without a parameter of its own."""
    if "url" in given.get("property", ()):
        part = [{"name": "code", "valueCode": "url"}, {"name": "value", "valueUri": known["url"]}]
        yield {"name": "property", "part": part}
