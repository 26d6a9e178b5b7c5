"""Conditional references, updates, deletes and patches in a transaction."""

import base64
import json
from uuid import uuid4

from tests.journeys.probe.exchange import done, name
from tests.journeys.probe.resources import entry, observation, patient, transaction
from tests.journeys.probe.speech import Probe, outcome


def test_a_reference_may_be_a_search(probe: Probe, mark: str) -> None:
    """http://hl7.org/fhir/R4/http.html#trules: conditional references."""
    (there,) = probe.stored(patient(mark))
    sent = observation(f"Patient?identifier={mark}")
    (told,) = done(probe, transaction(entry("POST", "Observation", sent)))
    assert probe.read(name(told)).json()["subject"]["reference"] == there


def test_a_reference_that_finds_none_or_many_fails_the_whole(probe: Probe, mark: str) -> None:
    sent = transaction(
        entry("POST", "Observation", observation(f"Patient?identifier={mark}")),
        entry("POST", "Practitioner", {"resourceType": "Practitioner"}),
    )
    outcome(probe.ask("POST", "", sent), {400, 412, 422})
    probe.stored(patient(mark), patient(mark))
    outcome(probe.ask("POST", "", sent), {400, 412, 422})


def test_a_conditional_update_creates_and_then_updates(probe: Probe, mark: str) -> None:
    url = f"Patient?identifier={mark}"
    (told,) = done(probe, transaction(entry("PUT", url, patient(mark))))
    assert told["response"]["status"].startswith("201")
    (again,) = done(probe, transaction(entry("PUT", url, patient(mark, active=True))))
    assert again["response"]["status"].startswith("200")
    assert name(again) == name(told)


def test_the_urn_of_a_conditional_update_leads_to_what_was_found(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    p = f"urn:uuid:{uuid4()}"
    told = done(
        probe,
        transaction(
            entry("PUT", f"Patient?identifier={mark}", patient(mark, active=True), full_url=p),
            entry("POST", "Observation", observation(p)),
        ),
    )
    assert probe.read(name(told[1])).json()["subject"]["reference"] == there


def test_a_conditional_delete_deletes_what_it_finds(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    done(probe, transaction(entry("DELETE", f"Patient?identifier={mark}")))
    outcome(probe.read(there), 410)


def test_a_patch_is_a_binary_or_parameters(probe: Probe, mark: str) -> None:
    """http://hl7.org/fhir/R4/http.html#patch: JSON Patch in a Bundle is a Binary."""
    (there,) = probe.stored(patient(mark, gender="female"))
    patch = json.dumps([{"op": "replace", "path": "/gender", "value": "male"}]).encode()
    binary = {
        "resourceType": "Binary",
        "contentType": "application/json-patch+json",
        "data": base64.b64encode(patch).decode(),
    }
    done(probe, transaction(entry("PATCH", there, binary)))
    assert probe.read(there).json()["gender"] == "male"
    operation = [
        {"name": "type", "valueCode": "replace"},
        {"name": "path", "valueString": "Patient.gender"},
        {"name": "value", "valueCode": "other"},
    ]
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "operation", "part": operation}],
    }
    done(probe, transaction(entry("PATCH", there, parameters)))
    assert probe.read(there).json()["gender"] == "other"
