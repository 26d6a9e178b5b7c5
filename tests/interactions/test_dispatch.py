"""What is not offered is refused clearly, and nothing is answered by accident."""

import httpx
import pytest

from tests.interactions.sent import patient, prefer, said

NOT_OFFERED: tuple[tuple[str, str, int], ...] = (
    # nothing is written to a whole type
    ("PATCH", "/Patient", 400),
    ("PUT", "/Patient", 400),
    ("DELETE", "/Patient", 400),
    ("PATCH", "/Library?status=active", 405),
    ("PUT", "/Library?status=active", 405),
    ("DELETE", "/Library?status=active", 405),
    ("PATCH", "/Library/d", 405),
    ("PATCH", "/", 405),
    ("PATCH", "/Patient/p/_history/1", 405),
    ("PATCH", "/Condition/c", 404),
    ("PATCH", "/Patient/a_b", 404),
    # history is read only, and so are compartments
    ("POST", "/Patient/_history", 405),
    ("DELETE", "/Patient/_history", 405),
    ("DELETE", "/_history", 405),
    ("GET", "/_nonsense", 404),
    ("GET", "/_search", 405),
    ("GET", "/Patient/_search", 405),
    ("GET", "/Patient/p/_search", 404),
    ("GET", "/Patient/p/Observation/_search", 405),
    ("POST", "/Patient/p/Observation", 405),
    ("DELETE", "/Patient/p/Observation", 405),
    ("DELETE", "/?_type=Patient", 405),
    ("GET", "/Patient/p/Questionnaire", 404),
    ("GET", "/Patient/p/Condition", 404),
    ("GET", "/Patient/p/Observation/o", 404),
    ("GET", "/Device/d/Observation", 404),
    ("GET", "/Patient/a_b/Observation", 404),
    ("DELETE", "/Patient/p/_history", 405),
    ("DELETE", "/Patient/p/_history/1", 405),
    ("PUT", "/Patient/p/_history/1", 405),
    ("POST", "/Patient/p", 405),
    # operations
    ("GET", "/$nonsense", 404),
    ("GET", "/$export", 404),
    ("POST", "/$validate", 404),
    ("PUT", "/Patient/$validate", 405),
    ("DELETE", "/Patient/p/$validate", 405),
    ("GET", "/Patient/$everything", 404),
    ("GET", "/Observation/p/$everything", 404),
    ("PUT", "/Patient/p/$everything", 405),
    ("GET", "/Patient/p/$everything?nonsense=1", 400),
    ("GET", "/QuestionnaireResponse/p/$populate", 404),
    ("GET", "/Patient/$lastn", 404),
    ("GET", "/Observation/p/$lastn", 404),
    ("PUT", "/Observation/$lastn", 405),
    ("GET", "/Observation/$lastn", 400),
    ("GET", "/$stats", 404),
    ("DELETE", "/Observation/$stats", 405),
    ("GET", "/Observation/$stats", 400),
    ("POST", "/QuestionnaireResponse/p/$extract", 404),
    ("GET", "/ValueSet/$lookup", 404),
    ("GET", "/CodeSystem/expression/$lookup", 404),
    ("GET", "/CodeSystem/$expand", 404),
    ("DELETE", "/ValueSet/$expand", 405),
    ("GET", "/Patient/$course", 404),
    ("GET", "/Observation/p/$course", 404),
    ("POST", "/Patient/p/$course", 405),
    ("GET", "/Patient/p/$course?from=2026", 400),
    ("GET", "/Patient/a_b/$course", 404),
    ("GET", "/Patient/p/$", 404),
    # addresses of nothing
    ("GET", "/metadata/x", 404),
    ("POST", "/metadata", 405),
    ("PUT", "/metadata", 405),
    ("GET", "/metadata?nonsense=1", 400),
    ("GET", "/metadata?mode=terminology", 400),
    ("GET", "/Patient/p/q", 404),
    ("GET", "/Patient//p", 404),
    ("GET", "/%2F", 404),
    ("GET", "/Patient/p/_history/1/2", 404),
    ("GET", "/Bundle", 404),
    ("GET", "/SubscriptionTopic", 404),
    ("GET", "/Condition", 404),
    ("POST", "/AuditEvent", 405),
    ("PUT", "/Measure/p", 405),
    ("DELETE", "/StructureDefinition/p", 405),
    ("GET", "/.well-known/smart-configuration", 404),
    ("GET", "/Resource", 404),
    # parameters that nothing reads
    ("PUT", "/Patient/p?active=true", 400),
    ("PATCH", "/Patient/p?active=true", 400),
    ("DELETE", "/Patient/p?_cascade=delete", 400),
    ("POST", "/?_validate=true", 400),
    ("POST", "/Patient?active=true", 400),
)


