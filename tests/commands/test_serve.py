"""Where a server may listen, and what is said of it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from service import main
from service.commands.serve.colleague import Task
from service.commands.serve.workers import pause
from service.fhir.access import Access
from service.interactions import bulk
from service.settings import Settings
from service.store.cluster import Cluster
from tests.api.auth.test_issuers_file import GOOD, OTHER, TENANT
from tests.door import emptied
from tests.faults.served import served

ROOT = Path(__file__).parents[2]
NOWHERE = "postgresql://127.0.0.1:1/none"
"""No database is there: whoever comes so far was let in."""


def stopped(*arguments: str, **settings: str) -> str:
    """The last words of a server that does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        cwd=ROOT,
        env=os.environ | {"ATTUNE_DATABASE_URL": NOWHERE} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


@pytest.fixture
def issuers(tmp_path: Path) -> str:
    path = tmp_path / "issuers.toml"
    path.write_text(GOOD)
    return str(path)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "clinic.example"])  # noqa: S104
def test_without_issuers_only_a_loopback_address_is_listened_on(host: str) -> None:
    said = stopped("serve", "--host", host, "--port", "0")
    assert said == (
        f"python -m service: {host} is not a loopback address, and without token issuers anyone "
        "who reaches it could read every record: set ATTUNE_ISSUERS, or listen on 127.0.0.1."
    )


def test_with_issuers_any_address_is_listened_on(issuers: str) -> None:
    said = stopped("serve", "--host", "0.0.0.0", "--port", "0", ATTUNE_ISSUERS=issuers)  # noqa: S104
    assert "database" in said
    assert "loopback" not in said


def test_a_mistake_in_the_issuers_ends_the_start(tmp_path: Path) -> None:
    path = tmp_path / "issuers.toml"
    path.write_text(GOOD.replace("RS256", "HS256"))
    said = stopped("serve", "--port", "0", ATTUNE_ISSUERS=str(path))
    assert said.startswith(f"python -m service: {path} (ATTUNE_ISSUERS) cannot be used: issuer 1: ")
    assert "algorithms" in said


def test_a_server_says_whose_tokens_it_believes_and_asks_for_one(
    tmp_path: Path, issuers: str
) -> None:
    with served(tmp_path / "data", ("env", f"ATTUNE_ISSUERS={issuers}")) as server:
        assert httpx.get(f"{server.fhir}/Patient").status_code == 401
        assert httpx.get(f"{server.fhir}/metadata").status_code == 200
        server.process.terminate()
        assert server.process.wait() == 0
        assert "Tokens         https://issuer.example/realm" in server.log.read_text()


def test_commands_work_on_every_tenant(cluster: Cluster, tmp_path: Path, issuers: str) -> None:
    Path(issuers).write_text(
        GOOD.replace(
            f'tenant = "{TENANT}"', f'tenant_claim = "clinic"\ntenants = ["{TENANT}", "{OTHER}"]'
        )
    )
    asyncio.run(emptied(cluster))
    asyncio.run(_a_patient_each(cluster))
    told = {
        command: subprocess.run(
            [sys.executable, "-m", "service", command],
            cwd=ROOT,
            env=os.environ | {"ATTUNE_DATABASE_URL": cluster.dsn, "ATTUNE_ISSUERS": issuers},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        ).stdout.splitlines()[-1]
        for command in ("rederive", "reindex")
    }
    assert told["rederive"] == "2 patients derived anew; 0 of them changed."
    shipped = len(main.ports(Settings(), "http://127.0.0.1/fhir").packaged)
    assert told["reindex"] == f"{2 * (1 + shipped)} resources indexed anew."


async def _a_patient_each(cluster: Cluster) -> None:
    settings = Settings()
    async with main.opened(settings, cluster.dsn, "http://127.0.0.1/fhir") as site:
        for tenant in (UUID(TENANT), UUID(OTHER)):
            await site.database.ensure_tenant(tenant)
            patient = {"resourceType": "Patient", "id": "p"}
            await bulk.load(site, Access(tenant=tenant), [patient])


@pytest.mark.parametrize("arguments", [("serve", "--demo", "--port", "0"), ("demo",)])
def test_the_demo_clinic_is_not_loaded_where_tokens_are_asked_for(
    issuers: str, arguments: tuple[str, ...]
) -> None:
    said = stopped(*arguments, ATTUNE_ISSUERS=issuers)
    assert said.endswith("into a server that asks for none: unset ATTUNE_ISSUERS.")


@pytest.fixture
async def narrow(cluster: Cluster) -> AsyncIterator[str]:
    """Where a role finds the database that may have two connections."""
    await emptied(cluster)
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("CREATE ROLE narrow LOGIN PASSWORD 'x' CONNECTION LIMIT 2")
    yield f"postgresql://narrow:x@{cluster.dsn.split('@', 1)[1]}"
    await maintenance.execute("DROP OWNED BY narrow; DROP ROLE narrow")
    await maintenance.close()


async def test_a_server_of_which_a_process_cannot_start_ends_and_says_so(
    cluster: Cluster, narrow: str
) -> None:
    """Each of three needs a connection."""
    database = {"ATTUNE_DATABASE_URL": narrow, "ATTUNE_MIGRATION_URL": cluster.maintenance_dsn}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "service", "serve", "--workers", "3", "--port", "0"],
        cwd=ROOT,
        env=os.environ | database,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    *before, last = done.stderr.splitlines()
    assert last == (
        "python -m service: A process of the server ended before it could answer: what it said "
        "stands above."
    )
    assert any(line.startswith("python -m service: The database ") for line in before), before
    assert "Traceback" not in done.stderr


def test_a_process_is_told_the_settings_of_the_first_whatever_its_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = Settings(
        port=8001,
        issuer_networks="10.20.0.0/16,fd00:1::/64",
        cors_origins="https://app.example",
        early_response_sessions="2,5",
        session_sd='{"wai-sr": {"value": 0.35, "source": "Our clinic"}}',
        statement_timeout_seconds=0.1,
    )
    task = Task(settings=settings, dsn="postgresql://a:b@/c", base_url="http://clinic.test/fhir")
    monkeypatch.setenv("ATTUNE_PORT", "8002")
    monkeypatch.setenv("ATTUNE_POOL_SIZE", "3")
    assert Task.model_validate_json(task.model_dump_json()) == task


def test_who_dies_young_is_replaced_after_a_pause_that_grows() -> None:
    assert [pause(short) for short in range(8)] == [0, 1, 2, 4, 8, 16, 30, 30]
