"""What the definition of one scale may not contain."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from math import isclose

from service.clinical.definitions import Construct, Instrument, Scale, Scoring, Source

Objection = tuple[str, str]
"""The field, and what is wrong with it."""


def objections(instrument: Instrument, scale: Scale) -> Iterator[Objection]:
    """What is wrong with one scale of an instrument."""
    yield from _items(instrument, scale)
    yield from _range(instrument, scale)
    yield from _missing(scale)
    yield from _bands(scale)
    yield from _numbers(scale)
    yield from _directed(scale)
    yield from _of_alliance(scale)
    yield from _sources(scale)


def shared_out(instrument: Instrument) -> Iterator[str]:
    """Where subscales that should divide the items between them do not."""
    items = {scale.id: scale.items for scale in instrument.scales}
    for group in instrument.shared_out:
        unknown = [scale for scale in group if scale not in items]
        if unknown:
            yield f"'{unknown[0]}' is no scale of the instrument."
            continue
        held = Counter(item for scale in group for item in items[scale])
        for item in instrument.items:
            if held[item.number] != 1:
                yield (
                    f"item {item.number} stands in {held[item.number]} of {', '.join(group)}; "
                    "it must stand in exactly one."
                )


def _items(instrument: Instrument, scale: Scale) -> Iterator[Objection]:
    known = {item.number for item in instrument.items}
    if (scale.scoring is Scoring.EXTERNAL) == bool(scale.items):
        yield "items", "stand where a scale is scored here, and nowhere else."
    for item, count in Counter(scale.items).items():
        if item not in known:
            yield "items", f"{item} is no item of the instrument."
        if count > 1:
            yield "items", f"{item} stands {count} times."
    yield from _named_items(instrument, scale)


def _named_items(instrument: Instrument, scale: Scale) -> Iterator[Objection]:
    for item in scale.reversed_items:
        if item not in scale.items:
            yield "reversed_items", f"{item} is no item of the scale."
    for item in scale.without:
        if item not in instrument.may_not_apply or item in scale.items:
            yield "without", f"{item} is no item that may not apply, or stands in the scale."


def _range(instrument: Instrument, scale: Scale) -> Iterator[Objection]:
    """The range follows from the items, a multiplier and a table."""
    if scale.low >= scale.high:
        yield "low", "does not lie below high."
    of_item = {item.number: item for item in instrument.items}
    members = [of_item[number] for number in scale.items if number in of_item]
    if not members:
        return
    divisor = len(members) if scale.scoring is Scoring.MEAN else 1
    low = sum(item.low for item in members) / divisor
    high = sum(item.high for item in members) / divisor
    if scale.conversion is not None:
        yield from _conversion(scale, low, high)
        return
    low, high = low * scale.multiplier, high * scale.multiplier
    if not (isclose(scale.low, low, abs_tol=1e-9) and isclose(scale.high, high)):
        yield (
            "low",
            f"the range is given as {scale.low:g}-{scale.high:g}; its items make {low:g}-{high:g}.",
        )


def _conversion(scale: Scale, low: float, high: float) -> Iterator[Objection]:
    assert scale.conversion is not None
    sums = [float(s) for s in range(int(low), int(high) + 1)]
    if sorted(scale.conversion) != sums:
        yield "conversion", f"must give a score for every sum from {low:g} to {high:g}."
        return
    scores = [scale.conversion[s] for s in sums]
    if scores != sorted(set(scores)) or (scores[0], scores[-1]) != (scale.low, scale.high):
        yield "conversion", f"must rise from {scale.low:g} to {scale.high:g}."


def _missing(scale: Scale) -> Iterator[Objection]:
    rule = scale.missing
    if rule.from_group and not rule.groups:
        yield "missing.from_group", "needs groups."
    if not 0 <= rule.allowed < max(len(scale.items), 1):
        yield "missing.allowed", f"{rule.allowed} of {len(scale.items)} items cannot be missing."
    grouped = [item for group in rule.groups for item in group]
    if rule.groups and sorted(grouped) != sorted(scale.items):
        yield "missing.groups", "must hold every item of the scale once."
    for item in rule.never_imputed:
        if item not in scale.items:
            yield "missing.never_imputed", f"{item} is no item of the scale."


def _bands(scale: Scale) -> Iterator[Objection]:
    """Bands are given in whole points, so each begins one point above the one before."""
    if scale.bands and (scale.bands[0].low, scale.bands[-1].high) != (scale.low, scale.high):
        yield "bands", f"do not cover the range {scale.low:g}-{scale.high:g}."
    for band in scale.bands:
        if band.low > band.high:
            yield "bands", f"'{band.code}' ends before it begins."
    for before, after in pairwise(scale.bands):
        if after.low <= before.high:
            yield "bands", f"'{before.code}' and '{after.code}' overlap."
        elif after.low != before.high + 1:
            yield "bands", f"there is a gap between '{before.code}' and '{after.code}'."
    if len({band.code for band in scale.bands}) < len(scale.bands):
        yield "bands", "two bands have the same code."


def _numbers(scale: Scale) -> Iterator[Objection]:
    if scale.cutoff is not None and not scale.low < scale.cutoff.value <= scale.high:
        yield "cutoff", f"{scale.cutoff.value:g} does not divide the range."
    for field in ("norm", "intake"):
        sample = getattr(scale, field)
        if sample is not None and sample.sd <= 0:
            yield f"{field}.sd", "must be above 0."
        if sample is not None and not sample.sample.strip():
            yield f"{field}.sample", "is empty; a norm belongs to a named sample."
    if scale.reliability is not None and not 0 < scale.reliability.value < 1:
        yield "reliability", "must lie between 0 and 1."
    for field in ("published_change", "session_sd", "ask_drop"):
        figure = getattr(scale, field)
        if figure is not None and figure.value <= 0:
            yield field, "must be above 0."


def _directed(scale: Scale) -> Iterator[Objection]:
    """What needs a good end may not stand where there is none."""
    if scale.expressed and scale.better is not None:
        yield "better", "is given, but what was expressed has no better end."
    if scale.better is None:
        directed = ("bands", "cutoff", "published_change", "session_sd", "ask_below", "ask_drop")
        for field in directed:
            if getattr(scale, field):
                yield field, "needs a direction, and `better` says that there is none."


def _of_alliance(scale: Scale) -> Iterator[Objection]:
    if scale.session_sd is not None and scale.construct is not Construct.ALLIANCE:
        yield "session_sd", "is read of alliance scales only."


def _sources(scale: Scale) -> Iterator[Objection]:
    cited: dict[str, Source | None] = {"missing.source": scale.missing.source}
    if scale.bands:
        cited["bands_source"] = scale.bands_source
    for field in (
        "cutoff",
        "norm",
        "intake",
        "reliability",
        "published_change",
        "session_sd",
        "ask_below",
        "ask_item_below",
        "ask_drop",
    ):
        figure = getattr(scale, field)
        if figure is not None:
            cited[f"{field}.source"] = figure.source
    for field, source in cited.items():
        if source is None or not source.citation.strip():
            yield field, "has no source; every number carries one."
