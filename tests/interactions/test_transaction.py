"""POST [base] with a transaction. http://hl7.org/fhir/R4/http.html#trules"""

from typing import Any

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.interactions.sent import (
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


async def test_names_in_the_bundle_are_rewritten_wherever_they_stand(
    fhir: httpx.AsyncClient,
) -> None:
    div = f"<div xmlns='http://www.w3.org/1999/xhtml'><a href='{ADA}'>her</a> {ADA}</div>"
    sent = weight(
        ADA,
        text={"status": "generated", "div": div},
        performer=[{"reference": BOB}],
        note=[{"text": f"about {ADA}", "authorReference": {"reference": BOB}}],
        extension=[
            {"url": "http://a.example/uri", "valueUri": ADA},
            {"url": "http://a.example/file", "valueAttachment": {"url": ADA}},
            {"url": "http://a.example/text", "valueString": ADA},
        ],
        contained=[{"resourceType": "Practitioner", "id": "x", "photo": [{"url": ADA}]}],
        focus=[{"reference": "#x"}],
    )
    answer = await fhir.post(
        "", json=transaction(post(sent), post(practitioner(), BOB), post(patient(), ADA))
    )
    observation, bob, ada = places(answer)
    stored = (await fhir.get(f"/{observation}")).json()
    assert stored["subject"] == {"reference": ada}
    assert stored["performer"] == [{"reference": bob}]
    assert stored["note"][0]["authorReference"] == {"reference": bob}
    assert stored["extension"][0]["valueUri"] == ada
    assert stored["extension"][1]["valueAttachment"]["url"] == ada
    assert stored["contained"][0]["photo"][0]["url"] == ada
    assert stored["focus"] == [{"reference": "#x"}]
    assert f'href="{ada}"' in stored["text"]["div"]
    assert stored["note"][0]["text"] == f"about {ADA}"
    assert stored["extension"][2]["valueString"] == ADA
    assert f"</a> {ADA}</div>" in stored["text"]["div"]
    assert await count(fhir, f"/Observation?patient={ada}") == 1


async def test_entries_may_refer_to_one_another_in_a_circle(fhir: httpx.AsyncClient) -> None:
    def linked(to: str) -> dict[str, Any]:
        return patient(link=[{"other": {"reference": to}, "type": "seealso"}])

    answer = await fhir.post("", json=transaction(post(linked(BOB), ADA), post(linked(ADA), BOB)))
    ada, bob = places(answer)
    assert (await fhir.get(f"/{ada}")).json()["link"][0]["other"]["reference"] == bob
    assert (await fhir.get(f"/{bob}")).json()["link"][0]["other"]["reference"] == ada


async def test_a_relative_reference_means_the_entry_beside_it(fhir: httpx.AsyncClient) -> None:
    """http://hl7.org/fhir/R4/bundle.html#references: the root is that of the entry's full URL."""
    await fhir.put("/Patient/1", json=patient(id="1"))
    there, other = "http://a.example/fhir", "http://b.example/fhir"
    answer = await fhir.post(
        "",
        json=transaction(
            post(patient(), f"{there}/Patient/1"),
            post(weight("Patient/1"), f"{there}/Observation/1"),
            post(weight(f"{there}/Patient/1"), f"{other}/Observation/1"),
            post(weight("Patient/1"), f"{other}/Observation/2"),
            post(weight("Patient/1")),
        ),
    )
    ada, *observations = places(answer)
    subjects = [(await fhir.get(f"/{o}")).json()["subject"]["reference"] for o in observations]
    assert subjects == [ada, ada, "Patient/1", "Patient/1"]


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
    ("a patch", entry("PATCH", "Patient/1"), 405, "Bundle.entry[1]"),
    ("a conditional update", entry("PUT", "Patient?active=true", patient()), 405,
     "Bundle.entry[1]"),
    ("a conditional delete", delete("Patient?active=true"), 405, "Bundle.entry[1]"),
    ("a read-only type", post({"resourceType": "Device"}), 405, "Bundle.entry[1]"),
    ("metadata", get("metadata"), 400, "Bundle.entry[1]"),
    ("an operation", get("Patient/$nonsense"), 404, "Bundle.entry[1]"),
    ("a search that cannot be", get("Patient?nonsense=1"), 400, "Bundle.entry[1]"),
    ("a read of nothing", get("Patient/none"), 404, "Bundle.entry[1]"),
    ("a stale version", put(patient(id="there"), ifMatch='W/"7"'), 412, None),
    ("a stale version to delete", delete("Patient/there", ifMatch='W/"7"'), 412, None),
    ("an If-Match that is none", put(patient(id="there"), ifMatch="1"), 400, "Bundle.entry[1]"),
    ("the same again", put(patient(id="made")), 400, "Bundle.entry[1]"),
    ("a deletion of what is written", delete("Patient/made"), 400, None),
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
async def test_one_bad_entry_undoes_all_and_is_named(
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


async def test_a_full_url_stands_for_one_entry(fhir: httpx.AsyncClient) -> None:
    for kind in (transaction, batch):
        answer = await fhir.post("", json=kind(post(patient(), ADA), post(patient(), ADA)))
        assert answer.status_code == 400
        assert issue(answer) == ("invalid", ["Bundle.entry[1].fullUrl"])
    assert await count(fhir, "/Patient") == 0


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


async def test_a_reference_to_what_the_transaction_deletes_does_not_resolve(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    answer = await fhir.post("", json=transaction(post(weight("Patient/p")), delete("Patient/p")))
    assert answer.status_code == 422
    assert (await fhir.get("/Patient/p")).status_code == 200


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


async def test_a_reference_by_condition_finds_the_one_resource(fhir: httpx.AsyncClient) -> None:
    there = await created(fhir, patient(identifier=identified("1")))
    condition = "Patient?identifier=http://clinic.example/mrn|1"
    answer = await fhir.post("", json=transaction(post(weight(condition)), post(weight(condition))))
    for observation in places(answer):
        stored = (await fhir.get(f"/{observation}")).json()
        assert stored["subject"]["reference"] == f"Patient/{there['id']}"


async def test_a_reference_by_condition_finds_what_the_transaction_itself_stores(
    fhir: httpx.AsyncClient,
) -> None:
    await fhir.put("/Patient/old", json=patient(id="old", identifier=identified("1")))
    answer = await fhir.post(
        "",
        json=transaction(
            post(weight("Patient?identifier=1")),
            post(patient(identifier=identified("1"))),
            put(patient(id="old", identifier=identified("2"))),
        ),
    )
    observation, new, _ = places(answer)
    assert (await fhir.get(f"/{observation}")).json()["subject"]["reference"] == new


@pytest.mark.parametrize(
    ("condition", "status", "words"),
    [
        ("Patient?identifier=2", 412, "No Patient"),
        ("Patient?family=doe", 412, "More than one Patient"),
        ("Patient?nonsense=1", 400, "nonsense"),
        ("Patient?", 400, "no search parameter"),
        ("Patient?_count=1", 400, "no search parameter"),
        ("Organization?name=x", 422, "types of this server"),
    ],
)
async def test_a_reference_by_condition_that_finds_none_or_many_stores_nothing(
    fhir: httpx.AsyncClient, condition: str, status: int, words: str
) -> None:
    for number in ("0", "1"):
        await created(fhir, patient(identifier=identified(number)))
    sent = transaction(post(patient()), post(weight(condition)))
    answer = await fhir.post("", json=sent)
    assert answer.status_code == status
    assert words in said(answer)
    assert issue(answer)[1][0].startswith("Bundle.entry[1]")
    assert await count(fhir, "/Patient") == 2


async def test_a_lenient_client_learns_what_was_skipped(fhir: httpx.AsyncClient) -> None:
    organization = "urn:uuid:00000000-0000-4000-8000-0000000000ff"
    sent = transaction(
        post({"resourceType": "Organization", "name": "x"}, organization),
        post(patient(managingOrganization={"reference": organization}), ADA),
        post(weight(ADA, performer=[{"reference": "Organization/1"}])),
        get("Organization?name=x"),
        post(weight(ADA, performer=[{"reference": "Organization?name=x"}])),
    )
    refused = await fhir.post("", json=sent)
    assert refused.status_code == 404
    answer = await fhir.post("", json=sent, headers=prefer("handling=lenient"))
    assert statuses(answer) == ["200", "201", "201", "200", "201"]
    skipped = replies(answer)[0]["outcome"]["issue"][0]
    assert skipped["severity"] == "information"
    assert "Organization is not taken here" in skipped["diagnostics"]
    assert skipped["expression"] == ["Bundle.entry[0]"]
    ada, first, second = (place for place in _places(answer) if place)
    stored = (await fhir.get(f"/{ada}")).json()
    assert stored["managingOrganization"]["reference"] == organization
    for observation, reference in ((first, "Organization/1"), (second, "Organization?name=x")):
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
async def test_what_is_no_bundle_of_requests_is_refused(fhir: httpx.AsyncClient, sent: Any) -> None:
    answer = await fhir.post("", json=sent)
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", [transaction, batch])
async def test_more_entries_than_the_site_allows_are_refused(cluster: Cluster, kind: Any) -> None:
    async with door(cluster, bundle_limit_entries=3) as fhir:
        assert (await fhir.post("", json=kind(*[post(patient())] * 3))).status_code == 200
        answer = await fhir.post("", json=kind(*[post(patient())] * 4))
        assert answer.status_code == 413
        assert issue(answer) == ("too-long", ["Bundle.entry"])
        assert await count(fhir, "/Patient") == 3


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
