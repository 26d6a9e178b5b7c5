"""Checks of what ships: definitions, texts, codes, profiles. Each gives a sentence for a breach."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from service.clinical import instrument_checks
from service.clinical.canonical import FINDING
from service.clinical.definitions import Construct, Instrument, Scale
from service.clinical.expression import TOPICS, Element, Topic
from service.clinical.findings import Category
from service.clinical.indicator import Indicator
from service.clinical.score import score
from service.clinical.wording import objections
from service.errors import Issue, Severity
from service.fhir.resource import Resource
from tests.clinical.sent import coded, component, therapy
from tests.conformance.clinical_rules.people import value_at
from tests.conformance.clinical_rules.registers import Texts, strings

Accept = Callable[[Resource], Sequence[Issue]]
JUDGING = {
    "interpretation": [{"text": "high"}],
    "referenceRange": [{"text": "up to 3"}],
}
ICD = re.compile(
    r"sid/icd|\bicd-?(9|10|11)\b|icd\.who\.int|2\.16\.840\.1\.113883\.6\.(3|90|42)\b", re.IGNORECASE
)
PROMISE = re.compile(
    r"\b(?:better|improve[sd]?|improving) (?:the )?(?:outcomes?|results?|patients|therapy)\b"
    r"|\b(?:clinically )?proven\b|\bguarantee[sd]?\b|\beffective(?:ly)? (?:treat|reduc)\w+"
    r"|\breduces? (?:symptoms|dropout|drop-out|suicide)\b|\bmakes? patients better\b",
    re.IGNORECASE,
)
NOT_PROMISED = "not better outcomes"
IN_DOCUMENTS = re.compile(
    r"patients? (?:is |has )?deteriorat\w+|rupture detected|failed to cry|crying unresolved"
    r"|\bresistan(?:t|ce)\b|hormones|cathar\w+|breakthrough|high.risk patient|no risk",
    re.IGNORECASE,
)
QUESTION = re.compile(r"\?|\bConsider\b")


def errors(issues: Iterable[Issue]) -> list[Issue]:
    return [issue for issue in issues if issue.severity is Severity.ERROR]


# 1. Tears are recorded, never rewarded.


def records(topics: Mapping[str, Topic] = TOPICS) -> Iterator[Resource]:
    """The least record of each topic, then one with each of its components: codes and numbers."""
    for topic in topics.values():
        least = [_filled(element) for element in topic.components if element.required]
        yield _record(topic, least)
        for element in topic.components:
            if not element.required and element.has_value and _value(element):
                yield _record(topic, [*least, _filled(element)])


def _record(topic: Topic, components: list[Mapping[str, Any]]) -> Resource:
    said: dict[str, Any] = dict(_value(topic.value))
    if components:
        said["component"] = components
    if topic.derived:
        said["derivedFrom"] = [{"reference": "Observation/episode"}]
    return therapy(topic.code, **said)


def _filled(element: Element) -> Mapping[str, Any]:
    return component(element.code, **_value(element))


def _value(element: Element) -> Mapping[str, Any]:
    if element.codes:
        return {"valueCodeableConcept": coded(next(iter(element.codes)))}
    if element.numbers is not None:
        return {"valueInteger": element.numbers.low}
    if element.concept:
        return {"valueCodeableConcept": {"coding": [{"system": "http://a.example", "code": "x"}]}}
    return {}


def judged_on_arrival(accept: Accept) -> Iterator[str]:
    """Records of expression with an interpretation or a reference range are refused."""
    for record in records():
        for name, judgement in JUDGING.items():
            if not errors(accept({**record, name: judgement})):
                yield f"{_code(record)} is taken with {name}."
            for place, part in enumerate(record.get("component", ())):
                parts = [*record["component"]]
                parts[place] = {**part, name: judgement}
                if not errors(accept({**record, "component": parts})):
                    yield f"{_code(record)} is taken with {name} of {_code(part)}."


def aimed_at(accept: Accept, concepts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """No Goal aims at a concept that rests on expression, nothing groups or counts people by it."""
    for concept in concepts:
        for resource in (
            {"resourceType": "Goal", "target": [{"measure": concept}]},
            {"resourceType": "Group", "characteristic": [{"code": concept}]},
            {"resourceType": "MeasureReport", "group": [{"code": concept}]},
        ):
            if not errors(accept(resource)):
                yield f"A {resource['resourceType']} is taken with {concept['coding'][0]['code']}."


def on_expression(rules: Iterable[Indicator]) -> Iterator[Mapping[str, Any]]:
    """The codes of findings that rest on what was expressed."""
    for rule in rules:
        if rule.category is Category.THERAPY:
            yield from (coded(code, FINDING) for code in rule.codes)


def counted_as_good_or_bad(scales: Iterable[Scale]) -> Iterator[str]:
    """A scale of expression has no better end, no bands and no cut-off."""
    for scale in scales:
        judges = scale.better or scale.bands or scale.cutoff or scale.ask_below
        if scale.construct is Construct.EXPRESSION and judges:
            yield f"The scale {scale.id} measures expression and says what is better."


# 3. No diagnosis.


def diagnosing(resources: Iterable[Resource]) -> Iterator[str]:
    for resource in resources:
        if resource["resourceType"] == "Condition":
            yield f"A Condition ({resource.get('id')}) is made here."
        for text in strings(resource):
            if ICD.search(text):
                yield f"{resource['resourceType']}/{resource.get('id')} says '{text}'."


# 5. Missing is missing.


def imputed(instrument: Instrument) -> Iterator[str]:
    """Without a safety item no scale that holds it is scored; nothing is imputed past a rule."""
    whole = {item.number: value_at(item, 0.5) for item in instrument.items}
    for safety in instrument.safety:
        given = {item: value for item, value in whole.items() if item != safety.item}
        for scale in instrument.scales:
            if safety.item in scale.items and score(instrument, scale, given) is not None:
                yield f"{scale.id} is scored without item {safety.item}, a safety item."
    for scale in instrument.scales:
        answered = [item for item in scale.items if item not in scale.without]
        left = answered[scale.missing.allowed + 1 :]
        if answered and score(instrument, scale, {i: whole[i] for i in left}) is not None:
            yield f"{scale.id} is scored with {scale.missing.allowed + 1} items missing."


# 9. Wording; 13. Restraint; 14. Promises.


def worded(texts: Texts, *, finding: bool = False) -> Iterator[str]:
    """One fact, no verdict, and at most one question."""
    for place, text in texts.items():
        yield from (f"{place}: {o}" for o in objections(text, finding=finding))
        if finding and len(QUESTION.findall(text)) > 1:
            yield f"{place}: '{text}' asks more than one question."


def badly_documented(texts: Texts) -> Iterator[str]:
    """Documents may name what is not done; the phrases about people that nobody writes are few."""
    for place, text in texts.items():
        if found := IN_DOCUMENTS.search(text):
            yield f"{place}: '{found.group()}' is never written of a person."


def called_resistance(codes: Mapping[str, str]) -> Iterator[str]:
    for code, display in codes.items():
        if "resist" in f"{code} {display}".lower():
            yield f"'{code}' ('{display}') names restraint by the other word."


def promising(texts: Texts) -> Iterator[str]:
    for place, text in texts.items():
        found = PROMISE.search(text.replace(NOT_PROMISED, ""))
        if found:
            yield f"{place}: '{found.group()}' promises more than visibility."


# 10. No free text is required.


def wanting_words(accept: Accept, topics: Mapping[str, Topic] = TOPICS) -> Iterator[str]:
    """Records of codes and numbers alone are taken; no element made of words has to be there."""
    for topic in topics.values():
        for element in (topic.value, *topic.components):
            if element.words and element.required:
                yield f"'{element.code}' of '{topic.code}' requires words."
    for record in records(topics):
        yield from (f"{_code(record)}: {issue.message}" for issue in errors(accept(record)))


def words_required_by(profile: Resource) -> Iterator[str]:
    """In the profile of a record of expression."""
    for element in profile["differential"]["element"]:
        kinds = {kind["code"] for kind in element.get("type", ())}
        last = element["path"].rpartition(".")[2]
        wordy = kinds & {"string", "markdown", "Annotation", "Narrative"}
        if element.get("min", 0) > 0 and (wordy or last in ("note", "text", "valueString")):
            yield f"{profile['id']} requires {element['path']}."


# 12. Never a notification.


def notifying(texts: Texts, code: str = "first-expression") -> Iterator[str]:
    """In what is sent, shown unasked or counted over patients."""
    for place, text in texts.items():
        if code in text:
            yield f"{place} is about {code}, which is read on request only."


def topics_of(resources: Iterable[Resource]) -> Texts:
    """What ships of subscription topics: of whatever type, named so."""
    return {
        f"{r['resourceType']}/{r.get('id')}": " ".join(strings(r))
        for r in resources
        if r["resourceType"] in ("SubscriptionTopic", "Basic", "Subscription", "PlanDefinition")
    }


def refused_definitions(instruments: Sequence[Instrument]) -> Sequence[str]:
    """What the catalogue itself objects to when the service starts."""
    return instrument_checks.objections(instruments)


def _code(holder: Mapping[str, Any]) -> str:
    return str(holder["code"]["coding"][0]["code"])
