"""The made-up patients whose findings the documents quote show whatever a rule can say."""

from collections.abc import Mapping

import pytest

from service.clinical.documents.examples import Examples
from service.commands.openapi.sayings import sayings


@pytest.fixture(scope="module")
def said() -> Mapping[str, Examples]:
    return sayings()


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("reliable-change", "reliably-improved no-reliable-change reliably-worse"),
        (
            "clinical-status",
            (
                "recovered reliably-improved no-reliable-change crossed-without-reliable-change "
                "reliably-worse reliably-worse-now-in-clinical-range no-reference"
            ),
        ),
        ("paired-status", "reliably-improved no-reliable-change reliably-worse"),
        ("sudden-gain", "step-shown no-step-shown"),
        ("sudden-loss", "step-shown no-step-shown"),
        ("early-response", "reached-in-both not-reached-in-both"),
        ("alliance-trend", "rising falling no-trend-shown"),
        ("alliance-strain", "possible-strain marked-fall no-strain-shown no-reference"),
        ("alliance-return", "returned not-yet-returned no-later-score"),
        (
            "safety-review",
            (
                "conversation-same-day conversation-next-contact item-not-answered "
                "item-not-received acknowledged"
            ),
        ),
    ],
)
def test_every_coded_value_is_said_of_somebody(
    code: str, values: str, said: Mapping[str, Examples]
) -> None:
    assert set(said[code].values) == set(values.split())


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("alliance-level", "a number"),
        ("alliance-difference", "a number"),
        ("effect-size", "a number"),
        ("attendance", "a share"),
        ("pace", "a share"),
    ],
)
def test_a_number_is_said_of_somebody(code: str, kind: str, said: Mapping[str, Examples]) -> None:
    assert kind in said[code].values


@pytest.mark.parametrize("code", ["first-expression", "pace-check"])
def test_what_rests_on_expression_is_said_of_somebody(
    code: str, said: Mapping[str, Examples]
) -> None:
    assert "`expression-episode`" in said[code].inputs


@pytest.mark.parametrize(
    "code", ["reliable-change", "alliance-trend", "sudden-gain", "early-response", "paired-status"]
)
def test_too_few_data_are_said_of_somebody(code: str, said: Mapping[str, Examples]) -> None:
    assert said[code].absent


def test_they_say_the_same_on_every_day(said: Mapping[str, Examples]) -> None:
    assert sayings() == said
