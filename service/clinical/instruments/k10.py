"""K10: ten questions on distress in the last four weeks, answers coded 1 to 5."""

from types import MappingProxyType

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Band,
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
ABS_2001 = Source(
    citation="Australian Bureau of Statistics (2003). Use of the Kessler Psychological Distress "
    "Scale in ABS health surveys, Australia. Cat. 4817.0.55.001.",
    standing=Standing.PUBLISHED,
)
ONE_MISSING = Source(
    citation="One item may be missing and takes the mean of the others; items 3 and 6 are skipped "
    "after the lowest answer to 2 and 5, and then score lowest.",
    standing=Standing.WIDELY_USED,
)

TOTAL = Scale(
    id="k10",
    title="K10 total, coded 1 to 5",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=tuple(range(1, 11)),
    scoring=Scoring.SUM,
    low=10,
    high=50,
    missing=MissingRule(allowed=1, source=ONE_MISSING),
    bands=(
        Band(low=10, high=15, code="low", display="Low"),
        Band(low=16, high=21, code="moderate", display="Moderate"),
        Band(low=22, high=29, code="high", display="High"),
        Band(low=30, high=50, code="very-high", display="Very high"),
    ),
    bands_source=ABS_2001,
    reliability=Reliability(value=0.93, kind=ReliabilityKind.ALPHA, source=KESSLER_2002),
)

INSTRUMENT = Instrument(
    id="k10",
    title="Kessler Psychological Distress Scale (K10), answers coded 1 to 5",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=5) for number in range(1, 11)),
    skips=MappingProxyType({3: 2, 6: 5}),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright Ronald C. Kessler; free to use with its citation.", text_may_ship=True
    ),
    sources=(KESSLER_2002, ONE_MISSING),
    canonicals=(questionnaire("k10"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
