"""What a site decides of our instruments shows in their scores, and in nothing else."""

from dataclasses import replace

import pytest

from service.clinical.catalogue import build, catalogue
from service.clinical.site_options import decided
from tests.clinical.patient_facts import ENGINE, PATIENT, form, one, parts, records

OURS = catalogue().instruments
AT_OR_BELOW = replace(
    ENGINE,
    catalogue=build(decided(OURS, srs_ask="at-or-below")),
)


def marks(*given: float) -> dict[int, float]:
    return dict(enumerate(given, start=1))


@pytest.mark.parametrize(
    ("answers", "below", "at_or_below"),
    [
        # 9 + 9 + 9 + 9 = 36; 8.9 + 9 + 9 + 9 = 35.9; 9.1 + 9 + 9 + 9 = 36.1
        (marks(9, 9, 9, 9), [], [36]),
        (marks(8.9, 9, 9, 9), [36], [36]),
        (marks(9.1, 9, 9, 9), [], []),
        # 9.7 + 9.6 + 8.9 + 7.8 is 36, and not a little more or less as binary numbers add it
        (marks(9.7, 9.6, 8.9, 7.8), [], [36]),
    ],
)
def test_a_site_chooses_whether_36_itself_is_worth_asking_about(
    answers: dict[int, float], below: list[float], at_or_below: list[float]
) -> None:
    ours = one("srs", form("srs", 1, answers))
    site = one("srs", form("srs", 1, answers), engine=AT_OR_BELOW)
    assert parts(ours, "ask-below") == below
    assert parts(site, "ask-at-or-below") == at_or_below
    assert parts(ours, "ask-at-or-below") == parts(site, "ask-below") == []


def test_the_choice_gives_the_score_a_new_version_and_leaves_the_others_alone() -> None:
    given = records([form("srs", 1, marks(9, 9, 9, 9))])
    before = {d.identity: d.digest for d in ENGINE.derive(PATIENT, given)}
    after = {d.identity: d.digest for d in AT_OR_BELOW.derive(PATIENT, given)}
    assert before.keys() == after.keys()
    assert sum(before[identity] != after[identity] for identity in before) == 1


def test_nothing_is_decided_by_default() -> None:
    assert tuple(decided(OURS, srs_ask="below")) == OURS
