"""Sorting by anything that is indexed. http://hl7.org/fhir/R4/search.html#sort"""

from typing import Any

import pytest

from service.fhir.search.parameters import TABLE
from service.fhir.search.results import sortable
from service.store.database import Database
from tests.store.searched import ids, store

UCUM = "http://unitsofmeasure.org"


def concept(*codes: str) -> dict[str, Any]:
    return {"coding": [{"system": "urn:s", "code": code} for code in codes]}


def resource(kind: str, id_: str, **elements: Any) -> dict[str, Any]:
    return {"resourceType": kind, "id": id_, **elements}


def observation(id_: str, **elements: Any) -> dict[str, Any]:
    return resource("Observation", id_, **elements)


OBSERVATIONS = (
    observation(
        "1",
        status="final",
        category=[concept("survey")],
        code=concept("c"),
        subject={"reference": "Patient/b"},
        encounter={"reference": "Encounter/2"},
        valueCodeableConcept=concept("low"),
        method=concept("m2"),
        identifier=[{"value": "z9"}],
        component=[{"code": concept("k"), "valueCodeableConcept": concept("v")}],
    ),
    observation(
        "2",
        status="amended",
        category=[concept("therapy"), concept("exam")],
        code=concept("b"),
        subject={"reference": "Patient/a"},
        encounter={"reference": "Encounter/1"},
        valueCodeableConcept=concept("high", "very"),
        method=concept("m1"),
        identifier=[{"value": "a1"}],
        component=[{"code": concept("l"), "valueCodeableConcept": concept("u")}],
    ),
    observation(
        "3",
        status="preliminary",
        code=concept("a"),
        subject={"reference": "http://other.example/Patient/0"},
    ),
    observation("4", status="final", subject={"reference": "Group/g"}),
)
PEOPLE = tuple(
    resource(kind, id_)
    for kind, id_ in (
        *(("Patient", "a"), ("Patient", "b"), ("Encounter", "1"), ("Encounter", "2")),
        ("Group", "g"),
    )
)
ORDERS = [
    ("status", "2 1 4 3", "amended, final twice, preliminary"),
    ("-status", "3 1 4 2", "the other way; equal ones by age"),
    ("code", "3 2 1 4", "a, b, c; none last"),
    ("-code", "1 2 3 4", "c, b, a; none last"),
    ("category", "2 1 3 4", "exam of exam and therapy; none last"),
    ("-category", "2 1 3 4", "therapy of both; none last"),
    ("patient", "2 1 3 4", "Patient/a, Patient/b, one elsewhere; a Group is no patient"),
    ("-patient", "3 1 2 4", "the other way"),
    ("subject", "4 2 1 3", "Group/g, Patient/a, Patient/b, one elsewhere"),
    ("encounter", "2 1 3 4", "Encounter/1, Encounter/2; none last"),
    ("value-concept", "2 1 3 4", "high, low"),
    ("-value-concept", "2 1 3 4", "very, low"),
    ("method", "2 1 3 4", "m1, m2"),
    ("identifier", "2 1 3 4", "a1, z9"),
    ("component-code", "1 2 3 4", "k, l"),
    ("combo-code", "3 2 1 4", "a, b before l, c before k"),
    ("-combo-code", "2 1 3 4", "l, k, a"),
    ("component-value-concept", "2 1 3 4", "u, v"),
    ("combo-value-concept", "2 1 3 4", "high, low"),
    ("-status,code", "3 1 4 2", "equal ones by their code; none last"),
    ("status,-_id", "2 4 1 3", "equal ones by their id, downwards"),
    ("category,-patient", "2 1 3 4", "none last, and among them the patient elsewhere first"),
]


@pytest.mark.parametrize("start", ["", "_id=1,2,3,4&", "status=final,amended,preliminary&"])
@pytest.mark.parametrize("size", [1, 3])
async def test_observations_sort_by_what_they_say(
    database: Database, start: str, size: int
) -> None:
    await store(database, [*OBSERVATIONS, *PEOPLE])
    for sort, order, why in ORDERS:
        found = await ids(database, f"Observation?{start}_sort={sort}&_count={size}")
        assert found == order.split(), (sort, why)


OTHERS = [
    ("Patient", "gender", ["x", "f", "m"]),
    ("Patient", "-identifier", ["m", "f", "x"]),
    ("Patient", "general-practitioner", ["m", "f", "x"]),
    ("Questionnaire", "url", ["B", "a", "none"]),
    ("Questionnaire", "-status", ["none", "a", "B"]),
    ("Questionnaire", "context-type", ["B", "a", "none"]),
    ("QuestionnaireResponse", "questionnaire", ["r2", "r1", "r3"]),
    ("QuestionnaireResponse", "-questionnaire", ["r1", "r2", "r3"]),
]


async def test_other_types_sort_by_codes_addresses_and_references(database: Database) -> None:
    names = [{"reference": "Practitioner/2"}], [{"reference": "Practitioner/1"}]
    await store(
        database,
        [
            resource("Patient", "f", gender="female", identifier=[{"value": "1"}])
            | {"generalPractitioner": names[0]},
            resource("Patient", "m", gender="male", identifier=[{"system": "s", "value": "9"}])
            | {"generalPractitioner": names[1]},
            resource("Patient", "x", gender="Female"),
            resource("Practitioner", "1"),
            resource("Practitioner", "2"),
            resource("Questionnaire", "a", url="http://x.example/a", status="draft")
            | {"useContext": [{"code": {"code": "venue"}}]},
            resource("Questionnaire", "B", url="http://x.example/B", status="active")
            | {"useContext": [{"code": {"code": "age"}}]},
            resource("Questionnaire", "none", status="retired"),
            resource("QuestionnaireResponse", "r1", questionnaire="http://x.example/b|2"),
            resource("QuestionnaireResponse", "r2", questionnaire="http://x.example/a|1"),
            resource("QuestionnaireResponse", "r3"),
        ],
    )
    for kind, sort, order in OTHERS:
        assert await ids(database, f"{kind}?_sort={sort}&_count=1") == order, (kind, sort)


async def test_whatever_can_be_sorted_by_gives_every_resource_once(database: Database) -> None:
    await store(database, [*OBSERVATIONS, *PEOPLE])
    for kind, there in (("Observation", "1 2 3 4"), ("Patient", "a b")):
        for parameter in TABLE[kind].values():
            if sortable(parameter):
                for way in ("", "-"):
                    asked = f"{kind}?_sort={way}{parameter.name}&_count=1"
                    assert sorted(await ids(database, asked)) == there.split(), asked
