"""SWEMWBS: seven statements on mental well-being, the sum turned into a metric score."""

from types import MappingProxyType

from service.clinical.canonical import SNOMED_CT, questionnaire
from service.clinical.definitions import (
    Code,
    Construct,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Norm,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

STEWART_BROWN_2009 = Source(
    citation="Stewart-Brown, Tennant, Tennant, Platt, Parkinson & Weich (2009). Internal construct "
    "validity of the Warwick-Edinburgh Mental Well-being Scale (WEMWBS): a Rasch analysis. Health "
    "and Quality of Life Outcomes 7, 15.",
    standing=Standing.PUBLISHED,
    doi="10.1186/1477-7525-7-15",
)
NG_FAT_2017 = Source(
    citation="Ng Fat, Scholes, Boniface, Mindell & Stewart-Brown (2017). Evaluating and "
    "establishing national norms for mental wellbeing using the short Warwick-Edinburgh Mental "
    "Well-being Scale (SWEMWBS). Quality of Life Research 26, 1129-1144.",
    standing=Standing.WIDELY_USED,
    doi="10.1007/s11136-016-1454-8",
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)

METRIC = MappingProxyType(
    {
        7.0: 7.0,
        8.0: 9.51,
        9.0: 11.25,
        10.0: 12.4,
        11.0: 13.33,
        12.0: 14.08,
        13.0: 14.75,
        14.0: 15.32,
        15.0: 15.84,
        16.0: 16.36,
        17.0: 16.88,
        18.0: 17.43,
        19.0: 17.98,
        20.0: 18.59,
        21.0: 19.25,
        22.0: 19.98,
        23.0: 20.73,
        24.0: 21.54,
        25.0: 22.35,
        26.0: 23.21,
        27.0: 24.11,
        28.0: 25.03,
        29.0: 26.02,
        30.0: 27.03,
        31.0: 28.13,
        32.0: 29.31,
        33.0: 30.7,
        34.0: 32.55,
        35.0: 35.0,
    }
)  # fmt: skip

TOTAL = Scale(
    id="swemwbs",
    title="SWEMWBS metric score",
    construct=Construct.WELLBEING,
    better=Better.HIGHER,
    items=tuple(range(1, 8)),
    scoring=Scoring.SUM,
    conversion=METRIC,
    low=7,
    high=35,
    missing=MissingRule(allowed=0, source=COMPLETE),
    norm=Norm(mean=23.6, sd=3.9, sample="adults in England", source=NG_FAT_2017),
    mappings=(Code(system=SNOMED_CT, code="718466001"),),
)

INSTRUMENT = Instrument(
    id="swemwbs",
    title="Short Warwick-Edinburgh Mental Well-being Scale (SWEMWBS)",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=5) for number in range(1, 8)),
    scales=(TOTAL,),
    licence=Licence(
        terms="Copyright NHS Health Scotland, University of Warwick and University of Edinburgh; "
        "a licence of the University of Warwick is needed, and the wording does not ship.",
        text_may_ship=False,
    ),
    sources=(STEWART_BROWN_2009, NG_FAT_2017, COMPLETE),
    canonicals=(questionnaire("swemwbs"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
