"""What clients are told of how they get a token."""

from pathlib import Path

import httpx

from service.store.cluster import Cluster
from tests.api.auth.secured import secured

PLACE = "/.well-known/smart-configuration"


async def test_only_what_the_site_says_of_its_issuer_is_told(
    cluster: Cluster, tmp_path: Path
) -> None:
    async with secured(cluster, tmp_path) as site:
        answer = await site.client.get(PLACE)
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == {
            "issuer": site.authority.url,
            "jwks_uri": f"{site.authority.url}/keys",
            "grant_types_supported": [],
            "scopes_supported": [
                "patient/*.rs",
                "patient/*.cruds",
                "user/*.rs",
                "user/*.cruds",
                "system/*.rs",
                "system/*.cruds",
                "user/AuditEvent.rs",
                "system/AuditEvent.rs",
            ],
            "code_challenge_methods_supported": ["S256"],
            "capabilities": [
                "permission-patient",
                "permission-user",
                "permission-v1",
                "permission-v2",
            ],
        }
        statement = (await site.client.get("/metadata")).json()
        secured_by = statement["rest"][0]["security"]
        assert "extension" not in secured_by
        assert secured_by["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"


async def test_endpoints_stand_in_the_document_and_in_the_capability_statement(
    cluster: Cluster, tmp_path: Path
) -> None:
    base = "https://issuer.example"
    said = {
        f"{name}_endpoint": f"{base}/{name}"
        for name in ("authorization", "token", "registration", "introspection", "revocation")
    }
    said["management_endpoint"] = f"{base}/manage"
    async with secured(cluster, tmp_path, **said) as site:
        told = (await site.client.get(PLACE)).json()
        assert {name: told[name] for name in said} == said
        assert told["grant_types_supported"] == ["authorization_code", "client_credentials"]
        assert told["response_types_supported"] == ["code"]
        statement = (await site.client.get("/metadata")).json()
        (oauth,) = statement["rest"][0]["security"]["extension"]
        assert {each["url"]: each["valueUri"] for each in oauth["extension"]} == {
            "authorize": f"{base}/authorization",
            "token": f"{base}/token",
            "register": f"{base}/registration",
            "manage": f"{base}/manage",
            "introspect": f"{base}/introspection",
            "revoke": f"{base}/revocation",
        }


async def test_a_server_that_asks_for_no_token_has_no_such_document(
    fhir: httpx.AsyncClient,
) -> None:
    assert (await fhir.get(PLACE)).status_code == 404
    assert "security" not in (await fhir.get("/metadata")).json()["rest"][0]
