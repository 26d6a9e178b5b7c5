"""Checks of what is derived from synthetic patients. Each gives one sentence for every breach."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from service.clinical import facts
from service.clinical.definitions import Construct, Instrument, Scale
from service.clinical.findings import Amount, Category, Concept, Finding, Share
from service.clinical.indicator import Indicator
from service.clinical.series import Series
from service.fhir.resource import Resource
from service.psychometrics.reliable_change import Change
from tests.clinical.patient_facts import answer_to
from tests.conformance.clinical_rules.people import Given, Seen, derived, seen
from tests.conformance.clinical_rules.registers import strings


def _each(words: str) -> frozenset[str]:
    return frozenset(words.split())


COMPARING = _each(
    "change change-index cut-off degrees-of-freedom fall first-score interval-high interval-low"
    " latest-score mean probability reference reliability slope standard-deviation standard-error"
    " step threshold threshold-computed threshold-share"
)
"""Components that set a number against a threshold or another time."""
NEUTRAL = _each(
    "acknowledged confirmed conversation-next-contact conversation-same-day falling first-seen"
    " item-not-answered item-not-received marked-fall no-information no-later-score no-reference"
    " no-reliable-change not-on-track not-reached-in-both not-recorded not-yet-returned"
    " outside-once pace-check possible-strain recorded reliably-worse"
    " reliably-worse-now-in-clinical-range started-below-cut"
)
"""Values that reassure nobody by themselves; every other one is taken to be favourable."""
DIFFERENCES = frozenset({"alliance-difference"})
"""Rules whose number is the difference of two forms, both of which are shown beside it."""
AGAINST = ("higher than at the start", "lower than at the start")
SILENT = ("was not answered", "was not received", "could not be read")
NOT_INFERRED = ("depress", "gender", "orientation", "culture", "diagnos")
LABEL = ("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V")


# 1. Tears are recorded, never rewarded.


def judged(observations: Iterable[Resource]) -> Iterator[str]:
    """Nothing derived of expression is interpreted or set against a range."""
    for observation in observations:
        holders = [observation, *observation.get("component", ())]
        for holder in holders:
            for name in ("interpretation", "referenceRange"):
                if name in holder and "therapy" in set(strings(observation["category"])):
                    yield f"{observation['id']} carries {name}."


def counting_tears(given: Given, rules: Sequence[Indicator]) -> Iterator[str]:
    """What is found otherwise when fewer tears are recorded is a plain count and never compared."""
    before, after = (_by_place(seen(g, rules)) for g in (given, _without_tears(given)))
    for place in before.keys() | after.keys():
        one, other = before.get(place), after.get(place)
        if one and other and _said(one.finding) == _said(other.finding):
            continue
        found = one or other
        assert found is not None
        parts = {component.code for component in found.finding.components}
        if found.rule.category is not Category.THERAPY:
            yield f"{found} It reads tears and is shown to readers of questionnaires."
        if not isinstance(found.finding.value, Share) and found.finding.value != Concept(
            code="recorded"
        ):
            yield f"{found} Its value depends on how often tears were recorded."
        for code in sorted(parts & COMPARING):
            yield f"{found} It compares tears by '{code}'."


def _by_place(found: Iterable[Seen]) -> Mapping[object, Seen]:
    return {(s.rule.id, s.finding.code, s.finding.scale, s.finding.event): s for s in found}


def _said(finding: Finding) -> object:
    return finding.value, finding.components, finding.sentence


def _without_tears(given: Given) -> Given:
    return [
        msgspec.structs.replace(fact, presence="none")
        if isinstance(fact, facts.Expression) and fact.presence == "tears"
        else fact
        for fact in given
    ]


# 4. Nothing is inferred from tears.


def inferring(given: Given, found: Iterable[Seen]) -> Iterator[str]:
    """Findings of expression repeat codes that somebody recorded, and conclude nothing."""
    recorded = {fact.reference: set(_codes(fact)) for fact in given}
    for each in found:
        if each.rule.category is Category.THERAPY:
            read_of = (*each.finding.inputs, *each.finding.beside)
            known = set[str]().union(*(recorded.get(i.reference, set()) for i in read_of))
            yield from _concluding(each, known)


def _concluding(each: Seen, known: set[str]) -> Iterator[str]:
    finding = each.finding
    values = [finding.value, *(component.value for component in finding.components)]
    said = [v.code for v in values if isinstance(v, Concept) and v.system == "expression"]
    yield from (f"{each} Nobody recorded '{code}'." for code in said if code not in known)
    own = (Concept(code="recorded"), Concept(code=finding.code))
    if isinstance(finding.value, Concept) and finding.value not in own:
        yield f"{each} It concludes '{finding.value.code}'."
    words = [word for word in NOT_INFERRED if word in finding.sentence.lower()]
    yield from (f"{each} It says '{word}'." for word in words)


def _codes(fact: facts.AnyFact) -> Iterator[str]:
    if isinstance(fact, facts.Expression):
        yield fact.presence
        yield from (code for codes in fact.codes.values() for code in codes)
    if isinstance(fact, facts.Remark):
        yield from (fact.code or "", *" ".join(fact.components.values()).split())


# 5. Missing is missing.


def without_value_or_reason(observations: Iterable[Resource]) -> Iterator[str]:
    for observation in observations:
        valued = any(name.startswith("value") for name in observation)
        if valued == ("dataAbsentReason" in observation):
            yield f"{observation['id']} has neither a value nor a reason why not, or both."


def silently_absent(instrument: Instrument, observations: Sequence[Resource]) -> Iterator[str]:
    """Each scale of a form that was filled in stands, with its reason where it has no value."""
    stated = {coding["code"] for o in observations for coding in o["code"]["coding"]}
    for scale in instrument.scales:
        if scale.id not in stated and not scale.without and not _only_without(instrument, scale):
            yield f"{scale.id} has no Observation where its total cannot be computed."


def _only_without(instrument: Instrument, scale: Scale) -> bool:
    return any(set(scale.items) > set(other.items) and other.without for other in instrument.scales)


# 6. No reassurance.


def reassuring(found: Iterable[Seen]) -> Iterator[str]:
    for each in found:
        series = _series(each)
        if series is None or not _favourable(each, series):
            continue
        chart, said = each.chart, each.finding.sentence
        raised = [review for review in chart.open_reviews if review.concern.raised]
        if raised and "Open safety review" not in said:
            yield f"{each} It names no open safety review."
        if len(chart.open_reviews) > len(raised) and not any(word in said for word in SILENT):
            yield f"{each} It names no unanswered safety item."
        for other in chart.measured:
            against = other is not series and other.change is Change.WORSE
            if against and not _named(other, said) and not _pair(each, other):
                yield f"{each} It does not name the {other.scale.title}."
        asks = chart.asks_about_suicide or series.scale.construct is Construct.ALLIANCE
        if not asks and "No form in this course asks about suicide." not in said:
            yield f"{each} It does not say that no form asks about suicide."


def _series(each: Seen) -> Series | None:
    """The scale that the finding is about; of a pair, the first of its inputs'."""
    for series in each.chart.series:
        mine = {point.score.reference for point in series.points}
        named = each.finding.scale == series.scale.id
        if named or (not each.finding.scale and mine & {i.reference for i in each.finding.inputs}):
            return series
    return None


