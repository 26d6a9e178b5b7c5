"""Bundles embed what is stored, to the letter."""

from datetime import UTC, datetime

from service.errors import NotFound
from service.fhir.bundles import (
    Mode,
    Reply,
    ReplyEntry,
    SearchEntry,
    collection,
    history,
    response_bundle,
    searchset,
)
from service.fhir.exact_json import dumps, loads
from service.fhir.outcome import of_error
from service.fhir.resource import Change, Identity, Version

BASE = "https://clinic.example/fhir"
OBSERVATION = Identity(type="Observation", id="1")
BODY = b'{"resourceType":"Observation","id":"1","valueQuantity":{"value":1.50}}'
WHEN = datetime(2026, 11, 23, 10, 0, 0, 123_456, tzinfo=UTC)


def test_a_searchset_holds_bodies_modes_links_and_the_count_of_matches() -> None:
    bundle = searchset(
        [
            SearchEntry(identity=OBSERVATION, body=BODY),
            SearchEntry(
                identity=Identity(type="Patient", id="2"),
                body=b'{"resourceType":"Patient","id":"2"}',
                mode=Mode.INCLUDE,
            ),
            SearchEntry(
                identity=None, body=b'{"resourceType":"OperationOutcome"}', mode=Mode.OUTCOME
            ),
        ],
        base_url=BASE,
        self_url=f"{BASE}/Observation?code=a%7Cb",
        next_url=f"{BASE}/Observation?_page=x",
        total=1,
    )
    assert bundle == (
        b'{"resourceType":"Bundle","type":"searchset","total":1,"link":['
        b'{"relation":"self","url":"https://clinic.example/fhir/Observation?code=a%7Cb"},'
        b'{"relation":"next","url":"https://clinic.example/fhir/Observation?_page=x"}],"entry":['
        b'{"fullUrl":"https://clinic.example/fhir/Observation/1","resource":' + BODY + b","
        b'"search":{"mode":"match"}},'
        b'{"fullUrl":"https://clinic.example/fhir/Patient/2",'
        b'"resource":{"resourceType":"Patient","id":"2"},"search":{"mode":"include"}},'
        b'{"resource":{"resourceType":"OperationOutcome"},"search":{"mode":"outcome"}}]}'
    )


def test_an_empty_searchset_has_no_entries_and_counts_none() -> None:
    bundle = loads(searchset([], base_url=BASE, self_url=BASE, total=0))
    assert bundle["total"] == 0
    assert "entry" not in bundle


def test_what_was_not_counted_has_no_total() -> None:
    assert "total" not in loads(searchset([], base_url=BASE, self_url=BASE))


def test_a_collection_is_joined_of_bodies_in_the_order_given() -> None:
    patient = Identity(type="Patient", id="2")
    assert collection([(OBSERVATION, BODY), (patient, b'{"a":1E3}')], base_url=BASE) == (
        b'{"resourceType":"Bundle","type":"collection","entry":['
        b'{"fullUrl":"https://clinic.example/fhir/Observation/1","resource":' + BODY + b"},"
        b'{"fullUrl":"https://clinic.example/fhir/Patient/2","resource":{"a":1E3}}]}'
    )


def test_an_empty_collection_has_no_entries() -> None:
    assert collection([], base_url=BASE) == b'{"resourceType":"Bundle","type":"collection"}'


def test_a_base_is_escaped_in_a_collection() -> None:
    base = 'https://clinic.example/"fhir"'
    found = loads(collection([(OBSERVATION, BODY)], base_url=base))
    assert found["entry"][0]["fullUrl"] == f"{base}/Observation/1"


def version(number: int, body: bytes | None) -> Version:
    return Version(identity=OBSERVATION, number=number, last_updated=WHEN, body=body)


def test_a_history_tells_how_each_version_came_to_be() -> None:
    changes = [
        Change(version=version(3, None)),
        Change(version=version(2, BODY)),
        Change(version=version(1, BODY), created=True),
    ]
    bundle = loads(history(changes, base_url=BASE, self_url=f"{BASE}/Observation/1/_history"))
    assert bundle["type"] == "history"
    assert [entry["request"] for entry in bundle["entry"]] == [
        {"method": "DELETE", "url": "Observation/1"},
        {"method": "PUT", "url": "Observation/1"},
        {"method": "POST", "url": "Observation"},
    ]
    assert [entry["response"] for entry in bundle["entry"]] == [
        {"status": "204", "etag": 'W/"3"', "lastModified": "2026-11-23T10:00:00.123Z"},
        {"status": "200", "etag": 'W/"2"', "lastModified": "2026-11-23T10:00:00.123Z"},
        {"status": "201", "etag": 'W/"1"', "lastModified": "2026-11-23T10:00:00.123Z"},
    ]
    assert ["resource" in entry for entry in bundle["entry"]] == [False, True, True]
    assert {entry["fullUrl"] for entry in bundle["entry"]} == {f"{BASE}/Observation/1"}


def test_a_history_tells_the_verb_that_was_kept() -> None:
    changes = [
        Change(version=version(5, BODY), method="PATCH"),
        Change(version=version(4, BODY), method="PUT", created=True),
        Change(version=version(1, BODY), method="PUT", created=True),
    ]
    bundle = loads(history(changes, base_url=BASE, self_url=f"{BASE}/Observation/1/_history"))
    assert [
        (entry["request"]["method"], entry["request"]["url"], entry["response"]["status"])
        for entry in bundle["entry"]
    ] == [
        ("PATCH", "Observation/1", "200"),
        ("PUT", "Observation/1", "201"),
        ("PUT", "Observation/1", "201"),
    ]


def test_a_reply_has_an_entry_for_each_request() -> None:
    location = f"{BASE}/Observation/1/_history/1"
    bundle = loads(
        response_bundle(
            Reply.BATCH,
            [
                ReplyEntry(status=201, location=location, etag='W/"1"', last_modified=WHEN),
                ReplyEntry(status=404, outcome=of_error(NotFound("Patient/9 is not known."))),
                ReplyEntry(status=200, full_url=f"{BASE}/Observation/1", resource=BODY),
            ],
        )
    )
    assert bundle["type"] == "batch-response"
    created, missing, read = bundle["entry"]
    assert created == {
        "response": {
            "status": "201",
            "location": location,
            "etag": 'W/"1"',
            "lastModified": "2026-11-23T10:00:00.123Z",
        }
    }
    assert missing["response"]["outcome"]["issue"][0]["code"] == "not-found"
    assert dumps(read["resource"]) == BODY
