"""The committed rates are those that the rules give, and those that the specification promises."""

import math
from typing import Any

import numpy as np
import pytest

from service.clinical.derive import indicators
from service.clinical.findings import Component, Concept, Finding
from service.clinical.simulation import Condition, Event, Measure, Row, Shape, read
from service.commands import run
from service.commands.simulate import noise
from service.commands.simulate.charts import Recorded, charts, key
from service.commands.simulate.command import COURSES, FILE, SEED, results, table, written
from service.commands.simulate.conditions import conditions
from service.commands.simulate.counting import Tally, applies, rows, rules
from service.commands.simulate.events import EVENTS, NOT_SIMULATED
from service.psychometrics.intervals import wilson_interval
from tests.clinical.patient_facts import codes, derived, met, ready_made, value

COMMITTED = read(FILE.read_bytes())
BY_ROW = {(row.rule, row.event, row.condition): row for row in COMMITTED.rows}


def depression(sd: float, *, start: float = 15, change: float = 0, **more: Any) -> Condition:
    measure = Measure(scale="phq-9", start=start, sd=sd, change=change)
    return Condition(**{"kind": "symptom", "measures": (measure,), "autocorrelation": 0.4, **more})


def alliance(sd: float, *, start: float = 4.1, change: float = 0, **more: Any) -> Condition:
    measure = Measure(scale="wai-sr", start=start, sd=sd, change=change)
    return Condition(**{"kind": "alliance", "measures": (measure,), "autocorrelation": 0, **more})


def committed(rule: str, event: str, condition: Condition) -> Row:
    return BY_ROW[rule, event, condition]


# What is committed


def test_every_event_is_counted_in_every_condition_that_it_belongs_to_and_nowhere_else() -> None:
    expected = {
        (event.rule, event.name, condition)
        for condition in conditions()
        for event in EVENTS
        if applies(event, condition)
    }
    assert set(BY_ROW) == expected, "run `python -m service simulate`"


def test_what_is_committed_says_how_it_came_about() -> None:
    assert (COMMITTED.seed, COMMITTED.courses, COMMITTED.sessions) == (SEED, COURSES, 20)
    assert COMMITTED.events == tuple(
        Event(rule=e.rule, name=e.name, title=e.title, follows=e.follows) for e in EVENTS
    )
    assert COMMITTED.not_simulated == NOT_SIMULATED


def test_every_rate_is_that_of_its_counts_with_wilsons_interval() -> None:
    for row in COMMITTED.rows:
        interval = wilson_interval(row.seen, row.of)
        given = (row.rate, row.low, row.high)
        if interval is None:
            assert given == (None, None, None)
        else:
            assert given == tuple(round(x, 4) for x in (row.seen / row.of, *interval))


@pytest.mark.parametrize(
    ("rule", "condition"),
    [
        ("alliance-strain", alliance(0.3, change=-1.2, shape=Shape.TWO_SESSIONS)),
        ("alliance-return", alliance(0.3, change=-1.2, shape=Shape.TWO_SESSIONS)),
        ("reliable-change", depression(2.5, change=8, shape=Shape.STEP)),
        ("sudden-loss", depression(2.5, change=8, shape=Shape.STEP)),
        ("reliable-change", depression(3.0)),
        ("clinical-status", depression(2.5, change=-8, shape=Shape.STEP)),
        ("sudden-gain", depression(2.5, change=-8, shape=Shape.STEP)),
        (
            "early-response",
            depression(2.5, change=-8, shape=Shape.EARLY_STEP, autocorrelation=0.3),
        ),
        (
            "alliance-trend",
            alliance(0.3, change=-0.9, shape=Shape.GRADUAL, autocorrelation=0.3),
        ),
        ("paired-status", next(c for c in conditions() if c.kind == "pair" and c.shape == "step")),
        ("pace", next(c for c in conditions() if c.kind == "pace" and c.wishes)),
    ],
)
def test_a_row_counted_again_alone_gives_the_committed_figures(
    rule: str, condition: Condition
) -> None:
    again = rows(condition, seed=COMMITTED.seed, courses=COMMITTED.courses, rule=rule)
    assert again == [
        row for row in COMMITTED.rows if (row.rule, row.condition) == (rule, condition)
    ]
    assert again != []


