"""What an Observation is, in one number: an index that steps from one kind of them to the next."""

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

# The rows are made anew when the service starts: see `index_layout`.
UPGRADE = (
    "ALTER TABLE coded_value ADD COLUMN what bigint",
    """
    CREATE INDEX coded_value_patient_what
    ON coded_value (tenant_id, patient, what, low DESC, row_id) WHERE what IS NOT NULL
    """,
)
DOWNGRADE = (
    "DROP INDEX coded_value_patient_what",
    "ALTER TABLE coded_value DROP COLUMN what",
)


def upgrade() -> None:
    for statement in UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWNGRADE:
        op.execute(statement)
