"""GET [base]/[type]/_history and [base]/_history. http://hl7.org/fhir/R4/http.html#history"""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interactions.sent import Json, patient, practitioner, weight

BASE = "http://clinic.test/fhir"


def told(bundle: Any) -> list[str]:
    """`Patient/a 2` of each entry."""
    return [
        f"{entry['fullUrl'].removeprefix(BASE + '/')} {entry['response']['etag'][3:-1]}"
        for entry in bundle.get("entry", ())
    ]


async def all_pages(fhir: httpx.AsyncClient, path: str) -> list[list[str]]:
    pages, following = list[list[str]](), f"{BASE}{path}"
    while following:
        bundle = (await fhir.get(following)).raise_for_status().json()
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        assert links["self"] == following
        pages.append(told(bundle))
        following = links.get("next", "")
    return pages


async def lived(fhir: httpx.AsyncClient) -> None:
    """Two patients and a practitioner, written in turn."""
    for id_ in ("a", "b"):
        await fhir.put(f"/Patient/{id_}", json=patient(id=id_))
    await fhir.put("/Practitioner/c", json=practitioner(id="c"))
    await fhir.put("/Patient/a", json=patient(id="a"))
    await fhir.delete("/Patient/b")
    await fhir.put("/Practitioner/c", json=practitioner(id="c"))


async def shipped(fhir: httpx.AsyncClient) -> list[str]:
    return told((await fhir.get("/_history?_count=1000")).json())


async def test_a_type_tells_of_its_own_resources_newest_first(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    bundle = (await fhir.get("/Patient/_history")).json()
    assert told(bundle) == ["Patient/b 2", "Patient/a 2", "Patient/b 1", "Patient/a 1"]
    assert bundle["total"] == 4
    assert bundle["type"] == "history"
    assert bundle["link"] == [{"relation": "self", "url": f"{BASE}/Patient/_history"}]
    deleted = bundle["entry"][0]
    assert "resource" not in deleted
    assert deleted["request"] == {"method": "DELETE", "url": "Patient/b"}
    assert deleted["response"]["status"] == "204"
    moments = [entry["response"]["lastModified"] for entry in bundle["entry"]]
    assert moments == sorted(moments, reverse=True)


async def test_the_system_tells_of_every_type(fhir: httpx.AsyncClient) -> None:
    before = await shipped(fhir)
    await lived(fhir)
    bundle = (await fhir.get("/_history?_count=1000")).json()
    assert told(bundle) == [
        "Practitioner/c 2", "Patient/b 2", "Patient/a 2", "Practitioner/c 1", "Patient/b 1",
        "Patient/a 1", *before,
    ]  # fmt: skip
    assert bundle["total"] == 6 + len(before)


async def test_what_the_service_itself_writes_is_history_too(fhir: httpx.AsyncClient) -> None:
    before = await shipped(fhir)
    assert {entry.split("/")[0] for entry in before} == {
        "CodeSystem", "Device", "OperationDefinition", "Questionnaire", "StructureDefinition",
        "ValueSet",
    }  # fmt: skip
    assert len(told((await fhir.get("/ValueSet/_history?_count=1000")).json())) == sum(
        entry.startswith("ValueSet/") for entry in before
    )


async def test_a_type_without_resources_has_an_empty_history(fhir: httpx.AsyncClient) -> None:
    bundle = (await fhir.get("/Encounter/_history")).json()
    assert bundle["total"] == 0
    assert "entry" not in bundle


async def test_since_and_at_cut_the_history_of_a_type(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    entries = (await fhir.get("/Patient/_history")).json()["entry"]
    second = entries[1]["response"]["lastModified"]
    since = (await fhir.get("/Patient/_history", params={"_since": second})).json()
    assert told(since) == ["Patient/b 2", "Patient/a 2"]
    assert since["total"] == 2
    at = (await fhir.get("/Patient/_history", params={"_at": second})).json()
    assert told(at)[0] == "Patient/a 2"
    assert told(at)[-1] == "Patient/b 1"
    later = (await fhir.get("/Patient/_history?_at=2100-01-01")).json()
    assert told(later) == ["Patient/b 2", "Patient/a 2"]
    assert later["total"] == 2


async def test_a_transaction_of_one_moment_is_paged_one_by_one(fhir: httpx.AsyncClient) -> None:
    """Many versions can bear the same millisecond."""
    entries = [
        {"request": {"method": "PUT", "url": f"Patient/{n}"}, "resource": patient(id=str(n))}
        for n in range(20)
    ]
    answer = await fhir.post(
        "", json={"resourceType": "Bundle", "type": "transaction", "entry": entries}
    )
    assert answer.status_code == 200
    pages = await all_pages(fhir, "/Patient/_history?_count=1")
    assert sorted(pages) == sorted([f"Patient/{n} 1"] for n in range(20))
    assert len(await all_pages(fhir, "/Patient/_history?_count=7")) == 3


async def test_a_history_in_a_batch_answers_as_by_itself(fhir: httpx.AsyncClient) -> None:
    await lived(fhir)
    entry: Json = {"request": {"method": "GET", "url": "Patient/_history?_count=1"}}
    answer = await fhir.post(
        "", json={"resourceType": "Bundle", "type": "batch", "entry": [entry, entry]}
    )
    for each in answer.json()["entry"]:
        assert told(each["resource"]) == ["Patient/b 2"]


NAMES = ("a", "b", "c", "d")
writes = st.lists(st.tuples(st.sampled_from(["PUT", "DELETE"]), st.sampled_from(NAMES)), max_size=5)


@pytest.mark.parametrize("path", ["/Patient/_history", "/_history"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=writes, between=st.lists(writes, max_size=3), size=st.integers(1, 3))
async def test_writes_between_the_pages_lose_and_repeat_nothing(
    fhir: httpx.AsyncClient,
    path: str,
    before: list[tuple[str, str]],
    between: list[list[tuple[str, str]]],
    size: int,
) -> None:
    for write in before:
        await _write(fhir, *write)
    start = told((await fhir.get(f"{path}?_count=1000")).json())
    found, following, waiting = list[str](), f"{BASE}{path}?_count={size}", list(between)
    while following:
        bundle = (await fhir.get(following)).json()
        assert bundle["total"] == len(start)
        found += told(bundle)
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        following = links.get("next", "")
        for write in waiting.pop() if waiting else ():
            await _write(fhir, *write)
    assert found == start


async def _write(fhir: httpx.AsyncClient, method: str, name: str) -> None:
    if method == "PUT":
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
    else:
        await fhir.delete(f"/Patient/{name}")


async def test_an_observation_of_no_patient_is_told_like_any_other(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Observation/o", json=weight(id="o"))
    assert told((await fhir.get("/Observation/_history")).json()) == ["Observation/o 1"]