@pytest.mark.parametrize(
    ("method", "path", "status"), NOT_OFFERED, ids=[f"{row[0]} {row[1]}" for row in NOT_OFFERED]
)
async def test_what_is_not_offered_is_refused(
    fhir: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    content = None if method in ("GET", "DELETE") else b'{"resourceType":"Patient","id":"p"}'
    answer = await fhir.request(method, path, content=content)
    assert answer.status_code == status, answer.text
    if status == 405:
        assert method not in answer.headers["allow"].split(", ")
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


ALLOWED = (
    ("/Patient/p/_history", "GET, HEAD"),
    ("/Patient/p/_history/1", "GET, HEAD"),
    ("/Patient/_history", "GET, HEAD"),
    ("/_history", "GET, HEAD"),
    ("/Patient/_search", "POST"),
    ("/Patient/p/$course", "GET, HEAD"),
    ("/ValueSet/$expand", "GET, HEAD, POST"),
    ("/Observation/$lastn", "GET, HEAD, POST"),
    ("/Observation/$stats", "GET, HEAD, POST"),
    ("/metadata", "GET, HEAD"),
    ("/Library", "GET, HEAD"),
    ("/Library/l", "GET, HEAD"),
    ("/", "GET, HEAD, POST"),
    ("/_search", "POST"),
    ("/Patient/p/Observation", "GET, HEAD"),
    ("/Patient/p/Observation/_search", "POST"),
    ("/Patient/p/*", "GET, HEAD"),
)


@pytest.mark.parametrize(("path", "allowed"), ALLOWED, ids=[row[0] for row in ALLOWED])
async def test_a_refused_method_is_told_which_ones_are_offered(
    fhir: httpx.AsyncClient, path: str, allowed: str
) -> None:
    answer = await fhir.patch(path, json=[])
    assert answer.status_code == 405
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed


@pytest.mark.parametrize("media_type", ["application/json-patch+json", "application/fhir+json"])
async def test_a_patch_is_refused_as_such_whatever_it_is_made_of(
    fhir: httpx.AsyncClient, media_type: str
) -> None:
    answer = await fhir.patch("/Library/d", content=b"[]", headers={"Content-Type": media_type})
    assert answer.status_code == 405
    assert said(answer) == "PATCH is not offered at Library/{id}."


async def test_where_clients_write_all_methods_are_told(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post("/Patient/p", json=patient())
    assert answer.headers["allow"] == "GET, PUT, PATCH, DELETE, HEAD"


@pytest.mark.parametrize("path", ["/", ""])
async def test_the_base_has_no_need_of_a_slash(fhir: httpx.AsyncClient, path: str) -> None:
    answer = await fhir.post(path, json={"resourceType": "Bundle", "type": "batch"})
    assert answer.status_code == 200


async def test_a_slash_at_the_end_changes_nothing(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.get("/Patient/")).status_code == 200
    assert (await fhir.get("/metadata/")).status_code == 200


async def test_a_lenient_client_may_send_parameters_that_nothing_reads(
    fhir: httpx.AsyncClient,
) -> None:
    lenient = prefer("handling=lenient")
    for path in ("/metadata?x=1", "/Patient/p?x=1", "/Patient/p/$course?x=1"):
        await fhir.put("/Patient/p", json=patient(id="p"))
        assert (await fhir.get(path, headers=lenient)).status_code == 200
