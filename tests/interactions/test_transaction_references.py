"""What a transaction's entries call one another. http://hl7.org/fhir/R4/bundle.html#references"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import (
    count,
    created,
    delete,
    identified,
    issue,
    patient,
    places,
    post,
    practitioner,
    prefer,
    put,
    said,
    transaction,
    weight,
)

ADA, BOB = "urn:uuid:00000000-0000-4000-8000-00000000000a", "urn:oid:1.2.3"


async def test_names_in_the_bundle_are_rewritten_wherever_they_stand(
    fhir: httpx.AsyncClient,
) -> None:
    div = f"<div xmlns='http://www.w3.org/1999/xhtml'><a href='{ADA}'>her</a> {ADA}</div>"
    sent = weight(
        ADA,
        text={"status": "generated", "div": div},
        performer=[{"reference": BOB}],
        note=[{"text": f"about {ADA}", "authorReference": {"reference": BOB}}],
        extension=[
            {"url": "http://a.example/uri", "valueUri": ADA},
            {"url": "http://a.example/file", "valueAttachment": {"url": ADA}},
            {"url": "http://a.example/text", "valueString": ADA},
        ],
        contained=[{"resourceType": "Practitioner", "id": "x", "photo": [{"url": ADA}]}],
        focus=[{"reference": "#x"}],
    )
    answer = await fhir.post(
        "", json=transaction(post(sent), post(practitioner(), BOB), post(patient(), ADA))
    )
    observation, bob, ada = places(answer)
    stored = (await fhir.get(f"/{observation}")).json()
    assert stored["subject"] == {"reference": ada}
    assert stored["performer"] == [{"reference": bob}]
    assert stored["note"][0]["authorReference"] == {"reference": bob}
    assert stored["extension"][0]["valueUri"] == ada
    assert stored["extension"][1]["valueAttachment"]["url"] == ada
    assert stored["contained"][0]["photo"][0]["url"] == ada
    assert stored["focus"] == [{"reference": "#x"}]
    assert f'href="{ada}"' in stored["text"]["div"]
    assert stored["note"][0]["text"] == f"about {ADA}"
    assert stored["extension"][2]["valueString"] == ADA
    assert f"</a> {ADA}</div>" in stored["text"]["div"]
    assert await count(fhir, f"/Observation?patient={ada}") == 1


async def test_entries_may_refer_to_one_another_in_a_circle(fhir: httpx.AsyncClient) -> None:
    def linked(to: str) -> dict[str, Any]:
        return patient(link=[{"other": {"reference": to}, "type": "seealso"}])

    answer = await fhir.post("", json=transaction(post(linked(BOB), ADA), post(linked(ADA), BOB)))
    ada, bob = places(answer)
    assert (await fhir.get(f"/{ada}")).json()["link"][0]["other"]["reference"] == bob
    assert (await fhir.get(f"/{bob}")).json()["link"][0]["other"]["reference"] == ada


async def test_a_relative_reference_means_the_entry_beside_it(fhir: httpx.AsyncClient) -> None:
    """http://hl7.org/fhir/R4/bundle.html#references: the root is that of the entry's full URL."""
    await fhir.put("/Patient/1", json=patient(id="1"))
    there, other = "http://a.example/fhir", "http://b.example/fhir"
    answer = await fhir.post(
        "",
        json=transaction(
            post(patient(), f"{there}/Patient/1"),
            post(weight("Patient/1"), f"{there}/Observation/1"),
            post(weight(f"{there}/Patient/1"), f"{other}/Observation/1"),
            post(weight("Patient/1"), f"{other}/Observation/2"),
            post(weight("Patient/1")),
        ),
    )
    ada, *observations = places(answer)
    subjects = [(await fhir.get(f"/{o}")).json()["subject"]["reference"] for o in observations]
    assert subjects == [ada, ada, "Patient/1", "Patient/1"]


SERVED_BUT_MISSING = (
    ("managingOrganization", "Organization/1", 422),
    ("managingOrganization", "Organization?name=x", 412),
    ("generalPractitioner", "PractitionerRole/1", 422),
)


