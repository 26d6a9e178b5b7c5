"""Which measurements Observation/$stats rests on.

http://hl7.org/fhir/R4/observation-operation-stats.html
"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.interactions.measured import (
    LOINC,
    OF_WEIGHT,
    PANEL,
    STATS,
    UCUM,
    WEIGHT,
    asked,
    code_of,
    coded,
    kilograms,
    member,
    numbers,
    observation,
    panel,
    pressure,
    resources,
    stored,
    values,
)
from tests.interactions.sent import Json


async def test_a_component_has_statistics_under_its_own_code(fhir: httpx.AsyncClient) -> None:
    """ "will evaluate all relevant Observations with this code in Observation.code and
    Observation.component.code" """
    single = observation("s", when="2026-01-03", code=coded("8480-6"), valueQuantity=pressure(110))
    await stored(fhir, *PANEL, single)
    query = f"subject=Patient/p&system={LOINC}&code=8480-6&statistic=average,count"
    assert await numbers(fhir, query) == {"average": 122, "count": 3}


async def test_a_panel_has_statistics_of_each_of_its_measurements(
    fhir: httpx.AsyncClient,
) -> None:
    """ "the stats operation returns statistics for each of the individual panel measurements": of
    this panel only."""
    single = observation("s", code=coded("8480-6"), valueQuantity=pressure(110))
    await stored(fhir, *PANEL, single)
    found = await asked(fhir, "subject=Patient/p&code=85354-9&statistic=average,count,total-count")
    assert {code_of(r): values(r) for r in found} == {
        "8480-6": {"average": 128, "count": 2, "total-count": 2},
        "8462-4": {"average": 82, "count": 2, "total-count": 2},
    }


async def test_members_of_a_panel_count_and_members_of_members(fhir: httpx.AsyncClient) -> None:
    """Each once, however many panels have it, and around in circles; what is of someone else, was
    taken back or lies outside the period is no member of the sample."""
    of_other = member("other", 900, subject={"reference": "Patient/q"})
    wrong = member("wrong", 800, status="entered-in-error")
    late = member("late", 700, when="2026-09-09")
    timeless = member("timeless", 62, when=None)
    names = ("m1", "m2", "b1", "other", "wrong", "late", "timeless", "outer")
    outer = panel("outer", *names)
    again = panel("again", "m1", "outer")
    await stored(
        fhir,
        *PANEL,
        member("m1", 60),
        member("m2", 70),
        of_other,
        wrong,
        late,
        timeless,
        outer,
        again,
    )
    query = "subject=Patient/p&code=85353-1&statistic=sum,count&period=2026-01..2026-02"
    found = await asked(fhir, query)
    assert {code_of(r): values(r) for r in found} == {
        "8867-4": {"sum": 192, "count": 3},
        "8480-6": {"sum": 120, "count": 1},
        "8462-4": {"sum": 80, "count": 1},
    }


async def test_a_value_of_its_own_makes_an_observation_no_panel(fhir: httpx.AsyncClient) -> None:
    part = {"code": coded("part"), "valueQuantity": kilograms(3)}
    await stored(fhir, observation("o", 70, component=[part]))
    (found,) = await asked(fhir, f"{OF_WEIGHT}&statistic=average")
    assert code_of(found) == WEIGHT
    assert values(found) == {"average": 70}


