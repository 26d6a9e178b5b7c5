"""FHIRPath Patch. http://hl7.org/fhir/R4/fhirpatch.html"""

from copy import deepcopy
from typing import Any

import pytest

from service.errors import BadRequest, Inapplicable, TooLarge
from service.fhir.exact_json import dumps, loads
from service.fhir.fhirpath_patch import patched
from service.fhir.validation import validate
from tests.fhir.patch_cases import FOLDER, Case, cases
from tests.interactions.sent import parameters

Json = dict[str, Any]

ABSENT = Case(name=f"{FOLDER} is absent: HL7's cases are not run", resource={}, patch={},
              expected=None)  # fmt: skip
CASES = list(cases()) or [ABSENT]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_hl7_s_own_cases_come_out_as_they_say(case: Case) -> None:
    if case is ABSENT:
        assert not FOLDER.exists()
    elif case.expected is None:
        with pytest.raises(Inapplicable):
            patched(case.resource, case.patch)
    else:
        assert patched(case.resource, case.patch) == case.expected


def patient(**elements: Any) -> Json:
    return {"resourceType": "Patient", **elements}


def observation(**elements: Any) -> Json:
    return {"resourceType": "Observation", "status": "final", **elements}


def add(path: str, name: str, **value: Any) -> Json:
    return {"type": "add", "path": path, "name": name, "value": value}


def insert(path: str, index: int, **value: Any) -> Json:
    return {"type": "insert", "path": path, "index": index, "value": value}


def delete(path: str) -> Json:
    return {"type": "delete", "path": path}


def replace(path: str, **value: Any) -> Json:
    return {"type": "replace", "path": path, "value": value}


def move(path: str, source: int, destination: int) -> Json:
    return {"type": "move", "path": path, "source": source, "destination": destination}


PLAIN = patient(active=True)
NAMED = patient(name=[{"family": "Doe", "given": ["Jane", "Mary"]}])
EXTENDED = patient(
    name=[{"given": ["a", "b", "c"], "_given": [None, {"id": "of-b"}, None]}], birthDate="1974",
    _birthDate={"extension": [{"url": "http://a.example", "valueCode": "x"}]},
)  # fmt: skip
WEIGHED = observation(valueQuantity={"value": 70})

