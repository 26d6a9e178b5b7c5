"""What a client takes, and what it sends. http://hl7.org/fhir/R4/http.html#mime-type"""

import httpx
import pytest

from tests.interactions.sent import issue, patient

FHIR_JSON = "application/fhir+json; charset=utf-8"

TAKEN = (
    None,
    "",
    "*/*",
    "application/*",
    "application/json",
    "application/fhir+json",
    "application/fhir+json; charset=utf-8",
    "application/fhir+json; fhirVersion=4.0",
    "application/fhir+json;fhirVersion=4.0.1",
    "APPLICATION/FHIR+JSON",
    "text/json",
    "text/html, application/xhtml+xml, */*;q=0.8",
    "image/png, application/json;q=0.1",
    "application/fhir+xml, application/fhir+json",
    "application/fhir+json;q=0.001",
    "application/xml;q=0, */*",
)
NOT_TAKEN = (
    "image/png",
    "text/html",
    "text/plain",
    "application/xml",
    "application/fhir+xml",
    "application/fhir+turtle",
    "application/fhir+json;q=0",
    "application/fhir+json;q=0.000",
    "*/*;q=0",
    "application/fhir+json;q=0, */*",
    "application/fhir+json; fhirVersion=3.0",
    "application/fhir+json; fhirVersion=5.0",
    "nonsense",
)


def accepting(accept: str | None) -> dict[str, str]:
    return {} if accept is None else {"Accept": accept}


@pytest.mark.parametrize("accept", TAKEN)
async def test_who_takes_json_is_answered(fhir: httpx.AsyncClient, accept: str | None) -> None:
    if accept is None:
        del fhir.headers["accept"]
    answer = await fhir.get("/Patient", headers=accepting(accept))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == FHIR_JSON


@pytest.mark.parametrize("accept", NOT_TAKEN)
async def test_who_takes_no_json_is_told_so_in_json(fhir: httpx.AsyncClient, accept: str) -> None:
    for answer in (
        await fhir.get("/Patient", headers=accepting(accept)),
        await fhir.post("/Patient", json=patient(), headers=accepting(accept)),
    ):
        assert answer.status_code == 406
        assert issue(answer)[0] == "not-supported"
    assert (await fhir.get("/Patient?_summary=count")).json()["total"] == 0


FORMATS = (
    ("json", 200),
    ("application/json", 200),
    ("application/fhir+json", 200),
    ("application/fhir%2Bjson", 200),
    ("text/json", 200),
    ("application/fhir%2Bjson;fhirVersion=4.0", 200),
    ("", 200),
    ("xml", 406),
    ("application/fhir+xml", 406),
    ("ttl", 406),
    ("html", 406),
    ("nonsense", 406),
    ("json;q=0", 406),
    ("application/fhir%2Bjson;fhirVersion=3.0", 406),
)


@pytest.mark.parametrize(("wanted", "status"), FORMATS)
async def test_the_format_may_be_asked_for_in_the_address(
    fhir: httpx.AsyncClient, wanted: str, status: int
) -> None:
    for path in ("/Patient", "/metadata", "/Patient/p", "/Patient/p/_history"):
        await fhir.put("/Patient/p", json=patient(id="p"))
        answer = await fhir.get(f"{path}?_format={wanted}")
        assert answer.status_code == status


async def test_the_format_in_the_address_beats_the_header(fhir: httpx.AsyncClient) -> None:
    image = {"Accept": "image/png"}
    assert (await fhir.get("/Patient?_format=json", headers=image)).status_code == 200
    assert (await fhir.get("/Patient?_format=xml", headers={"Accept": "*/*"})).status_code == 406
    assert (await fhir.get("/Patient?_format=", headers=image)).status_code == 406


async def test_pretty_is_for_the_eye_only(fhir: httpx.AsyncClient) -> None:
    sent = b'{"resourceType":"Observation","status":"final","code":{"text":"x"},'
    sent += b'"valueQuantity":{"value":1.50}}'
    made = (await fhir.post("/Observation", content=sent)).json()
    path = f"/Observation/{made['id']}"
    plain, pretty = await fhir.get(path), await fhir.get(f"{path}?_pretty=true")
    assert b"\n" not in plain.content
    assert b'\n    "value": 1.50\n' in pretty.content
    assert pretty.json() == plain.json()
    assert (await fhir.get(f"{path}?_pretty=false")).content == plain.content
    head = await fhir.head(f"{path}?_pretty=true")
    assert head.headers["content-length"] == str(len(pretty.content))


async def test_an_error_is_pretty_too(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.get("/Patient/none?_pretty=true")
    assert b'\n  "issue": [' in answer.content


CONTENT = (
    (None, 201),
    ("application/fhir+json", 201),
    ("application/fhir+json; charset=utf-8", 201),
    ('application/fhir+json; charset="UTF-8"', 201),
    ("application/fhir+json;charset=utf8", 201),
    ("application/fhir+json; fhirVersion=4.0", 201),
    ("application/json", 201),
    ("Application/JSON", 201),
    ("text/json", 201),
    ("application/fhir+json; charset=utf-16", 415),
    ("application/fhir+json; charset=iso-8859-1", 415),
    ("application/fhir+json; fhirVersion=3.0", 415),
    ("application/fhir+json; fhirVersion=5.0", 415),
    ("text/plain", 415),
    ("text/html", 415),
    ("application/xml", 415),
    ("application/fhir+xml", 415),
    ("text/xml", 415),
    ("application/x-www-form-urlencoded", 415),
    ("multipart/form-data; boundary=x", 415),
    ("application/json-patch+json", 415),
    ("nonsense", 415),
)


@pytest.mark.parametrize(("media_type", "status"), CONTENT)
async def test_a_body_must_be_fhir_json(
    fhir: httpx.AsyncClient, media_type: str | None, status: int
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    body = b'{"resourceType":"Patient"}'
    for answer in (
        await fhir.post("/Patient", content=body, headers=headers),
        await fhir.put("/Patient/p", content=body[:-1] + b',"id":"p"}', headers=headers),
    ):
        assert answer.status_code == status
    if status == 415:
        bundle = b'{"resourceType":"Bundle","type":"batch"}'
        assert (await fhir.post("", content=bundle, headers=headers)).status_code == 415


XML = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<Patient xmlns="http://hl7.org/fhir"><id value="&a;"/></Patient>"""


@pytest.mark.parametrize(
    ("media_type", "status"),
    [("application/fhir+xml", 415), ("text/xml", 415), ("application/fhir+json", 400)],
)
async def test_27_xml_is_never_read(fhir: httpx.AsyncClient, media_type: str, status: int) -> None:
    answer = await fhir.post("/Patient", content=XML, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert "root" not in answer.text


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
async def test_19_a_compressed_body_is_not_unpacked(fhir: httpx.AsyncClient, encoding: str) -> None:
    answer = await fhir.post(
        "/Patient",
        content=b"\x1f\x8b" + b"\x00" * 1000,
        headers={"Content-Encoding": encoding, "Content-Type": "application/fhir+json"},
    )
    assert answer.status_code == 415


async def test_the_identity_encoding_is_none(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.post("/Patient", json=patient(), headers={"Content-Encoding": "identity"})
    assert answer.status_code == 201
