"""AAQ-II: seven statements on acceptance; a higher total means less acceptance.

24 to 28 is published as a range of probable distress (Bond et al., 2011). A range is no first value
inside the clinical range, so the scale has no cut-off here.
"""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
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

BOND_2011 = Source(
    citation="Bond et al. (2011). Preliminary psychometric properties of the Acceptance and Action "
    "Questionnaire-II: a revised measure of psychological inflexibility and experiential "
    "avoidance. Behavior Therapy 42, 676-688.",
    standing=Standing.PUBLISHED,
    doi="10.1016/j.beth.2011.03.007",
)

TOTAL = Scale(
    id="aaq-ii",
    title="AAQ-II total",
    construct=Construct.ACCEPTANCE,
    better=Better.LOWER,
    items=(1, 2, 3, 4, 5, 6, 7),
    scoring=Scoring.SUM,
    low=7,
    high=49,
    missing=MissingRule(allowed=0, source=BOND_2011),
    norm=Norm(mean=18.51, sd=7.05, sample="non-clinical adults", source=BOND_2011),
    reliability=Reliability(value=0.84, kind=ReliabilityKind.ALPHA, source=BOND_2011),
    higher_means="less acceptance",
)

INSTRUMENT = Instrument(
    id="aaq-ii",
    title="Acceptance and Action Questionnaire-II (AAQ-II)",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=7) for number in range(1, 8)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright of its authors; the wording does not ship.", text_may_ship=False
    ),
    sources=(BOND_2011,),
    canonicals=(questionnaire("aaq-ii"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
