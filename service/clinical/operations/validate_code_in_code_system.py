"""$validate-code of a CodeSystem: whether it has a code.

http://hl7.org/fhir/R4/codesystem-operation-validate-code.html
"""

from collections.abc import Sequence
from dataclasses import replace

from service.clinical.code_checks import Coding, asked, checked
from service.clinical.vocabulary import Vocabulary, terms_of
from service.errors import BadRequest, NotFound
from service.fhir.given import Given, text, valid
from service.fhir.resource import Resource

NAME = "validate-code"
DEFINITION = "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code"
DOCUMENTATION = (
    "Whether a code system that ships with the service, or one that is sent, has a code."
)
PARAMETERS = (
    "url", "codeSystem", "code", "system", "version", "display", "coding", "codeableConcept",
    "displayLanguage", "resource",
)  # fmt: skip


def validate_code(given: Given, *, instance: Resource | None, vocabulary: Vocabulary) -> Resource:
    """Parameters with result, message and display; a code without a system is one of this system.

    Raises `NotFound` for a code system that is not known, `BadRequest` where none is named.
    """
    codings = asked(given)
    known = _code_system(given, instance, codings, vocabulary)
    if "code" in given:
        codings = [replace(c, system=c.system or known.get("url")) for c in codings]
    return checked(codings, list(terms_of(known).values()), "the code system")


def _code_system(
    given: Given, instance: Resource | None, codings: Sequence[Coding], vocabulary: Vocabulary
) -> Resource:
    if instance is not None:
        return instance
    sent, url = valid(given, "codeSystem", "CodeSystem"), text(given, "url")
    if sent is not None and url is None:
        return sent
    named = url or next((c.system for c in codings if c.system), None)
    if sent is not None or named is None:
        raise BadRequest("A check needs one of the parameters 'url' and 'codeSystem'.")
    found = vocabulary.code_system(named)
    if found is None:
        raise NotFound("The code system that 'url' names is not known here.")
    return found
