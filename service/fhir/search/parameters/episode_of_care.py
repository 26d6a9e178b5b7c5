"""http://hl7.org/fhir/R4/episodeofcare.html#search"""

from service.fhir.search.parameters.parameter import Parameter, code, date, reference, token

STATUS = "http://hl7.org/fhir/episode-of-care-status"

EPISODE_OF_CARE: tuple[Parameter, ...] = (
    reference("care-manager", "EpisodeOfCare-care-manager", "careManager", targets="Practitioner"),
    reference("condition", "EpisodeOfCare-condition", "diagnosis.condition", targets="Condition"),
    date("date", "clinical-date", "period"),
    token("identifier", "clinical-identifier", "identifier"),
    reference(
        "incoming-referral",
        "EpisodeOfCare-incoming-referral",
        "referralRequest",
        targets="ServiceRequest",
    ),
    reference(
        "organization",
        "EpisodeOfCare-organization",
        "managingOrganization",
        targets="Organization",
    ),
    reference("patient", "clinical-patient", "patient", targets="Patient"),
    code("status", "EpisodeOfCare-status", "status", system=STATUS),
    token("type", "clinical-type", "type"),
)
