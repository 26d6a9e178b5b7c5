"""Records of emotional expression as facts; the patient's own words stay in the resource."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical import answer_values, facts
from service.clinical.canonical import EXPRESSION
from service.clinical.elements import Element, child, codes, each, text
from service.clinical.expression import EPISODE, PRESENCE, TOPICS
from service.clinical.expression_rules import topics
from service.clinical.wording import number
from service.fhir.references import local
from service.fhir.resource import Resource


def expressed(
    observation: Resource, where: Mapping[str, Any], base_url: str
) -> Iterator[facts.AnyFact]:
    """The fact of a record of expression; none where `observation` is no such record."""
    named = topics(child(observation, "code"))
    topic = TOPICS.get(named[0]) if len(named) == 1 else None
    if topic is None:
        return
    coded, numbers = _components(observation)
    if topic.code == EPISODE:
        if coded.get(PRESENCE):
            presence = coded[PRESENCE][0]
            yield facts.Expression(**where, presence=presence, codes=coded, numbers=numbers)
        return
    value = _codes(observation)
    amount = _amount(observation)
    if topic.value.has_value and not value and amount is None:
        return
    yield facts.Remark(
        **where,
        topic=topic.code,
        code=value[0] if value else None,
        number=amount,
        by_patient=_by_patient(observation, base_url),
        components={
            **{code: " ".join(said) for code, said in coded.items()},
            **{code: number(said) for code, said in numbers.items()},
        },
    )


def _components(
    observation: Resource,
) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    coded: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, float] = {}
    for _, component in each(observation, "component"):
        for code in topics(child(component, "code")):
            coded[code] += _codes(component)
            amount = _amount(component)
            if amount is not None:
                numbers[code] = amount
    return {code: tuple(dict.fromkeys(said)) for code, said in coded.items() if said}, numbers


def _codes(holder: Element) -> tuple[str, ...]:
    concept = child(holder, "valueCodeableConcept")
    return tuple(code for system, code in codes(concept) if system == EXPRESSION)


def _amount(holder: Element) -> float | None:
    """A number, not the place of a code in its order: those are points of different scales."""
    found = None if "valueCodeableConcept" in holder else answer_values.amount(holder)
    return None if found is None else float(found)


def _by_patient(observation: Resource, base_url: str) -> bool:
    """Whether a performer is the subject, in whichever form the two references are written."""
    subject = _named(child(observation, "subject"), base_url)
    performers = (_named(performer, base_url) for _, performer in each(observation, "performer"))
    return subject is not None and subject in performers


def _named(reference: Element, base_url: str) -> str | None:
    literal = text(reference, "reference")
    if literal is not None:
        return str(local(literal, base_url) or literal)
    identifier = child(reference, "identifier")
    value = text(identifier, "value")
    return None if value is None else f"{text(identifier, 'system') or ''}|{value}"
