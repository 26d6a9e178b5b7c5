"""What Observation/$stats takes, and what it refuses.

http://hl7.org/fhir/R4/observation-operation-stats.html
"""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.interactions.measured import (
    CODES,
    LOINC,
    OF_WEIGHT,
    PANEL,
    STATS,
    WEIGHT,
    numbers,
    observation,
    resources,
    stored,
    values,
)
from tests.interactions.sent import Json, batch, get, prefer, said


async def test_sources_come_on_request_newest_first(fhir: httpx.AsyncClient) -> None:
    made = [observation(f"o{n}", n, f"2026-01-0{n}") for n in (2, 3, 1)]
    await stored(fhir, *made, observation("none", when="2026-01-09"), *PANEL)
    query = f"{OF_WEIGHT}&statistic=count"
    for asking, expected in (
        ("", []),
        ("&include=false", []),
        ("&include=true", ["o3", "o2", "o1"]),
        ("&include=true&limit=2", ["o3", "o2"]),
        ("&include=true&limit=99", ["o3", "o2", "o1"]),
        # "If the include parameter is absent or equal to "false" the limit parameter SHALL be
        # ignored by the server"
        ("&limit=2", []),
        ("&include=false&limit=nonsense", []),
    ):
        answer = await fhir.get(f"{STATS}?{query}{asking}")
        assert [r["id"] for r in resources(answer, "source")] == expected, asking
        (found,) = resources(answer)
        assert values(found) == {"count": 3}, asking
    answer = await fhir.get(f"{STATS}?subject=Patient/p&code=85354-9&statistic=sum&include=true")
    sources = resources(answer, "source")
    assert [r["id"] for r in sources] == ["b2", "b1"]
    assert sources[0] == (await fhir.get("/Observation/b2")).json()


def body(*parameters: tuple[str, str, Any]) -> Json:
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name, f"value{kind}": value} for name, kind, value in parameters],
    }


async def test_parameters_can_come_in_a_body(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("a", 1, "2026-01-01"), observation("b", 3, "2026-02-01"))
    coding = {"system": LOINC, "code": WEIGHT, "display": "Body weight"}
    sent = body(
        ("subject", "Uri", "Patient/p"),
        ("coding", "Coding", coding),
        ("statistic", "Code", "average"),
        ("statistic", "Code", "count"),
        ("period", "Period", {"start": "2026-01-15", "end": "2026-12-31"}),
        ("include", "Boolean", True),
        ("limit", "PositiveInt", 1),
    )
    answer = await fhir.post(STATS, json=sent)
    (found,) = resources(answer)
    assert found["code"] == {"coding": [coding]}
    assert found["effectivePeriod"] == {"start": "2026-01-15", "end": "2026-12-31"}
    assert values(found) == {"average": 3, "count": 1}
    assert [r["id"] for r in resources(answer, "source")] == ["b"]
    rest = body(("duration", "Decimal", 0.5), ("statistic", "Code", "max"))
    (found,) = resources(await fhir.post(f"{STATS}?{OF_WEIGHT}", json=rest))
    assert values(found) == {"maximum": None}


async def test_the_short_names_of_the_documentation_are_understood(
    fhir: httpx.AsyncClient,
) -> None:
    await stored(fhir, observation("a", 1), observation("b", 3))
    found = await numbers(fhir, f"{OF_WEIGHT}&statistic=average,max,min,count")
    assert found == {"average": 2, "maximum": 3, "minimum": 1, "count": 2}


async def test_head_and_batch_answer_alike(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("a", 1))
    assert (await fhir.head(f"{STATS}?{OF_WEIGHT}&statistic=sum")).status_code == 200
    asking = batch(get(f"Observation/$stats?{OF_WEIGHT}&statistic=sum"))
    (entry,) = (await fhir.post("", json=asking)).json()["entry"]
    assert entry["response"]["status"] == "200"
    assert values(entry["resource"]["parameter"][0]["resource"]) == {"sum": 1}


