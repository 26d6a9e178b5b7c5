"""Resources, their history, their index rows, and what the derivation reads and wrote."""

from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

TABLES = (
    """
    CREATE TABLE tenant (
        tenant_id uuid NOT NULL,
        page_key bytea NOT NULL,
        PRIMARY KEY (tenant_id)
    )
    """,
    """
    CREATE TABLE resource (
        tenant_id uuid NOT NULL,
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        row_id bigint GENERATED ALWAYS AS IDENTITY,
        version integer NOT NULL,
        last_updated timestamptz NOT NULL,
        derived boolean NOT NULL DEFAULT false,
        patient text COLLATE "C",
        body bytea,
        PRIMARY KEY (tenant_id, type, id)
    )
    """,
    """
    CREATE TABLE history (
        tenant_id uuid NOT NULL,
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        last_updated timestamptz NOT NULL,
        body bytea,
        PRIMARY KEY (tenant_id, type, id, version)
    )
    """,
    """
    CREATE TABLE coded_value (
        tenant_id uuid NOT NULL,
        row_id bigint NOT NULL,
        ordinal smallint NOT NULL,
        component smallint NOT NULL,
        lead boolean NOT NULL,
        patient bigint,
        code bigint,
        code_system bigint,
        category bigint,
        category_system bigint,
        status bigint NOT NULL,
        low timestamptz,
        high timestamptz,
        value_low double precision,
        value_high double precision,
        unit bigint,
        concept bigint,
        concept_system bigint,
        PRIMARY KEY (tenant_id, row_id, ordinal)
    )
    """,
    """
    CREATE TABLE term (
        tenant_id uuid NOT NULL,
        row_id bigint NOT NULL,
        key bigint NOT NULL,
        system bigint NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, system)
    )
    """,
    """
    CREATE TABLE moment (
        tenant_id uuid NOT NULL,
        row_id bigint NOT NULL,
        key bigint NOT NULL,
        low timestamptz NOT NULL,
        high timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, low, high)
    )
    """,
    """
    CREATE TABLE phrase (
        tenant_id uuid NOT NULL,
        row_id bigint NOT NULL,
        key bigint NOT NULL,
        exact text COLLATE "C" NOT NULL,
        folded text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, exact)
    )
    """,
    """
    CREATE TABLE amount (
        tenant_id uuid NOT NULL,
        row_id bigint NOT NULL,
        key bigint NOT NULL,
        low double precision NOT NULL,
        high double precision NOT NULL,
        unit bigint NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, low, high, unit)
    )
    """,
    """
    CREATE TABLE record (
        tenant_id uuid NOT NULL,
        patient text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        facts bytea NOT NULL,
        PRIMARY KEY (tenant_id, patient, type, id)
    )
    """,
    """
    CREATE TABLE derived (
        tenant_id uuid NOT NULL,
        patient text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        digest bytea NOT NULL,
        PRIMARY KEY (tenant_id, patient, type, id)
    )
    """,
)

INDEXES = (
    "CREATE UNIQUE INDEX resource_row ON resource (tenant_id, type, row_id)",
    "CREATE INDEX resource_updated ON resource (tenant_id, type, last_updated, row_id)",
    """
    CREATE INDEX resource_patient ON resource (tenant_id, patient, type, row_id)
    WHERE patient IS NOT NULL
    """,
    """
    CREATE INDEX coded_value_patient_code
    ON coded_value (tenant_id, patient, code, low DESC, row_id)
    """,
    """
    CREATE INDEX coded_value_patient_category
    ON coded_value (tenant_id, patient, category, low DESC, row_id) WHERE lead
    """,
    "CREATE INDEX coded_value_code ON coded_value (tenant_id, code, low DESC, row_id)",
    "CREATE INDEX term_key ON term (tenant_id, key, row_id)",
    "CREATE INDEX moment_key ON moment (tenant_id, key, low, row_id)",
    "CREATE INDEX phrase_key ON phrase (tenant_id, key, folded, row_id)",
    "CREATE INDEX amount_key ON amount (tenant_id, key, low, row_id)",
)

STORAGE = (
    # A packed body is compressed already: trying again costs time and saves nothing.
    "ALTER TABLE resource ALTER COLUMN body SET STORAGE EXTERNAL",
    "ALTER TABLE history ALTER COLUMN body SET STORAGE EXTERNAL",
)

STATISTICS = (
    # A code fixes its category, its system and its unit: without this the planner multiplies them.
    """
    CREATE STATISTICS coded_value_coding (dependencies, mcv)
    ON code, code_system, category, status, unit FROM coded_value
    """,
)

NAMES = (
    "tenant",
    "resource",
    "history",
    "coded_value",
    "term",
    "moment",
    "phrase",
    "amount",
    "record",
    "derived",
)


def policies(table: str) -> tuple[str, ...]:
    """Rows of the transaction's tenant only, for the table's owner too."""
    tenant = "NULLIF(current_setting('app.tenant', true), '')::uuid"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own_tenant ON {table} USING (tenant_id = {tenant})",
    )


def upgrade() -> None:
    for statement in (*TABLES, *INDEXES, *STORAGE, *STATISTICS):
        op.execute(statement)
    for table in NAMES:
        for statement in policies(table):
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(NAMES):
        op.execute(f"DROP TABLE {table}")
