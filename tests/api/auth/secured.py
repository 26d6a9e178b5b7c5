"""A site that asks for tokens, on the real database, spoken to by HTTP."""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import httpx

from service.store.cluster import Cluster
from tests.api.auth.authority import AUDIENCE, Authority, authority
from tests.door import door

FIRST, SECOND = UUID(int=11), UUID(int=12)
MANY = {"requests_per_second": 1e6, "requests_at_once": 1_000_000}
"""Tests ask more than one client may."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Secured:
    """The site and the authority that it trusts."""

    client: httpx.AsyncClient
    authority: Authority

    def bearer(self, tenant: UUID = FIRST, **changes: Any) -> dict[str, str]:
        """The header of a good token, unless something is changed."""
        now = int(time.time())
        claims = {"iat": now, "exp": now + 600, "clinic": str(tenant)} | changes
        return {"Authorization": f"Bearer {self.authority.token(**claims)}"}


@asynccontextmanager
async def secured(
    cluster: Cluster, folder: Path, decided: Mapping[str, Any] = NOTHING, **said: Any
) -> AsyncIterator[Secured]:
    """`said` are further fields of the issuer, `decided` further settings."""
    async with authority() as stands:
        fields = {
            "issuer": stands.url,
            "audience": AUDIENCE,
            "mode": "jwks",
            "jwks_uri": f"{stands.url}/keys",
            "algorithms": ["RS256"],
            "tenant_claim": "clinic",
            "tenants": [str(FIRST), str(SECOND)],
        } | said
        lines = [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
        file = folder / "issuers.toml"
        file.write_text("\n".join(["[[issuer]]", *lines]))
        async with door(
            cluster, issuers=file, allow_loopback_outbound=True, **(MANY | dict(decided))
        ) as client:
            yield Secured(client=client, authority=stands)
