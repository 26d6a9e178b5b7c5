"""WAI-S: twelve statements on the working alliance, rated by the client from 1 to 7."""

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

TRACEY_1989 = Source(
    citation="Tracey & Kokotovic (1989). Factor structure of the Working Alliance Inventory. "
    "Psychological Assessment 1, 207-210.",
    standing=Standing.WIDELY_USED,
    doi="10.1037/1040-3590.1.3.207",
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)

TASK = (1, 2, 8, 12)
BOND = (3, 5, 7, 9)
GOAL = (4, 6, 10, 11)
REVERSED = (4, 10)


def _scale(id_: str, title: str, items: tuple[int, ...], *, primary: bool = False) -> Scale:
    return Scale(
        id=id_,
        title=f"WAI-S {title}",
        construct=Construct.ALLIANCE,
        better=Better.HIGHER,
        reporter="patient",
        items=items,
        reversed_items=tuple(item for item in REVERSED if item in items),
        scoring=Scoring.SUM,
        low=len(items),
        high=7 * len(items),
        missing=MissingRule(allowed=0, source=COMPLETE),
        family="wai-s" if primary else None,
        primary=primary,
    )


INSTRUMENT = Instrument(
    id="wai-s",
    title="Working Alliance Inventory, short (WAI-S), client form",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=7) for number in range(1, 13)),
    scales=(
        _scale("wai-s", "total", tuple(range(1, 13)), primary=True),
        _scale("wai-s-task", "task", TASK),
        _scale("wai-s-bond", "bond", BOND),
        _scale("wai-s-goal", "goal", GOAL),
    ),
    shared_out=(("wai-s-task", "wai-s-bond", "wai-s-goal"),),
    licence=Licence(
        terms="Copyright Adam O. Horvath and the authors of the short form; the wording is used "
        "under their permission and does not ship.",
        text_may_ship=False,
    ),
    sources=(TRACEY_1989, COMPLETE),
    canonicals=(questionnaire("wai-s"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
