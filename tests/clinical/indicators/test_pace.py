from service.clinical.canonical import OBSERVATION_CATEGORY
from tests.clinical.patient_facts import (
    expressed,
    met,
    of,
    one,
    part,
    parts,
    remark,
    says,
    sources,
    value,
    wai,
    week,
)

PACE, CHECK = "pace", "pace-check"


def test_it_counts_sessions_with_any_expression_among_those_with_a_record() -> None:
    found = one(
        PACE,
        expressed(1, "tears"),
        expressed(2, "none"),
        met(3),
        expressed(4, "tears-held-back"),
        expressed(5, "prefer-not-to-record"),
        expressed(6, "eyes-filled"),
    )
    assert value(found) == (3, 4)
    assert part(found, "sessions-recorded") == 4
    assert part(found, "sessions-with-expression") == 3
    assert part(found, "share-held-back") == (1, 3)
    # Sessions 1, 4 and 6: three and two apart.
    assert part(found, "sessions-between") == 2.5
    assert says(found) == "An expression was recorded in 3 of 4 sessions with a record."


def test_several_episodes_in_one_session_count_once() -> None:
    again = expressed(1, "none")
    again = type(again)(reference="Observation/x", presence="none", **_when(again))
    assert value(one(PACE, expressed(1, "tears"), again)) == (1, 1)


def _when(fact: object) -> dict[str, object]:
    return {name: getattr(fact, name) for name in ("effective", "at", "day")}


def test_it_is_never_interpreted_and_carries_no_quantity_to_compare() -> None:
    found = one(PACE, expressed(1, "tears"), expressed(2, "none"))
    assert "interpretation" not in found
    assert "referenceRange" not in found
    assert "valueQuantity" not in found


def test_it_is_therapy_and_never_survey() -> None:
    given = (expressed(1, "tears", therapist_act_before=("pressed-for-expression",)),)
    given += (remark(1, "pace-wish", "stop"),)
    for found in (one(PACE, *given), one(CHECK, *given)):
        (category,) = found["category"]
        assert category["coding"][0]["system"] == OBSERVATION_CATEGORY
        assert category["coding"][0]["code"] == "therapy"


def test_therapist_responses_are_listed() -> None:
    found = one(
        PACE,
        expressed(1, "tears", therapist_response=("supported", "silence")),
        expressed(2, "tears", therapist_response=("silence",)),
    )
    assert parts(found, "therapist-response") == ["silence", "supported"]


def test_without_a_record_there_is_no_share() -> None:
    found = one(PACE, expressed(1, "prefer-not-to-record"))
    assert value(found) is None
    assert says(found) == "No session has an expression record."


def test_no_record_and_no_word_on_the_pace_give_no_finding() -> None:
    assert of(PACE, met(1), wai(2, 48)) == []


def test_a_patients_wish_to_stop_is_shown_whatever_the_therapist_coded_since() -> None:
    found = one(
        PACE,
        expressed(1, "none"),
        remark(1, "pace-wish", "stop", by_patient=True),
        remark(2, "pace-wish", "go-on"),
    )
    assert part(found, "pace-wish") == "stop"
    assert says(found).endswith(
        "The patient's wish for the pace in session 1 on 5 January 2026: stop."
    )


def test_the_patients_own_later_wish_replaces_it() -> None:
    own = {"by_patient": True}
    found = one(
        PACE, remark(1, "pace-wish", "not-now", **own), remark(2, "pace-wish", "go-on", **own)
    )
    assert parts(found, "pace-wish") == []


def test_a_wish_to_slow_down_is_no_halt() -> None:
    assert parts(one(PACE, remark(1, "pace-wish", "slower", by_patient=True)), "pace-wish") == []


def test_a_pace_felt_below_5_is_shown_and_5_is_not() -> None:
    assert parts(one(PACE, remark(1, "pace-felt", number=5)), "pace-felt") == []
    found = one(PACE, remark(1, "pace-felt", number=9), remark(2, "pace-felt", number=4))
    assert part(found, "pace-felt") == 4
    assert "4 of 10 in session 2" in says(found)
    assert part(one(PACE, remark(1, "pace-felt", number=0)), "pace-felt") == 0
    assert says(found).endswith(
        "'The session went at my pace' was rated 4 of 10 in session 2 on 12 January 2026 (shown "
        "below 5)."
    )


def test_a_patients_own_rating_of_the_pace_stands_whatever_others_recorded_then() -> None:
    own = remark(2, "pace-felt", number=3, by_patient=True)
    same_session = remark(2, "pace-felt", number=8, **week(2, 12) | {"reference": "Observation/t"})
    later = remark(3, "pace-felt", number=8)
    assert part(one(PACE, own, same_session), "pace-felt") == 3
    assert part(one(PACE, own, later), "pace-felt") == 3
    raised = remark(3, "pace-felt", number=6, by_patient=True)
    assert parts(one(PACE, own, raised), "pace-felt") == []


def test_pressing_with_a_wish_for_slower_at_the_next_session_asks_about_the_pace() -> None:
    found = one(
        CHECK,
        expressed(1, "tears", therapist_act_before=("pressed-for-expression",)),
        remark(2, "pace-wish", "slower"),
    )
    assert says(found) == (
        "Session 1 on 5 January 2026: pressed for expression was recorded; the wish for the pace "
        "in session 2 was: slower. Consider asking about the pace."
    )
    assert sources(found) == ["Observation/expression-1", "Observation/pace-wish-2"]


def test_a_wish_two_sessions_later_or_before_is_not_about_it() -> None:
    act = expressed(2, "tears", therapist_response=("encouraged-expression",))
    assert of(CHECK, met(3), act, remark(4, "pace-wish", "stop")) == []
    assert of(CHECK, act, remark(1, "pace-wish", "stop")) == []
    assert of(CHECK, act, remark(2, "pace-wish", "go-on")) == []
    assert len(of(CHECK, act, remark(2, "pace-wish", "not-now"))) == 1


def test_other_acts_ask_nothing() -> None:
    act = expressed(1, "tears", therapist_act_before=("explored-feeling",))
    assert of(CHECK, act, remark(1, "pace-wish", "stop")) == []


def test_a_possible_strain_at_that_or_the_next_session_asks_about_the_pace() -> None:
    # Three times 4.0, then 2.67 in session 4: a possible strain (t 3.19, 7 df).
    scores = [wai(1, 48), wai(2, 48), wai(3, 48), wai(4, 32)]
    for session, asked in ((2, 0), (3, 1), (4, 1)):
        act = expressed(session, "tears", therapist_act_before=("encouraged-expression",))
        assert len(of(CHECK, act, *scores)) == asked
    found = one(CHECK, act, *scores)
    assert (
        "the WAI-SR mean in session 4 was 1.33 below the mean of the 3 scores before it (p 0.0076"
    ) in says(found)
    assert len(sources(found)) == 5
