"""Who accessed what: rows that are only ever added, and the seals that chain them."""

from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

TABLES = {
    "audit": """
    CREATE TABLE audit (
        tenant_id uuid NOT NULL,
        recorded timestamptz NOT NULL,
        sequence bigint GENERATED ALWAYS AS IDENTITY,
        xid bigint NOT NULL,
        action text COLLATE "C" NOT NULL,
        subtype text COLLATE "C" NOT NULL,
        outcome smallint NOT NULL,
        agent text COLLATE "C" NOT NULL,
        client text COLLATE "C",
        patient text COLLATE "C",
        type text COLLATE "C",
        id text COLLATE "C",
        version integer,
        query text COLLATE "C",
        matches integer,
        request text COLLATE "C",
        PRIMARY KEY (tenant_id, recorded, sequence)
    )
    """,
    "audit_seal": """
    CREATE TABLE audit_seal (
        tenant_id uuid NOT NULL,
        batch bigint NOT NULL,
        from_xid bigint NOT NULL,
        to_xid bigint NOT NULL,
        floor bigint NOT NULL,
        first bigint NOT NULL,
        last bigint NOT NULL,
        newest timestamptz NOT NULL,
        rows bigint NOT NULL,
        hash bytea NOT NULL,
        dropped boolean NOT NULL DEFAULT false,
        PRIMARY KEY (tenant_id, batch)
    )
    """,
}
INDEXES = (
    """
    CREATE INDEX audit_patient ON audit (tenant_id, patient, recorded, sequence)
    WHERE patient IS NOT NULL
    """,
    # Rows come nearly in this order, so that blocks tell enough and a row costs nothing.
    "CREATE INDEX audit_xid ON audit USING brin (xid) WITH (pages_per_range = 32)",
)
# Held for everybody, the tables' owner included. A batch that was marked as dropped may go, which
# is a thing of whole batches, from the first on, a day old at the least; its seal stays.
KEPT = (
    """
    CREATE FUNCTION audit_row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF EXISTS (
                SELECT FROM audit_seal s
                WHERE s.tenant_id = OLD.tenant_id AND s.dropped
                    AND OLD.xid >= s.from_xid AND OLD.xid < s.to_xid
                    AND OLD.sequence BETWEEN s.first AND s.last
            ) THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'Audit rows are kept as they were written.' USING ERRCODE = '42501';
    END $$
    """,
    """
    CREATE FUNCTION audit_seal_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.dropped AND NOT OLD.dropped AND OLD.newest < now() - interval '1 day'
                AND to_jsonb(NEW) - 'dropped' = to_jsonb(OLD) - 'dropped'
                AND NOT EXISTS (
                    SELECT FROM audit_seal s
                    WHERE s.tenant_id = OLD.tenant_id AND s.batch < OLD.batch AND NOT s.dropped
                )
            THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'Seals are kept as they were written.' USING ERRCODE = '42501';
    END $$
    """,
    """
    CREATE TRIGGER audit_row_is_kept BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_row_is_kept()
    """,
    """
    CREATE TRIGGER audit_is_kept BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_row_is_kept()
    """,
    """
    CREATE TRIGGER audit_seal_is_kept BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_is_kept()
    """,
    """
    CREATE TRIGGER audit_seals_are_kept BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_seal_is_kept()
    """,
)
# Rows of the transaction's tenant only, for the table's owner too.
POLICY = "USING (tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid)"


def upgrade() -> None:
    for name, definition in TABLES.items():
        op.execute(definition)
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_tenant ON {name} {POLICY}")
    for statement in (*INDEXES, *KEPT):
        op.execute(statement)


def downgrade() -> None:
    for name in reversed(TABLES):
        op.execute(f"DROP TABLE {name}")
    op.execute("DROP FUNCTION audit_row_is_kept()")
    op.execute("DROP FUNCTION audit_seal_is_kept()")
