"""The figures of Observation/$stats.

http://hl7.org/fhir/R4/observation-operation-stats.html
"""

import httpx
import pytest

from tests.interactions.measured import (
    CODES,
    LOINC,
    OF_WEIGHT,
    PANEL,
    STATISTICS,
    STATS,
    UCUM,
    WEIGHT,
    asked,
    code_of,
    kilograms,
    lacking,
    member,
    numbers,
    observation,
    panel,
    stored,
    values,
)
from tests.interactions.sent import Json

EIGHT = (2, 4, 4, 4, 5, 5, 7, 9)
"""One an hour: sum 40, mean 5, distances from it -3 -1 -1 -1 0 0 2 4; their squares make 32, their
cubes 42 and fourth powers 356. Of the hours from 0 to 7, mean 3.5, the squares of the distances
make 42, and the products with those of the values 10.5 + 2.5 + 1.5 + 0.5 + 0 + 0 + 5 + 14 = 34."""
EXPECTED = {
    "average": 5,
    "maximum": 9,
    "minimum": 2,
    "count": 8,
    "total-count": 8,
    "median": 4.5,
    "std-dev": (32 / 7) ** 0.5,
    "sum": 40,
    "variance": 32 / 7,
    "20-percent": 4,
    "80-percent": 6.2,
    "4-lower": 4,
    "4-upper": 5.5,
    "4-dev": 0.75,
    "5-1": 4,
    "5-2": 4,
    "5-3": 5,
    "5-4": 6.2,
    # By G1: n = 8, m2 = 4, m3 = 5.25.
    "skew": 56**0.5 / 6 * 5.25 / 8,
    # By G2: m4 = 44.5.
    "kurtosis": 7 / 30 * (9 * 44.5 / 16 - 21),
    "regression": (34 / 42, 5 - 3.5 * 34 / 42),
}


async def test_every_statistic_is_what_the_hand_gives(fhir: httpx.AsyncClient) -> None:
    made = [observation(f"o{n}", v, f"2026-01-01T0{n}:00:00Z") for n, v in enumerate(EIGHT)]
    await stored(fhir, *made)
    query = "&".join([OF_WEIGHT, *(f"statistic={code}" for code in CODES)])
    found = await numbers(fhir, query)
    assert list(found) == list(CODES)
    for code, expected in EXPECTED.items():
        assert found[code] == pytest.approx(expected, rel=1e-15), code
    assert {code: type(found[code]) for code in ("average", "count", "median")} == {
        "average": int, "count": int, "median": float,
    }  # fmt: skip


async def test_a_statistics_observation_says_what_was_asked(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("o", 70, "2026-05-03"), observation("o2", 71, "2026-05-04"))
    (found,) = await asked(
        fhir, f"{OF_WEIGHT}&period=2026-05..2026-06-30&statistic=variance&statistic=count"
    )
    assert found == {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": WEIGHT}]},
        "subject": {"reference": "Patient/p"},
        "effectivePeriod": {"start": "2026-05", "end": "2026-06-30"},
        "component": [
            {
                "code": {
                    "coding": [{"system": STATISTICS, "code": "variance", "display": "Variance"}],
                    "text": "Variance of a sample (n - 1)",
                },
                "valueQuantity": {
                    "value": 0.5, "unit": "(kg)²", "system": UCUM, "code": "(kg).(kg)",
                },
            },
            {
                "code": {
                    "coding": [{"system": STATISTICS, "code": "count", "display": "Count"}],
                    "text": "Count",
                },
                "valueQuantity": {"value": 2},
            },
        ],
    }  # fmt: skip


UNITS = {
    "average": {"unit": "kg", "system": UCUM, "code": "kg"},
    "sum": {"unit": "kg", "system": UCUM, "code": "kg"},
    "std-dev": {"unit": "kg", "system": UCUM, "code": "kg"},
    "total-count": {},
    "skew": {"system": UCUM, "code": "1"},
    "kurtosis": {"system": UCUM, "code": "1"},
}


async def test_every_figure_has_its_unit(fhir: httpx.AsyncClient) -> None:
    made = [observation(f"o{n}", v, f"2026-01-0{n + 1}") for n, v in enumerate((1, 2, 4, 8))]
    await stored(fhir, *made)
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic={','.join(UNITS)},regression")
    units = [{**c["valueQuantity"], "value": None} for c in found["component"]]
    assert units[:6] == [{**unit, "value": None} for unit in UNITS.values()]
    gradient, intercept = found["component"][6:]
    assert gradient["valueQuantity"]["code"] == "kg/h"
    assert gradient["valueQuantity"]["unit"] == "kg/h"
    assert gradient["code"]["text"] == "Gradient of the regression on time, per hour"
    assert intercept["valueQuantity"]["code"] == "kg"
    assert intercept["code"]["text"].startswith("Intercept of the regression on time")


async def test_decimals_are_added_as_they_are_written(fhir: httpx.AsyncClient) -> None:
    """In binary, 0.1 and 0.2 and 0.3 make 0.6000000000000001."""
    made = (observation("a", 0.1), observation("b", 0.2), observation("c", 0.3))
    await stored(fhir, *made)
    found = await numbers(fhir, f"{OF_WEIGHT}&statistic=sum,average,variance,std-dev,maximum")
    assert found == {"sum": 0.6, "average": 0.2, "variance": 0.01, "std-dev": 0.1, "maximum": 0.3}