GOOD = {"subject": "Patient/p", "code": WEIGHT, "statistic": "sum"}
REFUSED: list[tuple[Any, str]] = [
    ({"subject": None}, "The parameter 'subject' must be given: a reference like Patient/123."),
    ({"subject": "p"}, "The parameter 'subject' takes one reference, like Patient/123."),
    ({"subject": "Patient/p,Patient/q"},
     "The parameter 'subject' takes one reference, like Patient/123."),
    ({"subject": ["Patient/p", "Patient/q"]}, "The parameter 'subject' may be given once only."),
    ({"subject": "a b"},
     "Search parameter 'subject' takes an id, [type]/[id] or an absolute URL."),
    ({"code": None}, "The parameter 'code' or 'coding' must be given."),
    ({"code": None, "system": LOINC},
     "The parameter 'system' is the system of a 'code', which must be given."),
    ({"code": " "}, "The parameter 'code' takes a code."),
    ({"code": f"{LOINC}|"}, "The parameter 'code' takes code or system|code."),
    ({"code": ["a"] * 51}, "Statistics may be asked of 50 codes at the most."),
    ({"statistic": None}, "The parameter 'statistic' must be given: one or more codes."),
    ({"statistic": "mode"}, f"The parameter 'statistic' takes {', '.join(CODES)}."),
    ({"statistic": ""}, f"The parameter 'statistic' takes {', '.join(CODES)}."),
    ({"duration": "1", "period": "2026.."},
     "Only one of 'duration' and 'period' may be given."),
    *(({"duration": text}, "The parameter 'duration' takes hours, a number above 0.")
      for text in ("0", "-1", "soon", "", "999999999", "1e3", "0.0")),
    *(({"period": text},
       "The parameter 'period' takes start and end, of which one may be missing.")
      for text in ("2026", "..", "yesterday..", "2026-13..", "2026-05-03T10:00..")),
    ({"period": "2026-02..2026-01"}, "The parameter 'period' must not end before it starts."),
    ({"include": "maybe"}, "The parameter 'include' takes true or false."),
    *(({"include": "true", "limit": text}, "The parameter 'limit' takes a number from 1 on.")
      for text in ("0", "-1", "many")),
    ({"patient": "p"}, "The operation takes no parameter 'patient'."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), REFUSED)
async def test_what_cannot_be_answered_is_refused_by_name(
    fhir: httpx.AsyncClient, changes: Json, sentence: str
) -> None:
    given = {name: value for name, value in (GOOD | changes).items() if value is not None}
    answer = await fhir.get(STATS, params=given)
    assert answer.status_code == 400
    assert said(answer) == sentence


@pytest.mark.parametrize(
    ("parameter", "sentence"),
    [
        (("coding", "Coding", {"system": LOINC}),
         "The parameter 'coding' takes a Coding with a code."),
        (("coding", "Coding", {"system": 1, "code": "a"}),
         "The parameter 'coding' takes a Coding with system and display as text."),
        (("coding", "Integer", 1), "The parameter 'coding' takes a Coding with a code."),
        (("code", "Integer", 1), "The parameter 'code' takes a code."),
        (("statistic", "Integer", 1),
         "The parameter 'statistic' must be given: one or more codes."),
        (("period", "Integer", 1),
         "The parameter 'period' takes start and end, of which one may be missing."),
        (("period", "Period", {"start": 1}),
         "The parameter 'period' takes start and end, of which one may be missing."),
        (("duration", "Boolean", True), "The parameter 'duration' takes hours, a number above 0."),
    ],
)  # fmt: skip
async def test_a_body_with_the_wrong_kind_of_value_is_refused_by_name(
    fhir: httpx.AsyncClient, parameter: tuple[str, str, Any], sentence: str
) -> None:
    needed: Sequence[tuple[str, str, Any]] = [
        (name, "String", value) for name, value in GOOD.items() if name != parameter[0]
    ]
    answer = await fhir.post(STATS, json=body(*needed, parameter))
    assert answer.status_code == 400
    assert said(answer) == sentence


async def test_leniency_ignores_what_is_unknown(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("a", 1))
    answer = await fhir.get(
        f"{STATS}?{OF_WEIGHT}&statistic=sum&nonsense=1", headers=prefer("handling=lenient")
    )
    (found,) = resources(answer)
    assert values(found) == {"sum": 1}
