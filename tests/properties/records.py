"""Small records of two patients as hypothesis makes them: every kind of source, in many forms.

Ids are few, so that a later resource often corrects, moves or contradicts an earlier one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from service.clinical.canonical import (
    ANSWER,
    EXPRESSION,
    FINDING,
    LOINC,
    OBSERVATION_CATEGORY,
    ORDINAL_VALUE,
    SCALE,
    questionnaire,
)
from service.clinical.identifiers import Identifiers
from service.fhir.access import LOCAL_TENANT
from service.fhir.resource import PatientKey
from tests.properties.clinic import BASE

Resource = dict[str, Any]

PATIENTS = ("a", "b")
DAYS = (
    "2025-01-06", "2025-01-13", "2025-01-20", "2025-01-27", "2025-02-03", "2025-02-10",
    "2025-09-01", "2025-09-08",
)  # fmt: skip
"""Weeks of one course, then of another after more than half a year."""
TIMES = (
    *["T09:00:00Z"] * 5, "",
    "T10:00:00+01:00", "T10:00:00.5+01:00", "T23:30:00Z", "T00:15:00+02:00",
)  # fmt: skip
"""Mostly the same instant, so that records tie; a bare date; instants whose day depends on the
zone."""
LABELS = ("R", "V")
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"

PHQ_9_ITEMS = (
    "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3",
    "44260-8",
)  # fmt: skip
GAD_7_ITEMS = ("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7")
LA = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
FORMS: Mapping[str, tuple[int, int, int]] = {
    "phq-9": (9, 0, 3),
    "gad-7": (7, 0, 3),
    "wai-sr": (12, 1, 5),
    "srs": (4, 4, 10),
    "ors": (4, 0, 10),
    "aaq-ii": (7, 1, 7),
}
"""Instrument -> number of items, lowest and highest answer generated."""
CODED = {"phq-9": PHQ_9_ITEMS, "gad-7": GAD_7_ITEMS}
PANELS = {"phq-9": "44249-1", "gad-7": "69737-5"}

DATE_TIMES = st.builds(str.__add__, st.sampled_from(DAYS), st.sampled_from(TIMES))
MAYBE_DATED = st.integers(0, 9).flatmap(lambda n: DATE_TIMES if n else st.none())
SUBJECTS = st.sampled_from(["a", "a", "a", "a", "b"])
NUMBERS = st.integers(0, 7)
SESSIONS = st.none() | st.integers(0, 7).map(lambda n: f"e{n}")


def _named(kind: str, name: str) -> st.SearchStrategy[Resource]:
    """The same reference as clients write it: relative, absolute, of a version."""
    local = f"{kind}/{name}"
    return st.sampled_from([local, local, f"{BASE}/{local}", f"{local}/_history/1"]).map(
        lambda text: {"reference": text}
    )


def _coding(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def given_only(**elements: Any) -> Resource:
    """Without what is None."""
    return {name: value for name, value in elements.items() if value is not None}


@st.composite
def _frames(draw: st.DrawFn, kind: str, letter: str) -> Resource:
    """Id, patient, session and labels."""
    session = draw(SESSIONS)
    label = draw(st.sampled_from([None] * 6 + list(LABELS)))
    security = [{"system": CONFIDENTIALITY, "code": label}] if label else None
    return given_only(
        resourceType=kind,
        id=f"{letter}{draw(NUMBERS)}",
        meta={"security": security} if security else None,
        subject=draw(_named("Patient", draw(SUBJECTS))),
        encounter=draw(_named("Encounter", session)) if session else None,
    )


@st.composite
def encounters(draw: st.DrawFn) -> Resource:
    """Session `e3` mostly lies on the day numbered 3, so that two share a day now and then."""
    number = draw(st.integers(0, 7))
    day = draw(st.sampled_from([DAYS[number]] * 4 + list(DAYS)))
    course = draw(st.sampled_from([None, None, "c0", "c1"]))
    return given_only(
        resourceType="Encounter",
        id=f"e{number}",
        status=draw(
            st.sampled_from(["finished"] * 5 + ["planned", "cancelled", "entered-in-error"])
        ),
        **{"class": {"code": "AMB"}},
        subject=draw(_named("Patient", draw(SUBJECTS))),
        period={"start": day + draw(st.sampled_from(TIMES))},
        episodeOfCare=[draw(_named("EpisodeOfCare", course))] if course else None,
    )


@st.composite
def episodes(draw: st.DrawFn) -> Resource:
    first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
    return {
        "resourceType": "EpisodeOfCare",
        "id": draw(st.sampled_from(["c0", "c1"])),
        "status": draw(st.sampled_from(["active", "finished", "entered-in-error"])),
        "patient": draw(_named("Patient", draw(SUBJECTS))),
        "period": {"start": first, **draw(st.sampled_from([{}, {"end": last}]))},
    }


def _written(value: int, how: str) -> Resource:
    """One answer in one of the forms that renderers give it."""
    match how:
        case "decimal":
            return {"valueDecimal": value}
        case "quantity":
            return {"valueQuantity": {"value": value}}
        case "ordinal":
            extension = [{"url": ORDINAL_VALUE, "valueDecimal": value}]
            coding = {"system": "http://example.org/answers", "code": "x", "extension": extension}
            return {"valueCoding": coding}
        case "own":
            return {"valueCoding": {"system": ANSWER, "code": str(value)}}
        case "loinc":
            return {"valueCoding": {"system": LOINC, "code": LA[value]}}
        case "text":
            return {"valueString": str(value)}
    return {"valueInteger": value}


@st.composite
def _answers(draw: st.DrawFn, instrument: str) -> list[Resource]:
    count, low, high = FORMS[instrument]
    coded = instrument in CODED
    links = [str(n) for n in range(1, count + 1)]
    if coded and draw(st.booleans()):
        slash = draw(st.sampled_from(["", "/", "/panel/"]))
        links = [slash + code for code in CODED[instrument]]
    forms = ["integer", "decimal", "quantity", "ordinal", "own", *(["loinc"] if coded else [])]
    how = draw(st.sampled_from(forms))
    # A level with a spread makes courses that rise and fall; independent answers are all alike.
    level = draw(st.integers(low, high))
    values = [min(high, max(low, level + draw(st.integers(-1, 1)))) for _ in links]
    if instrument == "phq-9":
        values[-1] = draw(st.sampled_from([0, 0, 0, 1, 2, 3]))
    items = [
        {"linkId": link, "answer": [_written(value, how)]}
        for link, value in zip(links, values, strict=True)
    ]
    return draw(_damaged(items, high))


@st.composite
def _damaged(draw: st.DrawFn, items: Sequence[Resource], high: int) -> list[Resource]:
    """Mostly as it was; else with what forms come with: gaps, and answers that cannot be used."""
    place = draw(st.integers(0, len(items) - 1))
    kept = list(items)
    match draw(
        st.sampled_from([""] * 5 + ["last", "one", "many", "range", "twice", "more", "text"])
    ):
        case "last":
            kept.pop()
        case "one":
            kept.pop(place)
        case "many":
            kept = kept[place:]
        case "range":
            kept[place] = {**kept[place], "answer": [{"valueInteger": high + 2}]}
        case "twice":
            both = [{"valueInteger": high}, {"valueInteger": high - 1}]
            kept[place] = {**kept[place], "answer": both}
        case "more":
            kept.append({"linkId": "x", "answer": [{"valueInteger": 1}]})
        case "text":
            kept[place] = {**kept[place], "answer": [_written(1, "text")]}
    return kept


@st.composite
def responses(draw: st.DrawFn, instruments: Sequence[str]) -> Resource:
    instrument = draw(st.sampled_from(instruments))
    canonicals: list[str | None] = [questionnaire(instrument)] * 4
    if instrument in PANELS:
        canonicals.append(f"http://loinc.org/q/{PANELS[instrument]}|2.77")
    canonicals += ["http://example.org/unknown", None]
    statuses = ["completed"] * 6 + ["amended", "in-progress", "stopped", "entered-in-error"]
    return given_only(
        **draw(_frames("QuestionnaireResponse", "q")),
        questionnaire=draw(st.sampled_from(canonicals)),
        status=draw(st.sampled_from(statuses)),
        authored=draw(MAYBE_DATED),
        item=draw(_answers(instrument)),
    )


STATUSES = st.sampled_from(
    ["final"] * 6 + ["amended", "preliminary", "cancelled", "entered-in-error"]
)


@st.composite
def totals(draw: st.DrawFn) -> Resource:
    """A score that arrives ready-made, at times with its item 9, at times out of range."""
    system, code, low, high = draw(
        st.sampled_from(
            [(LOINC, "44261-6", 0, 29)] * 3 + [(LOINC, "70274-6", 0, 21), (SCALE, "aaq-ii", 7, 49)]
        )
    )
    points = draw(st.integers(low, high) | st.integers(max(low, high - 5), high))
    item = draw(st.sampled_from([None, None, 0, 1, 3]))
    component = [{"code": _coding(LOINC, "44260-8"), "valueInteger": item}]
    return given_only(
        **draw(_frames("Observation", "t")),
        status=draw(STATUSES),
        code=_coding(system, code),
        effectiveDateTime=draw(MAYBE_DATED),
        valueQuantity={"value": points},
        component=None if item is None else component,
    )


@st.composite
def risk_items(draw: st.DrawFn) -> Resource:
    """Item 9 on its own."""
    answer = draw(
        st.sampled_from(
            [
                *({"valueInteger": n} for n in (0, 1, 2, 3, 5)),
                {"valueCodeableConcept": _coding(LOINC, "LA6570-1")},
                {"dataAbsentReason": {"text": "not asked"}},
            ]
        )
    )
    return given_only(
        **draw(_frames("Observation", "i")),
        status=draw(STATUSES),
        code=_coding(LOINC, "44260-8"),
        effectiveDateTime=draw(MAYBE_DATED),
        **answer,
    )


def _part(code: str, value: str | int) -> Resource:
    """A component of a record of expression."""
    held: Resource = {"valueInteger": value}
    if isinstance(value, str):
        held = {"valueCodeableConcept": _coding(EXPRESSION, value)}
    return {"code": _coding(EXPRESSION, code), **held}


def _therapy(frame: Resource, code: str, **elements: Any) -> Resource:
    category = [_coding(OBSERVATION_CATEGORY, "therapy")]
    return given_only(**frame, category=category, code=_coding(EXPRESSION, code), **elements)


PRESENCES = (
    "tears",
    "tears",
    "tears-held-back",
    "eyes-filled",
    "none",
    "none",
    "prefer-not-to-record",
)
ACTS = ("stayed-present", "encouraged-expression", "pressed-for-expression")
MEANINGS = ("facing-pain", "trust-in-therapist", "overwhelmed", "not-discussed")


@st.composite
def expressions(draw: st.DrawFn) -> Resource:
    parts = [_part("expression-presence", draw(st.sampled_from(PRESENCES)))]
    parts += [_part("therapist-act-before", a) for a in draw(st.sets(st.sampled_from(ACTS)))]
    parts += [_part("therapist-response", a) for a in draw(st.sets(st.sampled_from(ACTS)))]
    parts += [_part("patient-meaning", m) for m in draw(st.sets(st.sampled_from(MEANINGS)))]
    return _therapy(
        draw(_frames("Observation", "x")),
        "expression-episode",
        status=draw(STATUSES),
        effectiveDateTime=draw(DATE_TIMES),
        component=parts,
    )


@st.composite
def remarks(draw: st.DrawFn) -> Resource:
    """Single Observations of CodeSystem `expression`, by the patient or by somebody else."""
    frame = draw(_frames("Observation", "r"))
    by = draw(st.sampled_from(["Patient/a", "Patient/b", "Practitioner/t"]))
    topic, value = draw(
        st.one_of(
            *[st.tuples(st.just("pace-wish"), st.sampled_from(["go-on", "slower", "stop"]))] * 2,
            st.tuples(
                st.sampled_from(["pace-felt", "trust-in-therapist", "acceptance-of-suffering"]),
                st.integers(0, 10),
            ),
            st.tuples(st.just("crying-belief"), st.sampled_from(["seen-as-weak", "tears-help"])),
            st.tuples(
                st.just("session-attendance"),
                st.sampled_from(["attended", "did-not-attend", "cancelled-by-therapist"]),
            ),
        )
    )
    belief = [_part("under-question", draw(st.sampled_from(["yes", "no"])))]
    if draw(st.booleans()):
        belief.append(_part("belief-strength", draw(st.integers(0, 10))))
    said: Resource = {"valueInteger": value}
    if isinstance(value, str):
        said = {"valueCodeableConcept": _coding(EXPRESSION, value)}
    return _therapy(
        frame,
        topic,
        status=draw(STATUSES),
        effectiveDateTime=draw(DATE_TIMES),
        performer=[{"reference": by}],
        component=belief if topic == "crying-belief" else None,
        **said,
    )


@st.composite
def acknowledgements(draw: st.DrawFn) -> Resource:
    frame = draw(_frames("Observation", "k"))
    source = draw(
        st.sampled_from([*["QuestionnaireResponse/q"] * 3, "Observation/t", "Observation/i"])
    )
    event = f"{source}{draw(NUMBERS)}"
    place = _finding(frame, rule="safety-review", scale="phq-9/9", event=event)
    return given_only(
        **frame,
        status=draw(STATUSES),
        code=_coding(FINDING, "safety-acknowledgement"),
        focus=[{"reference": f"Observation/{place}"}],
        effectiveDateTime=draw(DATE_TIMES),
        performer=[{"reference": "Practitioner/t"}],
    )


@st.composite
def dismissals(draw: st.DrawFn) -> Resource:
    frame = draw(_frames("Observation", "d"))
    course = draw(st.sampled_from([DAYS[0], DAYS[1], DAYS[6], "EpisodeOfCare/c0"]))
    rule, scale = draw(
        st.sampled_from(
            [("reliable-change", "phq-9"), ("clinical-status", "phq-9"), ("pace", None)]
        )
    )
    place = _finding(frame, rule=rule, course=course, scale=scale)
    return given_only(
        **frame,
        status=draw(STATUSES),
        code=_coding(FINDING, "finding-dismissal"),
        focus=[{"reference": f"Observation/{place}"}],
        effectiveDateTime=draw(DATE_TIMES),
        valueCodeableConcept=_coding(
            FINDING, draw(st.sampled_from(["already-known", "not-relevant"]))
        ),
    )


def _finding(
    frame: Resource,
    *,
    rule: str,
    course: str | None = None,
    scale: str | None = None,
    event: str | None = None,
) -> str:
    (patient,) = (p for p in PATIENTS if f"Patient/{p}" in frame["subject"]["reference"])
    ids = Identifiers(LOCAL_TENANT, PatientKey(patient))
    return ids.finding(rule=rule, course=course, scale=scale, event=event)


@st.composite
def weights(draw: st.DrawFn) -> Resource:
    """Which no rule reads."""
    return given_only(
        **draw(_frames("Observation", "w")),
        status="final",
        code=_coding(LOINC, "29463-7"),
        effectiveDateTime=draw(DATE_TIMES),
        valueQuantity={"value": draw(st.integers(40, 120)), "unit": "kg"},
    )


OTHERS = (
    *[encounters()] * 2,
    episodes(),
    totals(),
    risk_items(),
    *[expressions()] * 2,
    *[remarks()] * 2,
    *[acknowledgements()] * 2,
    dismissals(),
    weights(),
)
"""Every kind but forms, each as often as it stands here."""


@st.composite
def records(draw: st.DrawFn, least: int, most: int) -> list[Resource]:
    """What clients send: forms of a few instruments, so that courses of one scale grow long enough
    to rise, fall and strain, and all else."""
    instruments = draw(st.lists(st.sampled_from(sorted(FORMS)), min_size=1, max_size=2))
    kinds = (*[responses((*instruments, "phq-9"))] * 5, *OTHERS)
    kind = st.sampled_from(range(len(kinds))).flatmap(kinds.__getitem__)
    return draw(st.lists(kind, min_size=least, max_size=most))
