"""Values as a client writes them: `,` and `|` separate unless a backslash stands before.

http://hl7.org/fhir/R4/search.html#escaping
"""

import re

from service.errors import BadRequest

ESCAPED = re.compile(r"\\(.)", re.DOTALL)
STRAY = re.compile(r"(?:[^\\]|\\[\\,|$])*")


def unescaped_parts(text: str, separator: str, asked: str) -> list[str]:
    """The parts between separators that are not escaped; the parts keep their escapes.

    Raises `BadRequest`, naming the parameter `asked`, where a backslash escapes anything else.
    """
    if "\\" not in text:
        return text.split(separator)
    if not STRAY.fullmatch(text):
        raise BadRequest(
            f"In a value of search parameter {asked} a backslash stands before another character"
            " than , | $ or itself."
        )
    parts, start, place = [], 0, 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] == separator:
            parts.append(text[start:place])
            start = place + 1
        place += 1
    return [*parts, text[start:]]


def plain(text: str) -> str:
    """Without the backslashes that escape."""
    return ESCAPED.sub(r"\1", text) if "\\" in text else text
