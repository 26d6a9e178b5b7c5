"""What findings say, gathered from findings that were derived."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from service.clinical.canonical import FINDING
from service.clinical.elements import Element, child, codes, each, text
from service.fhir.resource import Resource

KINDS = {
    "valueQuantity": "a number",
    "valueRatio": "a share",
    "valueInteger": "a count",
    "valueBoolean": "yes or no",
    "valueString": "words",
}
"""What stands in the place of a coded value."""


@dataclass(kw_only=True)
class Examples:
    """Of one code of a finding."""

    values: dict[str, str] = field(default_factory=dict)
    """A code or the kind of value -> the first sentence that came with it."""
    absent: str | None = None
    """The first sentence that came without a value."""
    components: dict[str, None] = field(default_factory=dict)
    """Codes of components of ours, each once, as they were seen."""
    inputs: dict[str, None] = field(default_factory=dict)
    """What such findings rest on, in words, each once."""


def gathered(derived: Iterable[Resource], inputs: Mapping[str, str]) -> Mapping[str, Examples]:
    """By the code of the finding; `inputs` says in words what a reference stands for."""
    found: dict[str, Examples] = {}
    for observation in derived:
        for system, code in codes(child(observation, "code")):
            if system == FINDING:
                _add(found.setdefault(code, Examples()), observation, inputs)
    return found


def _add(examples: Examples, observation: Element, inputs: Mapping[str, str]) -> None:
    sentence = next((text(note, "text") or "" for _, note in each(observation, "note")), "")
    if "dataAbsentReason" in observation:
        examples.absent = examples.absent or sentence
    else:
        examples.values.setdefault(_value(observation), sentence)
    for _, component in each(observation, "component"):
        examples.components.update(dict.fromkeys(_ours(child(component, "code"))))
    for _, reference in each(observation, "derivedFrom"):
        said = inputs.get(text(reference, "reference") or "")
        if said is not None:
            examples.inputs.setdefault(said)


def _value(observation: Element) -> str:
    """The code, or what kind of value there is."""
    for _, code in codes(child(observation, "valueCodeableConcept")):
        return str(code)
    return next((said for name, said in KINDS.items() if name in observation), "a value")


def _ours(concept: Element) -> Iterator[str]:
    return (code for system, code in codes(concept) if system == FINDING)
