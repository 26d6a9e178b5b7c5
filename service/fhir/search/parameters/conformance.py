"""Parameters of what describes FHIR itself.

http://hl7.org/fhir/R4/structuredefinition.html#search,
http://hl7.org/fhir/R4/searchparameter.html#search and
http://hl7.org/fhir/R4/operationdefinition.html#search
"""

from service.fhir.search.parameters.canonical import RESOURCE_TYPES, published
from service.fhir.search.parameters.parameter import (
    SPECIAL_VALUES,
    Parameter,
    code,
    reference,
    token,
    uri,
)

DERIVATION = "http://hl7.org/fhir/type-derivation-rule"
EXTENDED = "http://hl7.org/fhir/extension-context-type"
STRUCTURE_KIND = "http://hl7.org/fhir/structure-definition-kind"
OPERATION_KIND = "http://hl7.org/fhir/operation-kind"
PARAMETER_TYPE = "http://hl7.org/fhir/search-param-type"


def _published_without(*names: str) -> tuple[Parameter, ...]:
    """What is published under a canonical URL has in common, where some of it is missing."""
    return tuple(p for p in published("conformance") if p.name not in names)


STRUCTURE_DEFINITION: tuple[Parameter, ...] = (
    *published("conformance"),
    code("abstract", "StructureDefinition-abstract", "abstract", system=SPECIAL_VALUES),
    reference(
        "base",
        "StructureDefinition-base",
        "baseDefinition",
        targets="StructureDefinition",
        canonical=True,
    ),
    code(
        "base-path",
        "StructureDefinition-base-path",
        "snapshot.element.base.path",
        "differential.element.base.path",
    ),
    code("derivation", "StructureDefinition-derivation", "derivation", system=DERIVATION),
    code("experimental", "StructureDefinition-experimental", "experimental", system=SPECIAL_VALUES),
    code("ext-context", "StructureDefinition-ext-context", "context.type", system=EXTENDED),
    token("keyword", "StructureDefinition-keyword", "keyword"),
    code("kind", "StructureDefinition-kind", "kind", system=STRUCTURE_KIND),
    code(
        "path",
        "StructureDefinition-path",
        "snapshot.element.path",
        "differential.element.path",
    ),
    uri("type", "StructureDefinition-type", "type"),
    reference(
        "valueset",
        "StructureDefinition-valueset",
        "snapshot.element.binding.valueSet",
        targets="ValueSet",
        canonical=True,
    ),
)

SEARCH_PARAMETER: tuple[Parameter, ...] = (
    *_published_without("identifier", "title"),
    code("base", "SearchParameter-base", "base", system=RESOURCE_TYPES),
    code("code", "SearchParameter-code", "code"),
    reference(
        "component",
        "SearchParameter-component",
        "component.definition",
        targets="SearchParameter",
        canonical=True,
    ),
    reference(
        "derived-from",
        "SearchParameter-derived-from",
        "derivedFrom",
        targets="SearchParameter",
        canonical=True,
    ),
    code("target", "SearchParameter-target", "target", system=RESOURCE_TYPES),
    code("type", "SearchParameter-type", "type", system=PARAMETER_TYPE),
)

OPERATION_DEFINITION: tuple[Parameter, ...] = (
    *_published_without("identifier"),
    reference(
        "base",
        "OperationDefinition-base",
        "base",
        targets="OperationDefinition",
        canonical=True,
    ),
    code("code", "OperationDefinition-code", "code"),
    reference(
        "input-profile",
        "OperationDefinition-input-profile",
        "inputProfile",
        targets="StructureDefinition",
        canonical=True,
    ),
    code("instance", "OperationDefinition-instance", "instance", system=SPECIAL_VALUES),
    code("kind", "OperationDefinition-kind", "kind", system=OPERATION_KIND),
    reference(
        "output-profile",
        "OperationDefinition-output-profile",
        "outputProfile",
        targets="StructureDefinition",
        canonical=True,
    ),
    code("system", "OperationDefinition-system", "system", system=SPECIAL_VALUES),
    code("type", "OperationDefinition-type", "type", system=SPECIAL_VALUES),
)
