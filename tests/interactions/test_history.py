"""GET [base]/[type]/[id]/_history. http://hl7.org/fhir/R4/http.html#history"""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.interactions.sent import created, patient, places, post, put, said, transaction

HERE = "http://clinic.test/fhir/Patient/p/_history"


async def lived(fhir: httpx.AsyncClient) -> list[str]:
    """Created, updated, deleted, brought back: the times of the four versions."""
    times = []
    for deleting in (False, False, True, False):
        if deleting:
            await fhir.delete("/Patient/p")
        else:
            await fhir.put("/Patient/p", json=patient(id="p"))
        newest = (await fhir.get("/Patient/p/_history?_count=1")).json()["entry"][0]
        times.append(newest["response"]["lastModified"])
    return times


def numbers(bundle: Any) -> list[str]:
    return [entry["response"]["etag"][3:-1] for entry in bundle.get("entry", ())]


async def test_versions_come_newest_first_with_request_and_response(
    fhir: httpx.AsyncClient,
) -> None:
    times = await lived(fhir)
    bundle = (await fhir.get("/Patient/p/_history")).json()
    assert bundle["type"] == "history"
    assert bundle["link"] == [{"relation": "self", "url": HERE}]
    assert numbers(bundle) == ["4", "3", "2", "1"]
    requests = [(e["request"]["method"], e["request"]["url"]) for e in bundle["entry"]]
    assert requests == [
        ("PUT", "Patient/p"),
        ("DELETE", "Patient/p"),
        ("PUT", "Patient/p"),
        ("PUT", "Patient/p"),
    ]
    assert [e["response"]["status"] for e in bundle["entry"]] == ["201", "204", "200", "201"]
    assert bundle["total"] == 4
    assert [e["response"]["lastModified"] for e in bundle["entry"]] == times[::-1]
    assert {e["fullUrl"] for e in bundle["entry"]} == {"http://clinic.test/fhir/Patient/p"}
    assert ["resource" in e for e in bundle["entry"]] == [True, False, True, True]
    assert bundle["entry"][0]["resource"]["meta"]["versionId"] == "4"


