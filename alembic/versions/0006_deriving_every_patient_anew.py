"""How far deriving every patient anew has come, and by what all was derived before."""

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = {
    "rederivation": """
    CREATE TABLE rederivation (
        tenant_id uuid NOT NULL,
        derived_by text COLLATE "C",
        deriving_by text COLLATE "C",
        place text COLLATE "C" NOT NULL DEFAULT '',
        done integer NOT NULL DEFAULT 0,
        changed integer NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id)
    )
    """,
    "underived": """
    CREATE TABLE underived (
        tenant_id uuid NOT NULL,
        patient text COLLATE "C" NOT NULL,
        reason text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, patient)
    )
    """,
}
# Rows of the transaction's tenant only, for the table's owner too.
POLICY = "USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)"


def upgrade() -> None:
    for name, definition in TABLES.items():
        op.execute(definition)
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_tenant ON {name} {POLICY}")


def downgrade() -> None:
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")
