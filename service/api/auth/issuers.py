"""Whose tokens are believed, and what each of them may grant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

ALGORITHMS = ("RS256", "RS384", "ES256", "ES384")
"""https://www.rfc-editor.org/rfc/rfc7518#section-3.1: those with a public key that are believed."""
ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "management_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
)
"""What an issuer may offer to clients, by its name in the SMART configuration."""
CAPABILITIES = ("permission-patient", "permission-user", "permission-v1", "permission-v2")
"""What this server understands whoever the issuer is.
https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html"""


@dataclass(frozen=True, kw_only=True)
class PublishedKeys:
    """Tokens are signed; the keys stand at a fixed address."""

    uri: str
    algorithms: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """The issuer is asked about each token. https://www.rfc-editor.org/rfc/rfc7662"""

    uri: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """One authorization server that this server trusts."""

    name: str
    """What the log calls it."""
    issuer: str
    """Its identifier, the claim `iss` of its tokens, to the letter."""
    audience: str
    """What this server is called in the claim `aud`."""
    proof: PublishedKeys | Inquiry
    tenants: tuple[UUID, ...]
    """Whose records its tokens may be about."""
    tenant_claim: str | None = None
    """The claim that says which of the tenants; None where there is one only."""
    clock_skew_seconds: int = 60
    may_read_labels: frozenset[str] = frozenset()
    """Security labels that hide a resource from others and not from bearers of its tokens."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = CAPABILITIES
    grant_types: tuple[str, ...] = ()


def tenants_of(issuers: Iterable[Issuer]) -> tuple[UUID, ...]:
    """Every tenant that some token may be about, each once."""
    return tuple(dict.fromkeys(tenant for issuer in issuers for tenant in issuer.tenants))
