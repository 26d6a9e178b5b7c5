"""http://hl7.org/fhir/R4/group.html#search"""

from service.fhir.search.parameters.parameter import (
    SPECIAL_VALUES,
    Parameter,
    code,
    composite,
    reference,
    token,
)

TYPE = "http://hl7.org/fhir/group-type"

GROUP: tuple[Parameter, ...] = (
    composite(
        "characteristic-value",
        "Group-characteristic-value",
        "characteristic",
        of=(
            token("characteristic", "Group-characteristic", "code"),
            token("value", "Group-value", "value[CodeableConcept|boolean]", system=SPECIAL_VALUES),
        ),
    ),
    code("actual", "Group-actual", "actual", system=SPECIAL_VALUES),
    token("characteristic", "Group-characteristic", "characteristic.code"),
    token("code", "Group-code", "code"),
    code("exclude", "Group-exclude", "characteristic.exclude", system=SPECIAL_VALUES),
    token("identifier", "Group-identifier", "identifier"),
    reference(
        "managing-entity",
        "Group-managing-entity",
        "managingEntity",
        targets="Practitioner Organization PractitionerRole RelatedPerson",
    ),
    reference(
        "member",
        "Group-member",
        "member.entity",
        targets="Practitioner Group Device Medication Patient Substance PractitionerRole",
    ),
    code("type", "Group-type", "type", system=TYPE),
    token(
        "value",
        "Group-value",
        "characteristic.value[CodeableConcept|boolean]",
        system=SPECIAL_VALUES,
    ),
)
