"""Security labels that can hide a resource, in a table of their own: nearly empty, so that nothing
is sought in the index of all terms for rows without one."""

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = """
CREATE TABLE label (
    tenant_id uuid NOT NULL,
    row_id bigint NOT NULL,
    code text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, row_id, code)
)
"""
# Rows of the transaction's tenant only, for the table's owner too.
POLICY = "USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)"


def upgrade() -> None:
    """The rows come when the tenants are indexed anew, before the first request."""
    op.execute(TABLE)
    op.execute("ALTER TABLE label ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE label FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_tenant ON label {POLICY}")


def downgrade() -> None:
    op.execute("DROP TABLE label")
