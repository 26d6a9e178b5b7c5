"""GET [base]/[type]/[id]/_history. http://hl7.org/fhir/R4/http.html#history"""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.interactions.sent import patient, said

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
        ("POST", "Patient"),
    ]
    assert [e["response"]["status"] for e in bundle["entry"]] == ["200", "204", "200", "201"]
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
    assert numbers((await fhir.get(following)).json()) == ["2", "1"]


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
    assert [link["relation"] for link in bundle["link"]] == ["self"]


@pytest.mark.parametrize(
    "query",
    [
        "_count=-1", "_count=x", "_count=", "_count=%D9%A1", "_since=yesterday", "_since=",
        "_since=0000-01-01", "_since=2026-02-30T00:00:00Z", "_at=2026", "_sort=_lastUpdated",
        "_before=x", "nonsense=1",
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


async def test_a_lenient_client_is_answered_all_the_same(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    lenient = {"Prefer": "handling=lenient"}
    answer = await fhir.get(f"{HERE}?_sort=_lastUpdated&_count=1", headers=lenient)
    assert answer.status_code == 200
    assert "_sort" not in answer.json()["link"][0]["url"]
