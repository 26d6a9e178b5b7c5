"""findings.md: what each rule says, where it comes from, and how often it speaks by chance."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from service.clinical.derive import indicators
from service.clinical.documents.examples import gathered
from service.clinical.documents.findings import findings
from service.clinical.indicator import Indicator
from service.clinical.simulation import Condition, Event, Measure, Results, Row, Shape
from tests.clinical.patient_facts import derived, phq9

EVENT = Event(rule="reliable-change", name="against", title="A change against the direction")
SEEN = derived(*(phq9(n, total) for n, total in enumerate((15, 14, 22, 23), start=1)))
EXAMPLES = gathered(
    SEEN, {source["reference"]: "scores" for o in SEEN for source in o["derivedFrom"]}
)
ALL = pytest.mark.parametrize("rule", indicators(), ids=lambda rule: rule.id)


def row(seen: int, of: int = 1000, *, change: float = 0, **more: Any) -> Row:
    given = {"autocorrelation": 0.3, "kind": "symptom"} | more
    return Row(
        rule="reliable-change",
        event="against",
        condition=Condition(
            measures=(Measure(scale="phq-9", start=15, sd=2.5, change=change),), **given
        ),
        of=of,
        seen=seen,
        rate=seen / of if of else None,
        low=0.31,
        high=0.37,
        within_four=0.75 if change and given.get("shape") is not Shape.GRADUAL else None,
        median_session=2.0 if change else None,
    )


def results(*rows: Row, event: Event = EVENT) -> Results:
    return Results(
        seed=1,
        courses=1000,
        sessions=20,
        events=(event,),
        rows=rows,
        not_simulated={"attendance": "It counts what was coded."},
    )


def document(*rows: Row, known: Iterable[Indicator] | None = None, event: Event = EVENT) -> str:
    return findings(indicators() if known is None else known, EXAMPLES, results(*rows, event=event))


def section(rule: str, text: str) -> str:
    """What stands under the heading of a rule, its lines and quotations joined."""
    (found,) = re.findall(rf"(?ms)^## {re.escape(rule)}$(.*?)(?=^## |\Z)", text)
    return joined(re.sub(r"(?m)^> ", "", found)).replace("\\", "")


def joined(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@ALL
def test_a_rule_stands_with_all_that_its_definition_says(rule: Indicator) -> None:
    text = section(rule.id, document(row(1)))
    assert joined(f"**{rule.title}.** {rule.documentation}") in text
    assert f"revision {rule.revision}." in text
    assert f"Category: `{rule.category}`" in text
    for code in rule.codes:
        assert f"Code: `{code}`" in text
    for source in rule.sources:
        assert joined(f"**{source.standing}** {source.citation}") in text
        assert source.doi is None or f"doi:{source.doi}" in text


def test_a_new_rule_appears_without_further_code() -> None:
    (known,) = [rule for rule in indicators() if rule.id == "attendance"]
    new = replace(known, id="new-rule", title="A new rule", documentation="It says something.")
    text = document(row(1), known=[*indicators(), new])
    assert "[new-rule](#new-rule)" in text
    assert "**A new rule.** It says something." in section("new-rule", text)
    assert "It was not simulated." in section("new-rule", text)


def test_a_value_stands_with_its_words_and_a_sentence_that_was_derived() -> None:
    """15, 14, 22, 23: eight points above the first score, at the last two."""
    text = section("reliable-change", document(row(1)))
    assert (
        "`reliably-worse` (Reliable change against the scale's better direction), such as: The "
        "PHQ-9 total of 23"
    ) in text
    assert "`derivedFrom` names scores." in text
    assert "First score (`first-score`)" in text


def test_too_few_data_are_shown_with_their_count() -> None:
    text = section("early-response", document(row(1)))
    assert "Too few data:" not in text
    few = gathered(derived(phq9(1, 15)), {})
    text = findings(indicators(), few, results(row(1)))
    assert "Too few data: PHQ-9 total: 1 of 2 scores that a change needs." in (
        section("reliable-change", text)
    )


def test_a_rule_that_sees_no_event_of_chance_says_why() -> None:
    assert "It counts what was coded." in section("attendance", document(row(1)))


OFTEN = "**Often by chance.**"


def test_what_more_than_a_third_of_unchanged_courses_show_is_said_first() -> None:
    text = section("reliable-change", document(row(100), row(334, autocorrelation=0.5)))
    assert OFTEN in text
    assert (
        "A change against the direction: up to 33.4 % (PHQ-9 15, unchanged; SD 2.5; "
        "autocorrelation 0.5)."
    ) in text
    assert text.index(OFTEN) < text.index("What reliable-change says")


@pytest.mark.parametrize(
    "rows",
    [
        (row(333),),
        (row(900, change=8, shape=Shape.STEP),),
        (row(900, kind="pace", acts=0.5, wishes=0.05),),
    ],
    ids=["a third", "a real change", "a wish"],
)
def test_a_third_or_what_really_is_there_is_not_called_often(rows: tuple[Row, ...]) -> None:
    assert OFTEN not in document(*rows)


def test_what_follows_another_event_is_not_called_often() -> None:
    event = Event(rule="reliable-change", name="against", title="It came back", follows=True)
    assert OFTEN not in document(row(900), event=event)


def test_rates_of_unchanged_courses_stand_in_columns_by_what_they_lie_in() -> None:
    text = document(row(20, autocorrelation=0), row(123), row(41, autocorrelation=0, missing=0.2))
    assert "| Course | r 0 | r 0.3 | r 0, 20 % missing |" in text
    assert "| PHQ-9 15; SD 2.5 | 2 % | 12.3 % | 4.1 % |" in text
    assert (
        "| [reliable-change](#reliable-change) | A change against the direction | 2 to 12.3 % |"
        in (text)
    )


def test_a_real_change_says_how_often_how_soon_and_in_which_session_it_is_seen() -> None:
    text = document(row(905, change=8, shape=Shape.STEP), row(610, change=8, shape=Shape.GRADUAL))
    assert "| Course | from session 11 on | evenly over the course |" in text
    assert "| PHQ-9 15 to 23; SD 2.5; r 0.3 | 90.5 % / 75 % / 2 | 61 % / - / 2 |" in text


def test_what_the_end_of_the_scale_cuts_off_is_said() -> None:
    text = document(row(1, change=20, shape=Shape.STEP))
    assert "PHQ-9 15 to 27 (cut off there; the change is 20)" in text


def test_a_rate_of_few_courses_says_of_how_many() -> None:
    assert "| PHQ-9 15; SD 2.5 | 50 % of 12 |" in document(row(6, of=12))


def test_where_nothing_could_be_counted_no_rate_is_shown() -> None:
    assert "| PHQ-9 15; SD 2.5 | none to count |" in document(row(0, of=0))


def test_the_order_in_which_rules_are_given_changes_nothing() -> None:
    assert document(row(1), known=reversed(indicators())) == document(row(1))
