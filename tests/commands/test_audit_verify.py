"""`audit-verify` says how the audit stands, and ends with 1 where it is not as it was written."""

import asyncio

import asyncpg
import pytest

from service.commands import run
from service.fhir.access import Access
from service.fhir.audit_event import Trace
from service.store import audit
from service.store.cluster import Cluster
from service.store.database import Database
from tests.door import UNHELD, emptied


@pytest.fixture
def two_rows(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    async def write() -> None:
        await emptied(cluster)
        database = await Database.open(cluster.dsn)
        async with database.begin(Access()) as tx:
            audit.record(tx, [Trace(action="R", subtype="read", agent=name) for name in "ab"])
        await database.close()

    asyncio.run(write())
    monkeypatch.setenv("ATTUNE_DATABASE_URL", cluster.dsn)
    return cluster


def tamper(cluster: Cluster, statement: str) -> None:
    async def done() -> None:
        connection = await asyncpg.connect(cluster.maintenance_dsn)
        await connection.execute(f"{UNHELD};{statement}")
        await connection.close()

    asyncio.run(done())


@pytest.mark.usefixtures("two_rows")
def test_it_says_rows_batches_and_the_end_of_the_chain(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit-verify"]) == 0
    said = capsys.readouterr().out
    assert "2 rows, 2 of them not sealed yet; 0 batches, 0 of them dropped" in said
    assert f"The chain ends with {'00' * 32}." in said
    assert run(["audit-verify", "--seal"]) == 0
    said = capsys.readouterr().out
    assert "2 rows, 0 of them not sealed yet; 1 batches, 0 of them dropped" in said
    end = said.split("ends with ")[1][:64]
    assert run(["audit-verify", "--known", end]) == 0


def test_it_names_the_first_batch_that_was_tampered_with(
    two_rows: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit-verify", "--seal"]) == 0
    tamper(two_rows, "UPDATE audit SET agent = 'c' WHERE agent = 'b'")
    capsys.readouterr()
    assert run(["audit-verify"]) == 1
    assert capsys.readouterr().err == "Batch 1 is not as it was sealed.\n"


def test_it_says_rows_that_were_slipped_in_and_a_hash_that_is_missing(
    two_rows: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit-verify", "--seal"]) == 0
    tamper(
        two_rows,
        "INSERT INTO audit (tenant_id, recorded, xid, action, subtype, outcome, agent)"
        " SELECT tenant_id, recorded, xid, action, subtype, outcome, agent FROM audit LIMIT 1",
    )
    capsys.readouterr()
    assert run(["audit-verify", "--known", "ab" * 32]) == 1
    assert capsys.readouterr().err == (
        "1 rows are in no batch, and too old for the next.\n"
        "The hash that was given is not in the chain.\n"
    )


def test_a_hash_that_is_none_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(SystemExit):
        run(["audit-verify", "--known", "xyz"])
