"""From the records of one patient to the scores and findings that follow from them.

The same records give the same result in whatever order they come; no clock is read. What a
correction may not take back is in the records themselves (see `memory`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property, partial
from hashlib import blake2b
from itertools import groupby
from uuid import UUID

import msgspec

from service.clinical.catalogue import Catalogue
from service.clinical.chart import Chart
from service.clinical.charts import by_course, charts, opened
from service.clinical.choices import UNCHANGED, Choices
from service.clinical.course import GAP_DAYS, Course, courses, order
from service.clinical.curves import NO_CURVES, Curves
from service.clinical.facts import AnyFact, Facts, Response, decode, encode
from service.clinical.findings import Finding
from service.clinical.fingerprint import fingerprint
from service.clinical.identifiers import Identifiers
from service.clinical.indicator import Indicator
from service.clinical.known import ByRule, Known, Placed, Result, Said
from service.clinical.memory import remembering
from service.clinical.observations import LAYOUT, finding_observation, stated
from service.clinical.responses import by_finding, dismissed, reviews
from service.clinical.said import Late, measured, same_sessions, then_and_now
from service.clinical.score_observations import edition, repeated, score_observation
from service.clinical.scores import Score, Scorer
from service.clinical.series import series
from service.fhir.resource import Changes, Derived, Identity, PatientKey, Record, Resource
from service.registry import discover

RETRACTED = "entered-in-error"
EDITION = 2
"""Counts up whenever what is read of a resource, its scores or its courses change by code alone: no
revision of a rule says so, and what is stored has to be derived anew."""


def indicators() -> tuple[Indicator, ...]:
    """Every rule of the folder `indicators`, the optional ones among them."""
    return discover("service.clinical.indicators", "INDICATOR", Indicator)


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """The rule engine of one tenant; structurally `interactions.ports.Derivation`."""

    tenant: UUID
    catalogue: Catalogue
    read: Callable[[Resource], Facts]
    """What the rules read of one version of a resource; see `reading`."""
    rules: tuple[Indicator, ...] = field(default_factory=indicators)
    gap_days: int = GAP_DAYS
    curves: Curves = NO_CURVES
    choices: Choices = UNCHANGED
    read_by: tuple[str, ...] = ()
    """What `read` goes by, such as the site's time zone."""
    curves_of: Mapping[UUID, Curves] = field(default_factory=dict)
    """Those of other tenants."""
    _elsewhere: dict[UUID, "Derivation"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def on(self) -> tuple[Indicator, ...]:
        """The rules without those that are off."""
        chosen = self.choices.optional
        return tuple(rule for rule in self.rules if not rule.optional or rule.id in chosen)

    @cached_property
    def _on_what_is_said(self) -> tuple[Indicator, ...]:
        return tuple(rule for rule in self.on if rule.said)

    @cached_property
    def fingerprint(self) -> str:
        """Of rules, definitions and settings: findings derived by another one may differ."""
        rules = [(rule.id, rule.revision, rule.category) for rule in self.rules]
        apart = ("tenant", "read", "rules", "curves_of", "_elsewhere")
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in apart}
        return fingerprint((EDITION, LAYOUT, sorted(rules), rest))

    def of(self, tenant: UUID) -> "Derivation":
        """The same rules for the records of another tenant."""
        if tenant == self.tenant:
            return self
        known = self._elsewhere.get(tenant)
        if known is None:
            known = self._elsewhere[tenant] = replace(
                self, tenant=tenant, curves=self.curves_of.get(tenant, NO_CURVES)
            )
        return known

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
        known = self.known(patient, records)
        return tuple(
            Result(
                course=chart.course,
                scores=tuple(self._scores(patient, chart, known.scored)),
                findings=self._by_rule(patient, self.findings(known, chart)),
            )
            for chart in reversed(known.charts)
        )

    def changes(
        self,
        patient: PatientKey,
        records: Sequence[Record],
        before: Mapping[Identity, bytes | None],
    ) -> Changes | None:
        """The findings on what was said in sessions, where nothing else was written and the
        sessions stayed the same; None where anything may follow."""
        found = self.said(patient, records, before)
        return None if found is None else found.changes

    def said(
        self,
        patient: PatientKey,
        records: Sequence[Record],
        before: Mapping[Identity, bytes | None],
    ) -> Said | None:
        """The same by course and rule. See `said`."""
        facts = then_and_now(records, before)
        if facts is None:
            return None
        then, now = [courses(each, gap_days=self.gap_days) for each in facts]
        if not same_sessions(then, now):
            return None
        ids = Identifiers(self.tenant, patient)
        scored = cache(lambda: self._scored(facts[1], ids))
        given, responses = measured(facts[1], self.catalogue), by_finding(facts[1])
        made = {c.key: Late(partial(lambda c: series(c, scored()), c)) for c in now}
        # Neither forms nor what was answered to a review are said in sessions: they are as before.
        instruments = self.catalogue.instruments
        concerns = Late(partial(reviews, facts[1], responses, ids, instruments))
        falling = cache(lambda: by_course(concerns, now))

        def chart(course: Course) -> Chart:
            return Chart(
                course=course,
                series=made[course.key],
                reviews=Late(lambda: falling()[course.key]),
                open_reviews=Late(lambda: opened(concerns)),
                given=given,
                choices=self.choices,
                curves=self.curves,
            )

        def found(course: Course) -> ByRule:
            placed = self._placed(self._on_what_is_said, ids, responses, chart(course))
            return self._by_rule(patient, placed)

        return Said(then={c.key: found(c) for c in then}, now={c.key: found(c) for c in now})

    def known(self, patient: PatientKey, records: Sequence[Record]) -> Known:
        """What the records say, and the charts that they make."""
        facts = sorted((f for r in records for f in decode(r.facts)), key=order)
        ids = Identifiers(self.tenant, patient)
        scored, responses = self._scored(facts, ids), by_finding(facts)
        return Known(
            ids=ids,
            facts=tuple(facts),
            scored=scored,
            responses=responses,
            charts=self._charts(facts, scored, responses, ids),
        )

    def _scored(self, known: Sequence[AnyFact], ids: Identifiers) -> Mapping[str, Sequence[Score]]:
        scored: dict[str, list[Score]] = defaultdict(list)
        for score in self._scorer.scores(known, ids):
            scored[score.source.reference].append(score)
        return scored

    def findings(self, known: Known, chart: Chart) -> Iterator[Placed]:
        """Every finding of one of the charts."""
        return self._placed(self.on, known.ids, known.responses, chart)

    def _placed(
        self,
        rules: Sequence[Indicator],
        ids: Identifiers,
        responses: Mapping[str, Sequence[Response]],
        chart: Chart,
    ) -> Iterator[Placed]:
        for rule in rules:
            for finding in rule.find(chart):
                place = _finding_id(finding, ids)
                answered = dismissed(finding, responses.get(place, ()))
                yield Placed(place=place, finding=answered, rule=rule, chart=chart)

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
        found = reviews(known, responses, ids, self.catalogue.instruments)
        return [
            replace(chart, choices=self.choices, curves=self.curves)
            for chart in charts(courses(known, gap_days=self.gap_days), scored, found)
        ]

    def _scores(
        self, patient: PatientKey, chart: Chart, scored: Mapping[str, Sequence[Score]]
    ) -> Iterator[Derived]:
        for number, session in enumerate(chart.course.sessions, start=1):
            for reference in session.references:
                given = scored.get(reference, ())
                yield from self._of_form(patient, [_after(s, number, chart) for s in given])

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

    def _by_rule(self, patient: PatientKey, placed: Iterable[Placed]) -> ByRule:
        pairs = groupby(placed, key=lambda each: each.rule.id)
        return {rule: [self._derived(patient, each) for each in found] for rule, found in pairs}

    def _derived(self, patient: PatientKey, placed: Placed) -> Derived:
        finding, rule, place = placed.finding, placed.rule, placed.place
        return Derived(
            identity=Identity(type="Observation", id=place),
            digest=_digest(_packed((LAYOUT, stated(finding, rule)))),
            build=partial(
                finding_observation, finding, place=place, patient=patient, indicator=rule
            ),
        )


def _after(score: Score, session: int, chart: Chart) -> Score:
    """With the score of the session before, where the scale says to look at it."""
    if score.scale.ask_drop is None:
        return score
    known = next(s for s in chart.series if s.scale is score.scale)
    before = [point.score for point in known.points if point.session < session]
    return msgspec.structs.replace(score, last=before[-1]) if before else score


def _finding_id(finding: Finding, ids: Identifiers) -> str:
    return ids.finding(
        rule=finding.code,
        course=finding.course,
        scale=finding.scale or finding.topic,
        event=finding.event,
    )


_packed = msgspec.msgpack.Encoder().encode


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
