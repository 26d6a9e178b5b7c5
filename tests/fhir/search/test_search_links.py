"""Chains and `_has`.

http://hl7.org/fhir/R4/search.html#chaining and http://hl7.org/fhir/R4/search.html#has
"""

from typing import Any

import pytest

from service.errors import BadRequest
from service.fhir.search.links import MAX_DEPTH, inner
from service.fhir.search.matches import matches
from service.fhir.search.query import Chain, Reverse
from tests.fhir.search.asked import BASE, query

Json = dict[str, Any]


def to(*references: str) -> list[Json]:
    return [{"reference": reference} for reference in references]


def made(identity: str, **elements: Any) -> Json:
    kind, _, id_ = identity.partition("/")
    return {"resourceType": kind, "id": id_, **elements}


def code(text: str) -> Json:
    return {"coding": [{"system": "http://loinc.org", "code": text}]}


WORLD = [
    made("Practitioner/joe", name=[{"given": ["Joe"]}], address=[{"state": "CA"}]),
    made("Practitioner/jane", name=[{"given": ["Jane"]}], address=[{"state": "MN"}]),
    made(
        "Patient/peter",
        name=[{"family": "Peter"}],
        birthDate="1990-05-03",
        identifier=[{"system": "urn:mrn", "value": "12"}],
        generalPractitioner=to("Practitioner/joe", "Practitioner/jane"),
    ),
    made(
        "Patient/paul",
        name=[{"family": "Paul"}],
        generalPractitioner=to("Practitioner/jane"),
        link=[{"other": {"reference": "Patient/peter"}, "type": "seealso"}],
    ),
    made("Encounter/first", status="finished", subject=to("Patient/peter")[0]),
    made("Encounter/second", status="planned", subject=to("Patient/paul")[0]),
    made("EpisodeOfCare/course", status="finished", patient=to("Patient/paul")[0]),
    made(
        "Observation/score",
        status="final",
        code=code("1234-5"),
        subject=to(f"{BASE}/Patient/peter")[0],
        encounter=to("Encounter/first/_history/3")[0],
        valueQuantity={"value": 5},
    ),
    made(
        "Observation/other",
        status="amended",
        code=code("999-9"),
        subject=to("Patient/paul")[0],
        encounter=to("EpisodeOfCare/course")[0],
        hasMember=to("Observation/score"),
        derivedFrom=to("QuestionnaireResponse/form"),
    ),
    made(
        "Observation/elsewhere",
        status="final",
        code=code("1234-5"),
        subject=to("http://other.example/fhir/Patient/peter")[0],
        hasMember=to("#contained", "urn:uuid:7"),
    ),
    made("Observation/nobody", status="final", code=code("1234-5")),
    made(
        "QuestionnaireResponse/form",
        status="completed",
        authored="2026-05-03",
        subject=to("Patient/paul")[0],
    ),
]


def found(asked: str) -> list[str]:
    kind, _, pair = asked.partition("?")
    wanted = query(kind, *pair.split("&"))
    return [r["id"] for r in WORLD if matches(r, wanted, WORLD)]