def test_every_rule_is_simulated_or_says_why_not() -> None:
    simulated = {event.rule for event in EVENTS}
    assert {rule.id for rule in indicators()} == simulated | set(NOT_SIMULATED)
    assert not simulated & set(NOT_SIMULATED)


# What the clinical specification promises (sections 5.1, 5.4, 5.5 and 5.6; decisions 8 and 30).
# The bands are three standard errors of 1,000 courses, plus the rounding of the promise.


@pytest.mark.parametrize(
    ("sd", "single", "two_agreeing"), [(2.0, 0.20, 0.025), (2.5, 0.35, 0.08), (3.0, 0.47, 0.16)]
)
def test_reliable_change_against_the_better_direction_is_as_rare_as_promised(
    sd: float, single: float, two_agreeing: float
) -> None:
    found = depression(sd)
    first_seen = committed("reliable-change", "against-first-seen", found)
    assert first_seen.rate == pytest.approx(single, abs=0.05)
    confirmed = committed("reliable-change", "against-confirmed", found)
    assert confirmed.rate == pytest.approx(two_agreeing, abs=0.035)


def test_eight_points_are_confirmed_within_four_sessions_in_eighty_per_cent() -> None:
    """With a within-person SD of 2; with 2.5 and 3 it is 75 and 72 %."""
    row = committed(
        "reliable-change", "against-confirmed", depression(2.0, change=8, shape=Shape.STEP)
    )
    assert row.within_four == pytest.approx(0.80, abs=0.04)


def test_a_sudden_gain_is_found_in_three_of_ten_courses_that_improve_steadily() -> None:
    """18 to 6 with a within-person SD of 2.5; neighbours that correlate .3 make it 35 %."""
    row = committed(
        "sudden-gain",
        "step",
        depression(2.5, start=18, change=-12, shape=Shape.GRADUAL, autocorrelation=0),
    )
    assert row.rate == pytest.approx(0.29, abs=0.05)


@pytest.mark.parametrize(("sd", "promised"), [(2.0, 0.03), (3.0, 0.14)])
def test_a_sudden_gain_is_found_in_unchanged_courses_as_rarely_as_promised(
    sd: float, promised: float
) -> None:
    row = committed("sudden-gain", "step", depression(sd, autocorrelation=0))
    assert row.rate == pytest.approx(promised, abs=0.035)


def test_an_unchanged_alliance_seldom_ever_shows_a_trend() -> None:
    row = committed("alliance-trend", "either", alliance(0.3, autocorrelation=0.3))
    assert row.rate == pytest.approx(0.067, abs=0.025)


@pytest.mark.parametrize(
    ("session_sd", "true_sd", "promised"),
    [(None, 0.3, 0.03), (None, 0.5, 0.20), (0.3, 0.3, 0.10), (0.3, 0.5, 0.36)],
)
def test_strain_is_raised_by_chance_as_rarely_as_promised(
    session_sd: float | None, true_sd: float, promised: float
) -> None:
    row = committed(
        "alliance-strain", "possible-or-marked", alliance(true_sd, session_sd=session_sd)
    )
    assert row.rate == pytest.approx(promised, abs=0.05)


def test_a_marked_fall_is_raised_by_chance_in_one_of_a_thousand_courses() -> None:
    row = committed("alliance-strain", "marked", alliance(0.3))
    assert row.seen <= 4


@pytest.mark.parametrize(
    ("session_sd", "fall", "promised"),
    [(None, 0.9, 0.46), (None, 1.2, 0.80), (0.3, 0.9, 0.68), (0.3, 1.2, 0.91)],
)
def test_a_real_fall_of_two_sessions_is_seen_as_often_as_promised(
    session_sd: float | None, fall: float, promised: float
) -> None:
    row = committed(
        "alliance-strain",
        "possible-or-marked",
        alliance(0.3, session_sd=session_sd, change=-fall, shape=Shape.TWO_SESSIONS),
    )
    assert row.rate == pytest.approx(promised, abs=0.05)


