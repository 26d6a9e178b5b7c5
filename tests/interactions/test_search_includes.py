"""What is answered beside the matches. http://hl7.org/fhir/R4/search.html#include"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import (
    Json,
    batch,
    get,
    patient,
    practitioner,
    prefer,
    put,
    replies,
    said,
    transaction,
    weight,
)


def to(reference: str) -> Json:
    return {"reference": reference}


def form(id_: str, questionnaire: str) -> Json:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": id_,
        "status": "completed",
        "questionnaire": questionnaire,
    }


def published(id_: str, version: str) -> Json:
    return {
        "resourceType": "Questionnaire",
        "id": id_,
        "status": "active",
        "url": "http://a.example/Q",
        "version": version,
    }


SEEN: list[Json] = [
    practitioner(id="doc"),
    patient(id="ada", gender="female", generalPractitioner=[to("Practitioner/doc")]),
    patient(id="bob", link=[{"other": to("Patient/ada"), "type": "seealso"}]),
    {
        "resourceType": "Encounter",
        "id": "first",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": to("Patient/ada"),
    },
    weight("Patient/ada", id="one", encounter=to("Encounter/first/_history/1")),
    weight("Patient/ada", id="two", derivedFrom=[to("Observation/one")]),
    weight("Patient/bob", id="three", derivedFrom=[to("Observation/two")]),
    weight("http://elsewhere.example/fhir/Patient/x", id="away", focus=[to("Patient/bob")]),
    published("q-1", "1.0"),
    published("q-2", "2.0"),
    form("answers", "http://a.example/Q|1.0"),
    form("any", "http://a.example/Q"),
]


@pytest.fixture
def seen() -> Json:
    return transaction(*(put(resource) for resource in SEEN))


async def entries(fhir: httpx.AsyncClient, asked: str) -> tuple[list[str], list[str]]:
    """The matches, and what is included."""
    answer = await fhir.get(f"/{asked}")
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    modes: dict[str, list[str]] = {"match": [], "include": []}
    for entry in bundle.get("entry", ()):
        identity = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert entry["fullUrl"] == f"http://clinic.test/fhir/{identity}"
        modes[entry["search"]["mode"]].append(identity)
    assert bundle["total"] == len(modes["match"])
    everything = modes["match"] + modes["include"]
    assert len(everything) == len(set(everything))
    return modes["match"], sorted(modes["include"])


INCLUDES = [
    ("Observation?_id=one&_include=Observation:patient", ["Patient/ada"], "what it refers to"),
    ("Observation?_id=one,two&_include=Observation:patient", ["Patient/ada"], "once"),
    ("Observation?_id=one&_include=Observation:subject:Patient", ["Patient/ada"], "this type"),
    ("Observation?_id=one&_include=Observation:subject:Device", [], "no other type"),
    ("Observation?_id=one&_include=Observation:encounter", ["Encounter/first"], "its last version"),
    ("Observation?_id=one&_include=Observation:performer", [], "no reference, no error"),
    ("Observation?_id=away&_include=Observation:subject", [], "what is on another server is not"),
    (
        "Observation?_id=one&_include=Observation:patient&_include=Observation:encounter",
        ["Encounter/first", "Patient/ada"],
        "the parameters are repeated for each different include criteria",
    ),
    (
        "Observation?_id=one&_include=Observation:*",
        ["Encounter/first", "Patient/ada"],
        "any search parameter of type reference",
    ),
    ("Observation?_id=one&_include=*", ["Encounter/first", "Patient/ada"], "the same"),
    ("Observation?_id=three&_include=Observation:derived-from", ["Observation/two"], "direct"),
    (
        "Observation?_id=three&_include:iterate=Observation:derived-from",
        ["Observation/one", "Observation/two"],
        "also any related observations to any other included observation",
    ),
    ("Observation?_id=two,three&_include=Observation:derived-from", ["Observation/one"], "a match"),
    (
        (
            "Observation?_id=one&_include=Observation:patient"
            "&_include:iterate=Patient:general-practitioner"
        ),
        ["Patient/ada", "Practitioner/doc"],
        "the inclusion process can be iterative",
    ),
    (
        "Observation?_id=one&_include=Observation:encounter&_include:iterate=Encounter:patient",
        ["Encounter/first", "Patient/ada"],
        "if (and only if) the modifier :iterate is included",
    ),
    ("Patient?_id=ada&_revinclude=Observation:patient", ["Observation/one", "Observation/two"], ""),
    ("Patient?_id=ada&_revinclude=Observation:subject", ["Observation/one", "Observation/two"], ""),
    ("Patient?_id=bob&_revinclude=Observation:focus", ["Observation/away"], "by this parameter"),
    ("Patient?_id=bob&_revinclude=Observation:focus:Patient", ["Observation/away"], "this type"),
    ("Patient?_id=ada&_revinclude=Encounter:patient", ["Encounter/first"], "in the index of terms"),
    ("Patient?_id=ada&_revinclude=Patient:link", ["Patient/bob"], "of the same type"),
    ("Observation?_id=one&_revinclude=Observation:derived-from", ["Observation/two"], "direct"),
    (
        "Observation?_id=one&_revinclude:iterate=Observation:derived-from",
        ["Observation/three", "Observation/two"],
        "iteratively",
    ),
    (
        "Patient?_id=bob&_revinclude=Observation:*",
        ["Observation/away", "Observation/three"],
        "any search parameter of type reference",
    ),
    (
        "Patient?_id=ada&_revinclude=*",
        ["Encounter/first", "Observation/one", "Observation/two", "Patient/bob"],
        "everything that refers here",
    ),
    (
        "Patient?_id=bob&_revinclude=Observation:patient&_include:iterate=Observation:derived-from",
        ["Observation/one", "Observation/three", "Observation/two"],
        "both ways",
    ),
    (
        "QuestionnaireResponse?_id=answers&_include=QuestionnaireResponse:questionnaire",
        ["Questionnaire/q-1"],
        "a canonical names this version",
    ),
    (
        "QuestionnaireResponse?_id=any&_include=QuestionnaireResponse:questionnaire",
        ["Questionnaire/q-1", "Questionnaire/q-2"],
        "or, without one, any",
    ),
    (
        "Questionnaire?_id=q-2&_revinclude=QuestionnaireResponse:questionnaire",
        ["QuestionnaireResponse/any"],
        "and is found from there",
    ),
]


@pytest.mark.parametrize(("asked", "expected", "why"), INCLUDES)
async def test_related_resources_stand_beside_the_matches(
    fhir: httpx.AsyncClient, seen: Json, asked: str, expected: list[str], why: str
) -> None:
    replies(await fhir.post("", json=seen))
    matches, found = await entries(fhir, asked)
    assert matches
    assert found == expected, why
    (inside,) = (await fhir.post("", json=batch(get(asked)))).json()["entry"]
    assert inside["resource"] == (await fhir.get(f"/{asked}")).json()


async def test_what_was_deleted_is_not_included(fhir: httpx.AsyncClient, seen: Json) -> None:
    replies(await fhir.post("", json=seen))
    await fhir.delete("/Patient/ada")
    await fhir.delete("/Observation/two")
    assert await entries(fhir, "Observation?_id=one&_include=*&_revinclude=*") == (
        ["Observation/one"],
        ["Encounter/first"],
    )


async def test_each_page_stands_alone(fhir: httpx.AsyncClient, seen: Json) -> None:
    """Each page of search results should include the matching includes for the resources in it."""
    replies(await fhir.post("", json=seen))
    following, pages = "/Observation?_id=one,two,three&_count=1&_include=Observation:patient", []
    while following:
        bundle = (await fhir.get(following)).json()
        assert bundle["total"] == 3
        pages.append([entry["resource"]["id"] for entry in bundle["entry"]])
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert "_include=Observation%3Apatient" in links["self"]
        following = links.get("next", "")
    assert pages == [["one", "ada"], ["two", "ada"], ["three", "bob"]]


async def test_where_only_the_total_is_asked_for_nothing_is_included(
    fhir: httpx.AsyncClient, seen: Json
) -> None:
    replies(await fhir.post("", json=seen))
    for only in ("_summary=count", "_count=0"):
        bundle = (await fhir.get(f"/Patient?_id=ada&_revinclude=*&{only}")).json()
        assert ("entry" in bundle, bundle["total"]) == (False, 1)


def elements(entry: Json) -> set[str]:
    return set(entry["resource"]) - {"resourceType", "id", "meta"}


def tagged(entry: Json) -> bool:
    tags: list[Any] = entry["resource"]["meta"].get("tag", [])
    return any(tag["code"] == "SUBSETTED" for tag in tags)


async def test_the_list_of_elements_does_not_apply_to_included_resources(
    fhir: httpx.AsyncClient, seen: Json
) -> None:
    replies(await fhir.post("", json=seen))
    asked = "/Observation?_id=one&_include=Observation:patient&_elements=status"
    match, include = (await fhir.get(asked)).json()["entry"]
    assert (elements(match), tagged(match)) == ({"status", "code"}, True)
    assert (elements(include), tagged(include)) == (
        {"name", "gender", "generalPractitioner"},
        False,
    )


async def test_a_summary_is_of_every_resource(fhir: httpx.AsyncClient, seen: Json) -> None:
    """The general practitioner is no part of a Patient's summary."""
    replies(await fhir.post("", json=seen))
    asked = "/Observation?_id=one&_include=Observation:patient&_summary=true"
    match, include = (await fhir.get(asked)).json()["entry"]
    assert tagged(match)
    assert (elements(include), tagged(include)) == ({"name", "gender"}, True)


