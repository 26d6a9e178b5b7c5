"""ORS: four lines on which the client rates the past week."""

from service.clinical.canonical import SNOMED_CT, questionnaire
from service.clinical.definitions import (
    Code,
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

MANUAL = Source(
    citation="Miller & Duncan (2004). The Outcome and Session Rating Scales: administration and "
    "scoring manual.",
    standing=Standing.WIDELY_USED,
)
MOGGIA_2018 = Source(
    citation="Moggia, Niño-Robles, Miller & Feixas (2018). Psychometric properties of the Outcome "
    "Rating Scale (ORS) in a Spanish clinical sample. The Spanish Journal of Psychology 21. Alpha "
    ".91; retest .61 to .84.",
    standing=Standing.PUBLISHED,
)
MILLER_2003 = Source(
    citation="Miller, Duncan, Brown, Sparks & Claud (2003). The Outcome Rating Scale: a "
    "preliminary study of the reliability, validity, and feasibility of a brief visual analog "
    "measure. Journal of Brief Therapy 2, 91-100.",
    standing=Standing.PUBLISHED,
)

TOTAL = Scale(
    id="ors",
    title="ORS total",
    construct=Construct.WELLBEING,
    better=Better.HIGHER,
    items=(1, 2, 3, 4),
    scoring=Scoring.SUM,
    low=0,
    high=40,
    missing=MissingRule(allowed=0, source=MANUAL),
    cutoff=Figure(value=25, source=MANUAL, note="Adults: below 25 is inside the clinical range."),
    reliability=Reliability(value=0.91, kind=ReliabilityKind.ALPHA, source=MOGGIA_2018),
    published_change=Figure(value=5, source=MANUAL),
    mappings=(Code(system=SNOMED_CT, code="716613004"),),
)

INSTRUMENT = Instrument(
    id="ors",
    title="Outcome Rating Scale (ORS)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=10, step=0.1) for number in range(1, 5)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright Scott D. Miller and Barry L. Duncan; used under the authors' licence; the "
        "wording does not ship.",
        text_may_ship=False,
    ),
    sources=(MILLER_2003, MANUAL),
    canonicals=(questionnaire("ors"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
