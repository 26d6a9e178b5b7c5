"""$validate-code of a ValueSet: whether a code is among its members.

http://hl7.org/fhir/R4/valueset-operation-validate-code.html
"""

from service.clinical.code_checks import asked, checked
from service.clinical.vocabulary import Vocabulary
from service.errors import BadRequest, NotFound
from service.fhir.given import Given, text, valid
from service.fhir.resource import Resource

NAME = "validate-code"
DEFINITION = "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code"
DOCUMENTATION = (
    "Whether a code is in a value set that ships with the service, or in one that is sent and "
    "rests on those."
)
PARAMETERS = (
    "url", "valueSet", "valueSetVersion", "code", "system", "systemVersion", "display", "coding",
    "codeableConcept", "displayLanguage", "resource",
)  # fmt: skip


def validate_code(given: Given, *, instance: Resource | None, vocabulary: Vocabulary) -> Resource:
    """Parameters with result, message and display.

    Raises `NotFound` for a value set that is not known, `BadRequest` where none is named, and for a
    code without its system.
    """
    codings = asked(given, version="systemVersion")
    if "code" in given and "system" not in given:
        raise BadRequest("The parameter 'code' needs the parameter 'system' beside it.")
    value_set = _value_set(given, instance, vocabulary)
    return checked(codings, vocabulary.members(value_set), "the value set")


def _value_set(given: Given, instance: Resource | None, vocabulary: Vocabulary) -> Resource:
    if instance is not None:
        return instance
    sent, url = valid(given, "valueSet", "ValueSet"), text(given, "url")
    if (sent is None) is (url is None):
        raise BadRequest("A check needs one of the parameters 'url' and 'valueSet'.")
    if sent is not None:
        return sent
    found = vocabulary.value_set(url or "", text(given, "valueSetVersion"))
    if found is None:
        raise NotFound("The value set that 'url' and 'valueSetVersion' name is not known here.")
    return found