@pytest.mark.parametrize(("element", "reference", "status"), SERVED_BUT_MISSING)
async def test_a_lenient_client_is_refused_what_should_be_here_and_is_not(
    fhir: httpx.AsyncClient, element: str, reference: str, status: int
) -> None:
    named = {"reference": reference}
    sent = patient(**{element: [named] if element == "generalPractitioner" else named})
    answer = await fhir.post("", json=transaction(post(sent)), headers=prefer("handling=lenient"))
    assert answer.status_code == status
    assert issue(answer)[1][0].startswith(f"Bundle.entry[0].resource.{element}")
    assert await count(fhir, "/Patient") == 0


async def test_a_report_names_its_measure_and_its_maker_by_what_they_became(
    fhir: httpx.AsyncClient,
) -> None:
    """Elements of type canonical and uri are rewritten like references."""
    maker = "urn:uuid:00000000-0000-4000-8000-0000000000fe"
    group = "urn:uuid:00000000-0000-4000-8000-0000000000fd"
    report = {
        "resourceType": "MeasureReport", "status": "complete", "type": "subject-list",
        "measure": group, "period": {"start": "2026"}, "reporter": {"reference": maker},
    }  # fmt: skip
    provenance = {
        "resourceType": "Provenance", "recorded": "2026-05-03T10:00:00Z", "policy": [maker],
        "target": [{"reference": group}], "agent": [{"who": {"reference": maker}}],
    }  # fmt: skip
    answer = await fhir.post(
        "",
        json=transaction(
            post({"resourceType": "Organization", "name": "x"}, maker),
            post({"resourceType": "Group", "type": "person", "actual": True}, group),
            post(report),
            post(provenance),
        ),
    )
    organization, of_people, reported, told = places(answer)
    stored = (await fhir.get(f"/{reported}")).json()
    assert (stored["measure"], stored["reporter"]["reference"]) == (of_people, organization)
    stored = (await fhir.get(f"/{told}")).json()
    assert stored["policy"] == [organization]
    assert stored["target"] == [{"reference": of_people}]
    assert await count(fhir, f"/Provenance?target={of_people}&agent={organization}") == 1


async def test_a_reference_to_what_the_transaction_deletes_does_not_resolve(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.post("", json=transaction(post(weight("Patient/p")), delete("Patient/p")))
    assert answer.status_code == 422
    assert (await fhir.get("/Patient/p")).status_code == 200


async def test_a_reference_by_condition_finds_the_one_resource(fhir: httpx.AsyncClient) -> None:
    there = await created(fhir, patient(identifier=identified("1")))
    condition = "Patient?identifier=http://clinic.example/mrn|1"
    answer = await fhir.post("", json=transaction(post(weight(condition)), post(weight(condition))))
    for observation in places(answer):
        stored = (await fhir.get(f"/{observation}")).json()
        assert stored["subject"]["reference"] == f"Patient/{there['id']}"


async def test_a_reference_by_condition_finds_what_the_transaction_itself_stores(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/old", json=patient(id="old", identifier=identified("1")))
    answer = await fhir.post(
        "",
        json=transaction(
            post(weight("Patient?identifier=1")),
            post(patient(identifier=identified("1"))),
            put(patient(id="old", identifier=identified("2"))),
        ),
    )
    observation, new, _ = places(answer)
    assert (await fhir.get(f"/{observation}")).json()["subject"]["reference"] == new


@pytest.mark.parametrize(
    ("condition", "status", "words"),
    [
        ("Patient?identifier=2", 412, "No Patient"),
        ("Patient?family=doe", 412, "More than one Patient"),
        ("Patient?nonsense=1", 400, "nonsense"),
        ("Patient?", 400, "no search parameter"),
        ("Patient?_count=1", 400, "no search parameter"),
        ("Organization?name=x", 412, "No Organization"),
        ("CareTeam?name=x", 422, "types of this server"),
    ],
)
async def test_a_reference_by_condition_that_finds_none_or_many_stores_nothing(
    fhir: httpx.AsyncClient, condition: str, status: int, words: str
) -> None:
    for number in ("0", "1"):
        await created(fhir, patient(identifier=identified(number)))
    sent = transaction(post(patient()), post(weight(condition)))
    answer = await fhir.post("", json=sent)
    assert answer.status_code == status
    assert words in said(answer)
    assert issue(answer)[1][0].startswith("Bundle.entry[1]")
    assert await count(fhir, "/Patient") == 2
