"""The index of the audit by transaction has every row in its order, so that a batch is sealed by
reading its own rows. That by ranges of pages knows those alone that a vacuum has been through, and
of a table that grows there are ever more that none has.
"""

from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.execute("DROP INDEX audit_xid")
    op.execute("CREATE INDEX audit_xid ON audit (tenant_id, xid)")


def downgrade() -> None:
    op.execute("DROP INDEX audit_xid")
    op.execute("CREATE INDEX audit_xid ON audit USING brin (xid) WITH (pages_per_range = 32)")
