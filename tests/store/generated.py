"""Generated resources and searches of them, from few words, so that they meet often."""

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from service.fhir.search.parameters import TABLE, Kind, Parameter
from service.fhir.search.parse import offered
from service.fhir.search.query import Modifier, Prefix
from tests.store.searched import BASE

Made = st.SearchStrategy[Any]

SYSTEMS = ("http://loinc.org", "urn:oid:1.2", "http://unitsofmeasure.org")
CODES = ("44261-6", "a,b", "c|d$e\\", "survey", "final", "true", "{score}")
WORDS = (
    "Müller",
    "MULLER",
    "muller-Lüdenscheid",
    "O'Brien",
    "obrien",
    "x" * 250,
    "PHQ-9 score",
    "Ü",
)
DATES = (
    *("2026", "2026-05", "2026-05-03", "2026-05-03T10:00Z", "2026-05-03T10:00:00+05:30"),
    *("2026-05-03T10:00:00.5Z", "2026-05-04T00:30:00+02:00", "2025-12-31T23:30:00Z"),
    *("9999-12-31", "0001-01-01"),
)
NUMBERS = ("5.4", "5.40", "5.35", "5.45", "-1", "0", "10", "1e1", "5.400000000000000001", "0.1")
REFERENCES = (
    *("Patient/1", "Patient/2/_history/3", f"{BASE}/Patient/1", "http://other.example/Patient/1"),
    *("Group/1", "Practitioner/1", "Encounter/1", "urn:uuid:c1", "#p", "EpisodeOfCare/2"),
    *("Observation/1", "QuestionnaireResponse/1", "Device/1", "Organization/1"),
)
CANONICALS = ("http://a.example/Q|1.0", "http://a.example/Q", "http://a.example/Q|2.0")
URLS = ("http://a.example", "http://a.example/", "http://a.example/Q/1", "http://a.example/q")
VALUE_SETS = (
    *("http://a.example/codes", "ValueSet/codes", "http://a.example/words|1"),
    "http://a.example/nothing",
)
IDS = ("1", "2", "3", "4", "5", "6", "7", "8")


def some(values: Made) -> Made:
    return st.lists(values, min_size=1, max_size=2)


def having(**members: Made) -> Made:
    """An object with any of the members."""
    return st.fixed_dictionaries({}, optional=members)


CODINGS = (
    {"system": SYSTEMS[0], "code": CODES[0], "display": WORDS[0]},
    {"system": SYSTEMS[0], "code": CODES[1]},
    {"system": SYSTEMS[1], "code": CODES[0], "display": WORDS[6]},
    {"system": SYSTEMS[1], "code": CODES[2]},
    {"code": CODES[0]},
    {"code": CODES[3], "display": WORDS[4]},
    {"system": SYSTEMS[2]},
    {"display": WORDS[0]},
)
IDENTIFIERS = (
    {"system": SYSTEMS[0], "value": CODES[0]},
    {"system": SYSTEMS[1], "value": CODES[0], "type": {"text": WORDS[3]}},
    {"value": CODES[1], "type": {"coding": [CODINGS[2]]}},
    {"system": SYSTEMS[1]},
    {"type": {"text": WORDS[0]}},
)
coding = st.sampled_from(CODINGS)
concept = st.one_of(
    some(coding).map(lambda found: {"coding": found}),
    having(coding=some(coding), text=st.sampled_from(WORDS)),
)
identifier = st.sampled_from(IDENTIFIERS)
reference = st.one_of(
    st.sampled_from([{"reference": text} for text in REFERENCES]),
    identifier.map(lambda found: {"identifier": found}),
    having(
        reference=st.sampled_from(REFERENCES),
        type=st.sampled_from(("Patient", "Group", "Practitioner")),
        identifier=identifier,
        display=st.sampled_from(WORDS),
    ),
)
date = st.sampled_from(DATES)
period = having(start=date, end=date)
quantity = st.one_of(
    st.sampled_from([{"value": number} for number in NUMBERS]),
    st.sampled_from(
        [{"value": n, "system": SYSTEMS[2], "code": "{score}", "unit": "points"} for n in NUMBERS]
    ),
    having(
        value=st.sampled_from(NUMBERS),
        comparator=st.sampled_from(("<", "<=", ">", ">=")),
        unit=st.sampled_from(CODES),
        code=st.sampled_from(CODES),
    ),
)
name = having(family=st.sampled_from(WORDS), given=some(st.sampled_from(WORDS)))
contact = having(system=st.sampled_from(("phone", "email")), value=st.sampled_from(CODES))
address = having(
    city=st.sampled_from(WORDS), line=some(st.sampled_from(WORDS)), use=st.just("home")
)
value = {
    "valueQuantity": quantity,
    "valueCodeableConcept": concept,
    "valueString": st.sampled_from(WORDS),
    "valueDateTime": date,
    "valuePeriod": period,
}
meta = having(
    tag=some(coding),
    security=some(coding),
    profile=some(st.sampled_from(CANONICALS)),
    source=st.sampled_from(CANONICALS),
)
person = {"name": some(name), "telecom": some(contact), "address": some(address)}

