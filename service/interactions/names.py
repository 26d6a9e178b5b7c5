"""What the entries of a transaction are called, and what these names stand for once it is stored.

http://hl7.org/fhir/R4/bundle.html#references
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from service.fhir.references import ELSEWHERE
from service.fhir.resource import Identity

Links = Mapping[str, str]
"""A link as it was sent -> `[type]/[id]` here."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """The full URLs, and by their roots what relative references mean."""

    absolute: dict[str, str]
    relative: Mapping[str, dict[str, str]]
    """By the root of the full URL of the resource that holds the reference: `Patient/1` in
    `http://a.example/fhir/Observation/2` is `http://a.example/fhir/Patient/1`."""

    @classmethod
    def of(cls, named: Iterable[tuple[str | None, Identity]]) -> Self:
        absolute, relative = dict[str, str](), dict[str, dict[str, str]]()
        for full_url, identity in named:
            if full_url is None:
                continue
            absolute[full_url] = str(identity)
            split = _split(full_url)
            if split is not None:
                root, rest = split
                relative.setdefault(root, {})[rest] = str(identity)
        return cls(absolute=absolute, relative=relative)

    def joined(self, more: Links) -> Self:
        """With other links, such as references by condition."""
        return type(self)(absolute={**self.absolute, **more}, relative=self.relative)

    def seen_from(self, full_url: str | None) -> Links:
        """What links mean in the resource of that full URL."""
        split = None if full_url is None else _split(full_url)
        if split is None or split[0] not in self.relative:
            return self.absolute
        return ChainMap(self.absolute, self.relative[split[0]])


def _split(full_url: str) -> tuple[str, str] | None:
    """The root and `[type]/[id]` of a full URL that has them."""
    match = ELSEWHERE.fullmatch(full_url)
    if match is None:
        return None
    rest = f"{match['type']}/{match['id']}"
    root, found, version = full_url.rpartition(f"/{rest}")
    return (root, rest) if found and not version else None
