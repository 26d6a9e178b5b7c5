"""Bodies that are too large, too deep or no JSON: refused, and nothing stored."""

from collections.abc import AsyncIterator

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.interactions.sent import count, issue, patient

PATIENT = b'{"resourceType":"Patient",'

MALFORMED: tuple[tuple[str, bytes], ...] = (
    ("cut off", PATIENT),
    ("no JSON", b"nonsense"),
    ("an array", b"[]"),
    ("a string", b'"Patient"'),
    ("null", b"null"),
    ("no resourceType", b'{"active":true}'),
    ("a resourceType that is none", b'{"resourceType":5}'),
    ("a member twice", PATIENT + b'"active":true,"active":true}'),
    ("a member twice further down", PATIENT + b'"name":[{"text":"a","text":"b"}]}'),
    ("NaN", PATIENT + b'"multipleBirthInteger":NaN}'),
    ("Infinity", PATIENT + b'"multipleBirthInteger":Infinity}'),
    ("-Infinity", PATIENT + b'"multipleBirthInteger":-Infinity}'),
    ("1e999", PATIENT + b'"multipleBirthInteger":1e999}'),
    ("5,000 digits", PATIENT + b'"multipleBirthInteger":' + b"1" * 5_000 + b"}"),
    ("a leading zero", PATIENT + b'"multipleBirthInteger":01}'),
    ("a comma too many", PATIENT + b'"active":true,}'),
    ("a comment", PATIENT + b'/* x */"active":true}'),
    ("single quotes", b"{'resourceType':'Patient'}"),
    ("100,000 deep", b'{"resourceType":"Patient","extension":' + b"[" * 100_000 + b"]" * 100_000),
    ("65 deep", PATIENT + b'"x":' + b"[" * 65 + b"]" * 65 + b"}"),
    ("100,000 objects deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("500,000 keys", b"{" + b",".join(b'"%d":1' % n for n in range(500_000)) + b"}"),
    ("half a surrogate pair", PATIENT + b'"language":"\\ud800"}'),
    ("a byte order mark", b"\xef\xbb\xbf" + PATIENT + b'"active":true}'),
    ("UTF-16", (PATIENT + b'"active":true}').decode().encode("utf-16")),
    ("Latin-1", PATIENT + b'"language":"\xe9"}'),
    ("a raw NUL", PATIENT + b'"language":"\x00"}'),
    ("two values", PATIENT + b'"active":true}{}'),
)


@pytest.mark.parametrize("body", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
async def test_20_what_is_not_exactly_json_is_refused(fhir: httpx.AsyncClient, body: bytes) -> None:
    for answer in (
        await fhir.post("/Patient", content=body),
        await fhir.put("/Patient/p", content=body),
        await fhir.post("", content=body),
    ):
        assert answer.status_code == 400
        assert issue(answer)[0] in ("structure", "invalid")
        assert len(answer.content) < 1_000
    assert await count(fhir, "/Patient") == 0


async def test_20_a_form_nested_200_deep_is_refused(fhir: httpx.AsyncClient) -> None:
    item = '{"linkId":"1","item":[' * 200 + '{"linkId":"1"}' + "]}" * 200
    body = f'{{"resourceType":"QuestionnaireResponse","status":"completed","item":[{item}]}}'
    assert (await fhir.post("/QuestionnaireResponse", content=body)).status_code == 400


async def test_21_a_nested_bundle_is_no_way_in(fhir: httpx.AsyncClient) -> None:
    inner = '{"resourceType":"Bundle","type":"batch","entry":[{"resource":' * 30
    body = inner + '{"resourceType":"Patient"}' + "}]}" * 30
    assert (await fhir.post("", content=body)).status_code == 400


async def test_18_a_body_over_the_limit_is_refused_whatever_its_length_says(
    cluster: Cluster,
) -> None:
    """1,024 bytes are allowed."""
    async with door(cluster, body_limit_bytes=1024) as fhir:
        small = b'{"resourceType":"Patient","name":[{"text":"' + b"a" * 900 + b'"}]}'
        large = small.replace(b"a" * 900, b"a" * 1_100)

        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, len(large), 100):
                yield large[start : start + 100]

        assert (await fhir.post("/Patient", content=small)).status_code == 201
        for answer in (
            await fhir.post("/Patient", content=large),
            await fhir.post("/Patient", content=chunks()),
            await fhir.post("/Patient", content=large, headers={"Content-Length": "10"}),
            await fhir.post("/Patient", content=large, headers={"Content-Length": b"\xb2"}),
            await fhir.post("/Patient", content=b"{}", headers={"Content-Length": "9" * 30}),
            await fhir.post("/Patient", content=b"{}", headers={"Content-Length": "9" * 5_000}),
            await fhir.post("", content=large),
            await fhir.put("/Patient/p", content=large),
            await fhir.post(
                "/Patient/_search",
                content=b"family=" + b"a" * 1_100,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            ),
        ):
            assert answer.status_code == 413
            assert issue(answer)[0] == "too-long"
        assert await count(fhir, "/Patient") == 1


async def test_what_is_refused_for_its_address_need_not_be_read(cluster: Cluster) -> None:
    async with door(cluster, body_limit_bytes=1024) as fhir:
        read = list[int]()

        async def chunks() -> AsyncIterator[bytes]:
            for number in range(100):
                read.append(number)
                yield b"a" * 100

        assert (await fhir.post("/Condition", content=chunks())).status_code == 404
        assert read == []
        assert (await fhir.post("/Patient", content=chunks())).status_code == 413
        assert len(read) <= 12


async def test_a_body_where_none_is_expected_is_passed_over(fhir: httpx.AsyncClient) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    for method, path, status in (
        ("GET", "/Patient/p", 200),
        ("GET", "/Patient", 200),
        ("DELETE", "/Patient/p", 204),
    ):
        answer = await fhir.request(
            method, path, content=b"nonsense", headers={"Content-Type": "text/plain"}
        )
        assert answer.status_code == status
