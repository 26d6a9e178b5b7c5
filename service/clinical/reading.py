"""What the rules read of a resource, as facts: the one way from FHIR JSON into the derivation.

Only what counts becomes a fact: Observations that are final, amended or corrected; responses that
are completed or amended. A response in progress, or stopped half-way, feeds the safety rules and
nothing else, and so does a record without a date: an answer that calls for a conversation is heard
however the form came to an end.
"""

from collections.abc import Iterator
from datetime import timedelta, tzinfo
from typing import Any

from service.clinical import answer_values, answers, raters
from service.clinical.catalogue import Catalogue
from service.clinical.elements import Element, child, codes, each, text
from service.clinical.expression_reading import expressed
from service.clinical.expression_rules import topics
from service.clinical.facts import (
    Answers,
    AnyFact,
    Episode,
    Facts,
    SafetyAnswer,
    Session,
    Total,
)
from service.clinical.finding_reading import answered
from service.clinical.finding_rules import answers as answers_of
from service.clinical.moments import day, first, stated
from service.fhir.datatypes import LAST, covered
from service.fhir.references import local
from service.fhir.resource import Resource

STANDING = frozenset({"final", "amended", "corrected"})
"""Statuses of an Observation that counts."""
FINISHED = frozenset({"completed", "amended"})
UNFINISHED = frozenset({"in-progress", "stopped"})
"""Statuses of a response that feeds the safety rules only."""


def facts(resource: Resource, *, zone: tzinfo, base_url: str, known: Catalogue) -> Facts:
    """The facts of `resource`; none where no rule reads it. Pure, and never raises."""
    if resource.get("resourceType") == "Observation" and not _heard(resource, known):
        return ()
    where = _where(resource, zone, base_url)
    match resource.get("resourceType"):
        case "Observation" if resource.get("status") in STANDING:
            return tuple(_observation(resource, where, base_url, known))
        case "QuestionnaireResponse" if resource.get("status") in FINISHED | UNFINISHED:
            return tuple(_response(resource, where, known))
        case "Encounter" if resource.get("status") != "entered-in-error":
            return tuple(_session(resource, where, base_url))
        case "EpisodeOfCare" if resource.get("status") != "entered-in-error":
            return tuple(_episode(resource, where, zone))
    return ()


def _heard(observation: Resource, known: Catalogue) -> bool:
    """Whether a rule reads any of the codes: of most Observations of a clinic none does."""
    code = child(observation, "code")
    if known.reads(codes(code)) or topics(code) or answers_of(code):
        return True
    parts = each(observation, "component")
    return any(known.reads(codes(child(part, "code"))) for _, part in parts)


def _where(resource: Resource, zone: tzinfo, base_url: str) -> dict[str, Any]:
    """What every fact of the resource says."""
    date_time = stated(resource)
    moment = first(date_time, zone)
    encounter = local(text(child(resource, "encounter"), "reference") or "", base_url)
    labels = each(child(resource, "meta"), "security")
    return {
        "reference": f"{resource.get('resourceType')}/{resource.get('id')}",
        "effective": date_time if moment is not None else "",
        "at": moment or LAST,
        "day": LAST.date() if moment is None else day(moment, zone),
        "dated": moment is not None,
        "encounter": encounter.id if encounter and encounter.type == "Encounter" else None,
        "labels": tuple(
            (text(label, "system") or "", code)
            for _, label in labels
            if (code := text(label, "code")) is not None
        ),
    }


def _observation(
    observation: Resource, where: dict[str, Any], base_url: str, known: Catalogue
) -> Iterator[AnyFact]:
    for holder in (observation, *(component for _, component in each(observation, "component"))):
        yield from _score(holder, where, known, observation)
        yield from _safety_item(holder, where, known)
    if where["dated"]:
        yield from expressed(observation, where, base_url)
        yield from answered(observation, where, base_url)


def _score(
    holder: Element, where: dict[str, Any], known: Catalogue, observation: Resource
) -> Iterator[AnyFact]:
    """A total outside its range, or of an observer who is not named, is not used, and without a
    date only for what it proves."""
    found = known.of_total(codes(child(holder, "code")))
    value = answer_values.amount(holder)
    if found is None or value is None or raters.unnamed(found[1], observation):
        return
    instrument, scale = found
    proves = any(safety.scale == scale.id for safety in instrument.safety)
    if scale.low <= value <= scale.high and (where["dated"] or proves):
        yield Total(**where, scale=scale.id, value=float(value))


def _safety_item(holder: Element, where: dict[str, Any], known: Catalogue) -> Iterator[AnyFact]:
    found = known.of_safety_item(codes(child(holder, "code")))
    if found is not None:
        instrument, safety = found
        item = instrument.items[safety.item - 1]
        least = answer_values.read(holder, instrument, item).least
        yield SafetyAnswer(**where, instrument=instrument.id, item=safety.item, value=least)


def _response(response: Resource, where: dict[str, Any], known: Catalogue) -> Iterator[AnyFact]:
    instrument = answers.instrument_of(response, known)
    for other, safety, least in answers.coded_safety_answers(response, known):
        if other is not instrument:
            yield SafetyAnswer(**where, instrument=other.id, item=safety.item, value=least)
    if instrument is None:
        return
    finished = response["status"] in FINISHED
    if not instrument.safety and not (finished and where["dated"]):
        return
    reading = answers.read(response, instrument)
    withholding = [problem for problem in reading.problems if problem.withholds]
    yield Answers(
        **where,
        instrument=instrument.id,
        values=dict(reading.values),
        not_applicable=reading.not_applicable,
        problems=tuple(problem.message for problem in withholding),
        problem_items=tuple(problem.item for problem in withholding if problem.item is not None),
        usable="usable" if finished else "safety-only",
    )
    for number, least in reading.safety.items():
        yield SafetyAnswer(**where, instrument=instrument.id, item=number, value=least)


def _session(encounter: Resource, where: dict[str, Any], base_url: str) -> Iterator[AnyFact]:
    named = (
        local(text(reference, "reference") or "", base_url)
        for _, reference in each(encounter, "episodeOfCare")
    )
    episodes = [found.id for found in named if found and found.type == "EpisodeOfCare"]
    if where["dated"]:
        yield Session(
            **where,
            id=str(encounter.get("id")),
            episode=episodes[0] if episodes else None,
            status=text(encounter, "status") or "",
        )


def _episode(episode: Resource, where: dict[str, Any], zone: tzinfo) -> Iterator[AnyFact]:
    """An end stands for all it covers: `2026-05` ends on 31 May."""
    end = text(child(episode, "period"), "end")
    until = None
    if first(end, zone) is not None:
        beyond = covered(end or "", zone)[1]
        until = day(beyond - timedelta(microseconds=1), zone)
    if where["dated"]:
        yield Episode(**where, id=str(episode.get("id")), until=until)
