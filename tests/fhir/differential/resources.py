"""Mutations of extensions, references, narratives and resources within others."""

import random
from copy import deepcopy
from typing import Any

from service.fhir import r4
from service.fhir.models import Shape
from tests.fhir.differential.elements import Value
from tests.fhir.differential.growth import CONCEPT, extension, grown_object
from tests.fhir.differential.literals import BAD, GOOD
from tests.fhir.differential.places import present

LATER_TYPES = ("Citation", "SubscriptionTopic", "NutritionProduct", "Ingredient")
REFERENCES = (
    "", " ", "#", "#nowhere", "Patient/1", "Practitioner/1/_history/2", "Patient/a b", "patient/1",
    "Banana/1", "https://elsewhere.example/fhir/Patient/1", "https://elsewhere.example/x?y=z",
    "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "urn:oid:1.2.3", "Patient?identifier=a|1",
    "Observation/1", "Encounter/1", "Medication/1", "Citation/1", "../Patient/1", "Patient/", "/1",
    "Patient/" + "a" * 65, "Procedure/1", "Group/1", "Device/1",
)  # fmt: skip
NARRATIVES = (
    "words", "<div>words", "<div xmlns='http://www.w3.org/1999/xhtml'/>", "<DIV>words</DIV>",
    "<div><img src='a'/></div>", "<div>&nbsp;</div>", "<div>&nosuch;</div>",
    "<div>a</div><div>b</div>",
    "<div><form>x</form></div>", "<div><iframe src='x'/></div>", "<div style='a'>x</div>",
    "<?xml version='1.0'?><div>x</div>", "<!DOCTYPE html><div>x</div>", "<div><!-- x -->y</div>",
    "<div xmlns='https://a.example'>x</div>", "<div><![CDATA[x]]></div>", "<p>x</p>",
)  # fmt: skip


def extend(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An extension comes, with a value of any of the fifty types."""
    return _with_extension(value, form, chance, extension(chance))


def extend_badly(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """An extension comes that breaks a rule of extensions."""
    own, url = extension(chance), {"url": "https://a.example"}
    wrong: tuple[Any, ...] = (
        url, {"valueString": "x"}, {**own, "extension": [own]}, {**own, "url": None},
        {**own, "url": ""}, {**own, "url": "a b"}, {**own, "_url": {"id": "a"}},
        {"url": own["url"]},
        {**url, "valueString": "a", "valueCode": "a"}, {**url, "extension": [url]},
        {**url, "_valueString": {"extension": [own]}}, {**url, "value": "x"},
        {**url, "extension": []},
        {**url, "_valueCode": {"id": "a"}}, {**url, "valueCode": "a", "_valueCode": {"id": "b"}},
        {**url, "valueResource": {}}, {**url, "_valueQuantity": {"extension": [own]}},
        {**url, "valueRatioRange": {"lowNumerator": {"value": 1}}},
        {"url": "relative", "valueCode": "a"},
        {**own, "id": "an id with spaces"}, {**url, "valueMeta": {"versionId": "1"}},
        {**url, "_valueMeta": {"id": "a"}}, {**url, "valueNarrative": {"status": "empty"}},
    )  # fmt: skip
    return _with_extension(value, form, chance, chance.choice(wrong))


def refer(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A reference names something else, or nothing."""
    held = [element for element in present(value, form) if element.type == "Reference"]
    absent = [element for element in form.elements.values() if element.type == "Reference"]
    if form.name == "Reference":
        value["reference"] = chance.choice(REFERENCES)
        return value
    if not absent:
        return None
    element = chance.choice(held or absent)
    one = {"reference": chance.choice(REFERENCES)}
    value[element.name] = [one] if element.many else one
    return value


def narrate(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """The narrative is another, be it one that may not stand."""
    if "text" not in form.elements or form.elements["text"].type != "Narrative":
        return None
    div = chance.choice((*NARRATIVES, *GOOD["xhtml"], *BAD["xhtml"]))
    value["text"] = {"status": chance.choice(("generated", "empty", "none")), "div": div}
    return value


def contain(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A resource comes to be contained, of any type and in any state, mostly referred to."""
    if "contained" not in form.elements:
        return None
    name = chance.choice(sorted(r4.RESOURCE_TYPES - r4.UNMODELLED))
    within: Any = {"resourceType": name, "id": "within", **grown_object(name, chance)}
    basic = {"resourceType": "Basic", "id": "within", "code": CONCEPT}
    dropped = {"resourceType": chance.choice(sorted(r4.UNMODELLED)), "id": "within"}
    wrong: tuple[Any, ...] = (
        {}, None, "x", [], {"id": "within"}, {**basic, "resourceType": "Banana"}, dropped,
        {**basic, "resourceType": chance.choice(LATER_TYPES)}, {**dropped, "name": [{}]},
        {**basic, "resourceType": 1}, {**basic, "unknown": 1}, {**basic, "code": {}},
        {**basic, "contained": [{**basic, "id": "b"}]}, {**basic, "meta": {"versionId": "1"}},
        {**basic, "meta": {"security": [{"code": "R"}]}}, {**basic, "id": "other"}, basic,
        {**basic, "subject": {"reference": "#"}}, {**basic, "resourceType": "Quantity"},
        {**basic, "meta": {"lastUpdated": "2026-05-03T10:00:00Z"}}, {"resourceType": "Basic"},
    )  # fmt: skip
    new = within if chance.random() < 0.5 else chance.choice(wrong)
    own = value.get("contained", [])
    value["contained"] = [*own, new] if isinstance(own, list) else [new]
    if chance.random() < 0.8:
        value["extension"] = [
            *value.get("extension", []),
            {"url": "https://a.example", "valueReference": {"reference": "#within"}},
        ]
    return value


def retype(value: Value, form: Shape, chance: random.Random) -> Value | None:
    """A resource says that it is of another type, or an object that is none says so."""
    names = (*sorted(r4.RESOURCE_TYPES - r4.UNMODELLED), *LATER_TYPES)
    odd: tuple[Any, ...] = (form.name.lower(), form.name, "Resource", "DomainResource", "Element",
                            "Banana", "", None, 1, ["Patient"],
                            "__class__", "Quantity")  # fmt: skip
    value["resourceType"] = chance.choice(names if chance.random() < 0.5 else odd)
    return value


def _with_extension(value: Value, form: Shape, chance: random.Random, new: Any) -> Value | None:
    names = [n for n in ("extension", "modifierExtension") if n in form.elements]
    if not names or (form.name == "Extension" and chance.random() < 0.5):
        return None
    name = chance.choice(names)
    value[name] = [*value.get(name, ()), deepcopy(new)]
    return value
