"""Searches that are not answered. http://hl7.org/fhir/R4/search.html#errors"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.interactions.sent import (
    batch,
    count,
    get,
    issue,
    patient,
    post,
    prefer,
    put,
    replies,
    said,
    transaction,
    weight,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def people(fhir: httpx.AsyncClient, *names: str) -> None:
    entries = [put(patient(id=name, name=[{"family": name}])) for name in names]
    replies(await fhir.post("", json=transaction(*entries)))


def links(answer: httpx.Response) -> dict[str, str]:
    return {link["relation"]: link["url"] for link in answer.json()["link"]}


async def test_a_posted_search_takes_a_form_only(fhir: httpx.AsyncClient) -> None:
    assert (await fhir.post("/Patient/_search", json={})).status_code == 415
    assert (await fhir.post("/Patient/_search")).status_code == 200
    wrong = await fhir.post("/Patient/_search", content=b"family=%FF", headers=FORM)
    assert wrong.status_code == 400
    assert (await fhir.post("/Patient/_search", content=b"\xff", headers=FORM)).status_code == 400


async def test_22_a_page_token_belongs_to_its_search(fhir: httpx.AsyncClient) -> None:
    await people(fhir, "a", "b", "c")
    following = links(await fhir.get("/Patient?_count=1"))["next"]
    token = parse_qs(urlsplit(following).query)["_page"][0]
    for query in (
        f"/Patient?family=a&_page={token}",
        f"/Practitioner?_page={token}",
        f"/Patient?_page={token[:-2]}AA",
        f"/Patient?_page=A{token}",
        "/Patient?_page=nonsense",
        "/Patient?_page=%F0%9F%98%A2",
        f"/Patient?_page={'A' * 5000}",
        "/Patient?_page=",
    ):
        answer = await fhir.get(query)
        assert answer.status_code == 400, query
        assert token not in answer.text


NOT_OFFERED = (
    ("nonsense=1", "nonsense"),
    ("family:phonetic=a", ":phonetic"),
    ("_sort=nonsense", "nonsense"),
    ("_sort=phonetic", "phonetic"),
    ("_sort=_profile", "_profile"),
    ("general-practitioner.nonsense=x", "nonsense"),
    ("_has:Observation:encounter:code=1", "encounter"),
    ("_include=Patient:nonsense", "_include"),
    ("_include:recurse=Patient:link", "_include"),
    ("_revinclude=Encounter:part-of", "_revinclude"),
    ("_filter=name eq a", "_filter"),
    ("_query=x", "_query"),
    ("_list=1", "_list"),
    ("_text=a", "_text"),
    ("_content=a", "_content"),
    ("_contained=true", "_contained"),
    ("_type=Patient", "_type"),
    ("gender:of-type=a|b|c", "of-type"),
    ("_profile:below=http://a.example", ":below"),
    ("identifier:in=http://a.example/vs", ":in"),
    ("gender:above=x", ":above"),
)


@pytest.mark.parametrize(("query", "name"), NOT_OFFERED)
async def test_what_no_search_here_can_do_is_refused_by_name(
    fhir: httpx.AsyncClient, query: str, name: str
) -> None:
    answer = await fhir.get(f"/Patient?{query}")
    assert answer.status_code == 400
    assert name in said(answer)
    assert issue(answer)[0] == "not-supported"


VALUES_REFUSED = (
    "birthdate=yesterday",
    "birthdate=2026-02-30",
    "_lastUpdated=x",
    "_count=-1",
    "_count=x",
    "_count=1&_count=2",
    "_total=all",
    "_summary=some",
    "_elements=a%20b",
    "family=",
    "family=a,,b",
    "identifier=a|b|c",
    "identifier=|",
    "identifier:of-type=a|b",
    "gender:in=http://a.example/vs",
    "gender:not-in=ValueSet/nowhere",
    "_profile:above=urn:uuid:1",
    "general-practitioner=Practitioner/a/b",
    "family=a%00",
    "family:missing=perhaps",
    "family=%FF",
    "family=a\\b",
)


@pytest.mark.parametrize("query", VALUES_REFUSED)
async def test_a_value_that_cannot_be_read_is_refused(fhir: httpx.AsyncClient, query: str) -> None:
    assert (await fhir.get(f"/Patient?{query}")).status_code == 400


def alike(name: str, number: int) -> str:
    """So many different clauses."""
    return "&".join(f"{name}=a{n}" for n in range(number))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        (alike("address-city", 50), 200),
        (alike("address-city", 51), 400),
        (alike("address-city", 200), 400),
        (alike("nonsense", 100_000), 400),
        ("_id=" + ",".join("a" * 500), 200),
        ("_id=" + ",".join(str(n) for n in range(500)), 200),
        ("_id=" + ",".join(str(n) for n in range(501)), 400),
        ("family=" + "a" * 1_000_000, 200),
        ("birthdate=" + "2" * 1_000_000, 400),
        ("identifier=" + "\\" * 1_000_001, 400),
        ("identifier=" + "|" * 1_000_000, 400),
        ("general-practitioner=" + "a/" * 500_000, 400),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_22_a_search_of_any_size_is_answered_or_refused(
    fhir: httpx.AsyncClient, form: str, status: int
) -> None:
    """By `statement_timeout`, an answer that takes too long would be 503."""
    answer = await fhir.post("/Patient/_search", content=form, headers=FORM)
    assert answer.status_code == status
    assert len(answer.content) < 2 * len(form) + 1_000


async def test_a_search_in_a_batch_takes_its_parameters_in_the_url(
    fhir: httpx.AsyncClient,
) -> None:
    sent: dict[str, Any] = {"request": {"method": "POST", "url": "Patient/_search?_id=p"}}
    sent["resource"] = {"resourceType": "Parameters"}
    answer = await fhir.post("", json=batch(sent))
    assert replies(answer)[0]["status"] == "400"


async def test_a_search_that_the_site_answers_to_nobody_is_refused_at_every_door(
    fhir: httpx.AsyncClient,
) -> None:
    """Clinical rules 1.2: patients are not picked by what they expressed."""
    asked = "component-value-concept=https://attune-outcomes.org/fhir/CodeSystem/expression|tears"
    for answer in (
        await fhir.get(f"/Observation?{asked}"),
        await fhir.get(f"/Observation?{asked}", headers=prefer("handling=lenient")),
        await fhir.post("/Observation/_search", content=asked, headers=FORM),
        await fhir.post("/Observation", json=weight(), headers={"If-None-Exist": asked}),
        await fhir.post("", json=transaction(get(f"Observation?{asked}"))),
        await fhir.post("", json=transaction(post(weight(), ifNoneExist=asked))),
        await fhir.post(
            "", json=transaction(post(weight(hasMember=[{"reference": f"Observation?{asked}"}])))
        ),
    ):
        assert answer.status_code == 403
        assert issue(answer)[0] == "forbidden"
    alone = await fhir.post("", json=batch(get(f"Observation?{asked}")))
    assert replies(alone)[0]["status"] == "403"
    assert await count(fhir, "/Observation?patient=p&" + asked) == 0


EXPRESSION = "https://attune-outcomes.org/fhir/CodeSystem/expression"
AROUND = (
    f"Patient?_has:Observation:patient:component-value-concept={EXPRESSION}|tears",
    "Patient?_has:Observation:patient:component-value-concept=tears",
    "Encounter?_has:Observation:encounter:code=first-expression",
    "Encounter?patient._has:Observation:patient:code=first-expression",
    "Observation?has-member.component-value-concept=tears",
    "Observation?patient.name=x&component-value-concept=tears",
    "Observation?patient.name=x&_sort=component-value-quantity",
)


@pytest.mark.parametrize("asked", AROUND)
async def test_links_are_no_way_round_such_a_refusal(fhir: httpx.AsyncClient, asked: str) -> None:
    kind, _, form = asked.partition("?")
    for answer in (
        await fhir.get(f"/{asked}"),
        await fhir.get(f"/{asked}", headers=prefer("handling=lenient")),
        await fhir.post(f"/{kind}/_search", content=form, headers=FORM),
        await fhir.post("", json=transaction(get(asked))),
    ):
        assert answer.status_code == 403
        assert issue(answer)[0] == "forbidden"
    if kind == "Patient":
        made = await fhir.post("/Patient", json=patient(), headers={"If-None-Exist": form})
        assert made.status_code == 403


async def test_a_reference_by_condition_follows_no_links(fhir: httpx.AsyncClient) -> None:
    subject = {"reference": "Patient?general-practitioner.name=x"}
    answer = await fhir.post("", json=transaction(post(weight(focus=[subject]))))
    assert answer.status_code == 400
    assert "chains" in said(answer)
