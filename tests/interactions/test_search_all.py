"""GET [base]?_type=... and POST [base]/_search. http://hl7.org/fhir/R4/http.html#search"""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interactions.sent import Json, count, get, patient, practitioner, said, weight

BASE = "http://clinic.test/fhir"
TAG = [{"system": "http://clinic.example/tags", "code": "mine"}]
MINE = "_tag=mine"


def found(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return names(answer.json())


def names(bundle: Any) -> list[str]:
    return [
        f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        for entry in bundle.get("entry", ())
    ]


async def clinic(fhir: httpx.AsyncClient) -> None:
    """Written in turn; the first is written again at the end."""
    for made in (
        patient(id="c"), practitioner(id="a"), patient(id="b"), weight(id="d"), patient(id="c")
    ):  # fmt: skip
        made["meta"] = {"tag": TAG}
        assert (await fhir.put(f"/{made['resourceType']}/{made['id']}", json=made)).is_success


ORDERS = (
    # by first creation, where nobody asks
    ("", ["Patient/c", "Practitioner/a", "Patient/b", "Observation/d"]),
    ("&_sort=_id", ["Practitioner/a", "Patient/b", "Patient/c", "Observation/d"]),
    ("&_sort=-_id", ["Observation/d", "Patient/c", "Patient/b", "Practitioner/a"]),
    ("&_sort=_lastUpdated", ["Practitioner/a", "Patient/b", "Observation/d", "Patient/c"]),
    ("&_sort=-_lastUpdated", ["Patient/c", "Observation/d", "Patient/b", "Practitioner/a"]),
)


@pytest.mark.parametrize(("sort", "expected"), ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 50])
async def test_the_types_are_put_into_one_order_and_paged(
    fhir: httpx.AsyncClient, sort: str, expected: list[str], size: int
) -> None:
    await clinic(fhir)
    seen, following = list[str](), f"{BASE}?{MINE}&_count={size}{sort}"
    while following:
        answer = await fhir.get(following)
        assert answer.json()["total"] == 4
        links = {link["relation"]: link["url"] for link in answer.json()["link"]}
        assert links["self"] == following
        assert len(found(answer)) <= size
        seen += found(answer)
        following = links.get("next", "")
    assert seen == expected


