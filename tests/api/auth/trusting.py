"""A server that trusts one authority, or several, and what it makes of a token."""

from collections.abc import Callable
from datetime import UTC
from uuid import UUID

import pytest

from service.api.auth.authenticator import Authenticator
from service.api.auth.issuers import ALGORITHMS, Inquiry, Issuer, PublishedKeys
from service.errors import ServiceError, Unauthorized
from service.fhir.access import Access
from service.outbound.client import Outbound
from tests.api.auth.authority import AUDIENCE, Authority, Clock

TENANT = UUID(int=7)
SECRET = "a secret+"  # noqa: S105  (of a server that a test runs)
BASE = "https://clinic.example/fhir"


def issuer(of: Authority, **changes: object) -> Issuer:
    """One whose keys are published, unless something else is said."""
    said: dict[str, object] = {
        "name": "test",
        "issuer": of.url,
        "audience": AUDIENCE,
        "proof": PublishedKeys(uri=f"{of.url}/keys", algorithms=frozenset(ALGORITHMS)),
        "tenants": (TENANT,),
    }
    return Issuer(**(said | changes))  # type: ignore[arg-type]


def asked(of: Authority, **changes: object) -> Issuer:
    """One that is asked about each token."""
    inquiry = Inquiry(uri=f"{of.url}/introspect", client_id="attune", client_secret=SECRET)
    return issuer(of, proof=inquiry, **changes)


def trusting(*issuers: Issuer, clock: Callable[[], float] | None = None) -> Authenticator:
    return Authenticator(
        issuers=issuers,
        outbound=Outbound(allow_loopback=True, seconds=2),
        zone=lambda _: UTC,
        base_url=BASE,
        now=clock or Clock(),
        elapsed=clock or Clock(),
    )


async def shown(server: Authenticator, token: str) -> Access:
    """Who the server takes the bearer of the token for."""
    return await server.authenticate([f"Bearer {token}"], ())


async def fails(server: Authenticator, token: str, kind: type[ServiceError] = Unauthorized) -> str:
    """The sentence that the bearer is told."""
    with pytest.raises(kind) as raised:
        await shown(server, token)
    if isinstance(raised.value, Unauthorized):
        assert raised.value.challenge.startswith("Bearer ")
    sentence = str(raised.value)
    assert sentence.endswith(".")
    assert token not in sentence
    return sentence
