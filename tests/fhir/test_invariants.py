"""Every invariant of what is said of organisations, goals, measures and definitions refuses."""

from typing import Any

import pytest

from service.fhir.invariants.definitions import DEFINITIONS
from service.fhir.invariants.element_definition import ELEMENT_DEFINITION
from service.fhir.validation import validate

Json = dict[str, Any]

WORDS = {"text": "x"}
TYPE = [{"code": "Quantity"}, {"code": "Range"}]
CRITERIA = {"language": "text/cql", "expression": "x"}


def of(resource_type: str, **elements: Any) -> Json:
    return {"resourceType": resource_type, **elements}


def goal(**elements: Any) -> Json:
    return of(
        "Goal",
        lifecycleStatus="active",
        description=WORDS,
        subject={"display": "x"},
        **elements,
    )


def measure(stratifier: Json) -> Json:
    return of("Measure", status="active", group=[{"stratifier": [stratifier]}])


def report(**elements: Any) -> Json:
    said = {"type": "summary", "measure": "http://a.example", "period": {"start": "2026"}}
    return of("MeasureReport", status="complete", **said | elements)


def stratum(**elements: Any) -> Json:
    return report(
        group=[{"stratifier": [{"stratum": [{"measureScore": {"value": 1}} | elements]}]}]
    )


def audit(**entity: Any) -> Json:
    return of(
        "AuditEvent",
        type={"code": "rest"},
        recorded="2026-05-03T10:00:00Z",
        agent=[{"requestor": True}],
        source={"observer": {"display": "x"}},
        entity=[entity],
    )


def element(path: str = "Thing", **elements: Any) -> Json:
    return {"id": path, "path": path, **elements}


def structure(**elements: Any) -> Json:
    """Of a type of ours, with no more than it needs."""
    said: Json = {
        "url": "http://a.example/Thing",
        "name": "Thing",
        "status": "draft",
        "kind": "resource",
        "abstract": False,
        "type": "Thing",
        "baseDefinition": "http://a.example/Base",
        "derivation": "specialization",
        "differential": {"element": [element()]},
    }
    return of(
        "StructureDefinition", **{k: v for k, v in (said | elements).items() if v is not None}
    )


def differential(*others: Json, root: Json | None = None, **elements: Any) -> Json:
    return structure(differential={"element": [root or element(), *others]}, **elements)


def snapshot(*others: Json, root: Json | None = None, **elements: Any) -> Json:
    return structure(snapshot={"element": [complete(root or element()), *others]}, **elements)


def complete(given: Json) -> Json:
    needed = {"definition": "x", "min": 0, "max": "1"}
    return needed | {"base": {"path": "Base", "min": 0, "max": "1"}} | given


def below(**elements: Any) -> Json:
    """A structure with this element below its root."""
    return differential({"id": "Thing.a", "path": "Thing.a"} | elements)


def parameter(**elements: Any) -> Json:
    return of(
        "OperationDefinition",
        name="x",
        status="draft",
        kind="operation",
        code="x",
        system=True,
        type=False,
        instance=False,
        parameter=[{"name": "a", "use": "in", "min": 0, "max": "1"} | elements],
    )


def searched(**elements: Any) -> Json:
    said = {"url": "http://a.example/x", "name": "x", "description": "x", "code": "x"}
    return of(
        "SearchParameter", status="draft", base=["Patient"], **said | {"type": "token"} | elements
    )


A_THING = "http://hl7.org/fhir/StructureDefinition/Thing"
EXTENSION = {"type": "Extension", "differential": {"element": [element("Extension")]}}
BASE_TWICE = [complete(element("Thing.a")), complete({"id": "other", "path": "Thing.a"})]

