"""Requests that nobody would think of: each is answered, and none with 500."""

import json
import string
from collections.abc import Mapping

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interactions.sent import patient

SEGMENTS = st.one_of(
    st.sampled_from(
        ["Patient", "Observation", "Device", "Bundle", "metadata", "_history", "_search", "$course",
         "p", "1", "", "..", "%00", "%ff", "%2F", "$", "_", "a" * 64, "a" * 65, "%0a", "*"]
    ),
    st.text(alphabet=string.printable, max_size=5).map(
        lambda text: "".join(f"%{byte:02x}" for byte in text.encode())
    ),
)  # fmt: skip
NAMES = st.one_of(
    st.sampled_from(
        ["family", "code", "date", "_id", "_count", "_sort", "_since", "_page", "_format",
         "_pretty", "_summary", "_total", "_elements", "_lastUpdated", "value-quantity", "patient",
         "subject:Patient", "code:not", "code:text", "family:exact", "date:missing", ":", "_has"]
    ),
    st.text(max_size=5),
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(
        ["1", "", "true", "Patient/p", "ge2026", "5.4|http://unitsofmeasure.org|kg", "a|b|c", "\\",
         "0", "-1", "9" * 40, "1e99", "\x00", "json", "count", "date,-_id", ",", "|", "a,b",
         "0001-01-01", "9999-12-31T23:59:59.999999-14:00", "eq", "😢"]
    ),
    st.text(max_size=8),
)  # fmt: skip
DATES = st.from_regex(
    r"Mon, [0-9]{1,30} (Jan|Dec) [0-9]{1,30} [0-9]{1,9}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{1,9})",
    fullmatch=True,
)
HEADER = st.text(alphabet=string.printable.strip() + " ", max_size=10) | DATES
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["resourceType", "id", "meta", "name", "status", "code", "coding", "system", "subject",
             "reference", "type", "entry", "request", "method", "url", "resource", "fullUrl",
             "valueQuantity", "value", "contained", "text", "div", "extension", "identifier",
             "ifNoneExist", "ifMatch", "_status", "component", "item", "effectiveDateTime"]
        ),
        inner | st.sampled_from(["Patient", "Bundle", "batch", "transaction", "POST", "PUT", "GET",
                                 "Patient/p", "final", "Observation", "p", "DELETE"]),
        max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=20),
    JSON.map(lambda value: json.dumps(value).encode()),
    JSON.map(
        lambda value: json.dumps(
            {"resourceType": "Bundle", "type": "batch", "entry": [value, value]}
        ).encode()
    ),
    st.builds(
        lambda value, method, url: json.dumps(
            {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": value, "request": {"method": method, "url": url}}]}
        ).encode(),
        JSON.map(lambda value: value if isinstance(value, dict) else {"resourceType": "Patient"}),
        st.sampled_from(["POST", "PUT", "GET", "DELETE", "PATCH"]),
        st.sampled_from(["Patient", "Patient/p", "Observation", "", "Patient?x=1", "http://["]),
    ),
    st.lists(
        st.fixed_dictionaries(
            {"op": st.sampled_from(["add", "remove", "replace", "test", "copy"]),
             "path": st.sampled_from(["", "/name", "/name/0/given/-", "/active", "x"]) | NAMES,
             "from": st.sampled_from(["", "/name", "/id"]), "value": JSON}
        ) | JSON,
        max_size=3,
    ).map(lambda value: json.dumps(value).encode()),
    st.lists(
        st.dictionaries(
            st.sampled_from(["name", "valueCode", "valueString", "valueHumanName", "part"]),
            st.sampled_from(["operation", "type", "path", "add", "Patient.name", "name"]) | JSON,
        ),
        max_size=4,
    ).map(lambda value: json.dumps({"resourceType": "Parameters", "parameter": [
        {"name": "operation", "part": value}]}).encode()),
    st.dictionaries(
        st.sampled_from(["status", "code", "subject", "valueQuantity", "component", "meta"]),
        JSON,
        max_size=3,
    ).map(lambda value: json.dumps({"resourceType": "Observation", "status": "final",
                                    "code": {"text": "x"}} | value).encode()),
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    path=st.lists(SEGMENTS, max_size=5).map("/".join),
    query=st.lists(st.tuples(NAMES, VALUES), max_size=3),
    headers=st.dictionaries(
        st.sampled_from(
            ["If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since", "Prefer"]
        ),
        HEADER
        | st.sampled_from(['W/"1"', "handling=lenient", "*/*", "family=a", "return=minimal"]),
        max_size=2,
    ),
    body=BODIES,
)
async def test_whatever_is_asked_is_answered(
    fhir: httpx.AsyncClient,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: Mapping[str, str],
    body: bytes | None,
) -> None:
    """Every answer is held against `Manners`, which knows no 500."""
    await fhir.put("/Patient/p", json=patient(id="p"))
    url = httpx.URL(f"http://clinic.test/fhir/{path}")
    answer = await fhir.request(method, url, params=query or None, headers=headers, content=body)
    assert answer.status_code < 500


WRITTEN = st.sampled_from(["Patient", "Observation", "QuestionnaireResponse", "Encounter"])


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(type_name=WRITTEN, elements=st.dictionaries(
    st.sampled_from(["status", "code", "subject", "meta", "text", "component", "item", "id",
                     "identifier", "contained", "extension", "name", "period", "class",
                     "valueQuantity", "effectiveDateTime", "questionnaire", "authored"]),
    JSON, max_size=4,
))  # fmt: skip
async def test_whatever_is_written_is_stored_or_refused(
    fhir: httpx.AsyncClient, type_name: str, elements: Mapping[str, object]
) -> None:
    body = json.dumps({"resourceType": type_name, **elements}).encode()
    answer = await fhir.post(f"/{type_name}", content=body)
    assert answer.status_code in (201, 400, 422)
    if answer.status_code == 201:
        stored = await fhir.get(f"/{type_name}/{answer.json()['id']}")
        assert stored.content == answer.content
