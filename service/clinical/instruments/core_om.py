"""CORE-OM: thirty-four statements on well-being, problems, functioning and risk."""

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
    SafetyItem,
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

EVANS_2002 = Source(
    citation="Evans, Connell, Barkham, Margison, McGrath, Mellor-Clark & Audin (2002). Towards a "
    "standardised brief outcome measure: psychometric properties and utility of the CORE-OM. "
    "British Journal of Psychiatry 180, 51-60.",
    standing=Standing.WIDELY_USED,
    doi="10.1192/bjp.180.1.51",
)
CONNELL_2007 = Source(
    citation="Connell, Barkham, Stiles, Twigg, Singleton, Evans & Miles (2007). Distribution of "
    "CORE-OM scores in a general population, clinical cut-off points and comparison with the CIS-R."
    " British Journal of Psychiatry 190, 69-74.",
    standing=Standing.PUBLISHED,
    doi="10.1192/bjp.bp.105.017657",
)
BARKHAM_2006 = Source(
    citation="Barkham, Mellor-Clark, Connell & Cahill (2006). A CORE approach to practice-based "
    "evidence. Counselling and Psychotherapy Research 6, 3-15.",
    standing=Standing.WIDELY_USED,
    doi="10.1080/14733140600581218",
)
PRORATED = Source(
    citation="CORE System Trust: the mean of the answered items, with up to three missing in all "
    "and one in a domain; risk items are never replaced.",
    standing=Standing.WIDELY_USED,
)
SAFETY = Source(
    citation="Any answer above 0 to an item on harm calls for a conversation; those on plans and "
    "on having been hurt on the same day.",
    standing=Standing.DECIDED,
)

WELLBEING = (4, 14, 17, 31)
PROBLEMS = (2, 5, 8, 11, 13, 15, 18, 20, 23, 27, 28, 30)
FUNCTIONING = (1, 3, 7, 10, 12, 19, 21, 25, 26, 29, 32, 33)
RISK = (6, 9, 16, 22, 24, 34)
REVERSED = (3, 4, 7, 12, 19, 21, 31, 32)


def _domain(name: str, items: tuple[int, ...]) -> Scale:
    risk = items == RISK
    return Scale(
        id=f"core-om-{name}",
        title=f"CORE-OM {name}",
        construct=Construct.SAFETY if risk else Construct.SYMPTOM,
        better=Better.LOWER,
        items=items,
        reversed_items=tuple(item for item in REVERSED if item in items),
        scoring=Scoring.MEAN,
        multiplier=10,
        low=0,
        high=40,
        missing=MissingRule(
            allowed=0 if risk else 1, never_imputed=RISK if risk else (), source=PRORATED
        ),
        primary=False,
    )


TOTAL = Scale(
    id="core-om",
    title="CORE-OM mean of all items, times 10",
    construct=Construct.SYMPTOM,
    better=Better.LOWER,
    items=tuple(range(1, 35)),
    reversed_items=REVERSED,
    scoring=Scoring.MEAN,
    multiplier=10,
    low=0,
    high=40,
    missing=MissingRule(allowed=3, never_imputed=RISK, source=PRORATED),
    cutoff=Figure(value=10, source=CONNELL_2007),
    reliability=Reliability(value=0.90, kind=ReliabilityKind.RETEST, source=EVANS_2002),
    published_change=Figure(value=5, source=BARKHAM_2006),
    mappings=(Code(system=SNOMED_CT, code="718612000"),),
)


def _safety(item: int, asks_about: str, same_day_at: float | None = None) -> SafetyItem:
    return SafetyItem(
        item=item,
        at_least=1,
        asks_about=asks_about,
        same_day_at=same_day_at,
        source=SAFETY,
        scale="core-om",
    )


INSTRUMENT = Instrument(
    id="core-om",
    title="Clinical Outcomes in Routine Evaluation Outcome Measure (CORE-OM)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=4) for number in range(1, 35)),
    scales=(
        TOTAL,
        _domain("wellbeing", WELLBEING),
        _domain("problems", PROBLEMS),
        _domain("functioning", FUNCTIONING),
        _domain("risk", RISK),
    ),
    shared_out=(("core-om-wellbeing", "core-om-problems", "core-om-functioning", "core-om-risk"),),
    licence=Licence(
        terms="Copyright CORE System Trust, CC BY-ND 4.0: free to use, verbatim only.",
        text_may_ship=False,
    ),
    sources=(EVANS_2002, CONNELL_2007, BARKHAM_2006, PRORATED),
    canonicals=(questionnaire("core-om"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
    safety=(
        _safety(6, "violence towards others"),
        _safety(9, "thoughts of hurting oneself"),
        _safety(16, "plans to end one's life", same_day_at=1),
        _safety(22, "threats to or intimidation of another person"),
        _safety(24, "thoughts that it would be better to be dead"),
        _safety(34, "having hurt oneself or taken dangerous risks", same_day_at=1),
    ),
)
