"""Which search parameters put a resource into a compartment, as R4 defines it for every type.

https://hl7.org/fhir/R4/compartmentdefinition.html
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.fhir.search.parameters import TABLE

DEFINITIONS = "http://hl7.org/fhir/CompartmentDefinition/"
ITSELF = "_id"
"""Links the resource that the compartment is about: it is in its own compartment."""


def _defined(text: str) -> Mapping[str, tuple[str, ...]]:
    """A line for each type: its name, and the parameters any of which links it."""
    lines = [line.split() for line in text.strip().splitlines()]
    return MappingProxyType({name: tuple(parameters) for name, *parameters in lines})


PATIENT = _defined(
    """
    Account subject
    AdverseEvent subject
    AllergyIntolerance patient recorder asserter
    Appointment actor
    AppointmentResponse actor
    AuditEvent patient
    Basic patient author
    BodyStructure patient
    CarePlan patient performer
    CareTeam patient participant
    ChargeItem subject
    Claim patient payee
    ClaimResponse patient
    ClinicalImpression subject
    Communication subject sender recipient
    CommunicationRequest subject sender recipient requester
    Composition subject author attester
    Condition patient asserter
    Consent patient
    Coverage policy-holder subscriber beneficiary payor
    CoverageEligibilityRequest patient
    CoverageEligibilityResponse patient
    DetectedIssue patient
    DeviceRequest subject performer
    DeviceUseStatement subject
    DiagnosticReport subject
    DocumentManifest subject author recipient
    DocumentReference subject author
    Encounter patient
    EnrollmentRequest subject
    EpisodeOfCare patient
    ExplanationOfBenefit patient payee
    FamilyMemberHistory patient
    Flag patient
    Goal patient
    Group member
    ImagingStudy patient
    Immunization patient
    ImmunizationEvaluation patient
    ImmunizationRecommendation patient
    Invoice subject patient recipient
    List subject source
    MeasureReport patient
    Media subject
    MedicationAdministration patient performer subject
    MedicationDispense subject patient receiver
    MedicationRequest subject
    MedicationStatement subject
    MolecularSequence patient
    NutritionOrder patient
    Observation subject performer
    Patient link
    Person patient
    Procedure patient performer
    Provenance patient
    QuestionnaireResponse subject author
    RelatedPerson patient
    RequestGroup subject participant
    ResearchSubject individual
    RiskAssessment subject
    Schedule actor
    ServiceRequest subject performer
    Specimen subject
    SupplyDelivery patient
    SupplyRequest subject
    VisionPrescription patient
    """
)
ENCOUNTER = _defined(
    """
    CarePlan encounter
    CareTeam encounter
    ChargeItem context
    Claim encounter
    ClinicalImpression encounter
    Communication encounter
    CommunicationRequest encounter
    Composition encounter
    Condition encounter
    DeviceRequest encounter
    DiagnosticReport encounter
    DocumentManifest related-ref
    DocumentReference encounter
    Encounter
    ExplanationOfBenefit encounter
    Media encounter
    MedicationAdministration context
    MedicationRequest encounter
    NutritionOrder encounter
    Observation encounter
    Procedure encounter
    QuestionnaireResponse encounter
    RequestGroup encounter
    ServiceRequest encounter
    VisionPrescription encounter
    """
)
PRACTITIONER = _defined(
    """
    Account subject
    AdverseEvent recorder
    AllergyIntolerance recorder asserter
    Appointment actor
    AppointmentResponse actor
    AuditEvent agent
    Basic author
    CarePlan performer
    CareTeam participant
    ChargeItem enterer performer-actor
    Claim enterer provider payee care-team
    ClaimResponse requestor
    ClinicalImpression assessor
    Communication sender recipient
    CommunicationRequest sender recipient requester
    Composition subject author attester
    Condition asserter
    CoverageEligibilityRequest enterer provider
    CoverageEligibilityResponse requestor
    DetectedIssue author
    DeviceRequest requester performer
    DiagnosticReport performer
    DocumentManifest subject author recipient
    DocumentReference subject author authenticator
    Encounter practitioner participant
    EpisodeOfCare care-manager
    ExplanationOfBenefit enterer provider payee care-team
    Flag author
    Group member
    Immunization performer
    Invoice participant
    Linkage author
    List source
    Media subject operator
    MedicationAdministration performer
    MedicationDispense performer receiver
    MedicationRequest requester
    MedicationStatement source
    MessageHeader receiver author responsible enterer
    NutritionOrder provider
    Observation performer
    Patient general-practitioner
    PaymentNotice provider
    PaymentReconciliation requestor
    Person practitioner
    Practitioner
    PractitionerRole practitioner
    Procedure performer
    Provenance agent
    QuestionnaireResponse author source
    RequestGroup participant author
    ResearchStudy principalinvestigator
    RiskAssessment performer
    Schedule actor
    ServiceRequest performer requester
    Specimen collector
    SupplyDelivery supplier receiver
    SupplyRequest requester
    VisionPrescription prescriber
    """
)
DEFINED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"Encounter": ENCOUNTER, "Patient": PATIENT, "Practitioner": PRACTITIONER}
)
"""By the type that the compartment is about: the parameters by the type that is linked."""

CARE_DATES: Mapping[str, str] = MappingProxyType(
    {
        "Encounter": "date",
        "EpisodeOfCare": "date",
        "Goal": "start-date",
        "MeasureReport": "period",
        "Observation": "date",
        "QuestionnaireResponse": "authored",
    }
)
"""The parameter that says when the care was that a resource tells of."""


def served(compartment: str) -> Mapping[str, tuple[str, ...]]:
    """The same for the types that are served here; `ITSELF` is among the links of the type that
    the compartment is about."""
    return _SERVED[compartment]


def _links(compartment: str, type_name: str) -> tuple[str, ...]:
    own = (ITSELF,) if type_name == compartment else ()
    return (*own, *DEFINED[compartment][type_name])


_SERVED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        compartment: MappingProxyType(
            {name: _links(compartment, name) for name in TABLE if name in types}
        )
        for compartment, types in DEFINED.items()
    }
)
