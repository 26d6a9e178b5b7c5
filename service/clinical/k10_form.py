"""The K10, whose answers are coded from 1 or from 0: what its two instruments share."""

from types import MappingProxyType

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Band,
    Code,
    Construct,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Reliability,
    ReliabilityKind,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

KESSLER_2002 = Source(
    citation="Kessler, Andrews, Colpe, Hiripi, Mroczek, Normand, Walters & Zaslavsky (2002). Short "
    "screening scales to monitor population prevalences and trends in non-specific psychological "
    "distress. Psychological Medicine 32, 959-976.",
    standing=Standing.WIDELY_USED,
    doi="10.1017/S0033291702006074",
)
ONE_MISSING = Source(
    citation="One item may be missing and takes the mean of the others; items 3 and 6 are skipped "
    "after the lowest answer to 2 and 5, and then score lowest.",
    standing=Standing.WIDELY_USED,
)
ITEMS = (
    "In the past 4 weeks, about how often did you feel tired out for no good reason?",
    "In the past 4 weeks, about how often did you feel nervous?",
    (
        "In the past 4 weeks, about how often did you feel so nervous that nothing could calm you "
        "down?"
    ),
    "In the past 4 weeks, about how often did you feel hopeless?",
    "In the past 4 weeks, about how often did you feel restless or fidgety?",
    "In the past 4 weeks, about how often did you feel so restless you could not sit still?",
    "In the past 4 weeks, about how often did you feel depressed?",
    "In the past 4 weeks, about how often did you feel that everything was an effort?",
    "In the past 4 weeks, about how often did you feel so sad that nothing could cheer you up?",
    "In the past 4 weeks, about how often did you feel worthless?",
)
"""As the form in use in Australia words and orders them, which the bands are of; the one of the
United States asks about 30 days and has "so depressed" before "an effort"."""


def k10(
    id_: str,
    *,
    lowest: int,
    bands: tuple[Band, ...] = (),
    bands_source: Source | None = None,
    mappings: tuple[Code, ...] = (),
) -> Instrument:
    """The K10 with its least answer coded `lowest`; the two codings are two instruments."""
    highest = lowest + 4
    total = Scale(
        id=id_,
        title=f"K10 total, coded {lowest} to {highest}",
        construct=Construct.SYMPTOM,
        better=Better.LOWER,
        items=tuple(range(1, 11)),
        scoring=Scoring.SUM,
        low=10 * lowest,
        high=10 * highest,
        missing=MissingRule(allowed=1, source=ONE_MISSING),
        bands=bands,
        bands_source=bands_source,
        reliability=Reliability(value=0.93, kind=ReliabilityKind.ALPHA, source=KESSLER_2002),
        mappings=mappings,
    )
    return Instrument(
        id=id_,
        title=f"Kessler Psychological Distress Scale (K10), answers coded {lowest} to {highest}",
        version="1.0.0",
        items=tuple(
            Item(number=number, low=lowest, high=highest, text=text)
            for number, text in enumerate(ITEMS, start=1)
        ),
        answer_texts=(
            "None of the time",
            "A little of the time",
            "Some of the time",
            "Most of the time",
            "All of the time",
        ),
        skips=MappingProxyType({3: 2, 6: 5}),
        scales=(total,),
        licence=Licence(
            terms="Copyright Ronald C. Kessler, PhD. All rights reserved. Available for "
            "unrestricted use with this notice and its citation: Kessler, Barker, Colpe, Epstein, "
            "Gfroerer, Hiripi, Howes, Normand, Manderscheid, Walters & Zaslavsky (2003). Screening "
            "for serious mental illness in the general population. Archives of General Psychiatry "
            "60, 184-189.",
            text_may_ship=True,
        ),
        sources=(KESSLER_2002, ONE_MISSING),
        canonicals=(questionnaire(id_),),
        unscored_link_ids=("total",),
        total_link_ids=("total",),
    )
