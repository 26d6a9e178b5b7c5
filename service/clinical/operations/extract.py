"""$extract: what a response says, as Observations that another system can store.

http://hl7.org/fhir/uv/sdc/OperationDefinition/QuestionnaireResponse-extract, the extraction that is
based on observations. Nothing is stored here; scores are those that the service derives.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical import answers
from service.clinical.answer_observations import answer_observation
from service.clinical.answers import Reading
from service.clinical.derive import Derivation
from service.clinical.facts import Answers
from service.clinical.identifiers import Identifiers
from service.clinical.items import item_code
from service.clinical.response_items import answered, items_by_link
from service.errors import BadRequest, Invalid, Issue, Severity
from service.fhir.compartments import patient_of
from service.fhir.given import Given, valid
from service.fhir.outcome import outcome
from service.fhir.resource import PatientKey, Resource

NAME = "extract"
DEFINITION = "http://hl7.org/fhir/uv/sdc/OperationDefinition/QuestionnaireResponse-extract"
DOCUMENTATION = (
    "The answers and scores of a finished response to a known questionnaire, as a transaction of "
    "Observations; nothing is stored."
)
PARAMETERS = ("questionnaire-response", "questionnaire", "resource")
UNSENT = "unsent"
"""Stands for the id of a response that has none."""


def extract(
    given: Given, *, instance: Resource | None, derivation: Derivation, base_url: str
) -> Resource:
    """The transaction Bundle; Parameters with it and what is to be said, where there is something.

    Raises `Invalid` for a response of which the service derives no score, `BadRequest` where there
    is none.
    """
    response = instance or valid(given, "questionnaire-response", "QuestionnaireResponse")
    if response is None:
        raise BadRequest("The parameter 'questionnaire-response' is needed.")
    form = {"id": UNSENT, **response}
    patient, reading = _read(form, derivation, base_url)
    entries = [
        *_answers(form, reading, Identifiers(derivation.tenant, patient)),
        *_scores(form, patient, derivation),
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    issues = [
        Issue(
            severity=Severity.WARNING,
            code="value",
            message=problem.message,
            expression=problem.expression,
        )
        for problem in reading.problems
    ]
    # http://hl7.org/fhir/R4/operations.html#response: a `return` that stands alone is the answer.
    if not issues:
        return bundle
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "return", "resource": bundle},
            {"name": "issues", "resource": outcome(issues)},
        ],
    }


def _read(form: Resource, derivation: Derivation, base_url: str) -> tuple[PatientKey, Reading]:
    instrument = answers.instrument_of(form, derivation.catalogue)
    if instrument is None or not instrument.items:
        fault = "names no questionnaire whose items are known here"
        raise _refused("not-supported", "questionnaire", fault)
    patient = patient_of(form, base_url)
    if patient is None:
        raise _refused("required", "subject", "names no patient")
    facts = [fact for fact in derivation.read(form) if isinstance(fact, Answers)]
    if form.get("status") not in ("completed", "amended"):
        raise _refused("business-rule", "status", "is neither completed nor amended")
    if not any(fact.dated for fact in facts):
        raise _refused("required", "authored", "is missing")
    return patient, answers.read(form, instrument)


def _refused(code: str, name: str, fault: str) -> Invalid:
    path = f"QuestionnaireResponse.{name}"
    message = f"{path} {fault}, so nothing is extracted."
    return Invalid(message, issues=[Issue(code=code, message=message, expression=path)])


def _answers(form: Resource, reading: Reading, ids: Identifiers) -> Iterator[Mapping[str, Any]]:
    """One for each item with one answer that can be read."""
    instrument = reading.instrument
    links = items_by_link(instrument)
    for answer in answered(form):
        number = links.get(answer.code)
        if number is not None and number in reading.values:
            item = instrument.items[number - 1]
            place = ids.answer(f"QuestionnaireResponse/{form['id']}", item_code(instrument, item))
            resource = answer_observation(answer, form, instrument=instrument, item=item)
            yield _entry(place, _without_source(resource, form), {})


def _scores(
    form: Resource, patient: PatientKey, derivation: Derivation
) -> Iterator[Mapping[str, Any]]:
    """Where a score stands already, as it does here, nothing is created."""
    for score in derivation.scored(patient, form):
        place = score["id"]
        yield _entry(place, _without_source(score, form), {"ifNoneExist": f"_id={place}"})


def _without_source(observation: Resource, form: Resource) -> Resource:
    """A response that has no id cannot be referred to."""
    if form["id"] != UNSENT:
        return observation
    return {name: value for name, value in observation.items() if name != "derivedFrom"}


def _entry(place: str, resource: Resource, condition: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "fullUrl": f"urn:uuid:{place}",
        "resource": resource,
        "request": {"method": "POST", "url": "Observation", **condition},
    }
