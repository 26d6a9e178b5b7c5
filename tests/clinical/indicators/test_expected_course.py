"""expected-course, by a curve with b0 14, b1 -3, SD 4 up to session 6 for first scores of 10 to 14.

Worked in tests/psychometrics/test_expected_course.py: bounds above 17.048558, 15.832163, 14.969117
and 14.299686 at sessions 2 to 5; those below 6.792558, 5.576163, 4.713117, 4.043686.
"""

from dataclasses import replace

import pytest

from service.clinical import facts
from service.clinical.curves import Curves
from service.fhir.resource import Resource
from tests.clinical.expected import CURVES, EXPECTING, curve
from tests.clinical.patient_facts import (
    ENGINE,
    about,
    answer_to,
    form,
    met,
    of,
    one,
    part,
    parts,
    phq9,
    ready_made,
    says,
    sources,
    value,
    wai,
)

RULE = "expected-course"


def found(*totals: int | None) -> Resource:
    course = [phq9(n, t) for n, t in enumerate(totals, start=1) if t is not None]
    return one(RULE, *course, engine=EXPECTING)


def test_two_scores_in_a_row_beyond_the_bound_are_said_with_theirs() -> None:
    result = found(14, 18, 16)
    assert value(result) == "not-on-track"
    assert says(result) == (
        "PHQ-9 total: score 16 on 19 January 2026; curve phq-9-10-14 (n 340, Lutz 1999) gives up "
        "to 15.83 at session 3. The score before it, 18 in session 2, lies outside too, where the "
        "curve gives up to 17.04. Consider asking what has changed."
    )


def test_one_score_beyond_it_is_said_as_one() -> None:
    result = found(14, 17, 16)
    assert value(result) == "outside-once"
    assert says(result).endswith(
        "gives up to 15.83 at session 3. The score before it was 17 in session 2, where the curve "
        "gives up to 17.04."
    )
    assert says(found(14, 18)).endswith("It is the first score after the start.")


def test_a_score_within_is_said_with_the_bound_and_what_is_open_beside_it() -> None:
    result = found(14, 12)
    assert value(result) == "on-track"
    assert says(result) == (
        "PHQ-9 total: score 12 on 12 January 2026; curve phq-9-10-14 (n 340, Lutz 1999) gives up "
        "to 17.04 at session 2."
    )
    raised = form("phq-9", 3, {9: 1.0})
    beside = one(RULE, phq9(1, 14), phq9(2, 12), raised, engine=EXPECTING)
    assert says(beside).endswith(
        "Open safety review: PHQ-9 item 9 was answered 1 on 19 January 2026; needs a conversation."
    )
    assert raised.reference in sources(beside)


def test_two_scores_beyond_the_other_bound_are_said_with_both() -> None:
    result = found(14, 6, 5)
    assert value(result) == "better-than-expected"
    assert says(result).endswith(
        "Both it and 6 in session 2 lie below the other bounds, 5.58 and 6.8."
    )


def test_a_course_within_the_range_names_its_own_rise() -> None:
    """10 to 16 is 6 points, the reliable change; the bound of session 2 is 17.05."""
    result = found(10, 16)
    assert value(result) == "on-track"
    assert "The PHQ-9 total is 6 points higher than at the start (threshold 6)." in says(result)


@pytest.mark.parametrize("totals", [(14, 12), (14, 6, 5)])
def test_where_no_form_asks_about_suicide_a_favourable_place_says_so(totals: tuple) -> None:
    gad = replace(
        EXPECTING, curves=Curves(known=(curve(id="gad-7", scale="gad-7", low=10.0, high=21.0),))
    )
    course = [ready_made(n, "gad-7", total) for n, total in enumerate(totals, start=1)]
    assert says(one(RULE, *course, engine=gad)).endswith(
        "No form in this course asks about suicide."
    )


def test_where_higher_is_better_the_bound_lies_below() -> None:
    """16 + 4 ln 2 - 1.282 * 5 = 12.362589; at session 3: 16 + 4.394449 - 6.41 = 13.984449."""
    low = [form("ors", n, dict.fromkeys(range(1, 5), v)) for n, v in ((1, 4.0), (2, 3.0), (3, 3.0))]
    result = one(RULE, *low, engine=EXPECTING)
    assert value(result) == "not-on-track"
    assert "score 12 on 19 January 2026" in says(result)
    assert "gives 13.99 and more at session 3" in says(result)
    assert "where the curve gives 12.37 and more" in says(result)


