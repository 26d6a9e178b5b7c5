"""Observation/$lastn. http://hl7.org/fhir/R4/observation-operation-lastn.html"""

import json
from collections.abc import Iterable
from itertools import chain
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.interactions.sent import (
    Json,
    batch,
    delete,
    get,
    patient,
    prefer,
    put,
    replies,
    said,
    transaction,
)

SYSTEM = "http://codes.example"
LASTN = "/Observation/$lastn"


def coded(*codes: str, system: str = SYSTEM) -> Json:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def observation(id_: str, code: Json, when: str | None = None, **elements: Any) -> Json:
    """Of the patient p and the category c unless `elements` say otherwise."""
    time = {} if when is None else {"effectiveDateTime": when}
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [coded("c")],
        "subject": {"reference": "Patient/p"},
        "code": code,
        **time,
        **elements,
    }


async def stored(fhir: httpx.AsyncClient, *observations: Json) -> None:
    people = [put(patient(id=name)) for name in ("p", "q")]
    replies(await fhir.post("", json=transaction(*people, *map(put, observations))))


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    entries = answer.json().get("entry", ())
    return [e["resource"]["id"] for e in entries if e["search"]["mode"] == "match"]


async def asked(fhir: httpx.AsyncClient, query: str) -> list[str]:
    return ids(await fhir.get(f"{LASTN}?{query}"))


A, B = coded("a"), coded("b")
RECORD = (
    observation("a1", A, "2026-01-01T10:00:00Z"),
    observation("a2", A, "2026-01-02T10:00:00Z"),
    observation("a3", A, "2026-01-03T10:00:00Z"),
    observation("a3too", A, "2026-01-03T11:00:00+01:00"),
    observation("a4", A, "2026-01-04T10:00:00Z"),
    observation("b1", B, "2026-01-05T10:00:00Z", category=[coded("d")]),
    observation("b2", B, "2026-01-02T09:00:00Z", status="entered-in-error"),
    observation("w1", {"text": "weather"}, "2026-01-01"),
    observation("w2", {"text": "Weather"}, "2026-01-02"),
    observation("w3", {"text": "weather"}, "2025-12-31"),
    observation("other", A, "2026-02-01", subject={"reference": "Patient/q"}),
)

ANSWERS = [
    # Without a maximum "only the most recent Observation in each group is returned".
    ("patient=p&code=a", "a4"),
    ("patient=p&category=c", "a4 b2 w2 w1"),
    ("patient=p&category=c,d", "b1 a4 w2 w1"),
    # "Limited to the number of requested responses per group"
    ("max=2&patient=p&code=a", "a4 a3too a3"),
    ("max=2&patient=p&category=c,d", "b1 b2 a4 a3too a3 w2 w1 w3"),
    # "4 Observations instead of 3 if the 3rd and 4th most recent had the same effective time"
    ("max=3&patient=p&code=a", "a4 a3too a3"),
    ("max=4&patient=p&code=a", "a4 a3too a3 a2"),
    ("max=999999&patient=p&code=a", "a4 a3too a3 a2 a1"),
    # "A subject using either the `patient` or `subject` search parameter"
    ("patient=Patient/p&code=a", "a4"),
    ("subject=Patient/p&code=a", "a4"),
    ("subject=p&code=a", "a4"),
    ("subject:Patient=p&code=a", "a4"),
    ("patient=http://clinic.test/fhir/Patient/p&code=a", "a4"),
    ("patient=q&code=a", "other"),
    ("patient=nobody&code=a", ""),
    # With neither a category nor a code, of every code.
    ("patient=p", "b1 a4 w2 w1"),
    # "and/or a search parameter that contains a code element"
    ("patient=p&combo-code=a", "a4"),
    ("patient=p&code=a,b", "b1 a4"),
    ("patient=p&code:not=a", "b1 w2 w1"),
    (f"patient=p&code={SYSTEM}|a", "a4"),
    ("patient=p&code=http://else.example|a", ""),
    # It "MAY include other Observation search parameters and modifiers".
    ("patient=p&code=a&date=lt2026-01-03", "a2"),
    ("patient=p&code=a&date=2026-01-03", "a3too a3"),
    ("max=2&patient=p&code=a&date=ge2026-01-02&date=lt2026-01-04", "a3too a3"),
    ("patient=p&code=a&_id=a1,a2", "a2"),
    ("max=9&patient=p&code:text=weather&category=c", "w2 w1 w3"),
    ("patient=p&subject=Patient/p&code=a", "a4"),
    ("patient=p&subject=Patient/q&code=a", ""),
    # "If not explicitly filtered by status then will include statuses of 'entered-in-error'"
    ("patient=p&code=b&category=c", "b2"),
    ("patient=p&code=b&category=c&status:not=entered-in-error", ""),
    ("max=9&patient=p&code=b&status=entered-in-error", "b2"),
]


