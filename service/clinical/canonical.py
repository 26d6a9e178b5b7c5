"""Addresses of what we define and of the code systems of others."""

BASE = "https://attune-outcomes.org/fhir"
"""Every canonical of ours begins with it."""

EXPRESSION = f"{BASE}/CodeSystem/expression"
FINDING = f"{BASE}/CodeSystem/finding"
SCALE = f"{BASE}/CodeSystem/scale"
RULE = f"{BASE}/CodeSystem/rule"
ANSWER = f"{BASE}/CodeSystem/answer"
"""An answer as its own number: code `2` is the answer 2."""
ITEM = f"{BASE}/CodeSystem/item"
"""An item by its instrument and number: `wai-sr-3`."""

LABEL = f"{BASE}/CodeSystem/label"
"""Security labels of ours, beside those of HL7."""

LOINC = "http://loinc.org"
SNOMED_CT = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"

ORDINAL_VALUE = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
ITEM_WEIGHT = "http://hl7.org/fhir/StructureDefinition/itemWeight"
"""The name that later versions of FHIR give to `ordinalValue`."""


def questionnaire(instrument: str) -> str:
    return f"{BASE}/Questionnaire/{instrument}"


def value_set(name: str) -> str:
    return f"{BASE}/ValueSet/{name}"


def profile(name: str) -> str:
    return f"{BASE}/StructureDefinition/{name}"


def operation_definition(name: str) -> str:
    return f"{BASE}/OperationDefinition/{name}"
