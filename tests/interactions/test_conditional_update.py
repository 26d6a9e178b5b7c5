"""PUT [base]/[type]?criteria, and If-None-Match. http://hl7.org/fhir/R4/http.html#cond-update"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import (
    Json,
    batch,
    bundle,
    count,
    created,
    delete,
    entry,
    get,
    identified,
    issue,
    patient,
    place,
    places,
    post,
    prefer,
    put,
    replies,
    said,
    statuses,
    transaction,
    weight,
)

CRITERIA = "identifier=http://clinic.example/mrn|1"
PATH = f"/Patient?{CRITERIA}"
ADA, BOB = "urn:uuid:00000000-0000-4000-8000-00000000000a", "urn:oid:1.2.3"


def mine(**elements: Any) -> Json:
    return patient(identifier=identified("1"), **elements)


async def test_where_nothing_meets_the_condition_a_resource_is_created(
    fhir: httpx.AsyncClient,
) -> None:
    """No matches, no id provided: "The server creates the resource." """
    await created(fhir, patient(identifier=identified("2")))
    answer = await fhir.put(PATH, json=mine())
    assert answer.status_code == 201
    assert answer.headers["etag"] == 'W/"1"'
    assert (await fhir.get(answer.headers["location"])).json() == answer.json()
    again = await fhir.put(PATH, json=mine(active=True))
    assert again.status_code == 200
    assert place(again.headers["location"]) == place(answer.headers["location"])
    assert await count(fhir, "/Patient") == 2


async def test_where_nothing_meets_it_the_body_may_choose_the_id(fhir: httpx.AsyncClient) -> None:
    """No matches, id provided: "The server treats the interaction as an Update as Create
    interaction" """
    answer = await fhir.put(PATH, json=mine(id="p"))
    assert answer.status_code == 201
    assert answer.headers["location"] == "http://clinic.test/fhir/Patient/p/_history/1"


