"""From the headers of a request to who is asking: the one way to an `Access` that is not local."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from uuid import UUID

from service.api.auth import bearer
from service.api.auth.claims import Grant, granted
from service.api.auth.introspection import Introspection
from service.api.auth.issuers import Inquiry, Issuer
from service.api.auth.keyring import Keyring
from service.api.auth.remembered import Remembered
from service.api.auth.signed import Signed, confirmed, opened, refused
from service.fhir.access import Access
from service.fhir.rights import Rights
from service.fhir.scopes import Scope, Who, scopes
from service.outbound.client import Outbound

SIGNED_SECONDS = 300
"""How long a signed token is believed without looking again, so that a key which its issuer
withdraws is soon of no use."""
ASKED_SECONDS = 60
"""The same for a token that the issuer was asked about."""

Clock = Callable[[], float]


PRACTITIONERS = frozenset({"Practitioner", "PractitionerRole"})
"""Types of those who treat."""
CLIENTS = frozenset({"Patient", "Person", "RelatedPerson"})
"""Types of those who are treated, and of who acts for them."""


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    """Knows the trusted issuers and nobody else."""

    issuers: tuple[Issuer, ...]
    outbound: Outbound
    zone: Callable[[UUID], tzinfo]
    """Of each tenant."""
    base_url: str
    now: Clock
    """Seconds since 1970."""
    elapsed: Clock
    """Seconds, of a clock that never goes back."""
    _remembered: Remembered = field(default_factory=Remembered, init=False, repr=False)
    _proofs: Mapping[str, Keyring | Introspection] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        proofs = {issuer.issuer: self._proof(issuer) for issuer in self.issuers}
        object.__setattr__(self, "_proofs", proofs)

    async def authenticate(self, authorization: Sequence[str], names: Iterable[str]) -> Access:
        """`authorization` are the headers of that name, `names` those of the query's parameters.

        Raises `Unauthorized`, and `Unavailable` where an issuer is needed and does not answer.
        """
        token = bearer.token(authorization, names)
        now = self.now()
        known = self._remembered.find(token, now)
        if known is not None:
            return known
        signed = opened(token)
        issuer = self._issuer(signed)
        claims = await self._claims(token, signed, issuer)
        grant = granted(claims, issuer, now)
        access = self._access(grant, issuer)
        patience = ASKED_SECONDS if isinstance(issuer.proof, Inquiry) else SIGNED_SECONDS
        until = min(grant.expires + issuer.clock_skew_seconds, now + patience)
        self._remembered.keep(token, access, until=until)
        return access

    def _issuer(self, signed: Signed | None) -> Issuer:
        """The one that a token names; one that names nobody can only be asked about."""
        for issuer in self.issuers:
            asked = isinstance(issuer.proof, Inquiry)
            if asked if signed is None else signed.claims.get("iss") == issuer.issuer:
                return issuer
        raise refused("is of no issuer that is trusted here")

    async def _claims(self, token: str, signed: Signed | None, issuer: Issuer) -> Mapping[str, Any]:
        proof = self._proofs[issuer.issuer]
        if isinstance(proof, Introspection):
            return await proof.claims(token)
        assert signed is not None
        assert not isinstance(issuer.proof, Inquiry)
        claims: Mapping[str, Any] = await confirmed(signed, issuer.proof.algorithms, proof)
        return claims

    def _access(self, grant: Grant, issuer: Issuer) -> Access:
        known = scopes(grant.scopes)
        return Access(
            tenant=grant.tenant,
            user=grant.user,
            client=grant.client,
            rights=Rights(
                scopes=known,
                patient=grant.patient,
                labels=issuer.may_read_labels,
                practitioner=_may_treat(grant.user, known),
                zone=self.zone(grant.tenant),
                base_url=self.base_url,
            ),
        )

    def _proof(self, issuer: Issuer) -> Keyring | Introspection:
        if isinstance(issuer.proof, Inquiry):
            return Introspection(name=issuer.name, inquiry=issuer.proof, outbound=self.outbound)
        return Keyring(
            name=issuer.name,
            uri=issuer.proof.uri,
            outbound=self.outbound,
            elapsed=self.elapsed,
        )


def _may_treat(user: str, granted: Sequence[Scope]) -> bool:
    """Whoever acts for a person is taken for one who treats, unless `fhirUser` (an address,
    `[type]/[id]` at its end) says that it is a client or somebody of theirs."""
    kind = user.rstrip("/").split("/")[-2:-1]
    if kind in [[name] for name in PRACTITIONERS]:
        return True
    return kind not in [[name] for name in CLIENTS] and any(
        scope.who is not Who.SYSTEM for scope in granted
    )
