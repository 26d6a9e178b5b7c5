"""A running server that asks for tokens, and somebody who tries every other way in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from service.api.connection import LONGEST_HEAD
from tests.api.auth.authority import AUDIENCE, Authority, authority
from tests.faults.forgery import (
    CANARY,
    OTHER_TENANT,
    PUBLISHED,
    PUBLISHED_BY_OTHER,
    TENANT,
    Forge,
)
from tests.faults.served import Served, served
from tests.outbound.scripted import Scripted, saying, scripted

AT_ONCE = 16
"""Attacks under way together."""
RECOGNISED = 12
"""As many characters in a row of a token are a part of it."""


@dataclass(frozen=True, kw_only=True)
class Assailed:
    """The server, those that it trusts, and the one that it must not call."""

    server: Served
    issuer: Authority
    listener: Scripted
    forge: Forge
    client: httpx.AsyncClient
    began: float = field(default_factory=time.monotonic)

    async def lets_in(self, token: str | None = None) -> None:
        """The bearer of a token, of a new good one unless it is given."""
        answer = await self.client.get("/Patient", headers=bearer(token or self.forge.token()))
        assert answer.status_code == 200, answer.text
        assert answer.json()["resourceType"] == "Bundle"

    async def refuses(self, forged: Mapping[str, str]) -> None:
        """Every one of the tokens, in the one way in which a token is refused."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(name: str, token: str) -> str | None:
            async with turn:
                answer = await self.client.get("/Patient", headers=bearer(token))
            fault = amiss(answer, token)
            return fault and f"{name}: {fault}"

        found = await asyncio.gather(*(one(name, token) for name, token in forged.items()))
        faults = [fault for fault in found if fault]
        assert not faults, "\n".join(faults)

    def resident(self) -> int:
        """Bytes of memory that the server's process holds."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def assert_nobody_was_called(self) -> None:
        """But the issuer, for its keys, at first and once a minute for one that it may have new."""
        assert self.listener.connections == 0
        minutes = (time.monotonic() - self.began) // 60
        assert set(self.issuer.asked) <= {"/keys"}
        assert self.issuer.asked["/keys"] <= 2 + minutes


def bearer(token: str) -> Sequence[tuple[bytes, bytes]]:
    return [(b"Authorization", b"Bearer " + token.encode("utf-8", "surrogatepass"))]


def amiss(answer: httpx.Response, token: str) -> str | None:
    """How an answer is no proper refusal of a token; None where it is one.

    A token that no head of a request has room for is not read to its end."""
    status, code = (431, "too-long") if len(token) > LONGEST_HEAD else (401, "login")
    if answer.status_code != status:
        return f"{answer.status_code} {answer.text[:200]}"
    challenge = answer.headers.get("www-authenticate", "")
    if status == 401 and challenge not in refusals():
        return f"WWW-Authenticate is {challenge!r}"
    outcome = answer.json()
    (issue,) = outcome["issue"]
    told = (outcome["resourceType"], issue["severity"], issue["code"])
    if told != ("OperationOutcome", "error", code):
        return f"it is told as {told}"
    whole = answer.text + str(answer.headers)
    if CANARY in whole or any(each in token for each in windows(answer.text)):
        return f"it repeats of the token: {answer.text}"
    return None


def refusals() -> Iterable[str]:
    """https://www.rfc-editor.org/rfc/rfc6750#section-3.1"""
    faults = ("invalid_token", "invalid_request")
    return [f'Bearer realm="fhir", error="{fault}"' for fault in faults]


def windows(text: str) -> Iterable[str]:
    return (text[start : start + RECOGNISED] for start in range(len(text) - RECOGNISED + 1))


def issuer_lines(issuer: str, **said: Any) -> str:
    """One table of the issuers' file; keys at `/keys` unless something else is said."""
    fields = {"issuer": issuer, "audience": AUDIENCE, "mode": "jwks"}
    if "mode" not in said:
        fields |= {"jwks_uri": f"{issuer}/keys"}
        said = {"algorithms": ["RS256", "ES256"]} | said
    lines = [f"{name} = {json.dumps(value)}" for name, value in (fields | said).items()]
    return "\n".join(["[[issuer]]", *lines, ""])


def trusting(folder: Path, *tables: str) -> Sequence[str]:
    """What runs a command with these issuers."""
    file = folder / "issuers.toml"
    file.write_text("\n".join(tables))
    return ("env", f"ATTUNE_ISSUERS={file}", "ATTUNE_ALLOW_LOOPBACK_OUTBOUND=1")


@asynccontextmanager
async def assailed(folder: Path) -> AsyncIterator[Assailed]:
    """It trusts two issuers that publish keys, each for a tenant of its own."""
    async with (
        authority(PUBLISHED) as issuer,
        authority(PUBLISHED_BY_OTHER) as other,
        scripted(saying("{}")) as listener,
    ):
        both = (
            issuer_lines(of.url, tenant_claim="clinic", tenants=[str(tenant)])
            for of, tenant in ((issuer, TENANT), (other, OTHER_TENANT))
        )
        with served(folder / "data", trusting(folder, *both)) as server:
            async with httpx.AsyncClient(base_url=server.fhir, timeout=60) as client:
                yield Assailed(
                    server=server,
                    issuer=issuer,
                    listener=listener,
                    client=client,
                    forge=Forge(
                        issuer=issuer.url,
                        other=other.url,
                        listener=f"http://127.0.0.1:{listener.port}",
                    ),
                )
