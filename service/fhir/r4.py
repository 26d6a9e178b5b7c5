"""Where R4 (4.0.1), which is served, differs from R4B (4.3.0), which `fhir.resources` knows.

The types are those of http://hl7.org/fhir/R4/valueset-resource-types.html.
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.fhir.words import words

RESOURCE_TYPES = words(
    """
    Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment
    AppointmentResponse AuditEvent Basic Binary BiologicallyDerivedProduct BodyStructure
    Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
    ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication
    CommunicationRequest CompartmentDefinition Composition ConceptMap Condition Consent
    Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue
    Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport
    DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint
    EnrollmentRequest EnrollmentResponse EpisodeOfCare EventDefinition Evidence
    EvidenceVariable ExampleScenario ExplanationOfBenefit FamilyMemberHistory Flag Goal
    GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
    ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan
    Invoice Library Linkage List Location Measure MeasureReport Media Medication
    MedicationAdministration MedicationDispense MedicationKnowledge MedicationRequest
    MedicationStatement MedicinalProduct MedicinalProductAuthorization
    MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient
    MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged
    MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition
    MessageHeader MolecularSequence NamingSystem NutritionOrder Observation
    ObservationDefinition OperationDefinition OperationOutcome Organization
    OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person
    PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire
    QuestionnaireResponse RelatedPerson RequestGroup ResearchDefinition
    ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment
    RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen
    SpecimenDefinition StructureDefinition StructureMap Subscription Substance
    SubstanceNucleicAcid SubstancePolymer SubstanceProtein SubstanceReferenceInformation
    SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task
    TerminologyCapabilities TestReport TestScript ValueSet VerificationResult
    VisionPrescription
    """
)

UNMODELLED = words(
    """
    EffectEvidenceSynthesis Evidence EvidenceVariable MedicinalProduct
    MedicinalProductAuthorization MedicinalProductContraindication
    MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction
    MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical
    MedicinalProductUndesirableEffect RiskEvidenceSynthesis SubstanceNucleicAcid
    SubstancePolymer SubstanceProtein SubstanceReferenceInformation SubstanceSourceMaterial
    SubstanceSpecification
    """
)
"""Resource types that R4B dropped or redefined: nothing here knows their R4 structure."""

_LATER_TYPES = ("CodeableReference", "RatioRange")
LATER_ELEMENTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ActivityDefinition": frozenset({"subjectCanonical"}),
        "ElementDefinition": frozenset(
            choice + kind
            for choice in ("defaultValue", "fixed", "pattern")
            for kind in _LATER_TYPES
        ),
        "ElementDefinitionExample": frozenset("value" + kind for kind in _LATER_TYPES),
        "Extension": frozenset("value" + kind for kind in _LATER_TYPES),
        "PlanDefinition": frozenset({"subjectCanonical"}),
        "PlanDefinitionAction": frozenset({"subjectCanonical"}),
    }
)
"""What R4B added to types of R4."""

EARLIER_CHOICES: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        "ElementDefinition": (
            ("defaultValueMeta", "Meta", "defaultValue"),
            ("fixedMeta", "Meta", "fixed"),
            ("patternMeta", "Meta", "pattern"),
        ),
        "ElementDefinitionExample": (("valueMeta", "Meta", "value"),),
        "Extension": (("valueMeta", "Meta", "value"),),
    }
)
"""What R4B's models lack of R4's types: JSON name, type and choice."""

_SUBJECT = frozenset({"Patient", "Group", "Device", "Location"})
TARGETS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "ActivityDefinition.productReference": frozenset({"Medication", "Substance"}),
        "DiagnosticReport.subject": _SUBJECT,
        "GroupMember.entity": frozenset(
            {
                "Device",
                "Group",
                "Medication",
                "Patient",
                "Practitioner",
                "PractitionerRole",
                "Substance",
            }
        ),
        "Observation.subject": _SUBJECT,
    }
)
"""What a reference may name, where R4B lets it name more."""

TYPES: Mapping[str, str] = MappingProxyType({"Extension.url": "uri"})
"""The type of an element, where R4B's models take another."""
