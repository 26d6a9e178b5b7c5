"""The statistics by their codes: what each computes, and in which unit.

http://hl7.org/fhir/R4/codesystem-observation-statistics.html. Where it leaves the estimator open,
`says` names ours, and stands in the answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from fractions import Fraction
from functools import partial
from types import MappingProxyType

from service.fhir.datatypes import LAST
from service.fhir.stats import arithmetic
from service.fhir.stats.arithmetic import Point, Result, Values
from service.fhir.stats.measurements import Measurement, Unit

HOUR = 3_600_000_000
"""Microseconds."""


class In(Enum):
    """The unit of a figure."""

    UNIT = "that of the values"
    SQUARE = "its square"
    PER_HOUR = "it in an hour"
    ONE = "a pure number"
    COUNT = "a number of measurements"


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The measurements of one code in one unit, each with a value."""

    measurements: Sequence[Measurement]
    unit: Unit | None
    """None where there are no values."""
    total: int
    """All measurements of the code, whatever their unit, or without a value."""

    @property
    def values(self) -> Values:
        return [m.value for m in self.measurements if m.value is not None]

    @property
    def points(self) -> Sequence[Point]:
        """Hours from the first measurement that has a time, and value."""
        timed = [(m.when, m.value) for m in self.measurements if m.when and m.value is not None]
        first = min((when for when, _ in timed), default=LAST)
        return [(_hours(first, when), value) for when, value in timed]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that a statistic gives, or why there is none."""

    says: str
    value: Result
    unit: In
    lacking: str = ""
    """One sentence, where there is no value."""


@dataclass(frozen=True, kw_only=True)
class Statistic:
    display: str
    """As the CodeSystem has it."""
    figures: Callable[[Sample], Iterator[Figure]]


def _plain(
    says: str, least: int, compute: Callable[[Values], Result], unit: In, sample: Sample
) -> Iterator[Figure]:
    values = sample.values
    enough = len(values) >= least
    result = _finite(lambda: compute(values)) if enough else None
    lacking = _needs(least, len(values)) if not enough else UNDEFINED
    yield Figure(says=says, value=result, unit=unit, lacking=lacking)


def _regression(sample: Sample) -> Iterator[Figure]:
    line = arithmetic.regression(sample.points) or (None, None)
    for says, result, unit in zip(LINE, line, (In.PER_HOUR, In.UNIT), strict=True):
        lacking = "A line needs measurements at two different times."
        yield Figure(says=says, value=result, unit=unit, lacking=lacking)


def _count(sample: Sample) -> Iterator[Figure]:
    yield Figure(says="Count", value=Fraction(len(sample.values)), unit=In.COUNT)


def _total_count(sample: Sample) -> Iterator[Figure]:
    yield Figure(says="Total Count", value=Fraction(sample.total), unit=In.COUNT)


def _needs(least: int, there: int) -> str:
    values = "value" if least == 1 else "values"
    return f"This needs {least} {values}; there {'is' if there == 1 else 'are'} {there or 'none'}."


def _finite(compute: Callable[[], Result]) -> Result:
    try:
        return compute()
    except OverflowError:
        return None


def _hours(first: datetime, when: datetime) -> Fraction:
    passed = when - first
    return Fraction((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds, HOUR)


def _statistic(
    display: str,
    compute: Callable[[Values], Result],
    *,
    least: int = 1,
    unit: In = In.UNIT,
    says: str = "",
) -> Statistic:
    return Statistic(
        display=display, figures=partial(_plain, says or display, least, compute, unit)
    )


def _percentile(display: str, share: Fraction) -> Statistic:
    return _statistic(
        display,
        lambda values: arithmetic.percentile(values, share),
        says=f"{display}, interpolated between neighbours (type 7)",
    )


UNDEFINED = "It is not defined for values without spread, or too large to be written."
LINE = (
    "Gradient of the regression on time, per hour",
    "Intercept of the regression on time, at the first measurement",
)
STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {
        "average": _statistic("Average", arithmetic.average),
        "maximum": _statistic("Maximum", max),
        "minimum": _statistic("Minimum", min),
        "count": Statistic(display="Count", figures=_count),
        "total-count": Statistic(display="Total Count", figures=_total_count),
        "median": _percentile("Median", Fraction(1, 2)),
        "std-dev": _statistic(
            "Standard Deviation",
            arithmetic.sample_deviation,
            least=2,
            says="Standard deviation of a sample (n - 1)",
        ),
        "sum": _statistic("Sum", arithmetic.total),
        "variance": _statistic(
            "Variance",
            arithmetic.sample_variance,
            least=2,
            unit=In.SQUARE,
            says="Variance of a sample (n - 1)",
        ),
        "20-percent": _percentile("20th Percentile", Fraction(1, 5)),
        "80-percent": _percentile("80th Percentile", Fraction(4, 5)),
        "4-lower": _percentile("Lower Quartile", Fraction(1, 4)),
        "4-upper": _percentile("Upper Quartile", Fraction(3, 4)),
        "4-dev": _statistic(
            "Quartile Deviation",
            arithmetic.quartile_deviation,
            says="Quartile deviation, half of upper less lower quartile",
        ),
        "5-1": _percentile("1st Quintile", Fraction(1, 5)),
        "5-2": _percentile("2nd Quintile", Fraction(2, 5)),
        "5-3": _percentile("3rd Quintile", Fraction(3, 5)),
        "5-4": _percentile("4th Quintile", Fraction(4, 5)),
        "skew": _statistic(
            "Skew",
            arithmetic.skewness,
            least=3,
            unit=In.ONE,
            says="Skewness of a sample (adjusted Fisher-Pearson, G1)",
        ),
        "kurtosis": _statistic(
            "Kurtosis",
            arithmetic.excess_kurtosis,
            least=4,
            unit=In.ONE,
            says="Excess kurtosis of a sample (G2; 0 for a normal distribution)",
        ),
        "regression": Statistic(display="Regression", figures=_regression),
    }
)