ELEMENTS: dict[str, dict[str, Made]] = {
    "Observation": {
        "status": st.sampled_from(("final", "amended", "entered-in-error")),
        "category": some(concept),
        "code": concept,
        "subject": reference,
        "encounter": reference,
        "performer": some(reference),
        "focus": some(reference),
        "derivedFrom": some(reference),
        "effectiveDateTime": date,
        "identifier": some(identifier),
        "method": concept,
        "dataAbsentReason": concept,
        "component": some(having(code=concept, dataAbsentReason=concept, **value)),
        **value,
    },
    "Patient": {
        **person,
        "active": st.booleans(),
        "gender": st.sampled_from(("male", "female")),
        "birthDate": st.sampled_from(("1990", "1990-05", "1990-05-03", "1991-01-01")),
        "deceasedBoolean": st.booleans(),
        "deceasedDateTime": date,
        "identifier": some(identifier),
        "generalPractitioner": some(reference),
        "communication": some(having(language=concept)),
        "link": some(having(other=reference)),
    },
    "Encounter": {
        "status": st.sampled_from(("planned", "finished")),
        "class": coding,
        "type": some(concept),
        "subject": reference,
        "period": period,
        "participant": some(having(type=some(concept), individual=reference)),
        "length": quantity,
        "episodeOfCare": some(reference),
        "location": some(having(period=period, location=reference)),
    },
    "Group": {
        "actual": st.booleans(),
        "characteristic": some(
            having(code=concept, valueCodeableConcept=concept, valueBoolean=st.booleans())
        ),
        "member": some(having(entity=reference)),
    },
    "Library": {
        "content": some(having(contentType=st.sampled_from(CODES))),
        "relatedArtifact": some(
            having(
                type=st.sampled_from(("depends-on", "successor")),
                resource=st.sampled_from(CANONICALS),
            )
        ),
    },
    "Provenance": {
        "target": some(reference),
        "agent": some(having(who=reference, role=some(concept))),
        "entity": some(having(what=reference)),
        "occurredDateTime": date,
        "recorded": date,
    },
    "QuestionnaireResponse": {
        "questionnaire": st.sampled_from(CANONICALS),
        "status": st.sampled_from(("completed", "in-progress")),
        "authored": date,
        "subject": reference,
        "author": reference,
        "source": reference,
    },
    "Questionnaire": {
        "url": st.sampled_from(CANONICALS),
        "version": st.sampled_from(CODES),
        "title": st.sampled_from(WORDS),
        "status": st.sampled_from(("draft", "active")),
        "subjectType": some(st.sampled_from(("Patient", "Group"))),
        "item": some(having(code=some(coding), definition=st.sampled_from(CANONICALS))),
        "useContext": some(
            having(
                code=coding,
                valueQuantity=quantity,
                valueCodeableConcept=concept,
                valueRange=having(low=quantity, high=quantity),
            )
        ),
        "effectivePeriod": period,
    },
}


@st.composite
def resources(draw: st.DrawFn, kind: str) -> list[dict[str, Any]]:
    """Several of one type, under different ids."""
    made = draw(st.lists(having(meta=meta, **ELEMENTS[kind]), min_size=4, max_size=len(IDS)))
    return [
        {"resourceType": kind, "id": id_, **elements}
        for id_, elements in zip(IDS, made, strict=False)
    ]


def escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "\\,|$" else letter for letter in text)


OF_TYPE = "|".join(map(escaped, (CODES[2], CODES[1])))
prefixes = st.sampled_from(("", *Prefix))
tokens = st.one_of(
    st.sampled_from([escaped(code) for code in CODES]),
    st.builds(
        "{}|{}".format, st.sampled_from(("", *SYSTEMS)), st.sampled_from(CODES[:3]).map(escaped)
    ),
    st.sampled_from([f"{system}|" for system in SYSTEMS]),
)
references = st.sampled_from(("1", "2", *(text for text in REFERENCES if text[0] != "#")))
WANTED: dict[Kind, Made] = {
    Kind.TOKEN: tokens,
    Kind.REFERENCE: references,
    Kind.DATE: st.builds("{}{}".format, prefixes, date),
    Kind.STRING: st.sampled_from(("Mül", "mull", "muller l", "O'B", "x" * 240, "PHQ", "ü")),
    Kind.URI: st.sampled_from([escaped(c) for c in (*CANONICALS, *SYSTEMS)]),
    Kind.QUANTITY: st.builds(
        "{}{}{}".format,
        prefixes,
        st.sampled_from((*NUMBERS, "5", "5.4000000000000001")),
        st.sampled_from(("", "", "||{score}", "||points", f"|{SYSTEMS[2]}|{{score}}", "|urn:x|")),
    ),
}


@st.composite
def clauses(draw: st.DrawFn, kind: str) -> str:
    """One parameter of a search of `kind`."""
    parameter = draw(st.sampled_from([p for p in TABLE[kind].values() if _made(kind, p)]))
    suffix = draw(st.sampled_from(("", "", *_suffixes(parameter))))
    if suffix == ":missing":
        return f"{parameter.name}:missing={draw(st.sampled_from(('true', 'false')))}"
    wanted = ",".join(draw(st.lists(_values(parameter, suffix), min_size=1, max_size=3)))
    return f"{parameter.name}{suffix}={quote(wanted, safe='')}"


def _made(kind: str, parameter: Parameter) -> bool:
    """Whether resources of `kind` are made with what the parameter reads."""
    roots = [path.partition(".")[0].partition("[")[0] for path in parameter.paths]
    members = ("$this", "id", "meta", *ELEMENTS[kind])
    return any(member.startswith(root) for root in roots for member in members)


def _suffixes(parameter: Parameter) -> list[str]:
    narrowed = parameter.kind is Kind.REFERENCE and "Patient" in parameter.targets
    return [f":{m}" for m in offered(parameter)] + ([":Patient"] if narrowed else [])


MODIFIED: dict[str, Made] = {
    Modifier.TEXT: WANTED[Kind.STRING],
    Modifier.EXACT: st.sampled_from([escaped(word) for word in WORDS]),
    Modifier.IDENTIFIER: tokens,
    Modifier.IN: st.sampled_from(VALUE_SETS),
    Modifier.NOT_IN: st.sampled_from(VALUE_SETS),
    Modifier.OF_TYPE: st.sampled_from([f"{SYSTEMS[1]}|{OF_TYPE}", "x|y|z"]),
    Modifier.ABOVE: st.sampled_from([escaped(url) for url in URLS]),
    Modifier.BELOW: st.sampled_from([escaped(url) for url in URLS]),
    "Patient": st.sampled_from(("1", "Patient/1", "Patient/2")),
}
"""What is asked under a modifier."""


def _values(parameter: Parameter, suffix: str) -> Made:
    if suffix.removeprefix(":") in MODIFIED:
        return MODIFIED[suffix.removeprefix(":")]
    if parameter.name == "_id":
        return st.sampled_from(IDS)
    if parameter.canonical:
        return WANTED[Kind.URI]
    if parameter.components:
        return st.tuples(*(_values(part, "") for part in parameter.components)).map("$".join)
    return WANTED[parameter.kind]


def searches(kind: str) -> Made:
    """A search of one type by one to three parameters."""
    asked = st.one_of(clauses(kind).map(lambda c: [c]), st.lists(clauses(kind), max_size=3))
    return asked.map(lambda found: f"{kind}?{'&'.join(found)}")
