"""Chains and `_has` over HTTP. http://hl7.org/fhir/R4/search.html#chaining"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import Json, batch, count, get, patient, put, replies, transaction
from tests.interactions.sent import weight as observed

SEEN = [
    patient(id="ada", name=[{"family": "Lovelace"}], birthDate="1990-05-03"),
    patient(id="bob", name=[{"family": "Marley"}], gender="male"),
    {
        "resourceType": "Encounter",
        "id": "first",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/ada"},
    },
    observed("Patient/ada", id="heavy", encounter={"reference": "Encounter/first"}),
    observed("Patient/bob", id="light", derivedFrom=[{"reference": "Observation/heavy"}]),
    observed("http://elsewhere.example/fhir/Patient/ada", id="elsewhere"),
]


async def seen(fhir: httpx.AsyncClient) -> None:
    replies(await fhir.post("", json=transaction(*(put(resource) for resource in SEEN))))


async def ids(fhir: httpx.AsyncClient, asked: str) -> list[str]:
    answer = await fhir.get(f"/{asked}")
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", ())]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("Observation?patient.name=lovelace", ["heavy"]),
        ("Observation?subject:Patient.birthdate=ge1990", ["heavy"]),
        ("Observation?encounter.patient.name=love", ["heavy"]),
        ("Observation?derived-from.encounter.status=finished", ["light"]),
        ("Patient?_has:Observation:patient:code=29463-7", ["ada", "bob"]),
        ("Patient?_has:Observation:patient:encounter.status=finished", ["ada"]),
        ("Patient?_has:Observation:patient:_has:Observation:derived-from:status=final", ["ada"]),
        ("Encounter?patient._has:Observation:patient:code=29463-7", ["first"]),
        ("Patient?gender=male&_has:Observation:patient:code=29463-7", ["bob"]),
        ("Patient?_has:Observation:patient:code=none", []),
    ],
)
async def test_links_lead_from_resource_to_resource(
    fhir: httpx.AsyncClient, asked: str, expected: list[str]
) -> None:
    await seen(fhir)
    assert await ids(fhir, asked) == expected
    assert await count(fhir, f"/{asked}") == len(expected)
    kind, _, form = asked.partition("?")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = await fhir.post(f"/{kind}/_search", content=form, headers=headers)
    assert posted.json() == (await fhir.get(f"/{asked}")).json()
    self: str = posted.json()["link"][0]["url"]
    assert self.replace("%3A", ":") == f"http://clinic.test/fhir/{asked}"
    (inside,) = (await fhir.post("", json=batch(get(asked)))).json()["entry"]
    assert inside["resource"]["total"] == len(expected)


async def test_what_was_deleted_is_linked_no_more(fhir: httpx.AsyncClient) -> None:
    await seen(fhir)
    await fhir.delete("/Patient/ada")
    assert await ids(fhir, "Observation?patient.name=lovelace") == []
    assert await ids(fhir, "Observation?patient.gender:missing=true") == []
    await fhir.delete("/Observation/light")
    assert await ids(fhir, "Patient?_has:Observation:patient:code=29463-7") == []
    await fhir.put("/Patient/ada", json=SEEN[0])
    assert await ids(fhir, "Observation?patient.name=lovelace") == ["heavy"]


async def test_pages_of_a_linked_search_hold_every_match_once(fhir: httpx.AsyncClient) -> None:
    names = [f"o{number}" for number in range(7)]
    sent = [observed("Patient/ada", id=name) for name in names]
    replies(await fhir.post("", json=transaction(*map(put, [SEEN[0], *sent]))))
    found, following = list[str](), "/Observation?patient.name=love&_count=3"
    while following:
        bundle = (await fhir.get(following)).json()
        assert bundle["total"] == 7
        found += [entry["resource"]["id"] for entry in bundle["entry"]]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        following = links.get("next", "")
        newcomer = observed("Patient/ada", id=f"later-{len(found)}")
        assert (await fhir.put(f"/Observation/{newcomer['id']}", json=newcomer)).status_code == 201
    assert found == names


async def test_a_condition_may_follow_links(fhir: httpx.AsyncClient) -> None:
    await seen(fhir)
    sent: Json = observed("Patient/ada")
    once: Any = await fhir.post(
        "/Observation", json=sent, headers={"If-None-Exist": "encounter.patient=ada"}
    )
    assert (once.status_code, once.json()["id"]) == (200, "heavy")
    none = await fhir.post(
        "/Observation", json=sent, headers={"If-None-Exist": "patient.name=nobody"}
    )
    assert none.status_code == 201
