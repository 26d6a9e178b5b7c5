"""Looking codes up, over HTTP: value sets expanded, codes named and checked."""

import httpx
import pytest

from tests.interactions.sent import Json, batch, entry, prefer, said

OURS = "https://attune-outcomes.org/fhir"
EXPRESSION = f"{OURS}/CodeSystem/expression"
RESTRAINT = f"{OURS}/ValueSet/restraint"


def parameters(**values: object) -> Json:
    """`name__valueCode` is a parameter `name` of that kind."""
    split = [(*name.split("__"), value) for name, value in values.items()]
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name, kind: value} for name, kind, value in split],
    }


def told(answer: httpx.Response) -> Json:
    assert answer.status_code == 200, answer.text
    parameter = answer.json()["parameter"]
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in parameter}


async def test_a_value_set_is_expanded_by_its_canonical(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.get("/ValueSet/$expand", params={"url": RESTRAINT, "filter": "cry"})
    expansion = answer.json()["expansion"]
    assert expansion["total"] == 2
    assert [term["code"] for term in expansion["contains"]] == [
        "does-not-wish", "would-like-but-cannot",
    ]  # fmt: skip


async def test_the_expansion_says_when_it_was_made(fhir: httpx.AsyncClient) -> None:
    first, second = [
        (await fhir.get("/ValueSet/restraint/$expand")).json()["expansion"] for _ in range(2)
    ]
    assert first["timestamp"] <= second["timestamp"]
    assert first["timestamp"].startswith("20")
    assert first["identifier"] == second["identifier"]


async def test_pages_of_an_expansion_fit_together(fhir: httpx.AsyncClient) -> None:
    codes = []
    for offset in (0, 3):
        page = await fhir.get(f"/ValueSet/restraint/$expand?offset={offset}&count=3")
        codes += [term["code"] for term in page.json()["expansion"]["contains"]]
    assert codes == ["does-not-wish", "would-like-but-cannot", "unsure", "not-asked"]


async def test_a_value_set_that_is_sent_is_expanded_and_not_stored(
    fhir: httpx.AsyncClient,
) -> None:
    sent = {
        "resourceType": "ValueSet",
        "id": "mine",
        "status": "draft",
        "compose": {"include": [{"valueSet": [RESTRAINT]}], "exclude": [
            {"system": EXPRESSION, "concept": [{"code": "not-asked"}]}
        ]},
    }  # fmt: skip
    for body in (parameters(valueSet__resource=sent), sent):
        answer = await fhir.post("/ValueSet/$expand", json=body)
        assert answer.json()["expansion"]["total"] == 3
    assert (await fhir.get("/ValueSet/mine")).status_code == 404


async def test_a_code_is_looked_up(fhir: httpx.AsyncClient) -> None:
    asked = {"system": EXPRESSION, "code": "unsure"}
    expected = {"name": "Emotional expression", "version": "1.0.0", "display": "Unsure"}
    assert told(await fhir.get("/CodeSystem/$lookup", params=asked)) == expected
    body = parameters(coding__valueCoding=asked)
    assert told(await fhir.post("/CodeSystem/$lookup", json=body)) == expected


@pytest.mark.parametrize("path", ["/ValueSet/restraint", "/CodeSystem/expression"])
async def test_a_code_is_checked(fhir: httpx.AsyncClient, path: str) -> None:
    asked = {"system": EXPRESSION, "code": "unsure", "display": "Unsure"}
    expected = {"result": True, "display": "Unsure"}
    assert told(await fhir.get(f"{path}/$validate-code", params=asked)) == expected
    concept = {"coding": [asked]}
    body = parameters(codeableConcept__valueCodeableConcept=concept)
    assert told(await fhir.post(f"{path}/$validate-code", json=body)) == expected
    wrong = told(await fhir.get(f"{path}/$validate-code", params=asked | {"code": "sure"}))
    assert wrong["result"] is False


REFUSED = (
    ("/ValueSet/$expand", 400),
    ("/ValueSet/$expand?url=http://a.example/x", 404),
    ("/ValueSet/unknown/$expand", 404),
    (f"/ValueSet/$expand?url={RESTRAINT}&valueSetVersion=9", 404),
    (f"/ValueSet/$expand?url={RESTRAINT}&count=-1", 400),
    (f"/ValueSet/$expand?url={RESTRAINT}&offset=x", 400),
    (f"/ValueSet/$expand?url={RESTRAINT}&context=x", 400),
    ("/CodeSystem/$lookup?code=unsure", 400),
    (f"/CodeSystem/$lookup?code=nowhere&system={EXPRESSION}", 404),
    ("/CodeSystem/$lookup?code=a&system=http://loinc.org", 404),
    ("/CodeSystem/$validate-code?code=a", 400),
    ("/CodeSystem/$validate-code?code=a&url=http://loinc.org", 404),
    (f"/ValueSet/$validate-code?url={RESTRAINT}&code=unsure", 400),
    (f"/ValueSet/$validate-code?code=unsure&system={EXPRESSION}", 400),
    ("/ValueSet/$validate-code?url=http://a.example/x&code=a&system=b", 404),
)


@pytest.mark.parametrize(("path", "status"), REFUSED)
async def test_what_is_not_understood_or_not_known_is_refused_in_a_sentence(
    fhir: httpx.AsyncClient, path: str, status: int
) -> None:
    assert (await fhir.get(path)).status_code == status


async def test_a_parameter_that_is_not_taken_is_named_unless_the_client_is_lenient(
    fhir: httpx.AsyncClient,
) -> None:
    path = "/ValueSet/restraint/$expand?nonsense=1"
    answer = await fhir.get(path)
    assert answer.status_code == 400
    assert said(answer) == "The operation takes no parameter 'nonsense'."
    assert (await fhir.get(path, headers=prefer("handling=lenient"))).status_code == 200


@pytest.mark.parametrize("parameter", [5, {"name": "url"}, [5], [{"name": "url"}]])
async def test_a_body_that_holds_no_parameters_is_refused(
    fhir: httpx.AsyncClient, parameter: object
) -> None:
    body = {"resourceType": "Parameters", "parameter": parameter}
    assert (await fhir.post("/ValueSet/$expand", json=body)).status_code == 400


async def test_an_operation_stands_in_a_batch_like_any_request(fhir: httpx.AsyncClient) -> None:
    looked = f"CodeSystem/$lookup?system={EXPRESSION}&code=unsure"
    answer = await fhir.post("", json=batch(entry("GET", looked), entry("GET", "ValueSet/$expand")))
    first, second = answer.json()["entry"]
    assert first["resource"]["resourceType"] == "Parameters"
    assert [e["response"]["status"] for e in (first, second)] == ["200", "400"]