async def test_the_newest_of_each_code_are_answered(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    for query, expected in ANSWERS:
        assert await asked(fhir, query) == expected.split(), query


async def test_the_order_in_which_observations_arrive_does_not_matter(
    fhir: httpx.AsyncClient,
) -> None:
    tied = {"a3", "a3too"}
    await stored(fhir, *reversed(RECORD))
    for query, expected in ANSWERS:
        answered = await asked(fhir, query)
        apart = [name for name in expected.split() if name not in tied]
        assert [name for name in answered if name not in tied] == apart, query
        assert set(answered) == set(expected.split()), query


async def test_a_translation_joins_codes_only_while_it_is_among_the_matches(
    fhir: httpx.AsyncClient,
) -> None:
    """However old it is, and however many newer ones there are of either code."""
    days = [f"2026-01-{day:02}" for day in range(1, 29)]
    newer = [observation(f"a{day}", A, day) for day in days]
    newer += [observation(f"b{day}", B, day) for day in days[:14]]
    await stored(fhir, observation("ab", coded("b", "a"), "2001-01-01"), *newer)
    assert await asked(fhir, "patient=p&category=c") == ["a2026-01-28"]
    assert await asked(fhir, "patient=p&category=c&date=lt2026-01-14") == [
        "b2026-01-13",
        "a2026-01-13",
    ]
    assert await asked(fhir, "patient=p&category=c&date=gt2002") == ["a2026-01-28", "b2026-01-14"]
    assert await asked(fhir, "patient=p&code=b&max=99") == [
        *(f"b{day}" for day in reversed(days[:14])),
        "ab",
    ]


async def test_equal_codes_of_two_systems_are_two_groups(fhir: httpx.AsyncClient) -> None:
    """Also where one of them has only been used long ago."""
    local = coded("a", system="http://local.example")
    many = [observation(f"n{n}", A, f"2026-01-01T{n:02}:00:00Z") for n in range(24)]
    await stored(fhir, observation("old", local, "1999-01-01"), *many)
    assert await asked(fhir, "patient=p&code=a") == ["n23", "old"]


async def test_what_has_no_time_comes_last_and_is_no_tie(fhir: httpx.AsyncClient) -> None:
    """Without a start nothing can be newer than anything: what was created last is first."""
    open_start = observation("open", A, effectivePeriod={"end": "2026-05-03"})
    timeless = [observation(f"t{n}", A) for n in range(3)]
    await stored(
        fhir, *timeless[:2], observation("dated", A, "1970-01-01"), timeless[2], open_start
    )
    assert await asked(fhir, "patient=p&code=a") == ["dated"]
    assert await asked(fhir, "patient=p&code=a&max=2") == ["dated", "open"]
    assert await asked(fhir, "patient=p&code=a&max=4") == ["dated", "open", "t2", "t1"]


async def test_a_period_is_as_new_as_its_start(fhir: httpx.AsyncClient) -> None:
    period = {"start": "2026-01-01T09:00:00Z", "end": "2026-01-03T09:00:00Z"}
    await stored(
        fhir,
        observation("period", A, effectivePeriod=period),
        observation("moment", A, "2026-01-02T09:00:00Z"),
        observation("together", A, "2026-01-01T09:00:00Z"),
    )
    assert await asked(fhir, "patient=p&code=a") == ["moment"]
    assert set(await asked(fhir, "patient=p&code=a&max=2")) == {"moment", "period", "together"}


async def test_subjects_that_are_no_patients_are_served_alike(fhir: httpx.AsyncClient) -> None:
    of_group = {"subject": {"reference": "http://groups.example/Group/p"}}
    known = {"subject": {"identifier": {"system": "http://mrn.example", "value": "7"}}}
    days = ("2026-01-01", "2026-01-03", "2026-01-02")
    await stored(
        fhir,
        *(observation(f"g{day}", A, day, **of_group) for day in days),
        *(observation(f"gb{day}", B, day, **of_group) for day in days),
        *(observation(f"k{day}", A, day, **known) for day in days),
        *(observation(f"p{day}", A, day) for day in days),
        observation("k", A, **known),
    )
    group = "subject=http://groups.example/Group/p&category=c"
    assert await asked(fhir, group) == ["gb2026-01-03", "g2026-01-03"]
    assert await asked(fhir, f"{group}&code=a&max=2") == ["g2026-01-03", "g2026-01-02"]
    by_number = "patient:identifier=http://mrn.example|7&code=a"
    assert await asked(fhir, by_number) == ["k2026-01-03"]
    assert (await asked(fhir, f"{by_number}&max=9"))[-1] == "k"
    assert await asked(fhir, "patient=Group/p&code=a") == []


async def test_corrections_show_at_once(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    await fhir.put("/Observation/a4", json=observation("a4", A, "2025-01-01"))
    assert await asked(fhir, "patient=p&code=a") == ["a3too", "a3"]
    await fhir.delete("/Observation/a3")
    assert await asked(fhir, "patient=p&code=a") == ["a3too"]
    await fhir.put("/Observation/a3too", json=observation("a3too", B, "2026-09-09"))
    assert await asked(fhir, "patient=p&code=a,b") == ["a3too", "a2"]
    moved = observation("a2", A, "2026-01-02", subject={"reference": "Patient/q"})
    await fhir.put("/Observation/a2", json=moved)
    assert await asked(fhir, "patient=p&code=a") == ["a1"]
    assert await asked(fhir, "patient=q&code=a&max=2") == ["other", "a2"]


async def test_what_only_a_body_can_refuse_does_not_hide_what_is_older(
    fhir: httpx.AsyncClient,
) -> None:
    """The index keeps 15 digits, and so offers numbers that the search does not mean."""
    close = [
        observation(f"c{n}", A, f"2026-02-{n:02}", valueQuantity={"value": 0.3})
        for n in range(1, 13)
    ]
    more = "0.30000000000000000002"
    exact = observation("exact", A, "2026-01-01", valueQuantity={"value": 0})
    await stored(fhir, *close)
    written = json.dumps(exact).replace('"value": 0', f'"value": {more}')
    await fhir.put("/Observation/exact", content=written)
    query = "patient=p&code=a&value-quantity=gt0.30000000000000000001"
    assert await asked(fhir, query) == ["exact"]
    assert await asked(fhir, f"{query}&max=2") == ["exact"]


async def test_the_answer_is_a_searchset(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    answer = await fhir.get(LASTN, params={"max": "3", "patient": "p", "code": f"{SYSTEM}|a"})
    bundle = answer.json()
    assert bundle["type"] == "searchset"
    assert bundle["total"] == 3
    (link,) = bundle["link"]
    assert link["relation"] == "self"
    url = urlsplit(link["url"])
    assert url.path == "/fhir/Observation/$lastn"
    assert parse_qsl(url.query) == [("max", "3"), ("patient", "p"), ("code", f"{SYSTEM}|a")]
    for entry in bundle["entry"]:
        assert entry["fullUrl"] == f"http://clinic.test/fhir/Observation/{entry['resource']['id']}"
        assert entry["search"] == {"mode": "match"}
    assert bundle["entry"][0]["resource"] == (await fhir.get("/Observation/a4")).json()


async def test_what_finds_nothing_is_an_empty_searchset(fhir: httpx.AsyncClient) -> None:
    answer = await fhir.get(f"{LASTN}?patient=p&code=a")
    assert answer.json() == {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 0,
        "link": [
            {
                "relation": "self",
                "url": "http://clinic.test/fhir/Observation/$lastn?patient=p&code=a",
            }
        ],
    }


async def test_entries_can_be_shortened(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    (entry,) = (await fhir.get(f"{LASTN}?patient=p&code=a&_elements=status")).json()["entry"]
    assert "subject" not in entry["resource"]
    assert entry["resource"]["status"] == "final"
    assert entry["resource"]["meta"]["tag"][0]["code"] == "SUBSETTED"
    counted = (await fhir.get(f"{LASTN}?patient=p&category=c&_summary=count")).json()
    assert counted["total"] == 4
    assert "entry" not in counted


def body(*parameters: tuple[str, str, Any]) -> Json:
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name, f"value{kind}": value} for name, kind, value in parameters],
    }


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", [("max", "PositiveInt", 2), ("patient", "String", "p"), ("code", "String", "a")]),
        ("", [("patient", "Uri", "Patient/p"), ("max", "Integer", 2), ("code", "Code", "a")]),
        ("?patient=p&max=2", [("code", "String", "a,b"), ("code:not", "String", "b")]),
        ("?patient=p&max=2&code=a", []),
        ("", [("patient", "String", "p"), ("category:missing", "Boolean", False),
              ("code", "String", "a"), ("max", "String", "2")]),
    ],
)  # fmt: skip
async def test_parameters_can_come_in_a_body(
    fhir: httpx.AsyncClient, query: str, parameters: list[tuple[str, str, Any]]
) -> None:
    await stored(fhir, *RECORD)
    sent = body(*parameters) if parameters else None
    answer = await fhir.post(f"{LASTN}{query}", json=sent or {"resourceType": "Parameters"})
    assert ids(answer) == ["a4", "a3too", "a3"]