GOOD: tuple[tuple[str, Json, list[Json], Json], ...] = (
    ("no operation changes nothing", PLAIN, [], PLAIN),
    # "The content will be appended to the element identified in the path, using the name specified"
    ("add: an element that does not repeat",
     PLAIN, [add("Patient", "gender", valueCode="female")], patient(active=True, gender="female")),
    ("add: the first of a list",
     PLAIN, [add("Patient", "name", valueHumanName={"text": "x"})],
     patient(active=True, name=[{"text": "x"}])),
    ("add: at the end of a list",
     NAMED, [add("Patient.name[0]", "given", valueString="Ada")],
     patient(name=[{"family": "Doe", "given": ["Jane", "Mary", "Ada"]}])),
    ("add: a choice by its name alone",
     observation(), [add("Observation", "value", valueQuantity={"value": 70})], WEIGHED),
    ("add: a choice by the name it has in JSON",
     observation(), [add("Observation", "valueQuantity", valueQuantity={"value": 70})], WEIGHED),
    ("add: an extension of a primitive",
     PLAIN, [add("Patient.active", "extension",
                 part=[{"name": "url", "valueUri": "http://a.example"},
                       {"name": "value", "valueCode": "x"}])],
     patient(active=True, _active={"extension": [{"url": "http://a.example", "valueCode": "x"}]})),
    ("add: one more extension of a primitive",
     EXTENDED, [add("Patient.birthDate", "extension",
                    part=[{"name": "url", "valueUri": "http://b.example"},
                          {"name": "value", "valueCode": "y"}])],
     EXTENDED | {"_birthDate": {"extension": [{"url": "http://a.example", "valueCode": "x"},
                                              {"url": "http://b.example", "valueCode": "y"}]}}),
    ("add: a primitive with what stands beside it, to a list where nothing stands beside",
     NAMED, [add("Patient.name[0]", "given", valueString="Ada", _valueString={"id": "i"})],
     patient(name=[{"family": "Doe", "given": ["Jane", "Mary", "Ada"],
                    "_given": [None, None, {"id": "i"}]}])),
    ("add: a contained resource",
     PLAIN, [add("Patient", "contained", resource={"resourceType": "Practitioner", "id": "o"})],
     patient(active=True, contained=[{"resourceType": "Practitioner", "id": "o"}])),
    # "instead of providing a value, a set of parts that are values are provided"
    ("add: parts, where the type has no name",
     observation(), [add("Observation", "component", part=[
         {"name": "code", "valueCodeableConcept": {"text": "x"}},
         {"name": "value", "valueInteger": 5},
         {"name": "interpretation", "valueCodeableConcept": {"text": "high"}},
         {"name": "interpretation", "valueCodeableConcept": {"text": "very"}},
         {"name": "referenceRange", "part": [{"name": "text", "valueString": "0 to 4"}]}])],
     observation(component=[{
         "code": {"text": "x"}, "valueInteger": 5,
         "interpretation": [{"text": "high"}, {"text": "very"}],
         "referenceRange": [{"text": "0 to 4"}]}])),
    ("add: a type that one may stand for another of its kind, such as date for dateTime",
     patient(identifier=[{"period": {"start": "2020"}}]),
     [add("Patient.identifier[0].period", "end", valueDate="2021-12-01")],
     patient(identifier=[{"period": {"start": "2020", "end": "2021-12-01"}}])),
    # Of insert: "The content will be inserted into the nominated list at the index specified"
    ("insert: before the first",
     NAMED, [insert("Patient.name[0].given", 0, valueString="Ada")],
     patient(name=[{"family": "Doe", "given": ["Ada", "Jane", "Mary"]}])),
    ("insert: after the last",
     NAMED, [insert("Patient.name[0].given", 2, valueString="Ada")],
     patient(name=[{"family": "Doe", "given": ["Jane", "Mary", "Ada"]}])),
    ("insert: into a list that is not there yet",
     PLAIN, [insert("Patient.name", 0, valueHumanName={"text": "x"})],
     patient(active=True, name=[{"text": "x"}])),
    ("insert: what stands beside keeps its place",
     EXTENDED, [insert("Patient.name[0].given", 1, valueString="n")],
     EXTENDED | {"name": [{"given": ["a", "n", "b", "c"],
                           "_given": [None, None, {"id": "of-b"}, None]}]}),
    ("insert: into what a criterion names",
     NAMED, [insert("Patient.name.where(family='Doe').given", 1, valueString="Ada")],
     patient(name=[{"family": "Doe", "given": ["Jane", "Ada", "Mary"]}])),
    ("insert: parts",
     patient(contact=[{"gender": "male"}]),
     [insert("Patient.contact", 0, part=[{"name": "gender", "valueCode": "female"}])],
     patient(contact=[{"gender": "female"}, {"gender": "male"}])),
    # Of delete: "Path of the element to delete (if found)"
    ("delete: an element", PLAIN, [delete("Patient.active")], patient()),
    ("delete: what is not there", PLAIN, [delete("Patient.gender")], PLAIN),
    ("delete: what is not there further down", PLAIN, [delete("Patient.contact.name.text")], PLAIN),
    ("delete: one of a list",
     NAMED, [delete("Patient.name[0].given[0]")],
     patient(name=[{"family": "Doe", "given": ["Mary"]}])),
    ("delete: the last of a list takes the list along",
     NAMED, [delete("Patient.name[0]")], patient()),
    ("delete: what has nothing left goes, too",
     patient(contact=[{"name": {"text": "x"}}], active=True),
     [delete("Patient.contact.name.text")], PLAIN),
    ("delete: with what stands beside it", EXTENDED, [delete("Patient.birthDate")],
     patient(name=EXTENDED["name"])),
    ("delete: one of a list with what stands beside it",
     EXTENDED, [delete("Patient.name[0].given[1]")], EXTENDED | {"name": [{"given": ["a", "c"]}]}),
    ("delete: what stands beside a primitive leaves it alone",
     EXTENDED, [delete("Patient.birthDate.extension('http://a.example')")],
     patient(name=EXTENDED["name"], birthDate="1974")),
    ("delete: of a primitive in a list",
     EXTENDED, [delete("Patient.name[0].given[1].id")],
     EXTENDED | {"name": [{"given": ["a", "b", "c"]}]}),
    ("delete: a primitive that has only extensions, with the last of them",
     patient(active=True, _gender={"extension": [{"url": "http://a.example", "valueCode": "x"}]}),
     [delete("Patient.gender.extension[0]")], PLAIN),
    ("delete: a choice by its name alone", WEIGHED, [delete("Observation.value")], observation()),
    ("delete: what a criterion names",
     patient(identifier=[{"use": "usual", "value": "1"}, {"use": "old", "value": "2"}]),
     [delete("Patient.identifier.where(use='old')")],
     patient(identifier=[{"use": "usual", "value": "1"}])),
    # "Path of the element to replace"
    ("replace: an element", PLAIN, [replace("Patient.active", valueBoolean=False)],
     patient(active=False)),
    ("replace: one of a list",
     NAMED, [replace("Patient.name[0].given[1]", valueString="Ada")],
     patient(name=[{"family": "Doe", "given": ["Jane", "Ada"]}])),
    ("replace: with what stands beside it",
     EXTENDED, [replace("Patient.birthDate", valueDate="1975")],
     patient(name=EXTENDED["name"], birthDate="1975")),
    ("replace: by a value that has something beside it",
     PLAIN, [replace("Patient.active", valueBoolean=True, _valueBoolean={"id": "i"})],
     patient(active=True, _active={"id": "i"})),
    ("replace: a choice by another type",
     WEIGHED, [replace("Observation.value", valueString="x")], observation(valueString="x")),
    ("replace: a choice by the same type",
     WEIGHED, [replace("Observation.value", valueQuantity={"value": 71})],
     observation(valueQuantity={"value": 71})),
    ("replace: a choice of a type",
     WEIGHED, [replace("Observation.value.ofType(Quantity).value", valueDecimal=71)],
     observation(valueQuantity={"value": 71})),
    ("replace: the narrative, which is given as a string",
     patient(text={"status": "generated", "div": "<div>a</div>"}),
     [replace("Patient.text.div", valueString="<div>b</div>")],
     patient(text={"status": "generated", "div": "<div>b</div>"})),
    ("replace: an element by parts",
     patient(contact=[{"gender": "male"}]),
     [replace("Patient.contact[0]", part=[{"name": "name", "valueHumanName": {"text": "x"}}])],
     patient(contact=[{"name": {"text": "x"}}])),
    ("replace: the value of an extension",
     EXTENDED, [replace("Patient.birthDate.extension('http://a.example').value", valueInteger=5)],
     EXTENDED | {"_birthDate": {"extension": [{"url": "http://a.example", "valueInteger": 5}]}}),
    # "Move an element within a single list"
    ("move: forwards", EXTENDED, [move("Patient.name[0].given", 0, 2)],
     EXTENDED | {"name": [{"given": ["b", "c", "a"], "_given": [{"id": "of-b"}, None, None]}]}),
    ("move: backwards", EXTENDED, [move("Patient.name[0].given", 2, 0)],
     EXTENDED | {"name": [{"given": ["c", "a", "b"], "_given": [None, None, {"id": "of-b"}]}]}),
    ("move: nowhere", NAMED, [move("Patient.name", 0, 0)], NAMED),
    # "Operations are applied in order, with each operation applied to the result of the previous"
    ("each operation sees what those before it did",
     PLAIN, [add("Patient", "contact", part=[{"name": "gender", "valueCode": "male"}]),
             add("Patient.contact[0]", "name", valueHumanName={"text": "x"}),
             replace("Patient.contact[0].name.text", valueString="y"),
             delete("Patient.active")],
     patient(contact=[{"gender": "male", "name": {"text": "y"}}])),
)  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "operations", "expected"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD]
)
def test_operations_do_what_the_specification_says(
    resource: Json, operations: list[Json], expected: Json
) -> None:
    patch = parameters(*operations)
    assert validate(patch) == ()
    assert patched(deepcopy(resource), patch) == expected


