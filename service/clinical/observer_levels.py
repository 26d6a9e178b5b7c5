"""Levels that an observer reads off a session: the usual one and the highest one, from 1 to 7."""

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

OUTSIDE = Source(
    citation="A trained observer rates the session; nothing is replaced here.",
    standing=Standing.DECIDED,
)
LEVELS = {"modal": "usual level", "peak": "highest level"}


def levels(
    *, id_: str, name: str, title: str, licence: Licence, sources: tuple[Source, ...]
) -> Instrument:
    """No level is the better one: they say what was expressed, and how."""
    return Instrument(
        id=id_,
        title=f"{title} ({name})",
        version="1.0.0",
        items=(),
        scales=tuple(
            Scale(
                id=f"{id_}-{part}",
                title=f"{name} {words}",
                construct=Construct.EXPRESSION,
                better=None,
                reporter="observer",
                items=(),
                scoring=Scoring.EXTERNAL,
                low=1,
                high=7,
                missing=MissingRule(allowed=0, source=OUTSIDE),
            )
            for part, words in LEVELS.items()
        ),
        licence=licence,
        sources=(*sources, OUTSIDE),
        canonicals=(questionnaire(id_),),
    )
