"""$populate: a response to a questionnaire, begun for a patient.

http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate

No answer is taken from records: what a form asks is how it is now, and an answer of last week would
be nobody's. Initial values stand in it, because the form's author put them there. When it was
filled in, and by whom, is for the client to say.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.clinical.catalogue import Catalogue
from service.clinical.elements import Element, each, text, value
from service.clinical.observation_values import filled
from service.clinical.questionnaires import questionnaires
from service.errors import BadRequest, Issue, NotFound, Severity
from service.fhir.given import Given, element, gathered, named, valid
from service.fhir.outcome import outcome
from service.fhir.resource import Resource

NAME = "populate"
DEFINITION = "http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate"
DOCUMENTATION = (
    "A QuestionnaireResponse in progress with the items of a questionnaire, for a subject; it "
    "holds initial values and no answer from records."
)
SOURCES = ("questionnaire", "canonical", "questionnaireRef", "resource")
"""What names the questionnaire; which of them take what differs between versions of SDC."""
CONTEXTS = ("context", "launchContext")
PARAMETERS = (*SOURCES, "subject", "local", *CONTEXTS)
NOT_FILLED = Issue(
    severity=Severity.INFORMATION,
    code="informational",
    message="Answers are not taken from records; the form holds its initial values only.",
)


def names(given: Given, known: Catalogue) -> Sequence[str]:
    """Reference or canonical of the stored Questionnaire that it needs; mostly none."""
    said = [_name(v) for v in _sources(given)]
    return [name for name in said if name is not None and _ours(name, known) is None]


def populate(
    given: Given,
    *,
    instance: Resource | None,
    resources: Sequence[Resource],
    known: Catalogue,
    base_url: str,
) -> Resource:
    """Parameters with the response; `resources` holds what `names` named, where it stands.

    Raises `NotFound` for a questionnaire that is not here, `BadRequest` where none or no subject is
    named.
    """
    form = instance or _questionnaire(given, resources, known)
    told: list[Mapping[str, Any]] = [
        {"name": "response", "resource": _response(form, given, base_url)}
    ]
    if any(name in given for name in ("local", *CONTEXTS)):
        told.append({"name": "issues", "resource": outcome([NOT_FILLED])})
    return {"resourceType": "Parameters", "parameter": told}


def _questionnaire(given: Given, resources: Sequence[Resource], known: Catalogue) -> Resource:
    sources = _sources(given)
    if len(sources) != 1:
        raise BadRequest(
            "One of the parameters 'questionnaire', 'canonical' and 'questionnaireRef' is needed."
        )
    name = _name(sources[0])
    if name is None:
        sent = valid(given, "questionnaire", "Questionnaire")
        assert sent is not None
        return sent
    found = _ours(name, known) or next(iter(resources), None)
    if found is None:
        raise NotFound("The questionnaire that was named is not here.")
    return found


def _sources(given: Given) -> Sequence[Any]:
    return [value for name in SOURCES for value in given.get(name, ())]


def _name(source: Any) -> str | None:
    """The reference or canonical in a source; None where it is the Questionnaire itself."""
    if isinstance(source, str):
        return source
    if isinstance(source, Mapping) and "resourceType" in source:
        return None
    name = text(source, "reference") if isinstance(source, Mapping) else None
    if name is None:
        raise BadRequest("A questionnaire is named by a canonical, a reference, or itself.")
    return name


def _ours(name: str, known: Catalogue) -> Resource | None:
    """The Questionnaire that ships under a canonical of ours; none does where items are unknown."""
    instrument = known.by_canonical(name)
    if instrument is None or name.partition("|")[0] != instrument.canonicals[0]:
        return None
    return next(questionnaires([instrument]), None)


def _response(form: Resource, given: Given, base_url: str) -> Resource:
    url, version = text(form, "url"), text(form, "version")
    place = f"{base_url}/Questionnaire/{form['id']}" if "id" in form else None
    return filled(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"{url}|{version}" if url and version else url or place,
            "status": "in-progress",
            "subject": _subject(given),
            "encounter": _encounter(given),
            "item": [_item(item) for _, item in each(form, "item")],
        }
    )


def _subject(given: Given) -> Mapping[str, Any]:
    said = given.get("subject", ())
    if len(said) == 1 and isinstance(said[0], str):
        return {"reference": said[0]}
    subject = element(given, "subject")
    if subject is None:
        raise BadRequest("The parameter 'subject' says whom the form is about.")
    return subject


def _encounter(given: Given) -> Mapping[str, Any] | None:
    """The session, where the context names it `encounter`."""
    for context in (part for name in CONTEXTS for part in given.get(name, ())):
        parts = gathered(named(context, "Parameters.parameter.part"))
        for content in parts.get("content", ()) if parts.get("name") == ("encounter",) else ():
            if isinstance(content, Mapping) and content.get("resourceType") == "Encounter":
                return {"reference": f"Encounter/{content['id']}"} if "id" in content else None
            if isinstance(content, Mapping) and "reference" in content:
                return content
    return None


def _item(item: Element) -> Mapping[str, Any]:
    """Nested items stand below each answer, and below the item where there is none."""
    nested = [_item(child) for _, child in each(item, "item")]
    answers = [filled({**answer, "item": nested}) for answer in _initial(item)]
    return filled(
        {
            "linkId": text(item, "linkId"),
            "definition": text(item, "definition"),
            "text": text(item, "text"),
            "answer": answers,
            "item": [] if answers else nested,
        }
    )


def _initial(item: Element) -> Iterator[Mapping[str, Any]]:
    """http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.initial"""
    options = (o for _, o in each(item, "answerOption") if o.get("initialSelected") is True)
    for holder in (*(i for _, i in each(item, "initial")), *options):
        found = value(holder)
        if found is not None:
            yield {found[0]: found[1]}
