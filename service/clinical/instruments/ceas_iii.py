"""CEAS-III: how strongly a client expresses emotion in a session, as an observer rates it."""

from service.clinical.definitions import Licence, Source, Standing
from service.clinical.observer_levels import levels

WARWAR_1999 = Source(
    citation="Warwar & Greenberg (1999). Client Emotional Arousal Scale-III. Unpublished "
    "manuscript, York University, Toronto. Levels 1 to 7, a modal and a peak rating.",
    standing=Standing.WIDELY_USED,
)
POS_2017 = Source(
    citation="Pos, Paolone, Smith & Warwar (2017). How does client expressed emotional arousal "
    "relate to outcome in experiential therapy for depression? Person-Centered & Experiential "
    "Psychotherapies.",
    standing=Standing.WIDELY_USED,
    doi="10.1080/14779757.2017.1323666",
)

INSTRUMENT = levels(
    id_="ceas-iii",
    name="CEAS-III",
    title="Client Expressed Emotional Arousal Scale III",
    licence=Licence(
        terms="Unpublished manuscript of Serine H. Warwar and Leslie S. Greenberg; the wording of "
        "the levels is theirs and does not ship.",
        text_may_ship=False,
    ),
    sources=(WARWAR_1999, POS_2017),
)
