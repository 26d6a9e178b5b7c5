"""The instruments against the tables of the clinical specification, number by number."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.definitions import Construct, Figure, Reliability, Scale, Standing
from service.clinical.score import applies, score
from service.psychometrics.clinical_significance import in_clinical_range
from service.psychometrics.reliable_change import change_points
from service.psychometrics.scoring import Better

P, W, D = Standing.PUBLISHED, Standing.WIDELY_USED, Standing.DECIDED


def scale(name: str) -> Scale:
    return catalogue().scales[name][1]


def total(name: str, answers: Mapping[int, float]) -> float | None:
    instrument, of = catalogue().scales[name]
    return score(instrument, of, answers)


def answered(count: int, value: float) -> dict[int, float]:
    return dict.fromkeys(range(1, count + 1), value)


def numbers(of: Scale) -> tuple[Any, ...]:
    def seen(figure: Figure | Reliability | None) -> tuple[float, Standing] | None:
        return None if figure is None else (figure.value, figure.source.standing)

    norm = None if of.norm is None else (of.norm.mean, of.norm.sd, of.norm.source.standing)
    return (
        seen(of.cutoff),
        seen(of.reliability),
        None if of.reliability is None else of.reliability.kind.value,
        norm,
        seen(of.published_change),
        seen(of.session_sd),
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("phq-9", ((10, P), (0.84, W), "retest", (2.91, 3.52, W), (6, P), None)),
        ("gad-7", ((8, P), (0.83, W), "retest", (2.97, 3.41, W), (4, P), None)),
        ("wai-sr", (None, (0.92, W), "alpha", None, None, (0.40, D))),
        ("srs", (None, (0.88, W), "alpha", None, None, (3.0, D))),
        ("ors", ((25, W), (0.91, P), "alpha", None, (5, W), None)),
        ("aaq-ii", (None, (0.84, P), "alpha", (18.51, 7.05, P), None, None)),
        ("core-10", ((11, W), (0.90, W), "alpha", None, (6, P), None)),
        ("core-om", ((10, P), (0.90, W), "retest", None, (5, W), None)),
        ("oq-45.2", ((63, W), (0.93, W), "alpha", (45.19, 18.57, W), (14, P), None)),
        ("wai-s", (None, None, None, None, None, None)),
        ("wai-s-t", (None, None, None, None, None, None)),
        ("haq-ii", (None, None, None, None, None, None)),
        ("erq-reappraisal", (None, None, None, None, None, None)),
        ("erq-suppression", (None, (0.69, W), "retest", None, None, None)),
        ("pcl-5", ((28, P), (0.82, W), "retest", None, (15, P), None)),
        ("wsas", ((10, W), (0.73, P), "retest", None, (8, W), None)),
        ("wsas-without-work", (None, None, None, None, None, None)),
        ("dass-21-depression", (None, (0.88, W), "alpha", (5.66, 7.74, W), None, None)),
        ("dass-21-anxiety", (None, (0.82, W), "alpha", (3.76, 5.90, W), None, None)),
        ("dass-21-stress", (None, (0.90, W), "alpha", (9.46, 8.40, W), None, None)),
        ("k10", (None, (0.93, W), "alpha", None, None, None)),
        ("k10-0-4", (None, (0.93, W), "alpha", None, None, None)),
        ("who-5", ((52, W), None, None, None, (10, W), None)),
        ("swemwbs", (None, None, None, (23.6, 3.9, W), None, None)),
        ("promis-depression", (None, (0.95, W), "alpha", (50, 10, W), None, None)),
    ],
)
def test_the_numbers_of_a_scale_are_those_of_the_table(name: str, expected: Any) -> None:
    assert numbers(scale(name)) == expected


@pytest.mark.parametrize(
    ("name", "low", "high", "better", "construct", "items"),
    [
        ("phq-9", 0, 27, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 10))),
        ("phq-9-core", 0, 6, Better.LOWER, Construct.SYMPTOM, (1, 2)),
        ("gad-7", 0, 21, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 8))),
        ("wai-sr", 1, 5, Better.HIGHER, Construct.ALLIANCE, tuple(range(1, 13))),
        ("wai-sr-task", 1, 5, Better.HIGHER, Construct.ALLIANCE, (1, 2, 10, 12)),
        ("wai-sr-goal", 1, 5, Better.HIGHER, Construct.ALLIANCE, (4, 6, 8, 11)),
        ("wai-sr-bond", 1, 5, Better.HIGHER, Construct.ALLIANCE, (3, 5, 7, 9)),
        ("srs", 0, 40, Better.HIGHER, Construct.ALLIANCE, (1, 2, 3, 4)),
        ("srs-relationship", 0, 10, Better.HIGHER, Construct.ALLIANCE, (1,)),
        ("srs-goals", 0, 10, Better.HIGHER, Construct.ALLIANCE, (2,)),
        ("srs-approach", 0, 10, Better.HIGHER, Construct.ALLIANCE, (3,)),
        ("srs-overall", 0, 10, Better.HIGHER, Construct.ALLIANCE, (4,)),
        ("ors", 0, 40, Better.HIGHER, Construct.WELLBEING, (1, 2, 3, 4)),
        ("aaq-ii", 7, 49, Better.LOWER, Construct.ACCEPTANCE, tuple(range(1, 8))),
        ("core-10", 0, 40, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 11))),
        ("core-om", 0, 40, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 35))),
        ("core-om-wellbeing", 0, 40, Better.LOWER, Construct.SYMPTOM, (4, 14, 17, 31)),
        ("core-om-risk", 0, 40, Better.LOWER, Construct.SAFETY, (6, 9, 16, 22, 24, 34)),
        ("oq-45.2", 0, 180, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 46))),
        (
            "oq-45.2-social-role",
            0,
            36,
            Better.LOWER,
            Construct.SYMPTOM,
            (4, 12, 14, 21, 28, 32, 38, 39, 44),
        ),
        ("wai-s", 12, 84, Better.HIGHER, Construct.ALLIANCE, tuple(range(1, 13))),
        ("wai-s-goal", 4, 28, Better.HIGHER, Construct.ALLIANCE, (4, 6, 10, 11)),
        ("wai-s-t", 12, 84, Better.HIGHER, Construct.ALLIANCE, tuple(range(1, 13))),
        ("haq-ii", 19, 114, Better.HIGHER, Construct.ALLIANCE, tuple(range(1, 20))),
        ("erq-reappraisal", 1, 7, None, Construct.STYLE, (1, 3, 5, 7, 8, 10)),
        ("erq-suppression", 1, 7, None, Construct.STYLE, (2, 4, 6, 9)),
        ("pcl-5", 0, 80, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 21))),
        ("pcl-5-d", 0, 28, Better.LOWER, Construct.SYMPTOM, tuple(range(8, 15))),
        ("wsas", 0, 40, Better.LOWER, Construct.SYMPTOM, (1, 2, 3, 4, 5)),
        ("wsas-without-work", 0, 32, Better.LOWER, Construct.SYMPTOM, (2, 3, 4, 5)),
        ("dass-21-depression", 0, 42, Better.LOWER, Construct.SYMPTOM, (3, 5, 10, 13, 16, 17, 21)),
        ("dass-21-anxiety", 0, 42, Better.LOWER, Construct.SYMPTOM, (2, 4, 7, 9, 15, 19, 20)),
        ("dass-21-stress", 0, 42, Better.LOWER, Construct.SYMPTOM, (1, 6, 8, 11, 12, 14, 18)),
        ("k10", 10, 50, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 11))),
        ("k10-0-4", 0, 40, Better.LOWER, Construct.SYMPTOM, tuple(range(1, 11))),
        ("who-5", 0, 100, Better.HIGHER, Construct.WELLBEING, (1, 2, 3, 4, 5)),
        ("swemwbs", 7, 35, Better.HIGHER, Construct.WELLBEING, tuple(range(1, 8))),
        ("promis-depression", 0, 100, Better.LOWER, Construct.SYMPTOM, ()),
        ("bacs-helpful", 1, 7, None, Construct.BELIEF, ()),
        ("bacs-unhelpful-individual", 1, 7, None, Construct.BELIEF, ()),
        ("bacs-unhelpful-social", 1, 7, None, Construct.BELIEF, ()),
        ("ceas-iii-modal", 1, 7, None, Construct.EXPRESSION, ()),
        ("ceas-iii-peak", 1, 7, None, Construct.EXPRESSION, ()),
        ("exp-modal", 1, 7, None, Construct.EXPRESSION, ()),
        ("exp-peak", 1, 7, None, Construct.EXPRESSION, ()),
    ],
)
def test_the_range_and_the_items_of_a_scale_are_those_of_the_table(
    name: str, low: float, high: float, better: Better | None, construct: Construct, items: Any
) -> None:
    of = scale(name)
    assert (of.low, of.high, of.better, of.construct, of.items) == (
        low, high, better, construct, items,
    )  # fmt: skip


def test_the_reverse_keyed_items_are_those_of_the_table() -> None:
    turned = {name: of.reversed_items for name, (_, of) in catalogue().scales.items() if of.primary}
    assert {name: items for name, items in turned.items() if items} == {
        "core-10": (2, 3),
        "core-om": (3, 4, 7, 12, 19, 21, 31, 32),
        "oq-45.2": (1, 12, 13, 20, 21, 24, 31, 37, 43),
        "wai-s": (4, 10),
        "wai-s-t": (4, 10),
        "haq-ii": (4, 8, 11, 16, 19),
    }


def test_findings_come_from_these_scales_and_no_others() -> None:
    primary = {name for name, (_, of) in catalogue().scales.items() if of.primary}
    assert primary == {
        "phq-9", "gad-7", "wai-sr", "srs", "ors", "aaq-ii", "core-10", "core-om", "oq-45.2",
        "wai-s", "wai-s-t", "haq-ii", "erq-reappraisal", "erq-suppression", "pcl-5", "wsas",
        "wsas-without-work", "dass-21-depression", "dass-21-anxiety", "dass-21-stress", "k10",
        "k10-0-4", "who-5", "swemwbs", "promis-depression", "bacs-helpful",
        "bacs-unhelpful-individual", "bacs-unhelpful-social", "ceas-iii-modal", "ceas-iii-peak",
        "exp-modal", "exp-peak",
    }  # fmt: skip
    assert scale("wai-s-t").reporter == "therapist"


def test_observers_rate_the_levels_of_a_session_and_nothing_else() -> None:
    rated = {name for name, (_, of) in catalogue().scales.items() if of.reporter == "observer"}
    assert rated == {"ceas-iii-modal", "ceas-iii-peak", "exp-modal", "exp-peak"}


def test_what_was_expressed_is_told_apart_from_how_someone_deals_with_emotion() -> None:
    expressed = {name for name, (_, of) in catalogue().scales.items() if of.expressed}
    assert expressed == {"ceas-iii-modal", "ceas-iii-peak", "exp-modal", "exp-peak"}
    assert catalogue().by_id["ceas-iii"].expressed
    assert not catalogue().by_id["erq"].expressed


def test_the_bands_are_those_of_the_table() -> None:
    assert [(b.low, b.high) for b in scale("phq-9").bands] == [
        (0, 4), (5, 9), (10, 14), (15, 19), (20, 27),
    ]  # fmt: skip
    assert [(b.low, b.high) for b in scale("gad-7").bands] == [(0, 4), (5, 9), (10, 14), (15, 21)]
    assert scale("srs").bands == ()
    assert [b.low for b in scale("core-10").bands] == [0, 6, 11, 15, 20, 25]
    assert [b.low for b in scale("dass-21-depression").bands] == [0, 10, 14, 21, 28]
    assert [b.low for b in scale("dass-21-anxiety").bands] == [0, 8, 10, 15, 20]
    assert [b.low for b in scale("dass-21-stress").bands] == [0, 15, 19, 26, 34]
    assert [(b.low, b.high) for b in scale("k10").bands] == [(10, 15), (16, 21), (22, 29), (30, 50)]
    assert scale("k10-0-4").bands == ()
    assert [b.low for b in scale("promis-depression").bands] == [0, 55, 60, 70]


def test_the_codes_of_the_phq_9_are_those_of_the_table() -> None:
    known = catalogue().by_id["phq-9"]
    assert [i.codes[0].code for i in known.items] == [
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
        "44260-8",
    ]  # fmt: skip
    assert known.codes[0].code == "44249-1"
    assert scale("phq-9").codes[0].code == "44261-6"
    assert {code: value for (_, code), value in known.answer_codes.items()} == {
        "LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3,
    }  # fmt: skip


def test_the_difficulty_of_the_phq_9_is_coded_and_not_scored() -> None:
    known = catalogue().by_id["phq-9"]
    (difficulty,) = known.unscored_items
    assert [code.code for code in difficulty.codes] == ["69722-7"]
    assert [(code.code, code.display) for code in difficulty.answers] == [
        ("LA6572-7", "Not difficult at all"),
        ("LA6573-5", "Somewhat difficult"),
        ("LA6575-0", "Very difficult"),
        ("LA6574-3", "Extremely difficult"),
    ]
    assert {"69722-7", difficulty.link_id} < set(known.unscored_link_ids)


def test_the_codes_of_the_gad_7_are_those_of_the_table() -> None:
    known = catalogue().by_id["gad-7"]
    assert [i.codes[0].code for i in known.items] == [
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    ]  # fmt: skip
    assert known.codes[0].code == "69737-5"
    assert scale("gad-7").codes[0].code == "70274-6"


def test_snomed_ct_is_recognised_and_not_among_the_codes_that_leave() -> None:
    mapped = {name: [c.code for c in of.mappings] for name, (_, of) in catalogue().scales.items()}
    assert {name: codes for name, codes in mapped.items() if codes} == {
        "phq-9": ["720433000"], "gad-7": ["445455005"], "ors": ["716613004"],
        "srs": ["720482000"], "core-10": ["718583008"], "core-om": ["718612000"],
        "k10-0-4": ["720211004"], "swemwbs": ["718466001"],
    }  # fmt: skip
    leaving = {code.system for _, of in catalogue().scales.values() for code in of.codes}
    assert leaving == {"http://loinc.org"}


def test_v5_the_phq_9_of_the_example_totals_12() -> None:
    answers = dict(enumerate((2, 2, 2, 2, 1, 1, 2, 0, 0), start=1))
    assert total("phq-9", answers) == 12


def test_two_missing_items_of_the_phq_9_take_the_mean_of_the_others() -> None:
    """Seven answers sum to 7: 7 / 7 * 9 = 9. Sum 10: 10 / 7 * 9 = 12.857, rounded 13."""
    answers = dict.fromkeys(range(3, 10), 1.0)
    assert total("phq-9", answers) == 9
    assert total("phq-9", answers | {9: 3, 8: 2}) == 13


def test_three_missing_items_of_the_phq_9_give_no_total() -> None:
    assert total("phq-9", dict.fromkeys(range(4, 10), 1.0)) is None


def test_a_missing_item_9_gives_no_total() -> None:
    assert total("phq-9", answered(8, 3)) is None


def test_one_missing_item_of_the_gad_7_is_replaced_and_two_are_not() -> None:
    """Six answers of 2 sum to 12: 12 / 6 * 7 = 14."""
    assert total("gad-7", answered(6, 2)) == 14
    assert total("gad-7", answered(5, 2)) is None


def test_a_wai_sr_mean_needs_three_answers_of_every_subscale() -> None:
    """Without 1 (task), 4 (goal) and 3 (bond) nine answers are left; 1 and 2 are both task."""
    full = answered(12, 4.0)
    without = {item: value for item, value in full.items() if item not in (1, 3, 4)}
    assert total("wai-sr", without) == 4
    assert total("wai-sr-task", without) == 4
    two_of_task = {item: value for item, value in full.items() if item not in (1, 2)}
    assert total("wai-sr", two_of_task) is None
    assert total("wai-sr-task", two_of_task) is None
    assert total("wai-sr-bond", two_of_task) == 4


def test_a_wai_sr_mean_is_not_rounded() -> None:
    """Eleven 4s and one 5: 49 / 12 = 4.0833."""
    assert total("wai-sr", answered(12, 4.0) | {7: 5.0}) == pytest.approx(4.083333, abs=1e-6)


@pytest.mark.parametrize("name", ["srs", "ors", "aaq-ii"])
def test_these_need_every_item(name: str) -> None:
    known = catalogue().by_id[name]
    complete = answered(len(known.items), 5)
    assert total(name, complete) == 5 * len(known.items)
    assert total(name, {item: v for item, v in complete.items() if item != 2}) is None


def test_the_ors_is_clinical_below_25() -> None:
    of = scale("ors")
    assert of.cutoff is not None
    cut = of.cutoff.value
    assert in_clinical_range(24.9, cutoff=cut, better=of.better)
    assert not in_clinical_range(25, cutoff=cut, better=of.better)


def test_the_reliable_change_of_the_aaq_ii_is_computed_as_7_8() -> None:
    """1.96 * 7.05 * 1.41421 * sqrt(0.16) = 7.8167."""
    of = scale("aaq-ii")
    assert of.norm is not None
    assert of.reliability is not None
    points = change_points(sd=of.norm.sd, reliability=of.reliability.value)
    assert round(points, 1) == 7.8
    assert of.published_change is None


def test_the_session_rating_scale_says_when_to_ask_and_it_is_no_cut_off() -> None:
    of = scale("srs")
    assert of.ask_below is not None
    assert of.ask_item_below is not None
    assert (of.ask_below.value, of.ask_item_below.value) == (36, 9)
    assert of.cutoff is None


def test_the_safety_items_are_those_of_the_specification() -> None:
    """(item, answer from which on, answer from which on the same day)"""
    assert {
        i.id: [(s.item, s.at_least, s.same_day_at) for s in i.safety]
        for i in catalogue().instruments
        if i.safety
    } == {
        "phq-9": [(9, 1, 2)],
        "core-10": [(6, 1, 1)],
        "core-om": [(6, 1, None), (9, 1, None), (16, 1, 1), (22, 1, None), (24, 1, None),
                    (34, 1, 1)],
        "oq-45.2": [(8, 1, None), (44, 1, None)],
    }  # fmt: skip
    proves = catalogue().by_id["core-10"].safety[0].proven_by_total
    assert dict(proves) == {37: 1, 38: 2, 39: 3, 40: 4}


def test_item_9_of_the_phq_9_is_asked_about_in_neutral_words() -> None:
    (safety,) = catalogue().by_id["phq-9"].safety
    assert (safety.item, safety.at_least, safety.same_day_at) == (9, 1, 2)
    assert dict(safety.proven_by_total) == {25: 1, 26: 2, 27: 3}
    assert safety.asks_about == "thoughts of being better off dead or of self-harm"


def test_every_number_has_a_citation() -> None:
    for _, of in catalogue().scales.values():
        for number in (of.cutoff, of.norm, of.reliability, of.published_change, of.session_sd):
            assert number is None or number.source.citation


def but(answers: dict[int, float], *left_out: int) -> dict[int, float]:
    return {item: value for item, value in answers.items() if item not in left_out}


def test_core_10_with_two_answers_has_no_score() -> None:
    assert total("core-10", {1: 2, 2: 2}) is None


def test_one_missing_item_of_the_core_10_is_prorated_and_never_the_one_on_risk() -> None:
    """Items 2 and 3 are turned: eight answers of 1 and one of 4 - 1 = 3 make 11; 11 / 9 * 10 =
    12.2, rounded 12."""
    answers = answered(10, 1)
    assert total("core-10", answers) == 8 + 2 * 3
    assert total("core-10", but(answers, 2)) == 12
    assert total("core-10", but(answers, 6)) is None
    assert total("core-10", but(answers, 1, 2)) is None


def test_the_core_om_is_the_mean_times_ten_of_what_was_answered() -> None:
    """26 answers of 1 and 8 turned ones of 3 make 50; 50 / 34 * 10 = 14.706. Without 1, 2 and 5
    47 / 31 * 10 = 15.161."""
    answers = answered(34, 1)
    assert total("core-om", answers) == pytest.approx(14.705882)
    assert total("core-om", but(answers, 1, 2, 5)) == pytest.approx(15.161290)
    assert total("core-om", but(answers, 1, 2, 5, 8)) is None
    assert total("core-om", but(answers, 16)) is None
    assert total("core-om-risk", but(answers, 16)) is None
    assert total("core-om-wellbeing", answers) == pytest.approx(20)
    assert total("core-om-wellbeing", but(answers, 14)) == pytest.approx(70 / 3)
    assert total("core-om-wellbeing", but(answers, 14, 17)) is None


def test_a_missing_item_of_the_oq_45_takes_the_rounded_mean_of_its_subscale() -> None:
    """All answers 1: 36 of them and nine turned ones of 3 make 63. Social role: 4, 14, 28, 32, 38,
    39 and 44 make 7, 12 and 21 make 6. Without 4 and 14 its mean is 11 / 7 = 1.571, rounded 2, so
    two take 2 each: 15. Relations without 1 (turned): 7 answers of 1 and 20, 37, 43 of 3 make 16;
    16 / 10 = 1.6, rounded 2: 18, the turned one having been 3."""
    answers = answered(45, 1)
    assert total("oq-45.2", answers) == 36 + 9 * 3
    assert total("oq-45.2-social-role", answers) == 13
    assert total("oq-45.2-social-role", but(answers, 4, 14)) == 15
    assert total("oq-45.2", but(answers, 4, 14)) == 65
    assert total("oq-45.2-interpersonal", but(answers, 1)) == 18
    assert total("oq-45.2", but(answers, 1, 4, 14)) == 64
    assert total("oq-45.2", but(answers, 4, 14, 28)) is None
    assert total("oq-45.2", but(answers, 8)) is None
    assert total("oq-45.2", but(answers, 44)) is None


def test_the_wai_s_turns_two_of_its_goals() -> None:
    """Goal with all answers 2: 6 and 11 make 4, 4 and 10 make 6 each."""
    assert total("wai-s-goal", answered(12, 2)) == 16
    assert total("wai-s-task", answered(12, 2)) == 8
    assert total("wai-s", answered(12, 2)) == 32
    assert total("wai-s", but(answered(12, 2), 5)) is None


def test_the_haq_ii_turns_five() -> None:
    """Fourteen answers of 6 and five turned ones of 1."""
    assert total("haq-ii", answered(19, 6)) == 89


def test_the_erq_has_two_means_and_no_total() -> None:
    answers = answered(10, 4) | {2: 7, 6: 7}
    assert total("erq-suppression", answers) == 5.5
    assert total("erq-reappraisal", answers) == 4
    assert total("erq-suppression", but(answers, 9)) is None
    assert "erq" not in catalogue().scales


def test_the_dass_21_is_doubled_after_a_missing_item_was_replaced_and_rounded() -> None:
    """Anxiety without 2: 1, 1, 1, 2, 2, 2 make 9; 9 / 6 * 7 = 10.5, rounded 11, doubled 22."""
    answers = answered(21, 1) | {15: 2, 19: 2, 20: 2}
    assert total("dass-21-anxiety", answers) == 20
    assert total("dass-21-anxiety", but(answers, 2)) == 22
    assert total("dass-21-anxiety", but(answers, 2, 4)) is None


@pytest.mark.parametrize(
    ("name", "points"),
    [("dass-21-depression", 7.43), ("dass-21-anxiety", 6.94), ("dass-21-stress", 7.36)],
)
def test_the_reliable_changes_of_the_dass_21_are_those_of_the_table(
    name: str, points: float
) -> None:
    of = scale(name)
    assert of.norm is not None
    assert of.reliability is not None
    assert round(change_points(sd=of.norm.sd, reliability=of.reliability.value), 2) == points


def test_a_k10_item_skipped_after_the_lowest_answer_scores_lowest() -> None:
    """Items 2 and 5 are 1, 3 and 6 skipped: eight answers make 6 * 3 + 2, and two of 1."""
    answers = but(answered(10, 3) | {2: 1, 5: 1}, 3, 6)
    assert total("k10", answers) == 22
    assert total("k10", but(answers, 1)) == 21
    assert total("k10-0-4", but(answered(10, 2) | {2: 0, 5: 0}, 3, 6)) == 12
    assert total("k10", but(answered(10, 3), 3, 6)) is None


def test_one_missing_item_of_the_k10_takes_the_mean_of_the_others() -> None:
    """Nine answers make 22: 22 / 9 * 10 = 24.4, rounded 24."""
    assert total("k10", but(answered(10, 2) | {1: 6 - 2, 2: 4}, 10)) == 24


def test_the_who_5_is_times_four_and_its_screen_is_50_or_below() -> None:
    of = scale("who-5")
    assert total("who-5", answered(5, 5)) == 100
    assert total("who-5", answered(5, 2) | {1: 4}) == 48
    assert of.cutoff is not None
    assert of.better is not None
    cut = of.cutoff.value
    assert [in_clinical_range(s, cutoff=cut, better=of.better) for s in (48, 52)] == [True, False]


@pytest.mark.parametrize(
    ("raw", "metric"),
    [(7, 7.00), (8, 9.51), (14, 15.32), (20, 18.59), (21, 19.25), (22, 19.98), (28, 25.03),
     (34, 32.55), (35, 35.00)],
)  # fmt: skip
def test_the_swemwbs_sum_becomes_a_metric_score(raw: int, metric: float) -> None:
    whole, rest = divmod(raw, 7)
    answers = {item: float(whole + (item <= rest)) for item in range(1, 8)}
    assert total("swemwbs", answers) == metric


def test_without_work_the_wsas_is_another_scale() -> None:
    """V5: item 1 does not apply, the others are 8: 32 of 32."""
    without = dict.fromkeys(range(2, 6), 8.0)
    instrument, of = catalogue().scales["wsas-without-work"]
    assert total("wsas-without-work", without) == 32
    assert total("wsas", without) is None
    assert [applies(instrument, scale(n), {1}) for n in ("wsas", of.id)] == [False, True]
    assert [applies(instrument, scale(n), ()) for n in ("wsas", of.id)] == [True, False]


def test_a_scale_that_is_scored_elsewhere_is_never_computed() -> None:
    assert total("promis-depression", {}) is None
