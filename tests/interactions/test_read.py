"""GET [base]/[type]/[id] and its versions. http://hl7.org/fhir/R4/http.html#read"""

from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime

import httpx
import pytest

from tests.interactions.sent import created, issue, patient


async def test_a_resource_is_read_with_its_version_and_time(fhir: httpx.AsyncClient) -> None:
    body = await created(fhir, patient())
    answer = await fhir.get(f"/Patient/{body['id']}")
    assert answer.status_code == 200
    assert answer.json() == body
    assert answer.headers["etag"] == 'W/"1"'
    assert "location" not in answer.headers
    stored = parsedate_to_datetime(answer.headers["last-modified"])
    assert stored.strftime("%Y-%m-%dT%H:%M:%S") == body["meta"]["lastUpdated"][:19]


MISSING = (
    "/Patient/never-there",
    "/Patient/never-there/_history",
    "/Patient/never-there/_history/1",
    "/Patient/" + "a" * 65,
    "/Patient/no_underscore",
    "/Patient/a%00b",
    "/Patient/a%20b",
    "/Patient/%C3%A9",
    "/Patient/a%2Fb",
    "/Patient/a%3Fb",
    "/Patient/a%0Ab",
    "/Condition/1",
    "/Banana/1",
    "/patient/1",
)


@pytest.mark.parametrize("path", MISSING)
async def test_what_is_not_there_is_404(fhir: httpx.AsyncClient, path: str) -> None:
    answer = await fhir.get(path)
    assert answer.status_code == 404
    assert issue(answer)[0] == "not-found"


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', 'W/"7", W/"1"', "*"])
async def test_a_version_that_the_client_has_is_not_sent_again(
    fhir: httpx.AsyncClient, tag: str
) -> None:
    body = await created(fhir, patient())
    for path in (f"/Patient/{body['id']}", f"/Patient/{body['id']}/_history/1"):
        answer = await fhir.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer.headers["etag"] == 'W/"1"'


@pytest.mark.parametrize("tag", ['W/"2"', '"11"', "1", "nonsense", ""])
async def test_another_version_is_sent(fhir: httpx.AsyncClient, tag: str) -> None:
    body = await created(fhir, patient())
    answer = await fhir.get(f"/Patient/{body['id']}", headers={"If-None-Match": tag})
    assert answer.status_code == 200


async def test_what_did_not_change_since_then_is_not_sent_again(fhir: httpx.AsyncClient) -> None:
    path = f"/Patient/{(await created(fhir, patient()))['id']}"
    stored = parsedate_to_datetime((await fhir.get(path)).headers["last-modified"])
    for moment, status in (
        (stored, 304),
        (stored + timedelta(days=1), 304),
        (stored - timedelta(seconds=1), 200),
    ):
        since = {"If-Modified-Since": format_datetime(moment, usegmt=True)}
        assert (await fhir.get(path, headers=since)).status_code == status


NO_DATES = (
    "yesterday",
    "2026-05-03",
    "Mon, 99 Jan 9999 99:99:99 GMT",
    "Fri, 31 Dec 2100 23:59:59 -0000",
    "Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    "",
)


@pytest.mark.parametrize("since", NO_DATES)
async def test_a_date_that_is_none_is_passed_over(fhir: httpx.AsyncClient, since: str) -> None:
    path = f"/Patient/{(await created(fhir, patient()))['id']}"
    assert (await fhir.get(path, headers={"If-Modified-Since": since})).status_code == 200


async def test_the_version_that_the_client_has_counts_more_than_the_time(
    fhir: httpx.AsyncClient,
) -> None:
    path = f"/Patient/{(await created(fhir, patient()))['id']}"
    headers = {
        "If-None-Match": 'W/"7"',
        "If-Modified-Since": "Fri, 31 Dec 2100 23:59:59 GMT",
    }
    assert (await fhir.get(path, headers=headers)).status_code == 200


