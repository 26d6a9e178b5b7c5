"""A body is stored without id and version, and is whole again behind its head."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from service.fhir.body import full, head, instant, parse, tail
from service.fhir.exact_json import loads
from service.fhir.resource import Identity

IDENTITY = Identity(type="Patient", id="a-1")
WHEN = datetime(2026, 11, 23, 10, 0, 0, 123_999, tzinfo=UTC)
HEAD = (
    b'{"resourceType":"Patient","id":"a-1",'
    b'"meta":{"versionId":"3","lastUpdated":"2026-11-23T10:00:00.123Z"'
)


def test_head_and_tail_are_the_whole_resource() -> None:
    resource = loads(
        b'{"active":true,"meta":{"versionId":"99","lastUpdated":"2020-01-01T00:00:00Z",'
        b'"profile":["https://a.example"]},"id":"mine","resourceType":"Patient",'
        b'"multipleBirthInteger":-0}'
    )
    rest = tail(resource)
    assert rest == b',"profile":["https://a.example"]},"active":true,"multipleBirthInteger":-0}'
    assert head(IDENTITY, 3, WHEN) == HEAD
    assert full(IDENTITY, 3, WHEN, rest) == HEAD + rest
    assert parse(HEAD + rest) == {
        "resourceType": "Patient",
        "id": "a-1",
        "meta": {
            "versionId": "3",
            "lastUpdated": "2026-11-23T10:00:00.123Z",
            "profile": ["https://a.example"],
        },
        "active": True,
        "multipleBirthInteger": 0,
    }


def test_a_resource_with_nothing_but_its_type_is_whole_too() -> None:
    assert tail({"resourceType": "Patient"}) == b"}}"
    assert parse(HEAD + b"}}")["id"] == "a-1"


def test_what_extends_the_version_of_the_client_is_left_out() -> None:
    meta = {"_lastUpdated": {"id": "x"}, "_versionId": {"id": "x"}, "tag": [{"code": "t"}]}
    assert tail({"resourceType": "Patient", "meta": meta}) == b',"tag":[{"code":"t"}]}}'


def test_a_moment_is_told_in_utc_to_the_millisecond() -> None:
    there = timezone(timedelta(hours=5, minutes=30))
    assert instant(datetime(2026, 1, 1, 3, 0, tzinfo=there)) == "2025-12-31T21:30:00.000Z"


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.integers(0, 9),
        max_size=4,
    )
)
def test_the_parts_join_whatever_the_members_are(members: dict[str, int]) -> None:
    whole = parse(full(IDENTITY, 1, WHEN, tail({**members, "resourceType": "Patient"})))
    rest = {n: v for n, v in members.items() if n not in ("resourceType", "id", "meta")}
    assert whole == {
        "resourceType": "Patient",
        "id": "a-1",
        "meta": {"versionId": "1", "lastUpdated": "2026-11-23T10:00:00.123Z"},
        **rest,
    }
