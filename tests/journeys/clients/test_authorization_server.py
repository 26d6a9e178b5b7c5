"""The authorization server oidc-provider issues tokens, and a client finds its way to a record."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from service.store.cluster import Cluster
from tests.door import door
from tests.journeys.clients import prepared

AUDIENCE = "https://clinic.example/fhir"
OPAQUE = f"{AUDIENCE}/opaque"
SECRET = "correct horse battery staple"  # noqa: S105  (of a server that a test runs)


@contextmanager
def issuing() -> Iterator[dict[str, str]]:
    """What the server says of itself, for as long as this is open."""
    process = subprocess.Popen(
        [prepared.node(), "issuer.mjs", AUDIENCE, SECRET],
        cwd=prepared.NODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        issuer = json.loads(process.stdout.readline())["issuer"]
        yield httpx.get(f"{issuer}/.well-known/openid-configuration").raise_for_status().json()
    finally:
        process.stdin.close()
        process.stdout.close()
        assert process.wait() == 0


def trust(folder: Path, told: dict[str, str], fields: dict[str, Any]) -> Path:
    """The issuers' file."""
    said = {
        "issuer": told["issuer"],
        "tenant": str(UUID(int=21)),
        "token_endpoint": told["token_endpoint"],
    } | fields
    file = folder / "issuers.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    file.write_text("\n".join(["[[issuer]]", *lines]))
    (folder / "secret").write_text(SECRET)
    return file


def token(endpoint: str, resource: str) -> dict[str, str]:
    """Asked for as SMART Backend Services do, with a secret in place of a signed assertion."""
    answer = httpx.post(
        endpoint,
        auth=("dashboard", SECRET),
        data={
            "grant_type": "client_credentials",
            "resource": resource,
            "scope": "system/Patient.cruds",
        },
    )
    return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}


@pytest.mark.parametrize("mode", ["jwks", "introspection"])
async def test_a_client_is_told_where_to_get_a_token_and_reads_with_it(
    cluster: Cluster, tmp_path: Path, mode: str
) -> None:
    with issuing() as told:
        resource = AUDIENCE if mode == "jwks" else OPAQUE
        fields = {
            "jwks": {"jwks_uri": told["jwks_uri"], "algorithms": ["RS256", "ES256"]},
            "introspection": {
                "introspection_uri": told["introspection_endpoint"],
                "client_id": "attune",
                "client_secret_file": "secret",
            },
        }[mode]
        file = trust(tmp_path, told, {"mode": mode, "audience": resource} | fields)
        async with door(cluster, issuers=file, allow_loopback_outbound=True) as client:
            assert (await client.get("/Patient/p")).status_code == 401
            smart = (await client.get("/.well-known/smart-configuration")).json()
            assert smart["issuer"] == told["issuer"]
            bearer = token(smart["token_endpoint"], resource)
            sent = {"resourceType": "Patient", "id": "p"}
            made = await client.put("/Patient/p", json=sent, headers=bearer)
            assert made.status_code == 201, made.text
            assert (await client.get("/Patient/p", headers=bearer)).status_code == 200
            other = OPAQUE if mode == "jwks" else AUDIENCE
            foreign = token(smart["token_endpoint"], other)
            answer = await client.get("/Patient/p", headers=foreign)
            assert answer.status_code == (401 if mode == "jwks" else 503)
