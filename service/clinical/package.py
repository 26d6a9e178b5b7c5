"""Everything that ships with the service, each resource with its `id`, in a fixed order."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical import extensions, operation_definitions, profiles, terminology
from service.clinical.catalogue import Catalogue
from service.clinical.device import device
from service.clinical.questionnaires import questionnaires
from service.fhir.resource import Resource


def shipped(version: str, known: Catalogue) -> tuple[Resource, ...]:
    """`version` is the software's; `known` are the instruments of the site."""
    return (
        *terminology.packaged(known),
        *questionnaires(known.instruments),
        *profiles.profiles(),
        *extensions.extensions(),
        *operation_definitions.operation_definitions(),
        device(version),
    )


SAID = frozenset(
    {"comment", "definition", "description", "display", "div", "documentation", "short", "text",
     "title"}
)  # fmt: skip
"""The elements that hold words that a person may read; `copyright` states a licence."""


def displays(value: Any, name: str = "") -> Iterator[str]:
    """Every text in resources, or a part of one, that a person may read.

    In a Questionnaire some are its authors', who are quoted to the letter: see `authors_texts`.
    """
    if isinstance(value, str):
        if name in SAID:
            yield value
    elif isinstance(value, Mapping):
        for member, held in value.items():
            yield from displays(held, member)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from displays(held, name)
