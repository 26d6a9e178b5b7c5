"""DELETE [base]/[type]/[id]. http://hl7.org/fhir/R4/http.html#delete"""

import httpx
import pytest

from tests.interactions.sent import count, patient


async def test_what_is_deleted_is_gone_from_read_and_search(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.delete("/Patient/p")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await fhir.get("/Patient/p")).status_code == 410
    assert await count(fhir, "/Patient") == 0


async def test_deleting_again_changes_nothing(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    for _ in range(3):
        assert (await fhir.delete("/Patient/p")).status_code == 204
    history = (await fhir.get("/Patient/p/_history")).json()
    assert len(history["entry"]) == 2


async def test_deleting_what_never_was_leaves_no_trace(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.delete("/Patient/p")).status_code == 204
    assert (await fhir.get("/Patient/p")).status_code == 404


@pytest.mark.parametrize("path", ["/Patient/a_b", "/Patient/a%00", "/Banana/1", "/Condition/1"])
async def test_nothing_is_deleted_where_nothing_can_be(fhir: httpx.AsyncClient, path: str) -> None:
    assert (await fhir.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("tag", "status", "then"),
    [('W/"1"', 204, 410), ('W/"2"', 412, 200), ('"x"', 412, 200), ("1", 400, 200)],
)
async def test_only_the_version_that_if_match_names_is_deleted(
    fhir: httpx.AsyncClient, tag: str, status: int, then: int
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.delete("/Patient/p", headers={"If-Match": tag})
    assert answer.status_code == status
    assert (await fhir.get("/Patient/p")).status_code == then


async def test_what_is_gone_matches_no_version(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    answer = await fhir.delete("/Patient/p", headers={"If-Match": 'W/"2"'})
    assert answer.status_code == 412


async def test_a_type_is_not_deleted_as_a_whole(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    for criteria in ("", "?", "?_count=1", "?_cascade=delete"):
        assert (await fhir.delete(f"/Patient{criteria}")).status_code == 400
    assert (await fhir.get("/Patient/p")).status_code == 200
