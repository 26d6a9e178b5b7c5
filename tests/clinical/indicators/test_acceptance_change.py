"""AAQ-II and ratings of acceptance: the latest value less the first of the course.

1.96 * 7.05 * sqrt(2) * sqrt(1 - 0.84) = 1.96 * 7.05 * 1.414214 * 0.4 = 7.8166 (Bond et al. 2011).
"""

import pytest

from service.clinical.indicators.acceptance_change import INDICATOR
from tests.clinical.patient_facts import (
    charts,
    form,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    remark,
    says,
    sources,
    value,
    week,
)

RULE = "acceptance-change"
SUFFERING = "acceptance-of-suffering"


def test_the_aaq_ii_falls_when_acceptance_rises_and_the_text_says_so() -> None:
    found = one(RULE, ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 24))
    assert value(found) == -6
    assert part(found, "threshold") == pytest.approx(7.8166, abs=0.0001)
    assert part(found, "threshold-source").startswith("Bond et al. (2011)")
    assert says(found) == (
        "The AAQ-II total of 24 on 12 January 2026 is 6 points lower than 30 on 5 January 2026 "
        "(threshold: more than 7.82, computed from Bond 2011; higher means less acceptance). No "
        "form in this course asks about suicide."
    )


def test_a_rise_of_the_aaq_ii_reassures_nobody_and_stands_alone() -> None:
    found = one(RULE, ready_made(1, "aaq-ii", 24), ready_made(2, "aaq-ii", 30))
    assert says(found).endswith("higher means less acceptance).")


def test_a_fall_of_the_aaq_ii_names_what_is_open_in_the_record() -> None:
    at_risk = form("phq-9", 2, {**dict.fromkeys(range(1, 9), 0.0), 9: 1.0})
    given = (ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 24), at_risk)
    found = one(RULE, *given)
    assert "Open safety review: PHQ-9 item 9 was answered 1" in says(found)
    assert "QuestionnaireResponse/phq-9-2" in sources(found)


def test_ratings_of_acceptance_have_no_threshold() -> None:
    given = (remark(1, SUFFERING, number=4), remark(2, SUFFERING, number=6))
    found = one(RULE, *given)
    assert value(found) == 2
    assert part(found, "topic") == SUFFERING
    assert parts(found, "threshold") == []
    assert says(found) == (
        "The rating of acceptance of suffering (0 to 10, higher means more acceptance) of 6 on 12 "
        "January 2026 is 2 points higher than 4 on 5 January 2026. No threshold is published for "
        "it."
    )


def test_ratings_are_therapy_and_the_form_is_survey() -> None:
    given = (remark(1, SUFFERING, number=4), ready_made(1, "aaq-ii", 30))
    found = {o["category"][0]["coding"][0]["code"]: o for o in of(RULE, *given)}
    assert set(found) == {"survey", "therapy"}
    assert part(found["survey"], "scale") == "aaq-ii"
    assert found["survey"]["derivedFrom"] == [{"reference": "Observation/total-aaq-ii-1"}]


def test_one_value_is_too_little() -> None:
    found = one(RULE, ready_made(1, "aaq-ii", 30))
    assert found["dataAbsentReason"]["text"] == "1 of 2 values"


def test_of_two_ratings_in_one_session_the_last_counts() -> None:
    again = remark(2, SUFFERING, number=1, **week(2, 12) | {"reference": "Observation/again"})
    given = (remark(1, SUFFERING, number=4), remark(2, SUFFERING, number=6), again)
    assert value(one(RULE, *given)) == -3


def test_nothing_of_acceptance_recorded_is_nothing_said() -> None:
    assert of(RULE, phq9(1, 4), phq9(2, 4)) == []


def test_it_is_explained_by_the_difference_and_the_reliable_change() -> None:
    (chart,) = charts(ready_made(1, "aaq-ii", 30), ready_made(2, "aaq-ii", 24))
    (found,) = INDICATOR.find(chart)
    change, reliable = INDICATOR.explain(chart, found).steps
    assert change.working == "24 - 30 = -6"
    assert reliable.working == "1.96 * 7.05 * sqrt(2) * sqrt(1 - 0.84) = 7.82"
    assert reliable.source is not None
