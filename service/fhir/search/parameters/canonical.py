"""Parameters of what is published under a canonical URL.

http://hl7.org/fhir/R4/questionnaire.html#search, http://hl7.org/fhir/R4/codesystem.html#search and
http://hl7.org/fhir/R4/valueset.html#search
"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    composite,
    date,
    quantity,
    reference,
    string,
    token,
    uri,
)

STATUS = "http://hl7.org/fhir/publication-status"
CONTENT_MODE = "http://hl7.org/fhir/codesystem-content-mode"
RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
LANGUAGES = "urn:ietf:bcp:47"


def published(family: str) -> tuple[Parameter, ...]:
    """What they have in common; `family` begins the names of their definitions."""
    return (
        token("context", f"{family}-context", "useContext.value[CodeableConcept]"),
        quantity(
            "context-quantity", f"{family}-context-quantity", "useContext.value[Quantity|Range]"
        ),
        token("context-type", f"{family}-context-type", "useContext.code"),
        date("date", f"{family}-date", "date"),
        string("description", f"{family}-description", "description"),
        token("identifier", f"{family}-identifier", "identifier"),
        token("jurisdiction", f"{family}-jurisdiction", "jurisdiction"),
        string("name", f"{family}-name", "name"),
        string("publisher", f"{family}-publisher", "publisher"),
        code("status", f"{family}-status", "status", system=STATUS),
        string("title", f"{family}-title", "title"),
        uri("url", f"{family}-url", "url"),
        code("version", f"{family}-version", "version"),
        *_contexts(family),
    )


def _contexts(family: str) -> tuple[Parameter, ...]:
    """The type of a context together with its value."""
    names = ("context-type", "context-quantity", "context")
    kind, amount, concept = (f"{family}-{name}" for name in names)
    context_type = token("context-type", kind, "code")
    measured = quantity("context-quantity", amount, "value[Quantity|Range]")
    coded = token("context", concept, "value[CodeableConcept]")
    first, second = f"{family}-context-type-quantity", f"{family}-context-type-value"
    return (
        composite("context-type-quantity", first, "useContext", of=(context_type, measured)),
        composite("context-type-value", second, "useContext", of=(context_type, coded)),
    )


QUESTIONNAIRE: tuple[Parameter, ...] = (
    *published("Questionnaire"),
    token("code", "Questionnaire-code", "item.code"),
    uri("definition", "Questionnaire-definition", "item.definition"),
    date("effective", "Questionnaire-effective", "effectivePeriod"),
    code("subject-type", "Questionnaire-subject-type", "subjectType", system=RESOURCE_TYPES),
)

CODE_SYSTEM: tuple[Parameter, ...] = (
    *published("conformance"),
    code("code", "CodeSystem-code", "concept.code"),
    code("content-mode", "CodeSystem-content-mode", "content", system=CONTENT_MODE),
    code("language", "CodeSystem-language", "concept.designation.language", system=LANGUAGES),
    reference(
        "supplements",
        "CodeSystem-supplements",
        "supplements",
        targets="CodeSystem",
        canonical=True,
    ),
    uri("system", "CodeSystem-system", "url"),
)

VALUE_SET: tuple[Parameter, ...] = (
    *published("conformance"),
    code("code", "ValueSet-code", "expansion.contains.code", "compose.include.concept.code"),
    uri("expansion", "ValueSet-expansion", "expansion.identifier"),
    uri("reference", "ValueSet-reference", "compose.include.system"),
)