CHAINS = [
    ("Observation?subject.name=peter", ["score"], "appended with a period, then a parameter"),
    ("Observation?patient.name=pe", ["score"], "with what that parameter means by itself"),
    ("Observation?subject:Patient.name=peter", ["score"], "limit the search to a particular type"),
    ("Observation?subject:Patient.name:exact=Pete", [], "modifiers as usual"),
    ("Observation?subject.name:exact=Peter", ["score"], "modifiers as usual"),
    ("Observation?patient.birthdate=lt1991", ["score"], "prefixes as usual"),
    ("Observation?patient.birthdate:missing=true", ["other"], "missing there, but somebody is"),
    ("Observation?patient.name=peter,paul", ["score", "other"], "alternatives as usual"),
    ("Observation?patient.identifier=urn:mrn|12", ["score"], "tokens"),
    ("Observation?patient._id=peter", ["score"], "the id, of this server alone"),
    ("Observation?patient.general-practitioner=Practitioner/joe", ["score"], "references"),
    ("Observation?patient.link=Patient/peter", ["other"], "references"),
    ("Observation?has-member.value-quantity=gt4.5", ["other"], "quantities"),
    ("Observation?derived-from.authored=2026-05-03", ["other"], "dates"),
    ("Observation?encounter.status=finished", ["score"], "of every type it can name"),
    ("Observation?encounter:Encounter.status=finished", ["score"], "of this type only"),
    ("Observation?encounter.patient.name=p", ["score"], "recursively"),
    (
        "Observation?encounter:Encounter.patient:Patient.general-practitioner:Practitioner.given=joe",
        ["score"],
        "recursively, with every type said",
    ),
    (
        "Patient?general-practitioner.name=Joe&general-practitioner.address-state=MN",
        ["peter"],
        "no one practitioner need satisfy both conditions: the chains are evaluated separately",
    ),
    ("Patient?general-practitioner.address-state=CA&link.name=peter", [], "both must hold"),
    ("Encounter?patient.link.link.link.name=x", [], "four steps"),
]


@pytest.mark.parametrize(("asked", "expected", "why"), CHAINS)
def test_a_chain_asks_of_what_a_reference_names(asked: str, expected: list[str], why: str) -> None:
    assert found(asked) == expected, why


REVERSES = [
    ("Patient?_has:Observation:patient:code=1234-5", ["peter"], "referred to by at least one"),
    ("Patient?_has:Observation:subject:code=1234-5", ["peter"], "by this parameter"),
    ("Patient?_has:Observation:performer:code=1234-5", [], "by this parameter"),
    ("Patient?_has:Observation:patient:code=1234-5,999-9", ["peter", "paul"], '"Or" is allowed'),
    (
        "Patient?_has:Observation:patient:code=1234-5&_has:Observation:patient:status=amended",
        [],
        "each _has parameter is processed independently, and all must hold",
    ),
    (
        "Patient?_has:Observation:patient:code=1234-5&_has:Observation:patient:status=final",
        ["peter"],
        "multiple _has parameters are allowed",
    ),
    ("Patient?_has:Observation:patient:code:not=1234-5", ["paul"], "modifiers as usual"),
    ("Patient?_has:Observation:patient:value-quantity=gt4", ["peter"], "prefixes as usual"),
    ("Patient?_has:Observation:patient:_id=score", ["peter"], "the id"),
    (
        "Patient?_has:Observation:patient:_has:Observation:has-member:code=999-9",
        ["peter"],
        "nested",
    ),
    ("Patient?_has:Observation:patient:encounter.status=planned", [], "a chain inside"),
    (
        "Patient?_has:Observation:patient:encounter:Encounter.status=finished",
        ["peter"],
        "a chain inside",
    ),
    ("Encounter?patient._has:Observation:patient:code=1234-5", ["first"], "inside a chain"),
    ("Encounter?_has:Observation:encounter:status=final", ["first"], "whatever version is named"),
    ("Encounter?_has:Observation:encounter:status=amended", [], "an EpisodeOfCare is no Encounter"),
    (
        "Practitioner?_has:Patient:general-practitioner:_has:Observation:patient:code=1234-5",
        ["joe", "jane"],
        "nested",
    ),
]


@pytest.mark.parametrize(("asked", "expected", "why"), REVERSES)
def test_has_asks_of_what_refers_here(asked: str, expected: list[str], why: str) -> None:
    assert found(asked) == expected, why


def test_links_stand_apart_from_clauses() -> None:
    """So that nobody takes `patient.name` for `patient`."""
    asked = query("Observation", "patient.name=x", "_has:Observation:has-member:code=y", "code=z")
    assert [clause.parameter.name for clause in asked.clauses] == ["code"]
    chain, reverse = asked.links
    assert isinstance(chain, Chain)
    assert isinstance(reverse, Reverse)
    assert [each.type for each in inner(asked)] == ["Patient", "Observation"]
    assert asked.used == (
        ("patient.name", "x"),
        ("_has:Observation:has-member:code", "y"),
        ("code", "z"),
    )