async def test_units_are_never_mixed(fhir: httpx.AsyncClient) -> None:
    pounds = {"value": 154, "unit": "lb", "system": UCUM, "code": "[lb_av]"}
    text = {"value": 11, "unit": "stone"}
    spelled = {"value": 90, "unit": "Kilogramm", "system": UCUM, "code": "kg"}
    bare = {"value": 5}
    made = [("a", kilograms(70)), ("b", pounds), ("c", text), ("d", spelled), ("e", bare)]
    await stored(fhir, *(observation(name, valueQuantity=quantity) for name, quantity in made))
    found = await asked(fhir, f"{OF_WEIGHT}&statistic=average,variance,total-count,count")
    assert [
        (values(r)["average"], r["component"][0]["valueQuantity"].get("unit")) for r in found
    ] == [(80, "Kilogramm"), (5, None), (11, "stone"), (154, "lb")]
    assert {values(r)["total-count"] for r in found} == {5}
    assert found[0]["component"][1]["valueQuantity"]["code"] == "(kg).(kg)"
    assert lacking(found[3]) == {"variance": "This needs 2 values; there is 1."}


async def test_a_compound_of_a_unit_that_is_not_ucum_has_no_code(fhir: httpx.AsyncClient) -> None:
    local = {"unit": "x", "system": "http://units.example", "code": "X"}
    made = [
        observation(str(n), when=f"2026-01-0{n}", valueQuantity={"value": n, **local})
        for n in (1, 2)
    ]
    await stored(fhir, *made)
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic=average,variance,regression")
    units = [
        {k: v for k, v in c["valueQuantity"].items() if k != "value"} for c in found["component"]
    ]
    assert units == [local, {"unit": "(x)²"}, {"unit": "x/h"}, local]


NOTHING = {
    "average": "This needs 1 value; there are none.",
    "sum": "This needs 1 value; there are none.",
    "std-dev": "This needs 2 values; there are none.",
    "skew": "This needs 3 values; there are none.",
    "kurtosis": "This needs 4 values; there are none.",
    "regression": "A line needs measurements at two different times.",
}


async def test_where_there_is_nothing_no_number_is_made_up(fhir: httpx.AsyncClient) -> None:
    await stored(fhir)
    (found,) = await asked(
        fhir, f"{OF_WEIGHT}&statistic={','.join([*NOTHING, 'count,total-count'])}"
    )
    assert lacking(found) == NOTHING
    assert {code: values(found)[code] for code in ("count", "total-count")} == {
        "count": 0, "total-count": 0,
    }  # fmt: skip
    assert code_of(found) == WEIGHT


async def test_values_without_spread_have_no_shape(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *(observation(f"o{n}", 7) for n in range(5)))
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic=skew,kurtosis,regression,std-dev")
    undefined = "It is not defined for values without spread, or too large to be written."
    line = "A line needs measurements at two different times."
    assert lacking(found) == {"skew": undefined, "kurtosis": undefined, "regression": line}
    assert values(found)["std-dev"] == 0


async def test_what_no_number_can_hold_is_not_answered_with_one(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("a", 1e300), observation("b", -1e300))
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic=variance,average,maximum,std-dev")
    assert set(lacking(found)) == {"variance"}
    assert values(found)["average"] == 0
    assert values(found)["maximum"] == 1e300
    await stored(fhir, observation("a", 1.7e308), observation("b", -1.7e308))
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic=std-dev,average")
    assert set(lacking(found)) == {"std-dev"}


async def test_the_order_of_arrival_never_matters(fhir: httpx.AsyncClient) -> None:
    pounds = {"value": 9, "unit": "lb", "system": UCUM, "code": "[lb_av]"}
    made = [
        *(observation(f"o{n}", n, f"2026-01-0{n}") for n in range(1, 8)),
        *(observation(f"l{n}", when=f"2026-01-0{n}", valueQuantity=pounds) for n in range(1, 8)),
        member("m1", 60), member("m2", 65), panel("v", "m1", "m2"), *PANEL,
    ]  # fmt: skip
    query = (
        f"subject=Patient/p&code={WEIGHT}&code=85354-9&code=85353-1&include=true"
        f"&statistic={','.join(CODES)}"
    )
    answers = []
    for order in (made, made[::-1], made[::2] + made[1::2]):
        for each in made:
            await fhir.delete(f"/Observation/{each['id']}")
        await stored(fhir, *order)
        answers.append(_without_meta((await fhir.get(f"{STATS}?{query}")).json()))
    assert answers[0] == answers[1] == answers[2]


def _without_meta(answer: Json) -> list[Json]:
    return [{**p["resource"], "meta": None} for p in answer["parameter"]]


async def test_corrections_show_at_once(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, observation("a", 1), observation("b", 3))
    query = f"{OF_WEIGHT}&statistic=sum"
    assert await numbers(fhir, query) == {"sum": 4}
    await fhir.put("/Observation/a", json=observation("a", 10))
    assert await numbers(fhir, query) == {"sum": 13}
    await fhir.delete("/Observation/b")
    assert await numbers(fhir, query) == {"sum": 10}
    await fhir.put("/Observation/a", json=observation("a", 10, status="entered-in-error"))
    assert await numbers(fhir, query) == {"sum": None}
