"""GET [base]/.well-known/smart-configuration: where a client gets a token, and for what.

https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#using-well-known
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.api.auth.issuers import Issuer, PublishedKeys
from service.api.rendering import STEADY_HEADERS, Manner, refused
from service.errors import NotFound
from service.fhir.capability import Security
from service.fhir.rights import BY_NAME
from service.fhir.scopes import Who

WELL_KNOWN = "/.well-known/smart-configuration"
DESCRIPTION = (
    "Every request but this one needs an OAuth 2.0 access token of a trusted issuer "
    "(Authorization: Bearer), with scopes of SMART App Launch."
)
OAUTH_URIS = {
    "authorization_endpoint": "authorize",
    "token_endpoint": "token",
    "registration_endpoint": "register",
    "management_endpoint": "manage",
    "introspection_endpoint": "introspect",
    "revocation_endpoint": "revoke",
}
"""What an endpoint is called in the CapabilityStatement."""


def security(issuers: Sequence[Issuer]) -> Security | None:
    """What the CapabilityStatement says; the first issuer is the one that clients are told of."""
    if not issuers:
        return None
    endpoints = issuers[0].endpoints
    return Security(
        description=DESCRIPTION,
        oauth={OAUTH_URIS[name]: uri for name, uri in endpoints.items()},
    )


def configuration(issuer: Issuer) -> dict[str, Any]:
    """Only what the site says of its issuer, and what is so whoever the issuer is."""
    said: dict[str, Any] = {"issuer": issuer.issuer}
    if isinstance(issuer.proof, PublishedKeys):
        said["jwks_uri"] = issuer.proof.uri
    said |= issuer.endpoints
    said |= {
        "grant_types_supported": list(issuer.grant_types or _grants(issuer)),
        "scopes_supported": [
            *(f"{who}/*.{verbs}" for who in Who for verbs in ("rs", "cruds")),
            *(f"{who}/{each}.rs" for who in (Who.USER, Who.SYSTEM) for each in sorted(BY_NAME)),
        ],
        "code_challenge_methods_supported": ["S256"],
        "capabilities": list(issuer.capabilities),
    }
    if "authorization_endpoint" in issuer.endpoints:
        said["response_types_supported"] = ["code"]
    return said


def _grants(issuer: Issuer) -> tuple[str, ...]:
    """Where the site does not say: people have to be asked somewhere, programs need a token."""
    flows = {
        "authorization_endpoint": "authorization_code",
        "token_endpoint": "client_credentials",
    }
    return tuple(grant for endpoint, grant in flows.items() if endpoint in issuer.endpoints)


@dataclass(frozen=True, kw_only=True)
class SmartConfiguration:
    """The document of a site."""

    issuers: tuple[Issuer, ...]

    async def told(self, http: Request) -> Response:
        """404 where nobody is asked who they are."""
        if not self.issuers:
            none = NotFound("This server trusts no issuer of tokens.")
            return refused(none, Manner(head=http.method == "HEAD"))
        return JSONResponse(configuration(self.issuers[0]), headers=STEADY_HEADERS)
