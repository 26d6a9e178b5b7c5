"""What people answered to findings: a review is acknowledged, a finding is dismissed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from service.clinical import safety
from service.clinical.chart import Review, heard
from service.clinical.definitions import Instrument
from service.clinical.facts import AnyFact, Response
from service.clinical.findings import Component, Concept, Finding
from service.clinical.identifiers import Identifiers
from service.clinical.wording import day


def by_finding(known: Iterable[AnyFact]) -> Mapping[str, Sequence[Response]]:
    """By the id of the finding that they are about."""
    found: dict[str, list[Response]] = defaultdict(list)
    for fact in known:
        if isinstance(fact, Response):
            found[fact.focus].append(fact)
    return found


def reviews(
    known: Sequence[AnyFact],
    responses: Mapping[str, Sequence[Response]],
    ids: Identifiers,
    instruments: Sequence[Instrument],
) -> list[Review]:
    """Of every concern that the records raise."""
    return [review(concern, responses, ids) for concern in safety.concerns(known, instruments)]


def review(
    concern: safety.Concern, responses: Mapping[str, Sequence[Response]], ids: Identifiers
) -> Review:
    """The first acknowledgement counts that is not dated before what it acknowledges."""
    place = ids.finding(
        rule=safety.RULE, course=None, scale=concern.scale, event=concern.source.reference
    )
    acknowledged = (
        response
        for response in responses.get(place, ())
        if response.topic == "safety-acknowledgement"
        and (response.day >= concern.source.day or not concern.source.dated)
    )
    return Review(concern=concern, acknowledgement=next(acknowledged, None))


def dismissed(finding: Finding, responses: Iterable[Response]) -> Finding:
    """The finding as it stands after a person dismissed it: it stays, and says so.

    What was dismissed is what could be seen then: a dismissal from before the finding's last input
    says nothing of it, so that no later change stands there as dismissed.
    """
    last = finding.last
    dismissal = next(
        (
            response
            for response in responses
            if response.topic == "finding-dismissal"
            and (response.day >= last.day or not last.effective)
        ),
        None,
    )
    if dismissal is None:
        return finding
    said: tuple[Component, ...] = ()
    reason = ""
    if dismissal.reason is not None:
        said = (Component(code="dismissal", value=Concept(code=dismissal.reason)),)
        reason = f": {dismissal.reason.replace('-', ' ')}"
    return replace(
        finding,
        components=finding.components + said,
        beside=(*finding.beside, heard(dismissal)),
        sentence=f"{finding.sentence} Dismissed on {day(dismissal.day)}{reason}."
        f"{_still_open(finding)}",
    )


def _still_open(finding: Finding) -> str:
    """A dismissal closes no safety review; only an acknowledgement does."""
    closed = finding.rule != safety.RULE or finding.value == Concept(code="acknowledged")
    return "" if closed else " Open until a person acknowledges it."
