"""$explain: one finding or score with every input, each step of its arithmetic, and what would
change it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.clinical import input_values, score_explanation
from service.clinical.canonical import RULE, operation_definition
from service.clinical.derive import Derivation
from service.clinical.elements import text as member
from service.clinical.explanation import Account, Part, Step, plain
from service.clinical.findings import Input
from service.clinical.input_values import Told
from service.clinical.known import Known, Placed
from service.clinical.observation_values import filled, value_element
from service.clinical.scores import Score
from service.clinical.series import read
from service.errors import BadRequest, NotFound
from service.fhir.given import Given, text
from service.fhir.primitives import ID
from service.fhir.references import local
from service.fhir.resource import Identity, PatientKey, Record, Resource

NAME = "explain"
DEFINITION = operation_definition("patient-explain")
DOCUMENTATION = (
    "How one finding or score of a patient came about: every input with its value, each step of "
    "the arithmetic with its formula and source, and what would change it; also as plain text."
)
PARAMETERS = ("finding",)


def explain(
    given: Given,
    *,
    derivation: Derivation,
    patient: PatientKey,
    records: Sequence[Record],
    base_url: str,
    seen: Collection[Identity] | None = None,
) -> Resource:
    """Parameters, computed from the records as they are now; of what is not `seen` nothing is
    shown, None for all.

    Raises `BadRequest` where no finding is named, `NotFound` for one that does not stand.
    """
    place = _asked(given, base_url)
    known = derivation.known(patient, records)
    account = _of_finding(derivation, known, place) or _of_score(derivation, known, place)
    if account is None or not _shown(f"Observation/{place}", seen):
        raise NotFound(
            "The patient has no finding or score of that id that stands; one that no longer "
            "follows from the records has the status entered-in-error."
        )
    inputs = tuple(part for part in account.inputs if _shown(part.reference, seen))
    return _parameters(replace(account, inputs=inputs))


def _shown(reference: str, seen: Collection[Identity] | None) -> bool:
    kind, _, id_ = reference.partition("/")
    return seen is None or Identity(type=kind, id=id_) in seen


def _asked(given: Given, base_url: str) -> str:
    asked = _named(given)
    if asked is None:
        raise BadRequest(
            "The parameter 'finding' is needed: an Observation of the patient, such as "
            "Observation/[id]."
        )
    identity = local(asked, base_url)
    if identity is not None and identity.type == "Observation":
        return identity.id
    if ID.fullmatch(asked):
        return asked
    raise BadRequest("The parameter 'finding' takes Observation/[id] or an id.")


def _named(given: Given) -> str | None:
    """What a query says in text, and a body in text or as a Reference."""
    values = given.get("finding", ())
    if len(values) == 1 and isinstance(values[0], Mapping):
        return member(values[0], "reference") or ""
    return text(given, "finding")


def _of_finding(derivation: Derivation, known: Known, place: str) -> Account | None:
    for chart in known.charts:
        for placed in derivation.findings(known, chart):
            if placed.place == place:
                return _account(placed, known, derivation)
    return None


def _account(placed: Placed, known: Known, derivation: Derivation) -> Account:
    finding, rule = placed.finding, placed.rule
    told = _told(known, derivation)
    explanation = rule.explain(placed.chart, finding)
    return Account(
        place=placed.place,
        title=rule.title,
        rule=rule.id,
        method=f"{rule.id}, revision {rule.revision}",
        sentence=finding.sentence,
        inputs=tuple(
            part
            for use, inputs in (("measured", finding.inputs), ("beside", finding.beside))
            for part in _parts(inputs, told, use)
        ),
        explanation=explanation,
        sources=rule.sources,
    )


def _of_score(derivation: Derivation, known: Known, place: str) -> Account | None:
    reference = f"Observation/{place}"
    found = (s for scores in known.scored.values() for s in scores if s.reference == reference)
    score = next((s for s in found if s.derived), None)
    if score is None:
        return None
    told = {score.source.reference: [input_values.of_fact(score.source, derivation.catalogue)]}
    form = Input(
        reference=score.source.reference,
        at=score.source.at,
        day=score.source.day,
        effective=score.source.effective,
    )
    return Account(
        place=place,
        title=score.scale.title,
        rule=None,
        method=f"{score.instrument.id}, version {score.instrument.version}",
        sentence=score_explanation.sentence(score),
        inputs=tuple(_parts([form], told, "measured")),
        explanation=score_explanation.explained(score),
        sources=score.instrument.sources,
    )


def _told(known: Known, derivation: Derivation) -> Mapping[str, Sequence[Told]]:
    """What stands under each reference: the scores, and all that was recorded."""
    told: dict[str, list[Told]] = {}
    for fact in known.facts:
        said = input_values.of_fact(fact, derivation.catalogue)
        told.setdefault(fact.reference, []).append(said)
    scores: Iterable[Score] = (s for scored in known.scored.values() for s in scored)
    told |= {read(score).reference: [input_values.of_score(score)] for score in scores}
    return told


def _parts(inputs: Iterable[Input], told: Mapping[str, Sequence[Told]], use: str) -> Iterator[Part]:
    for each in inputs:
        for title, value in told.get(each.reference, ()):
            yield Part(
                reference=each.reference,
                effective=each.effective,
                day=each.day if each.effective else None,
                title=title,
                value=value,
                use=use,
            )


def _parameters(account: Account) -> Resource:
    rule = [{"system": RULE, "code": account.rule}] if account.rule else []
    method = filled({"coding": rule, "text": account.method})
    told: list[Mapping[str, Any]] = [
        {"name": "finding", "valueReference": {"reference": f"Observation/{account.place}"}},
        {"name": "method", "valueCodeableConcept": method},
        {"name": "sentence", "valueString": account.sentence},
        *({"name": "input", "part": list(_input(part))} for part in account.inputs),
        *({"name": "step", "part": list(_step(step))} for step in account.explanation.steps),
        *(
            {"name": "would-change", "valueString": sentence}
            for sentence in account.explanation.would_change
        ),
        {"name": "text", "valueString": plain(account)},
    ]
    return {"resourceType": "Parameters", "parameter": told}


def _input(part: Part) -> Iterator[Mapping[str, Any]]:
    yield {"name": "reference", "valueReference": {"reference": part.reference}}
    yield {"name": "use", "valueCode": part.use}
    yield {"name": "title", "valueString": part.title}
    if part.effective:
        yield {"name": "date", "valueDateTime": part.effective}
    element = value_element(part.value)
    if "dataAbsentReason" in element:
        yield {"name": "absent", "valueCodeableConcept": element["dataAbsentReason"]}
    else:
        yield {"name": "value", **element}


def _step(step: Step) -> Iterator[Mapping[str, Any]]:
    yield {"name": "title", "valueString": step.title}
    yield {"name": "formula", "valueString": step.formula}
    yield {"name": "working", "valueString": step.working}
    if step.source is not None:
        yield {"name": "source", "valueString": step.source.citation}
        yield {"name": "standing", "valueCode": step.source.standing.value}
        if step.source.doi:
            yield {"name": "doi", "valueUri": f"https://doi.org/{step.source.doi}"}
