"""References to this server. http://hl7.org/fhir/R4/http.html#integrity"""

from typing import Any

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.interactions.sent import issue, patient, said, weight

DANGLING = (
    "Patient/none",
    "Patient/none/_history/1",
    "http://clinic.test/fhir/Patient/none",
    "Patient/gone",
    "Group/none",
    "Patient?identifier=1",
)


@pytest.mark.parametrize("reference", DANGLING)
async def test_a_reference_to_what_is_not_here_is_refused_with_its_place(
    fhir: httpx.AsyncClient, reference: str
) -> None:
    await fhir.put("/Patient/gone", json=patient(id="gone"))
    await fhir.delete("/Patient/gone")
    for answer in (
        await fhir.post("/Observation", json=weight(reference)),
        await fhir.put("/Observation/o", json=weight(reference, id="o")),
    ):
        assert answer.status_code == 422
        assert issue(answer) == ("not-found", ["Observation.subject.reference"])
        assert "Observation.subject" in said(answer)


NO_REFERENCE = (
    "patient/p",
    "/Patient/p",
    "./Patient/p",
    "Patient/p/",
    "Patient/p ",
    "Patient/p#q",
    "Patient/p?identifier=1",
    "Patient/",
    "Patient",
    "p",
    "Patient/p/_history",
    "http://clinic.test/fhir/patient/p",
    "http://clinic.test/fhir/Patient/p/q/r",
)


@pytest.mark.parametrize("reference", NO_REFERENCE)
async def test_a_reference_that_can_never_resolve_is_refused_with_its_place(
    fhir: httpx.AsyncClient, reference: str
) -> None:
    """Stored, it would be found by no search: the client learns of its slip at once."""
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.post("/Observation", json=weight(reference))
    assert answer.status_code == 422
    assert issue(answer) == ("value", ["Observation.subject.reference"])


ELSEWHERE: tuple[dict[str, Any], ...] = (
    {"reference": "http://elsewhere.example/fhir/Patient/1"},
    {"reference": "https://clinic.test/fhir/Patient/1"},
    {"reference": "urn:uuid:00000000-0000-4000-8000-00000000000a"},
    {"identifier": {"system": "http://clinic.example/mrn", "value": "1"}},
    {"display": "Jane Doe"},
    {"reference": "#p"},
)


@pytest.mark.parametrize("subject", ELSEWHERE, ids=str)
async def test_what_is_kept_elsewhere_may_be_named(
    fhir: httpx.AsyncClient, subject: dict[str, Any]
) -> None:
    contained = {"contained": [patient(id="p")]} if "#p" in subject.values() else {}
    answer = await fhir.post("/Observation", json=weight(**contained) | {"subject": subject})
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject"] == subject


async def test_every_reference_that_does_not_resolve_is_said(fhir: httpx.AsyncClient) -> None:
    sent = weight(
        "Patient/none",
        performer=[{"display": "x"}, {"reference": "Practitioner/none"}],
        note=[{"text": "x", "authorReference": {"reference": "Practitioner/other"}}],
    )
    answer = await fhir.post("/Observation", json=sent)
    assert [each["expression"][0] for each in answer.json()["issue"]] == [
        "Observation.subject.reference",
        "Observation.performer[1].reference",
        "Observation.note[0].author.reference",
    ]


async def test_a_resource_may_refer_to_itself(fhir: httpx.AsyncClient) -> None:
    link = [{"other": {"reference": "Patient/p"}, "type": "refer"}]
    answer = await fhir.put("/Patient/p", json=patient(id="p", link=link))
    assert answer.status_code == 201


async def test_what_ships_with_the_service_may_be_referred_to(fhir: httpx.AsyncClient) -> None:
    device = (await fhir.get("/Device")).json()["entry"][0]["resource"]["id"]
    answer = await fhir.post("/Observation", json=weight(device={"reference": f"Device/{device}"}))
    assert answer.status_code == 201


async def test_a_site_may_take_references_to_what_is_not_here_yet(cluster: Cluster) -> None:
    async with door(cluster, reference_integrity=False) as fhir:
        for reference in ("Patient/none", "Group/none"):
            answer = await fhir.post("/Observation", json=weight(reference))
            assert answer.status_code == 201
