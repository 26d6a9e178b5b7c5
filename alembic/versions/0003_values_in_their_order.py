"""Indexes that lead to values, and the texts that codes and references sort by."""

from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

# Texts are filled in when the service starts and makes the rows of the index anew.
COLUMNS = (
    ("term", "text"),
    ("coded_value", "code_text"),
    ("coded_value", "category_text"),
    ("coded_value", "concept_text"),
)
# The hash of `final`, the status of nearly every Observation.
FINAL = -2080982431222059480
INDEXES = {
    "coded_value_quantity": "(tenant_id, code, value_low) WHERE value_low IS NOT NULL",
    "coded_value_range": "(tenant_id, code, value_high) WHERE value_low < value_high",
    "coded_value_concept": """
    (tenant_id, concept, code, low DESC, row_id, component) WHERE concept IS NOT NULL
    """,
    "coded_value_category": "(tenant_id, category, low DESC, row_id) WHERE lead",
    "coded_value_status": f"""
    (tenant_id, status, low DESC, row_id) WHERE lead AND status <> {FINAL}
    """,
}


def upgrade() -> None:
    for table, column in COLUMNS:
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} text COLLATE "C"')
    for name, definition in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON coded_value {definition}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
    for table, column in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
