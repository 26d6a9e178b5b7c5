"""The path language of FHIRPath Patch: what it understands, finds and refuses."""

from typing import Any

import pytest

from service.errors import BadRequest, Inapplicable, TooLarge
from service.fhir.path import parsed
from service.fhir.path_match import found
from service.fhir.tree import Tree

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "active": True,
    "birthDate": "1974-12-25",
    "_birthDate": {"extension": [{"url": "http://a.example/time", "valueDateTime": "1974-12-25"}]},
    "identifier": [
        {"use": "usual", "system": "http://a.example/a.b", "value": "1"},
        {"use": "official", "system": "http://a.example/a.b", "value": "it's"},
        {"system": "http://a.example/c", "value": "3", "type": {"coding": [{"code": "MR"}]}},
        {"value": "4", "type": {"coding": [{"code": "MR"}, {"code": "XX"}]}},
    ],
    "name": [
        {"family": "Doe", "given": ["Jane", "Mary"], "_given": [None, {"id": "m"}]},
        {"text": "JD"},
        {"_given": [{"id": "x"}]},
    ],
    "deceasedBoolean": False,
    "multipleBirthInteger": 2,
    "extension": [
        {"url": "http://a.example/q", "valueQuantity": {"value": 5}},
        {"url": "http://a.example/s", "valueString": "s"},
    ],
    "contained": [
        {"resourceType": "Organization", "id": "o", "name": "Clinic"},
        {"resourceType": "Practitioner", "id": "p", "name": [{"text": "P"}]},
    ],
}

FOUND: tuple[tuple[str, list[Any]], ...] = (
    ("Patient.active", [True]),
    ("  Patient.active ", [True]),
    ("Patient.birthDate", ["1974-12-25"]),
    ("Patient.gender", []),
    ("Patient.contact.name.family", []),
    ("Patient.name.family", ["Doe"]),
    ("Patient.name.given", ["Jane", "Mary", None]),
    ("Patient.name[0].given[1]", ["Mary"]),
    ("Patient.name.given[1]", ["Mary"]),
    ("Patient.name[1].given", []),
    ("Patient.name[9]", []),
    ("Patient.name.given.first()", ["Jane"]),
    ("Patient.name[0].given.last()", ["Mary"]),
    ("Patient.name.first().family", ["Doe"]),
    ("Patient.contact.first()", []),
    ("Patient.contact.last()", []),
    ("Patient.deceased", [False]),
    ("Patient.deceasedBoolean", [False]),
    ("Patient.deceased.ofType(boolean)", [False]),
    ("Patient.deceased.ofType(dateTime)", []),
    ("Patient.deceased.as(FHIR.boolean)", [False]),
    ("Patient.extension.value.ofType(Quantity).value", [5]),
    ("Patient.extension.value.ofType(string)", ["s"]),
    ("Patient.extension('http://a.example/s').value", ["s"]),
    ("Patient.extension('http://a.example/none')", []),
    ("Patient.birthDate.extension('http://a.example/time').value", ["1974-12-25"]),
    ("Patient.birthDate.extension[0].url", ["http://a.example/time"]),
    ("Patient.active.extension", []),
    ("Patient.name[0].given[1].id", ["m"]),
    ("Patient.identifier.where(use='official').value", ["it's"]),
    ("Patient.identifier.where(use = 'official').value", ["it's"]),
    ("Patient.identifier.where( use='usual' ).value", ["1"]),
    ("Patient.identifier.where(use='old')", []),
    (r"Patient.identifier.where(value='it\'s').use", ["official"]),
    ("Patient.identifier.where(system='http://a.example/a.b').value", ["1", "it's"]),
    ("Patient.identifier.where(system='http://a.example/a.b' and value='1').use", ["usual"]),
    ("Patient.identifier.where(system='http://a.example/a.b').last().value", ["it's"]),
    ("Patient.identifier.where(system='http://a.example/a.b')[1].value", ["it's"]),
    # "=": "If the collections have different numbers of items, the result is false."
    ("Patient.identifier.where(type.coding.code='MR').value", ["3"]),
    ("Patient.identifier.where(type.coding[1].code='XX').value", ["4"]),
    ("Patient.name[0].given.where($this='Mary')", ["Mary"]),
    ("Patient.where(active=true).birthDate", ["1974-12-25"]),
    ("Patient.where(active=false).birthDate", []),
    ("Patient.where(active=1).birthDate", []),
    ("Patient.where(active='true').birthDate", []),
    ("Patient.where(multipleBirth=2).active", [True]),
    ("Patient.where(multipleBirth=2.0).active", [True]),
    ("Patient.where(multipleBirth=-2).active", []),
    ("Patient.where(multipleBirth='2').active", []),
    ("Patient.where(birthDate=1974).active", []),
    ("Patient.where(name='x').active", []),
    ("Patient.contained[0].name", ["Clinic"]),
    ("Patient.contained.where(id='p').name.text", ["P"]),
    ("Patient.contained.ofType(Practitioner).name.text", ["P"]),
)


