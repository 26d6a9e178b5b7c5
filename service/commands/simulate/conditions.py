"""Which courses are simulated. The levels, spreads and changes are decided here; none is a norm."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import hypot

from service.clinical.catalogue import catalogue
from service.clinical.simulation import Condition, Kind, Measure, Shape
from service.psychometrics.scoring import Better

AUTOCORRELATIONS = (0.0, 0.3, 0.5)
USUAL = 0.3
"""Autocorrelation of the courses in which something changes."""
MISSING = (0.0, 0.2)
LASTING = (Shape.STEP, Shape.GRADUAL, Shape.TWO_SESSIONS)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One scale, in score points."""

    kind: Kind
    scale: str
    start: float
    """Amid the scale, with room in both directions; an alliance starts high, as it does."""
    before_better: float
    """Where a change in the better direction starts."""
    ends: tuple[float, float]
    """Levels near the two ends of the scale."""
    beside_cutoff: tuple[float, ...] = ()
    """Just inside the clinical range and just outside it."""
    sds: tuple[float, float, float]
    changes: tuple[float, float]
    """About one reliable change and a clearly larger one; of an alliance 3 and 4 usual SDs, or 2
    and 3."""
    varied: Shape
    """The change that is also looked for with other spreads, correlations and gaps."""
    shapes: tuple[Shape, ...] = LASTING

    @property
    def sd(self) -> float:
        return self.sds[1]


PROFILES = (
    Profile(
        kind="symptom",
        scale="phq-9",
        start=15,
        before_better=15,
        ends=(3, 24),
        beside_cutoff=(10, 8),
        sds=(2.0, 2.5, 3.0),
        changes=(6, 8),
        varied=Shape.STEP,
        shapes=(*LASTING, Shape.EARLY_STEP),
    ),
    Profile(
        kind="symptom",
        scale="gad-7",
        start=11,
        before_better=11,
        ends=(2, 19),
        beside_cutoff=(8, 6),
        sds=(1.5, 2.0, 2.5),
        changes=(4, 6),
        varied=Shape.STEP,
        shapes=(*LASTING, Shape.EARLY_STEP),
    ),
    Profile(
        kind="symptom",
        scale="ors",
        start=20,
        before_better=20,
        ends=(3, 37),
        beside_cutoff=(24, 27),
        sds=(2.0, 3.0, 4.0),
        changes=(5, 8),
        varied=Shape.STEP,
        shapes=(*LASTING, Shape.EARLY_STEP),
    ),
    Profile(
        kind="alliance",
        scale="wai-sr",
        start=4.1,
        before_better=3.2,
        ends=(1.4, 4.8),
        sds=(0.2, 0.3, 0.5),
        changes=(0.9, 1.2),
        varied=Shape.TWO_SESSIONS,
    ),
    Profile(
        kind="alliance",
        scale="srs",
        start=34,
        before_better=26,
        ends=(4, 39),
        sds=(1.5, 3.0, 4.5),
        changes=(6, 9),
        varied=Shape.TWO_SESSIONS,
    ),
)

EXPECTED = {"phq-9": 13, "ors": 20}
EXPECTED_SDS = ((3.0, 3.0), (3.0, 1.0), (1.5, 4.0))
"""Within a course and between courses."""
PAIR_STARTS = {"phq-9": 15, "gad-7": 11}
PAIR_SDS = ((2.0, 1.5), (2.5, 2.0), (3.0, 2.5))
PAIR_CHANGES = {"phq-9": 8, "gad-7": 6}
ACTS = (0.15, 0.5)
"""About one session in seven, as often as crying occurs (Robinson 2015), and every second."""
WISHES = (0.0, 0.05)


def conditions() -> tuple[Condition, ...]:
    """All of them, each once, in a fixed order."""
    found = [condition for profile in PROFILES for condition in _of(profile)]
    found += [*_expected(), *_pairs(), *_pace(), *_of_the_specification()]
    return tuple({condition.name: condition for condition in found}.values())


def _of(profile: Profile) -> Iterator[Condition]:
    for sd, missing, correlation in product(profile.sds, MISSING, AUTOCORRELATIONS):
        yield _one(profile, profile.start, sd=sd, autocorrelation=correlation, missing=missing)
    for start in (*profile.ends, *profile.beside_cutoff):
        yield _one(profile, start)
    for shape, size, way in product(profile.shapes, profile.changes, _ways(profile)):
        yield _one(profile, _before(profile, way), shape=shape, change=size * way)
    for way in _ways(profile):
        yield from _varied(profile, way)


