"""The schema goes up, matches what is declared, and comes down again."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from service.store import migration
from service.store.cluster import Cluster
from service.store.hashing import hash64, type_key
from service.store.roles import Addresses


@pytest.fixture
async def empty_dsn(cluster: Cluster) -> str:
    """A database of its own beside the others."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("DROP DATABASE IF EXISTS migrated")
    await maintenance.execute("CREATE DATABASE migrated OWNER attune")
    await maintenance.close()
    return cluster.dsn.replace("@/attune?", "@/migrated?")


def alone(dsn: str) -> Addresses:
    """One role for everything."""
    return Addresses(service=dsn, owner=dsn)


async def test_the_tables_declared_are_the_tables_that_stand(empty_dsn: str) -> None:
    await migration.upgrade(alone(empty_dsn))
    await migration.check(empty_dsn)


async def test_the_schema_goes_up_and_down_and_up_again(empty_dsn: str) -> None:
    assert await migration.current_revision(empty_dsn) is None
    await migration.upgrade(alone(empty_dsn))
    assert await migration.current_revision(empty_dsn) == migration.HEAD
    await migration.downgrade(empty_dsn)
    assert await migration.current_revision(empty_dsn) is None
    await migration.upgrade(alone(empty_dsn))
    assert await migration.current_revision(empty_dsn) == migration.HEAD


