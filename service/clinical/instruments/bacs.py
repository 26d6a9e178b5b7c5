"""BACS: what a person believes that crying does; three scores that the clinic types in."""

from service.clinical.canonical import questionnaire
from service.clinical.definitions import (
    Construct,
    Instrument,
    Licence,
    MissingRule,
    Scale,
    Scoring,
    Source,
    Standing,
)

SHARMAN_2019 = Source(
    citation="Sharman, Dingle & Vanman (2019). Does crying help? Development of the beliefs about "
    "crying scale (BACS). Cognition and Emotion 33, 722-736. Fourteen items, three subscales.",
    standing=Standing.PUBLISHED,
    doi="10.1080/02699931.2018.1488243",
)
RANGE = Source(
    citation="Means of answers from 1 to 7: the key of the items could not be read in an open "
    "source. A clinic that scores otherwise defines an instrument of its own.",
    standing=Standing.DECIDED,
)
OUTSIDE = Source(
    citation="The clinic scores the form by its authors' key; nothing is replaced here.",
    standing=Standing.DECIDED,
)


def _beliefs(name: str, title: str) -> Scale:
    return Scale(
        id=f"bacs-{name}",
        title=f"BACS {title}",
        construct=Construct.BELIEF,
        better=None,
        items=(),
        scoring=Scoring.EXTERNAL,
        low=1,
        high=7,
        missing=MissingRule(allowed=0, source=OUTSIDE),
    )


INSTRUMENT = Instrument(
    id="bacs",
    title="Beliefs About Crying Scale (BACS)",
    version="1.0.0",
    items=(),
    scales=(
        _beliefs("helpful", "helpful beliefs"),
        _beliefs("unhelpful-individual", "unhelpful beliefs, individual"),
        _beliefs("unhelpful-social", "unhelpful beliefs, social"),
    ),
    licence=Licence(
        terms="Copyright Leah S. Sharman, Genevieve A. Dingle and Eric J. Vanman; the wording and "
        "the key are theirs and do not ship.",
        text_may_ship=False,
    ),
    sources=(SHARMAN_2019, RANGE, OUTSIDE),
    canonicals=(questionnaire("bacs"),),
)
