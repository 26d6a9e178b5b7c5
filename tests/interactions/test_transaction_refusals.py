"""Transactions of which nothing happens. http://hl7.org/fhir/R4/http.html#trules"""

from typing import Any

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.interactions.sent import (
    batch,
    bundle,
    count,
    delete,
    entry,
    get,
    issue,
    patient,
    post,
    put,
    transaction,
    weight,
)

ADA = "urn:uuid:00000000-0000-4000-8000-00000000000a"


BAD: tuple[tuple[str, dict[str, Any], int, str | None], ...] = (
    ("an invalid resource", post(patient(gender="x")), 422, "Bundle.entry[1].resource.gender"),
    ("a dangling reference", post(weight("Patient/none")), 422,
     "Bundle.entry[1].resource.subject.reference"),
    ("another type", entry("POST", "Practitioner", patient()), 400, "Bundle.entry[1]"),
    ("no type at all", entry("POST", "Patient", {"active": True}), 400, "Bundle.entry[1]"),
    ("an empty resource", entry("POST", "Patient", {}), 400, "Bundle.entry[1]"),
    ("no resource", entry("POST", "Patient"), 400, "Bundle.entry[1].resource"),
    ("a resource that is none", {"request": {"method": "POST", "url": "Patient"}, "resource": "x"},
     400, "Bundle.entry[1].resource"),
    ("no request", {"resource": patient()}, 400, "Bundle.entry[1].request"),
    ("no entry", "nonsense", 400, "Bundle.entry[1].request"),
    ("no method", {"request": {"url": "Patient"}}, 400, "Bundle.entry[1].request.method"),
    ("no such method", entry("FETCH", "Patient"), 400, "Bundle.entry[1].request.method"),
    ("no url", {"request": {"method": "GET"}}, 400, "Bundle.entry[1].request.url"),
    ("no URL at all", entry("GET", "http://[x"), 400, "Bundle.entry[1].request.url"),
    ("another server", get("http://a.example/fhir/Patient/1"), 400, "Bundle.entry[1].request.url"),
    ("a network path", get("//a.example/Patient/1"), 400, "Bundle.entry[1].request.url"),
    ("a condition that is no text", entry("POST", "Patient", patient(), ifNoneExist={"a": 1}), 400,
     "Bundle.entry[1].request.ifNoneExist"),
    ("a version that is no text", entry("DELETE", "Patient/1", ifMatch=1), 400,
     "Bundle.entry[1].request.ifMatch"),
    ("the id of another", entry("PUT", "Patient/a", patient(id="b")), 400,
     "Bundle.entry[1].resource.id"),
    ("an id that is none", entry("PUT", "Patient/a_b", patient(id="a_b")), 400, "Bundle.entry[1]"),
    ("a type that is not taken here", post({"resourceType": "Condition"}), 404, "Bundle.entry[1]"),
    ("no type", post({"resourceType": "Banana"}), 404, "Bundle.entry[1]"),
    ("a bundle", entry("POST", "", bundle("batch")), 400, "Bundle.entry[1]"),
    ("a bundle as a resource", post(bundle("batch")), 404, "Bundle.entry[1]"),
    ("a patch without one", entry("PATCH", "Patient/1"), 400, "Bundle.entry[1].resource"),
    ("an update of a whole type", entry("PUT", "Patient", patient()), 400, "Bundle.entry[1]"),
    ("a deletion of a whole type", delete("Patient"), 400, "Bundle.entry[1]"),
    ("an update of many", entry("PUT", "Patient?family=doe", patient()), 412, "Bundle.entry[1]"),
    ("a deletion of many", delete("Patient?family=doe"), 412, "Bundle.entry[1]"),
    ("a deletion by a condition that is none", delete("Patient?nonsense=1"), 400,
     "Bundle.entry[1]"),
    ("a read-only type", post({"resourceType": "Library"}), 405, "Bundle.entry[1]"),
    ("metadata", get("metadata"), 400, "Bundle.entry[1]"),
    ("an operation", get("Patient/$nonsense"), 404, "Bundle.entry[1]"),
    ("a search that cannot be", get("Patient?nonsense=1"), 400, "Bundle.entry[1]"),
    ("a read of nothing", get("Patient/none"), 404, "Bundle.entry[1]"),
    ("a stale version", put(patient(id="there"), ifMatch='W/"7"'), 412, None),
    ("a stale version to delete", delete("Patient/there", ifMatch='W/"7"'), 412, None),
    ("an If-Match that is none", put(patient(id="there"), ifMatch="1"), 400, "Bundle.entry[1]"),
    ("the same again", put(patient(id="made")), 400, "Bundle.entry[1]"),
    ("a deletion of what is written", delete("Patient/made"), 400, None),
    ("a deletion of what is deleted", delete("Patient/twin"), 400, None),
    ("a condition without parameters", post(patient(), ifNoneExist="_count=1"), 400,
     "Bundle.entry[1]"),
    ("an empty condition", post(patient(), ifNoneExist=""), 400, "Bundle.entry[1]"),
    ("an unknown condition", post(patient(), ifNoneExist="nonsense=1"), 400, "Bundle.entry[1]"),
    ("a condition that is no query", post(patient(), ifNoneExist="family=%FF"), 400,
     "Bundle.entry[1]"),
    ("an If-Match that is none, to delete", delete("Patient/there", ifMatch="1"), 400,
     "Bundle.entry[1]"),
    ("a condition on many", post(patient(), ifNoneExist="family=doe"), 412, "Bundle.entry[1]"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "status", "expression"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_21_one_bad_entry_undoes_all_and_is_named(
    fhir: httpx.AsyncClient, bad: dict[str, Any], status: int, expression: str | None
) -> None:
    for name in ("there", "twin", "triplet"):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
    answer = await fhir.post(
        "", json=transaction(put(patient(id="made")), bad, delete("Patient/twin"))
    )
    assert answer.status_code == status, answer.text
    if expression is not None:
        assert expression in issue(answer)[1]
    assert (await fhir.get("/Patient/made")).status_code == 404
    assert await count(fhir, "/Patient") == 3


async def test_all_that_is_wrong_is_said_in_one_outcome(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post(
        "", json=transaction(post(patient(gender="x")), post(patient()), post(weight(status="y")))
    )
    assert answer.status_code == 422
    paths = [path for each in answer.json()["issue"] for path in each["expression"]]
    assert paths == ["Bundle.entry[0].resource.gender", "Bundle.entry[2].resource.status"]


async def test_21_a_full_url_stands_for_one_entry(fhir: httpx.AsyncClient) -> None:
    for kind in (transaction, batch):
        answer = await fhir.post("", json=kind(post(patient(), ADA), post(patient(), ADA)))
        assert answer.status_code == 400
        assert issue(answer) == ("invalid", ["Bundle.entry[1].fullUrl"])
    assert await count(fhir, "/Patient") == 0


@pytest.mark.parametrize(
    "sent",
    [
        *(bundle(kind) for kind in ("searchset", "history", "collection", "document", "message",
                                    "transaction-response", "batch-response", "nonsense")),
        {"resourceType": "Bundle"},
        {"resourceType": "Bundle", "type": ["transaction"]},
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        {"resourceType": "Bundle", "type": "batch", "entry": "x"},
        patient(),
        {},
        [],
    ],
    ids=str,
)  # fmt: skip
async def test_21_what_is_no_bundle_of_requests_is_refused(
    fhir: httpx.AsyncClient, sent: Any
) -> None:
    answer = await fhir.post("", json=sent)
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", [transaction, batch])
async def test_21_more_entries_than_the_site_allows_are_refused(
    cluster: Cluster, kind: Any
) -> None:
    async with door(cluster, bundle_limit_entries=3) as fhir:
        assert (await fhir.post("", json=kind(*[post(patient())] * 3))).status_code == 200
        answer = await fhir.post("", json=kind(*[post(patient())] * 4))
        assert answer.status_code == 413
        assert issue(answer) == ("too-long", ["Bundle.entry"])
        assert await count(fhir, "/Patient") == 3
