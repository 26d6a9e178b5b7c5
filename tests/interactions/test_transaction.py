"""POST [base] with a transaction. http://hl7.org/fhir/R4/http.html#trules"""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import (
    batch,
    count,
    created,
    delete,
    entry,
    get,
    identified,
    patient,
    places,
    post,
    prefer,
    put,
    replies,
    statuses,
    transaction,
    weight,
)

ADA, BOB = "urn:uuid:00000000-0000-4000-8000-00000000000a", "urn:oid:1.2.3"


async def test_answers_come_in_the_order_of_the_entries_whatever_is_done_first(
    fhir: httpx.AsyncClient,
) -> None:
    """The search sees what was created, and no longer what was deleted."""
    await fhir.put("/Patient/old", json=patient(id="old"))
    await fhir.put("/Patient/kept", json=patient(id="kept"))
    answer = await fhir.post(
        "",
        json=transaction(
            get("Patient?_sort=_id&_elements=id"),
            put(patient(id="kept", active=True)),
            post(patient(), ADA),
            put(patient(id="new")),
            delete("Patient/old"),
            get("Patient/kept"),
        ),
    )
    assert answer.json()["type"] == "transaction-response"
    assert statuses(answer) == ["200", "200", "201", "201", "204", "200"]
    first, kept, made, new, gone, read = answer.json()["entry"]
    made_id = made["response"]["location"].split("/")[-3]
    found = [e["resource"]["id"] for e in first["resource"]["entry"]]
    assert found == sorted(["kept", "new", made_id])
    assert read["resource"]["active"] is True
    assert kept["response"]["etag"] == 'W/"2"'
    assert new["response"]["location"] == "http://clinic.test/fhir/Patient/new/_history/1"
    assert made["fullUrl"] == f"http://clinic.test/fhir/Patient/{made_id}"
    assert "lastModified" in made["response"]
    assert gone == {"response": {"status": "204"}}