def test_a_chain_is_asked_of_the_types_that_have_the_parameter() -> None:
    (named,) = query("Observation", "derived-from.authored=2026").links
    assert isinstance(named, Chain)
    assert [target.type for target in named.targets] == ["QuestionnaireResponse"]


REFUSED = [
    ("Observation?nonsense.name=x", "nonsense"),
    ("Observation?code.name=x", "code"),
    ("Observation?patient.nonsense=x", "nonsense"),
    ("Observation?patient.=x", "Patient"),
    ("Observation?.name=x", "Observation"),
    ("Observation?patient:Practitioner.name=x", "patient:Practitioner.name"),
    ("Observation?subject:Nonsense.name=x", "subject:Nonsense.name"),
    ("Observation?subject:.name=x", "subject:.name"),
    ("Observation?subject:missing.name=true", "subject:missing.name"),
    ("Observation?specimen.type=x", "specimen.type"),
    ("Observation?encounter.nonsense=x", "nonsense"),
    ("Observation?patient.birthdate:exact=x", ":exact"),
    ("Observation?patient._sort=name", "_sort"),
    ("QuestionnaireResponse?questionnaire.title=x", "questionnaire"),
    ("Patient?_has=x", "_has"),
    ("Patient?_has:Observation=x", "_has"),
    ("Patient?_has:Observation:patient=x", "_has"),
    ("Patient?_has:Nonsense:patient:code=x", "Nonsense"),
    ("Patient?_has:Observation:nonsense:code=x", "nonsense"),
    ("Patient?_has:Observation:code:code=x", "code"),
    ("Patient?_has:Observation:encounter:code=x", "encounter"),
    ("Patient?_has:Observation:patient:nonsense=x", "nonsense"),
    ("Questionnaire?_has:QuestionnaireResponse:questionnaire:status=x", "questionnaire"),
]


@pytest.mark.parametrize(("asked", "name"), REFUSED)
def test_what_leads_nowhere_is_refused_by_name(asked: str, name: str) -> None:
    kind, _, pair = asked.partition("?")
    with pytest.raises(BadRequest) as refused:
        query(kind, pair)
    (issue,) = refused.value.issues
    assert name in issue.message
    assert issue.message.endswith(".")
    left_out = query(kind, pair, lenient=True)
    assert (left_out.links, left_out.used) == ((), ())
    assert name in left_out.ignored[0].message


UNREADABLE = [
    "patient.birthdate=yesterday",
    "patient.identifier=a|b|c",
    "patient._id:not=",
    "patient.family:missing=perhaps",
    "_has:Observation:has-member:date=x",
]


@pytest.mark.parametrize("asked", UNREADABLE)
def test_a_value_at_the_end_of_a_chain_must_be_readable(asked: str) -> None:
    with pytest.raises(BadRequest):
        query("Observation", asked)


@pytest.mark.parametrize("lenient", [True, False])
def test_a_chain_has_no_more_than_four_steps(lenient: bool) -> None:
    link = "link."
    query("Patient", f"{link * MAX_DEPTH}name=x")
    for too_long in (
        f"{link * 5}name=x",
        f"{'_has:Patient:link:' * 5}name=x",
        f"{link * 3}{'_has:Patient:link:' * 2}name=x",
        f"{link * 1000}name=x",
    ):
        with pytest.raises(BadRequest, match="4 steps"):
            query("Patient", too_long, lenient=lenient)


def test_a_search_does_not_spread_without_end() -> None:
    query("Observation", "focus._id=x", "focus._id=y")
    with pytest.raises(BadRequest, match="50 searches"):
        query("Observation", *(["focus._id=x"] * 50))
