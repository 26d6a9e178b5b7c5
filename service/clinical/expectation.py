"""A course beside the curve of its first score: what applies, where it stands, how it is said."""

import math
from dataclasses import dataclass

from service.clinical.chart import Chart
from service.clinical.curves import Curve
from service.clinical.series import Series
from service.clinical.wording import number
from service.psychometrics.expected_course import Judgement, Place, judge
from service.psychometrics.scoring import Better

NEEDED = 2
"""The first score chooses the curve, so one more is needed to be judged by it."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One series with at least one score."""

    series: Series
    curve: Curve | None
    """None: no curve is known for courses with this first score."""

    @property
    def judgement(self) -> Judgement | None:
        """None: no curve, too few scores, or the latest score lies beyond the curve's end."""
        if self.curve is None:
            return None
        return judge(self.series.values, curve=self.curve.expectation, better=self.series.better)

    @property
    def beyond(self) -> bool:
        """Whether the latest score lies beyond the curve's last session."""
        return self.curve is not None and self.series.points[-1].session > self.curve.last_session


def of(chart: Chart, series: Series) -> Expected:
    """For a series with a score."""
    first = series.points[0].value
    return Expected(series=series, curve=chart.curves.of(series.scale.id, first))


def against(better: Better) -> str:
    """Where a score lies that is outside on the side against the better direction."""
    return "above" if better is Better.LOWER else "below"


def toward(better: Better) -> str:
    return "below" if better is Better.LOWER else "above"


def inner(bound: float, side: str) -> str:
    """A bound as the last value on its inner side, so that no score beyond it reads as reached."""
    hundredths = round(bound * 100, 6)
    inward = math.floor(hundredths) if side == "above" else math.ceil(hundredths)
    return number(inward / 100)


def range_of(place: Place, better: Better) -> str:
    """`up to 15`, or `15 and more` where higher is better."""
    bound = inner(place.bound, against(better))
    return f"up to {bound}" if better is Better.LOWER else f"{bound} and more"


def unreachable(series: Series, bound: float) -> bool:
    """Whether no score of the scale lies beyond the bound against its better direction."""
    lower = series.better is Better.LOWER
    return bound >= series.scale.high if lower else bound <= series.scale.low
