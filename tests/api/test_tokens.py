"""1: no request reaches a record without the one token in the one header."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from service.store.cluster import Cluster
from tests.api.auth.secured import Secured, secured

PLACES = (
    ("GET", ""), ("POST", ""), ("GET", "/"), ("GET", "/Patient"), ("GET", "/Patient/p"),
    ("PUT", "/Patient/p"), ("POST", "/Patient"), ("PATCH", "/Patient/p"), ("DELETE", "/Patient/p"),
    ("HEAD", "/Patient/p"), ("GET", "/Patient/p/_history/1"), ("GET", "/_history"),
    ("POST", "/Patient/_search"), ("GET", "/Patient/p/$course"), ("GET", "/Observation/$lastn"),
    ("GET", "/CodeSystem"), ("GET", "/Banana"), ("GET", "/metadata/x"), ("GET", "/metadata//"),
    ("GET", "//metadata"), ("GET", "/Metadata"), ("POST", "/metadata"), ("PUT", "/metadata"),
    ("DELETE", "/metadata"), ("GET", "/.well-known/other"),
)  # fmt: skip


@pytest.fixture
async def site(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Secured]:
    async with secured(cluster, tmp_path) as stands:
        yield stands


def refused(answer: httpx.Response, fault: str | None) -> None:
    assert answer.status_code == 401, answer.request.url
    said = "" if fault is None else f', error="{fault}"'
    assert answer.headers["www-authenticate"] == f'Bearer realm="fhir"{said}'
    if answer.request.method != "HEAD":
        (issue,) = answer.json()["issue"]
        assert issue["code"] == "login"


async def test_1_without_a_token_every_address_is_401_but_those_that_tell_of_the_server(
    site: Secured,
) -> None:
    for method, place in PLACES:
        sent = {"json": {"resourceType": "Patient"}} if method in ("POST", "PUT") else {}
        url = f"http://clinic.test/fhir{place}"
        refused(await site.client.request(method, url, **sent), None)
    for place in (
        "/fhir/metadata",
        "/fhir/metadata/",
        "/fhir/.well-known/smart-configuration",
        "/openapi.json",
        "/livez",
        "/readyz",
    ):
        assert (await site.client.get(f"http://clinic.test{place}")).status_code == 200
    assert not site.authority.asked


async def test_a_token_opens_what_it_is_for(site: Secured) -> None:
    header = site.bearer()
    made = await site.client.put(
        "/Patient/p", json={"resourceType": "Patient", "id": "p"}, headers=header
    )
    assert made.status_code == 201
    assert (await site.client.get("/Patient/p", headers=header)).status_code == 200
    assert site.authority.asked == {"/keys": 1}


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("Basic dTpw", None),
        ("Digest username=x", None),
        ("Bearer", "invalid_request"),
        ("Bearer ", "invalid_request"),
        ("Bearer a b", "invalid_request"),
        ("Bearer a,b", "invalid_request"),
        ("Bearer a, Bearer b", "invalid_request"),
        ("Bearer \x01", "invalid_request"),
        ("Bearer é".encode("latin-1").decode("latin-1"), "invalid_request"),
        ("Bearer " + "a" * 16_385, "invalid_request"),
        ("Bearer " + "a" * 1_000_000, "invalid_request"),
        ("Bearer ==", "invalid_request"),
        ("bearer nonsense", "invalid_token"),
        ("Bearer a.b.c", "invalid_token"),
        ("Bearer ....", "invalid_token"),
        ("BearerToken x", None),
        ("Token x", None),
        ("", None),
        ("x", None),
    ],
    ids=range(19),
)
async def test_1_a_header_that_holds_no_token_is_401(
    site: Secured, header: str, fault: str | None
) -> None:
    sent = [(b"Authorization", header.encode("latin-1"))]
    refused(await site.client.get("/Patient", headers=sent), fault)


async def test_1_two_authorization_headers_are_401_also_where_each_would_do(site: Secured) -> None:
    good = site.bearer()["Authorization"]
    for other in (good, "Bearer x", "Basic dTpw", ""):
        for both in ((good, other), (other, good)):
            headers = [("Authorization", value) for value in both]
            refused(await site.client.get("/Patient", headers=headers), "invalid_request")


async def test_1_a_token_in_the_query_is_401_also_beside_a_good_one(site: Secured) -> None:
    good = site.bearer()
    token = good["Authorization"].removeprefix("Bearer ")
    for query in (f"access_token={token}", "access_token=", f"_id=a&access%5Ftoken={token}"):
        for headers in ({}, good):
            refused(await site.client.get(f"/Patient?{query}", headers=headers), "invalid_request")
    form = {"access_token": token}
    refused(await site.client.post("/Patient/_search", data=form), None)


async def test_1_the_refusal_of_a_token_repeats_nothing_of_it(site: Secured) -> None:
    for secret in ("canary", "canary.canary.canary"):
        answer = await site.client.get("/Patient", headers={"Authorization": f"Bearer {secret}"})
        refused(answer, "invalid_token")
        assert "canary" not in answer.text
        assert "canary" not in str(answer.headers)


async def test_6_a_token_that_has_expired_is_401_over_http(site: Secured) -> None:
    refused(await site.client.get("/Patient", headers=site.bearer(exp=1)), "invalid_token")


async def test_10_keys_that_cannot_be_had_are_503_over_http(site: Secured) -> None:
    site.authority.status = 500
    answer = await site.client.get("/Patient", headers=site.bearer())
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_a_body_is_not_read_before_its_sender_is_known(site: Secured) -> None:
    async def endless() -> AsyncIterator[bytes]:
        raise AssertionError("The body is asked for.")
        yield b""

    headers = {"Content-Type": "application/fhir+json"}
    answer = await site.client.post("/Patient", content=endless(), headers=headers)
    refused(answer, None)


async def test_where_no_issuer_is_trusted_nobody_is_asked(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.get("/Patient")).status_code == 200
    ignored = {"Authorization": "Bearer nonsense"}
    assert (await fhir.get("/Patient", headers=ignored)).status_code == 200