async def test_every_version_can_be_read(fhir: httpx.AsyncClient) -> None:
    for city in ("Graz", "Linz", "Wien"):
        sent = patient(id="p", address=[{"city": city}])
        assert (await fhir.put("/Patient/p", json=sent)).is_success
    for number, city in enumerate(("Graz", "Linz", "Wien"), 1):
        answer = await fhir.get(f"/Patient/p/_history/{number}")
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'W/"{number}"'
        assert answer.json()["meta"]["versionId"] == str(number)
        assert answer.json()["address"] == [{"city": city}]


@pytest.mark.parametrize("number", ["0", "2", "-1", "1.0", "x", "99999999999", "%D9%A1", "1e0"])
async def test_a_version_that_never_was_is_404(fhir: httpx.AsyncClient, number: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    assert (await fhir.get(f"/Patient/p/_history/{number}")).status_code == 404


async def test_versions_before_a_deletion_stay_and_the_deletion_is_gone(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    assert (await fhir.get("/Patient/p/_history/1")).status_code == 200
    assert (await fhir.get("/Patient/p/_history/2")).status_code == 410
    answer = await fhir.get("/Patient/p")
    assert answer.status_code == 410
    assert issue(answer)[0] == "deleted"


@pytest.mark.parametrize("tail", ["", "/_history/1", "/_history", "?_format=json"])
async def test_head_answers_as_get_does_without_the_body(
    fhir: httpx.AsyncClient, tail: str
) -> None:
    path = f"/Patient/{(await created(fhir, patient()))['id']}{tail}"
    got, head = await fhir.get(path), await fhir.head(path)
    assert head.status_code == got.status_code == 200
    assert head.content == b""
    assert head.headers == got.headers


async def test_head_of_what_is_not_there_has_no_body_either(fhir: httpx.AsyncClient) -> None:
    got, head = await fhir.get("/Patient/none"), await fhir.head("/Patient/none")
    assert head.status_code == 404
    assert head.content == b""
    assert head.headers == got.headers


READS = pytest.mark.parametrize("path", ["/Patient/p", "/Patient/p/_history/1"])


@READS
@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("_elements=birthDate", {"birthDate"}),
        ("_elements=Patient.birthDate,gender", {"birthDate", "gender"}),
        ("_summary=true", {"name", "birthDate", "gender"}),
        ("_summary=text", {"text"}),
        ("_summary=data", {"name", "birthDate", "gender", "maritalStatus"}),
    ],
)
async def test_a_part_of_a_resource_is_read_and_tagged_as_such(
    fhir: httpx.AsyncClient, path: str, query: str, kept: set[str]
) -> None:
    """http://hl7.org/fhir/R4/search.html#summary and #elements, which reads may take, too."""
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Jane</div>'}
    sent = patient(
        id="p", text=text, birthDate="1980", gender="female", maritalStatus={"text": "x"}
    )
    await fhir.put("/Patient/p", json=sent)
    answer = await fhir.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert answer.headers["etag"] == 'W/"1"'
    assert set(answer.json()) == {"resourceType", "id", "meta"} | kept
    assert answer.json()["meta"]["tag"] == [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
            "code": "SUBSETTED",
        }
    ]
    known = await fhir.get(f"{path}?{query}", headers={"If-None-Match": 'W/"1"'})
    assert known.status_code == 304


@READS
async def test_the_whole_is_read_without_a_tag(fhir: httpx.AsyncClient, path: str) -> None:
    made = (await fhir.put("/Patient/p", json=patient(id="p"))).json()
    assert (await fhir.get(f"{path}?_summary=false")).json() == made


@READS
@pytest.mark.parametrize(
    "query",
    [
        "_count=1", "_summary=count", "_summary=x", "_summary=", "_elements=", "_elements=a-b",
        "_summary=true&_summary=text", "active=true", "nonsense=1",
    ],
)  # fmt: skip
async def test_a_read_takes_no_other_parameters(
    fhir: httpx.AsyncClient, path: str, query: str
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    refused = await fhir.get(f"{path}?{query}")
    assert refused.status_code == 400
    assert query.split("=")[0] in refused.json()["issue"][0]["diagnostics"]


@READS
async def test_a_lenient_client_may_send_others(fhir: httpx.AsyncClient, path: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    lenient = {"Prefer": "handling=lenient"}
    assert (await fhir.get(f"{path}?nonsense=1", headers=lenient)).status_code == 200
