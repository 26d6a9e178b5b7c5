"""Every broken rule is named with the place where it is broken."""

from typing import Any

import pytest

from service.errors import Severity
from service.fhir.exact_json import ExactDecimal
from service.fhir.validation import validate
from tests.fhir.valid import CODE, item, observation, patient, questionnaire, response

URL = "https://a.example/extension"
NULL_EXTENSION = {"extension": [{"url": URL, "valueString": "x"}]}
CONTAINED = {"resourceType": "Patient", "id": "p", "active": True}
QUANTITY = {"value": 5, "unit": "kg"}


def without(resource: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in names}


def extended(**value: Any) -> dict[str, Any]:
    return patient(extension=[{"url": URL, **value}])


BROKEN: list[tuple[str, dict[str, Any], str, str]] = [
    # Elements
    ("unknown element", patient(colour="x"), "Patient.colour", "structure"),
    ("unknown nested", patient(name=[{"nick": "x"}]), "Patient.name[0].nick", "structure"),
    ("unknown companion", patient(_name=[{"id": "x"}]), "Patient._name", "structure"),
    ("comments of DSTU2", patient(fhir_comments="x"), "Patient", "structure"),
    ("name of no element", patient(**{"a b": 1}), "Patient", "structure"),
    ("resourceType within", observation(code={"resourceType": "x", "text": "a"}),
     "Observation.code.resourceType", "structure"),
    ("element of R4B", extended(valueRatioRange={"lowNumerator": QUANTITY}),
     "Patient.extension[0].valueRatioRange", "structure"),
    ("another of R4B", extended(valueCodeableReference={"concept": {"text": "x"}}),
     "Patient.extension[0].valueCodeableReference", "structure"),
    ("required missing", without(observation(), "status"), "Observation.status", "required"),
    ("required object missing", without(observation(), "code"), "Observation.code", "required"),
    ("required nested", observation(component=[{"valueString": "x"}]),
     "Observation.component[0].code", "required"),
    ("required in a datatype",
     patient(text={"status": "generated"}), "Patient.text.div", "required"),
    ("required choice", questionnaire(item(enableWhen=[{"question": "2", "operator": "="}])),
     "Questionnaire.item[0].enableWhen[0].answer", "required"),
    ("no url", patient(extension=[{"valueString": "x"}]), "Patient.extension[0].url", "required"),
    ("two values", observation(valueString="a", valueInteger=1), "Observation.value", "structure"),
    ("two values, one extended", observation(valueString="a", _valueInteger=NULL_EXTENSION),
     "Observation.value", "structure"),
    # Cardinality and kind
    ("array for one", observation(status=["final"]), "Observation.status", "structure"),
    ("array for an object", observation(code=[CODE]), "Observation.code", "structure"),
    ("one for an array", observation(category=CODE), "Observation.category", "structure"),
    ("text for an array", patient(name="Jane"), "Patient.name", "structure"),
    ("text for an object", observation(code="x"), "Observation.code", "structure"),
    ("text in an array", patient(name=["Jane"]), "Patient.name[0]", "structure"),
    ("object for text", patient(birthDate={"year": 1}), "Patient.birthDate", "value"),
    ("number for text", patient(language=1), "Patient.language", "value"),
    ("text for a boolean", patient(active="true"), "Patient.active", "value"),
    ("number for a boolean", patient(active=1), "Patient.active", "value"),
    ("text for a number",
     observation(valueQuantity={"value": "5"}), "Observation.value.value", "value"),
    ("boolean for a number", observation(valueInteger=True), "Observation.value", "value"),
    # Emptiness
    ("empty text", patient(language=""), "Patient.language", "value"),
    ("empty array", patient(name=[]), "Patient.name", "value"),
    ("empty object", observation(code={}), "Observation.code", "value"),
    ("empty object in an array", patient(name=[{}]), "Patient.name[0]", "value"),
    ("id alone", patient(name=[{"id": "a"}]), "Patient.name[0]", "value"),
    ("null", patient(birthDate=None), "Patient.birthDate", "value"),
    ("null object", observation(code=None), "Observation.code", "value"),
    ("null array", patient(name=None), "Patient.name", "value"),
    ("null in an array", patient(name=[None]), "Patient.name[0]", "value"),
    ("null without extension", patient(name=[{"given": ["a", None]}]),
     "Patient.name[0].given[1]", "value"),
    ("two nulls at one place",
     patient(name=[{"given": ["a", None], "_given": [NULL_EXTENSION, None]}]),
     "Patient.name[0].given[1]", "value"),
    ("nulls only", patient(name=[{"_given": [None]}]), "Patient.name[0].given", "value"),
    ("arrays of two lengths", patient(name=[{"given": ["a"], "_given": [None, NULL_EXTENSION]}]),
     "Patient.name[0].given", "structure"),
    ("companion of an array is none", patient(name=[{"given": ["a"], "_given": NULL_EXTENSION}]),
     "Patient.name[0].given", "structure"),
    ("companion without content", patient(_birthDate={}), "Patient.birthDate", "value"),
    ("companion with an id alone", patient(_birthDate={"id": "a"}), "Patient.birthDate", "value"),
    ("companion with an element", patient(birthDate="2026", _birthDate={"value": 1}),
     "Patient.birthDate.value", "structure"),
    ("bad extension of a primitive", patient(_birthDate={"extension": [{"valueString": "x"}]}),
     "Patient.birthDate.extension[0].url", "required"),
    # Primitives
    ("no such day", patient(birthDate="2026-02-30"), "Patient.birthDate", "value"),
    ("no such month", patient(birthDate="2026-13"), "Patient.birthDate", "value"),
    ("no leap year", patient(birthDate="2023-02-29"), "Patient.birthDate", "value"),
    ("the year zero", patient(birthDate="0000"), "Patient.birthDate", "value"),
    ("time in a date", patient(birthDate="2026-01-01T00:00:00Z"), "Patient.birthDate", "value"),
    ("time without zone", observation(effectiveDateTime="2026-01-01T10:00:00"),
     "Observation.effective", "value"),
    ("time without seconds", observation(effectiveDateTime="2026-01-01T10:00Z"),
     "Observation.effective", "value"),
    ("hour 24", observation(effectiveDateTime="2026-01-01T24:00:00Z"),
     "Observation.effective", "value"),
    ("offset of 15 hours", observation(effectiveDateTime="2026-01-01T10:00:00+15:00"),
     "Observation.effective", "value"),
    ("date for an instant", observation(issued="2026-01-01"), "Observation.issued", "value"),
    ("zone in a time", observation(valueTime="10:00:00Z"), "Observation.value", "value"),
    ("spaces around a code", observation(code={"coding": [{"code": " a"}]}),
     "Observation.code.coding[0].code", "value"),
    ("two spaces in a code", observation(code={"coding": [{"code": "a  b"}]}),
     "Observation.code.coding[0].code", "value"),
    ("space in a URI", observation(code={"coding": [{"system": "http://a b"}]}),
     "Observation.code.coding[0].system", "value"),
    ("id of 65", observation(id="a" * 65), "Observation.id", "value"),
    ("underscore in an id", observation(id="a_b"), "Observation.id", "value"),
    ("NUL", patient(name=[{"family": "a\x00"}]), "Patient.name[0].family", "value"),
    ("escape character", patient(name=[{"family": "\x1b"}]), "Patient.name[0].family", "value"),
    ("33 bits", observation(valueInteger=2**31), "Observation.value", "value"),
    ("fraction of an integer", observation(valueInteger=1.5), "Observation.value", "value"),
    ("zero for a positive", patient(telecom=[{"system": "phone", "value": "1", "rank": 0}]),
     "Patient.telecom[0].rank", "value"),
    ("negative size", patient(photo=[{"contentType": "image/png", "size": -1}]),
     "Patient.photo[0].size", "value"),
    ("minus zero for a number without sign",
     patient(photo=[{"contentType": "image/png", "size": ExactDecimal("-0")}]),
     "Patient.photo[0].size", "value"),
    ("a character too many", patient(name=[{"text": "x" * 1_048_577}]),
     "Patient.name[0].text", "value"),
    ("no base64", patient(photo=[{"contentType": "image/png", "data": "a"}]),
     "Patient.photo[0].data", "value"),
    ("no OID", extended(valueOid="1.2.3"), "Patient.extension[0].value", "value"),
    ("no UUID", extended(valueUuid="c757873d-ec9a-4326-a141-556f43239520"),
     "Patient.extension[0].value", "value"),
    # Required bindings
    ("status", observation(status="banana"), "Observation.status", "code-invalid"),
    ("gender", patient(gender="M"), "Patient.gender", "code-invalid"),
    ("use of a name", patient(name=[{"family": "a", "use": "Official"}]),
     "Patient.name[0].use", "code-invalid"),
    ("use of an identifier", patient(identifier=[{"value": "1", "use": "x"}]),
     "Patient.identifier[0].use", "code-invalid"),
    ("system of a telecom", patient(telecom=[{"system": "mail", "value": "x"}]),
     "Patient.telecom[0].system", "code-invalid"),
    ("comparator", observation(valueQuantity={"value": 1, "comparator": "=="}),
     "Observation.value.comparator", "code-invalid"),
    ("narrative", patient(text={"status": "none", "div": "<div>x</div>"}),
     "Patient.text.status", "code-invalid"),
    ("unit of time", observation(effectiveTiming={"repeat": {"period": 1, "periodUnit": "week"}}),
     "Observation.effective.repeat.periodUnit", "code-invalid"),
    ("day of the week", observation(effectiveTiming={"repeat": {"dayOfWeek": ["mon", "Tue"]}}),
     "Observation.effective.repeat.dayOfWeek[1]", "code-invalid"),
    ("media type", patient(photo=[{"contentType": "png", "data": "YQ=="}]),
     "Patient.photo[0].contentType", "code-invalid"),
    ("currency", extended(valueMoney={"value": 1, "currency": "euro"}),
     "Patient.extension[0].value.currency", "code-invalid"),
    ("type of an item", questionnaire(item(type="question")), "Questionnaire.item[0].type",
     "code-invalid"),
    ("encounter", {"resourceType": "Encounter", "status": "done", "class": {"code": "AMB"}},
     "Encounter.status", "code-invalid"),
    # References
    ("contained nowhere", observation(subject={"reference": "#p"}),
     "Observation.subject.reference", "invariant"),
    ("of the wrong type", observation(subject={"reference": "Practitioner/1"}),
     "Observation.subject.reference", "value"),
    ("subject of R4B", observation(subject={"reference": "Procedure/1"}),
     "Observation.subject.reference", "value"),
    ("of the wrong type elsewhere",
     observation(encounter={"reference": "https://a.example/r4/Patient/1"}),
     "Observation.encounter.reference", "value"),
    # Contained
    ("of no type", observation(contained=[{"id": "p"}]),
     "Observation.contained[0].resourceType", "structure"),
    ("of an unknown type", observation(contained=[{"resourceType": "Nothing", "id": "p"}]),
     "Observation.contained[0].resourceType", "structure"),
    ("of a type of R4B", observation(contained=[{"resourceType": "Citation", "id": "p"}]),
     "Observation.contained[0].resourceType", "structure"),
    ("of a type that is no text", observation(contained=[{"resourceType": 1, "id": "p"}]),
     "Observation.contained[0].resourceType", "structure"),
    ("no object", observation(contained=["#p"]), "Observation.contained[0]", "structure"),
    ("invalid within",
     observation(contained=[{**CONTAINED, "gender": "M"}], subject={"reference": "#p"}),
     "Observation.contained[0].gender", "code-invalid"),
    ("empty in a type R4B dropped",
     observation(contained=[{"resourceType": "MedicinalProduct", "id": "m", "name": [{}]}]),
     "Observation.contained[0].name[0]", "value"),
    ("control character in a type R4B dropped",
     observation(contained=[{"resourceType": "MedicinalProduct", "id": "m", "name": ["a\x00"]}]),
     "Observation.contained[0].name[0]", "value"),
    ("null in a type R4B dropped",
     observation(contained=[{"resourceType": "MedicinalProduct", "id": "m", "name": None}]),
     "Observation.contained[0].name", "value"),
    ("nested (dom-2)", observation(
        contained=[{**CONTAINED, "contained": [CONTAINED]}], subject={"reference": "#p"}),
     "Observation.contained[0].contained", "invariant"),
    ("nobody refers to it (dom-3)", observation(contained=[CONTAINED]),
     "Observation.contained[0]", "invariant"),
    ("version of its own (dom-4)", observation(
        contained=[{**CONTAINED, "meta": {"versionId": "1"}}], subject={"reference": "#p"}),
     "Observation.contained[0].meta", "invariant"),
    ("label of its own (dom-5)", observation(
        contained=[{**CONTAINED, "meta": {"security": [{"code": "R"}]}}],
        subject={"reference": "#p"}),
     "Observation.contained[0].meta.security", "invariant"),
    # Invariants
    ("ext-1, both", extended(valueString="x", extension=[{"url": "a", "valueString": "x"}]),
     "Patient.extension[0]", "invariant"),
    ("ext-1, neither", extended(), "Patient.extension[0]", "invariant"),
    ("per-1", observation(effectivePeriod={"start": "2026-02-01", "end": "2026-01-31"}),
     "Observation.effective", "invariant"),
    ("per-1 across zones", observation(
        effectivePeriod={"start": "2026-01-01T10:00:00+01:00", "end": "2026-01-01T08:59:59Z"}),
     "Observation.effective", "invariant"),
    ("obs-3", observation(referenceRange=[{"appliesTo": [CODE]}]),
     "Observation.referenceRange[0]", "invariant"),
    ("obs-6", observation(valueString="x", dataAbsentReason=CODE),
     "Observation.dataAbsentReason", "invariant"),
    ("obs-7", observation(valueString="x", component=[{"code": CODE, "valueString": "x"}]),
     "Observation.value", "invariant"),
    ("pat-1", patient(contact=[{"gender": "other"}]), "Patient.contact[0]", "invariant"),
    ("cpt-2", patient(telecom=[{"value": "1"}]), "Patient.telecom[0]", "invariant"),
    ("att-1", patient(photo=[{"data": "YQ=="}]), "Patient.photo[0]", "invariant"),
    ("qty-3",
     observation(valueQuantity={"value": 1, "code": "kg"}), "Observation.value", "invariant"),
    ("rng-2", observation(valueRange={"low": QUANTITY, "high": {"value": 4, "unit": "kg"}}),
     "Observation.value", "invariant"),
    ("rat-1", observation(valueRatio={"numerator": QUANTITY}), "Observation.value", "invariant"),
    ("tim-2", observation(effectiveTiming={"repeat": {"period": 1}}),
     "Observation.effective.repeat", "invariant"),
    ("tim-4", observation(effectiveTiming={"repeat": {"duration": -1, "durationUnit": "h"}}),
     "Observation.effective.repeat.duration", "invariant"),
    ("tim-9", observation(effectiveTiming={"repeat": {"offset": 5, "when": ["C"]}}),
     "Observation.effective.repeat", "invariant"),
    ("age-1", extended(valueAge={"value": 0, "code": "a", "system": "http://unitsofmeasure.org"}),
     "Patient.extension[0].value.value", "invariant"),
    ("cnt-3",
     extended(valueCount={"value": 1.5, "code": "1", "system": "http://unitsofmeasure.org"}),
     "Patient.extension[0].value", "invariant"),
    ("rat-1, empty", observation(valueRatio={"id": "a", "numerator": {}}),
     "Observation.value.numerator", "value"),
    ("trd-3, name", extended(valueTriggerDefinition={"type": "named-event"}),
     "Patient.extension[0].value", "invariant"),
    ("trd-3, timing", extended(valueTriggerDefinition={"type": "periodic"}),
     "Patient.extension[0].value", "invariant"),
    ("trd-3, data", extended(valueTriggerDefinition={"type": "data-added"}),
     "Patient.extension[0].value", "invariant"),
    ("drq-1", extended(valueDataRequirement={"type": "Patient", "codeFilter": [{"code": [CODE]}]}),
     "Patient.extension[0].value.codeFilter[0].code[0].coding", "structure"),
    ("drq-2", extended(
        valueDataRequirement={"type": "Patient", "dateFilter": [{"valueDateTime": "2026"}]}),
     "Patient.extension[0].value.dateFilter[0]", "invariant"),
    ("base64 as a number", patient(photo=[{"contentType": "image/png", "data": 1}]),
     "Patient.photo[0].data", "value"),
    ("qrs-1", response({"linkId": "1", "item": [{"linkId": "2"}], "answer": [{"valueInteger": 1}]}),
     "QuestionnaireResponse.item[0]", "invariant"),
    ("que-1", questionnaire(item(type="group")), "Questionnaire.item[0]", "invariant"),
    ("que-2", questionnaire(item(), item()), "Questionnaire.item", "invariant"),
    ("que-2, nested", questionnaire(item(item=[item()])), "Questionnaire.item", "invariant"),
    ("que-3", questionnaire(item(type="display", code=[{"code": "a"}])),
     "Questionnaire.item[0].code", "invariant"),
    ("que-4",
     questionnaire(item(answerValueSet="https://a.example", answerOption=[{"valueString": "x"}])),
     "Questionnaire.item[0]", "invariant"),
    ("que-6",
     questionnaire(item(type="display", required=True)), "Questionnaire.item[0]", "invariant"),
    ("que-7", questionnaire(item(enableWhen=[
        {"question": "2", "operator": "exists", "answerString": "x"}])),
     "Questionnaire.item[0].enableWhen[0]", "invariant"),
    ("que-10", questionnaire(item(type="date", maxLength=1)),
     "Questionnaire.item[0].maxLength", "invariant"),
    ("que-11", questionnaire(item(
        type="choice", answerOption=[{"valueString": "x"}], initial=[{"valueString": "x"}])),
     "Questionnaire.item[0].initial", "invariant"),
    ("que-13", questionnaire(item(initial=[{"valueString": "x"}, {"valueString": "y"}])),
     "Questionnaire.item[0].initial", "invariant"),
    ("csd-1", {"resourceType": "CodeSystem", "status": "active", "content": "complete",
               "concept": [{"code": "a"}, {"code": "b", "concept": [{"code": "a"}]}]},
     "CodeSystem.concept", "invariant"),
    ("vsd-1",
     {"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"version": "1"}]}},
     "ValueSet.compose.include[0]", "invariant"),
    # The resource itself
    ("no type of R4", {"resourceType": "Banana"}, "Resource.resourceType", "structure"),
    ("a type of R4B", {"resourceType": "Citation", "status": "active"},
     "Resource.resourceType", "structure"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("resource", "expression", "code"),
    [case[1:] for case in BROKEN],
    ids=[case[0] for case in BROKEN],
)
def test_a_broken_rule_is_named_with_its_place(
    resource: dict[str, Any], expression: str, code: str
) -> None:
    issues = validate(resource)
    assert [(issue.expression, issue.code) for issue in issues] == [(expression, code)]
    assert issues[0].severity is Severity.ERROR
    assert issues[0].message.startswith(expression)
    assert issues[0].message.endswith(".")


FINE: list[tuple[str, dict[str, Any]]] = [
    ("an extension for a value", patient(_birthDate=NULL_EXTENSION)),
    ("an extension for a required element", without(observation(_status=NULL_EXTENSION), "status")),
    ("an id for a primitive", patient(birthDate="2026", _birthDate={"id": "a"})),
    ("nulls that align", patient(name=[{"given": ["a", None], "_given": [None, NULL_EXTENSION]}])),
    ("extensions for all of an array", patient(name=[{"_given": [NULL_EXTENSION]}])),
    ("an extension with Meta, which R4B dropped",
     extended(valueMeta={"tag": [{"code": "a"}]})),
    ("a leap day", patient(birthDate="2024-02-29")),
    ("a leap second", observation(effectiveDateTime="2016-12-31T23:59:60Z")),
    ("many digits of a second",
     observation(effectiveDateTime="2026-01-01T10:00:00.123456789+05:30")),
    ("the last day there is", observation(effectivePeriod={"start": "9999-12-31"})),
    ("a period of one day",
     observation(effectivePeriod={"start": "2026-01-01", "end": "2026-01-01"})),
    ("an end known to the month",
     observation(effectivePeriod={"start": "2026-01-15", "end": "2026-01"})),
    ("ends of which one has a zone", observation(
        effectivePeriod={"start": "2026-01-02T05:00:00Z", "end": "2026-01-01"})),
    ("lines and tabs", patient(name=[{"text": "a\r\n\tb"}])),
    ("a mebibyte of characters", patient(name=[{"text": "x" * 1_048_576}])),
    ("a code with a space that ASCII does not have", observation(
        code={"coding": [{"code": "CHEST\N{NO-BREAK SPACE}"}]})),
    ("emoji", patient(name=[{"text": "\N{GRINNING FACE}"}])),
    ("the limits of 32 bits", observation(valueInteger=-(2**31))),
    ("base64 in lines", patient(photo=[{"contentType": "image/png", "data": "YWFh\nYQ=="}])),
    ("a media type with a parameter",
     patient(photo=[{"contentType": "text/plain; charset=utf-8", "data": "YQ=="}])),
    ("a reference elsewhere", observation(subject={"reference": "https://a.example/r4/Patient/1"})),
    ("a logical reference", observation(subject={"identifier": {"value": "1"}})),
    ("a reference within a transaction", observation(subject={"reference": "urn:uuid:a"})),
    ("a conditional reference", observation(subject={"reference": "Patient?identifier=a|1"})),
    ("a contained subject", observation(contained=[CONTAINED], subject={"reference": "#p"})),
    ("a contained resource that refers to its container", observation(
        contained=[{"resourceType": "Observation", "id": "o", "status": "final", "code": CODE,
                    "hasMember": [{"reference": "#"}]}])),
    ("a type that R4B dropped", observation(
        contained=[{"resourceType": "MedicinalProduct", "id": "m", "anything": {"a": [1, None]}}],
        subject={"reference": "Patient/1", "extension": [
            {"url": URL, "valueReference": {"reference": "#m"}}]})),
    ("a component of another code", observation(valueString="x", component=[
        {"code": {"coding": [{"system": "https://a.example", "code": "29463-7"}]}}])),
    ("a decimal with an exponent", observation(valueQuantity={"value": 1e-7})),
    ("a minus before zero", observation(valueInteger=ExactDecimal("-0"))),
    ("a ratio that is only extended", observation(valueRatio=NULL_EXTENSION)),
    ("a trigger", extended(valueTriggerDefinition={"type": "named-event", "name": "x"})),
    ("nested questions", questionnaire(item(type="group", item=[item(linkId="2")]))),
]  # fmt: skip


@pytest.mark.parametrize("resource", [case[1] for case in FINE], ids=[case[0] for case in FINE])
def test_valid_resources_pass(resource: dict[str, Any]) -> None:
    assert validate(resource) == ()


def test_every_fault_of_a_resource_is_told() -> None:
    issues = validate(observation(status="x", colour=1, category=[]))
    assert [issue.expression for issue in issues] == [
        "Observation.status",
        "Observation.colour",
        "Observation.category",
    ]


def test_no_message_repeats_what_was_sent() -> None:
    canary = "Canary Person"
    spoiled = patient(
        **{canary: canary, "gender": canary, "birthDate": canary, "name": [{"family": [canary]}]},
        telecom=[{"system": canary, "value": canary, "rank": canary}],
        managingOrganization={"reference": f"Patient/1?{canary}"},
        contact=canary,
        active=canary,
    )
    issues = validate(spoiled)
    assert len(issues) >= 7
    assert not any(canary in issue.message + str(issue.expression) for issue in issues)


def test_a_hundred_issues_are_enough() -> None:
    issues = validate(patient(name=[{"use": "x"}] * 100_000))
    assert len(issues) == 101
    assert issues[-1].message == "Patient breaks more rules than these."


def test_a_million_faults_are_not_all_looked_for() -> None:
    many: list[Any] = [None] * 1_000_000
    contained = {"resourceType": "MedicinalProduct", "id": "m", "name": [""] * 1_000_000}
    name = {"given": many, "_given": [*many[1:], NULL_EXTENSION], "_prefix": [{}] * 1_000_000}
    for spoiled in (patient(name=many), patient(contained=[contained]), patient(name=[name])):
        assert len(validate(spoiled)) == 101


US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab"


@pytest.mark.parametrize(
    ("elements", "expression"),
    [
        ({"effectiveDateTime": "2026-01", "valueString": "x"}, "Observation.effective"),
        ({}, "Observation"),
        (
            {"valueQuantity": {"value": 1, "code": "x", "system": "https://a.example"}},
            "Observation.value.system",
        ),
    ],
    ids=["us-core-1", "us-core-2", "us-core-3"],
)
def test_a_declared_profile_of_us_core_that_is_broken_gives_a_warning(
    elements: dict[str, Any], expression: str
) -> None:
    issues = validate(observation(meta={"profile": [US_CORE]}, **elements))
    assert [(i.severity, i.code, i.expression) for i in issues] == [
        (Severity.WARNING, "invariant", expression)
    ]
    assert validate(observation(**elements)) == ()


def test_a_declared_profile_of_us_core_that_is_kept_gives_nothing() -> None:
    elements = {"effectiveDateTime": "2026-01-01", "dataAbsentReason": CODE}
    assert validate(observation(meta={"profile": [US_CORE]}, **elements)) == ()
