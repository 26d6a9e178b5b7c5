"""OQ-45.2: forty-five statements on distress, relations and social role."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Figure,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Norm,
    Reliability,
    ReliabilityKind,
    SafetyItem,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

LAMBERT_1996 = Source(
    citation="Lambert, Burlingame, Umphress, Hansen, Vermeersch, Clouse & Yanchar (1996). The "
    "reliability and validity of the Outcome Questionnaire. Clinical Psychology and Psychotherapy "
    "3, 249-258.",
    standing=Standing.WIDELY_USED,
    doi="10.1002/(SICI)1099-0879(199612)3:4<249::AID-CPP106>3.0.CO;2-S",
)
CHANGE = Source(
    citation=LAMBERT_1996.citation + " It follows from 18.57 and .93.",
    standing=Standing.PUBLISHED,
    doi=LAMBERT_1996.doi,
)
CUTOFF = Source(
    citation=LAMBERT_1996.citation + " Other sources differ by one point.",
    standing=Standing.WIDELY_USED,
    doi=LAMBERT_1996.doi,
)
ROUNDED_MEAN = Source(
    citation="Up to two items of a subscale may be missing; each takes the mean of its subscale, "
    "rounded. The items on suicide and violence are never replaced.",
    standing=Standing.DECIDED,
)
SAFETY = Source(
    citation="Any answer above 0 calls for a conversation at the next contact.",
    standing=Standing.DECIDED,
)

DISTRESS = (
    *(2, 3, 5, 6, 8, 9, 10, 11, 13, 15, 22, 23, 24),
    *(25, 27, 29, 31, 33, 34, 35, 36, 40, 41, 42, 45),
)
RELATIONS = (1, 7, 16, 17, 18, 19, 20, 26, 30, 37, 43)
ROLE = (4, 12, 14, 21, 28, 32, 38, 39, 44)
REVERSED = (1, 12, 13, 20, 21, 24, 31, 37, 43)
NEVER = (8, 44)


def _scale(name: str, title: str, items: tuple[int, ...]) -> Scale:
    return Scale(
        id=f"oq-45.2-{name}",
        title=f"OQ-45.2 {title}",
        construct=Construct.SYMPTOM,
        better=Better.LOWER,
        items=items,
        reversed_items=tuple(item for item in REVERSED if item in items),
        scoring=Scoring.SUM,
        low=0,
        high=4 * len(items),
        missing=MissingRule(
            allowed=2,
            never_imputed=tuple(item for item in NEVER if item in items),
            groups=(items,),
            allowed_in_group=2,
            from_group=True,
            source=ROUNDED_MEAN,
        ),
        primary=False,
    )


TOTAL = Scale(
    id="oq-45.2",
    title="OQ-45.2 total",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=tuple(range(1, 46)),
    reversed_items=REVERSED,
    scoring=Scoring.SUM,
    low=0,
    high=180,
    missing=MissingRule(
        allowed=6,
        never_imputed=NEVER,
        groups=(DISTRESS, RELATIONS, ROLE),
        allowed_in_group=2,
        from_group=True,
        source=ROUNDED_MEAN,
    ),
    cutoff=Figure(value=63, source=CUTOFF),
    norm=Norm(mean=45.19, sd=18.57, sample="non-patients", source=LAMBERT_1996),
    intake=Norm(mean=83.09, sd=22.23, sample="outpatients at intake", source=LAMBERT_1996),
    reliability=Reliability(value=0.93, kind=ReliabilityKind.ALPHA, source=LAMBERT_1996),
    published_change=Figure(value=14, source=CHANGE),
)


def _safety(item: int, asks_about: str) -> SafetyItem:
    return SafetyItem(item=item, at_least=1, asks_about=asks_about, source=SAFETY, scale="oq-45.2")


INSTRUMENT = Instrument(
    id="oq-45.2",
    title="Outcome Questionnaire (OQ-45.2)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=4) for number in range(1, 46)),
    scales=(
        TOTAL,
        _scale("symptom-distress", "symptom distress", DISTRESS),
        _scale("interpersonal", "interpersonal relations", RELATIONS),
        _scale("social-role", "social role", ROLE),
    ),
    shared_out=(("oq-45.2-symptom-distress", "oq-45.2-interpersonal", "oq-45.2-social-role"),),
    licence=Licence(
        terms="Copyright OQ Measures: a licence of the publisher is needed; the wording does not "
        "ship.",
        text_may_ship=False,
    ),
    sources=(LAMBERT_1996, ROUNDED_MEAN),
    canonicals=(questionnaire("oq-45.2"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
    safety=(_safety(8, "thoughts of ending one's life"), _safety(44, "violence at work or school")),
)