INAPPLICABLE: tuple[tuple[str, Json, Json], ...] = (
    # "it is an error if no element matches the specified path"
    ("add: to what is not there", PLAIN, add("Patient.contact", "gender", valueCode="male")),
    ("insert: into what is not there", PLAIN, insert("Patient.contact.telecom", 0, valueCode="x")),
    ("replace: what is not there", PLAIN, replace("Patient.gender", valueCode="male")),
    ("move: what is not there", PLAIN, move("Patient.name", 0, 0)),
    # Of all: "The FHIRPath statement must return a single element"
    ("add: to several", patient(name=[{"text": "a"}, {"text": "b"}]),
     add("Patient.name", "use", valueCode="usual")),
    ("delete: several", NAMED, delete("Patient.name.given")),
    ("replace: several", NAMED, replace("Patient.name.given", valueString="x")),
    ("insert: into several", patient(name=[{"text": "a"}, {"text": "b"}]),
     insert("Patient.name.given", 0, valueString="x")),
    # "Add can used for non-repeating elements as long as they do not already exist"
    ("add: what is there", PLAIN, add("Patient", "active", valueBoolean=False)),
    ("add: another type of a choice", WEIGHED, add("Observation", "value", valueString="x")),
    ("add: what is there without a value",
     patient(_active={"id": "i"}), add("Patient", "active", valueBoolean=False)),
    # "must be equal or less than the number of elements in the list"
    ("insert: beyond the end", NAMED, insert("Patient.name[0].given", 3, valueString="x")),
    ("insert: before the beginning", NAMED, insert("Patient.name[0].given", -1, valueString="x")),
    ("move: from beyond the end", NAMED, move("Patient.name[0].given", 2, 0)),
    ("move: to beyond the end", NAMED, move("Patient.name[0].given", 0, 2)),
    ("move: from before the beginning", NAMED, move("Patient.name[0].given", -1, 0)),
    # "The type of the value must be correct for the place at which it will be added/inserted"
    ("add: another type", PLAIN, add("Patient", "name", valueString="x")),
    ("add: text for a number", PLAIN, add("Patient", "multipleBirth", valueString="2")),
    ("add: text for a link", NAMED, add("Patient", "implicitRules", valueString="http://x")),
    ("add: a type that the choice does not have",
     observation(), add("Observation", "value", valueAddress={"text": "x"})),
    ("insert: another type", NAMED, insert("Patient.name", 0, valueAddress={"text": "x"})),
    ("replace: another type", PLAIN, replace("Patient.active", valueCode="true")),
    ("add: parts for a primitive", PLAIN,
     add("Patient", "gender", part=[{"name": "value", "valueCode": "x"}])),
    ("add: parts for a choice", observation(),
     add("Observation", "value", part=[{"name": "value", "valueDecimal": 1}])),
    ("add: parts for a resource", PLAIN,
     add("Patient", "contained", part=[{"name": "id", "valueId": "x"}])),
    ("add: a resource for something else", PLAIN,
     add("Patient", "name", resource={"resourceType": "Patient"})),
    ("add: a part that the type does not have", PLAIN,
     add("Patient", "contact", part=[{"name": "nonsense", "valueCode": "x"}])),
    ("add: a part twice", PLAIN,
     add("Patient", "contact", part=[{"name": "gender", "valueCode": "male"}] * 2)),
    ("add: a part of another type", PLAIN,
     add("Patient", "contact", part=[{"name": "gender", "valueInteger": 1}])),
    ("add: an element that R4 does not have", PLAIN, add("Patient", "nonsense", valueCode="x")),
    ("add: a name that is none", PLAIN, add("Patient", "<script>", valueCode="x")),
    ("add: what only JSON has", PLAIN, add("Patient", "_active", valueCode="x")),
    ("add: the type of the resource", PLAIN, add("Patient", "resourceType", valueCode="x")),
    ("another type of resource", PLAIN, delete("Observation.status")),
    ("insert: where nothing repeats", PLAIN, insert("Patient.active", 0, valueBoolean=True)),
    ("move: where nothing repeats", PLAIN, move("Patient.active", 0, 0)),
    ("insert: into a part of a list", NAMED, insert("Patient.name[0]", 0, valueString="x")),
    ("move: in a part of a list", NAMED, move("Patient.name.where(family='Doe')", 0, 0)),
    ("insert: into the resource itself", NAMED, insert("Patient", 0, valueString="x")),
    ("delete: the resource itself", PLAIN, delete("Patient")),
    ("replace: the resource itself", PLAIN, replace("Patient", resource=NAMED)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "operation"),
    [row[1:] for row in INAPPLICABLE],
    ids=[row[0] for row in INAPPLICABLE],
)
def test_what_does_not_fit_is_refused_and_named(resource: Json, operation: Json) -> None:
    with pytest.raises(Inapplicable) as refused:
        patched(deepcopy(resource), parameters(delete("Patient.photo[0]"), operation)
                if resource["resourceType"] == "Patient"
                else parameters(delete("Observation.note[0]"), operation))  # fmt: skip
    (issue,) = refused.value.issues
    assert issue.code == "processing"
    assert issue.expression == "Parameters.parameter[1]"
    assert issue.message.startswith("Parameters.parameter[1] ")
    assert "script" not in issue.message


