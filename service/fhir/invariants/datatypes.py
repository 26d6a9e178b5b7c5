"""The invariants of the datatypes. https://hl7.org/fhir/R4/datatypes.html"""

from datetime import UTC, timedelta

from service.fhir.datatypes import covered
from service.fhir.invariants.invariant import (
    Holds,
    Invariant,
    Value,
    any_of,
    apart,
    has,
    has_choice,
    together,
)

UCUM = "http://unitsofmeasure.org"
OFFSET = timedelta(hours=14)
"""How far a local time can lie from UTC."""
CHANGING_MEALS = frozenset({"C", "CM", "CD", "CV"})


def _ordered_period(value: Value) -> bool:
    """Where only one end has a zone, only what is wrong in every zone is refused."""
    start, end = value.get("start"), value.get("end")
    if start is None or end is None:
        return True
    slack = OFFSET if ("T" in start) != ("T" in end) else timedelta()
    return covered(start, UTC)[0] - covered(end, UTC)[1] < slack


def _ordered_range(value: Value) -> bool:
    low, high = value.get("low", {}), value.get("high", {})
    same_unit = all(low.get(name) == high.get(name) for name in ("system", "code", "unit"))
    if not same_unit or "value" not in low or "value" not in high:
        return True
    return bool(low["value"] <= high["value"])


def _whole_ratio(value: Value) -> bool:
    if ("numerator" in value) != ("denominator" in value):
        return False
    return "numerator" in value or "extension" in value


def _in_ucum(value: Value) -> bool:
    return together("value", "code")(value) and value.get("system", UCUM) == UCUM


def _coded_in_ucum(value: Value) -> bool:
    return "code" not in value or (value.get("system") == UCUM and has(value, "value"))


def _positive(value: Value) -> bool:
    return bool(value.get("value", 1) > 0)


def _whole(value: Value) -> bool:
    number = value.get("value", 0)
    return bool(number == int(number)) and value.get("code", "1") == "1"


def _extension(value: Value) -> bool:
    return ("extension" in value) != has_choice(value, "value")


def _not_negative(name: str) -> Holds:
    return lambda value: value.get(name, 0) >= 0


def _offset_with_when(value: Value) -> bool:
    if "offset" not in value:
        return True
    when = value.get("when", ())
    return bool(when) and CHANGING_MEALS.isdisjoint(when)


def _trigger(value: Value) -> bool:
    kind = str(value.get("type", ""))
    if kind == "named-event":
        return has(value, "name")
    if kind == "periodic":
        return has_choice(value, "timing")
    return not kind.startswith("data-") or "data" in value


def _path_or_parameter(value: Value) -> bool:
    return has(value, "path") != has(value, "searchParam")


REPEAT = "TimingRepeat"
TRIGGER = "TriggerDefinition"
PATH = "needs either path or searchParam"
UNIT = "needs a UCUM code for its value"

DATATYPES: tuple[Invariant, ...] = (
    Invariant("Extension", "ext-1", "must have either a value or extensions", _extension),
    Invariant("Age", "age-1", UNIT, _in_ucum),
    Invariant("Age", "age-1", "must be more than zero", _positive, "value"),
    Invariant(
        "Attachment",
        "att-1",
        "needs a contentType for its data",
        together("data", "contentType"),
    ),
    Invariant("ContactPoint", "cpt-2", "needs a system for its value", together("value", "system")),
    Invariant("Count", "cnt-3", UNIT, _in_ucum),
    Invariant("Count", "cnt-3", "must be a whole number of the unit 1", _whole),
    Invariant("DataRequirementCodeFilter", "drq-1", PATH, _path_or_parameter),
    Invariant("DataRequirementDateFilter", "drq-2", PATH, _path_or_parameter),
    Invariant("Distance", "dis-1", UNIT, _in_ucum),
    Invariant("Duration", "drt-1", "needs UCUM and a value for its code", _coded_in_ucum),
    Invariant(
        "Expression",
        "exp-1",
        "needs an expression or a reference",
        any_of("expression", "reference"),
    ),
    Invariant("Period", "per-1", "must not end before it starts", _ordered_period),
    *(
        Invariant(kind, "qty-3", "needs a system for its code", together("code", "system"))
        for kind in ("Quantity", "Age", "Count", "Distance", "Duration")
    ),
    Invariant("Range", "rng-2", "must not have a low above its high", _ordered_range),
    Invariant("Ratio", "rat-1", "needs both numerator and denominator", _whole_ratio),
    Invariant(
        REPEAT,
        "tim-1",
        "needs a durationUnit for its duration",
        together("duration", "durationUnit"),
    ),
    Invariant(
        REPEAT, "tim-2", "needs a periodUnit for its period", together("period", "periodUnit")
    ),
    Invariant(REPEAT, "tim-4", "must not be negative", _not_negative("duration"), "duration"),
    Invariant(REPEAT, "tim-5", "must not be negative", _not_negative("period"), "period"),
    Invariant(REPEAT, "tim-6", "needs a period for its periodMax", together("periodMax", "period")),
    Invariant(
        REPEAT, "tim-7", "needs a duration for its durationMax", together("durationMax", "duration")
    ),
    Invariant(REPEAT, "tim-8", "needs a count for its countMax", together("countMax", "count")),
    Invariant(REPEAT, "tim-9", "needs a when, of no set meal, for its offset", _offset_with_when),
    Invariant(
        REPEAT, "tim-10", "must not have both timeOfDay and when", apart("timeOfDay", "when")
    ),
    Invariant(
        TRIGGER,
        "trd-1",
        "must not have both data and timing",
        lambda value: not ("data" in value and has_choice(value, "timing")),
    ),
    Invariant(TRIGGER, "trd-2", "needs data for its condition", together("condition", "data")),
    Invariant(TRIGGER, "trd-3", "lacks what its type asks for", _trigger),
)
