"""Simulated courses as the charts that the rules read, session by session as a clinic sees them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import hypot, isnan
from typing import Any

from msgspec import structs

from service.clinical import facts
from service.clinical.catalogue import catalogue
from service.clinical.chart import Chart
from service.clinical.course import Clinical, Course, Session
from service.clinical.curves import NO_CURVES, Curve, Curves
from service.clinical.definitions import Figure, Instrument, Scale, Source, Standing
from service.clinical.scores import Score
from service.clinical.series import Series, series
from service.clinical.simulation import Condition
from service.commands.simulate.noise import SESSIONS

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Sessions are a week apart; no rule looks at the distance."""
ACT = "encouraged-expression"
WISH = "slower"
MANY = 100_000
"""Courses that the curve of expected scores rests on: as many as leave no doubt of it."""
SIMULATED = Source(citation="Simulated courses.", standing=Standing.DECIDED)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What one course holds, by session."""

    scores: Sequence[Sequence[float]]
    """One row for each measure of the condition."""
    acts: Sequence[bool] = ()
    wishes: Sequence[bool] = ()


def key(session: int) -> str:
    """What names a session, and an event in it."""
    return _at(session).date().isoformat()


def charts(condition: Condition, recorded: Recorded) -> Iterator[Chart]:
    """The chart after each session of the course, from the first to the last."""
    scales = tuple(_scale(condition, measure.scale) for measure in condition.measures)
    sessions = tuple(
        _session(condition, recorded, session) for session in range(1, len(recorded.scores[0]) + 1)
    )
    whole = Course(key=key(1), episode=None, sessions=sessions)
    scored = {
        fact.reference: (_score(fact, *scale),)
        for scale in scales
        for session in sessions
        for fact in session.records
        if isinstance(fact, facts.Total) and fact.scale == scale[1].id
    }
    full, curves = series(whole, scored), _curves(condition)
    for length in range(1, len(sessions) + 1):
        yield Chart(
            course=structs.replace(whole, sessions=sessions[:length]),
            series=tuple(_until(one, length) for one in full if one.points[0].session <= length),
            curves=curves,
        )


def _curves(condition: Condition) -> Curves:
    """What a site would have fitted to many unchanged courses of the same levels: flat, with the SD
    between and within courses together."""
    if condition.kind != "expected":
        return NO_CURVES
    (measure,) = condition.measures
    _, scale = catalogue().scales[measure.scale]
    curve = Curve(
        id="simulated",
        scale=measure.scale,
        low=scale.low,
        high=scale.high,
        b0=measure.start,
        b1=0,
        sd=hypot(condition.between, measure.sd),
        courses=MANY,
        last_session=SESSIONS,
        version="1",
        source=SIMULATED,
    )
    return Curves(known=(curve,))


def _until(one: Series, length: int) -> Series:
    return Series(
        scale=one.scale,
        instrument=one.instrument,
        points=tuple(point for point in one.points if point.session <= length),
        sessions=length,
        withheld=(),
    )


def _scale(condition: Condition, scale: str) -> tuple[Instrument, Scale]:
    """The scale, with the session-to-session SD that a site sets where the condition names one."""
    instrument, known = catalogue().scales[scale]
    if condition.session_sd is not None and known.session_sd is not None:
        figure = Figure(value=condition.session_sd, source=known.session_sd.source)
        known = replace(known, session_sd=figure)
    return instrument, known


def _session(condition: Condition, recorded: Recorded, session: int) -> Session:
    records: list[Clinical] = []
    for measure, row in zip(condition.measures, recorded.scores, strict=True):
        if not isnan(row[session - 1]):
            name = f"Observation/{measure.scale}-{session}"
            records.append(
                facts.Total(scale=measure.scale, value=row[session - 1], **_when(name, session))
            )
    if recorded.acts and recorded.acts[session - 1]:
        records.append(
            facts.Expression(
                presence="no-tears-emotion-shared",
                codes={"therapist-act-before": (ACT,)},
                **_when(f"Observation/act-{session}", session),
            )
        )
    if recorded.wishes and recorded.wishes[session - 1]:
        records.append(
            facts.Remark(
                topic="pace-wish",
                code=WISH,
                by_patient=True,
                **_when(f"Observation/wish-{session}", session),
            )
        )
    at = _at(session)
    return Session(key=key(session), at=at, day=at.date(), encounter=None, records=tuple(records))


def _score(fact: facts.Total, instrument: Instrument, scale: Scale) -> Score:
    return Score(
        scale=scale,
        instrument=instrument,
        source=fact,
        reference=fact.reference,
        value=fact.value,
    )


def _when(reference: str, session: int) -> Mapping[str, Any]:
    at = _at(session)
    return {"reference": reference, "effective": key(session), "at": at, "day": at.date()}


def _at(session: int) -> datetime:
    return FIRST + timedelta(weeks=session - 1)
