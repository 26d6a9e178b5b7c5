"""What is said of a resource before it is stored: refusals, and what will not be used.

An issue of severity `error` refuses the write. A `warning` says that a record is stored and not
scored, or not used; nothing that a patient answered is refused.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from service.clinical import aims, answer_values, answers, expression_rules, finding_rules, raters
from service.clinical.catalogue import Catalogue
from service.clinical.elements import Element, child, codes, each
from service.clinical.moments import first, place, stated
from service.errors import Issue, Severity
from service.fhir.resource import Resource

AHEAD = timedelta(hours=24)
"""How far a record may lie in the future, for clocks and zones that differ."""


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """The port `accept`; `now` is the clock that main hands in."""

    zone: tzinfo
    now: Callable[[], datetime]
    catalogue: Catalogue

    def __call__(self, resource: Resource) -> tuple[Issue, ...]:
        match resource.get("resourceType"):
            case "Observation":
                return tuple(self._observation(resource))
            case "QuestionnaireResponse":
                return tuple(self._response(resource))
            case str(kind) if kind in aims.TYPES:
                return tuple(aims.issues(resource, self.catalogue))
        return ()

    def _observation(self, observation: Resource) -> Iterator[Issue]:
        yield from expression_rules.issues(observation)
        yield from expression_rules.of_scales(observation, self.catalogue)
        yield from finding_rules.issues(observation)
        yield from self._score(observation, "Observation", observation)
        for number, component in each(observation, "component"):
            path = f"Observation.component[{number}]"
            yield from self._score(component, path, observation)
        if self._read(observation):
            yield from self._undated(observation)
            yield from self._future(observation)
        elif finding_rules.answers(child(observation, "code")):
            yield from self._future(observation)

    def _read(self, observation: Resource) -> bool:
        """Whether it is a record of expression, a score or an answer to a safety item."""
        holders = (observation, *(component for _, component in each(observation, "component")))
        return bool(expression_rules.topics(child(observation, "code"))) or any(
            self.catalogue.reads(codes(child(holder, "code"))) for holder in holders
        )

    def _score(self, holder: Element, path: str, observation: Resource) -> Iterator[Issue]:
        """A total that arrives ready-made."""
        named = codes(child(holder, "code"))
        if not any(code in self.catalogue.totals for code in named):
            return
        found = self.catalogue.of_total(named)
        if found is None:
            yield _warning(
                "conflict", f"{path}.code", "names more than one scale, so no score is read."
            )
            return
        scale = found[1]
        value = answer_values.amount(holder)
        if value is None and "dataAbsentReason" not in holder:
            yield _warning(
                "value", f"{path}.value", f"holds no number, so no {scale.title} is read."
            )
        elif value is not None and not scale.low <= value <= scale.high:
            yield _warning(
                "value",
                f"{path}.value",
                f"is outside {scale.low:g}-{scale.high:g}, the range of the {scale.title}; it is "
                "stored and not used.",
            )
        if value is not None and raters.unnamed(scale, observation):
            yield _warning(
                "required",
                raters.place(observation),
                f"is missing, so nobody is named as the rater of the {scale.title}; it is stored "
                "and not used.",
            )

    def _response(self, response: Resource) -> Iterator[Issue]:
        instrument = answers.instrument_of(response, self.catalogue)
        if instrument is None:
            yield Issue(
                severity=Severity.INFORMATION,
                code="not-supported",
                message="QuestionnaireResponse.questionnaire names no questionnaire that is known "
                "here; the response is stored and not scored.",
                expression="QuestionnaireResponse.questionnaire",
            )
            return
        for problem in answers.read(response, instrument).problems:
            yield Issue(
                severity=Severity.WARNING,
                code="value",
                message=problem.message,
                expression=problem.expression,
            )
        yield from self._undated(response)
        yield from self._future(response)

    def _undated(self, resource: Resource) -> Iterator[Issue]:
        if first(stated(resource), self.zone) is None:
            yield _warning(
                "required", place(resource), "is missing; the record is stored and not scored."
            )

    def _future(self, resource: Resource) -> Iterator[Issue]:
        moment = first(stated(resource), self.zone)
        if moment is not None and moment > self.now() + AHEAD:
            yield Issue(
                code="business-rule",
                message=f"{place(resource)} lies more than 24 hours in the future.",
                expression=place(resource),
            )


def _warning(code: str, path: str, sentence: str) -> Issue:
    return Issue(
        severity=Severity.WARNING, code=code, message=f"{path} {sentence}", expression=path
    )