BROKEN: list[tuple[str, Json, Json, str]] = [
    # The key, what holds, what breaks it, and where it is broken
    ("org-1", of("Organization", name="x"), of("Organization", active=True), "Organization"),
    ("org-1", of("Organization", identifier=[{"value": "1"}]), of("Organization", alias=["x"]),
     "Organization"),
    ("org-2", of("Organization", name="x", address=[{"use": "work"}]),
     of("Organization", name="x", address=[{"use": "work"}, {"use": "home"}]),
     "Organization.address"),
    ("org-3", of("Organization", name="x", telecom=[{"use": "work"}]),
     of("Organization", name="x", telecom=[{"use": "home"}]), "Organization.telecom"),
    ("gol-1", goal(target=[{"measure": WORDS, "detailString": "x"}]),
     goal(target=[{"detailString": "x"}]), "Goal.target[0]"),
    ("grp-1", of("Group", type="person", actual=True, member=[{"entity": {"display": "x"}}]),
     of("Group", type="person", actual=False, member=[{"entity": {"display": "x"}}]),
     "Group.member"),
    ("mea-1", measure({"criteria": CRITERIA}),
     measure({"criteria": CRITERIA, "component": [{"criteria": CRITERIA}]}),
     "Measure.group[0].stratifier[0]"),
    ("mea-1", measure({"component": [{"criteria": CRITERIA}]}), measure({"id": "a", "extension": [
     {"url": "http://a.example", "valueString": "x"}]}), "Measure.group[0].stratifier[0]"),
    ("mrp-1", report(type="summary", group=[{"code": WORDS}]),
     report(type="data-collection", group=[{"code": WORDS}]), "MeasureReport.group"),
    ("mrp-2", stratum(value=WORDS), stratum(),
     "MeasureReport.group[0].stratifier[0].stratum[0]"),
    ("mrp-2", stratum(component=[{"code": WORDS, "value": WORDS}]),
     stratum(value=WORDS, component=[{"code": WORDS, "value": WORDS}]),
     "MeasureReport.group[0].stratifier[0].stratum[0]"),
    ("sev-1", audit(name="x"), audit(name="x", query="AAAA"), "AuditEvent.entity[0]"),
    ("spd-1", searched(xpath="x", xpathUsage="normal"), searched(xpath="x"), "SearchParameter"),
    ("spd-2", searched(type="reference", chain=["a"]), searched(chain=["a"]),
     "SearchParameter.chain"),
    ("opd-1", parameter(type="string"), parameter(), "OperationDefinition.parameter[0]"),
    ("opd-2", parameter(type="string", searchType="date"),
     parameter(type="date", searchType="date"),
     "OperationDefinition.parameter[0].searchType"),
    ("opd-3", parameter(type="Reference", targetProfile=["http://a.example"]),
     parameter(type="Patient", targetProfile=["http://a.example"]),
     "OperationDefinition.parameter[0].targetProfile"),
    ("sdf-1", snapshot(*BASE_TWICE, derivation="constraint"), snapshot(*BASE_TWICE),
     "StructureDefinition.snapshot"),
    ("sdf-2", structure(mapping=[{"identity": "a", "name": "x"}]),
     structure(mapping=[{"identity": "a"}]), "StructureDefinition.mapping[0]"),
    ("sdf-3", snapshot(complete(element("Thing.a"))), snapshot(
     {k: v for k, v in complete(element("Thing.a")).items() if k != "min"}),
     "StructureDefinition.snapshot"),
    ("sdf-4", structure(abstract=True, baseDefinition=None), structure(baseDefinition=None),
     "StructureDefinition"),
    ("sdf-5", structure(**EXTENSION, derivation="constraint", context=[
     {"type": "element", "expression": "Patient"}]),
     structure(**EXTENSION, derivation="constraint"), "StructureDefinition"),
    ("sdf-6", structure(), structure(differential=None), "StructureDefinition"),
    ("sdf-8", snapshot(complete(element("Thing.a"))), snapshot(complete(element("Other.a"))),
     "StructureDefinition.snapshot"),
    ("sdf-8a", below(), differential(element("Thin.a")), "StructureDefinition.differential"),
    ("sdf-8a", differential(root=element("Thing.a")), differential(root=element("Other")),
     "StructureDefinition.differential"),
    ("sdf-8b", snapshot(), structure(snapshot={"element": [
     element(definition="x", min=0, max="1")]}), "StructureDefinition.snapshot"),
    ("sdf-9", below(label="x"), differential(root=element(label="x")), "StructureDefinition"),
    ("sdf-10", snapshot(complete(element("Thing.a", binding={
     "strength": "example", "description": "x"}))),
     snapshot(complete(element("Thing.a", binding={"strength": "example"}))),
     "StructureDefinition.snapshot"),
    ("sdf-11", snapshot(), snapshot(root=element("Other")), "StructureDefinition.type"),
    ("sdf-14", below(), differential({"path": "Thing.a"}), "StructureDefinition"),
    ("sdf-15", snapshot(root=element(type=TYPE), kind="logical"), snapshot(root=element(type=TYPE)),
     "StructureDefinition.snapshot"),
    ("sdf-15a", below(type=TYPE), differential(root=element(type=TYPE)),
     "StructureDefinition.differential"),
    ("sdf-16", snapshot(BASE_TWICE[1]), snapshot(BASE_TWICE[0], BASE_TWICE[0]),
     "StructureDefinition.snapshot"),
    ("sdf-17", below(), differential(element()), "StructureDefinition.differential"),
    ("sdf-18", structure(**EXTENSION, contextInvariant=["x"]), structure(contextInvariant=["x"]),
     "StructureDefinition.contextInvariant"),
    ("sdf-19", below(type=[{"code": "http://a.example/T"}]), differential(
     element("Thing.a", type=[{"code": "http://a.example/T"}]), url=A_THING),
     "StructureDefinition"),
    ("sdf-20", below(slicing={"rules": "open", "description": "x"}),
     differential(root=element(slicing={"rules": "open", "description": "x"})),
     "StructureDefinition.differential"),
    ("sdf-21", below(defaultValueString="x"), differential(
     element("Thing.a", defaultValueString="x"), derivation="constraint"),
     "StructureDefinition.differential"),
    ("sdf-22", below(defaultValueString="x"), differential(
     element("Thing.a", defaultValueString="x"), url=A_THING), "StructureDefinition"),
    ("sdf-23", below(sliceName="x"), differential(root=element(sliceName="x")),
     "StructureDefinition"),
    ("eld-1", below(slicing={"rules": "open", "description": "x"}),
     below(slicing={"rules": "open"}), "StructureDefinition.differential.element[1].slicing"),
    ("eld-2", below(min=1, max="1"), below(min=2, max="1"),
     "StructureDefinition.differential.element[1].min"),
    ("eld-2", below(min=2, max="*"), below(min=1, max="0"),
     "StructureDefinition.differential.element[1].min"),
    ("eld-3", below(max="*"), below(max="many"),
     "StructureDefinition.differential.element[1].max"),
    ("eld-3", below(max="3"), below(max="²"), "StructureDefinition.differential.element[1].max"),
    ("eld-4", below(type=[{"code": "Reference", "aggregation": ["bundled"]}]),
     below(type=[{"code": "string", "aggregation": ["bundled"]}]),
     "StructureDefinition.differential.element[1].type[0].aggregation"),
    ("eld-5", below(contentReference="#Thing"), below(contentReference="#Thing", fixedString="x"),
     "StructureDefinition.differential.element[1].contentReference"),
    ("eld-5", below(contentReference="#Thing", min=0),
     below(contentReference="#Thing", maxLength=3),
     "StructureDefinition.differential.element[1].contentReference"),
    ("eld-6", below(fixedString="x", type=TYPE[:1]), below(fixedString="x", type=TYPE),
     "StructureDefinition.differential.element[1].fixed"),
    ("eld-7", below(patternString="x", type=TYPE[:1]), below(patternString="x", type=TYPE),
     "StructureDefinition.differential.element[1].pattern"),
    ("eld-8", below(fixedString="x"), below(fixedString="x", patternString="x"),
     "StructureDefinition.differential.element[1]"),
    ("eld-12", below(binding={"strength": "required", "valueSet": "urn:oid:1.2"}),
     below(binding={"strength": "required", "valueSet": "#x"}),
     "StructureDefinition.differential.element[1].binding.valueSet"),
    ("eld-13", below(type=TYPE), below(type=[*TYPE, *TYPE]),
     "StructureDefinition.differential.element[1].type"),
    ("eld-14", below(constraint=[{"key": "a-1", "severity": "error", "human": "x"}]),
     below(constraint=[{"key": "a-1", "severity": "error", "human": "x"}] * 2),
     "StructureDefinition.differential.element[1].constraint"),
    ("eld-15", below(meaningWhenMissing="x"), below(meaningWhenMissing="x", defaultValueString="x"),
     "StructureDefinition.differential.element[1].meaningWhenMissing"),
    ("eld-16", below(sliceName="a/b-1@2"), below(sliceName="a b"),
     "StructureDefinition.differential.element[1].sliceName"),
    ("eld-17", below(type=[{"code": "canonical", "targetProfile": ["http://a.example"]}]),
     below(type=[{"code": "string", "targetProfile": ["http://a.example"]}]),
     "StructureDefinition.differential.element[1].type[0].targetProfile"),
    ("eld-18", below(isModifier=True, isModifierReason="x"), below(isModifier=True),
     "StructureDefinition.differential.element[1]"),
    ("eld-19", below(path="Thing.a[x]:b"), below(path="Thing.a b"),
     "StructureDefinition.differential.element[1].path"),
    ("eld-22", below(sliceName="a", sliceIsConstraining=True), below(sliceIsConstraining=True),
     "StructureDefinition.differential.element[1]"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "holds", "breaks", "place"), BROKEN, ids=lambda each: str(each)[:8]
)
def test_a_broken_invariant_is_named_with_its_place(
    key: str, holds: Json, breaks: Json, place: str
) -> None:
    assert validate(holds) == ()
    issues = validate(breaks)
    assert f"({key})" in " ".join(issue.message for issue in issues)
    (said,) = (issue for issue in issues if f"({key})" in issue.message)
    assert said.code == "invariant"
    assert said.expression == place


IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"


@pytest.mark.parametrize(
    ("notation", "allowed"),
    [
        ({"coding": [{"system": IMPROVEMENT, "code": "decrease"}]}, True),
        ({"coding": [{"code": "x"}, {"system": IMPROVEMENT, "code": "increase"}]}, True),
        ({"coding": [{"code": "increase"}]}, False),
        ({"coding": [{"system": IMPROVEMENT, "code": "x"}]}, False),
        ({"text": "increase"}, False),
    ],
)
def test_a_concept_that_is_bound_needs_a_code_of_its_value_set(
    notation: Json, allowed: bool
) -> None:
    issues = validate(report(improvementNotation=notation))
    assert [(issue.code, issue.expression) for issue in issues] == (
        [] if allowed else [("code-invalid", "MeasureReport.improvementNotation")]
    )


def test_every_invariant_of_definitions_is_put_to_the_test() -> None:
    keys = {rule.key for rule in (*DEFINITIONS, *ELEMENT_DEFINITION)}
    assert keys <= {key for key, *_ in BROKEN}
