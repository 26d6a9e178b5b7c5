"""The rule of a scale as FHIRPath, for forms that show the score while they are filled in.

http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression

Made from the same definition as `score` and giving what it gives; where the rule gives no score the
expression gives nothing, never 0. An answer counts by its ordinal value, and by its code where a
renderer leaves that out. The functions are those of FHIRPath and R4; `ordinal()` and `weight()` of
SDC are not among them, since an engine without the Questionnaire at hand refuses them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from service.clinical.canonical import ORDINAL_VALUE
from service.clinical.definitions import Instrument, Scale, Scoring
from service.clinical.wording import number

LANGUAGE = "text/fhirpath"
ORDINAL = f"extension('{ORDINAL_VALUE}').value"
PLACES = 6
"""Decimals of a number that a definition holds."""


def expression(instrument: Instrument, scale: Scale) -> str:
    """Gives the score from a response to our own Questionnaire, which is `%resource`."""
    conditions = " and ".join((*_applies(instrument, scale), *_answered(instrument, scale)))
    return f"iif({conditions}, {_value(instrument, scale)})"


def whole(instrument: Instrument, scale: Scale) -> bool:
    """Whether every score of the scale is a whole number."""
    return (
        scale.scoring is Scoring.SUM
        and scale.missing.rounded
        and scale.conversion is None
        and float(scale.multiplier).is_integer()
        and all(instrument.items[item - 1].step == 1 for item in scale.items)
    )


def _applies(instrument: Instrument, scale: Scale) -> Iterator[str]:
    for item in instrument.may_not_apply:
        state = "exists()" if item in scale.without else "empty()"
        yield f"{_values([item])}.where(code = 'not-applicable').{state}"


def _answered(instrument: Instrument, scale: Scale) -> Iterator[str]:
    """What the missing rule asks for: at least so many answers to these items."""
    rule = scale.missing
    least = {group: len(group) - rule.allowed_in_group for group in rule.groups}
    if not rule.from_group:
        least[scale.items] = len(scale.items) - rule.allowed
    if rule.never_imputed and rule.allowed:
        least[rule.never_imputed] = len(rule.never_imputed)
    for items, answers in least.items():
        yield f"{_points(instrument, scale, items)}.count() >= {answers}"


def _value(instrument: Instrument, scale: Scale) -> str:
    parts = scale.missing.groups if scale.missing.from_group else (scale.items,)
    value = " + ".join(_part(instrument, scale, items) for items in parts)
    if scale.conversion is not None:
        return f"({value}).select({_converted(scale.conversion)})"
    return value if scale.multiplier == 1 else f"({value}) * {_literal(scale.multiplier)}"


def _part(instrument: Instrument, scale: Scale, items: Sequence[int]) -> str:
    """The sum or mean of items, with the missing ones replaced."""
    rule = scale.missing
    points = _points(instrument, scale, items)
    total, answers = f"{points}.aggregate($this + $total, 0)", f"{points}.count()"
    if scale.scoring is Scoring.MEAN:
        return f"{total} / {answers}"
    if rule.from_group:
        each = f"({total} / {answers} + 0.5).floor()"
        return f"{total}.floor() + {each} * ({len(items)} - {answers})"
    if rule.allowed:
        total = f"({total} * {len(items)} / {answers}{' + 0.5' if rule.rounded else ''})"
    # A sum of ordinal values is a decimal to FHIRPath even where it is whole; `floor` makes it an
    # integer, and with the half added before rounds half up.
    return f"{total}.floor()" if whole(instrument, scale) else f"{total}.round({PLACES})"


def _points(instrument: Instrument, scale: Scale, items: Collection[int]) -> str:
    """The collection of points that the answers to items are worth, reversed ones turned."""
    turns: dict[str, list[int]] = defaultdict(list)
    for item in items:
        asked = instrument.items[item - 1]
        turned = f"{_literal(asked.low + asked.high)} - " if item in scale.reversed_items else ""
        turns[turned + _worth(instrument, item)].append(item)
    first, *others = (f"{_values(held)}.select({worth})" for worth, held in turns.items())
    return first + "".join(
        f".combine({other})" for other in (*others, *_skipped(instrument, items))
    )


def _skipped(instrument: Instrument, items: Collection[int]) -> Iterator[str]:
    """Points of items that the form lets skip after the lowest answer to another."""
    for item, gate in instrument.skips.items():
        if item in items:
            given = f"{_values([gate])}.select({_worth(instrument, gate)})"
            lowest = _literal(instrument.items[gate - 1].low)
            worth = _literal(instrument.items[item - 1].low)
            yield f"iif({_values([item])}.empty() and {given} = {lowest}, {worth})"


def _worth(instrument: Instrument, item: int) -> str:
    """What one answer counts."""
    if instrument.items[item - 1].step < 1:
        return "$this"
    coded = "code.toInteger()"
    for (_, code), points in instrument.answer_codes.items():
        coded = f"iif(code = '{code}', {_literal(points)}, {coded})"
    # Where both are there they say the same, so it does not matter which is first.
    return f"({ORDINAL} | {coded}).first()"


def _values(items: Sequence[int]) -> str:
    if len(items) == 1:
        return f"%resource.item.where(linkId = '{items[0]}').answer.value"
    link_ids = " | ".join(f"'{item}'" for item in items)
    return f"%resource.item.where(linkId in ({link_ids})).answer.value"


def _converted(conversion: Mapping[float, float]) -> str:
    rows = (f"iif($this = {_literal(s)}, {_literal(v)})" for s, v in sorted(conversion.items()))
    return " | ".join(rows)


def _literal(value: float) -> str:
    return number(value, places=PLACES)