async def test_every_table_is_bound_to_its_tenant_for_its_owner_too(empty_dsn: str) -> None:
    await migration.upgrade(alone(empty_dsn))
    connection = await asyncpg.connect(empty_dsn)
    rows = await connection.fetch(
        "SELECT relname, relrowsecurity AND relforcerowsecurity AS bound FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    await connection.close()
    unbound = {row["relname"] for row in rows if not row["bound"]}
    assert unbound == {"alembic_version"}
    assert {row["relname"] for row in rows} >= {"resource", "rederivation", "underived"}


async def test_two_indexes_are_made_anew_on_the_way_up_and_down(empty_dsn: str) -> None:
    standing = await _indexed(empty_dsn, "0010", "coded_value_words", "resource_patient")
    assert standing == {
        "coded_value_words": "btree (tenant_id, words, low DESC, row_id) WHERE (words IS NOT NULL)",
        "resource_patient": "btree (tenant_id, patient, type_key) WHERE (patient IS NOT NULL)",
    }
    earlier = await _indexed(empty_dsn, "0009", "coded_value_words", "resource_patient")
    patient = "btree (tenant_id, patient, type_key, row_id) WHERE (patient IS NOT NULL)"
    assert earlier == {
        "coded_value_words": "btree (tenant_id, words) WHERE (words IS NOT NULL)",
        "resource_patient": patient,
    }


async def test_the_audit_is_indexed_by_transaction_on_the_way_up_and_down(empty_dsn: str) -> None:
    standing = await _indexed(empty_dsn, "0011", "audit_xid")
    assert standing == {"audit_xid": "btree (tenant_id, xid)"}
    earlier = await _indexed(empty_dsn, "0010", "audit_xid")
    assert earlier == {"audit_xid": "brin (xid) WITH (pages_per_range='32')"}


async def _indexed(dsn: str, revision: str, *names: str) -> dict[str, str]:
    """What indexes are of at a revision, which is come to from the newest."""
    await migration.upgrade(alone(dsn))
    await migration.downgrade(dsn, revision)
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(
        "SELECT name, pg_get_indexdef(name::regclass) FROM unnest($1::text[]) AS name", list(names)
    )
    await connection.close()
    return {name: definition.partition(" USING ")[2] for name, definition in rows}


async def test_versions_that_were_there_find_their_place_in_time(empty_dsn: str) -> None:
    await migration.upgrade(alone(empty_dsn))
    await migration.downgrade(empty_dsn, "0002")
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute("SET app.tenant = '00000000-0000-0000-0000-000000000001'")
    await connection.execute(
        "INSERT INTO resource (tenant_id, type, id, self, version, last_updated)"
        " SELECT current_setting('app.tenant')::uuid, 'Patient', id, 1, 3, now()"
        " FROM unnest('{a,b}'::text[]) AS id"
    )
    await connection.execute(
        "INSERT INTO history (tenant_id, type, id, version, last_updated)"
        " SELECT tenant_id, type, id, version - 1, now() FROM resource"
    )
    await migration.upgrade(alone(empty_dsn))
    await connection.execute("SET app.tenant_id = '1'")
    rows = await connection.fetch(
        "SELECT r.row_id, h.row_id FROM resource r JOIN history h USING (tenant_id, type, id)"
    )
    await connection.close()
    assert len(rows) == 2
    assert all(current == earlier for current, earlier in rows)
    await migration.check(empty_dsn)


async def test_tenants_keep_their_rows_when_they_get_numbers_and_when_they_lose_them(
    empty_dsn: str,
) -> None:
    """Of two tenants, one of which no row of `tenant` tells; names are made where none were."""
    await migration.upgrade(alone(empty_dsn))
    await migration.downgrade(empty_dsn, "0008")
    connection = await asyncpg.connect(empty_dsn)
    one, other = UUID(int=1), UUID(int=2)
    for tenant in (one, other):
        await connection.execute(f"SET app.tenant = '{tenant}'")
        for id_ in ("a", "b"):
            await connection.execute(
                "INSERT INTO resource (tenant_id, type, id, self, version, last_updated, body)"
                " VALUES ($1, 'Patient', $2, 0, 2, now(), $3)",
                tenant,
                id_,
                id_.encode(),
            )
        await connection.execute(
            "INSERT INTO history SELECT tenant_id, type, id, 1, last_updated, body, null, row_id"
            " FROM resource"
        )
        await connection.execute(
            "INSERT INTO record SELECT tenant_id, id, type, id, 'facts' FROM resource"
        )
    await connection.execute("INSERT INTO tenant (tenant_id, page_key) VALUES ($1, 'key')", other)
    before = await everything(connection, one, other)
    await migration.upgrade(alone(empty_dsn))
    for tenant in (one, other):
        await connection.execute(f"SET app.tenant = '{tenant}'")
        number = await connection.fetchval("SELECT tenant_id FROM tenant")
        await connection.execute(f"SET app.tenant_id = {number}")
        rows = await connection.fetch("SELECT tenant_id, self, type_key, id FROM resource")
        assert {tuple(row) for row in rows} == {
            (number, hash64(f"Patient/{id_}"), type_key("Patient"), id_) for id_ in ("a", "b")
        }
        assert await connection.fetchval("SELECT count(*) FROM record") == 2
    key = await connection.fetchval("SELECT page_key FROM tenant")
    assert key == b"key"
    await connection.close()
    await migration.downgrade(empty_dsn, "0008")
    connection = await asyncpg.connect(empty_dsn)
    assert await everything(connection, one, other) == before
    await connection.close()


async def everything(connection: asyncpg.Connection, *tenants: UUID) -> list[object]:
    """What the first eight revisions keep of each tenant."""
    found = list[object]()
    for tenant in tenants:
        await connection.execute(f"SET app.tenant = '{tenant}'")
        for asked in (
            "SELECT tenant_id, row_id, type, id, version, last_updated, body FROM resource",
            "SELECT tenant_id, row_id, type, id, version, last_updated, body FROM history",
            "SELECT tenant_id, patient, type, id, facts FROM record",
        ):
            rows = await connection.fetch(f"{asked} ORDER BY id")
            found.append([tuple(row) for row in rows])
    return found


async def test_two_migrations_at_once_leave_one_migrated_database(empty_dsn: str) -> None:
    await asyncio.gather(migration.upgrade(alone(empty_dsn)), migration.upgrade(alone(empty_dsn)))
    await migration.check(empty_dsn)


def test_the_newest_script_is_the_revision_this_release_names() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(migration.SCRIPTS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [migration.HEAD]
