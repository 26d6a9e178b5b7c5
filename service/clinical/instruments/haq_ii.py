"""HAQ-II: nineteen statements on the helping alliance, rated by the client."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

LUBORSKY_1996 = Source(
    citation="Luborsky, Barber, Siqueland, Johnson, Najavits, Frank & Daley (1996). The Revised "
    "Helping Alliance Questionnaire (HAq-II): psychometric properties. Journal of Psychotherapy "
    "Practice and Research 5, 260-271.",
    standing=Standing.WIDELY_USED,
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)

TOTAL = Scale(
    id="haq-ii",
    title="HAQ-II total",
    construct=Construct.ALLIANCE,
    better=Better.HIGHER,
    items=tuple(range(1, 20)),
    reversed_items=(4, 8, 11, 16, 19),
    scoring=Scoring.SUM,
    low=19,
    high=114,
    missing=MissingRule(allowed=0, source=COMPLETE),
)

INSTRUMENT = Instrument(
    id="haq-ii",
    title="Revised Helping Alliance Questionnaire (HAQ-II), client form",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=6) for number in range(1, 20)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright Lester Luborsky; the wording is used under the authors' permission and "
        "does not ship.",
        text_may_ship=False,
    ),
    sources=(LUBORSKY_1996, COMPLETE),
    canonicals=(questionnaire("haq-ii"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
