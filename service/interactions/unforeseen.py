"""What is said of an error that nobody foresaw: to the client nothing, to the operator a place."""

from pathlib import PurePath
from traceback import extract_tb
from typing import TypedDict

from service.errors import ServiceError

INNERMOST = 6
"""So many places are logged."""


def failure() -> ServiceError:
    return ServiceError("The server failed to answer; the operator's log says why.")


class Told(TypedDict):
    """Kinds and places; never the message, which could quote a record."""

    error: str
    at: list[str]


def told(error: Exception) -> Told:
    places = extract_tb(error.__traceback__)[-INNERMOST:]
    return Told(
        error=type(error).__name__,
        at=[f"{PurePath(place.filename).name}:{place.lineno}" for place in places],
    )