# How courses are made


def test_scores_have_the_spread_and_the_correlation_that_they_are_made_with() -> None:
    """The grid adds a variance of 1/12: sqrt(4 + 1/12) = 2.021, and .5 * 4 / 4.083 = .490."""
    condition = depression(2.0, autocorrelation=0.5)
    (scores,) = noise.scores(noise.generator(1, condition), condition, 4000)
    assert scores.std(axis=0) == pytest.approx(np.full(20, 2.021), abs=0.1)
    neighbours = np.corrcoef(scores[:, :-1].ravel(), scores[:, 1:].ravel())[0, 1]
    assert neighbours == pytest.approx(0.490, abs=0.015)


def test_scores_lie_on_the_grid_and_within_the_range_of_the_scale() -> None:
    condition = alliance(0.5, start=4.8)
    (scores,) = noise.scores(noise.generator(1, condition), condition, 200)
    assert scores.max() == 5
    assert np.abs(scores * 12 - np.round(scores * 12)).max() < 1e-9


def test_the_share_of_sessions_without_a_score_is_the_one_asked_for() -> None:
    condition = depression(2.0, missing=0.2)
    (scores,) = noise.scores(noise.generator(1, condition), condition, 2000)
    assert np.isnan(scores).mean() == pytest.approx(0.2, abs=0.01)


def test_anxiety_moves_with_depression_by_half() -> None:
    pair = next(c for c in conditions() if c.kind == "pair" and not c.missing)
    scores = noise.scores(noise.generator(1, pair), pair, 3000)
    together = np.corrcoef(scores[0].ravel(), scores[1].ravel())[0, 1]
    assert together == pytest.approx(0.48, abs=0.03)


@pytest.mark.parametrize(
    ("shape", "there"),
    [
        (Shape.UNCHANGED, [0] * 20),
        (Shape.STEP, [0] * 10 + [1] * 10),
        (Shape.EARLY_STEP, [0] * 2 + [1] * 18),
        (Shape.TWO_SESSIONS, [0] * 10 + [1] * 2 + [0] * 8),
        (Shape.GRADUAL, [n / 19 for n in range(20)]),
    ],
)
def test_a_real_change_is_there_when_its_shape_says(shape: Shape, there: list[float]) -> None:
    assert noise.course_of(shape).tolist() == pytest.approx(there)


def test_each_condition_is_drawn_from_its_own_name() -> None:
    draws = {
        float(noise.generator(seed, condition).random())
        for seed in (1, 2)
        for condition in (depression(2.0), depression(2.5), depression(2.0, missing=0.2))
    }
    assert len(draws) == 6


# What the rules are shown, and what is counted of what they say


def test_the_chart_after_a_session_says_what_the_records_until_then_say() -> None:
    """The same through facts and the whole derivation, for a course with gaps and two falls."""
    values = [4.0, 4.0, math.nan, 4.25, 4.0, 2.5, math.nan, 4.0, 3.75, 2.0]
    told: list[set[str | None]] = []
    for session, chart in enumerate(charts(alliance(0.3), Recorded(scores=[values])), start=1):
        held = [met(n) for n in range(1, session + 1)]
        held += [
            ready_made(n, "wai-sr", value)
            for n, value in enumerate(values[:session], start=1)
            if not math.isnan(value)
        ]
        for rule in ("alliance-trend", "alliance-strain", "alliance-return"):
            told.append({said(finding) for finding in rules()[rule].find(chart)})
            assert told[-1] == {value(o) for o in derived(*held) if rule in codes(o)}
    assert {"marked-fall", "possible-strain"} & set.union(*told)
    assert {"returned", "no-later-score"} <= set.union(*told)


def said(finding: Finding) -> str | None:
    return finding.value.code if isinstance(finding.value, Concept) else None


def test_a_course_without_any_score_is_looked_at_too() -> None:
    blank = charts(depression(2.0), Recorded(scores=[[math.nan] * 3]))
    assert [len(list(rules()["reliable-change"].find(chart))) for chart in blank] == [0, 0, 0]