async def test_an_id_that_was_deleted_is_free(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    await fhir.delete("/Patient/p")
    answer = await fhir.put(PATH, json=mine(id="p"))
    assert (answer.status_code, answer.headers["etag"]) == (201, 'W/"3"')


async def test_an_id_that_is_taken_by_something_else_is_not_overwritten(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put(PATH, json=mine(id="p"))
    assert answer.status_code == 409
    assert issue(answer) == ("conflict", ["Patient.id"])
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize("own", [{}, {"id": "p"}])
async def test_where_one_resource_meets_it_that_one_is_updated(
    fhir: httpx.AsyncClient, own: Json
) -> None:
    """One Match, no resource id provided OR (resource id provided and it matches the found
    resource): "The server performs the update against the matching resource" """
    await fhir.put("/Patient/p", json=mine(id="p"))
    answer = await fhir.put(PATH, json=mine(active=True, **own))
    assert answer.status_code == 200
    assert answer.headers["location"] == "http://clinic.test/fhir/Patient/p/_history/2"
    assert (await fhir.get("/Patient/p")).json()["active"] is True
    assert await count(fhir, "/Patient") == 1


async def test_the_id_of_another_resource_is_refused(fhir: httpx.AsyncClient) -> None:
    """One Match, resource id provided but does not match resource found: "The server returns a
    400 Bad Request error" """
    await fhir.put("/Patient/p", json=mine(id="p"))
    await fhir.put("/Patient/q", json=patient(id="q"))
    for own in ("q", "new", 5):
        answer = await fhir.put(PATH, json=mine(id=own))
        assert answer.status_code == 400
        assert issue(answer) == ("invalid", ["Patient.id"])
    assert await count(fhir, "/Patient") == 2


async def test_where_many_meet_it_nothing_is_updated(fhir: httpx.AsyncClient) -> None:
    """Multiple matches: "The server returns a 412 Precondition Failed error" """
    for _ in range(2):
        await created(fhir, mine())
    answer = await fhir.put(PATH, json=mine(active=True))
    assert answer.status_code == 412
    assert issue(answer)[0] == "multiple-matches"
    assert await count(fhir, "/Patient?active=true") == 0


@pytest.mark.parametrize(
    "criteria",
    ["", "?", "?_count=1", "?nonsense=1", "?identifier=", "?family=%FF", "?_format=json"],
)
async def test_a_condition_that_says_nothing_is_not_one_on_all(
    fhir: httpx.AsyncClient, criteria: str
) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    lenient = prefer("handling=lenient")
    answers = (
        await fhir.put(f"/Patient{criteria}", json=mine(), headers=lenient),
        await fhir.patch(f"/Patient{criteria}", json=[], headers=lenient),
        await fhir.delete(f"/Patient{criteria}", headers=lenient),
    )
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'
    assert await count(fhir, "/Patient") == 1


WRONG: tuple[tuple[str, Any, int], ...] = (
    ("another type", weight(), 400),
    ("no type", {"active": True}, 400),
    ("an id with a blank", mine(id="a b"), 400),
    ("an id that is no string", mine(id=5), 400),
    ("an empty id", mine(id=""), 400),
    ("no id to speak of", mine(id=None), 422),
    ("an invalid body", mine(gender="x"), 422),
    ("a dangling reference", mine(generalPractitioner=[{"reference": "Practitioner/none"}]), 422),
)


@pytest.mark.parametrize(("sent", "status"), [row[1:] for row in WRONG], ids=[r[0] for r in WRONG])
async def test_a_body_that_cannot_be_stored_is_refused(
    fhir: httpx.AsyncClient, sent: Any, status: int
) -> None:
    answer = await fhir.put(PATH, json=sent)
    assert answer.status_code == status, answer.text
    assert await count(fhir, "/Patient") == 0


@pytest.mark.parametrize(("tag", "status"), [('W/"1"', 200), ('W/"2"', 412), ("1", 400)])
async def test_if_match_is_honoured(fhir: httpx.AsyncClient, tag: str, status: int) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    answer = await fhir.put(PATH, json=mine(), headers={"If-Match": tag})
    assert answer.status_code == status


async def test_a_version_of_what_no_condition_finds_does_not_match(
    fhir: httpx.AsyncClient,
) -> None:
    for sent in (mine(), mine(id="p")):
        answer = await fhir.put(PATH, json=sent, headers={"If-Match": 'W/"1"'})
        assert answer.status_code == 412
    assert await count(fhir, "/Patient") == 0


async def test_the_client_chooses_what_it_answers_with(fhir: httpx.AsyncClient) -> None:
    answers = [await fhir.put(PATH, json=mine(), headers=prefer("return=minimal")) for _ in "ab"]
    assert [(a.status_code, a.content) for a in answers] == [(201, b""), (200, b"")]


async def test_if_none_match_updates_only_where_nothing_stands(fhir: httpx.AsyncClient) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2"""
    new = {"If-None-Match": "*"}
    sent = patient(id="p")
    assert (await fhir.put("/Patient/p", json=sent, headers=new)).status_code == 201
    assert (await fhir.put("/Patient/p", json=sent, headers=new)).status_code == 412
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'
    await fhir.delete("/Patient/p")
    back = await fhir.put("/Patient/p", json=sent, headers=new)
    assert (back.status_code, back.headers["etag"]) == (201, 'W/"3"')
    assert (await fhir.put(PATH, json=mine(), headers=new)).status_code == 201
    assert (await fhir.put(PATH, json=mine(), headers=new)).status_code == 412
    entries = batch(put(sent, ifNoneMatch="*"), put(patient(id="q"), ifNoneMatch="*"))
    assert statuses(await fhir.post("", json=entries)) == ["412", "201"]
    refused = await fhir.post("", json=transaction(put(sent, ifNoneMatch="*")))
    assert (refused.status_code, said(refused)) == (412, "Patient/p is there already.")


@pytest.mark.parametrize(
    "headers", [{"If-None-Match": 'W/"1"'}, {"If-None-Match": "*", "If-Match": 'W/"1"'}]
)
async def test_if_none_match_of_an_update_says_nothing_else(
    fhir: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.put("/Patient/p", json=patient(id="p"), headers=headers)
    assert answer.status_code == 400


def if_met(resource: Json, full_url: str | None = None, **request: str) -> Json:
    return entry("PUT", f"Patient?{CRITERIA}", resource, full_url, **request)


@pytest.mark.parametrize("kind", ["transaction", "batch"])
async def test_an_entry_updates_like_a_request(fhir: httpx.AsyncClient, kind: str) -> None:
    sent = bundle(
        kind, if_met(mine(active=True)), if_met(mine()) if kind == "batch" else get("Patient")
    )
    first, again = await fhir.post("", json=sent), await fhir.post("", json=sent)
    assert statuses(first)[0] == "201"
    assert statuses(again)[0] == "200"
    assert replies(again)[0]["etag"] == ('W/"3"' if kind == "batch" else 'W/"2"')
    assert place(replies(first)[0]["location"]) == place(replies(again)[0]["location"])
    assert await count(fhir, "/Patient") == 1


@pytest.mark.parametrize("there", [True, False])
async def test_its_name_in_a_transaction_stands_for_what_it_finds_or_makes(
    fhir: httpx.AsyncClient, there: bool
) -> None:
    if there:
        await fhir.put("/Patient/p", json=mine(id="p"))
    div = f"<div xmlns='http://www.w3.org/1999/xhtml'><a href='{ADA}'>her</a></div>"
    answer = await fhir.post(
        "",
        json=transaction(
            post(weight(ADA, text={"status": "generated", "div": div})),
            if_met(mine(link=[{"other": {"reference": BOB}, "type": "seealso"}]), ADA),
            entry("PUT", "Patient?identifier=2", patient(identifier=identified("2")), BOB),
        ),
    )
    assert statuses(answer) == ["201", "200" if there else "201", "201"]
    observation, ada, bob = places(answer)
    if there:
        assert ada == "Patient/p"
    stored = (await fhir.get(f"/{observation}")).json()
    assert stored["subject"] == {"reference": ada}
    assert f'href="{ada}"' in stored["text"]["div"]
    linked = (await fhir.get(f"/{ada}")).json()["link"][0]["other"]
    assert linked == {"reference": bob}
    assert await count(fhir, f"/Observation?patient={ada}") == 1


TWICE: tuple[tuple[str, tuple[Json, ...]], ...] = (
    ("found and named", (if_met(mine()), put(mine(id="p")))),
    ("found by two conditions", (if_met(mine()), entry("PUT", "Patient?_id=p", mine()))),
    ("found by one condition twice", (if_met(mine()), if_met(mine()))),
    ("made under the id of what is deleted",
     (entry("PUT", "Patient?_id=q", mine(id="p")), delete("Patient/p"))),
    ("deleted by two conditions", (delete(f"Patient?{CRITERIA}"), delete("Patient?_id=p"))),
    ("deleted by a condition and by name", (delete("Patient?_id=p"), delete("Patient/p"))),
    ("deleted by a condition and updated", (delete("Patient?_id=p"), put(mine(id="p")))),
    ("made by one condition twice",
     tuple(entry("PUT", "Patient?identifier=9", patient()) for _ in "ab")),
    ("made by one condition and created by it",
     (entry("PUT", "Patient?identifier=9", patient()),
      post(patient(), ifNoneExist="identifier=9"))),
    ("made under one id by two conditions",
     (entry("PUT", "Patient?identifier=8", patient(id="n")),
      entry("PUT", "Patient?identifier=9", patient(id="n")))),
)  # fmt: skip


@pytest.mark.parametrize("entries", [row[1] for row in TWICE], ids=[row[0] for row in TWICE])
async def test_the_same_identity_reached_twice_is_refused(
    fhir: httpx.AsyncClient, entries: tuple[Json, ...]
) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    for order in (entries, entries[::-1]):
        answer = await fhir.post("", json=transaction(*order))
        assert answer.status_code == 400, answer.text
        assert issue(answer)[1][0].startswith("Bundle.entry[")
    assert await count(fhir, "/Patient") == 1
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_a_create_that_finds_what_is_updated_writes_nothing(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    answer = await fhir.post(
        "",
        json=transaction(
            post(mine(), ADA, ifNoneExist=CRITERIA), if_met(mine(active=True)), post(weight(ADA))
        ),
    )
    assert statuses(answer) == ["200", "200", "201"]
    assert places(answer)[:2] == ["Patient/p", "Patient/p"]


async def test_what_is_deleted_in_the_transaction_meets_no_condition(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    answer = await fhir.post("", json=transaction(if_met(mine()), delete("Patient/p")))
    assert statuses(answer) == ["201", "204"]
    assert (await fhir.get("/Patient/p")).status_code == 410
    assert await count(fhir, f"/Patient?{CRITERIA}") == 1


BAD: tuple[tuple[str, Json, int, str], ...] = (
    ("the id of another", if_met(mine(id="q")), 400, "Bundle.entry[1].resource.id"),
    ("an id that is taken", entry("PUT", "Patient?_id=z", mine(id="p")), 409,
     "Bundle.entry[1].resource.id"),
    ("another type", entry("PUT", "Patient?_id=p", weight()), 400, "Bundle.entry[1]"),
    ("a stale version", if_met(mine(), ifMatch='W/"7"'), 412, ""),
    ("a version of nothing", entry("PUT", "Patient?_id=z", mine(), ifMatch='W/"1"'), 412,
     "Bundle.entry[1]"),
    ("a version of nothing to delete", delete("Patient?_id=z", ifMatch='W/"1"'), 412,
     "Bundle.entry[1]"),
    ("a stale version to delete", delete("Patient?_id=p", ifMatch='W/"7"'), 412, ""),
    ("If-None-Match of a version", if_met(mine(), ifNoneMatch='W/"1"'), 400, "Bundle.entry[1]"),
    ("an invalid resource", if_met(mine(gender="x")), 422, "Bundle.entry[1].resource.gender"),
    ("an unknown parameter", entry("PUT", "Patient?nonsense=1", mine()), 400, "Bundle.entry[1]"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("bad", "status", "expression"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_one_bad_entry_undoes_all_and_is_named(
    fhir: httpx.AsyncClient, bad: Json, status: int, expression: str
) -> None:
    await fhir.put("/Patient/p", json=mine(id="p"))
    answer = await fhir.post("", json=transaction(put(patient(id="made")), bad))
    assert answer.status_code == status, answer.text
    if expression:
        assert expression in issue(answer)[1]
    assert (await fhir.get("/Patient/made")).status_code == 404
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'
