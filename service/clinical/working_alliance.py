"""The short Working Alliance Inventory: what its client form and its therapist form share."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Instrument,
    Item,
    Licence,
    MissingRule,
    Reporter,
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

ITEMS = tuple(range(1, 13))
SUBSCALES = {"task": (1, 2, 8, 12), "bond": (3, 5, 7, 9), "goal": (4, 6, 10, 11)}
REVERSED = (4, 10)


def short_form(*, id_: str, name: str, form: str, reporter: Reporter) -> Instrument:
    """Twelve statements rated from 1 to 7: a sum, and three subscales that share the items out."""

    def scale(scale_id: str, title: str, items: tuple[int, ...], *, total: bool) -> Scale:
        return Scale(
            id=scale_id,
            title=f"{name} {title}",
            construct=Construct.ALLIANCE,
            better=Better.HIGHER,
            reporter=reporter,
            items=items,
            reversed_items=tuple(item for item in REVERSED if item in items),
            scoring=Scoring.SUM,
            low=len(items),
            high=7 * len(items),
            missing=MissingRule(allowed=0, source=COMPLETE),
            family="wai-s" if total else None,
            primary=total,
        )

    return Instrument(
        id=id_,
        title=f"Working Alliance Inventory, short ({name}), {form}",
        version="1.0.0",
        items=tuple(Item(number=number, low=1, high=7) for number in ITEMS),
        scales=(
            scale(id_, "total", ITEMS, total=True),
            *(scale(f"{id_}-{part}", part, SUBSCALES[part], total=False) for part in SUBSCALES),
        ),
        shared_out=(tuple(f"{id_}-{part}" for part in SUBSCALES),),
        licence=Licence(
            terms="Copyright Adam O. Horvath and the authors of the short form; the wording is "
            "used under their permission and does not ship.",
            text_may_ship=False,
        ),
        sources=(TRACEY_1989, COMPLETE),
        canonicals=(questionnaire(id_),),
        unscored_link_ids=("total",),
        total_link_ids=("total",),
    )
