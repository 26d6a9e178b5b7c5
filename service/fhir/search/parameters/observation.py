"""http://hl7.org/fhir/R4/observation.html#search"""

from service.fhir.search.parameters.composites import COMPOSITES, CONCEPT, QUANTITY
from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    date,
    quantity,
    reference,
    string,
    token,
)

STATUS = "http://hl7.org/fhir/observation-status"

OBSERVATION: tuple[Parameter, ...] = (
    *COMPOSITES,
    reference(
        "based-on",
        "Observation-based-on",
        "basedOn",
        targets="CarePlan MedicationRequest NutritionOrder DeviceRequest ServiceRequest"
        " ImmunizationRecommendation",
    ),
    code("category", "Observation-category", "category"),
    token("code", "clinical-code", "code"),
    code("combo-code", "Observation-combo-code", "code", "component.code"),
    code(
        "combo-data-absent-reason",
        "Observation-combo-data-absent-reason",
        "dataAbsentReason",
        "component.dataAbsentReason",
    ),
    code("combo-value-concept", "Observation-combo-value-concept", CONCEPT, f"component.{CONCEPT}"),
    quantity(
        "combo-value-quantity",
        "Observation-combo-value-quantity",
        QUANTITY,
        f"component.{QUANTITY}",
    ),
    code("component-code", "Observation-component-code", "component.code"),
    code(
        "component-data-absent-reason",
        "Observation-component-data-absent-reason",
        "component.dataAbsentReason",
    ),
    code("component-value-concept", "Observation-component-value-concept", f"component.{CONCEPT}"),
    quantity(
        "component-value-quantity", "Observation-component-value-quantity", f"component.{QUANTITY}"
    ),
    code("data-absent-reason", "Observation-data-absent-reason", "dataAbsentReason"),
    date("date", "clinical-date", "effective[dateTime|Period|Timing|instant]"),
    reference(
        "derived-from",
        "Observation-derived-from",
        "derivedFrom",
        targets="Media Observation ImagingStudy MolecularSequence QuestionnaireResponse"
        " DocumentReference",
    ),
    reference("device", "Observation-device", "device", targets="Device DeviceMetric"),
    reference("encounter", "clinical-encounter", "encounter", targets="Encounter"),
    reference("focus", "Observation-focus", "focus"),
    reference(
        "has-member",
        "Observation-has-member",
        "hasMember",
        targets="Observation MolecularSequence QuestionnaireResponse",
    ),
    code("identifier", "clinical-identifier", "identifier"),
    code("method", "Observation-method", "method"),
    reference(
        "part-of",
        "Observation-part-of",
        "partOf",
        targets="Immunization MedicationDispense MedicationAdministration Procedure ImagingStudy"
        " MedicationStatement",
    ),
    reference("patient", "clinical-patient", "subject", targets="Patient"),
    reference(
        "performer",
        "Observation-performer",
        "performer",
        targets="Practitioner Organization CareTeam Patient PractitionerRole RelatedPerson",
    ),
    reference("specimen", "Observation-specimen", "specimen", targets="Specimen"),
    code("status", "Observation-status", "status", system=STATUS),
    reference("subject", "Observation-subject", "subject", targets="Group Device Patient Location"),
    token("value-concept", "Observation-value-concept", CONCEPT),
    date("value-date", "Observation-value-date", "value[dateTime|Period]"),
    quantity("value-quantity", "Observation-value-quantity", QUANTITY),
    string("value-string", "Observation-value-string", "value[string]", f"{CONCEPT}.text"),
)
"""`:text` is offered where a client would use it: the text of every coding of millions of
observations would take more room than all else."""
