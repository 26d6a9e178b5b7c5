"""GET [base]/[type]?... and POST [base]/[type]/_search. http://hl7.org/fhir/R4/http.html#search"""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.interactions.sent import (
    count,
    created,
    identified,
    patient,
    prefer,
    put,
    replies,
    transaction,
    weight,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def people(fhir: httpx.AsyncClient, *names: str) -> None:
    entries = [put(patient(id=name, name=[{"family": name}])) for name in names]
    replies(await fhir.post("", json=transaction(*entries)))


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", ())]


def links(answer: httpx.Response) -> dict[str, str]:
    return {link["relation"]: link["url"] for link in answer.json()["link"]}


async def test_a_search_that_finds_nothing_answers_an_empty_bundle(
    fhir: httpx.AsyncClient,
) -> None:
    answer = await fhir.get("/Patient?family=nobody")
    assert answer.status_code == 200
    assert answer.json() == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [{"relation": "self", "url": "http://clinic.test/fhir/Patient?family=nobody"}],
    }


async def test_a_match_says_where_it_is_and_that_it_is_one(fhir: httpx.AsyncClient) -> None:
    await people(fhir, "ada")
    (entry,) = (await fhir.get("/Patient?family=ada")).json()["entry"]
    assert entry["fullUrl"] == "http://clinic.test/fhir/Patient/ada"
    assert entry["search"] == {"mode": "match"}
    assert entry["resource"] == (await fhir.get("/Patient/ada")).json()


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("", "family=ada"),
        ("?family=ada", ""),
        ("?family=a", "_id=ada"),
        ("?_id=ada,bob", "family=a&_format=json"),
        ("?_pretty=true", "family=ada&_format=application/fhir%2Bjson"),
    ],
)
async def test_a_posted_search_equals_the_one_in_the_address(
    fhir: httpx.AsyncClient, query: str, form: str
) -> None:
    await people(fhir, "ada", "bob")
    answer = await fhir.post(f"/Patient/_search{query}", content=form, headers=FORM)
    assert ids(answer) == ["ada"]
    asked = {**parse_qs(query.removeprefix("?")), **parse_qs(form)}
    expected = {name: values for name, values in asked.items() if not name.startswith(("_f", "_p"))}
    assert parse_qs(urlsplit(links(answer)["self"]).query) == expected
    assert urlsplit(links(answer)["self"]).path == "/fhir/Patient"


@pytest.mark.parametrize("posted", [False, True])
async def test_the_plus_of_an_offset_needs_no_encoding(
    fhir: httpx.AsyncClient, posted: bool
) -> None:
    """10:00 at +05:30 is 04:30 in UTC."""
    await created(fhir, weight(effectiveDateTime="2026-05-03T04:30:00Z"))
    for moment, found in (
        ("2026-05-03T10:00:00+05:30", 1),
        ("2026-05-03T10:00:00%2B05:30", 1),
        ("ge2026-05-03T10:00:00.000+05:30", 1),
        ("ge2026-05-03T10:00+05:30", 1),
        ("2026-05-03T10%3A00%3A00+05%3A30", 1),
        ("2026-05-03T10:00:00-05:30", 0),
    ):
        if posted:
            answer = await fhir.post("/Observation/_search", content=f"date={moment}", headers=FORM)
        else:
            answer = await fhir.get(f"/Observation?date={moment}")
        assert len(ids(answer)) == found, moment


async def test_elsewhere_a_plus_is_a_blank(fhir: httpx.AsyncClient) -> None:
    await created(fhir, patient(name=[{"family": "van der Berg"}]))
    assert await count(fhir, "/Patient?family=van+der") == 1


async def test_a_unicode_query_is_read_encoded_or_not(fhir: httpx.AsyncClient) -> None:
    await created(fhir, patient(name=[{"family": "Łukasz"}]))
    assert await count(fhir, "/Patient?family:exact=%C5%81ukasz") == 1
    assert await count(fhir, "/Patient?family:exact=Łukasz") == 1


async def test_pages_hold_every_match_once_whatever_is_written_meanwhile(
    fhir: httpx.AsyncClient,
) -> None:
    names = [f"p{number}" for number in range(7)]
    await people(fhir, *names)
    seen, following = list[str](), "/Patient?_count=3&_sort=family"
    while following:
        answer = await fhir.get(following)
        seen += ids(answer)
        assert answer.json()["total"] == 7
        following = links(answer).get("next", "")
        await people(fhir, f"a{len(seen)}", f"z{len(seen)}")
    assert seen == names


