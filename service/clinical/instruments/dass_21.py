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
ITEMS = (
    "I found it hard to wind down",
    "I was aware of dryness of my mouth",
    "I couldn't seem to experience any positive feeling at all",
    (
        "I experienced breathing difficulty (e.g. excessively rapid breathing, breathlessness in "
        "the absence of physical exertion)"
    ),
    "I found it difficult to work up the initiative to do things",
    "I tended to over-react to situations",
    "I experienced trembling (e.g. in the hands)",
    "I felt that I was using a lot of nervous energy",
    "I was worried about situations in which I might panic and make a fool of myself",
    "I felt that I had nothing to look forward to",
    "I found myself getting agitated",
    "I found it difficult to relax",
    "I felt down-hearted and blue",
    "I was intolerant of anything that kept me from getting on with what I was doing",
    "I felt I was close to panic",
    "I was unable to become enthusiastic about anything",
    "I felt I wasn't worth much as a person",
    "I felt that I was rather touchy",
    (
        "I was aware of the action of my heart in the absence of physical exertion (e.g. sense of "
        "heart rate increase, heart missing a beat)"
    ),
    "I felt scared without any good reason",
    "I felt that life was meaningless",
)
"""As the form of the University of New South Wales words them."""
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
    instructions="Please read each statement and circle a number 0, 1, 2 or 3 which indicates how "
    "much the statement applied to you over the past week. There are no right or wrong answers. Do "
    "not spend too much time on any statement.",
    items=tuple(
        Item(number=number, low=0, high=3, text=text) for number, text in enumerate(ITEMS, start=1)
    ),
    answer_texts=(
        "Did not apply to me at all",
        "Applied to me to some degree, or some of the time",
        "Applied to me to a considerable degree or a good part of time",
        "Applied to me very much or most of the time",
    ),
    scales=(
        _scale("depression", (3, 5, 10, 13, 16, 17, 21), (0, 10, 14, 21, 28), (5.66, 7.74), 0.88),
        _scale("anxiety", (2, 4, 7, 9, 15, 19, 20), (0, 8, 10, 15, 20), (3.76, 5.90), 0.82),
        _scale("stress", (1, 6, 8, 11, 12, 14, 18), (0, 15, 19, 26, 34), (9.46, 8.40), 0.90),
    ),
    shared_out=(("dass-21-depression", "dass-21-anxiety", "dass-21-stress"),),
    licence=Licence(
        terms="Made by S. H. Lovibond and P. F. Lovibond; in the public domain. It may be "
        "distributed electronically where it is not modified, not sold for profit, meant for "
        "researchers or health professionals and not for end users, and refers to the DASS "
        "website, www2.psy.unsw.edu.au/dass. Cite: Lovibond & Lovibond (1995). Manual for the "
        "Depression Anxiety Stress Scales, 2nd edition. Psychology Foundation, Sydney.",
        text_may_ship=True,
    ),
    sources=(HENRY_2005, LOVIBOND_1995, ONE_MISSING),
    canonicals=(questionnaire("dass-21"),),
)
