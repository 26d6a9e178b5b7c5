"""Strength of a belief 0 to 10, and scales of beliefs: the latest value less the first."""

from dataclasses import replace

import pytest

from service.clinical.catalogue import build, catalogue
from service.clinical.definitions import Construct
from service.clinical.indicators.belief_change import INDICATOR
from tests.clinical.patient_facts import (
    ENGINE,
    charts,
    of,
    one,
    part,
    parts,
    ready_made,
    remark,
    says,
    sources,
    value,
    wai,
    week,
)

RULE = "belief-change"


def belief(session: float, strength: str | None, code: str = "seen-as-weak", **more: object):
    components = {} if strength is None else {"belief-strength": strength}
    name = {"reference": f"Observation/{code}-{session:g}"}
    return remark(session, "crying-belief", code, components=components, **name | more)


def test_the_strength_of_a_belief_is_compared_with_its_first() -> None:
    found = one(RULE, belief(1, "7"), wai(2, 48), belief(3, "4"))
    assert value(found) == -3
    assert part(found, "belief") == "seen-as-weak"
    assert part(found, "topic") == "crying-belief"
    assert parts(found, "scale") == []
    assert (part(found, "first-score"), part(found, "latest-score")) == (7, 4)
    assert (part(found, "scores-used"), part(found, "sessions-without-score")) == (2, 1)
    assert sources(found) == ["Observation/seen-as-weak-1", "Observation/seen-as-weak-3"]
    assert says(found) == (
        "The strength of the belief 'seen as weak' (0 to 10) of 4 on 19 January 2026 is 3 points "
        "lower than 7 on 5 January 2026. No threshold is published for it."
    )


def test_each_belief_of_a_person_is_a_series_of_its_own() -> None:
    given = (belief(1, "7"), belief(1, "2", "tears-help"), belief(2, "8"),
             belief(3, "6", "tears-help"))  # fmt: skip
    found = {part(o, "belief"): o for o in of(RULE, *given)}
    assert {code: value(o) for code, o in found.items()} == {"seen-as-weak": 1, "tears-help": 4}
    assert len({o["id"] for o in found.values()}) == 2


def test_one_value_is_too_little_and_says_so() -> None:
    found = one(RULE, belief(1, "7"), belief(2, None))
    assert value(found) is None
    assert found["dataAbsentReason"]["text"] == "1 of 2 values"
    assert part(found, "scores-needed") == 2
    assert says(found) == (
        "The strength of the belief 'seen as weak' (0 to 10): 1 of 2 values that a change needs."
    )


@pytest.mark.parametrize("given", [belief(1, None), belief(1, "3", "not-asked")])
def test_without_a_strength_or_a_belief_there_is_none(given: object) -> None:
    assert of(RULE, given) == []


def test_of_two_values_in_one_session_the_last_counts() -> None:
    later = belief(2, "9", **week(2, 12) | {"reference": "Observation/a-later-one"})
    assert value(one(RULE, belief(1, "7"), belief(2, "4"), later)) == 2


def test_0_is_a_value() -> None:
    assert value(one(RULE, belief(1, "3"), belief(2, "0"))) == -3


def test_it_is_therapy_like_the_records_that_it_rests_on() -> None:
    found = one(RULE, belief(1, "7"), belief(2, "4"))
    assert found["category"][0]["coding"][0]["code"] == "therapy"


BELIEFS = build(
    replace(
        instrument,
        scales=tuple(
            replace(s, construct=Construct.BELIEF, better=None) if s.id == "aaq-ii" else s
            for s in instrument.scales
        ),
    )
    for instrument in catalogue().instruments
)
"""The seven items of the AAQ-II as if they asked for beliefs."""


def test_a_scale_of_beliefs_is_compared_and_neither_direction_is_called_better() -> None:
    engine = replace(ENGINE, catalogue=BELIEFS)
    given = (ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 41))
    found = one(RULE, *given, engine=engine)
    assert value(found) == 11
    assert part(found, "scale") == "aaq-ii"
    assert parts(found, "threshold") == []
    assert found["category"][0]["coding"][0]["code"] == "survey"
    assert says(found).endswith("No threshold is published for it.")


def test_it_is_explained_by_its_difference() -> None:
    (chart,) = charts(belief(1, "7"), belief(3, "4"), belief(3, "1", "tears-help"))
    found, other = sorted(INDICATOR.find(chart), key=lambda f: f.topic or "")
    (step,) = INDICATOR.explain(chart, found).steps
    assert (step.formula, step.working) == ("latest value - first value", "4 - 7 = -3")
    assert INDICATOR.explain(chart, found).would_change == (
        "A later value takes the place of 4; with 7 the change would be 0.",
    )
    assert INDICATOR.explain(chart, other).steps[0].working == "1 of 2 values"