def _varied(profile: Profile, way: int) -> Iterator[Condition]:
    """The larger change, under other circumstances; near an end it is clipped or has room."""
    start, size = _before(profile, way), profile.changes[-1] * way
    for sd in profile.sds:
        yield _one(profile, start, sd=sd, shape=profile.varied, change=size)
    for correlation in AUTOCORRELATIONS:
        yield _one(profile, start, shape=profile.varied, change=size, autocorrelation=correlation)
    yield _one(profile, start, shape=profile.varied, change=size, missing=MISSING[-1])
    for end in (*profile.ends, *profile.beside_cutoff):
        yield _one(profile, end, shape=profile.varied, change=size)


def _ways(profile: Profile) -> tuple[int, int]:
    """The signs of a change in the better direction and of one against it."""
    _, scale = catalogue().scales[profile.scale]
    return (-1, 1) if scale.better is Better.LOWER else (1, -1)


def _before(profile: Profile, way: int) -> float:
    return profile.before_better if way == _ways(profile)[0] else profile.start


def _one(
    profile: Profile,
    start: float,
    *,
    sd: float | None = None,
    change: float = 0,
    shape: Shape = Shape.UNCHANGED,
    autocorrelation: float = USUAL,
    missing: float = 0,
    session_sd: float | None = None,
) -> Condition:
    measure = Measure(scale=profile.scale, start=start, sd=sd or profile.sd, change=change)
    return Condition(
        kind=profile.kind,
        measures=(measure,),
        shape=shape,
        autocorrelation=autocorrelation,
        missing=missing,
        session_sd=session_sd,
    )


def _expected() -> Iterator[Condition]:
    """Half of the variance lies between courses, or nearly none, or nearly all of it."""
    for (scale, start), (within, between) in product(EXPECTED.items(), EXPECTED_SDS):
        for correlation in AUTOCORRELATIONS:
            yield _beside(scale, start, within, between, autocorrelation=correlation)
        yield _beside(scale, start, within, between, missing=MISSING[-1])
        for shape, sign in product(LASTING[:2], (-2, 2)):
            change = sign * round(hypot(within, between), 1)
            yield _beside(scale, start, within, between, shape=shape, change=change)


def _beside(
    scale: str,
    start: float,
    within: float,
    between: float,
    *,
    shape: Shape = Shape.UNCHANGED,
    change: float = 0,
    autocorrelation: float = 0,
    missing: float = 0,
) -> Condition:
    return Condition(
        kind="expected",
        measures=(Measure(scale=scale, start=start, sd=within, change=change),),
        shape=shape,
        between=between,
        autocorrelation=autocorrelation,
        missing=missing,
    )


def _pairs() -> Iterator[Condition]:
    for sds, missing, correlation in product(PAIR_SDS, MISSING, AUTOCORRELATIONS):
        yield _pair(sds, autocorrelation=correlation, missing=missing)
    for shape, way in product(LASTING, (-1, 1)):
        yield _pair(PAIR_SDS[1], shape=shape, way=way)


def _pair(
    sds: tuple[float, float],
    *,
    way: int = 0,
    shape: Shape = Shape.UNCHANGED,
    autocorrelation: float = USUAL,
    missing: float = 0,
) -> Condition:
    measures = tuple(
        Measure(scale=scale, start=start, sd=sd, change=way * PAIR_CHANGES[scale])
        for (scale, start), sd in zip(PAIR_STARTS.items(), sds, strict=True)
    )
    return Condition(
        kind="pair",
        measures=measures,
        shape=shape,
        autocorrelation=autocorrelation,
        missing=missing,
    )


def _pace() -> Iterator[Condition]:
    profile = next(profile for profile in PROFILES if profile.scale == "wai-sr")
    for sd, acts, wishes in product(profile.sds, ACTS, WISHES):
        yield Condition(
            kind="pace",
            measures=(Measure(scale=profile.scale, start=profile.start, sd=sd),),
            autocorrelation=USUAL,
            acts=acts,
            wishes=wishes,
        )


def _of_the_specification() -> Iterator[Condition]:
    """The courses for which the clinical specification states a figure."""
    by_scale = {profile.scale: profile for profile in PROFILES}
    depression, alliance = by_scale["phq-9"], by_scale["wai-sr"]
    for sd in depression.sds:
        yield _one(depression, depression.start, sd=sd, autocorrelation=0.4)
        for way in (-1, 1):
            yield _one(
                depression,
                depression.start,
                sd=sd,
                autocorrelation=0.4,
                shape=Shape.STEP,
                change=8 * way,
            )
        for correlation in AUTOCORRELATIONS:
            yield _one(
                depression,
                18,
                sd=sd,
                autocorrelation=correlation,
                shape=Shape.GRADUAL,
                change=-12,
            )
    for own in (None, 0.3):
        for sd in (0.3, 0.5):
            yield _one(alliance, alliance.start, sd=sd, autocorrelation=0, session_sd=own)
        for size in alliance.changes:
            yield _one(
                alliance,
                alliance.start,
                autocorrelation=0,
                session_sd=own,
                shape=Shape.TWO_SESSIONS,
                change=-size,
            )
