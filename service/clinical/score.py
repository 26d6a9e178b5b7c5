"""The score of one scale from the answers to an instrument."""

from collections.abc import Collection, Mapping

from service.clinical.definitions import Instrument, MissingRule, Scale, Scoring
from service.psychometrics import scoring


def score(instrument: Instrument, scale: Scale, answers: Mapping[int, float]) -> float | None:
    """Score `scale` by its own missing rule; None where the rule gives no score.

    `answers` holds readable answers in range by item number; unanswered items are absent.
    """
    rule = scale.missing
    if scale.scoring is Scoring.EXTERNAL:
        return None
    given = completed(instrument, answers)
    if any(_missing(group, given) > rule.allowed_in_group for group in rule.groups):
        return None
    parts = [
        scoring.total(
            given,
            items=items,
            ranges={item.number: (item.low, item.high) for item in instrument.items},
            reversed_items=set(scale.reversed_items) & set(items),
            allowed_missing=rule.allowed_in_group if rule.from_group else rule.allowed,
            never_imputed=rule.never_imputed,
            rounded=rule.rounded,
            rounded_mean=rule.from_group,
            mean=scale.scoring is Scoring.MEAN,
        )
        for items in _parts(scale, rule)
    ]
    if any(part is None for part in parts):
        return None
    whole = sum(part for part in parts if part is not None)
    return scale.conversion[whole] if scale.conversion else whole * scale.multiplier


def applies(instrument: Instrument, scale: Scale, not_applicable: Collection[int]) -> bool:
    """Whether a scale is scored at all for someone to whom these items do not apply."""
    if scale.scoring is Scoring.EXTERNAL:
        return False
    if not not_applicable:
        return not scale.without
    return set(scale.without) == set(not_applicable) & set(instrument.may_not_apply)


def completed(instrument: Instrument, answers: Mapping[int, float]) -> Mapping[int, float]:
    """The answers, with the lowest one for items that the form lets skip after a lowest answer."""
    if not instrument.skips:
        return answers
    lowest = {item.number: item.low for item in instrument.items}
    skipped = {
        item: lowest[item]
        for item, gate in instrument.skips.items()
        if item not in answers and answers.get(gate) == lowest[gate]
    }
    return {**answers, **skipped} if skipped else answers


def _parts(scale: Scale, rule: MissingRule) -> tuple[tuple[int, ...], ...]:
    return rule.groups if rule.from_group else (scale.items,)


def _missing(items: tuple[int, ...], answers: Mapping[int, float]) -> int:
    return sum(item not in answers for item in items)
