"""DASS-21: seven statements each on depression, anxiety and stress, scores doubled."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Band,
    Construct,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Norm,
    Reliability,
    ReliabilityKind,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

HENRY_2005 = Source(
    citation="Henry & Crawford (2005). The short-form version of the Depression Anxiety Stress "
    "Scales (DASS-21): construct validity and normative data in a large non-clinical sample. "
    "British Journal of Clinical Psychology 44, 227-239. Doubled.",
    standing=Standing.WIDELY_USED,
    doi="10.1348/014466505X29657",
)
LOVIBOND_1995 = Source(
    citation="Lovibond & Lovibond (1995). Manual for the Depression Anxiety Stress Scales. "
    "Psychology Foundation, Sydney.",
    standing=Standing.WIDELY_USED,
)
ONE_MISSING = Source(
    citation="One item of each scale may be missing and takes the mean of the answered ones.",
    standing=Standing.WIDELY_USED,
)
DEGREES = ("Normal", "Mild", "Moderate", "Severe", "Extremely severe")


def _scale(
    name: str,
    items: tuple[int, ...],
    firsts: tuple[int, ...],
    norm: tuple[float, float],
    reliability: float,
) -> Scale:
    ends = (*(first - 1 for first in firsts[1:]), 42)
    return Scale(
        id=f"dass-21-{name}",
        title=f"DASS-21 {name}",
        construct=Construct.SYMPTOM,
        better=Better.LOWER,
        items=items,
        scoring=Scoring.SUM,
        multiplier=2,
        low=0,
        high=42,
        missing=MissingRule(allowed=1, source=ONE_MISSING),
        bands=tuple(
            Band(low=low, high=high, code=degree.lower().replace(" ", "-"), display=degree)
            for low, high, degree in zip(firsts, ends, DEGREES, strict=True)
        ),
        bands_source=LOVIBOND_1995,
        norm=Norm(mean=norm[0], sd=norm[1], sample="UK non-clinical adults", source=HENRY_2005),
        reliability=Reliability(value=reliability, kind=ReliabilityKind.ALPHA, source=HENRY_2005),
    )


INSTRUMENT = Instrument(
    id="dass-21",
    title="Depression Anxiety Stress Scales, short form (DASS-21)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=3) for number in range(1, 22)),
    scales=(
        _scale("depression", (3, 5, 10, 13, 16, 17, 21), (0, 10, 14, 21, 28), (5.66, 7.74), 0.88),
        _scale("anxiety", (2, 4, 7, 9, 15, 19, 20), (0, 8, 10, 15, 20), (3.76, 5.90), 0.82),
        _scale("stress", (1, 6, 8, 11, 12, 14, 18), (0, 15, 19, 26, 34), (9.46, 8.40), 0.90),
    ),
    shared_out=(("dass-21-depression", "dass-21-anxiety", "dass-21-stress"),),
    licence=Licence(
        terms="Made by S. H. Lovibond and P. F. Lovibond; in the public domain.",
        text_may_ship=True,
    ),
    sources=(HENRY_2005, LOVIBOND_1995, ONE_MISSING),
    canonicals=(questionnaire("dass-21"),),
)
