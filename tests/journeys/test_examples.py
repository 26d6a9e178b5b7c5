"""The examples that the README shows are taken as they are."""

from pathlib import Path

import httpx
import orjson
import pytest

from tests.journeys.reading import findings, observations

EXAMPLES = Path(__file__).parents[2] / "openapi" / "examples"
FIRST = ("practitioner", "patient", "episode-of-care", "encounter")
"""What the others refer to, in the order in which it is stored."""


def send(fhir: httpx.Client, name: str) -> httpx.Response:
    """An example with an id is put where it says, one without is posted."""
    body = (EXAMPLES / f"{name}.json").read_bytes()
    resource = orjson.loads(body)
    if resource["resourceType"] == "Bundle":
        return fhir.post("", content=body)
    if "id" in resource:
        return fhir.put(f"{resource['resourceType']}/{resource['id']}", content=body)
    return fhir.post(resource["resourceType"], content=body)


@pytest.fixture
def people(fhir: httpx.Client) -> None:
    for name in FIRST:
        assert send(fhir, name).is_success


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.json")))
def test_an_example_is_stored(fhir: httpx.Client, name: str) -> None:
    answer = send(fhir, name)
    assert answer.status_code in {200, 201}, answer.text


@pytest.mark.usefixtures("people")
def test_the_phq_9_example_is_scored_and_its_item_9_opens_a_review(fhir: httpx.Client) -> None:
    """2 + 2 + 2 + 2 + 1 + 1 + 2 + 0 + 1 = 13, item 9 answered 1."""
    response = send(fhir, "phq-9-response").json()
    name = f"QuestionnaireResponse/{response['id']}"
    scores = [
        score
        for score in observations(fhir, "example-patient", "http://loinc.org|44261-6")
        if {"reference": name} in score.get("derivedFrom", ())
    ]
    assert [score["valueQuantity"]["value"] for score in scores] == [13]
    reviews = findings(fhir, "example-patient", "safety-review")
    assert any({"reference": name} in review["derivedFrom"] for review in reviews)
