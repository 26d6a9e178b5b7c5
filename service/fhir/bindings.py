"""The required bindings: elements whose code must be one of a fixed set.

Keys are `[type or part].[element]` as `models` names them; each set is the value set that R4
(4.0.1) binds there with strength `required`, https://hl7.org/fhir/R4/terminologies.html#required.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.words import words

GENDER = frozenset({"male", "female", "other", "unknown"})
PUBLICATION = frozenset({"draft", "active", "retired", "unknown"})
ENCOUNTER = words(
    "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
)
EPISODE = words("planned waitlist active onhold finished cancelled entered-in-error")
STRENGTH = words("example extensible preferred required")
SEARCH_TYPE = words("composite date number quantity reference special string token uri")
DAYS = words("wed sat sun thu mon fri tue")
NAMED_TYPES = RESOURCE_TYPES | frozenset({"Resource", "DomainResource"})
FILTER = words("= is-a descendent-of is-not-a regex in not-in generalizes exists")
COMPARATOR = frozenset({"<", "<=", ">=", ">"})
UNIT_OF_TIME = words("d mo wk s h min a")
DATA_TYPES = words(
    "Address Age Annotation Any Attachment BackboneElement CodeableConcept Coding "
    "ContactDetail ContactPoint Contributor Count DataRequirement Distance Dosage "
    "Duration Element ElementDefinition Expression Extension HumanName Identifier "
    "MarketingStatus Meta Money MoneyQuantity Narrative ParameterDefinition Period "
    "Population ProdCharacteristic ProductShelfLife Quantity Range Ratio Reference "
    "RelatedArtifact SampledData Signature SimpleQuantity SubstanceAmount Timing "
    "TriggerDefinition Type UsageContext base64Binary boolean canonical code date "
    "dateTime decimal id instant integer markdown oid positiveInt string time "
    "unsignedInt uri url uuid xhtml"
)
ALL_TYPES = NAMED_TYPES | DATA_TYPES

CODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "Observation.status": words(
            "registered preliminary final amended corrected cancelled entered-in-error unknown"
        ),
        "Patient.gender": GENDER,
        "PatientContact.gender": GENDER,
        "PatientLink.type": frozenset({"replaced-by", "replaces", "refer", "seealso"}),
        "Practitioner.gender": GENDER,
        "Encounter.status": ENCOUNTER,
        "EncounterStatusHistory.status": ENCOUNTER,
        "EncounterLocation.status": frozenset({"planned", "active", "reserved", "completed"}),
        "EpisodeOfCare.status": EPISODE,
        "EpisodeOfCareStatusHistory.status": EPISODE,
        "Questionnaire.status": PUBLICATION,
        "Questionnaire.subjectType": NAMED_TYPES,
        # `question` is in the value set but abstract: it groups the others.
        "QuestionnaireItem.type": words(
            "group display boolean decimal integer date dateTime time string text url choice "
            "open-choice attachment reference quantity"
        ),
        "QuestionnaireItemEnableWhen.operator": words("<= > != exists >= < ="),
        "QuestionnaireItem.enableBehavior": frozenset({"all", "any"}),
        "QuestionnaireResponse.status": frozenset(
            {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
        ),
        "Device.status": frozenset({"active", "inactive", "entered-in-error", "unknown"}),
        "DeviceDeviceName.type": words(
            "udi-label-name user-friendly-name patient-reported-name manufacturer-name "
            "model-name other"
        ),
        "DeviceUdiCarrier.entryType": words("self-reported manual barcode rfid unknown card"),
        "CodeSystem.status": PUBLICATION,
        "CodeSystem.hierarchyMeaning": frozenset(
            {"grouped-by", "is-a", "part-of", "classified-with"}
        ),
        "CodeSystem.content": frozenset(
            {"not-present", "example", "fragment", "complete", "supplement"}
        ),
        "CodeSystemFilter.operator": FILTER,
        "CodeSystemProperty.type": words("string boolean Coding code dateTime integer decimal"),
        "ValueSet.status": PUBLICATION,
        "ValueSetComposeIncludeFilter.op": FILTER,
        "StructureDefinition.status": PUBLICATION,
        "StructureDefinition.derivation": frozenset({"constraint", "specialization"}),
        "StructureDefinition.fhirVersion": words(
            "0.0.80 0.0.81 0.0.82 0.01 0.05 0.06 0.11 0.4.0 0.5.0 1.0.0 1.0.1 1.0.2 1.1.0 1.4.0 "
            "1.6.0 1.8.0 3.0.0 3.0.1 3.3.0 3.5.0 4.0.0 4.0.1"
        ),
        "StructureDefinition.kind": words("complex-type logical primitive-type resource"),
        "StructureDefinitionContext.type": frozenset({"element", "extension", "fhirpath"}),
        "SearchParameter.status": PUBLICATION,
        "SearchParameter.base": NAMED_TYPES,
        "SearchParameter.comparator": words("ap eb eq ge gt le lt ne sa"),
        "SearchParameter.modifier": words(
            "above below contains exact identifier in missing not not-in ofType text type"
        ),
        "SearchParameter.target": NAMED_TYPES,
        "SearchParameter.type": SEARCH_TYPE,
        "SearchParameter.xpathUsage": words("distance nearby normal other phonetic"),
        "OperationDefinition.status": PUBLICATION,
        "OperationDefinition.kind": frozenset({"operation", "query"}),
        "OperationDefinition.resource": NAMED_TYPES,
        "OperationDefinitionParameter.searchType": SEARCH_TYPE,
        "OperationDefinitionParameter.type": ALL_TYPES,
        "OperationDefinitionParameter.use": frozenset({"in", "out"}),
        "OperationDefinitionParameterBinding.strength": STRENGTH,
        "Library.status": PUBLICATION,
        "Measure.status": PUBLICATION,
        "MeasureReport.status": frozenset({"complete", "pending", "error"}),
        "MeasureReport.type": words("individual subject-list summary data-collection"),
        "Goal.lifecycleStatus": words(
            "proposed planned accepted active on-hold completed cancelled entered-in-error rejected"
        ),
        "Group.type": words("person animal practitioner device medication substance"),
        "PractitionerRoleAvailableTime.daysOfWeek": DAYS,
        "ProvenanceEntity.role": words("derivation revision quotation source removal"),
        "AuditEvent.action": frozenset({"C", "R", "U", "D", "E"}),
        "AuditEvent.outcome": frozenset({"0", "4", "8", "12"}),
        "AuditEventAgentNetwork.type": frozenset({"1", "2", "3", "4", "5"}),
        "Subscription.status": frozenset({"requested", "active", "error", "off"}),
        "SubscriptionChannel.type": words("rest-hook websocket email sms message"),
        "Address.type": frozenset({"postal", "physical", "both"}),
        "Address.use": frozenset({"home", "work", "temp", "old", "billing"}),
        "Age.comparator": COMPARATOR,
        "ContactPoint.system": words("url sms pager other email phone fax"),
        "ContactPoint.use": frozenset({"home", "work", "temp", "old", "mobile"}),
        "Contributor.type": frozenset({"author", "editor", "reviewer", "endorser"}),
        "Count.comparator": COMPARATOR,
        "DataRequirement.type": ALL_TYPES,
        "DataRequirementSort.direction": frozenset({"ascending", "descending"}),
        "Distance.comparator": COMPARATOR,
        "Duration.comparator": COMPARATOR,
        "ElementDefinition.representation": words("xmlAttr xmlText typeAttr cdaText xhtml"),
        "ElementDefinitionBinding.strength": STRENGTH,
        "ElementDefinitionConstraint.severity": frozenset({"error", "warning"}),
        "ElementDefinitionSlicing.rules": frozenset({"closed", "open", "openAtEnd"}),
        "ElementDefinitionSlicingDiscriminator.type": words("value exists pattern type profile"),
        "ElementDefinitionType.aggregation": frozenset({"contained", "referenced", "bundled"}),
        "ElementDefinitionType.versioning": frozenset({"either", "independent", "specific"}),
        "HumanName.use": words("temp old usual nickname anonymous official maiden"),
        "Identifier.use": frozenset({"usual", "official", "temp", "secondary", "old"}),
        "Narrative.status": frozenset({"generated", "extensions", "additional", "empty"}),
        "ParameterDefinition.type": ALL_TYPES,
        "ParameterDefinition.use": frozenset({"in", "out"}),
        "Quantity.comparator": COMPARATOR,
        "RelatedArtifact.type": words(
            "documentation justification citation predecessor successor derived-from "
            "depends-on composed-of"
        ),
        "TimingRepeat.dayOfWeek": DAYS,
        "TimingRepeat.durationUnit": UNIT_OF_TIME,
        "TimingRepeat.periodUnit": UNIT_OF_TIME,
        "TimingRepeat.when": words(
            "MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late "
            "NIGHT PHS HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV"
        ),
        "TriggerDefinition.type": words(
            "named-event periodic data-changed data-added data-modified data-removed "
            "data-accessed data-access-ended"
        ),
    }
)

MEDIA_TYPE = re.compile(r"[^\s/;,]+/[^\s/;,]+(?:\s*;.*)?")
CURRENCY = re.compile(r"[A-Z]{3}")
PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "Attachment.contentType": MEDIA_TYPE,
        "ElementDefinitionMapping.language": MEDIA_TYPE,
        "Money.currency": CURRENCY,
        "Signature.sigFormat": MEDIA_TYPE,
        "Signature.targetFormat": MEDIA_TYPE,
        "SubscriptionChannel.payload": MEDIA_TYPE,
    }
)
"""Value sets too large or too open to list: BCP 13 media types, ISO 4217 currencies."""

_IMPROVEMENT = frozenset(
    ("http://terminology.hl7.org/CodeSystem/measure-improvement-notation", code)
    for code in ("increase", "decrease")
)
CONCEPTS: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        "Measure.improvementNotation": _IMPROVEMENT,
        "MeasureReport.improvementNotation": _IMPROVEMENT,
    }
)
"""The value sets, as (system, code), of elements of type CodeableConcept."""


def allows(element: str) -> Callable[[str], bool] | None:
    """Whether a code is one that R4 lets stand at `element`; None where nothing is required."""
    if element in CODES:
        return CODES[element].__contains__
    pattern = PATTERNS.get(element)
    return None if pattern is None else lambda code: pattern.fullmatch(code) is not None