def test_every_number_and_its_source_stand_in_components() -> None:
    """Session 3 took place without a form."""
    result = one(RULE, phq9(1, 14), phq9(2, 18), met(3), phq9(4, 15), engine=EXPECTING)
    assert part(result, "first-score") == 14
    assert part(result, "latest-score") == 15
    assert part(result, "session") == 4
    assert part(result, "expected-score") == pytest.approx(9.841117, abs=1e-6)
    assert part(result, "threshold") == pytest.approx(14.969117, abs=1e-6)
    assert part(result, "threshold-better-side") == pytest.approx(4.713117, abs=1e-6)
    assert part(result, "previous-score") == 18
    assert part(result, "previous-session") == 2
    assert part(result, "previous-threshold") == pytest.approx(17.048558, abs=1e-6)
    assert part(result, "critical-value") == 1.282
    assert part(result, "standard-deviation") == 4
    assert part(result, "courses") == 340
    assert part(result, "curve") == "phq-9-10-14"
    assert part(result, "curve-version") == "2"
    assert part(result, "curve-band") == "10 to 14"
    assert parts(result, "curve-period") == []
    assert part(result, "reference-source").startswith("Lutz, Martinovich & Howard (1999)")
    assert len(sources(result)) == 3


def test_the_first_score_chooses_the_curve() -> None:
    assert part(found(15, 12), "curve") == "phq-9-15-19"
    assert part(found(14, 22), "curve") == "phq-9-10-14"


def test_one_score_is_too_little_and_the_count_is_said() -> None:
    result = found(14)
    assert value(result) is None
    assert result["dataAbsentReason"]["text"] == "1 of 2 scores"


def test_forms_without_a_score_are_too_little_too() -> None:
    result = one(RULE, form("phq-9", 1, {1: 2.0, 9: 0.0}), engine=EXPECTING)
    assert result["dataAbsentReason"]["text"] == "0 of 2 scores"


def test_without_a_curve_nothing_is_judged_and_later_scores_change_nothing() -> None:
    course = [phq9(1, 20), phq9(2, 20)]
    result = one(RULE, *course, engine=EXPECTING)
    assert value(result) == "no-reference"
    assert says(result) == (
        "PHQ-9 total: no curve of expected scores is known for a first score of 20."
    )
    assert one(RULE, *course, phq9(3, 24), phq9(4, 1), engine=EXPECTING) == result
    assert value(one(RULE, phq9(1, 14), engine=ENGINE)) == "no-reference"


def test_past_the_curves_end_nothing_is_judged_and_later_scores_change_nothing() -> None:
    course = [phq9(n, 14) for n in (1, 2, 3, 4, 5, 6, 7)]
    result = one(RULE, *course, engine=EXPECTING)
    assert value(result) == "no-reference"
    assert says(result) == (
        "PHQ-9 total: curve phq-9-10-14 (n 340, Lutz 1999) ends with session 6; later scores have "
        "no reference."
    )
    assert one(RULE, *course, phq9(8, 24), engine=EXPECTING) == result


def test_a_range_that_holds_the_whole_scale_says_that_nothing_lies_outside() -> None:
    """14 - 3 ln 2 + 1.282 * 12 = 27.304558; the scale ends with 27."""
    wide = replace(EXPECTING, curves=Curves(known=(curve(sd=12.0),)))
    result = one(RULE, phq9(1, 14), phq9(2, 24), engine=wide)
    assert value(result) == "on-track"
    assert "gives up to 27.3 at session 2. No score of the scale lies outside that." in says(result)


def test_a_curve_of_the_site_is_named_as_such_with_its_period() -> None:
    own = curve(
        source=replace(CURVES.known[0].source, citation="Ended courses of this site"),
        period="2024-01-08 to 2026-04-30",
    )
    site = replace(EXPECTING, curves=Curves(known=(own,)))
    result = one(RULE, phq9(1, 14), phq9(2, 12), engine=site)
    assert "(n 340, ended courses of this site, 2024-01-08 to 2026-04-30)" in says(result)
    assert part(result, "curve-period") == "2024-01-08 to 2026-04-30"


def test_another_curve_gives_the_finding_a_new_version_in_its_old_place() -> None:
    newer = replace(EXPECTING, curves=Curves(known=(curve(version="3"),)))
    course = [phq9(1, 14), phq9(2, 12)]
    before, after = (one(RULE, *course, engine=engine) for engine in (EXPECTING, newer))
    assert before["id"] == after["id"]
    assert part(after, "curve-version") == "3"
    assert before != after


def test_only_whole_symptom_and_wellbeing_scales_have_an_expected_course() -> None:
    given: list[facts.AnyFact] = [wai(n, 40) for n in (1, 2)]
    given += [form("aaq-ii", n, dict.fromkeys(range(1, 8), 4.0)) for n in (1, 2)]
    given += [form("erq", n, dict.fromkeys(range(1, 11), 4.0)) for n in (1, 2)]
    assert of(RULE, *given, engine=EXPECTING) == []
    assert len(of(RULE, *given, phq9(1, 12))) == 1
    assert value(about("PHQ-9 total", RULE, phq9(1, 12), phq9(2, 12))) == "no-reference"


def test_a_person_may_dismiss_it() -> None:
    course = [phq9(1, 14), phq9(2, 18), phq9(3, 16)]
    before = one(RULE, *course, engine=EXPECTING)
    dismissal = answer_to(before, "finding-dismissal", 3, reason="already-discussed")
    after = one(RULE, *course, dismissal, engine=EXPECTING)
    assert value(after) == "not-on-track"
    assert "Dismissed on 19 January 2026: already discussed." in says(after)
