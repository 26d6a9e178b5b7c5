"""SRS: four lines on which the client rates the session."""

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
    Scale,
    Scoring,
    Source,
    Standing,
)
from service.psychometrics.scoring import Better

DUNCAN_2003 = Source(
    citation="Duncan, Miller, Sparks, Claud, Reynolds, Brown & Johnson (2003). The Session Rating "
    'Scale: preliminary psychometric properties of a "working" alliance measure. Journal of Brief '
    "Therapy 3, 3-12.",
    standing=Standing.WIDELY_USED,
)
MANUAL = Source(
    citation="Miller & Duncan (2004). The Outcome and Session Rating Scales: administration and "
    "scoring manual.",
    standing=Standing.WIDELY_USED,
)
SESSION_SD = Source(
    citation="Within-person SD from session to session of an SRS total, the default until a site "
    "sets its own with its source.",
    standing=Standing.DECIDED,
)

BELOW_LAST = Figure(
    value=1,
    source=Source(
        citation="One point below the last session, a label that a site may choose; published "
        "rules disagree: Gumz, Brähler, Geyer & Erices (2012). BMC Medical Research Methodology "
        "12, 10.",
        standing=Standing.DECIDED,
        doi="10.1186/1471-2288-12-10",
    ),
)
"""For `ask_drop` of the total, where a site turns it on."""
ALL = MissingRule(allowed=0, source=MANUAL)


def _line(name: str, item: int) -> Scale:
    return Scale(
        id=f"srs-{name}",
        title=f"SRS {name}",
        construct=Construct.ALLIANCE,
        better=Better.HIGHER,
        items=(item,),
        scoring=Scoring.SUM,
        low=0,
        high=10,
        missing=ALL,
        primary=False,
    )


TOTAL = Scale(
    id="srs",
    title="SRS total",
    construct=Construct.ALLIANCE,
    better=Better.HIGHER,
    items=(1, 2, 3, 4),
    scoring=Scoring.SUM,
    low=0,
    high=40,
    missing=ALL,
    reliability=Reliability(value=0.88, kind=ReliabilityKind.ALPHA, source=DUNCAN_2003),
    session_sd=Figure(value=3.0, source=SESSION_SD),
    ask_below=Figure(
        value=36,
        source=MANUAL,
        note="Below 36; a site may choose 36 or below. Nearly every course falls below it at some "
        "session.",
    ),
    ask_item_below=Figure(value=9, source=MANUAL),
    mappings=(Code(system=SNOMED_CT, code="720482000"),),
)

INSTRUMENT = Instrument(
    id="srs",
    title="Session Rating Scale (SRS)",
    version="1.0.0",
    items=tuple(Item(number=number, low=0, high=10, step=0.1) for number in range(1, 5)),
    scales=(
        TOTAL,
        _line("relationship", 1),
        _line("goals", 2),
        _line("approach", 3),
        _line("overall", 4),
    ),
    licence=Licence(
        terms="Copyright Scott D. Miller, Barry L. Duncan and Lynn Johnson; used under the "
        "authors' licence; the wording does not ship.",
        text_may_ship=False,
    ),
    sources=(DUNCAN_2003, MANUAL),
    canonicals=(questionnaire("srs"),),
    shared_out=(("srs-relationship", "srs-goals", "srs-approach", "srs-overall"),),
    unscored_link_ids=("total",),
    total_link_ids=("total",),
)
