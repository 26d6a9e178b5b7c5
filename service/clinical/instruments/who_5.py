"""WHO-5: five statements on well-being in the last two weeks."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Figure,
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

TOPP_2015 = Source(
    citation="Topp, Østergaard, Søndergaard & Bech (2015). The WHO-5 Well-Being Index: a "
    "systematic review of the literature. Psychotherapy and Psychosomatics 84, 167-176.",
    standing=Standing.WIDELY_USED,
    doi="10.1159/000376585",
)
CHANGE = Source(
    citation=TOPP_2015.citation + " By convention.",
    standing=Standing.WIDELY_USED,
    doi=TOPP_2015.doi,
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)

TOTAL = Scale(
    id="who-5",
    title="WHO-5 score",
    construct=Construct.WELLBEING,
    better=Better.HIGHER,
    items=(1, 2, 3, 4, 5),
    scoring=Scoring.SUM,
    multiplier=4,
    low=0,
    high=100,
    missing=MissingRule(allowed=0, source=COMPLETE),
    cutoff=Figure(value=52, source=TOPP_2015, note="50 or below; scores come in steps of 4"),
    published_change=Figure(value=10, source=CHANGE, note="by convention"),
)

INSTRUMENT = Instrument(
    id="who-5",
    title="World Health Organization Well-Being Index (WHO-5)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=5) for number in range(1, 6)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright World Health Organization, CC BY-NC-SA 3.0 IGO; the wording does not "
        "ship.",
        text_may_ship=False,
    ),
    sources=(TOPP_2015, COMPLETE),
    canonicals=(questionnaire("who-5"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
