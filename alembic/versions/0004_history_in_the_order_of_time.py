"""History in the order of time, and how each version came to be."""

from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

# The tables' own policies hold for their owner, too: nothing could be filled in under them.
UPGRADE = (
    'ALTER TABLE resource ADD COLUMN method text COLLATE "C"',
    'ALTER TABLE history ADD COLUMN method text COLLATE "C"',
    "ALTER TABLE history ADD COLUMN row_id bigint",
    "ALTER TABLE resource NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE history NO FORCE ROW LEVEL SECURITY",
    """
    UPDATE history h SET row_id = r.row_id FROM resource r
    WHERE r.tenant_id = h.tenant_id AND r.type = h.type AND r.id = h.id
    """,
    "ALTER TABLE resource FORCE ROW LEVEL SECURITY",
    "ALTER TABLE history FORCE ROW LEVEL SECURITY",
    "ALTER TABLE history ALTER COLUMN row_id SET NOT NULL",
    "CREATE INDEX history_updated ON history (tenant_id, type, last_updated, row_id)",
)
DOWNGRADE = (
    "DROP INDEX history_updated",
    "ALTER TABLE history DROP COLUMN row_id",
    "ALTER TABLE history DROP COLUMN method",
    "ALTER TABLE resource DROP COLUMN method",
)


def upgrade() -> None:
    for statement in UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWNGRADE:
        op.execute(statement)
