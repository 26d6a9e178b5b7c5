"""What one answer says, whatever form it arrives in.

https://hl7.org/fhir/R4/questionnaireresponse-definitions.html#QuestionnaireResponse.item.answer
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any

from service.clinical.canonical import ANSWER, ITEM_WEIGHT, ORDINAL_VALUE
from service.clinical.definitions import Instrument, Item
from service.clinical.elements import Element, child, each, text, value
from service.clinical.wording import number

NOT_APPLICABLE = frozenset(
    {
        ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable"),
        ("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "NA"),
    }
)
AT_LEAST = frozenset({">", ">="})
"""Comparators under which a number is a lower bound."""
NUMBERS = frozenset({"valueInteger", "valueDecimal"})
MAGNITUDE = 100
"""Numbers with more digits before the point, or more zeros after it, answer no question."""
SHOWN_BELOW = 1_000_000
"""A number beyond it is not repeated in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer to one item: readable, or with what is wrong with it."""

    value: float | None = None
    """The answer, in range and on a step of the item; None: see `fault`."""
    least: float | None = None
    """What it says at the least, readable or not, for the safety rules; None: nothing."""
    fault: str | None = None
    """What is wrong, as the end of a sentence; None where there is a value."""
    not_applicable: bool = False
    """The item does not apply to the person: neither a value nor a fault."""


def read(element: Element, instrument: Instrument, item: Item) -> Answer:
    """What an element with `value[x]` says as the answer to `item`."""
    name, content = value(element) or ("", None)
    if item.number in instrument.may_not_apply and NOT_APPLICABLE & set(_named(element, name)):
        return Answer(not_applicable=True)
    match name:
        case "valueInteger" | "valueDecimal":
            return _number(decimal(content), item)
        case "valueQuantity":
            return _quantity(child(element, name), item)
        case "valueCoding":
            coding = child(element, name)
            return _only({*_of_coding(coding, instrument), *ordinals(element)}, item)
        case "valueCodeableConcept":
            codings = each(child(element, name), "coding")
            return _only({n for _, c in codings for n in _of_coding(c, instrument)}, item)
        case "valueString":
            return Answer(least=_least(decimal(content), item), fault="the answer is text")
        case "valueBoolean" if content is True:
            return Answer(least=item.low + item.step, fault="the answer is yes or no")
    return Answer(fault="the answer cannot be read as a number or a code")


def amount(element: Element) -> Decimal | None:
    """The number in `value[x]` of an Observation, a component or an answer; None: no number.

    A bound such as `< 5` is no number; a code has the number that its ordinal gives.
    """
    name, content = value(element) or ("", None)
    if name in NUMBERS:
        return decimal(content)
    if name == "valueQuantity":
        quantity = child(element, name)
        return None if "comparator" in quantity else decimal(quantity.get("value"))
    if name == "valueCodeableConcept":
        codings = each(child(element, name), "coding")
        numbers = {n for _, coding in codings for n in ordinals(coding)}
        return numbers.pop() if len(numbers) == 1 else None
    return None


def ordinals(element: Element) -> Iterator[Decimal]:
    """The numbers that `ordinalValue` extensions of an element give."""
    for _, extension in each(element, "extension"):
        if extension.get("url") in (ORDINAL_VALUE, ITEM_WEIGHT):
            found = decimal(extension.get("valueDecimal", extension.get("valueInteger")))
            if found is not None:
                yield found


def decimal(content: Any) -> Decimal | None:
    """The number that a JSON number or a string of digits stands for; None: none of any sense."""
    if isinstance(content, bool) or not isinstance(content, int | float | Decimal | str):
        return None
    try:
        found = Decimal(str(content).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < MAGNITUDE else None


def _named(element: Element, name: str) -> Iterator[tuple[str | None, str | None]]:
    """The codings of a coded answer."""
    held = child(element, name)
    for coding in (held, *(coding for _, coding in each(held, "coding"))):
        yield text(coding, "system"), text(coding, "code")


def _quantity(quantity: Element, item: Item) -> Answer:
    given = decimal(quantity.get("value"))
    if "comparator" not in quantity:
        return _number(given, item)
    bound = given if text(quantity, "comparator") in AT_LEAST else None
    return Answer(least=_least(bound, item), fault="the answer is a bound, not a number")


def _of_coding(coding: Element, instrument: Instrument) -> Iterator[Decimal]:
    """Every number that a coding gives: by its code, and by its ordinal.

    A renderer of a form without systems leaves the system out; the code alone is enough where the
    instrument knows it.
    """
    system, code = text(coding, "system"), text(coding, "code")
    for known, points in instrument.answer_codes.items():
        if known == (system, code) or (system is None and known[1] == code):
            yield Decimal(str(points))
    if system == ANSWER and (own := decimal(code)) is not None:
        yield own
    yield from ordinals(coding)


def _only(numbers: set[Decimal], item: Item) -> Answer:
    if len(numbers) == 1:
        return _number(numbers.pop(), item)
    if not numbers:
        return Answer(fault="the code of the answer is not known")
    fault = "the answer's code and its ordinal value differ"
    return Answer(least=_least(max(numbers), item), fault=fault)


def _number(given: Decimal | None, item: Item) -> Answer:
    if given is None:
        return Answer(fault="the answer cannot be read as a number")
    least = _least(given, item)
    low, high, step = _exact(item.low), _exact(item.high), _exact(item.step)
    if not low <= given <= high:
        said = f" {_shown(given)}" if abs(given) < SHOWN_BELOW else ""
        return Answer(
            least=least, fault=f"the answer{said} is outside {_shown(low)}-{_shown(high)}"
        )
    if (given - low) % step:
        steps = "a whole number" if step == 1 else f"a multiple of {_shown(step)}"
        return Answer(least=least, fault=f"the answer {_shown(given)} is not {steps}")
    return Answer(value=float(given), least=least)


def _least(given: Decimal | None, item: Item) -> float | None:
    """An answer between two steps is more than the lower one, so it is read as the higher.

    Above the range it is kept as it came: it said at least the highest.
    """
    low, high, step = _exact(item.low), _exact(item.high), _exact(item.step)
    if given is None or given < low:
        return None
    if given > high:
        return float(given)
    return float(low + ((given - low) / step).to_integral_value(ROUND_CEILING) * step)


def _exact(bound: float) -> Decimal:
    return Decimal(str(bound))


def _shown(given: Decimal) -> str:
    return number(float(given), places=6)