@pytest.mark.parametrize(("path", "values"), FOUND, ids=[row[0] for row in FOUND])
def test_a_path_finds_what_it_names(path: str, values: list[Any]) -> None:
    assert [node.value for node in found(Tree(PATIENT), parsed(path))] == values


NO_PATHS = (
    "",
    " ",
    ".",
    "name",
    "patient.name",
    "[0]",
    "Patient.",
    "Patient..name",
    "Patient.name[",
    "Patient.name[-1]",
    "Patient.name[x]",
    "Patient.name[0",
    "Patient.name.",
    "Patient.name.first(1)",
    "Patient.name.exists()",
    "Patient.name.single()",
    "Patient.name.resolve()",
    "Patient.name.trace('x')",
    "Patient.name.where()",
    "Patient.name.where(family)",
    "Patient.name.where(family=)",
    "Patient.name.where(family='Doe)",
    "Patient.name.where(family=Doe)",
    "Patient.name.where(family!='Doe')",
    "Patient.name.where(family='a' or family='b')",
    "Patient.name.where(family.length()=3)",
    "Patient.name.where(family='a').exists()",
    "Patient.extension(http://a.example)",
    "Patient.name | Patient.contact.name",
    "Patient.name + 1",
    "%resource.name",
    "Patient.`name`",
    "Patient.name; drop",
    "Patient.né",
    "Patient.name where(family='a')",
)


@pytest.mark.parametrize("path", NO_PATHS)
def test_what_is_no_such_path_is_refused(path: str) -> None:
    with pytest.raises(BadRequest):
        parsed(path)


NOT_OF_R4 = (
    "Observation.status",
    "Resource.id",
    "Patient.nonsense",
    "Patient.name.nonsense",
    "Patient.name.first",
    "Patient.valueQuantity",
    "Patient.active.value",
    "Patient.name.where(nonsense='x')",
    "Patient.resourceType",
    "Patient.contained[0].birthDate",
)


@pytest.mark.parametrize("path", NOT_OF_R4)
def test_what_r4_does_not_have_there_is_refused(path: str) -> None:
    with pytest.raises(Inapplicable):
        found(Tree(PATIENT), parsed(path))


def test_what_has_no_structure_here_is_not_entered() -> None:
    for kind in ("Evidence", "Nonsense"):
        tree = Tree({"resourceType": "Patient", "contained": [{"resourceType": kind, "id": "e"}]})
        (only,) = found(tree, parsed("Patient.contained[0]"))
        assert only.value["id"] == "e"
        with pytest.raises(Inapplicable, match="structure"):
            found(tree, parsed("Patient.contained[0].id"))


def test_a_path_has_2000_characters_at_the_most() -> None:
    assert len(parsed("Patient" + ".name" * 398).steps) == 398
    with pytest.raises(BadRequest, match="2000"):
        parsed("Patient" + ".name" * 399)


def test_a_patch_does_not_look_at_more_than_it_may() -> None:
    """200,000 elements."""
    tree = Tree({"resourceType": "Patient", "name": [{"family": "x"}] * 99_999})
    assert len(found(tree, parsed("Patient.name.family"))) == 99_999
    with pytest.raises(TooLarge):
        found(tree, parsed("Patient.name"))
