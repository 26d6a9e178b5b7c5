"""Resources of the kinds a clinic stores, in plausible proportions, with random contents."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

BASE = "https://attune-outcomes.org/fhir"
LOINC = "http://loinc.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PHQ_9 = (
    "44250-9",
    "44255-8",
    "44259-0",
    "44254-1",
    "44251-7",
    "44258-2",
    "44252-5",
    "44253-3",
    "44260-8",
)
GAD_7 = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
ANSWERS = (
    ("LA6568-5", "Not at all"),
    ("LA6569-3", "Several days"),
    ("LA6570-1", "More than half the days"),
    ("LA6571-9", "Nearly every day"),
)
SCORES = (
    ("phq-9", "44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score", 27),
    ("gad-7", "70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score", 21),
    ("ors", None, "Outcome Rating Scale total", 40),
    ("srs", None, "Session Rating Scale total", 40),
    ("wai-sr", None, "Working Alliance Inventory, short revised, total", 5),
    ("aaq-ii", None, "Acceptance and Action Questionnaire II total", 49),
)
COMPONENTS = {
    "expression-presence": "tears tears-held-back eyes-filled no-tears-emotion-shared none",
    "expression-timing": "opening middle closing after-session",
    "expression-topic": "loss conflict-in-relationship feeling-alone feeling-powerless overload",
    "expression-intensity": "none-seen slight clear full",
    "expression-form": "quiet-tears sobbing restrained protesting grieving relieved other",
    "emotion-during": "sadness grief anger fear shame guilt loneliness tenderness relief joy",
    "emotion-after": "sadness grief relief joy numb other",
    "mood-change-after": "better same worse mixed too-soon-to-say",
    "therapist-response": "stayed-present named-feeling explored-feeling linked-to-history paused",
    "patient-meaning": "facing-pain trust-in-therapist new-way-of-seeing release not-discussed",
}
FINDINGS = (
    ("safety-review", "Item 9 of the PHQ-9 was answered {a} on {d}. Consider asking about it."),
    ("reliable-change", "The PHQ-9 total fell {a} points since {d} (threshold 6)."),
    ("clinical-status", "The PHQ-9 total is {a} on {d}; the clinical range begins at 10."),
    ("alliance-level", "The SRS total is {a} on {d}; ask below 36."),
    ("alliance-strain", "The alliance was rated {a} points lower on {d} than in earlier sessions."),
    ("pace", "Something was expressed in {a} of the sessions recorded since {d}."),
    ("first-expression", "Tears were first recorded in session {a}, on {d}."),
)
DEVICES = (
    ("8867-4", "Heart rate", "/min"),
    ("29463-7", "Body Weight", "kg"),
    ("8302-2", "Body Height", "cm"),
    ("72514-3", "Pain severity - 0-10 verbal numeric rating", "{score}"),
)
Made = dict[str, Any]


def samples(count: int, seed: int = 7) -> Iterator[Made]:
    """`count` resources without an id; the same for the same seed."""
    random = Random(seed)  # noqa: S311  (not a secret)
    kinds = (_score, _finding, _expression, _response, _encounter, _vital, _patient, _episode)
    for kind in random.choices(kinds, weights=(30, 22, 14, 14, 8, 6, 2, 2), k=count):
        yield kind(random)


def _id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _moment(random: Random) -> str:
    moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(1_500_000))
    zone = random.choice(("Z", "+01:00", "+02:00", "-05:00"))
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + zone


def _coding(system: str, code: str, display: str | None = None) -> Made:
    return {"system": system, "code": code} | ({"display": display} if display else {})


def _concept(system: str, code: str, display: str | None = None) -> Made:
    return {"coding": [_coding(system, code, display)]}


def _reference(random: Random, type_name: str) -> Made:
    return {"reference": f"{type_name}/{_id(random)}"}


def _observation(random: Random, category: str, code: Made, **rest: Any) -> Made:
    return {
        "resourceType": "Observation",
        "status": random.choices(("final", "amended"), (9, 1))[0],
        "category": [_concept(CATEGORY, category)],
        "code": code,
        "subject": _reference(random, "Patient"),
        "encounter": _reference(random, "Encounter"),
        "effectiveDateTime": _moment(random),
        **rest,
    }


def _score(random: Random) -> Made:
    name, loinc, display, top = random.choice(SCORES)
    codings = [_coding(LOINC, loinc, display)] if loinc else []
    value = random.randrange(top * 10) / 10 if top in (5, 40) else random.randrange(top + 1)
    return _observation(
        random,
        "survey",
        {"coding": [*codings, _coding(f"{BASE}/CodeSystem/scale", name)], "text": display},
        derivedFrom=[_reference(random, "QuestionnaireResponse")],
        device=_reference(random, "Device"),
        method=_concept(f"{BASE}/CodeSystem/rule", f"{name}-score"),
        valueQuantity=_quantity(value),
    )


def _quantity(value: float, unit: str = "{score}") -> Made:
    return {
        "value": value,
        "unit": unit.strip("{}"),
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }


def _finding(random: Random) -> Made:
    rule, sentence = random.choice(FINDINGS)
    said = sentence.format(a=random.randrange(1, 20), d=_moment(random)[:10])
    system = f"{BASE}/CodeSystem/finding"
    parts = ("before", "after", "threshold", "change", "baseline-session", "latest-session")
    return _observation(
        random,
        "therapy" if rule in ("pace", "first-expression") else "survey",
        _concept(system, rule),
        text={
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{said}</div>',
        },
        note=[{"text": said}],
        method=_concept(f"{BASE}/CodeSystem/rule", f"{rule}|1"),
        device=_reference(random, "Device"),
        derivedFrom=[_reference(random, "Observation") for _ in range(random.randrange(1, 6))],
        valueCodeableConcept=_concept(system, random.choice(("improved", "worse", "no-change"))),
        component=[
            {"code": _concept(system, part), "valueQuantity": _quantity(random.randrange(28))}
            for part in random.sample(parts, random.randrange(2, 5))
        ],
    )


def _expression(random: Random) -> Made:
    system = f"{BASE}/CodeSystem/expression"
    chosen = random.sample(sorted(COMPONENTS), random.randrange(2, 8))
    return _observation(
        random,
        "therapy",
        _concept(system, "expression-episode"),
        performer=[_reference(random, "Practitioner")],
        component=[
            {
                "code": _concept(system, code),
                "valueCodeableConcept": _concept(system, random.choice(COMPONENTS[code].split())),
            }
            for code in chosen
        ],
    )


def _response(random: Random) -> Made:
    panel, items = random.choice((("44249-1", PHQ_9), ("69737-5", GAD_7)))
    prefix = random.choice(("", "/"))
    ours = random.random() < 0.5
    canonical = f"{BASE}/Questionnaire/{'phq-9' if items is PHQ_9 else 'gad-7'}|1.0.0"
    answered: list[Made] = []
    for number, item in enumerate(items, 1):
        value = random.randrange(4)
        coding = _coding(LOINC, *ANSWERS[value])
        answer = {"valueInteger": value} if ours else {"valueCoding": coding}
        answered.append({"linkId": str(number) if ours else prefix + item, "answer": [answer]})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": canonical if ours else f"http://loinc.org/q/{panel}",
        "status": "completed",
        "subject": _reference(random, "Patient"),
        "encounter": _reference(random, "Encounter"),
        "authored": _moment(random),
        "author": _reference(random, "Patient"),
        "source": _reference(random, "Patient"),
        "item": answered,
    }


def _encounter(random: Random) -> Made:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": _coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory"),
        "subject": _reference(random, "Patient"),
        "episodeOfCare": [_reference(random, "EpisodeOfCare")],
        "participant": [{"individual": _reference(random, "Practitioner")}],
        "period": {"start": _moment(random), "end": _moment(random)},
    }


def _vital(random: Random) -> Made:
    code, display, unit = random.choice(DEVICES)
    return _observation(
        random,
        "vital-signs",
        _concept(LOINC, code, display) | {"text": display},
        issued=_moment(random),
        valueQuantity=_quantity(random.randrange(400, 1200) / 10, unit),
    )


def _patient(random: Random) -> Made:
    return {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:2.16.840.1.113883.4.1", "value": _id(random)[:9]}],
        "active": True,
        "name": [{"use": "official", "family": _id(random)[:6], "given": [_id(random)[:5]]}],
        "telecom": [{"system": "phone", "value": _id(random)[:10], "use": "home"}],
        "gender": random.choice(("female", "male", "other", "unknown")),
        "birthDate": _moment(random)[:10],
    }


def _episode(random: Random) -> Made:
    return {
        "resourceType": "EpisodeOfCare",
        "status": random.choice(("active", "finished")),
        "patient": _reference(random, "Patient"),
        "careManager": _reference(random, "Practitioner"),
        "period": {"start": _moment(random)[:10]},
    }
