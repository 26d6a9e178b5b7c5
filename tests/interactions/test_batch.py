"""POST [base] with a batch. http://hl7.org/fhir/R4/http.html#brules"""

import httpx

from tests.interactions.sent import (
    batch,
    bundle,
    count,
    delete,
    entry,
    get,
    identified,
    patient,
    post,
    prefer,
    put,
    replies,
    statuses,
    weight,
)


async def test_every_entry_is_answered_for_itself(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/there", json=patient(id="there"))
    answer = await fhir.post(
        "",
        json=batch(
            post(patient()),
            post(patient(gender="x")),
            get("Patient/none"),
            get("Patient/there"),
            put(patient(id="there"), ifMatch='W/"7"'),
            put(patient(id="new")),
            delete("Patient/none"),
            post({"resourceType": "Condition"}),
            entry("PATCH", "Patient/there"),
            post(weight("Patient/none")),
            get("metadata"),
            get("Patient/there", ifNoneMatch='W/"1"'),
            get("Patient?nonsense=1"),
            "nonsense",
            entry("POST", "", bundle("batch")),
            entry("POST", "Patient", {}),
            post(patient(), ifNoneExist="identifier=%FF"),
        ),
    )
    assert answer.json()["type"] == "batch-response"
    assert statuses(answer) == [
        "201", "422", "404", "200", "412", "201", "204", "404", "400", "422", "200", "304", "400",
        "400", "400", "400", "400",
    ]  # fmt: skip
    for reply in replies(answer):
        failed = int(reply["status"]) >= 400
        assert ("outcome" in reply) is failed
        if failed:
            assert reply["outcome"]["issue"][0]["severity"] == "error"
            assert "location" not in reply
    assert await count(fhir, "/Patient") == 3


async def test_entries_of_a_batch_do_not_know_one_another(fhir: httpx.AsyncClient) -> None:
    name = "urn:uuid:00000000-0000-4000-8000-00000000000a"
    answer = await fhir.post("", json=batch(post(patient(), name), post(weight(name))))
    assert statuses(answer) == ["201", "201"]
    stored = (await fhir.get("/Observation")).json()["entry"][0]["resource"]
    assert stored["subject"]["reference"] == name


async def test_a_reference_by_condition_needs_a_transaction(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", identifier=identified("1")))
    sent = weight("Patient?identifier=1")
    assert statuses(await fhir.post("", json=batch(post(sent)))) == ["422"]
    assert (await fhir.post("/Observation", json=sent)).status_code == 422


async def test_the_same_condition_twice_creates_once(fhir: httpx.AsyncClient) -> None:
    mine = post(patient(identifier=identified("1")), ifNoneExist="identifier=1")
    answer = await fhir.post("", json=batch(mine, mine))
    assert statuses(answer) == ["201", "200"]
    first, second = replies(answer)
    assert first["location"] == second["location"]


async def test_a_lenient_client_learns_what_was_skipped(fhir: httpx.AsyncClient) -> None:
    sent = batch(
        post({"resourceType": "Condition"}),
        post(patient()),
        get("Banana/1"),
        post({"resourceType": "Library"}),
        get("Library"),
        delete("Library/l"),
    )
    answer = await fhir.post("", json=sent, headers=prefer("handling=lenient"))
    assert statuses(answer) == ["200", "201", "404", "200", "200", "200"]
    assert ["outcome" in reply for reply in replies(answer)] == [
        True, False, True, True, False, True,
    ]  # fmt: skip
    assert "Condition is not taken here" in replies(answer)[0]["outcome"]["issue"][0]["diagnostics"]


async def test_an_empty_batch_is_answered_by_an_empty_one(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post("", json=batch())
    assert answer.json() == {"resourceType": "Bundle", "type": "batch-response"}
