"""The invariants of Questionnaire. https://hl7.org/fhir/R4/questionnaire.html#invs"""

from typing import Any

from service.fhir.invariants.invariant import Holds, Invariant, Value, any_of, apart, none_of
from service.fhir.words import words

WITH_OPTIONS = words("choice open-choice decimal integer date dateTime time string quantity")
"""que-5 as its expression has it; its words speak of choices only."""
WITH_LENGTH = words("boolean decimal integer string text url open-choice")
DISPLAY = frozenset({"display"})
UNANSWERED = frozenset({"display", "group"})
ITEM = "QuestionnaireItem"


def _type(value: Value) -> str:
    return str(value.get("type", ""))


def _unique_link_ids(value: Value) -> bool:
    seen: list[Any] = []
    level = list(value.get("item", ()))
    while level:
        seen += [item["linkId"] for item in level if "linkId" in item]
        level = [child for item in level for child in item.get("item", ())]
    return len(seen) == len(set(seen))


def _nested(value: Value) -> bool:
    match _type(value):
        case "group":
            return "item" in value
        case "display":
            return "item" not in value
    return True


def _not_on(kinds: frozenset[str], *names: str) -> Holds:
    return lambda value: _type(value) not in kinds or none_of(*names)(value)


def _only_on(kinds: frozenset[str], *names: str) -> Holds:
    return lambda value: _type(value) in kinds or none_of(*names)(value)


def _behaviour(value: Value) -> bool:
    """As the expression has it, which asks from three conditions on."""
    return len(value.get("enableWhen", ())) <= 2 or any_of("enableBehavior")(value)


def _boolean_for_exists(value: Value) -> bool:
    return value.get("operator") != "exists" or any_of("answerBoolean")(value)


def _one_initial(value: Value) -> bool:
    return value.get("repeats") is True or len(value.get("initial", ())) <= 1


QUESTIONNAIRE: tuple[Invariant, ...] = (
    Invariant("Questionnaire", "que-2", "must not have a linkId twice", _unique_link_ids, "item"),
    Invariant(
        ITEM, "que-1", "needs nested items if it is a group and none if it is display", _nested
    ),
    Invariant(ITEM, "que-3", "must not stand on a display item", _not_on(DISPLAY, "code"), "code"),
    Invariant(
        ITEM,
        "que-4",
        "must not have both answerOption and answerValueSet",
        apart("answerOption", "answerValueSet"),
    ),
    Invariant(
        ITEM,
        "que-5",
        "must not have answer options for its type",
        _only_on(WITH_OPTIONS, "answerValueSet", "answerOption"),
    ),
    Invariant(
        ITEM,
        "que-6",
        "must not be required or repeat if it is display",
        _not_on(DISPLAY, "required", "repeats"),
    ),
    Invariant(
        ITEM,
        "que-8",
        "must not stand on an item without answers",
        _not_on(UNANSWERED, "initial"),
        "initial",
    ),
    Invariant(
        ITEM,
        "que-9",
        "must not stand on a display item",
        _not_on(DISPLAY, "readOnly"),
        "readOnly",
    ),
    Invariant(
        ITEM,
        "que-10",
        "must not stand on an item of its type",
        _only_on(WITH_LENGTH, "maxLength"),
        "maxLength",
    ),
    Invariant(
        ITEM,
        "que-11",
        "must not stand beside answerOption",
        apart("answerOption", "initial"),
        "initial",
    ),
    Invariant(ITEM, "que-12", "needs an enableBehavior for its conditions", _behaviour),
    Invariant(ITEM, "que-13", "must not have more than one value", _one_initial, "initial"),
    Invariant(
        "QuestionnaireItemEnableWhen",
        "que-7",
        "must ask for a boolean with the operator 'exists'",
        _boolean_for_exists,
    ),
)
