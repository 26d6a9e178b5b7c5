"""A site's clinical settings reach what is derived; `rederive` brings along what stood before."""

import json
from pathlib import Path

import httpx

from service import main
from service.fhir.access import Access
from service.interactions.rederive import rederive
from service.settings import Settings
from service.store.cluster import Cluster
from tests.door import BASE, door

EXAMPLE = Path(__file__).parents[2] / "openapi" / "examples" / "phq-9-response.json"
SRS = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/srs",
    "status": "completed",
    "subject": {"reference": "Patient/example-patient"},
    "authored": "2026-05-03T11:00:00Z",
    "item": [{"linkId": str(n), "answer": [{"valueDecimal": 9}]} for n in range(1, 5)],
}
"""Four marks of 9: a total of 36."""


async def said(client: httpx.AsyncClient, code: str) -> tuple[str, str, set[str]]:
    """Version, sentence and component codes of the one Observation of a code."""
    bundle = (await client.get("/Observation", params={"code": code})).json()
    (only,) = (entry["resource"] for entry in bundle["entry"])
    parts = {part["code"]["coding"][0]["code"] for part in only.get("component", ())}
    return only["meta"]["versionId"], only["note"][0]["text"], parts


async def test_a_changed_setting_gives_new_versions_at_rederive(cluster: Cluster) -> None:
    async with door(cluster, reference_integrity=False) as client:
        for form in (json.loads(EXAMPLE.read_bytes()), SRS):
            assert (await client.post("/QuestionnaireResponse", json=form)).status_code == 201
        version, sentence, parts = await said(client, "safety-review")
        assert version == "1"
        assert sentence.endswith("at the next contact, at the latest the same day.")
        assert (await said(client, "srs"))[2] == set()
        changed = Settings(public_url=BASE, safety_contact_days=3, srs_ask="at-or-below")
        async with main.opened(changed, cluster.dsn, BASE) as site:
            assert (await rederive(site, Access())).changed == 1
            assert (await rederive(site, Access())).changed == 0
        version, sentence, parts = await said(client, "safety-review")
        assert version == "2"
        assert "due-by" in parts
        assert sentence.endswith(
            "at the next contact, at the latest within 3 days (by 6 March 2025)."
        )
        assert (await said(client, "srs"))[::2] == ("2", {"ask-at-or-below"})
