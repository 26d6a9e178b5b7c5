"""What the server can do. https://hl7.org/fhir/R4/capabilitystatement.html

Made from the tables that the server runs on, which come in as arguments: what is not in them is
not offered, and what is offered is in them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from service.fhir.resource import Resource
from service.fhir.search.parameters import Parameter
from service.fhir.search.parameters.every_type import COMMON
from service.fhir.types import ResourceType

FHIR_VERSION = "4.0.1"
JSON = "application/fhir+json"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
SECURITY_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"
SMART = "SMART-on-FHIR"


class ConditionalDelete(StrEnum):
    """http://hl7.org/fhir/R4/valueset-conditional-delete-status.html"""

    NOT_SUPPORTED = "not-supported"
    SINGLE = "single"


@dataclass(frozen=True, kw_only=True)
class Software:
    """The software and the site it runs at."""

    name: str
    version: str
    description: str
    url: str
    """Base of every link."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One interaction with a type, by its code in the CapabilityStatement."""

    code: str
    writes: bool = False
    """Offered for writable types only."""
    types: frozenset[str] | None = None
    """The types that it is offered for; None for all."""


@dataclass(frozen=True, kw_only=True)
class OperationOffer:
    """One operation, on the whole system, on resource types, or both."""

    name: str
    """Without the `$`."""
    definition: str
    documentation: str
    system: bool = False
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Inclusion:
    """What a search of one type can answer beside its matches."""

    include: tuple[str, ...] = ()
    """Values of `_include`."""
    reverse: tuple[str, ...] = ()
    """Values of `_revinclude`."""


@dataclass(frozen=True, kw_only=True)
class Security:
    """How requests are authorised: SMART on FHIR."""

    description: str
    oauth: Mapping[str, str]
    """URIs of the authorization server by what they are for.
    https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html"""


@dataclass(frozen=True, kw_only=True)
class Conduct:
    """How the interactions behave, for every type alike."""

    update_create: bool
    conditional_create: bool
    conditional_update: bool = False
    conditional_delete: ConditionalDelete = ConditionalDelete.NOT_SUPPORTED
    conditional_read: bool = False
    reference_policy: tuple[str, ...] = ("literal", "logical")


def capability_statement(
    *,
    software: Software,
    date: str,
    types: Iterable[ResourceType],
    offers: Sequence[Offer],
    system: Sequence[str],
    conduct: Conduct,
    parameters: Mapping[str, Mapping[str, Parameter]],
    includes: Mapping[str, Inclusion] = MappingProxyType({}),
    operations: Sequence[OperationOffer] = (),
    patch_formats: Sequence[str] = (),
    compartments: Sequence[str] = (),
    security: Security | None = None,
) -> Resource:
    """`system` holds the codes of interactions with the whole system, `compartments` canonicals of
    those that can be searched, `date` a FHIR dateTime.

    `security` None where nobody is asked who they are.
    """
    rest: dict[str, Any] = {"mode": "server"}
    if security is not None:
        rest["security"] = _security(security)
    rest["resource"] = [
        _resource(kind, offers, conduct, parameters.get(kind.name, {}), operations)
        | _inclusion(includes.get(kind.name, Inclusion()), offers)
        for kind in types
    ]
    rest["interaction"] = [{"code": code} for code in system]
    rest["searchParam"] = [_parameter(p) for p in COMMON] if "search-system" in system else []
    rest["operation"] = [_operation(o) for o in operations if o.system]
    rest["compartment"] = list(compartments)
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "software": {"name": software.name, "version": software.version},
        "implementation": {"description": software.description, "url": software.url},
        "fhirVersion": FHIR_VERSION,
        "format": [JSON, "json"],
        "patchFormat": list(patch_formats),
        "rest": [_without_empty(rest)],
    }
    return _without_empty(statement)


def _security(security: Security) -> dict[str, Any]:
    uris = [{"url": name, "valueUri": uri} for name, uri in security.oauth.items()]
    return _without_empty(
        {
            "extension": [{"url": OAUTH_URIS, "extension": uris}] if uris else [],
            "service": [{"coding": [{"system": SECURITY_SERVICE, "code": SMART}], "text": SMART}],
            "description": security.description,
        }
    )


def _resource(
    kind: ResourceType,
    offers: Sequence[Offer],
    conduct: Conduct,
    parameters: Mapping[str, Parameter],
    operations: Sequence[OperationOffer],
) -> dict[str, Any]:
    offered = [o for o in offers if o.types is None or kind.name in o.types]
    codes = dict.fromkeys(o.code for o in offered if kind.writable or not o.writes)
    searchable = "search-type" in codes
    return _without_empty(
        {
            "type": kind.name,
            "profile": kind.profile,
            "interaction": [{"code": code} for code in codes],
            "versioning": _versioning(kind, versions="vread" in codes),
            "readHistory": "vread" in codes,
            **_conduct(kind, conduct),
            "searchParam": [_parameter(p) for p in parameters.values()] if searchable else [],
            "operation": [_operation(o) for o in operations if kind.name in o.types],
        }
    )


def _versioning(kind: ResourceType, *, versions: bool) -> str:
    """http://hl7.org/fhir/R4/valueset-versioning-policy.html"""
    if not versions:
        return "no-version"
    return "versioned-update" if kind.writable else "versioned"


def _conduct(kind: ResourceType, conduct: Conduct) -> dict[str, Any]:
    delete = conduct.conditional_delete if kind.writable else ConditionalDelete.NOT_SUPPORTED
    return {
        "updateCreate": kind.writable and conduct.update_create,
        "conditionalCreate": kind.writable and conduct.conditional_create,
        "conditionalRead": "full-support" if conduct.conditional_read else "not-supported",
        "conditionalUpdate": kind.writable and conduct.conditional_update,
        "conditionalDelete": delete.value,
        "referencePolicy": list(conduct.reference_policy),
    }


def _inclusion(inclusion: Inclusion, offers: Sequence[Offer]) -> dict[str, Any]:
    if not any(offer.code == "search-type" for offer in offers):
        return {}
    return _without_empty(
        {
            "searchInclude": list(inclusion.include),
            "searchRevInclude": list(inclusion.reverse),
        }
    )


def _parameter(parameter: Parameter) -> dict[str, str]:
    return {
        "name": parameter.name,
        "definition": parameter.definition,
        "type": parameter.kind.value,
    }


def _operation(operation: OperationOffer) -> dict[str, str]:
    return {
        "name": operation.name,
        "definition": operation.definition,
        "documentation": operation.documentation,
    }


def _without_empty(members: dict[str, Any]) -> dict[str, Any]:
    """FHIR JSON has no empty arrays."""
    return {name: value for name, value in members.items() if value != []}
