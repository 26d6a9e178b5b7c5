"""The query of a URL, or a form, as pairs of names and values."""

import re
from urllib.parse import parse_qsl

from service.errors import BadRequest

PLUS_OF_OFFSET = re.compile(r"(\d(?::|%3A)\d\d(?:\.\d+)?)\+(?=\d\d(?::|%3A)\d\d)", re.IGNORECASE)
MOST = 1_000
"""Pairs in one query: what is beyond any search is not even read."""


def pairs(raw: str) -> tuple[tuple[str, str], ...]:
    """The decoded pairs in their order; `+` is a space, except before the offset of a time.

    Raises `BadRequest` where they are too many or not percent-encoded UTF-8.
    """
    if raw.count("&") >= MOST:
        raise BadRequest(f"A query may have {MOST} parameters at the most.")
    encoded = PLUS_OF_OFFSET.sub(r"\1%2B", raw)
    try:
        return tuple(parse_qsl(encoded, keep_blank_values=True, errors="strict"))
    except ValueError:
        raise BadRequest("The query is not percent-encoded UTF-8.") from None