OPERATION = {"name": "type", "valueCode": "delete"}, {"name": "path", "valueString": "Patient.name"}


def of(*parts: Any) -> Json:
    return {"parameter": [{"name": "operation", "part": list(parts)}]}


MALFORMED: tuple[tuple[str, Json], ...] = (
    ("parameters that are no list", {"parameter": {}}),
    ("a parameter that is none", {"parameter": ["x"]}),
    ("another parameter", {"parameter": [{"name": "resource"}]}),
    ("a parameter without a name", {"parameter": [{"part": []}]}),
    ("no parts", {"parameter": [{"name": "operation"}]}),
    ("parts that are no list", {"parameter": [{"name": "operation", "part": {}}]}),
    ("a part that is none", of(*OPERATION, "x")),
    ("a part whose name is none", of(*OPERATION, {"name": ["path"]})),
    ("an unknown part", of(*OPERATION, {"name": "op", "valueCode": "x"})),
    ("a part twice", of(*OPERATION, OPERATION[1])),
    ("no type", of(OPERATION[1])),
    ("an unknown type", of({"name": "type", "valueCode": "remove"}, OPERATION[1])),
    ("a type that is no code", of({"name": "type", "valueString": "delete"}, OPERATION[1])),
    ("a path that is no string", of(OPERATION[0], {"name": "path", "valueString": 5})),
    ("no path", of(OPERATION[0])),
    ("no such path", of(OPERATION[0], {"name": "path", "valueString": "Patient.name.exists()"})),
    ("no value", parameters({"type": "replace", "path": "Patient.active"})),
    ("a value without one", parameters(replace("Patient.active"))),
    ("two values", parameters(replace("Patient.active", valueBoolean=True, valueCode="x"))),
    ("a value of no type", parameters(replace("Patient.active", value=True))),
    ("no name", parameters({"type": "add", "path": "Patient", "value": {"valueCode": "x"}})),
    ("no index", parameters({"type": "insert", "path": "Patient.name",
                             "value": {"valueHumanName": {"text": "x"}}})),
    ("an index that is no number", of(
        {"name": "type", "valueCode": "insert"}, OPERATION[1],
        {"name": "index", "valueInteger": True}, {"name": "value", "valueHumanName": {}})),
    ("no destination", parameters({"type": "move", "path": "Patient.name", "source": 0})),
    ("no source", parameters({"type": "move", "path": "Patient.name", "destination": 0})),
    ("parts of a value that are no list", parameters(add("Patient", "contact", part={}))),
    ("a part of a value that is none", parameters(add("Patient", "contact", part=["x"]))),
    ("a part of a value without a name", parameters(add("Patient", "contact", part=[{}]))),
)  # fmt: skip


