"""The service's role in the database owns nothing, and nothing it says reaches another tenant."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from service import main
from service.errors import Unavailable
from service.fhir.access import Access
from service.settings import Settings
from service.store import migration
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.roles import Addresses, privileges
from service.store.write import put
from tests.store.written import new

OTHER = Access(tenant=UUID("00000000-0000-0000-0000-00000000000b"))
OWNER = "clinic_owner"
PASSWORD = "only-in-this-test"  # noqa: S105


async def test_the_service_owns_nothing_and_bypasses_nothing(cluster: Cluster) -> None:
    service = await asyncpg.connect(cluster.dsn)
    owned = await service.fetchval(
        "SELECT (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
        " + (SELECT count(*) FROM pg_proc WHERE proowner = r.oid)"
        " + (SELECT count(*) FROM pg_database d WHERE datdba = r.oid"
        " AND d.datname = current_database())"
        " FROM pg_roles r WHERE rolname = current_user"
        " AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
    )
    await service.close()
    assert owned == 0


async def test_it_may_do_with_each_table_what_it_needs_and_no_more(cluster: Cluster) -> None:
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    tables = await owner.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    granted = await owner.fetch(
        "SELECT table_name, privilege_type FROM information_schema.table_privileges"
        " WHERE grantee = 'attune' AND table_schema = 'public'"
    )
    await owner.close()
    assert {row["tablename"] for row in tables} == set(privileges())
    found = {(row["table_name"], row["privilege_type"]) for row in granted}
    assert {privilege for _, privilege in found} == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert {p for table, p in found if table == "audit"} == {"SELECT", "INSERT", "DELETE"}
    assert {p for table, p in found if table == "audit_seal"} == {"SELECT", "INSERT"}
    assert {p for table, p in found if table == "alembic_version"} == {"SELECT"}


BEYOND = (
    "ALTER TABLE resource DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE resource NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY own_tenant ON resource",
    "CREATE POLICY all_of_it ON resource USING (true)",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_row_is_kept ON audit",
    "SET LOCAL session_replication_role = replica",
    "SET LOCAL ROLE postgres",
    "SET LOCAL SESSION AUTHORIZATION postgres",
    "TRUNCATE resource",
    "DROP TABLE resource",
    "CREATE TABLE copied AS SELECT * FROM resource",
    "ALTER ROLE attune BYPASSRLS",
    "COPY resource TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "UPDATE alembic_version SET version_num = '0001'",
)


@pytest.mark.parametrize("statement", BEYOND)
async def test_statements_that_would_lift_the_wall_are_refused(
    database: Database, access: Access, statement: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.begin(access) as tx:
            await tx.connection.execute(statement)


async def test_raw_statements_find_no_row_of_another_tenant_in_any_table(
    cluster: Cluster, database: Database, access: Access
) -> None:
    async with database.begin(access) as tx:
        await put(tx, [new("mine")])
    owner = await asyncpg.connect(cluster.maintenance_dsn)
    await database.ensure_tenant(OTHER.tenant)
    by_uuid = {"audit": "tenant_id", "audit_seal": "tenant_id", "tenant": "uuid"}
    for table in set(privileges()) - {"alembic_version"}:
        async with database.begin(OTHER) as tx:
            other = OTHER.tenant if table in by_uuid else tx.number
            asked = f"SELECT count(*) FROM {table} WHERE {by_uuid.get(table, 'tenant_id')} <> $1"
            assert await tx.connection.fetchval(asked, other) == 0, table
            changed = f"DELETE FROM {table}"
            if table not in ("audit", "audit_seal"):
                own = 1 if table == "tenant" else 0
                assert await tx.connection.execute(changed) == f"DELETE {own}", table
    # Not so for who owns it all: there was something to find.
    assert await owner.fetchval("SELECT count(*) FROM resource") > 0
    await owner.close()


@pytest.fixture
async def empty(cluster: Cluster) -> AsyncIterator[str]:
    """A database of its own, which belongs to an ordinary role."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("DROP DATABASE IF EXISTS apart WITH (FORCE)")
    await maintenance.execute(f"DROP ROLE IF EXISTS {OWNER}")
    await maintenance.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'")
    await maintenance.execute(f"CREATE DATABASE apart OWNER {OWNER}")
    yield cluster.dsn.replace("@/attune?", "@/apart?")
    await maintenance.execute("DROP DATABASE apart WITH (FORCE)")
    await maintenance.execute(f"DROP ROLE {OWNER}")
    await maintenance.close()


def apart(service: str) -> Addresses:
    place = service.split("@", 1)[1]
    return Addresses(service=service, owner=f"postgresql://{OWNER}:{PASSWORD}@{place}")


async def test_an_ordinary_owner_migrates_for_the_service(empty: str, access: Access) -> None:
    with pytest.raises(Unavailable, match="ATTUNE_MIGRATION_URL"):
        await migration.upgrade(Addresses(service=empty, owner=empty))
    await migration.upgrade(apart(empty))
    # Once it is done the service needs nobody.
    await migration.upgrade(Addresses(service=empty, owner=empty))
    settings = Settings(public_url="http://clinic.test/fhir", database_url=empty)
    async with main.opened(settings, empty, "http://clinic.test/fhir") as site:
        async with site.database.begin(access) as tx:
            await put(tx, [new("a")])
        assert await site.database.bypassing() is None


async def test_tables_that_were_the_services_own_are_taken_over(
    cluster: Cluster, empty: str
) -> None:
    """As databases of earlier releases have it."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("ALTER DATABASE apart OWNER TO attune")
    await maintenance.close()
    await migration.upgrade(Addresses(service=empty, owner=empty))
    await migration.downgrade(empty, "0007")
    with pytest.raises(Unavailable, match="ATTUNE_MIGRATION_URL"):
        await migration.upgrade(apart(empty))
    superuser = cluster.maintenance_dsn.replace("@/attune?", "@/apart?")
    await migration.upgrade(Addresses(service=empty, owner=superuser))
    service = await asyncpg.connect(empty)
    owners = await service.fetch(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    )
    await service.close()
    assert [row["tableowner"] for row in owners] == ["postgres"]


@pytest.fixture
def issuers(tmp_path: Path) -> Iterator[Path]:
    """Two tenants."""
    file = tmp_path / "issuers.toml"
    file.write_text(
        "[[issuer]]\n"
        'issuer = "https://login.test"\n'
        'audience = "https://clinic.test/fhir"\n'
        'mode = "jwks"\n'
        'jwks_uri = "https://login.test/keys"\n'
        'algorithms = ["RS256"]\n'
        'tenant_claim = "clinic"\n'
        f'tenants = ["{UUID(int=11)}", "{UUID(int=12)}"]\n'
    )
    return file


async def test_several_tenants_are_not_served_by_a_role_that_nothing_binds(
    cluster: Cluster, issuers: Path
) -> None:
    settings = Settings(public_url="http://clinic.test/fhir", issuers=issuers)
    with pytest.raises(Unavailable, match="passes by row-level security"):
        async with main.opened(settings, cluster.maintenance_dsn, "http://clinic.test/fhir"):
            pass


async def test_one_tenant_is_served_and_the_log_warns(
    cluster: Cluster, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    main.configure_log("warning")
    settings = Settings(public_url="http://clinic.test/fhir")
    async with main.opened(settings, cluster.maintenance_dsn, "http://clinic.test/fhir"):
        pass
    assert '"event": "database.unbound"' in capsys.readouterr().err
