"""PATCH [base]/[type]/[id]. http://hl7.org/fhir/R4/http.html#patch"""

from typing import Any

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.interactions.sent import (
    Json,
    batch,
    binary,
    count,
    created,
    delete,
    get,
    identified,
    issue,
    parameters,
    patch,
    patient,
    places,
    post,
    practitioner,
    prefer,
    put,
    replies,
    said,
    statuses,
    transaction,
    weight,
)

JSON_PATCH = {"Content-Type": "application/json-patch+json"}
FHIR_JSON = {"Content-Type": "application/fhir+json"}
FEMALE = [{"op": "add", "path": "/gender", "value": "female"}]
ADD_FEMALE: Json = {
    "type": "add", "path": "Patient", "name": "gender", "value": {"valueCode": "female"}
}  # fmt: skip
ADA = "urn:uuid:00000000-0000-4000-8000-00000000000a"

WAYS = (
    ("JSON Patch", FEMALE, JSON_PATCH),
    ("JSON Patch as FHIR", FEMALE, FHIR_JSON),
    ("JSON Patch as JSON", FEMALE, {"Content-Type": "application/json"}),
    ("JSON Patch without a type", FEMALE, {"Content-Type": ""}),
    ("JSON Patch in UTF-8", FEMALE, {"Content-Type": "Application/JSON-Patch+JSON; charset=utf-8"}),
    ("FHIRPath Patch", parameters(ADD_FEMALE), FHIR_JSON),
    ("FHIRPath Patch as JSON", parameters(ADD_FEMALE), {"Content-Type": "application/json"}),
)


