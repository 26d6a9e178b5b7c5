"""The doors beside FHIR, and addresses at which there is none."""

import httpx
import pytest

SITE = "http://clinic.test"


async def test_a_process_that_answers_is_alive_and_ready(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.get(f"{SITE}/livez")).json() == {"status": "alive"}
    assert (await fhir.get(f"{SITE}/readyz")).json() == {"status": "ready"}
    assert (await fhir.head(f"{SITE}/livez")).status_code == 200


async def test_the_document_is_served(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.get(f"{SITE}/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert "/fhir/Patient/{id}" in answer.json()["paths"]


@pytest.mark.parametrize("path", ["/", "/Patient", "/fhirx", "/fhi", "/docs", "/redoc", "/livez/"])
async def test_elsewhere_there_is_nothing(fhir: httpx.AsyncClient, path: str) -> None:
    answer = await fhir.get(f"{SITE}{path}")
    assert answer.status_code == 404
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PROPFIND", "FOO"])
async def test_a_method_that_nobody_offers_is_refused(fhir: httpx.AsyncClient, method: str) -> None:
    for path in ("/fhir", "/fhir/Patient", "/livez"):
        answer = await fhir.request(method, f"{SITE}{path}")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"].split(", ")
        assert method not in answer.text
