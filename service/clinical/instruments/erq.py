"""ERQ: ten statements on how emotions are handled; two means, no total."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
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

GROSS_2003 = Source(
    citation="Gross & John (2003). Individual differences in two emotion regulation processes: "
    "implications for affect, relationships, and well-being. Journal of Personality and Social "
    "Psychology 85, 348-362.",
    standing=Standing.WIDELY_USED,
    doi="10.1037/0022-3514.85.2.348",
)
COMPLETE = Source(citation="Every item must be answered.", standing=Standing.DECIDED)


def _style(name: str, items: tuple[int, ...], reliability: Reliability | None = None) -> Scale:
    return Scale(
        id=f"erq-{name}",
        title=f"ERQ {name}",
        construct=Construct.STYLE,
        better=None,
        items=items,
        scoring=Scoring.MEAN,
        low=1,
        high=7,
        missing=MissingRule(allowed=0, source=COMPLETE),
        reliability=reliability,
    )


INSTRUMENT = Instrument(
    id="erq",
    title="Emotion Regulation Questionnaire (ERQ)",
    version="1.0.0",
    items=tuple(Item(number=number, low=1, high=7) for number in range(1, 11)),
    scales=(
        _style("reappraisal", (1, 3, 5, 7, 8, 10)),
        _style(
            "suppression",
            (2, 4, 6, 9),
            Reliability(value=0.69, kind=ReliabilityKind.RETEST, source=GROSS_2003),
        ),
    ),
    shared_out=(("erq-reappraisal", "erq-suppression"),),
    licence=Licence(
        terms="Copyright James J. Gross and Oliver P. John; free for research, the wording does "
        "not ship.",
        text_may_ship=False,
    ),
    sources=(GROSS_2003, COMPLETE),
    canonicals=(questionnaire("erq"),),
)
