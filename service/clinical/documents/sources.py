"""The sources of a section, numbered in the order in which its numbers name them."""

from collections.abc import Iterable
from urllib.parse import quote

from service.clinical.definitions import Source, Standing
from service.clinical.documents import markdown

STANDINGS = {
    Standing.PUBLISHED: "read in a published source",
    Standing.WIDELY_USED: "widely used, with the source to consult",
    Standing.DECIDED: "decided here, with its reason",
}


class Sources:
    """Gathers them while a section is written."""

    def __init__(self, first: Iterable[Source] = ()) -> None:
        self._known = list(dict.fromkeys(first))

    def mark(self, source: Source) -> str:
        """`[3]`, a new number where the source is new."""
        if source not in self._known:
            self._known.append(source)
        return f"[{self._known.index(source) + 1}]"

    def listing(self) -> str:
        return markdown.numbered(map(_described, self._known))


def legend() -> str:
    """What the letters beside the sources say."""
    said = "; ".join(f"**{standing}** {words}" for standing, words in STANDINGS.items())
    return f"Every number carries a source, and every source its standing: {said}."


def _described(source: Source) -> str:
    doi = f" [doi:{source.doi}](https://doi.org/{quote(source.doi)})" if source.doi else ""
    return f"**{source.standing}** {source.citation}{doi}"
