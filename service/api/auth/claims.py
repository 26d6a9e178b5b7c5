"""What an issuer says of a token's bearer, held against the rules.

https://www.rfc-editor.org/rfc/rfc9068#section-2.2. Every claim that matters is required and has its
one type: an `exp` that is missing, or text, is no reason to let anybody in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.api.auth.issuers import Issuer
from service.api.auth.signed import refused
from service.fhir.resource import PatientKey
from service.interactions.table import is_id

OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")
"""https://openid.net/specs/openid-connect-core-1_0.html#IDToken"""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token says, all of it believed."""

    expires: float
    """Seconds since 1970; the issuer's skew is not added."""
    tenant: UUID
    user: str
    client: str | None
    patient: PatientKey | None
    scopes: tuple[str, ...]


def granted(claims: Mapping[str, Any], issuer: Issuer, now: float) -> Grant:
    """`now` in seconds since 1970. Raises `Unauthorized`."""
    _from(claims, issuer)
    expires = _in_time(claims, issuer.clock_skew_seconds, now)
    scopes = _scopes(claims)
    if not scopes and any(name in claims for name in OF_ID_TOKENS):
        raise refused("says who its bearer is, not what the bearer may do")
    if "cnf" in claims:
        raise refused("is bound to a key of its bearer, which is not checked here")
    subject = _text(claims, "sub")
    if subject is None:
        raise refused("lacks 'sub'")
    return Grant(
        expires=expires,
        tenant=_tenant(claims, issuer),
        user=_text(claims, "fhirUser") or subject,
        client=_text(claims, "azp") or _text(claims, "client_id"),
        patient=_patient(claims),
        scopes=scopes,
    )


def _from(claims: Mapping[str, Any], issuer: Issuer) -> None:
    if claims.get("iss") != issuer.issuer:
        raise refused("is not of the issuer whose key signed it")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
        raise refused("lacks 'aud'")
    if issuer.audience not in named:
        raise refused("is meant for another server")


def _in_time(claims: Mapping[str, Any], skew: int, now: float) -> float:
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if expires is None or issued is None:
        raise refused("lacks 'exp' or 'iat'")
    if now >= expires + skew:
        raise refused("has expired")
    begins = _moment(claims, "nbf")
    if issued > now + skew or (begins is not None and begins > now + skew):
        raise refused("does not hold yet")
    return expires


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate; None where there is none. What is not finite was no JSON to begin with."""
    value = claims.get(name)
    if value is None and name not in claims:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refused(f"has no number as '{name}'")
    return float(value)


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if name not in claims:
        return None
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise refused(f"has no proper text as '{name}'")
    return value


def _scopes(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """https://www.rfc-editor.org/rfc/rfc8693#section-4.2, and `scp` as some issuers call it."""
    found = list[str]()
    for name in ("scope", "scp"):
        value = claims.get(name, [])
        listed = value.split(" ") if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            raise refused(f"has neither text nor a list of texts as '{name}'")
        found += (each for each in listed if each)
    return tuple(dict.fromkeys(found))


def _tenant(claims: Mapping[str, Any], issuer: Issuer) -> UUID:
    if issuer.tenant_claim is None:
        (tenant,) = issuer.tenants
        return tenant
    said = _text(claims, issuer.tenant_claim)
    try:
        tenant = UUID(said or "")
    except ValueError:
        raise refused("does not say whose records it is about") from None
    if tenant not in issuer.tenants:
        raise refused("is about records that its issuer has no say in")
    return tenant


def _patient(claims: Mapping[str, Any]) -> PatientKey | None:
    said = _text(claims, "patient")
    if said is None:
        return None
    if not is_id(said):
        raise refused("names no id as 'patient'")
    return PatientKey(said)
