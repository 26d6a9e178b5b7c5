"""PHQ-9 10 / 6, GAD-7 8 / 4 and PCL-5 32 / 10, the pairs of NHS Talking Therapies."""

import pytest

from service.clinical import facts
from tests.clinical.patient_facts import (
    codes,
    derived,
    form,
    one,
    part,
    parts,
    phq9,
    ready_made,
    says,
    value,
)

RULE = "paired-status"


def course(*pairs: tuple[int | None, int | None], other: str = "gad-7") -> list[facts.AnyFact]:
    """PHQ-9 and the anxiety measure, session by session."""
    found: list[facts.AnyFact] = []
    for session, (phq, anxiety) in enumerate(pairs, start=1):
        if phq is not None:
            found.append(phq9(session, phq))
        if anxiety is not None:
            found.append(ready_made(session, other, anxiety))
    return found


@pytest.mark.parametrize(
    ("first", "latest", "change", "case", "left"),
    [
        # one changed, the other did not
        ((15, 12), (9, 9), "reliably-improved", True, False),
        ((15, 12), (9, 7), "reliably-improved", True, True),
        ((15, 12), (10, 12), "no-reliable-change", True, False),
        ((15, 12), (15, 8), "reliably-improved", True, False),
        # caseness by either, at its value exactly
        ((10, 2), (9, 2), "no-reliable-change", True, True),
        ((2, 8), (2, 7), "no-reliable-change", True, True),
        ((9, 7), (3, 7), "reliably-improved", False, False),
        # one for the better and one against it: no reliable change
        ((15, 8), (9, 12), "no-reliable-change", True, False),
        ((12, 8), (18, 8), "reliably-worse", True, False),
        ((12, 8), (18, 12), "reliably-worse", True, False),
    ],
)
def test_the_combinations_of_the_nhs(
    first: tuple[int, int], latest: tuple[int, int], change: str, case: bool, left: bool
) -> None:
    found = one(RULE, *course(first, latest))
    assert value(found) == change
    assert part(found, "case-at-start") is case
    assert part(found, "below-both-now") is left
    improved = change == "reliably-improved"
    assert part(found, "below-both-with-change") is (left and improved)


def test_it_runs_from_the_first_to_the_latest_session_with_both() -> None:
    found = one(RULE, *course((20, None), (15, 12), (8, 6), (24, None)))
    assert parts(found, "first-score") == [15, 12]
    assert parts(found, "latest-score") == [8, 6]


def test_without_a_gad_7_the_pcl_5_stands_in_with_its_own_values() -> None:
    found = one(RULE, *course((15, 33), (12, 23), other="pcl-5"))
    assert parts(found, "cut-off") == [10, 32]
    assert parts(found, "threshold") == [6, 10]
    assert value(found) == "reliably-improved"


def test_one_session_with_both_is_too_little() -> None:
    found = one(RULE, *course((15, 12), (9, None)))
    assert value(found) is None
    assert part(found, "sessions-with-both") == 1


def test_without_an_anxiety_measure_there_is_no_paired_status() -> None:
    assert not [o for o in derived(phq9(1, 15), phq9(2, 9)) if RULE in codes(o)]


def test_the_text_gives_both_measures_their_values_and_what_stays_open() -> None:
    answers = dict.fromkeys(range(1, 9), 0.0) | {9: 1.0}
    given = [*course((15, 12), (None, 5)), form("phq-9", 2, answers)]
    assert says(one(RULE, *given)) == (
        "PHQ-9 total 1 on 12 January 2026, 14 points lower than 15 on 5 January 2026 (cut-off 10, "
        "threshold 6); GAD-7 total 5 on 12 January 2026, 7 points lower than 12 on 5 January 2026 "
        "(cut-off 8, threshold 4). At the start at or above a cut-off, now below both; values of "
        "NHS Talking Therapies. Open safety review: PHQ-9 item 9 was answered 1 on 12 January "
        "2026; needs a conversation."
    )


def test_below_both_cut_offs_names_what_is_open_also_where_the_start_was_below() -> None:
    at_risk = form("phq-9", 2, {**dict.fromkeys(range(1, 9), 0.0), 9: 1.0})
    found = one(RULE, *course((3, 2), (None, 2)), at_risk)
    assert value(found) == "no-reliable-change"
    assert "At the start below both cut-offs, now below both" in says(found)
    assert "Open safety review: PHQ-9 item 9 was answered 1" in says(found)
