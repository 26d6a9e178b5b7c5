"""Curves from a site's own ended courses: which ones count, by scale and band, what they give."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from service.clinical.chart import Chart
from service.clinical.curves import Curve, expectable
from service.clinical.definitions import Scale, Source, Standing
from service.clinical.wording import number
from service.psychometrics.growth_curve import LEAST_COURSES, Fit, fit, last_session

PLACES = 4
"""Decimals of a written number: far below a score point, and the same on every machine."""
OWN = Source(citation="Ended courses of this site", standing=Standing.DECIDED)


@dataclass(frozen=True, kw_only=True)
class Past:
    """One course as a calibration sees it."""

    episode: str | None
    coded: bool
    """Whether a person coded how it ended."""
    first: date
    last: date
    """Day of its last session."""
    scores: Mapping[str, Mapping[int, float]]
    """Scale -> session -> score."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a calibration says of one band: a curve, or why there is none."""

    scale: str
    low: float
    high: float
    courses: int
    """Ended ones with a first score in the band and one more."""
    curve: Curve | None = None
    refusal: str = ""

    @property
    def band(self) -> str:
        return f"{number(self.low)}-{number(self.high)}"


def past(chart: Chart) -> Past | None:
    """None: a course without a session."""
    sessions = chart.course.sessions
    if not sessions:
        return None
    return Past(
        episode=chart.course.episode,
        coded=any(remark.topic == "course-ending" for remark in chart.course.about),
        first=sessions[0].day,
        last=sessions[-1].day,
        scores={
            series.scale.id: {point.session: point.value for point in series.points}
            for series in chart.measured
            if expectable(series.scale)
        },
    )


def ended(
    courses: Iterable[Past], *, finished: Collection[str], newest: date, gap_days: int
) -> tuple[Past, ...]:
    """Those that are over: a person coded an ending, or the EpisodeOfCare is `finished`, or there
    is none and the last session lies more than the gap before the newest session of the site."""
    gap = timedelta(days=gap_days)
    return tuple(
        course
        for course in courses
        if course.coded
        or (course.episode in finished if course.episode else newest - course.last > gap)
    )


def calibrated(
    courses: Sequence[Past], scale: Scale, *, version: str, least: int = LEAST_COURSES
) -> tuple[Row, ...]:
    """One row for each band of first scores, in their order."""
    bands = [(band.low, band.high) for band in scale.bands] or [(scale.low, scale.high)]
    held: dict[tuple[float, float], list[Past]] = {band: [] for band in bands}
    for course in courses:
        scores = course.scores.get(scale.id, {})
        if len(scores) > 1:
            held[_band(scores[min(scores)], bands)].append(course)
    return tuple(
        _row(members, scale, low, high, version=version, least=least)
        for (low, high), members in held.items()
    )


def _band(first: float, bands: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Bands are given in whole points; a score between two of them belongs to the lower one."""
    return next(band for band in reversed(bands) if band[0] <= first)


def _row(
    members: Sequence[Past], scale: Scale, low: float, high: float, *, version: str, least: int
) -> Row:
    courses = [course.scores[scale.id] for course in members]
    if len(courses) < least:
        refusal = f"{len(courses)} of {least} ended courses"
        return Row(scale=scale.id, low=low, high=high, courses=len(courses), refusal=refusal)
    end = last_session(courses)
    within = [{n: score for n, score in course.items() if n <= end} for course in courses]
    try:
        found = fit(within, least=least)
    except ValueError as error:
        return Row(scale=scale.id, low=low, high=high, courses=len(courses), refusal=str(error))
    curve = _curve(found, scale, low, high, version=version, end=end, period=_period(members))
    return Row(scale=scale.id, low=low, high=high, courses=len(courses), curve=curve)


def _period(members: Sequence[Past]) -> str:
    first, last = min(c.first for c in members), max(c.last for c in members)
    return f"{first.isoformat()} to {last.isoformat()}"


def _curve(
    found: Fit, scale: Scale, low: float, high: float, *, version: str, end: int, period: str
) -> Curve:
    return Curve(
        id=f"{scale.id}-{number(low)}-{number(high)}",
        scale=scale.id,
        low=low,
        high=high,
        b0=round(found.b0, PLACES),
        b1=round(found.b1, PLACES),
        sd=round(found.sd, PLACES),
        courses=found.courses,
        last_session=end,
        version=version,
        source=OWN,
        period=period,
        scores=found.scores,
        tau=round(found.tau, PLACES),
        sigma=round(found.sigma, PLACES),
        log_likelihood=round(found.log_likelihood, PLACES),
    )
