"""The Observation that says the statistics of one code in one unit.

http://hl7.org/fhir/R4/observation-operation-stats.html: each component's code is a statistic, "and
is relative to the Observation.code and cannot be interpreted independently".
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from service.fhir.resource import Resource
from service.fhir.stats.measurements import Measurement, Series, Unit
from service.fhir.stats.statistic import STATISTICS, Figure, In, Sample

SYSTEM = "http://terminology.hl7.org/CodeSystem/observation-statistics"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UCUM = "http://unitsofmeasure.org"
EXACT_INTEGERS = 2**53
"""Whole numbers up to here are written as such."""


def samples(of: Series) -> list[Sample]:
    """One for each unit, that with most values first; an empty one where there is no value."""
    by_unit: dict[tuple[str, str], list[Measurement]] = {}
    for measurement in of.measurements:
        if measurement.value is not None:
            by_unit.setdefault(measurement.unit.key, []).append(measurement)
    total = len(of.measurements)
    found = [
        Sample(measurements=by_unit[key], unit=_written(by_unit[key]), total=total)
        for key in sorted(by_unit, key=lambda key: (-len(by_unit[key]), key))
    ]
    return found or [Sample(measurements=(), unit=None, total=total)]


def statistics_observation(
    concept: Resource,
    sample: Sample,
    *,
    subject: str,
    period: Resource | None,
    statistics: Sequence[str],
) -> Resource:
    """`statistics` are codes, each once; `period` is None where none was asked."""
    effective = {} if period is None else {"effectivePeriod": period}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept,
        "subject": {"reference": subject},
        **effective,
        "component": [c for code in statistics for c in _components(code, sample)],
    }


def _written(measurements: Sequence[Measurement]) -> Unit:
    """Of the spellings of one unit the first in the alphabet."""
    return min((m.unit for m in measurements), key=lambda unit: unit.text or "")


def _components(code: str, sample: Sample) -> Iterator[Resource]:
    statistic = STATISTICS[code]
    coding = {"system": SYSTEM, "code": code, "display": statistic.display}
    for figure in statistic.figures(sample):
        value = _number(figure.value)
        said: Resource = (
            _absent(figure)
            if value is None
            else {"valueQuantity": {"value": value, **_unit(figure.unit, sample.unit)}}
        )
        yield {"code": {"coding": [coding], "text": figure.says}, **said}


def _number(result: Fraction | float | None) -> int | float | None:
    """The float nearest to a result, or a whole number; None where no float is near."""
    if result is None:
        return None
    if isinstance(result, Fraction) and result.denominator == 1 and abs(result) <= EXACT_INTEGERS:
        return int(result)
    try:
        number = float(result)
    except OverflowError:
        return None
    return None if number == 0 != result else number


def _absent(figure: Figure) -> Resource:
    coding = {"system": ABSENT, "code": "not-a-number"}
    return {"dataAbsentReason": {"coding": [coding], "text": figure.lacking}}


def _unit(kind: In, unit: Unit | None) -> dict[str, Any]:
    """Codes of compound units are spelled as UCUM's grammar has them: http://ucum.org/ucum"""
    if kind is In.COUNT or (unit is None and kind is not In.ONE):
        return {}
    text, system, code = (unit.text, unit.system, unit.code) if unit else (None, None, None)
    match kind:
        case In.ONE:
            text, system, code = None, UCUM, "1"
        case In.SQUARE:
            text, code = text and f"({text})²", code and f"({code}).({code})"
        case In.PER_HOUR:
            text, code = f"{text or ''}/h", f"{code}/h" if code else None
        case _:
            pass
    if system != UCUM and kind in (In.SQUARE, In.PER_HOUR):
        system, code = None, None
    members = {"unit": text, "system": system if code else None, "code": code}
    return {name: value for name, value in members.items() if value}
