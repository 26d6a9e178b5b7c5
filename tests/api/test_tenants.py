"""Tenants of one server that decided otherwise: each is served by its own settings."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from service.clinical.definitions import Refused
from service.settings import Settings
from service.store.cluster import Cluster
from service.tenants import OWN, decided
from tests.api.auth.secured import FIRST, SECOND, Secured, secured
from tests.interactions.sent import Json

OTHERWISE = f"""
[[tenant]]
id = "{SECOND}"
zone = "Europe/Vienna"
safety_contact_days = 3
srs_ask = "at-or-below"
reference_integrity = false
session_sd = {{ wai-sr = {{ value = 0.35, source = "Our own sessions" }} }}
early_response_sessions = [2, 5]
"""
EXAMPLE = Path(__file__).parents[2] / "openapi" / "examples" / "phq-9-response.json"
PHQ_9 = {k: v for k, v in json.loads(EXAMPLE.read_bytes()).items() if k not in ("encounter", "id")}
PATIENT = {"resourceType": "Patient", "id": "example-patient"}


@pytest.fixture
async def site(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Secured]:
    file = tmp_path / "tenants.toml"
    file.write_text(OTHERWISE)
    async with secured(cluster, tmp_path, {"tenants": file}) as stands:
        for tenant in (FIRST, SECOND):
            answer = await stands.client.put(
                "/Patient/example-patient", json=PATIENT, headers=stands.bearer(tenant)
            )
            assert answer.status_code == 201
        yield stands


SRS = {
    "resourceType": "QuestionnaireResponse",
    "questionnaire": "https://attune-outcomes.org/fhir/Questionnaire/srs",
    "status": "completed",
    "subject": {"reference": "Patient/example-patient"},
    "authored": "2026-05-03T11:00:00Z",
    "item": [{"linkId": str(n), "answer": [{"valueDecimal": 9}]} for n in range(1, 5)],
}
"""Four marks of 9: a total of 36."""


async def only(site: Secured, code: str, tenant: object) -> Json:
    """The one Observation of a code."""
    header = site.bearer(FIRST, clinic=str(tenant))
    bundle = (await site.client.get("/Observation", params={"code": code}, headers=header)).json()
    (entry,) = bundle["entry"]
    found: Json = entry["resource"]
    return found


async def test_the_same_answers_are_read_as_each_tenant_decided(site: Secured) -> None:
    for tenant in (FIRST, SECOND):
        for form in (PHQ_9, SRS):
            sent = await site.client.post(
                "/QuestionnaireResponse", json=form, headers=site.bearer(tenant)
            )
            assert sent.status_code == 201, sent.text
    first, second = [await only(site, "safety-review", tenant) for tenant in (FIRST, SECOND)]
    assert first["note"][0]["text"].endswith("at the next contact, at the latest the same day.")
    assert "at the latest within 3 days" in second["note"][0]["text"]
    first, second = [await only(site, "srs", tenant) for tenant in (FIRST, SECOND)]
    assert "component" not in first
    assert second["component"][0]["code"]["coding"][0]["code"] == "ask-at-or-below"


async def test_each_tenants_days_are_those_of_its_zone_in_searches_and_in_scopes(
    site: Secured,
) -> None:
    """23:30 UTC on the 3rd is 01:30 on the 4th in Vienna."""
    late = {
        "resourceType": "Observation",
        "id": "late",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/example-patient"},
        "effectiveDateTime": "2026-05-03T23:30:00Z",
    }
    for tenant, day, other in (
        (FIRST, "2026-05-03", "2026-05-04"),
        (SECOND, "2026-05-04", "2026-05-03"),
    ):
        header = site.bearer(tenant)
        await site.client.put("/Observation/late", json=late, headers=header)
        for asked, total in ((day, 1), (other, 0)):
            found = await site.client.get(f"/Observation?date={asked}", headers=header)
            assert found.json()["total"] == total
            scoped = site.bearer(tenant, scope=f"user/Observation.rs?date={asked}")
            read = await site.client.get("/Observation/late", headers=scoped)
            assert read.status_code == (200 if total else 404)


async def test_a_tenant_that_keeps_no_references_whole_does_not_bind_the_other(
    site: Secured,
) -> None:
    dangling = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "x"},
        "subject": {"reference": "Patient/nobody"},
    }
    answers = [
        await site.client.post("/Observation", json=dangling, headers=site.bearer(tenant))
        for tenant in (FIRST, SECOND)
    ]
    assert [answer.status_code for answer in answers] == [422, 201]


def read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text(text)
    decided(Settings(tenants=file), (FIRST, SECOND))


MISTAKES = (
    ("", "holds nothing but tables"),
    ("zone = 'UTC'", "holds nothing but tables"),
    ("[[tenant]]\nzone = 'UTC'", "table 1 needs 'id'"),
    ("[[tenant]]\nid = 'first'", "table 1 needs 'id'"),
    (f"[[tenant]]\nid = '{FIRST}'\n[[tenant]]\nid = '{FIRST}'", "has two tables"),
    ("[[tenant]]\nid = '00000000-0000-0000-0000-00000000000d'", "no issuer names the tenant"),
    (f"[[tenant]]\nid = '{FIRST}'\nport = 1", "'port' is no setting of a tenant's own"),
    (f"[[tenant]]\nid = '{FIRST}'\nzone = 'Vienna'", "zone: 'Vienna' is not a time zone name"),
    (f"[[tenant]]\nid = '{FIRST}'\nsafety_contact_days = 0", "safety_contact_days: "),
    (f"[[tenant]]\nid = '{FIRST}'\nsession_sd = 3", "session_sd: "),
    ("[[tenant]", "is not TOML"),
)


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_field(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert said in str(refused.value)
    assert "tenants.toml" in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        decided(Settings(tenants=tmp_path / "none.toml"), (FIRST,))


def test_the_readme_names_the_settings_of_a_tenants_own() -> None:
    section = (Path(__file__).parents[2] / "README.md").read_text().split("### Tenants")[1]
    told = section.split("Fields are")[1].split("A tenant that")[0]
    assert {word.strip("`,.") for word in told.split() if word.startswith("`")} == {
        "ATTUNE_",
        *OWN,
    }
