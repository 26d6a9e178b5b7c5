"""The score of one scale from the answers to an instrument."""

from collections.abc import Mapping

from service.clinical.definitions import Instrument, Scale, Scoring
from service.psychometrics import scoring


def score(instrument: Instrument, scale: Scale, answers: Mapping[int, float]) -> float | None:
    """Score `scale` by its own missing rule; None where the rule gives no score.

    `answers` holds readable answers in range by item number; unanswered items are absent.
    """
    rule = scale.missing
    if any(_missing(group, answers) > rule.allowed_in_group for group in rule.groups):
        return None
    return scoring.total(
        answers,
        items=scale.items,
        ranges={item.number: (item.low, item.high) for item in instrument.items},
        reversed_items=scale.reversed_items,
        allowed_missing=rule.allowed,
        never_imputed=rule.never_imputed,
        rounded=rule.rounded,
        mean=scale.scoring is Scoring.MEAN,
    )


def _missing(items: tuple[int, ...], answers: Mapping[int, float]) -> int:
    return sum(item not in answers for item in items)
