"""Markdown that reads well as plain text, too: short lines, tables, lists."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence

WIDTH = 118
OPENS_A_BLOCK = re.compile(r"([-+*>#]|\d+[.)])(?=\s|$)|>")
"""What a line may not begin with unless a list, a quotation or a heading is meant."""
NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


def document(blocks: Iterable[str]) -> str:
    """Blocks with an empty line between them."""
    return "\n\n".join(blocks) + "\n"


def heading(level: int, text: str) -> str:
    return f"{'#' * level} {text}"


def anchor(text: str) -> str:
    """Where a heading is linked to."""
    return "#" + NOT_IN_ANCHORS.sub("", text.lower()).replace(" ", "-")


def link(text: str, file: str = "") -> str:
    """To the heading of that text, here or in another document."""
    return f"[{text}]({file}{anchor(text)})"


def paragraph(text: str) -> str:
    return "\n".join(_wrapped(text))


def quotation(text: str) -> str:
    return "\n".join(f"> {line}" for line in _wrapped(text))


def bullets(texts: Iterable[str]) -> str:
    return "\n".join(line for text in texts for line in _item("- ", text))


def numbered(texts: Iterable[str]) -> str:
    items = enumerate(texts, start=1)
    return "\n".join(line for number, text in items for line in _item(f"{number}. ", text))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join((_row(header), _row(["---"] * len(header)), *map(_row, rows)))


def code(text: str) -> str:
    return f"`{text}`"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _item(mark: str, text: str) -> Iterator[str]:
    for place, line in enumerate(_wrapped(text, WIDTH - len(mark))):
        yield (mark if place == 0 else " " * len(mark)) + line


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [OPENS_A_BLOCK.sub(lambda m: _harmless(m.group()), line, count=1)
            if OPENS_A_BLOCK.match(line) else line for line in lines]  # fmt: skip


def _harmless(opening: str) -> str:
    """`*` as `\\*`, `12.` as `12\\.`."""
    return f"{opening[:-1]}\\{opening[-1]}"
