"""How a finding of expected-course came about, in steps with numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.clinical.explanation import Explanation
from service.clinical.indicators.expected_course import INDICATOR
from service.clinical.wording import objections
from tests.clinical.expected import EXPECTING
from tests.clinical.generated import COURSES
from tests.clinical.patient_facts import PATIENT, form, phq9, records

OTHER_BAND = (
    "A first score outside 10 to 14, such as after a correction, would choose another curve or "
    "none."
)
ANYTHING = st.lists(st.none() | st.integers(0, 24), min_size=1, max_size=9)


def explained(*facts: object) -> list[Explanation]:
    assert INDICATOR.explain is not None
    charts = EXPECTING.known(PATIENT, records(facts)).charts
    return [INDICATOR.explain(c, finding) for c in charts for finding in INDICATOR.find(c)]


def of(*totals: int | None) -> Explanation:
    (found,) = explained(*(phq9(n, t) for n, t in enumerate(totals, 1) if t is not None))
    return found


def workings(found: Explanation) -> list[str]:
    return [step.working for step in found.steps]


def test_a_judged_course_shows_the_curve_its_value_its_bound_and_both_scores() -> None:
    """14 - 3 ln 3 = 10.704163; + 1.282 * 4 = 15.832163."""
    found = of(14, 18, 16)
    assert workings(found) == [
        "14 lies in 10 to 14: curve phq-9-10-14, version 2, n 340, up to session 6",
        "14 - 3 ln(3) = 10.7",
        "10.7 + 1.282 * 4 = 15.83",
        "16 in session 3: beyond the bound above the expected score, 15.83",
        "18 in session 2: beyond the bound above the expected score, 17.04",
    ]
    assert found.steps[0].source is not None
    assert found.steps[1].formula == "b0 + b1 ln(session)"
    assert found.would_change == (
        "A score above 14.96 in session 4 would be a second score in a row outside the range.",
        "A score of at most 14.96 in session 4 would lie within the range.",
        OTHER_BAND,
    )


def test_a_course_beyond_the_other_bound_says_what_would_end_that() -> None:
    """At session 4: 9.841117 - 5.128 = 4.713117."""
    assert of(14, 6, 5).would_change[:2] == (
        "A score above 14.96 in session 4 would be one score outside the range.",
        "A score of at least 4.72 in session 4 would not lie beyond the other bound.",
    )


def test_at_the_curves_end_no_later_score_would_change_it() -> None:
    assert of(14, 12, 12, 12, 12, 12).would_change[0] == (
        "The curve ends with session 6: later scores have no reference."
    )
    past = of(14, 12, 12, 12, 12, 12, 12)
    assert workings(past)[-1] == "7 > 6"
    assert past.would_change == ("A curve that reaches session 7.",)


def test_too_little_says_how_much_is_wanting() -> None:
    one = of(14)
    assert workings(one)[-1] == "1 of 2"
    assert one.would_change[0] == "1 more score of the PHQ-9 total in the course."
    (none,) = explained(form("phq-9", 1, {1: 2.0, 9: 0.0}))
    assert none.would_change == ("2 more scores of the PHQ-9 total in the course.",)


def test_without_a_curve_it_says_which_one_would_do() -> None:
    found = of(20, 20)
    assert workings(found) == ["20 lies in no band of a known curve"]
    assert found.would_change == (
        "A curve of the PHQ-9 total whose band holds 20, from a file or from a calibration.",
    )


@pytest.mark.parametrize("field", ["steps", "would_change"])
@given(totals=ANYTHING)
def test_whatever_the_course_something_is_explained(field: str, totals: list[int | None]) -> None:
    for found in explained(*(phq9(n, t) for n, t in enumerate(totals, 1) if t is not None)):
        assert getattr(found, field)


@given(COURSES)
def test_no_explanation_uses_a_forbidden_word(course: list) -> None:
    for found in explained(*course):
        said = [*found.would_change, *(f"{s.title} {s.formula} {s.working}" for s in found.steps)]
        assert [o for text in said for o in objections(text, finding=True)] == []