@pytest.mark.parametrize("patch", [row[1] for row in MALFORMED], ids=[row[0] for row in MALFORMED])
def test_what_is_no_fhirpath_patch_is_refused(patch: Json) -> None:
    with pytest.raises(BadRequest) as refused:
        patched(deepcopy(NAMED | PLAIN), patch)
    expression = refused.value.issues[0].expression
    assert expression is not None
    assert expression.startswith("Parameters.parameter")


MISSHAPEN: tuple[tuple[Json, Json], ...] = (
    (add("Patient", "name", valueHumanName={"given": "x"}),
     add("Patient.name[0]", "given", valueString="y")),
    (add("Patient", "name", valueHumanName={"given": ["x"], "_given": {}}),
     delete("Patient.name[0].given[0]")),
    (add("Patient", "name", valueHumanName="x"), add("Patient.name[0]", "given", valueString="y")),
    (add("Patient", "name", valueHumanName={"period": []}), delete("Patient.name[0].period.start")),
    (add("Patient", "name", valueHumanName={"family": {}}), delete("Patient.name[0].family")),
    (add("Patient", "name", valueHumanName={"_family": 5}), delete("Patient.name[0].family.id")),
    (add("Patient", "contained", resource=5), delete("Patient.contained[0].id")),
)  # fmt: skip


