"""From the records of one patient to the scores and findings that follow from them.

The same records give the same result in whatever order they come; no clock is read. What a
correction may not take back is in the records themselves (see `memory`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from hashlib import blake2b
from uuid import UUID

import msgspec

from service.clinical import safety
from service.clinical.catalogue import Catalogue
from service.clinical.chart import Chart, Review, heard
from service.clinical.course import GAP_DAYS, Course, courses, order
from service.clinical.facts import AnyFact, Facts, Response, decode, encode
from service.clinical.findings import Component, Concept, Finding
from service.clinical.fingerprint import fingerprint
from service.clinical.identifiers import Identifiers
from service.clinical.indicator import Indicator
from service.clinical.memory import remembering
from service.clinical.observations import LAYOUT, finding_observation, stated
from service.clinical.score_observations import edition, repeated, score_observation
from service.clinical.scores import Score, Scorer
from service.clinical.series import series
from service.clinical.wording import day
from service.fhir.resource import Derived, Identity, PatientKey, Record, Resource
from service.registry import discover

RETRACTED = "entered-in-error"
EDITION = 1
"""Counts up whenever what is read of a resource, its scores or its courses change by code alone: no
revision of a rule says so, and what is stored has to be derived anew."""
NOWHERE = Course(key="", episode=None, sessions=())
"""Holds what is open for a patient of whom no session is known."""


def indicators() -> tuple[Indicator, ...]:
    """Every rule of the folder `indicators`."""
    return discover("service.clinical.indicators", "INDICATOR", Indicator)


@dataclass(frozen=True, kw_only=True)
class Result:
    """What follows from one patient's records, by course, the newest course first."""

    course: Course
    derived: tuple[Derived, ...]


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """The rule engine of one tenant; structurally `interactions.ports.Derivation`."""

    tenant: UUID
    catalogue: Catalogue
    read: Callable[[Resource], Facts]
    """What the rules read of one version of a resource; see `reading`."""
    rules: tuple[Indicator, ...] = field(default_factory=indicators)
    gap_days: int = GAP_DAYS
    read_by: tuple[str, ...] = ()
    """What `read` goes by, such as the site's time zone."""

    @cached_property
    def fingerprint(self) -> str:
        """Of rules, definitions and settings: findings derived by another one may differ."""
        rules = [(rule.id, rule.revision, rule.category) for rule in self.rules]
        apart = ("tenant", "read", "rules")
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in apart}
        return fingerprint((EDITION, LAYOUT, sorted(rules), rest))

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self.catalogue.instruments)

    @cached_property
    def _editions(self) -> Mapping[str, bytes]:
        """Scale -> fingerprint of what its Observations repeat of its definition."""
        return {
            scale.id: _digest(repr(edition(instrument, scale)).encode())
            for instrument in self.catalogue.instruments
            for scale in instrument.scales
        }

    def facts(self, resource: Resource, before: bytes | None = None) -> bytes | None:
        """What the rules read of a resource; None where no rule reads it.

        `before` is what this gave for the version that `resource` replaces, where that belonged to
        the same patient; None for a first version, and after a delete.
        """
        now = self.read(resource)
        if before is not None and resource.get("status") != RETRACTED:
            now = remembering(decode(before), now, self.catalogue.instruments)
        return encode(now) if now else None

    def derive(self, patient: PatientKey, records: Sequence[Record]) -> Sequence[Derived]:
        """All resources that follow; pure, whatever the order of `records`."""
        return tuple(d for result in self.results(patient, records) for d in result.derived)

    def results(self, patient: PatientKey, records: Sequence[Record]) -> Sequence[Result]:
        """The same by course, newest first; within one, scores and then findings."""
        known = sorted((f for r in records for f in decode(r.facts)), key=order)
        ids = Identifiers(self.tenant, patient)
        scored: dict[str, list[Score]] = defaultdict(list)
        for score in self._scorer.scores(known, ids):
            scored[score.source.reference].append(score)
        responses: dict[str, list[Response]] = defaultdict(list)
        for fact in known:
            if isinstance(fact, Response):
                responses[fact.focus].append(fact)
        charts = self._charts(known, scored, responses, ids)
        return tuple(
            Result(
                course=chart.course,
                derived=(
                    *self._scores(patient, chart, scored),
                    *self._findings(patient, chart, responses, ids),
                ),
            )
            for chart in reversed(charts)
        )

    def scored(self, patient: PatientKey, form: Resource) -> Sequence[Resource]:
        """The scores of one form of a patient, as settling the patient stores them."""
        scores = self._scorer.scores(self.read(form), Identifiers(self.tenant, patient))
        return tuple(derived.build() for derived in self._of_form(patient, list(scores)))

    def _charts(
        self,
        known: Sequence[AnyFact],
        scored: Mapping[str, Sequence[Score]],
        responses: Mapping[str, Sequence[Response]],
        ids: Identifiers,
    ) -> list[Chart]:
        found = courses(known, gap_days=self.gap_days) or (NOWHERE,)
        reviews = [
            _review(concern, responses, ids)
            for concern in safety.concerns(known, self.catalogue.instruments)
        ]
        placed: dict[str, list[Review]] = defaultdict(list)
        for review in reviews:
            placed[_place(review, found).key].append(review)
        unanswered = tuple(review for review in reviews if review.open)
        return [
            Chart(
                course=course,
                series=series(course, scored),
                reviews=tuple(placed[course.key]),
                open_reviews=unanswered,
            )
            for course in found
        ]

    def _scores(
        self, patient: PatientKey, chart: Chart, scored: Mapping[str, Sequence[Score]]
    ) -> Iterator[Derived]:
        for session in chart.course.sessions:
            for reference in session.references:
                yield from self._of_form(patient, scored.get(reference, ()))

    def _of_form(self, patient: PatientKey, scores: Sequence[Score]) -> Iterator[Derived]:
        for score in scores:
            if not score.derived:
                continue
            content = _packed((LAYOUT, repeated(score)))
            place = score.reference.partition("/")[2]
            yield Derived(
                identity=Identity(type="Observation", id=place),
                digest=_digest(self._editions[score.scale.id] + content),
                build=partial(score_observation, score, place=place, patient=patient),
            )

    def _findings(
        self,
        patient: PatientKey,
        chart: Chart,
        responses: Mapping[str, Sequence[Response]],
        ids: Identifiers,
    ) -> Iterator[Derived]:
        for rule in self.rules:
            for finding in rule.find(chart):
                place = _finding_id(finding, ids)
                answered = _dismissed(finding, responses.get(place, ()))
                yield Derived(
                    identity=Identity(type="Observation", id=place),
                    digest=_digest(_packed((LAYOUT, stated(answered, rule)))),
                    build=partial(
                        finding_observation, answered, place=place, patient=patient, indicator=rule
                    ),
                )


def _finding_id(finding: Finding, ids: Identifiers) -> str:
    return ids.finding(
        rule=finding.code, course=finding.course, scale=finding.scale, event=finding.event
    )


def _review(
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


def _place(review: Review, found: Sequence[Course]) -> Course:
    """The latest course that had begun; the first one for what came before it."""
    day_ = review.concern.source.day
    begun = [c for c in found if c.sessions and c.sessions[0].day <= day_]
    return begun[-1] if begun else found[0]


def _dismissed(finding: Finding, responses: Iterable[Response]) -> Finding:
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


_packed = msgspec.msgpack.Encoder().encode


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