async def test_head_and_batch_answer_alike(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    head = await fhir.head(f"{LASTN}?patient=p&code=a")
    assert head.status_code == 200
    answer = await fhir.post("", json=batch(get("Observation/$lastn?patient=p&code=a")))
    (entry,) = answer.json()["entry"]
    assert entry["response"]["status"] == "200"
    assert entry["resource"]["entry"][0]["resource"]["id"] == "a4"


REFUSED = [
    ("code=a", "$lastn needs one subject, named by 'patient' or 'subject'."),
    ("patient=p,q&code=a", "$lastn needs one subject, named by 'patient' or 'subject'."),
    ("patient:missing=false&code=a", "$lastn needs one subject, named by 'patient' or 'subject'."),
    ("patient:identifier=http://mrn.example|&code=a",
     "$lastn needs one subject, named by 'patient' or 'subject'."),
    ("patient=p&code=a&encounter.status=planned",
     "$lastn follows no chain and no '_has'; a search does."),
    ("patient=p&code=a&_has:Observation:derived-from:code=x",
     "$lastn follows no chain and no '_has'; a search does."),
    ("patient.name=p&code=a", "$lastn follows no chain and no '_has'; a search does."),
    ("patient=p&code=a&max=0", "'max' takes a number from 1 on."),
    ("patient=p&code=a&max=-1", "'max' takes a number from 1 on."),
    ("patient=p&code=a&max=two", "'max' takes a number from 1 on."),
    ("patient=p&code=a&max=1&max=2", "'max' may be given once only."),
    ("patient=p&code=a&_sort=date", "$lastn takes no parameter '_sort'."),
    ("patient=p&code=a&_count=2", "$lastn takes no parameter '_count'."),
    ("patient=p&code=a&_include=Observation:subject", "$lastn takes no parameter '_include'."),
    ("patient=p&code=a&nonsense=1", "Observation has no search parameter 'nonsense' here."),
    ("patient=p&code=a&date=yesterday",
     "Search parameter 'date' takes a date such as ge2026-05-03 or 2026-05-03T10:00Z."),
]  # fmt: skip


@pytest.mark.parametrize(("query", "sentence"), REFUSED)
async def test_what_cannot_be_answered_is_refused_by_name(
    fhir: httpx.AsyncClient, query: str, sentence: str
) -> None:
    answer = await fhir.get(f"{LASTN}?{query}")
    assert answer.status_code == 400
    assert said(answer) == sentence


async def test_a_parameter_that_is_no_text_is_refused(fhir: httpx.AsyncClient) -> None:
    sent = body(("patient", "Reference", {"reference": "Patient/p"}), ("code", "String", "a"))
    answer = await fhir.post(LASTN, json=sent)
    assert answer.status_code == 400
    assert said(answer) == "The parameter 'patient' takes a text, as in a query."


async def test_leniency_ignores_what_means_nothing_here_and_says_so(
    fhir: httpx.AsyncClient,
) -> None:
    await stored(fhir, *RECORD)
    answer = await fhir.get(
        f"{LASTN}?patient=p&code=a&_sort=date&nonsense=1", headers=prefer("handling=lenient")
    )
    assert ids(answer) == ["a4"]
    bundle = answer.json()
    assert bundle["total"] == 1
    assert bundle["link"][0]["url"].endswith("$lastn?patient=p&code=a")
    outcome = bundle["entry"][-1]
    assert outcome["search"]["mode"] == "outcome"
    assert [issue["diagnostics"] for issue in outcome["resource"]["issue"]] == [
        "$lastn takes no parameter '_sort'.",
        "Observation has no search parameter 'nonsense' here.",
    ]
    needed = await fhir.get(f"{LASTN}?code=a&nonsense=1", headers=prefer("handling=lenient"))
    assert needed.status_code == 400


FILTERS = (
    "", "&status=final", "&status:not=final", "&date=ge2026-01-03", "&date=lt2026-01-05",
    "&code=a", "&code=b,d", "&code:not=b", "&category:not=d", "&value-quantity=gt2",
    "&combo-code=p", "&component-code=p&status=final", "&category=d", "&code=t",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
async def test_the_answer_is_what_one_gets_by_looking_at_everything(
    fhir: httpx.AsyncClient, seed: int
) -> None:
    """All that a search finds, grouped and cut by hand."""
    chance = Random(seed)  # noqa: S311
    made = [_any(chance, n) for n in range(90)]
    await stored(fhir, *made)
    for filter_ in FILTERS:
        for most in (1, 3):
            query = f"patient=p&category=c,d{filter_}"
            everything = await fhir.get(f"/Observation?{query}&_count=1000")
            groups = _grouped([e["resource"] for e in everything.json().get("entry", ())])
            expected = {frozenset(_newest(group, most)) for group in groups}
            answered = await fhir.get(f"{LASTN}?{query}&max={most}")
            found = [e["resource"] for e in answered.json().get("entry", ())]
            assert len(found) == sum(map(len, expected)), query
            regrouped = {frozenset(r["id"] for r in found if r["id"] in e) for e in expected}
            assert regrouped == expected, query


def _any(chance: Random, number: int) -> Json:
    codes = chance.sample(["a", "b", "d", "e", "f"], chance.choice([1, 1, 1, 2]))
    system = chance.choice([SYSTEM, SYSTEM, "http://local.example"])
    code = chance.choice([coded(*codes, system=system)] * 5 + [{"text": chance.choice("tT")}])
    value = {"valueQuantity": {"value": chance.choice([1, 2, 3])}} if chance.random() < 0.5 else {}
    part = {"component": [{"code": coded("p")}]} if chance.random() < 0.3 else {}
    return observation(
        f"o{number}",
        code,
        f"2026-01-{chance.randint(1, 6):02}T0{chance.randint(1, 3)}:00:00Z",
        status=chance.choice(["final", "final", "amended", "entered-in-error"]),
        category=[coded(name) for name in chance.choice(["c", "d", "cd", "x"])],
        subject={"reference": f"Patient/{chance.choice('pppq')}"},
        **value,
        **part,
    )


def _names(resource: Json) -> frozenset[Any]:
    codings = resource["code"].get("coding", ())
    named = frozenset((each["system"], each["code"]) for each in codings)
    return named or frozenset([resource["code"]["text"]])


def _grouped(resources: Iterable[Json]) -> list[list[Json]]:
    """Merging groups that share a name until none do."""
    groups = [[resource] for resource in resources]
    for resource in list(chain.from_iterable(groups)):
        shared = [g for g in groups if any(_names(r) & _names(resource) for r in g)]
        groups = [g for g in groups if g not in shared] + [list(chain.from_iterable(shared))]
    return groups


def _newest(group: list[Json], most: int) -> list[str]:
    times = sorted((r["effectiveDateTime"] for r in group), reverse=True)
    return [r["id"] for r in group if r["effectiveDateTime"] >= times[:most][-1]]


async def test_deleting_in_a_transaction_shows_inside_and_after(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *RECORD)
    inside = transaction(delete("Observation/a4"), get("Observation/$lastn?patient=p&code=a"))
    answer = await fhir.post("", json=inside)
    found = answer.json()["entry"][1]["resource"]["entry"]
    assert {entry["resource"]["id"] for entry in found} == {"a3", "a3too"}
