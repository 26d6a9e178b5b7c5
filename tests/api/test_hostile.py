"""What an attacker or a broken client sends: one clear refusal, nothing echoed, nothing broken."""

from typing import Any

import httpx
import pytest

from tests.interactions.sent import batch, identified, patient, post, transaction, weight

CANARY = "CANARY-7f3a"
SCRIPT = f"<script>{CANARY}</script>"

ECHOES: tuple[tuple[str, str, Any], ...] = (
    ("GET", f"/Patient/{SCRIPT}", None),
    ("GET", f"/{SCRIPT}", None),
    ("GET", f"/{SCRIPT}/1", None),
    ("GET", f"/Patient/${SCRIPT}", None),
    ("GET", f"/Patient/1/{SCRIPT}", None),
    ("GET", f"/Patient/1/_history/{SCRIPT}", None),
    ("GET", f"/Patient?{SCRIPT}=1", None),
    ("GET", f"/Patient?family:{SCRIPT}=1", None),
    ("GET", f"/Patient?birthdate={CANARY}", None),
    ("GET", f"/Patient?_sort={SCRIPT}", None),
    ("GET", f"/Patient?_count={CANARY}", None),
    ("GET", f"/Patient?_elements={SCRIPT}", None),
    ("GET", f"/Patient?_page={CANARY}", None),
    ("GET", f"/Patient?_format={CANARY}", None),
    ("GET", f"/Patient?general-practitioner={SCRIPT}", None),
    ("GET", f"/Patient/1?{SCRIPT}=1", None),
    ("GET", f"/Patient/1/_history?_since={CANARY}", None),
    ("GET", f"/Patient/1/_history?{SCRIPT}=1", None),
    ("GET", f"/metadata?{SCRIPT}=1", None),
    ("GET", f"/metadata?mode={CANARY}", None),
    ("PUT", f"/Patient/{SCRIPT}", patient(id=SCRIPT)),
    ("PUT", "/Patient/p", patient(id=SCRIPT)),
    ("PUT", "/Patient/p", patient(id="p", gender=CANARY)),
    ("POST", "/Patient", patient(birthDate=CANARY)),
    ("POST", "/Patient", patient(**{SCRIPT: 1})),
    ("POST", "/Patient", patient(name=[{"family": CANARY, "use": CANARY}])),
    ("POST", "/Patient", {"resourceType": SCRIPT}),
    ("POST", "/Patient", patient(text={"status": "generated", "div": SCRIPT})),
    ("POST", "/Observation", weight(f"Patient?name={CANARY}")),
    ("POST", "/Observation", weight(valueQuantity={"value": CANARY})),
    ("POST", "/Observation", weight(effectiveDateTime=CANARY)),
    ("POST", "", {"resourceType": "Bundle", "type": SCRIPT}),
    ("POST", "", transaction(post({"resourceType": SCRIPT}))),
    ("POST", "", transaction({"request": {"method": SCRIPT, "url": SCRIPT}})),
    ("POST", "", transaction(post(patient(gender=CANARY)))),
    ("POST", "", transaction(post(patient(), ifNoneExist=f"{SCRIPT}=1"))),
    ("POST", "", transaction(post(weight(f"Patient?birthdate={CANARY}")))),
    ("POST", "", transaction(post(patient(), SCRIPT), post(patient(), SCRIPT))),
)


