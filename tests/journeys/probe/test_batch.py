"""batch: http://hl7.org/fhir/R4/http.html#transaction"""

import pytest

from tests.journeys.probe.exchange import batched, name, urn
from tests.journeys.probe.resources import batch, entry, observation, patient
from tests.journeys.probe.speech import Json, Probe


def statuses(told: list[Json]) -> list[str]:
    return [each["response"]["status"][:3] for each in told]


def test_entries_do_not_depend_on_each_other(probe: Probe, mark: str) -> None:
    told = batched(
        probe,
        entry("POST", "Patient", patient(mark)),
        entry("POST", "Patient", patient(mark, gender="banana")),
        entry("GET", f"Patient/{mark}"),
        entry("POST", "Patient", patient(mark)),
    )
    assert statuses(told) == ["201", "422", "404", "201"]
    assert len(probe.matches(f"Patient?identifier={mark}")) == 2


def test_every_failure_has_its_outcome(probe: Probe, mark: str) -> None:
    (told,) = batched(probe, entry("POST", "Patient", patient(mark, gender="banana")))
    issue = told["response"]["outcome"]["issue"][0]
    assert told["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert issue["severity"] in {"error", "fatal"}
    assert "Patient.gender" in issue["expression"]


def test_a_read_and_a_search_bring_their_resource(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    told = batched(probe, entry("GET", there), entry("GET", f"Patient?identifier={mark}"))
    assert told[0]["resource"]["identifier"][0]["value"] == mark
    assert told[1]["resource"]["type"] == "searchset"
    assert told[1]["resource"]["entry"][0]["resource"] == told[0]["resource"]


def test_an_entry_answers_as_the_request_would(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    told = batched(
        probe,
        entry("GET", there, ifNoneMatch='W/"1"'),
        entry("GET", f"{there}/_history/1"),
        entry("GET", f"{there}/_history"),
        entry("GET", "metadata"),
        entry("DELETE", there),
        entry("GET", "Nonsense/1"),
        entry("GET", "Patient?nonsense=1"),
    )
    assert statuses(told) == ["304", "200", "200", "200", "204", "404", "400"]


def test_a_condition_and_a_version_are_honoured(probe: Probe, mark: str) -> None:
    made = probe.created(patient(mark))
    there = f"Patient/{made['id']}"
    told = batched(
        probe,
        entry("POST", "Patient", patient(mark), ifNoneExist=f"identifier={mark}"),
        entry("PUT", there, made | {"active": True}, ifMatch='W/"7"'),
        entry("PUT", there, made | {"active": True}, ifMatch='W/"1"'),
    )
    assert statuses(told) == ["200", "412", "200"]
    assert name(told[0]) == there


def test_an_absolute_address_of_this_server_is_understood(probe: Probe, mark: str) -> None:
    (there,) = probe.stored(patient(mark))
    told = batched(probe, entry("GET", f"{probe.base}/{there}"), entry("GET", f"/{there}"))
    assert statuses(told)[0] == "200"


@pytest.mark.parametrize(
    "bad",
    [
        {"resource": {"resourceType": "Patient"}},
        {"request": {"method": "POST", "url": "Patient"}},
        {"request": {"method": "GET", "url": "Patient/"}},
        {"request": {"method": "GET", "url": "http://elsewhere.example/fhir/Patient/1"}},
        {"request": {"method": "GET", "url": "../metadata"}},
    ],
    ids=["no-request", "no-resource", "no-id", "elsewhere", "above"],
)
def test_an_entry_that_cannot_be_read_does_not_spoil_the_others(
    probe: Probe, mark: str, bad: Json
) -> None:
    answer = probe.ask("POST", "", batch(bad, entry("POST", "Patient", patient(mark))))
    assert answer.status_code in {200, 400, 422}
    if answer.status_code == 200:
        assert statuses(answer.json()["entry"])[1] == "201"
    else:
        assert probe.matches(f"Patient?identifier={mark}") == set()


def test_a_reference_between_entries_is_not_resolved(probe: Probe, mark: str) -> None:
    """There is no relation between the entries of a batch: such references are no good."""
    p = urn()
    told = batched(
        probe,
        entry("POST", "Patient", patient(mark), full_url=p),
        entry("POST", "Observation", observation(p)),
    )
    assert statuses(told)[0] == "201"
    if statuses(told)[1] == "201":
        stored = probe.read(name(told[1])).json()
        assert stored["subject"]["reference"] == p