def _favourable(each: Seen, series: Series) -> bool:
    value = each.finding.value
    if each.rule.id == "sudden-loss":
        return value == Concept(code="no-step-shown")
    if isinstance(value, Amount):
        return each.rule.id == "effect-size" and value.value > 0
    if not isinstance(value, Concept):
        return False
    alone = each.finding.scale == series.scale.id and series.outside_clinical_range
    outside = alone and value.code == "no-reliable-change"
    return outside or str(value.code) not in NEUTRAL


def _named(series: Series, said: str) -> bool:
    return series.scale.title in said and any(words in said for words in AGAINST)


def _pair(each: Seen, other: Series) -> bool:
    """A rule over a pair has both among its inputs and says both."""
    mine = {point.score.reference for point in other.points}
    return bool(mine & {i.reference for i in each.finding.inputs})


# 7. No composite.


def mixing(found: Iterable[Seen]) -> Iterator[str]:
    """No value stands for scales of two constructs, and no number for two scales at once."""
    for each in found:
        if each.rule.category is Category.THERAPY:
            continue
        scales = _scales(each)
        constructs = {scale.construct for scale in scales}
        if len(constructs) > 1:
            yield f"{each} It mixes {', '.join(sorted(constructs))}."
        numeric = isinstance(each.finding.value, Amount)
        if numeric and len(scales) > 1 and each.rule.id not in DIFFERENCES:
            yield f"{each} One number stands for {len(scales)} scales."


def _scales(each: Seen) -> list[Scale]:
    named = {i.reference for i in each.finding.inputs}
    return [
        series.scale
        for series in each.chart.series
        if named & {point.score.reference for point in series.points}
    ]


# 11. What is withheld from a reader is withheld in all that follows from it.


def leaking(given: Given, restricted: Sequence[str], rules: Sequence[Indicator]) -> Iterator[str]:
    """Whatever is otherwise without the restricted forms carries their label."""
    labelled = [
        msgspec.structs.replace(fact, labels=(LABEL,)) if fact.reference in restricted else fact
        for fact in given
    ]
    rest = [fact for fact in given if fact.reference not in restricted]
    without = {o["id"]: _unlabelled(o) for o in derived(rest, rules)}
    for observation in derived(labelled, rules):
        same = without.get(observation["id"]) == _unlabelled(observation)
        codes = {label["code"] for label in observation["meta"].get("security", ())}
        if not same and LABEL[1] not in codes:
            said = observation["note"][0]["text"]
            yield f"{observation['code']['coding'][-1]['code']} follows from it unlabelled: {said}"


def _unlabelled(observation: Resource) -> Resource:
    return {name: value for name, value in observation.items() if name != "meta"}


# 12. A dismissal stays in the record.


def lost_by_dismissal(given: Given, rules: Sequence[Indicator]) -> Iterator[str]:
    before = [o for o in derived(given, rules) if ", revision " in o["method"]["text"]]
    answers = [
        answer_to(o, "finding-dismissal", 30, reference=f"Observation/d{n}", reason="not-relevant")
        for n, o in enumerate(before)
    ]
    after = {o["id"]: o for o in derived([*given, *answers], rules)}
    for observation in before:
        yield from dismissed(observation, after.get(observation["id"]))


def dismissed(before: Resource, after: Resource | None) -> Iterator[str]:
    name = before["code"]["coding"][0]["code"]
    if after is None or after["status"] != "final":
        yield f"{name} is gone once it is dismissed."
        return
    said = after["note"][0]["text"]
    if not said.startswith(before["note"][0]["text"]) or "Dismissed on" not in said:
        yield f"{name} does not say that it was dismissed, or no longer what it found."
    reasons = [c for c in after["component"] if c["code"]["coding"][0]["code"] == "dismissal"]
    if not reasons:
        yield f"{name} does not hold the reason of its dismissal."
