"""What a record of emotional expression must be, held against the table in `expression`.

Tears are recorded, never rewarded: nothing here may be interpreted or compared with a reference.
"""

from collections import Counter
from collections.abc import Iterator

from service.clinical import answer_values
from service.clinical.canonical import EXPRESSION, LOINC, OBSERVATION_CATEGORY, UCUM
from service.clinical.catalogue import Catalogue
from service.clinical.elements import Element, child, codes, each, text, value
from service.clinical.expression import (
    GOAL_ATTAINMENT_LOINC,
    PRESENCE,
    TOPICS,
    Topic,
)
from service.clinical.expression import Element as Rule
from service.errors import Issue
from service.fhir.resource import Resource

FORBIDDEN = ("interpretation", "referenceRange")
GOAL_ATTAINMENT = "goal-attainment"


def topics(concept: Element) -> tuple[str, ...]:
    """The codes of CodeSystem `expression` in a code; goal attainment is known by LOINC too."""
    given = codes(concept)
    found = [code for system, code in given if system == EXPRESSION]
    if (LOINC, GOAL_ATTAINMENT_LOINC) in given and GOAL_ATTAINMENT not in found:
        found.append(GOAL_ATTAINMENT)
    return tuple(found)


def issues(observation: Resource) -> Iterator[Issue]:
    """What is wrong with an Observation as a record of expression; nothing where it is none."""
    named = topics(child(observation, "code"))
    if not named:
        yield from _strays(observation)
    elif len(named) > 1:
        yield _issue(
            "code-invalid",
            "Observation.code",
            f"carries {len(named)} codes of CodeSystem expression; it takes one.",
        )
    elif named[0] not in TOPICS:
        yield _issue(
            "code-invalid",
            "Observation.code",
            f"'{named[0]}' is no Observation of CodeSystem expression.",
        )
    else:
        yield from _of_topic(observation, TOPICS[named[0]])


def of_scales(observation: Resource, known: Catalogue) -> Iterator[Issue]:
    """The same of a score, or of an answer, that says what was expressed: of an observer's rating
    of its intensity, for one."""
    if topics(child(observation, "code")):
        return
    own = _expresses(observation, known)
    if own:
        yield from _uninterpreted(observation, "Observation")
    parts = [
        (place, component)
        for place, component in each(observation, "component")
        if own or _expresses(component, known)
    ]
    for place, component in parts:
        yield from _uninterpreted(component, f"Observation.component[{place}]")
    if own or parts:
        yield from _category(observation)


def _expresses(holder: Element, known: Catalogue) -> bool:
    return any(known.expresses(*code) for code in codes(child(holder, "code")))


def _strays(observation: Resource) -> Iterator[Issue]:
    """A component of ours in another Observation would escape its category."""
    for place, component in each(observation, "component"):
        for code in topics(child(component, "code")):
            yield _issue(
                "code-invalid",
                f"Observation.component[{place}].code",
                f"'{code}' of CodeSystem expression stands outside an Observation of that system.",
            )


def _of_topic(observation: Resource, topic: Topic) -> Iterator[Issue]:
    yield from _uninterpreted(observation, "Observation")
    yield from _category(observation)
    yield from _value(observation, "Observation", topic.value, observation)
    yield from _components(observation, topic)
    if topic.derived and not any(each(observation, "derivedFrom")):
        yield _issue(
            "required",
            "Observation.derivedFrom",
            f"is missing; '{topic.code}' names the episode it looks back on.",
        )


def _uninterpreted(element: Element, path: str) -> Iterator[Issue]:
    for name in FORBIDDEN:
        if name in element:
            yield _issue(
                "business-rule",
                f"{path}.{name}",
                "is not allowed: expression is recorded, never judged or compared with a norm.",
            )


def _category(observation: Resource) -> Iterator[Issue]:
    """Another category beside `therapy` would show the record to readers of that category."""
    given = {
        code
        for _, category in each(observation, "category")
        for system, code in codes(category)
        if system == OBSERVATION_CATEGORY
    }
    if "therapy" not in given:
        yield _issue(
            "required",
            "Observation.category",
            f"needs the code 'therapy' of {OBSERVATION_CATEGORY}, which records of expression "
            "always carry.",
        )
    for code in sorted(given - {"therapy"}):
        yield _issue(
            "business-rule",
            "Observation.category",
            f"'{code}' stands beside 'therapy'; records of expression carry 'therapy' alone.",
        )


