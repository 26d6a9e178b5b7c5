"""A hash of each resource's own name, so that a reference leads to what it names by an index."""

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

# Rows of the index as 0001 laid them are made anew when the service starts: see `index_layout`.
UPGRADE = (
    "ALTER TABLE resource ADD COLUMN self bigint NOT NULL DEFAULT 0",
    "ALTER TABLE resource ALTER COLUMN self DROP DEFAULT",
    "CREATE INDEX resource_self ON resource (tenant_id, self)",
    "DROP INDEX term_key",
    "CREATE INDEX term_key ON term (tenant_id, key, system, row_id)",
    "ALTER TABLE tenant ADD COLUMN index_layout bigint NOT NULL DEFAULT 0",
)
DOWNGRADE = (
    "ALTER TABLE tenant DROP COLUMN index_layout",
    "DROP INDEX term_key",
    "CREATE INDEX term_key ON term (tenant_id, key, row_id)",
    "ALTER TABLE resource DROP COLUMN self",
)


def upgrade() -> None:
    for statement in UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWNGRADE:
        op.execute(statement)