ODD = "http://odd.example"
IGNORED = [
    ("has no value", {}),
    ("says why", {"dataAbsentReason": {"text": "x"}}),
    ("is text", {"valueString": "70"}),
    ("is a whole number without unit", {"valueInteger": 70}),
    ("is a range", {"valueRange": {"low": kilograms(60), "high": kilograms(80)}}),
    ("has a comparator", {"valueQuantity": {**kilograms(70), "comparator": "<"}}),
    ("has a unit only", {"valueQuantity": {"unit": "kg", "system": UCUM, "code": "kg"}}),
    ("is modified",
     {"valueQuantity": kilograms(70), "modifierExtension": [{"url": ODD, "valueCode": "x"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "elements"), IGNORED, ids=[row[0] for row in IGNORED])
async def test_what_has_no_valid_result_counts_in_the_total_only(
    fhir: httpx.AsyncClient, why: str, elements: Json
) -> None:
    """total-count: "including observations that were ignored because they did not contain valid
    result values"."""
    await stored(fhir, observation("o", **elements), observation("good", 80))
    found = await numbers(fhir, f"{OF_WEIGHT}&statistic=average,count,total-count")
    assert found == {"average": 80, "count": 1, "total-count": 2}


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("registered", True), ("preliminary", True), ("final", True), ("amended", True),
        ("corrected", True), ("cancelled", True), ("unknown", True), ("entered-in-error", False),
    ],
)  # fmt: skip
async def test_only_what_was_entered_in_error_is_left_out(
    fhir: httpx.AsyncClient, status: str, counts: bool
) -> None:
    """Observations "with a status of 'entered-in-error' will be excluded from the calculations"."""
    await stored(fhir, observation("o", 70, status=status), observation("good", 80))
    found = await numbers(fhir, f"{OF_WEIGHT}&statistic=count,total-count")
    assert found == {"count": 1 + counts, "total-count": 1 + counts}


async def test_codes_are_told_apart_by_their_systems(fhir: httpx.AsyncClient) -> None:
    local = coded(WEIGHT, system="http://local.example")
    both = {"coding": [*coded("other")["coding"], *coded(WEIGHT)["coding"]]}
    await stored(
        fhir, observation("a", 70), observation("b", 7, code=local), observation("c", 80, code=both)
    )
    assert await numbers(fhir, f"{OF_WEIGHT}&statistic=sum") == {"sum": 150}
    query = "subject=Patient/p&statistic=sum"
    assert await numbers(fhir, f"{query}&code={LOINC}|{WEIGHT}") == {"sum": 150}
    assert await numbers(fhir, f"{query}&coding={LOINC}|{WEIGHT}") == {"sum": 150}
    assert await numbers(fhir, f"{query}&code=|{WEIGHT}") == {"sum": None}
    found = await asked(fhir, f"{query}&code={WEIGHT}")
    assert [(r["code"]["coding"][0]["system"], values(r)) for r in found] == [
        ("http://local.example", {"sum": 7}),
        (LOINC, {"sum": 150}),
    ]


async def test_each_code_is_answered_in_turn_and_once(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *PANEL, observation("o", 70))
    query = f"subject=Patient/p&system={LOINC}&code={WEIGHT}&code=8462-4&code={WEIGHT}&code=none"
    found = await asked(fhir, f"{query}&statistic=count")
    assert [(code_of(r), values(r)["count"]) for r in found] == [
        (WEIGHT, 1), ("8462-4", 2), ("none", 0),
    ]  # fmt: skip


HOURS = [
    ("2026-05-03T10:00:00Z", "moment"),
    ("2026-05-03", "day"),
    ("2026-05", "month"),
    (None, "timeless"),
]
PERIODS = [
    ("", "moment day month timeless"),
    ("&period=2026-05-03..2026-05-03", "moment day"),
    ("&period=2026-05-03T10:00:00Z..2026-05-03T10:00:00Z", "moment"),
    ("&period=2026-05-03T10:00:01Z..", ""),
    ("&period=2026..2026", "moment day month"),
    ("&period=..2026-05-02", "month"),
    ("&period=..2026-05-01", "month"),
    ("&period=..2026-04-30", ""),
    ("&period=2026-05-02..", "moment day"),
]


async def test_a_measurement_counts_where_its_time_starts(fhir: httpx.AsyncClient) -> None:
    await stored(fhir, *(observation(name, 1, when) for when, name in HOURS))
    for period, expected in PERIODS:
        answer = await fhir.get(f"{STATS}?{OF_WEIGHT}&statistic=count&include=true{period}")
        assert {r["id"] for r in resources(answer, "source")} == set(expected.split()), period
        (found,) = resources(answer)
        assert values(found)["count"] == len(expected.split()), period


async def test_a_duration_is_counted_back_from_now(fhir: httpx.AsyncClient) -> None:
    """ "the duration = "1" represents the last hour" """
    now = datetime.now(UTC)
    for name, minutes in (("old", 95), ("new", 45), ("future", -45)):
        when = (now - timedelta(minutes=minutes)).isoformat(timespec="seconds")
        await stored(fhir, observation(name, minutes, when))
    assert await numbers(fhir, f"{OF_WEIGHT}&duration=1&statistic=sum") == {"sum": 45}
    (found,) = await asked(fhir, f"{OF_WEIGHT}&duration=1.6&statistic=sum")
    assert values(found) == {"sum": 140}
    period = found["effectivePeriod"]
    start, end = (datetime.fromisoformat(period[edge]) for edge in ("start", "end"))
    assert end - start == timedelta(hours=1.6)
    assert timedelta() <= end - now < timedelta(minutes=10)


SUBJECTS = ("Patient/p", "http://groups.example/Group/1", "http://far.example/fhir/Patient/9")


async def test_every_subject_has_its_own(fhir: httpx.AsyncClient) -> None:
    made = [
        observation(f"o{n}", n, subject={"reference": subject})
        for n, subject in enumerate(SUBJECTS, 1)
    ]
    await stored(fhir, *made, observation("q", 50, subject={"reference": "Patient/q"}))
    for n, subject in enumerate((*SUBJECTS, "http://clinic.test/fhir/Patient/p"), 1):
        query = f"subject={subject}&code={WEIGHT}&statistic=sum"
        assert await numbers(fhir, query) == {"sum": n if n < 4 else 1}, subject