@pytest.mark.parametrize(
    ("method", "path", "body"), ECHOES, ids=[f"{n}: {row[1][:40]}" for n, row in enumerate(ECHOES)]
)
async def test_an_error_does_not_repeat_what_was_sent(
    fhir: httpx.AsyncClient, method: str, path: str, body: Any
) -> None:
    answer = await fhir.request(method, path, json=body)
    assert answer.status_code >= 400
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"If-Match": CANARY},
        {"If-None-Exist": f"{SCRIPT}=1"},
        {"Accept": f"text/{CANARY}"},
        {"Content-Type": f"text/{CANARY}"},
        {"Content-Encoding": CANARY},
    ],
    ids=str,
)
async def test_an_error_about_a_header_does_not_repeat_it(
    fhir: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    put = await fhir.put("/Patient/p", json=patient(id="p"), headers=headers)
    made = await fhir.post("/Patient", json=patient(), headers=headers)
    assert max(put.status_code, made.status_code) >= 400
    assert CANARY not in put.text
    assert CANARY not in made.text


async def test_the_failures_of_a_batch_do_not_repeat_what_was_sent(
    fhir: httpx.AsyncClient,
) -> None:
    sent = batch(
        post({"resourceType": SCRIPT}),
        post(patient(gender=CANARY)),
        {"request": {"method": "GET", "url": f"Patient?{SCRIPT}=1"}},
        {"request": {"method": "GET", "url": f"Patient/{SCRIPT}"}},
        {"request": {"method": "GET", "url": f"{SCRIPT}"}},
    )
    answer = await fhir.post("", json=sent)
    assert CANARY not in answer.text


SPOOFED = (
    {"Host": "evil.example"},
    {"Host": "evil.example/x"},
    {"Host": "evil.example:99/fhir/Observation"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    {"X-Forwarded-Prefix": "/evil", "X-Forwarded-Port": "99"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil"},
)


@pytest.mark.parametrize("headers", SPOOFED, ids=str)
async def test_26_links_are_made_of_the_configured_base(
    fhir: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    made = await fhir.post("/Patient", json=patient(), headers=headers)
    assert made.status_code == 201
    assert made.headers["location"].startswith("http://clinic.test/fhir/Patient/")
    assert made.headers["content-location"] == made.headers["location"]
    await fhir.post("/Patient", json=patient())
    for path in ("/Patient?_count=1", f"/Patient/{made.json()['id']}/_history", "/metadata"):
        answer = await fhir.get(path, headers=headers)
        assert answer.status_code == 200
        assert "evil" not in answer.text
        assert "http://clinic.test/fhir" in answer.text
    replied = await fhir.post("", json=batch(post(patient())), headers=headers)
    assert "evil" not in replied.text
    assert "evil" not in (await fhir.get("http://clinic.test/livez/", headers=headers)).text


INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE resource; --",
    '" OR ""="',
    "1) UNION SELECT page_key FROM tenant --",
    "$1",
    "%' ESCAPE '\\\\",
    "\\\\'; SELECT pg_sleep(10); --",
    "${7*7}",
    "{{7*7}}",
    "%s%d%n",
    ":start",
    "@.id",
)
PARAMETERS = (
    "family", "identifier", "birthdate", "general-practitioner", "_id", "_tag", "_profile",
    "_lastUpdated", "_sort", "_count", "_elements", "_total", "_page", "address-city:exact",
    "name:contains", "identifier:text", "phonetic",
)  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
async def test_24_sql_in_any_place_finds_nothing(fhir: httpx.AsyncClient, text: str) -> None:
    await fhir.put("/Patient/p", json=patient(id="p", identifier=identified("1")))
    for name in PARAMETERS:
        answer = await fhir.get("http://clinic.test/fhir/Patient", params={name: text})
        assert answer.status_code in (200, 400), (name, answer.text)
        if answer.status_code == 200:
            assert answer.json()["total"] == 0, name
    named = await fhir.get("http://clinic.test/fhir/Patient", params={text: "1"})
    assert named.status_code == 400
    for headers in ({"If-None-Exist": f"family={text}"}, {"Prefer": text}):
        made = await fhir.post("/Patient", json=patient(), headers=headers)
        assert made.status_code in (201, 400)
    for headers in ({"If-None-Match": text}, {"If-Modified-Since": text}):
        assert (await fhir.get("/Patient/p", headers=headers)).status_code == 200
    put = await fhir.put("/Patient/p", json=patient(id="p"), headers={"If-Match": text})
    assert put.status_code in (400, 412)
    assert (await fhir.get("/Patient/p")).headers["etag"] == 'W/"1"'


async def test_24_sql_in_a_record_is_only_text(fhir: httpx.AsyncClient) -> None:
    for text in INJECTIONS:
        sent = patient(name=[{"family": text}], identifier=identified(text))
        answer = await fhir.post("/Patient", json=sent)
        assert answer.json()["name"] == [{"family": text}]
        found = await fhir.get("/Patient?_sort=family&_count=1000")
        assert text in [e["resource"]["name"][0]["family"] for e in found.json()["entry"]]


async def test_25_active_markup_is_refused_and_text_stays_text(fhir: httpx.AsyncClient) -> None:
    for div in (
        "<div xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></div>",
        "<div xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></div>",
        "<div xmlns='http://www.w3.org/1999/xhtml'><a href='javascript:alert(1)'>x</a></div>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><div xmlns='http://www.w3.org/1999/xhtml'>&a;</div>",
    ):
        text = {"status": "generated", "div": div}
        assert (await fhir.post("/Patient", json=patient(text=text))).status_code == 422
    stored = await fhir.post("/Observation", json=weight(code={"text": SCRIPT}))
    assert stored.status_code == 201
    assert stored.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert stored.headers["x-content-type-options"] == "nosniff"


async def test_26_a_line_break_in_a_value_starts_no_header(fhir: httpx.AsyncClient) -> None:
    for path in ("/Patient/a%0d%0aX-Evil:%201", "/Patient?family=a%0d%0aX-Evil:%201"):
        answer = await fhir.get(path)
        assert answer.status_code in (200, 404)
        assert "x-evil" not in answer.headers
