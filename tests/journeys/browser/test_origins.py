"""What the script of a page can send and read, as a browser lets it.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.api.auth.authority import authority
from tests.faults.assailed import issuer_lines, trusting
from tests.faults.forgery import PUBLISHED, TENANT, Forge
from tests.faults.served import served
from tests.journeys.browser.chromium import Application, Json, application

FHIR_JSON = "application/fhir+json"
ANNA, BERTA = "urn:x|anna", "urn:x|berta"


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """A server that names the origin of one of two applications."""

    fhir: str
    token: str
    of_silent: str
    """A token of an issuer that does not answer."""
    named: Application
    other: Application

    def sent(
        self, method: str, place: str, body: Json | None = None, **headers: str
    ) -> tuple[str, Json]:
        """A step of a page: with the token, unless it sends another or none."""
        said = {"authorization": f"Bearer {self.token}"} | headers
        if body is not None:
            said |= {"content-type": FHIR_JSON}
        said = {name.replace("_", "-"): value for name, value in said.items() if value}
        init: Json = {"method": method, "headers": said}
        return f"{self.fhir}{place}", init if body is None else init | {"body": json.dumps(body)}


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    with application() as named, application() as other:
        async with authority(PUBLISHED) as issuer, authority(PUBLISHED) as silent:
            silent.status = 500
            tables = [issuer_lines(each.url, tenant=str(TENANT)) for each in (issuer, silent)]
            settings = (*trusting(tmp_path, *tables), f"ATTUNE_CORS_ORIGINS={named.origin}")
            with served(tmp_path / "data", settings) as server:
                yield Clinic(
                    fhir=server.fhir,
                    token=Forge(issuer=issuer.url, other="", listener="").token(),
                    of_silent=Forge(issuer=silent.url, other="", listener="").token(),
                    named=named,
                    other=other,
                )


def patient(identifier: str, **more: str) -> Json:
    system, _, value = identifier.partition("|")
    return {"resourceType": "Patient", "identifier": [{"system": system, "value": value}]} | more


def steps(clinic: Clinic) -> list[tuple[str, Json]]:
    """As an application works: it looks around, writes, corrects, and is refused."""
    once = {"prefer": "return=representation", "if_none_exist": f"identifier={ANNA}"}
    sent = clinic.sent
    form = {"content_type": "application/x-www-form-urlencoded", "x_request_id": "a-1"}
    search = sent("POST", "/Patient/_search", **form)
    return [
        sent("GET", "/.well-known/smart-configuration", authorization=""),
        sent("GET", "/Patient"),
        sent("POST", "/Patient", patient(ANNA), **once),
        sent("POST", "/Patient", patient(ANNA), **once),
        sent("PUT", "/Patient/b", patient(BERTA, id="b")),
        sent("PUT", "/Patient/b", patient(BERTA, id="b"), if_match='W/"7"'),
        sent("GET", "/Patient/b", if_none_match='W/"1"'),
        (search[0], search[1] | {"body": f"identifier={BERTA}"}),
        sent("HEAD", "/Patient/b"),
        sent("PUT", "/metadata", {}),
        sent("GET", "/Patient", authorization=""),
        sent("GET", "/Patient", authorization="Bearer a.b.c"),
        sent("GET", "/Patient", authorization=f"Bearer {clinic.of_silent}"),
        sent("DELETE", "/Patient/b"),
    ]


async def test_the_page_of_a_named_origin_reads_status_body_and_headers(
    clinic: Clinic, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    told = await asyncio.to_thread(clinic.named.opened, profile, *steps(clinic))
    assert [each.get("status", each) for each in told] == [
        200, 200, 201, 200, 201, 412, 304, 200, 200, 405, 401, 401, 503, 204,
    ]  # fmt: skip
    assert {each["type"] for each in told} == {"cors"}
    _, found, made, again, put, stale, same, searched, headed, nowhere, nobody, forged, later, _ = (
        told
    )
    assert json.loads(found["body"])["total"] == 0
    assert made["headers"]["etag"] == 'W/"1"'
    place = re.escape(f"{clinic.fhir}/Patient/") + r"[A-Za-z0-9.-]+/_history/1"
    assert re.fullmatch(place, made["headers"]["location"])
    assert made["headers"]["last-modified"].endswith("GMT")
    created = json.loads(made["body"])
    assert created["identifier"] == [{"system": "urn:x", "value": "anna"}]
    assert again["headers"]["location"] == made["headers"]["location"]
    assert json.loads(again["body"]) == created
    assert put["headers"]["location"] == f"{clinic.fhir}/Patient/b/_history/1"
    assert json.loads(stale["body"])["resourceType"] == "OperationOutcome"
    assert (same["headers"]["etag"], same["body"]) == ('W/"1"', "")
    assert json.loads(searched["body"])["total"] == 1
    assert (headed["headers"]["etag"], headed["body"]) == ('W/"1"', "")
    assert nowhere["headers"]["allow"] == "GET, HEAD"
    assert nobody["headers"]["www-authenticate"] == 'Bearer realm="fhir"'
    assert json.loads(nobody["body"])["issue"][0]["code"] == "login"
    assert forged["headers"]["www-authenticate"] == 'Bearer realm="fhir", error="invalid_token"'
    assert later["headers"]["retry-after"] == "1"


async def test_the_page_of_another_origin_reads_nothing_and_writes_nothing(
    clinic: Clinic, tmp_path: Path
) -> None:
    """Not even what needs no token, and what a browser sends without asking first."""
    profile = tmp_path / "profile"
    profile.mkdir()
    plain = (f"{clinic.fhir}/metadata", {})
    told = await asyncio.to_thread(clinic.other.opened, profile, *steps(clinic), plain)
    assert [each.get("error", each) for each in told] == ["TypeError"] * len(told)
    async with httpx.AsyncClient(base_url=clinic.fhir) as client:
        bearer = {"Authorization": f"Bearer {clinic.token}"}
        assert (await client.get("/Patient", headers=bearer)).json()["total"] == 0