def _components(observation: Resource, topic: Topic) -> Iterator[Issue]:
    rules = {rule.code: rule for rule in topic.components}
    counted: Counter[str] = Counter()
    for place, component in each(observation, "component"):
        path = f"Observation.component[{place}]"
        yield from _uninterpreted(component, path)
        for code in topics(child(component, "code")):
            counted[code] += 1
            if code not in rules:
                yield _issue(
                    "code-invalid", f"{path}.code", f"'{code}' is no component of '{topic.code}'."
                )
                continue
            yield from _value(component, path, rules[code], observation)
            if counted[code] > 1 and not rules[code].repeats:
                yield _issue("business-rule", path, f"repeats '{code}', which is given once.")
    for rule in topic.components:
        if rule.required and not counted[rule.code]:
            yield _issue(
                "required",
                "Observation.component",
                f"needs '{rule.code}'; a session in which nothing was expressed has its code "
                "'none'.",
            )


def _value(holder: Element, path: str, rule: Rule, observation: Resource) -> Iterator[Issue]:
    given = value(holder)
    if given is None:
        if rule.has_value and (rule.code == PRESENCE or "dataAbsentReason" not in holder):
            yield _issue("required", f"{path}.value", f"is missing; '{rule.code}' needs one.")
        return
    fault = _fault(holder, given[0], rule)
    if fault is not None:
        yield _issue(fault[0], f"{path}.value", fault[1])
    elif (
        rule.numbers_need_method
        and given[0] != "valueCodeableConcept"
        and not child(observation, "method")
    ):
        yield _issue(
            "required",
            "Observation.method",
            f"is missing; a number for '{rule.code}' names its observer scale there.",
        )


def _fault(holder: Element, kind: str, rule: Rule) -> tuple[str, str] | None:
    """The issue code and the sentence for a value that `rule` does not take."""
    if kind == "valueCodeableConcept" and rule.codes:
        return _coded(child(holder, kind), rule)
    if kind == "valueQuantity" and rule.minutes:
        return _minutes(child(holder, kind), rule)
    if kind in {"valueInteger", "valueQuantity"} and rule.numbers is not None:
        return _numbered(holder, rule)
    if (kind == "valueString" and rule.words) or (kind == "valueCodeableConcept" and rule.concept):
        return None
    if not rule.has_value:
        return "business-rule", f"is not allowed; '{rule.code}' is said by its components."
    return "value", f"is a {kind.removeprefix('value')}, which '{rule.code}' does not take."


def _coded(concept: Element, rule: Rule) -> tuple[str, str] | None:
    ours = [code for system, code in codes(concept) if system == EXPRESSION]
    if not ours:
        return (
            "code-invalid",
            f"has no code of {EXPRESSION}; '{rule.code}' takes one of its value set.",
        )
    unknown = [code for code in ours if code not in rule.codes]
    if unknown:
        return "code-invalid", f"'{unknown[0]}' is not in the value set of '{rule.code}'."
    if len(ours) > 1:
        return "business-rule", "has more than one code; each stands in a component of its own."
    return None


def _numbered(holder: Element, rule: Rule) -> tuple[str, str] | None:
    assert rule.numbers is not None
    bounds = rule.numbers
    given = answer_values.amount(holder)
    if given is None:
        return "value", f"is no number; '{rule.code}' takes {bounds.low} to {bounds.high}."
    if not bounds.low <= given <= bounds.high:
        return "value", f"is outside {bounds.low} to {bounds.high}, the range of '{rule.code}'."
    if bounds.whole and given % 1:
        return "value", f"is no whole number; '{rule.code}' takes {bounds.low} to {bounds.high}."
    return None


def _minutes(quantity: Element, rule: Rule) -> tuple[str, str] | None:
    given = answer_values.decimal(quantity.get("value"))
    coded = (text(quantity, "system"), text(quantity, "code")) == (UCUM, "min")
    named = text(quantity, "code") is None and text(quantity, "unit") == "min"
    if given is None or given < 0 or "comparator" in quantity or not (coded or named):
        return "value", f"is no number of minutes (unit min of {UCUM}) for '{rule.code}'."
    return None


def _issue(code: str, path: str, sentence: str) -> Issue:
    return Issue(code=code, message=f"{path} {sentence}", expression=path)
