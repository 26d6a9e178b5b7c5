"""WAI-SR: twelve statements on the working alliance, rated by the client."""

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

HATCHER_2006 = Source(
    citation="Hatcher & Gillaspy (2006). Development and validation of a revised short version of "
    "the Working Alliance Inventory. Psychotherapy Research 16, 12-25.",
    standing=Standing.WIDELY_USED,
    doi="10.1080/10503300500352500",
)
ONE_MISSING = Source(
    citation="One item of each subscale may be missing; the mean of the answered items is taken.",
    standing=Standing.DECIDED,
)
SESSION_SD = Source(
    citation="Within-person SD from session to session of a WAI-SR mean, the default until a site "
    "sets its own with its source.",
    standing=Standing.DECIDED,
)

TASK = (1, 2, 10, 12)
GOAL = (4, 6, 8, 11)
BOND = (3, 5, 7, 9)


def _subscale(name: str, items: tuple[int, ...]) -> Scale:
    return Scale(
        id=f"wai-sr-{name}",
        title=f"WAI-SR {name}",
        construct=Construct.ALLIANCE,
        better=Better.HIGHER,
        items=items,
        scoring=Scoring.MEAN,
        low=1,
        high=5,
        missing=MissingRule(allowed=1, rounded=False, source=ONE_MISSING),
        primary=False,
    )


TOTAL = Scale(
    id="wai-sr",
    title="WAI-SR mean",
    construct=Construct.ALLIANCE,
    better=Better.HIGHER,
    items=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    scoring=Scoring.MEAN,
    low=1,
    high=5,
    missing=MissingRule(
        allowed=3,
        groups=(TASK, GOAL, BOND),
        allowed_in_group=1,
        rounded=False,
        source=ONE_MISSING,
    ),
    reliability=Reliability(value=0.92, kind=ReliabilityKind.ALPHA, source=HATCHER_2006),
    session_sd=Figure(value=0.40, source=SESSION_SD),
)

INSTRUMENT = Instrument(
    id="wai-sr",
    title="Working Alliance Inventory, short revised (WAI-SR), client form",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=5) for number in range(1, 13)),
    scales=(TOTAL, _subscale("task", TASK), _subscale("goal", GOAL), _subscale("bond", BOND)),
    licence=Licence(
        terms="Copyright Adam O. Horvath and the authors of the short revised form; the wording is "
        "used under their permission and does not ship.",
        text_may_ship=False,
    ),
    sources=(HATCHER_2006,),
    canonicals=(questionnaire("wai-sr"),),
    shared_out=(("wai-sr-task", "wai-sr-goal", "wai-sr-bond"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