async def test_includes_cannot_be_mixed_with_the_summary_text(
    fhir: httpx.AsyncClient, seen: Json
) -> None:
    replies(await fhir.post("", json=seen))
    asked = "/Observation?_id=one&_include=Observation:patient&_summary=text"
    refused = await fhir.get(asked)
    assert refused.status_code == 400
    assert "_summary=text" in said(refused)
    told = (await fhir.get(asked, headers=prefer("handling=lenient"))).json()
    assert [entry["search"]["mode"] for entry in told["entry"]] == ["match", "outcome"]
    assert "_include" not in told["link"][0]["url"]


async def test_an_include_of_something_unknown_is_left_out_for_the_lenient(
    fhir: httpx.AsyncClient, seen: Json
) -> None:
    replies(await fhir.post("", json=seen))
    asked = "/Observation?_id=one&_include=Observation:nonsense&_include=Observation:patient"
    assert (await fhir.get(asked)).status_code == 400
    told = (await fhir.get(asked, headers=prefer("handling=lenient"))).json()
    assert [e["search"]["mode"] for e in told["entry"]] == ["match", "include", "outcome"]


async def test_more_than_a_page_includes_is_cut_off_and_said(fhir: httpx.AsyncClient) -> None:
    """A thousand are included in one page."""
    sent = [weight("Patient/ada", id=f"o{number}") for number in range(1_001)]
    replies(await fhir.post("", json=transaction(*map(put, [patient(id="ada"), *sent[:900]]))))
    replies(await fhir.post("", json=transaction(*map(put, sent[900:1_000]))))
    asked = "/Patient?_id=ada&_revinclude=Observation:patient"
    whole = (await fhir.get(asked)).json()["entry"]
    assert [entry["search"]["mode"] for entry in whole] == ["match"] + ["include"] * 1_000
    replies(await fhir.post("", json=transaction(put(sent[1_000]))))
    cut = (await fhir.get(asked)).json()["entry"]
    assert [e["search"]["mode"] for e in cut] == ["match"] + ["include"] * 1_000 + ["outcome"]
    (issue,) = cut[-1]["resource"]["issue"]
    assert (issue["severity"], issue["code"]) == ("information", "too-costly")
