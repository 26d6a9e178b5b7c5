"""CORE-10: ten statements on distress in the last week, one of them on risk."""

from types import MappingProxyType

from service.clinical.canonical import SNOMED_CT, questionnaire
from service.clinical.definitions import (
    Band,
    Code,
    Construct,
    Figure,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Reliability,
    ReliabilityKind,
    SafetyItem,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

BARKHAM_2013 = Source(
    citation="Barkham, Bewick, Mullin, Gilbody, Connell, Cahill, Mellor-Clark, Richards, Unsworth "
    "& Evans (2013). The CORE-10: a short measure of psychological distress for routine use in the "
    "psychological therapies. Counselling and Psychotherapy Research 13, 3-13.",
    standing=Standing.WIDELY_USED,
    doi="10.1080/14733145.2012.729069",
)
CHANGE = Source(citation=BARKHAM_2013.citation, standing=Standing.PUBLISHED, doi=BARKHAM_2013.doi)
ONE_MISSING = Source(
    citation="CORE System Trust: one missing item is prorated; the risk item never is.",
    standing=Standing.WIDELY_USED,
)
SAFETY = Source(
    citation="Any answer above 0 calls for a conversation on the same day: the item asks about "
    "plans.",
    standing=Standing.DECIDED,
)

TOTAL = Scale(
    id="core-10",
    title="CORE-10 total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=tuple(range(1, 11)),
    reversed_items=(2, 3),
    scoring=Scoring.SUM,
    low=0,
    high=40,
    missing=MissingRule(allowed=1, never_imputed=(6,), source=ONE_MISSING),
    bands=(
        Band(low=0, high=5, code="healthy", display="Healthy"),
        Band(low=6, high=10, code="low", display="Low"),
        Band(low=11, high=14, code="mild", display="Mild"),
        Band(low=15, high=19, code="moderate", display="Moderate"),
        Band(low=20, high=24, code="moderately-severe", display="Moderately severe"),
        Band(low=25, high=40, code="severe", display="Severe"),
    ),
    bands_source=BARKHAM_2013,
    cutoff=Figure(value=11, source=BARKHAM_2013),
    reliability=Reliability(value=0.90, kind=ReliabilityKind.ALPHA, source=BARKHAM_2013),
    published_change=Figure(value=6, source=CHANGE, note="a 90 % index"),
    mappings=(Code(system=SNOMED_CT, code="718583008"),),
)

INSTRUMENT = Instrument(
    id="core-10",
    title="Clinical Outcomes in Routine Evaluation 10 (CORE-10)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=4) for number in range(1, 11)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright CORE System Trust, CC BY-ND 4.0: free to use, verbatim only.",
        text_may_ship=False,
    ),
    sources=(BARKHAM_2013, ONE_MISSING),
    canonicals=(questionnaire("core-10"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
    safety=(
        SafetyItem(
            item=6,
            at_least=1,
            asks_about="plans to end one's life",
            same_day_at=1,
            source=SAFETY,
            proven_by_total=MappingProxyType({37.0: 1.0, 38.0: 2.0, 39.0: 3.0, 40.0: 4.0}),
            scale="core-10",
        ),
    ),
)
