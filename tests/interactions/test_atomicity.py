"""Whatever a transaction holds, all of it happens or nothing does."""

from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.interactions.sent import (
    Json,
    delete,
    entry,
    get,
    identified,
    patient,
    prefer,
    transaction,
    weight,
)

IDS = st.sampled_from(["a", "b", "c"])
NAMES = st.sampled_from(["urn:uuid:1", "urn:uuid:2", "http://a.example/fhir/Patient/a", None])
SUBJECTS = st.sampled_from(
    ["Patient/a", "Patient/b", "urn:uuid:1", "urn:uuid:2", "Patient?identifier=1", "Patient/none",
     "Patient?family=doe", "http://a.example/fhir/Patient/a"]
)  # fmt: skip
CONDITIONS = st.sampled_from(["identifier=1", "identifier=2", "family=doe", "_id=a", "nonsense=1"])
TAGS = st.sampled_from(['W/"1"', 'W/"2"', 'W/"3"', '"x"', "x"])


@st.composite
def resources(draw: st.DrawFn) -> Json:
    if draw(st.booleans()):
        return weight(draw(SUBJECTS))
    spoilt = {"gender": "x"} if draw(st.integers(0, 9)) == 0 else {}
    return patient(identifier=identified(draw(st.sampled_from(["1", "2", "3"]))), **spoilt)


@st.composite
def entries(draw: st.DrawFn) -> Json:
    method = draw(st.sampled_from(["POST", "POST", "PUT", "PUT", "DELETE", "GET"]))
    resource, name = draw(resources()), draw(IDS)
    request = {"ifMatch": draw(TAGS)} if draw(st.integers(0, 5)) == 0 else {}
    url = f"{resource['resourceType']}/{name}"
    match method:
        case "POST":
            condition = {"ifNoneExist": draw(CONDITIONS)} if draw(st.booleans()) else {}
            return entry(method, resource["resourceType"], resource, draw(NAMES), **condition)
        case "PUT":
            return entry(method, url, resource | {"id": name}, draw(NAMES), **request)
        case "DELETE":
            return delete(url, **request)
    return get(draw(st.sampled_from([url, f"{url}/_history", "Patient?family=doe", "Group/g"])))


async def everything(fhir: httpx.AsyncClient) -> dict[str, Any]:
    """Every version of everything that clients could have written."""
    found: dict[str, Any] = {}
    for type_name in ("Patient", "Observation"):
        bundle = (await fhir.get(f"/{type_name}?_count=1000")).json()
        for each in bundle.get("entry", ()):
            found[each["fullUrl"]] = each["resource"]
    return found


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(sent=st.lists(entries(), min_size=1, max_size=6), lenient=st.booleans())
async def test_a_transaction_happens_as_a_whole_or_not_at_all(
    fhir: httpx.AsyncClient, sent: list[Json], lenient: bool
) -> None:
    before = await everything(fhir)
    headers = prefer("handling=lenient") if lenient else {}
    answer = await fhir.post("", json=transaction(*sent), headers=headers)
    after = await everything(fhir)
    if answer.status_code != 200:
        assert answer.status_code in (400, 404, 410, 412, 422), answer.text
        assert after == before
        return
    replies = [each["response"] for each in answer.json()["entry"]]
    assert len(replies) == len(sent)
    for asked, reply in zip(sent, replies, strict=True):
        _as_answered(asked["request"], reply, after)


def _as_answered(request: Json, reply: Json, after: dict[str, Any]) -> None:
    method = request["method"]
    expected = {"POST": {"200", "201"}, "PUT": {"200", "201"}, "DELETE": {"204"}, "GET": {"200"}}
    assert reply["status"] in expected[method]
    if method == "DELETE":
        assert f"http://clinic.test/fhir/{request['url']}" not in after
    if method in ("POST", "PUT"):
        url, _, version = reply["location"].partition("/_history/")
        assert after[url]["meta"]["versionId"] == version
        assert reply["etag"] == f'W/"{version}"'