@pytest.mark.parametrize(("first", "then"), MISSHAPEN, ids=str)
def test_what_an_operation_brought_amiss_is_not_entered_by_the_next(
    first: Json, then: Json
) -> None:
    """Whether the whole is valid is asked in the end; until then nothing is taken for granted."""
    patched(patient(), parameters(first))
    with pytest.raises(Inapplicable, match=r"array|formed"):
        patched(patient(), parameters(first, then))


def test_numbers_keep_their_letters() -> None:
    resource = loads(b'{"resourceType":"Observation","valueQuantity":{"value":1.50}}')
    patch = loads(
        b'{"parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},'
        b'{"name":"path","valueString":"Observation"},{"name":"name","valueString":"component"},'
        b'{"name":"value","part":[{"name":"value","valueQuantity":{"value":2.00}}]}]},'
        b'{"name":"operation","part":[{"name":"type","valueCode":"add"},'
        b'{"name":"path","valueString":"Observation.component.where(value.value=2)"},'
        b'{"name":"name","valueString":"referenceRange"},'
        b'{"name":"value","part":[{"name":"low","valueQuantity":{"value":0.10}}]}]}]}'
    )
    assert dumps(patched(resource, patch)) == (
        b'{"resourceType":"Observation","valueQuantity":{"value":1.50},'
        b'"component":[{"valueQuantity":{"value":2.00},"referenceRange":[{"low":{"value":0.10}}]}]}'
    )


def test_a_patch_has_a_thousand_operations_at_the_most() -> None:
    one = delete("Patient.photo[0]")
    assert patched(patient(), parameters(*[one] * 1_000)) == patient()
    with pytest.raises(TooLarge):
        patched(patient(), parameters(*[one] * 1_001))