async def test_if_match_is_honoured(fhir: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await fhir.put(f"/Patient/{name}", json=patient(id=name))
    answer = await fhir.post(
        "",
        json=transaction(
            put(patient(id="a"), ifMatch='W/"1"'), delete("Patient/b", ifMatch='W/"1"')
        ),
    )
    assert statuses(answer) == ["200", "204"]


async def test_what_is_deleted_meets_no_condition(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", identifier=identified("1")))
    answer = await fhir.post(
        "",
        json=transaction(
            post(patient(identifier=identified("1")), ifNoneExist="identifier=1"),
            delete("Patient/p"),
        ),
    )
    assert statuses(answer) == ["201", "204"]
    assert _places(answer)[0] != "Patient/p"


async def test_if_none_exist_finds_what_is_there_and_its_name_stands_for_it(
    fhir: httpx.AsyncClient,
) -> None:
    there = await created(fhir, patient(identifier=identified("1")))
    answer = await fhir.post(
        "",
        json=transaction(
            post(patient(), ADA, ifNoneExist="identifier=http://clinic.example/mrn|1"),
            post(weight(ADA)),
        ),
    )
    assert statuses(answer) == ["200", "201"]
    ada, observation = places(answer)
    assert ada == f"Patient/{there['id']}"
    assert (await fhir.get(f"/{observation}")).json()["subject"]["reference"] == ada
    assert (await fhir.get(f"/{ada}")).headers["etag"] == 'W/"1"'


async def test_the_same_condition_twice_creates_once(fhir: httpx.AsyncClient) -> None:
    mine = patient(identifier=identified("1"))
    condition = "identifier=http://clinic.example/mrn|1"
    answer = await fhir.post(
        "",
        json=transaction(
            post(mine, ADA, ifNoneExist=condition),
            post(mine, BOB, ifNoneExist=f"?{condition}"),
            post(weight(ADA)),
            post(weight(BOB)),
        ),
    )
    assert statuses(answer) == ["201", "200", "201", "201"]
    first, second, *observations = places(answer)
    assert first == second
    assert await count(fhir, "/Patient") == 1
    assert await count(fhir, f"/Observation?patient={first}") == len(observations) == 2


async def test_the_same_transaction_again_creates_nothing_new(fhir: httpx.AsyncClient) -> None:
    sent = transaction(
        post(patient(identifier=identified("1")), ADA, ifNoneExist="identifier=1"),
        put(weight(ADA, id="o")),
    )
    first, again = await fhir.post("", json=sent), await fhir.post("", json=sent)
    assert (statuses(first), statuses(again)) == (["201", "201"], ["200", "200"])
    assert places(first) == places(again)


async def test_a_lenient_client_learns_what_was_skipped(fhir: httpx.AsyncClient) -> None:
    team = "urn:uuid:00000000-0000-4000-8000-0000000000ff"
    sent = transaction(
        post({"resourceType": "CareTeam", "name": "x"}, team),
        post(patient(), ADA),
        post(weight(ADA, performer=[{"reference": team}])),
        post(weight(ADA, performer=[{"reference": "CareTeam/1"}])),
        get("CareTeam?name=x"),
        post(weight(ADA, performer=[{"reference": "CareTeam?name=x"}])),
    )
    refused = await fhir.post("", json=sent)
    assert refused.status_code == 404
    answer = await fhir.post("", json=sent, headers=prefer("handling=lenient"))
    assert statuses(answer) == ["200", "201", "201", "201", "200", "201"]
    skipped = replies(answer)[0]["outcome"]["issue"][0]
    assert skipped["severity"] == "information"
    assert "CareTeam is not taken here" in skipped["diagnostics"]
    assert skipped["expression"] == ["Bundle.entry[0]"]
    _, *stored = (place for place in _places(answer) if place)
    named = (team, "CareTeam/1", "CareTeam?name=x")
    for observation, reference in zip(stored, named, strict=True):
        kept = (await fhir.get(f"/{observation}")).json()
        assert kept["performer"][0]["reference"] == reference


def _places(answer: httpx.Response) -> list[str]:
    return [
        "/".join(reply["location"].split("/")[-4:-2]) if "location" in reply else ""
        for reply in replies(answer)
    ]


async def test_what_is_no_resource_type_is_not_skipped(fhir: httpx.AsyncClient) -> None:
    for resource in ({"resourceType": "Banana"}, {"resourceType": "<script>"}):
        answer = await fhir.post(
            "", json=transaction(post(resource)), headers=prefer("handling=lenient")
        )
        assert answer.status_code == 404
        assert "script" not in answer.text


@pytest.mark.parametrize("kind", [transaction, batch])
async def test_the_client_chooses_what_comes_back_in_the_entries(
    fhir: httpx.AsyncClient, kind: Any
) -> None:
    sent = kind(post(patient()), get("Patient?_summary=count"))
    plain = (await fhir.post("", json=sent)).json()["entry"]
    assert ["resource" in e for e in plain] == [False, True]
    whole = (await fhir.post("", json=sent, headers=prefer("return=representation"))).json()
    assert [e["resource"]["resourceType"] for e in whole["entry"]] == ["Patient", "Bundle"]
    told = (await fhir.post("", json=sent, headers=prefer("return=OperationOutcome"))).json()
    assert ["outcome" in e["response"] for e in told["entry"]] == [True, False]
    outcome = told["entry"][0]["response"]["outcome"]
    assert outcome["issue"][0]["severity"] == "information"


async def test_an_empty_transaction_is_answered_by_an_empty_one(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post("", json=transaction())
    assert answer.status_code == 200
    assert answer.json() == {"resourceType": "Bundle", "type": "transaction-response"}


async def test_a_thousand_entries_are_taken(fhir: httpx.AsyncClient) -> None:
    sent = [post(patient(), ADA), *(post(weight(ADA, valueInteger=n)) for n in range(999))]
    answer = await fhir.post("", json=transaction(*sent))
    assert statuses(answer) == ["201"] * 1000
    assert await count(fhir, f"/Observation?patient={places(answer)[0]}") == 999


async def test_reads_in_a_transaction_may_be_conditional(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.post(
        "",
        json=transaction(
            get("Patient/p", ifNoneMatch='W/"1"'),
            get("/Patient/p/_history/1"),
            get("http://clinic.test/fhir/Patient/p/_history?_count=1"),
            entry("HEAD", "Patient/p"),
        ),
    )
    assert statuses(answer) == ["304", "200", "200", "200"]
    assert ["resource" in e for e in answer.json()["entry"]] == [False, True, True, False]
