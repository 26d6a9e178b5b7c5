"""http://hl7.org/fhir/R4/encounter.html#search"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    date,
    quantity,
    reference,
    token,
)

STATUS = "http://hl7.org/fhir/encounter-status"

ENCOUNTER: tuple[Parameter, ...] = (
    reference("account", "Encounter-account", "account", targets="Account"),
    reference("appointment", "Encounter-appointment", "appointment", targets="Appointment"),
    reference("based-on", "Encounter-based-on", "basedOn", targets="ServiceRequest"),
    token("class", "Encounter-class", "class"),
    date("date", "clinical-date", "period"),
    reference(
        "diagnosis", "Encounter-diagnosis", "diagnosis.condition", targets="Condition Procedure"
    ),
    reference(
        "episode-of-care", "Encounter-episode-of-care", "episodeOfCare", targets="EpisodeOfCare"
    ),
    token("identifier", "clinical-identifier", "identifier"),
    quantity("length", "Encounter-length", "length"),
    reference("location", "Encounter-location", "location.location", targets="Location"),
    date("location-period", "Encounter-location-period", "location.period"),
    reference("part-of", "Encounter-part-of", "partOf", targets="Encounter"),
    reference(
        "participant",
        "Encounter-participant",
        "participant.individual",
        targets="Practitioner PractitionerRole RelatedPerson",
    ),
    token("participant-type", "Encounter-participant-type", "participant.type"),
    reference("patient", "clinical-patient", "subject", targets="Patient"),
    reference(
        "practitioner", "Encounter-practitioner", "participant.individual", targets="Practitioner"
    ),
    token("reason-code", "Encounter-reason-code", "reasonCode"),
    reference(
        "reason-reference",
        "Encounter-reason-reference",
        "reasonReference",
        targets="Condition Observation Procedure ImmunizationRecommendation",
    ),
    reference(
        "service-provider", "Encounter-service-provider", "serviceProvider", targets="Organization"
    ),
    token(
        "special-arrangement",
        "Encounter-special-arrangement",
        "hospitalization.specialArrangement",
    ),
    code("status", "Encounter-status", "status", system=STATUS),
    reference("subject", "Encounter-subject", "subject", targets="Group Patient"),
    token("type", "clinical-type", "type"),
)
