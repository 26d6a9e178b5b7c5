"""WSAS: how far a problem gets in the way of work, home, leisure and relations."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Figure,
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

MUNDT_2002 = Source(
    citation="Mundt, Marks, Shear & Greist (2002). The Work and Social Adjustment Scale: a simple "
    "measure of impairment in functioning. British Journal of Psychiatry 180, 461-464.",
    standing=Standing.PUBLISHED,
    doi="10.1192/bjp.180.5.461",
)
IN_USE = Source(citation=MUNDT_2002.citation, standing=Standing.WIDELY_USED, doi=MUNDT_2002.doi)
NHS = Source(
    citation="NHS Talking Therapies for anxiety and depression manual: reliable change of 8.",
    standing=Standing.WIDELY_USED,
)
NONE_MISSING = Source(
    citation="Every item must be answered; only the one on work may not apply, and what is left "
    "is a scale of its own.",
    standing=Standing.DECIDED,
)
ALL = MissingRule(allowed=0, source=NONE_MISSING)

TOTAL = Scale(
    id="wsas",
    title="WSAS total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(1, 2, 3, 4, 5),
    scoring=Scoring.SUM,
    low=0,
    high=40,
    missing=ALL,
    cutoff=Figure(value=10, source=IN_USE),
    reliability=Reliability(value=0.73, kind=ReliabilityKind.RETEST, source=MUNDT_2002),
    published_change=Figure(value=8, source=NHS),
)
WITHOUT_WORK = Scale(
    id="wsas-without-work",
    title="WSAS total without work",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=(2, 3, 4, 5),
    without=(1,),
    scoring=Scoring.SUM,
    low=0,
    high=32,
    missing=ALL,
)

INSTRUMENT = Instrument(
    id="wsas",
    title="Work and Social Adjustment Scale (WSAS)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=8) for number in range(1, 6)),
    may_not_apply=(1,),
    scales=(TOTAL, WITHOUT_WORK),
    licence=Licence(
        terms="Copyright Isaac M. Marks; the wording does not ship.", text_may_ship=False
    ),
    sources=(MUNDT_2002, NHS, NONE_MISSING),
    canonicals=(questionnaire("wsas"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