COUNTS = (
    ("_count=2", 2, 3),
    ("_count=1000000000", 3, 3),
    ("_count=0", 0, 3),
    ("_summary=count", 0, 3),
    ("_total=none", 3, None),
    ("_total=accurate", 3, 3),
    ("_total=estimate", 3, 3),
)


@pytest.mark.parametrize(("query", "entries", "total"), COUNTS)
async def test_a_client_says_how_many_it_wants(
    fhir: httpx.AsyncClient, query: str, entries: int, total: int | None
) -> None:
    await people(fhir, "a", "b", "c")
    bundle = (await fhir.get(f"/Patient?{query}")).json()
    assert len(bundle.get("entry", ())) == entries
    assert bundle.get("total") == total


SUBSETS = (
    ("_elements=gender", {"gender"}),
    ("_summary=text", set()),
    ("_summary=true", {"name", "gender"}),
    ("_summary=data", {"name", "gender", "maritalStatus"}),
)


@pytest.mark.parametrize(("query", "kept"), SUBSETS)
async def test_part_of_a_resource_is_marked_as_a_part(
    fhir: httpx.AsyncClient, query: str, kept: set[str]
) -> None:
    await fhir.put(
        "/Patient/p", json=patient(id="p", gender="other", maritalStatus={"text": "single"})
    )
    (entry,) = (await fhir.get(f"/Patient?{query}")).json()["entry"]
    resource = entry["resource"]
    assert resource.keys() - {"resourceType", "id", "meta"} == kept
    assert resource["meta"]["tag"][0]["code"] == "SUBSETTED"


async def test_a_lenient_client_is_told_what_was_left_out(fhir: httpx.AsyncClient) -> None:
    await people(fhir, "ada", "bob")
    answer = await fhir.get(
        "/Patient?family=ada&nonsense=1&_include=Nonsense:x", headers=prefer("handling=lenient")
    )
    bundle = answer.json()
    assert [entry["search"]["mode"] for entry in bundle["entry"]] == ["match", "outcome"]
    told = bundle["entry"][1]["resource"]
    assert told["resourceType"] == "OperationOutcome"
    assert ["nonsense" in i["diagnostics"] for i in told["issue"]] == [True, False]
    assert "_include" in told["issue"][1]["diagnostics"]
    assert bundle["total"] == 1
    assert links(answer)["self"] == "http://clinic.test/fhir/Patient?family=ada"


async def test_references_are_found_in_any_form(fhir: httpx.AsyncClient) -> None:
    await people(fhir, "p")
    await created(fhir, weight("Patient/p"))
    for form in (
        "patient=p",
        "patient=Patient/p",
        "patient=http://clinic.test/fhir/Patient/p",
        "subject=p",
        "subject:Patient=p",
        "patient:Patient=p",
    ):
        assert await count(fhir, f"/Observation?{form}") == 1, form
    assert await count(fhir, "/Observation?patient=http://elsewhere.example/fhir/Patient/p") == 0


async def test_values_are_alternatives_and_clauses_add_up(fhir: httpx.AsyncClient) -> None:
    for name, gender in (("a", "male"), ("b", "female"), ("c", "other")):
        sent = patient(id=name, gender=gender, identifier=identified(name))
        await fhir.put(f"/Patient/{name}", json=sent)
    for query, found in (
        ("_id=a,b", {"a", "b"}),
        ("gender=male,other", {"a", "c"}),
        ("_id=a,b&gender=female", {"b"}),
        ("gender=male&gender=female", set[str]()),
        ("gender:not=male", {"b", "c"}),
        ("identifier=http://clinic.example/mrn|a", {"a"}),
        ("identifier=b", {"b"}),
        ("identifier=|a", set[str]()),
        ("identifier=http://clinic.example/mrn|", {"a", "b", "c"}),
        ("birthdate:missing=true", {"a", "b", "c"}),
    ):
        assert set(ids(await fhir.get(f"/Patient?{query}"))) == found, query


async def test_head_of_a_search_has_no_body(fhir: httpx.AsyncClient) -> None:
    head = await fhir.head("/Patient?_count=1")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0