async def test_types_can_be_named(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    answer = await fhir.get(f"?_type=Patient,Practitioner&{MINE}")
    assert found(answer) == ["Patient/c", "Practitioner/a", "Patient/b"]
    assert answer.json()["total"] == 3
    assert answer.json()["link"][0]["url"] == f"{BASE}?_type=Patient%2CPractitioner&{MINE}"
    assert {entry["search"]["mode"] for entry in answer.json()["entry"]} == {"match"}
    assert await count(fhir, f"/?_type=Patient&{MINE}") == 2


async def test_without_any_parameter_everything_is_found(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    types = {name.split("/")[0] for name in found(await fhir.get("?_count=1000"))}
    assert types == {
        "CodeSystem", "Device", "Observation", "OperationDefinition", "Patient", "Practitioner",
        "Questionnaire", "StructureDefinition", "ValueSet",
    }  # fmt: skip


async def test_a_parameter_that_all_of_the_types_have_is_taken(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    assert found(await fhir.get("?_type=Patient,Practitioner&family=Doe")) == [
        "Patient/c",
        "Patient/b",
    ]
    assert found(await fhir.get("?_type=Observation&code=29463-7")) == ["Observation/d"]
    assert found(await fhir.get("?_id=a,d")) == ["Practitioner/a", "Observation/d"]


async def test_codes_of_two_types_keep_the_order_of_creation(fhir: httpx.AsyncClient) -> None:
    """Observations of a code alone come newest first; beside others they do not."""
    await clinic(fhir)
    await fhir.put("/Observation/e", json=weight(id="e", effectiveDateTime="2026-05-03"))
    asked = "?_type=Observation,Questionnaire&code=29463-7"
    assert found(await fhir.get(asked)) == ["Observation/d", "Observation/e"]


@pytest.mark.parametrize("path", ["", "/"])
async def test_post_equals_get_and_merges_query_and_body(
    fhir: httpx.AsyncClient, path: str
) -> None:
    await clinic(fhir)
    got = await fhir.get(f"{path}?_type=Patient&{MINE}&_sort=-_id")
    posted = await fhir.post("/_search?_sort=-_id", data={"_type": "Patient", "_tag": "mine"})
    assert found(got) == found(posted) == ["Patient/c", "Patient/b"]


@pytest.mark.parametrize(
    "query",
    [
        "status=final", "_type=Patient,Observation&status=final", "_type=Nonsense", "_type=",
        "_type=Patient,Condition", "_type=Patient,", "_type=Patient&_type=Practitioner",
        "_sort=date", "_type=Encounter,Observation&_sort=date", "_page=x", "_at=1",
        "_type=patient",
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_of_all_is_refused_by_name(
    fhir: httpx.AsyncClient, query: str
) -> None:
    answer = await fhir.get(f"?{query}")
    assert answer.status_code == 400
    assert query.split("&")[-1].split("=")[0] in said(answer)


async def test_a_lenient_client_does_without_what_one_of_the_types_does_not_know(
    fhir: httpx.AsyncClient,
) -> None:
    await clinic(fhir)
    answer = await fhir.get(
        f"?_type=Patient,Observation&status=final&{MINE}", headers={"Prefer": "handling=lenient"}
    )
    assert answer.status_code == 200
    *matches, outcome = answer.json()["entry"]
    assert names({"entry": matches}) == ["Patient/c", "Patient/b", "Observation/d"]
    assert "status" not in answer.json()["link"][0]["url"]
    assert outcome["search"]["mode"] == "outcome"
    assert "status" in outcome["resource"]["issue"][0]["diagnostics"]


async def test_what_many_patients_expressed_is_not_asked_for_here_either(
    fhir: httpx.AsyncClient,
) -> None:
    refused = await fhir.get("?_type=Observation&code=first-expression")
    assert refused.status_code == 403


@pytest.mark.parametrize("kind", ["batch", "transaction"])
async def test_it_can_be_asked_in_a_bundle(fhir: httpx.AsyncClient, kind: str) -> None:
    await clinic(fhir)
    for url in (f"?_type=Patient&{MINE}", f"{BASE}?_type=Patient&{MINE}"):
        sent = {"resourceType": "Bundle", "type": kind, "entry": [get(url)]}
        (reply,) = (await fhir.post("", json=sent)).json()["entry"]
        assert reply["response"]["status"] == "200"
        assert names(reply["resource"]) == ["Patient/c", "Patient/b"]


async def test_a_page_token_of_other_types_is_refused(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    first = await fhir.get(f"?_type=Patient,Practitioner&{MINE}&_count=1")
    token = first.json()["link"][1]["url"].split("_page=")[1]
    for other in (f"?_type=Patient&{MINE}", f"?{MINE}", f"/Patient?{MINE}"):
        assert (await fhir.get(f"{other}&_page={token}")).status_code == 400


async def test_the_total_is_left_out_where_it_is_not_wanted(fhir: httpx.AsyncClient) -> None:
    await clinic(fhir)
    assert "total" not in (await fhir.get(f"?{MINE}&_total=none")).json()
    counted = (await fhir.get(f"?{MINE}&_count=0")).json()
    assert counted["total"] == 4
    assert "entry" not in counted


MAKERS = {"Patient": patient, "Practitioner": practitioner, "Observation": weight}
writes = st.lists(
    st.tuples(st.sampled_from(sorted(MAKERS)), st.sampled_from("abcd"), st.booleans()), max_size=5
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    there=writes,
    between=st.lists(writes, max_size=4),
    size=st.integers(1, 3),
    sort=st.sampled_from(["", "&_sort=_id", "&_sort=-_id"]),
)
async def test_writes_between_the_pages_lose_and_repeat_nothing_that_was_there_throughout(
    fhir: httpx.AsyncClient,
    there: list[tuple[str, str, bool]],
    between: list[list[tuple[str, str, bool]]],
    size: int,
    sort: str,
) -> None:
    for write in there:
        await _write(fhir, *write)
    start = found(await fhir.get(f"?_count=1000{sort}"))
    gone, seen, waiting = set[str](), list[str](), list(between)
    following = f"{BASE}?_count={size}{sort}&_type=Patient,Practitioner,Observation"
    while following:
        bundle = (await fhir.get(following)).json()
        seen += names(bundle)
        following = {link["relation"]: link["url"] for link in bundle["link"]}.get("next", "")
        for type_name, id_, deleting in waiting.pop() if waiting else ():
            await _write(fhir, type_name, id_, deleting)
            gone |= {f"{type_name}/{id_}"} if deleting else set()
    assert len(seen) == len(set(seen))
    throughout = [n for n in start if n.split("/")[0] in MAKERS and n not in gone]
    assert [name for name in seen if name not in gone] == throughout


async def _write(fhir: httpx.AsyncClient, type_name: str, id_: str, deleting: bool) -> None:
    made: Json = MAKERS[type_name](id=id_)
    if deleting:
        await fhir.delete(f"/{type_name}/{id_}")
    else:
        await fhir.put(f"/{type_name}/{id_}", json=made)