async def test_a_deleted_resource_keeps_its_history(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    assert numbers((await fhir.get("/Patient/p/_history")).json()) == ["2", "1"]


async def test_pages_are_followed_by_next_until_the_oldest(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    seen, following = list[str](), f"{HERE}?_count=3"
    pages = 0
    while following:
        bundle = (await fhir.get(following)).json()
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert links["self"] == following
        seen += numbers(bundle)
        following = links.get("next", "")
        pages += 1
    assert (seen, pages) == (["4", "3", "2", "1"], 2)


async def test_a_new_version_does_not_shift_the_next_page(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    first = (await fhir.get("/Patient/p/_history?_count=2")).json()
    await fhir.put("/Patient/p", json=patient(id="p"))
    following = {link["relation"]: link["url"] for link in first["link"]}["next"]
    second = (await fhir.get(following)).json()
    assert numbers(second) == ["2", "1"]
    assert first["total"] == second["total"] == 4


async def test_the_last_page_has_no_next_even_where_it_is_full(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    bundle = (await fhir.get("/Patient/p/_history?_count=4")).json()
    assert len(bundle["entry"]) == 4
    assert [link["relation"] for link in bundle["link"]] == ["self"]


async def test_since_leaves_out_what_is_older(fhir: httpx.AsyncClient) -> None:
    times = await lived(fhir)
    bundle = (await fhir.get("/Patient/p/_history", params={"_since": times[2]})).json()
    assert numbers(bundle) == ["4", "3"]


@pytest.mark.parametrize("encoded", [True, False])
async def test_the_plus_of_an_offset_needs_no_encoding(
    fhir: httpx.AsyncClient, encoded: bool
) -> None:
    await lived(fhir)
    for moment, expected in (
        ("2001-01-01T00:00:00+05:30", ["4", "3", "2", "1"]),
        ("2101-01-01T00:00:00+05:30", []),
    ):
        text = quote(moment) if encoded else moment
        bundle = (await fhir.get(f"{HERE}?_since={text}")).json()
        assert numbers(bundle) == expected


async def test_count_0_gives_no_versions(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    bundle = (await fhir.get("/Patient/p/_history?_count=0")).json()
    assert "entry" not in bundle
    assert bundle["total"] == 4
    assert [link["relation"] for link in bundle["link"]] == ["self"]


@pytest.mark.parametrize(
    "query",
    [
        "_count=-1", "_count=x", "_count=", "_count=%D9%A1", "_since=yesterday", "_since=",
        "_since=0000-01-01", "_since=2026-02-30T00:00:00Z", "_at=now", "_sort=_lastUpdated",
        "_list=List/1", "_before=1", "_page=x", "_summary=x", "_elements=1", "nonsense=1",
        "_since=2026&_since=2027",
    ],
)  # fmt: skip
async def test_a_wish_that_is_not_understood_is_refused_by_name(
    fhir: httpx.AsyncClient, query: str
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.get(f"{HERE}?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in said(answer)


@pytest.mark.parametrize("query", ["_count=1000000000", "_since=0001-01-01", "_since=9999-12-31"])
async def test_extreme_wishes_are_met(fhir: httpx.AsyncClient, query: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    assert (await fhir.get(f"{HERE}?{query}")).status_code == 200


async def test_the_verb_is_the_one_that_was_used_and_the_status_says_what_came_to_be(
    fhir: httpx.AsyncClient,
) -> None:
    """http://hl7.org/fhir/R4/http.html#history: to tell what was created from what was updated."""
    made = await created(fhir, patient())
    place = f"Patient/{made['id']}"
    await fhir.put(f"/{place}", json=made)
    answer = await fhir.post(
        "",
        json=transaction(
            put(patient(id="chosen")),
            post(patient(), "urn:uuid:5a3c0c4e-1f0b-4b0e-8d6e-0d6f3f6d4c11"),
        ),
    )
    chosen, posted = places(answer)
    for where, told in (
        (place, [("PUT", place, "200"), ("POST", "Patient", "201")]),
        (chosen, [("PUT", "Patient/chosen", "201")]),
        (posted, [("POST", "Patient", "201")]),
    ):
        entries = (await fhir.get(f"/{where}/_history")).json()["entry"]
        assert [
            (e["request"]["method"], e["request"]["url"], e["response"]["status"]) for e in entries
        ] == told


async def test_at_shows_what_was_current_at_some_point_of_a_time(fhir: httpx.AsyncClient) -> None:
    """http://hl7.org/fhir/R4/http.html#history: "versions that were current at some point during
    the time period specified"."""
    times = await lived(fhir)

    async def current_at(moment: str) -> list[str]:
        return numbers((await fhir.get("/Patient/p/_history", params={"_at": moment})).json())

    for place, moment in enumerate(times, 1):
        # A version is current from the millisecond in which it was made.
        assert (await current_at(moment))[0] == str(place)
    assert await current_at("2001-01-01") == []
    assert await current_at("2100-01-01") == ["4"]
    assert await current_at(times[0][:4]) == ["4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("_elements=gender", {"resourceType", "id", "meta", "gender"}),
        ("_summary=text", {"resourceType", "id", "meta"}),
        ("_summary=true", {"resourceType", "id", "meta", "name", "gender"}),
    ],
)
async def test_parts_of_each_version_can_be_asked_for(
    fhir: httpx.AsyncClient, query: str, kept: set[str]
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", gender="other", maritalStatus={"text": "x"}))
    await fhir.delete("/Patient/p")
    deleted, first = (await fhir.get(f"/Patient/p/_history?{query}")).json()["entry"]
    assert "resource" not in deleted
    assert set(first["resource"]) == kept
    assert first["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"


async def test_a_summary_of_count_is_the_total_alone(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    bundle = (await fhir.get("/Patient/p/_history?_summary=count")).json()
    assert bundle["total"] == 4
    assert "entry" not in bundle


async def test_a_page_belongs_to_one_history_and_its_parameters(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    await fhir.put("/Patient/q", json=patient(id="q"))
    first = (await fhir.get("/Patient/p/_history?_count=1")).json()
    token = first["link"][1]["url"].split("_page=")[1]
    assert (await fhir.get(f"/Patient/p/_history?_count=3&_page={token}")).status_code == 200
    for other in ("/Patient/q/_history?", "/Patient/_history?", "/Patient/p/_history?_since=2001&",
                  "/Patient?"):  # fmt: skip
        assert (await fhir.get(f"{other}_page={token}")).status_code == 400


async def test_a_lenient_client_is_answered_all_the_same(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    lenient = {"Prefer": "handling=lenient"}
    answer = await fhir.get(f"{HERE}?_sort=_lastUpdated&_count=1", headers=lenient)
    assert answer.status_code == 200
    assert "_sort" not in answer.json()["link"][0]["url"]
