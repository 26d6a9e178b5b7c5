"""The instruments against the tables of the clinical specification, number by number."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.definitions import Construct, Figure, Reliability, Scale, Standing
from service.clinical.score import score
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
    ],
)
def test_the_range_and_the_items_of_a_scale_are_those_of_the_table(
    name: str, low: float, high: float, better: Better, construct: Construct, items: Any
) -> None:
    of = scale(name)
    assert (of.low, of.high, of.better, of.construct, of.items) == (
        low, high, better, construct, items,
    )  # fmt: skip


def test_there_are_no_other_scales_and_findings_come_from_six() -> None:
    primary = {name for name, (_, of) in catalogue().scales.items() if of.primary}
    assert primary == {"phq-9", "gad-7", "wai-sr", "srs", "ors", "aaq-ii"}
    assert len(catalogue().scales) == 14


def test_no_item_text_ships() -> None:
    assert [i.text for known in catalogue().instruments for i in known.items if i.text] == []


def test_the_bands_are_those_of_the_table() -> None:
    assert [(b.low, b.high) for b in scale("phq-9").bands] == [
        (0, 4), (5, 9), (10, 14), (15, 19), (20, 27),
    ]  # fmt: skip
    assert [(b.low, b.high) for b in scale("gad-7").bands] == [(0, 4), (5, 9), (10, 14), (15, 21)]
    assert scale("srs").bands == ()


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
    assert [(code.code, code.display) for code in known.unscored_answers] == [
        ("LA6572-7", "Not difficult at all"),
        ("LA6573-5", "Somewhat difficult"),
        ("LA6575-0", "Very difficult"),
        ("LA6574-3", "Extremely difficult"),
    ]
    assert "69722-7" in known.unscored_link_ids


def test_the_codes_of_the_gad_7_are_those_of_the_table() -> None:
    known = catalogue().by_id["gad-7"]
    assert [i.codes[0].code for i in known.items] == [
        "69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7",
    ]  # fmt: skip
    assert known.codes[0].code == "69737-5"
    assert scale("gad-7").codes[0].code == "70274-6"


def test_snomed_ct_is_recognised_and_not_among_the_codes_that_leave() -> None:
    mapped = {name: scale(name).mappings[0].code for name in ("phq-9", "gad-7", "ors", "srs")}
    assert mapped == {
        "phq-9": "720433000", "gad-7": "445455005", "ors": "716613004", "srs": "720482000",
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


def test_item_9_is_the_only_safety_item_and_is_asked_about_in_neutral_words() -> None:
    assert {i.id: i.safety for i in catalogue().instruments if i.safety}.keys() == {"phq-9"}
    (safety,) = catalogue().by_id["phq-9"].safety
    assert (safety.item, safety.at_least, safety.same_day_at) == (9, 1, 2)
    assert dict(safety.proven_by_total) == {25: 1, 26: 2, 27: 3}
    assert safety.asks_about == "thoughts of being better off dead or of self-harm"


def test_every_number_has_a_citation() -> None:
    for _, of in catalogue().scales.values():
        for number in (of.cutoff, of.norm, of.reliability, of.published_change, of.session_sd):
            assert number is None or number.source.citation
