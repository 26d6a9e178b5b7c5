"""The index of words has the rows of each in the order of time, so that a page of what is worded so
reads the newest alone. That of resources by patient has no row ids any more: equal entries are kept
as one, which saves more than the other takes.
"""

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

WORDS = "coded_value_words ON coded_value (tenant_id, {}) WHERE words IS NOT NULL"
PATIENT = "resource_patient ON resource (tenant_id, {}) WHERE patient IS NOT NULL"


def upgrade() -> None:
    _made_anew(WORDS.format("words, low DESC, row_id"), PATIENT.format("patient, type_key"))


def downgrade() -> None:
    _made_anew(WORDS.format("words"), PATIENT.format("patient, type_key, row_id"))


def _made_anew(*indexes: str) -> None:
    for index in indexes:
        op.execute(f"DROP INDEX {index.split()[0]}")
        op.execute(f"CREATE INDEX {index}")
