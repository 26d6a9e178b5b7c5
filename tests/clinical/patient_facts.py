"""Builders of what the rules read: one patient, one session a week from 5 January 2026."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from service.clinical import facts
from service.clinical.catalogue import catalogue
from service.clinical.chart import Chart
from service.clinical.course import courses, order
from service.clinical.derive import Derivation
from service.clinical.identifiers import Identifiers
from service.clinical.scores import Score, Scorer
from service.clinical.series import series
from service.fhir.resource import Identity, PatientKey, Record, Resource

FIRST = datetime(2026, 1, 5, 10, tzinfo=UTC)
PATIENT = PatientKey("p1")


def unread(resource: Resource) -> facts.Facts:
    """Facts are built here, not read from resources."""
    return ()


ENGINE = Derivation(tenant=UUID(int=1), catalogue=catalogue(), read=unread)


def moment(day: date, hour: int = 10) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return {"effective": at.isoformat(), "at": at, "day": day}


def week(number: float, hour: int = 10) -> dict[str, Any]:
    """When session `number` is; fractions of a week are days later."""
    return moment((FIRST + timedelta(days=round(7 * (number - 1)))).date(), hour)


def phq9(number: float, total: int | None = None, **more: Any) -> facts.Answers:
    """A PHQ-9 of session `number` with that total up to 24 and item 9 answered 0, or `values`."""
    given = dict[int, float]()
    if total is not None:
        given = {i: float(min(3, max(0, total - 3 * (i - 1)))) for i in range(1, 9)} | {9: 0.0}
    return form("phq-9", number, given, **more)


def wai(number: float, points: int, **more: Any) -> facts.Answers:
    """A WAI-SR whose twelve answers sum to `points`, 12 to 60."""
    whole, rest = divmod(points, 12)
    values = {i: float(whole + (1 if i <= rest else 0)) for i in range(1, 13)}
    return form("wai-sr", number, values, **more)


def form(instrument: str, number: float, values: Mapping[int, float], **more: Any) -> facts.Answers:
    given: dict[str, Any] = {
        "reference": f"QuestionnaireResponse/{instrument}-{number:g}",
        "instrument": instrument,
        "values": dict(values),
        **week(number),
    }
    return facts.Answers(**given | more)


def ready_made(number: float, scale: str, points: float, **more: Any) -> facts.Total:
    given: dict[str, Any] = {
        "reference": f"Observation/total-{scale}-{number:g}",
        "scale": scale,
        "value": points,
        **week(number),
    }
    return facts.Total(**given | more)


def met(number: float, **more: Any) -> facts.Session:
    """An Encounter `e[number]`."""
    given: dict[str, Any] = {
        "reference": f"Encounter/e{number:g}",
        "id": f"e{number:g}",
        "status": "finished",
        **week(number),
    }
    return facts.Session(**given | more)


def episode(name: str, first: date, until: date | None = None) -> facts.Episode:
    return facts.Episode(
        reference=f"EpisodeOfCare/{name}", id=name, until=until, **moment(first, 0)
    )


def expressed(number: float, presence: str, **codes: Sequence[str]) -> facts.Expression:
    """Codes by component, with `_` for `-`."""
    return facts.Expression(
        reference=f"Observation/expression-{number:g}",
        presence=presence,
        codes={name.replace("_", "-"): tuple(given) for name, given in codes.items()},
        **week(number),
    )


def remark(session: float, topic: str, code: str | None = None, **more: Any) -> facts.Remark:
    given: dict[str, Any] = {
        "reference": f"Observation/{topic}-{session:g}",
        "topic": topic,
        "code": code,
        **week(session, 11),
    }
    return facts.Remark(**given | more)


def answer_to(finding: Resource, topic: Any, number: float, **more: Any) -> facts.Response:
    given: dict[str, Any] = {
        "reference": f"Observation/{topic}-{number:g}",
        "topic": topic,
        "focus": finding["id"],
        **week(number, 12),
    }
    return facts.Response(**given | more)


def records(given: Iterable[facts.AnyFact]) -> list[Record]:
    """One stored record for each resource."""
    by_resource: dict[str, list[facts.AnyFact]] = {}
    for fact in given:
        by_resource.setdefault(fact.reference, []).append(fact)
    found = []
    for reference, said in by_resource.items():
        kind, _, name = reference.partition("/")
        identity = Identity(type=kind, id=name)
        found.append(Record(identity=identity, facts=facts.encode(tuple(said))))
    return found


def derived(*given: facts.AnyFact, engine: Derivation = ENGINE) -> list[Resource]:
    return [d.build() for d in engine.derive(PATIENT, records(given))]


def of(code: str, *given: facts.AnyFact, engine: Derivation = ENGINE) -> list[Resource]:
    """Findings of one code, or scores of one scale, in order of time."""
    found = [o for o in derived(*given, engine=engine) if code in codes(o)]
    return sorted(found, key=lambda o: (o.get("effectiveDateTime", ""), o["id"]))


def one(code: str, *given: facts.AnyFact, engine: Derivation = ENGINE) -> Resource:
    found = of(code, *given, engine=engine)
    assert len(found) == 1, [says(o) for o in found]
    return found[0]


def about(title: str, code: str, *given: facts.AnyFact) -> Resource:
    """The one finding of that code whose text names the scale."""
    (found,) = [o for o in of(code, *given) if title in says(o)]
    return found


def charts(*given: facts.AnyFact) -> list[Chart]:
    """The courses as the rules read them, without what is open in the record."""
    known = sorted(given, key=order)
    scored: dict[str, list[Score]] = defaultdict(list)
    scorer = Scorer(ENGINE.catalogue.instruments)
    for score in scorer.scores(known, Identifiers(ENGINE.tenant, PATIENT)):
        scored[score.source.reference].append(score)
    return [Chart(course=c, series=series(c, scored)) for c in courses(known)]


def codes(observation: Resource) -> set[str]:
    return {coding["code"] for coding in observation["code"]["coding"]}


def value(observation: Resource) -> Any:
    """The code, number, ratio or text of an Observation or a component; None where absent."""
    for key, held in observation.items():
        if key == "valueCodeableConcept":
            return held["coding"][0]["code"]
        if key == "valueQuantity":
            return float(held["value"])
        if key == "valueRatio":
            return int(held["numerator"]["value"]), int(held["denominator"]["value"])
        if key.startswith("value"):
            return held
    return None


def parts(observation: Resource, code: str) -> list[Any]:
    """The values of the components of that code."""
    return [
        value(component)
        for component in observation.get("component", ())
        if component["code"]["coding"][0]["code"] == code
    ]


def part(observation: Resource, code: str) -> Any:
    (found,) = parts(observation, code)
    return found


def sources(observation: Resource) -> list[str]:
    return [source["reference"] for source in observation.get("derivedFrom", ())]


def says(observation: Resource) -> str:
    return observation["note"][0]["text"]