@pytest.mark.parametrize(
    ("document", "headers"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS]
)
async def test_a_patch_makes_the_next_version(
    fhir: httpx.AsyncClient, document: Any, headers: dict[str, str]
) -> None:
    before = await created(fhir, patient(active=True))
    place = f"/Patient/{before['id']}"
    answer = await fhir.patch(place, json=document, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["location"] == f"http://clinic.test/fhir{place}/_history/2"
    after = answer.json()
    assert after["meta"]["lastUpdated"] > before["meta"]["lastUpdated"]
    assert answer.headers["last-modified"]
    assert after == before | {"gender": "female", "meta": after["meta"]}
    assert (await fhir.get(place)).json() == after
    assert (await fhir.get(f"{place}/_history/1")).json() == before
    assert await count(fhir, "/Patient?gender=female") == 1


@pytest.mark.parametrize(
    "media_type",
    ["application/xml-patch+xml", "application/merge-patch+json", "application/fhir+xml",
     "text/plain", "application/x-www-form-urlencoded"],
)  # fmt: skip
async def test_another_kind_of_patch_is_not_taken(fhir: httpx.AsyncClient, media_type: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.patch("/Patient/p", json=FEMALE, headers={"Content-Type": media_type})
    assert answer.status_code == 415
    assert said(answer) == (
        "The body must be application/fhir+json or application/json-patch+json."
    )


MALFORMED: tuple[tuple[str, bytes, dict[str, str]], ...] = (
    ("nothing", b"", FHIR_JSON),
    ("no JSON", b"[", JSON_PATCH),
    ("a member twice", b'[{"op":"remove","op":"add","path":"/active"}]', JSON_PATCH),
    ("65 deep", b"[" * 65 + b"]" * 65, JSON_PATCH),
    ("a resource that is none of Parameters", b'{"resourceType":"Patient"}', FHIR_JSON),
    ("a Binary by HTTP", b'{"resourceType":"Binary"}', FHIR_JSON),
    ("text", b'"x"', FHIR_JSON),
    ("null", b"null", FHIR_JSON),
    ("Parameters as JSON Patch", b'{"resourceType":"Parameters"}', JSON_PATCH),
    ("an operation without a path", b'[{"op":"remove"}]', FHIR_JSON),
    ("an operation that is none", b'[{"op":"merge","path":"/active"}]', JSON_PATCH),
    ("a parameter that is none", b'{"resourceType":"Parameters","parameter":[5]}', FHIR_JSON),
)


@pytest.mark.parametrize(
    ("body", "headers"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
async def test_what_is_no_patch_is_refused(
    fhir: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", active=True))
    answer = await fhir.patch("/Patient/p", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


REFUSED: tuple[tuple[str, Any, int], ...] = (
    ("a test that fails", [{"op": "test", "path": "/active", "value": False}, *FEMALE], 409),
    ("a test of what is not there", [{"op": "test", "path": "/gender", "value": "male"}], 409),
    ("a path that is not there", [*FEMALE, {"op": "remove", "path": "/photo"}], 422),
    ("an element that is not there",
     parameters(
         ADD_FEMALE, {"type": "replace", "path": "Patient.photo", "value": {"valueCode": "x"}}
     ), 422),
    ("another id", [{"op": "replace", "path": "/id", "value": "q"}], 422),
    ("no id", [{"op": "remove", "path": "/id"}], 422),
    ("another type", [{"op": "replace", "path": "/resourceType", "value": "Practitioner"}], 422),
    ("another resource",
     [{"op": "replace", "path": "", "value": {"resourceType": "Practitioner", "id": "p"}}], 422),
    ("no resource", [{"op": "replace", "path": "", "value": 5}], 422),
    ("another id by FHIRPath",
     parameters({"type": "replace", "path": "Patient.id", "value": {"valueId": "q"}}), 422),
    ("a code that is none", [{"op": "add", "path": "/gender", "value": "x"}], 422),
    ("an element that R4 does not have", [{"op": "add", "path": "/nonsense", "value": 1}], 422),
    ("an empty list", [{"op": "add", "path": "/name", "value": []}], 422),
    ("a dangling reference",
     [{"op": "add", "path": "/generalPractitioner", "value": [{"reference": "Practitioner/none"}]}],
     422),
    ("what is too deep to be sent",
     [{"op": "add", "path": "/extension", "value": [{"url": "http://a.example"}]},
      *({"op": "add", "path": "/extension" + "/0/extension" * n,
         "value": [{"url": "http://a.example"}]} for n in range(1, 33))], 422),
)  # fmt: skip


@pytest.mark.parametrize(
    ("document", "status"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_a_patch_that_cannot_be_applied_changes_nothing(
    fhir: httpx.AsyncClient, document: Any, status: int
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", active=True))
    before = (await fhir.get("/Patient/p")).json()
    answer = await fhir.patch("/Patient/p", json=document)
    assert answer.status_code == status, answer.text
    assert (await fhir.get("/Patient/p")).json() == before


async def test_what_is_wrong_in_the_result_is_named(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    wrong = [{"op": "add", "path": "/gender", "value": "x"}]
    assert issue(await fhir.patch("/Patient/p", json=wrong)) == ("code-invalid", ["Patient.gender"])
    failing = parameters(ADD_FEMALE, ADD_FEMALE)
    answer = await fhir.patch("/Patient/p", json=failing)
    assert issue(answer) == ("processing", ["Parameters.parameter[1]"])


@pytest.mark.parametrize(
    ("tag", "status"), [('W/"2"', 200), ('"2"', 200), ('W/"1"', 412), ('"x"', 412), ("2", 400)]
)
async def test_only_the_version_that_if_match_names_is_patched(
    fhir: httpx.AsyncClient, tag: str, status: int
) -> None:
    """What the patch would do to another version is not even looked at."""
    for _ in range(2):
        await fhir.put("/Patient/p", json=patient(id="p"))
    for document in (FEMALE, [{"op": "test", "path": "/active", "value": True}]):
        answer = await fhir.patch("/Patient/p", json=document, headers={"If-Match": tag})
        if document is FEMALE or status != 200:
            assert answer.status_code == status
    etag = (await fhir.get("/Patient/p")).headers["etag"]
    assert etag == ('W/"3"' if status == 200 else 'W/"2"')


async def test_what_is_not_there_is_not_patched(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.patch("/Patient/p", json=FEMALE)).status_code == 404
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.delete("/Patient/p")
    assert (await fhir.patch("/Patient/p", json=FEMALE)).status_code == 410
    assert (await fhir.get("/Patient/p")).status_code == 410


async def test_a_patch_that_changes_nothing_is_a_version_too(fhir: httpx.AsyncClient) -> None:
    """As an update with the same body is."""
    await fhir.put("/Patient/p", json=patient(id="p"))
    for number, document in enumerate(([], parameters()), 2):
        answer = await fhir.patch("/Patient/p", json=document)
        assert answer.headers["etag"] == f'W/"{number}"'
        assert answer.json()["name"] == patient()["name"]


async def test_version_and_time_are_not_patched(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", meta={"tag": [{"code": "t"}]}))
    answer = await fhir.patch(
        "/Patient/p",
        json=[
            {"op": "test", "path": "/meta/versionId", "value": "1"},
            {"op": "replace", "path": "/meta/versionId", "value": "41"},
            {"op": "replace", "path": "/meta/lastUpdated", "value": "1999-01-01T00:00:00Z"},
            {"op": "add", "path": "/meta/tag/-", "value": {"code": "u"}},
        ],
    )
    meta = answer.json()["meta"]
    assert meta["versionId"] == "2"
    assert not meta["lastUpdated"].startswith("1999")
    assert meta["tag"] == [{"code": "t"}, {"code": "u"}]


async def test_numbers_keep_their_letters(fhir: httpx.AsyncClient) -> None:
    sent = b'{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},'
    sent += b'"valueQuantity":{"value":1.50},"note":[{"text":"a"}]}'
    await fhir.put("/Observation/o", content=sent)
    operations = b'[{"op":"test","path":"/valueQuantity/value","value":1.5},'
    operations += b'{"op":"add","path":"/referenceRange","value":[{"low":{"value":0.10}}]}]'
    answer = await fhir.patch("/Observation/o", content=operations, headers=JSON_PATCH)
    assert answer.status_code == 200
    assert b'"value":1.50' in answer.content
    assert b'"low":{"value":0.10}' in answer.content


async def test_the_client_chooses_what_a_patch_answers_with(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    minimal = await fhir.patch("/Patient/p", json=[], headers=prefer("return=minimal"))
    assert (minimal.status_code, minimal.content) == (200, b"")
    assert minimal.headers["etag"] == 'W/"2"'
    told = await fhir.patch("/Patient/p", json=[], headers=prefer("return=OperationOutcome"))
    assert said(told) == "Patient/p is stored as version 3."
    whole = await fhir.patch("/Patient/p", json=[], headers=prefer("return=representation"))
    assert whole.json()["meta"]["versionId"] == "4"


async def test_a_patch_asks_only_of_what_it_says_whether_it_resolves(
    fhir: httpx.AsyncClient,
) -> None:
    """Deleting is always allowed, and must not make the rest unchangeable."""
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/Observation/o", json=weight("Patient/p", id="o"))
    await fhir.delete("/Patient/p")
    wrong = [{"op": "replace", "path": "/status", "value": "entered-in-error"}]
    answer = await fhir.patch("/Observation/o", json=wrong)
    assert (answer.status_code, answer.json()["status"]) == (200, "entered-in-error")
    again = await fhir.post("", json=transaction(patch("Observation/o", binary(*wrong))))
    assert statuses(again) == ["200"]
    other = [{"op": "replace", "path": "/subject/reference", "value": "Patient/q"}]
    refused = await fhir.patch("/Observation/o", json=other)
    assert issue(refused) == ("not-found", ["Observation.subject.reference"])


async def test_a_resource_does_not_grow_beyond_what_could_be_sent(cluster: Cluster) -> None:
    """1,024 bytes are allowed."""
    async with door(cluster, body_limit_bytes=1024) as fhir:
        await fhir.put("/Patient/p", json=patient(id="p"))
        name = [{"op": "add", "path": "/name/-", "value": {"text": "a" * 200}}]
        answers = [await fhir.patch("/Patient/p", json=name) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 413, 413]
        assert issue(answers[-1])[0] == "too-long"
        assert len((await fhir.get("/Patient/p")).content) < 1024


CRITERIA = "identifier=http://clinic.example/mrn|1"


async def test_the_one_resource_that_meets_a_condition_is_patched(
    fhir: httpx.AsyncClient,
) -> None:
    for value in ("1", "2"):
        await fhir.put(
            f"/Patient/p{value}", json=patient(id=f"p{value}", identifier=identified(value))
        )
    for document in ([], parameters(ADD_FEMALE)):
        answer = await fhir.patch(f"/Patient?{CRITERIA}", json=document)
        assert answer.status_code == 200
    assert answer.headers["location"] == "http://clinic.test/fhir/Patient/p1/_history/3"
    assert (await fhir.get("/Patient/p1")).json()["gender"] == "female"
    assert "gender" not in (await fhir.get("/Patient/p2")).json()
    stale = await fhir.patch(f"/Patient?{CRITERIA}", json=[], headers={"If-Match": 'W/"2"'})
    assert stale.status_code == 412
    fresh = await fhir.patch(f"/Patient?{CRITERIA}", json=[], headers={"If-Match": 'W/"3"'})
    assert fresh.status_code == 200


async def test_where_none_or_many_meet_it_nothing_is_patched(fhir: httpx.AsyncClient) -> None:
    none = await fhir.patch(f"/Patient?{CRITERIA}", json=FEMALE)
    assert (none.status_code, said(none)) == (404, "No Patient meets the condition.")
    for _ in range(2):
        await created(fhir, patient(identifier=identified("1")))
    many = await fhir.patch(f"/Patient?{CRITERIA}", json=FEMALE)
    assert many.status_code == 412
    assert issue(many)[0] == "multiple-matches"
    assert await count(fhir, "/Patient?gender=female") == 0


@pytest.mark.parametrize("kind", [transaction, batch])
async def test_an_entry_patches_like_a_request(fhir: httpx.AsyncClient, kind: Any) -> None:
    for name in "abc":
        await fhir.put(f"/Patient/{name}", json=patient(id=name, identifier=identified(name)))
    answer = await fhir.post(
        "",
        json=kind(
            patch("Patient/a", binary(*FEMALE), ifMatch='W/"1"'),
            patch("Patient/b", parameters(ADD_FEMALE)),
            patch("Patient?identifier=c", parameters(ADD_FEMALE)),
        ),
        headers=prefer("return=representation"),
    )
    assert statuses(answer) == ["200", "200", "200"]
    assert places(answer) == ["Patient/a", "Patient/b", "Patient/c"]
    for entry in answer.json()["entry"]:
        assert entry["response"]["etag"] == 'W/"2"'
        assert entry["resource"]["gender"] == "female"


async def test_a_binary_with_line_breaks_is_read(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    document = binary(*FEMALE)
    document["data"] = document["data"][:10] + "\r\n " + document["data"][10:]
    assert statuses(await fhir.post("", json=batch(patch("Patient/p", document)))) == ["200"]


BAD_ENTRIES: tuple[tuple[str, Json, int, str], ...] = (
    ("no patch", patch("Patient/p", patient()), 400, ""),
    ("a Binary of another kind",
     patch("Patient/p", binary() | {"contentType": "application/json"}), 415,
     ".resource.contentType"),
    ("a Binary of no kind", patch("Patient/p", {"resourceType": "Binary"}), 415,
     ".resource.contentType"),
    ("no base64", patch("Patient/p", binary() | {"data": "*"}), 400, ".resource.data"),
    ("cut base64", patch("Patient/p", binary() | {"data": "W10"}), 400, ".resource.data"),
    ("no data", patch("Patient/p", {k: v for k, v in binary().items() if k != "data"}), 400, ""),
    ("no JSON", patch("Patient/p", binary() | {"data": "Ww=="}), 400, ""),
    ("no JSON Patch", patch("Patient/p", binary() | {"data": "e30="}), 400, ""),
    ("a test that fails",
     patch("Patient/p", binary({"op": "test", "path": "/active", "value": 1})), 409, ""),
    ("a path that is not there",
     patch("Patient/p", binary({"op": "remove", "path": "/photo"})), 422, ""),
    ("an operation that does not fit",
     patch("Patient/p", parameters(
         {"type": "replace", "path": "Patient.photo", "value": {"valueCode": "x"}})), 422,
     ".resource.parameter[0]"),
    ("an invalid result",
     patch("Patient/p", binary({"op": "add", "path": "/gender", "value": "x"})), 422,
     ".resource.gender"),
    ("a stale version", patch("Patient/p", binary(), ifMatch='W/"2"'), 412, ""),
    ("what is not there", patch("Patient/none", binary()), 404, ""),
    ("what is deleted", patch("Patient/gone", binary()), 410, ""),
    ("a condition on none", patch("Patient?active=true", binary()), 404, ""),
    ("a condition on many", patch("Patient?family=doe", binary()), 412, ""),
    ("no condition", patch("Patient", binary()), 400, ""),
    ("a type that clients do not write", patch("Library/d", binary()), 405, ""),
)  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "status", "below"),
    [row[1:] for row in BAD_ENTRIES],
    ids=[row[0] for row in BAD_ENTRIES],
)
async def test_an_entry_that_cannot_be_applied_is_named_and_undoes_a_transaction(
    fhir: httpx.AsyncClient, bad: Json, status: int, below: str
) -> None:
    for name in ("p", "twin", "gone"):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
    await fhir.delete("/Patient/gone")
    answer = await fhir.post("", json=transaction(put(patient(id="made")), bad))
    assert answer.status_code == status, answer.text
    assert f"Bundle.entry[1]{below}" in issue(answer)[1]
    assert (await fhir.get("/Patient/made")).status_code == 404
    alone = await fhir.post("", json=batch(put(patient(id="made")), bad))
    assert statuses(alone) == ["201", str(status)]
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_what_a_patch_brings_may_name_what_the_transaction_makes(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/Practitioner/q", json=practitioner(id="q", identifier=identified("q")))
    answer = await fhir.post(
        "",
        json=transaction(
            patch(
                "Patient/p",
                binary(
                    {"op": "add", "path": "/generalPractitioner", "value": [{"reference": ADA}]},
                    {"op": "add", "path": "/generalPractitioner/-",
                     "value": {"reference": "Practitioner?identifier=q"}},
                ),
                "urn:oid:1.2.3",
            ),
            post(practitioner(), ADA),
            post(weight("urn:oid:1.2.3")),
            get("Patient/p"),
        ),
    )  # fmt: skip
    assert statuses(answer) == ["200", "201", "201", "200"]
    patched, made, observation, _ = (
        "/".join(reply.get("location", "").split("/")[-4:-2]) for reply in replies(answer)
    )
    stored = (await fhir.get(f"/{patched}")).json()
    assert stored["generalPractitioner"] == [{"reference": made}, {"reference": "Practitioner/q"}]
    assert answer.json()["entry"][3]["resource"] == stored
    about = (await fhir.get(f"/{observation}")).json()["subject"]
    assert about == {"reference": "Patient/p"}


async def test_what_stood_there_keeps_its_links(fhir: httpx.AsyncClient) -> None:
    """A name in the Bundle is not what the resource meant by it before."""
    elsewhere = "http://a.example/fhir/Practitioner/1"
    await fhir.put(
        "/Patient/p", json=patient(id="p", generalPractitioner=[{"reference": elsewhere}])
    )
    answer = await fhir.post(
        "",
        json=transaction(
            patch("Patient/p", parameters(ADD_FEMALE)), post(practitioner(), elsewhere)
        ),
    )
    assert statuses(answer) == ["200", "201"]
    kept = (await fhir.get("/Patient/p")).json()["generalPractitioner"]
    assert kept == [{"reference": elsewhere}]


@pytest.mark.parametrize(
    "other",
    [
        put(patient(id="p")),
        delete("Patient/p"),
        patch("Patient/p", binary()),
        patch("Patient?_id=p", binary()),
        delete("Patient?_id=p"),
    ],
    ids=lambda entry: f"{entry['request']['method']} {entry['request']['url']}",
)
async def test_a_resource_is_written_once_in_a_transaction(
    fhir: httpx.AsyncClient, other: Json
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    by_id = await fhir.post("", json=transaction(patch("Patient/p", binary()), other))
    assert by_id.status_code == 400
    found = await fhir.post("", json=transaction(patch("Patient?_id=p", binary()), other))
    # What is deleted first meets no condition any more.
    assert found.status_code == (404 if other["request"]["method"] == "DELETE" else 400)
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'