STRAIN = next(event for event in EVENTS if event.name == "possible-or-marked")
WORSE = next(event for event in EVENTS if event.name == "against-first-seen")
CONFIRMED = next(event for event in EVENTS if event.name == "against-confirmed")
RETURNED = next(event for event in EVENTS if event.name == "returned")


def finding(rule: str, value: str, *, session: int | None = None, **parts: str) -> Finding:
    return Finding(
        rule=rule,
        code=rule,
        course="2026-01-05",
        event=None if session is None else key(session),
        value=Concept(code=value),
        components=tuple(Component(code=c, value=Concept(code=v)) for c, v in parts.items()),
        inputs=(),
        sentence="",
    )


def test_a_change_of_two_sessions_is_seen_only_in_what_is_about_them() -> None:
    tally = Tally(event=STRAIN, condition=alliance(0.3, change=-1, shape=Shape.TWO_SESSIONS))
    for fallen in (5, 13, 11):
        tally.begin()
        tally.look(14, [finding("alliance-strain", "possible-strain", session=fallen)])
    assert tally.first == [14]


def test_what_stands_for_the_whole_course_counts_while_the_change_lasts() -> None:
    tally = Tally(event=WORSE, condition=depression(2, change=8, shape=Shape.TWO_SESSIONS))
    worse = [finding("reliable-change", "reliably-worse")]
    for session in (10, 13, 12):
        tally.begin()
        tally.look(session, worse)
    assert tally.first == [12]
    assert (tally.row(4).seen, tally.row(4).rate) == (1, 0.25)
    assert (tally.row(4).within_four, tally.row(4).median_session) == (0.25, 2)


def test_a_change_seen_in_its_fifth_session_is_not_seen_within_four() -> None:
    tally = Tally(event=WORSE, condition=depression(2, change=8, shape=Shape.STEP))
    for session in (14, 15):
        tally.begin()
        tally.look(session, [finding("reliable-change", "reliably-worse")])
    row = tally.row(2)
    assert (row.rate, row.within_four, row.median_session) == (1, 0.5, 4.5)


def test_what_an_event_must_say_beside_its_value_decides() -> None:
    tally = Tally(event=CONFIRMED, condition=depression(2))
    for certainty in ("first-seen", "confirmed"):
        tally.begin()
        tally.look(4, [finding("reliable-change", "reliably-worse", confirmation=certainty)])
    assert tally.row(2).seen == 1


def test_a_return_is_counted_among_the_courses_in_which_a_fall_was_raised() -> None:
    tally = Tally(event=RETURNED, condition=alliance(0.3))
    for outcome in ("returned", "not-yet-returned"):
        tally.begin()
        tally.look(9, [finding("alliance-return", outcome, session=8)])
        tally.look(10, [finding("alliance-return", outcome, session=8)])
    tally.begin()
    tally.look(9, [])
    row = tally.row(3)
    assert (row.of, row.seen, row.rate) == (2, 1, 0.5)


def test_where_nothing_could_be_counted_there_is_no_rate() -> None:
    row = Tally(event=RETURNED, condition=alliance(0.3)).row(3)
    assert (row.of, row.rate, row.low) == (0, None, None)


# What is written and printed


def test_what_is_written_is_read_again_with_a_line_for_each_row() -> None:
    found = results(conditions()[:2], courses=3)
    text = written(found)
    assert read(text) == found
    assert sum(b'"condition":' in line for line in text.splitlines()) == len(found.rows)


def test_a_table_names_each_event_with_its_courses() -> None:
    lines = list(table(results([alliance(0.3)], courses=3, rule="alliance-strain")))
    assert lines[0] == "\nalliance-strain: Possible strain or marked fall"
    assert lines[2].endswith("3  WAI-SR 4.1, unchanged; SD 0.3; autocorrelation 0")


def test_a_rule_that_is_not_simulated_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["simulate", "--rule", "pulse"]) == 1
    assert "No event of 'pulse' is simulated" in capsys.readouterr().err
