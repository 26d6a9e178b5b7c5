"""Less to keep of each resource: tenants known by small numbers, one key for a resource's identity,
index rows found again by their row id alone, and the words of codes said once.

Measured for a vital sign: 2.4 KB before, see openapi/PERFORMANCE.md for what it is now.
"""

from collections.abc import Iterator
from hashlib import blake2b

from sqlalchemy import Connection, text

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

NUMBERED = ("history", "record", "derived", "rederivation", "underived")
"""Tables that keep their rows; those of the index are made anew when the service starts."""
KEPT = ("tenant", "resource", *NUMBERED)
INDEX = ("coded_value", "term", "label", "moment", "phrase", "amount")
AT_ONCE = 10_000

TENANTS = (
    "ALTER TABLE tenant RENAME COLUMN tenant_id TO uuid",
    "ALTER TABLE tenant DROP CONSTRAINT tenant_pkey",
    "ALTER TABLE tenant ADD COLUMN tenant_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "ALTER TABLE tenant ADD CONSTRAINT tenant_uuid_key UNIQUE (uuid)",
    "UPDATE tenant SET index_layout = 0",
)
# Of tenants that no row tells of, as after a restore of some tables, nothing is lost either.
STRAYS = """
INSERT INTO tenant (uuid, page_key)
SELECT DISTINCT tenant_id, decode(replace(gen_random_uuid()::text, '-', ''), 'hex')
    || decode(replace(gen_random_uuid()::text, '-', ''), 'hex')
FROM {table} ON CONFLICT DO NOTHING
"""
NUMBER = """
CREATE FUNCTION number_of(wanted uuid) RETURNS integer LANGUAGE sql STABLE
AS 'SELECT tenant_id FROM tenant WHERE uuid = wanted'
"""
UUID_OF = """
CREATE FUNCTION uuid_of(wanted integer) RETURNS uuid LANGUAGE sql STABLE
AS 'SELECT uuid FROM tenant WHERE tenant_id = wanted'
"""
COLUMNS = "row_id, self, last_updated, version, derived, type, id, patient, method, body"
RESOURCE = (
    "ALTER TABLE resource RENAME TO resource_before",
    "ALTER SEQUENCE resource_row_id_seq RENAME TO resource_before_row_id_seq",
    """
    CREATE TABLE resource (
        row_id bigint GENERATED ALWAYS AS IDENTITY,
        self bigint NOT NULL,
        last_updated timestamptz NOT NULL,
        tenant_id {tenant} NOT NULL,{type_key}
        version integer NOT NULL,
        derived boolean NOT NULL DEFAULT false,
        type text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        patient text COLLATE "C",
        method text COLLATE "C",
        body bytea
    )
    """,
    # A packed body is compressed already: trying again costs time and saves nothing.
    "ALTER TABLE resource ALTER COLUMN body SET STORAGE EXTERNAL",
    f"""
    INSERT INTO resource (tenant_id, {{named}} {COLUMNS}) OVERRIDING SYSTEM VALUE
    SELECT {{of}}(tenant_id), {{named}} {COLUMNS} FROM resource_before {{joined}} ORDER BY row_id
    """,
    """
    SELECT setval('resource_row_id_seq', last_value, is_called) FROM resource_before_row_id_seq
    """,
    "DROP TABLE resource_before",
    "CREATE UNIQUE INDEX resource_row ON resource (tenant_id, {kind}, row_id)",
    "CREATE INDEX resource_updated ON resource (tenant_id, {kind}, last_updated, row_id)",
    """
    CREATE INDEX resource_patient ON resource (tenant_id, patient, {kind}, row_id)
    WHERE patient IS NOT NULL
    """,
)
FINAL = -2080982431222059480
"""The hash of `final`, the status of nearly every Observation."""
CODED_VALUES = {
    "patient_what": "(tenant_id, patient, what, low DESC, row_id) WHERE what IS NOT NULL",
    "code": "(tenant_id, code, low DESC, row_id)",
    "quantity": "(tenant_id, code, value_low) WHERE value_low IS NOT NULL",
    "range": "(tenant_id, code, value_high) WHERE value_low < value_high",
    "concept": "(tenant_id, concept, code, low DESC, row_id, component) WHERE concept IS NOT NULL",
    "category": "(tenant_id, category, low DESC, row_id) WHERE lead",
    "status": f"(tenant_id, status, low DESC, row_id) WHERE lead AND status <> {FINAL}",
}
NEW = {
    "coded_value": """
        tenant_id integer NOT NULL, ordinal smallint NOT NULL, component smallint NOT NULL,
        row_id bigint NOT NULL, patient bigint, encounter bigint, code bigint, code_system bigint,
        words bigint, category bigint, category_system bigint, status bigint NOT NULL,
        low timestamptz, high timestamptz, value_low float8, value_high float8, unit bigint,
        concept bigint, concept_system bigint, what bigint, lead boolean NOT NULL,
        code_text text COLLATE "C", category_text text COLLATE "C", concept_text text COLLATE "C"
    """,
    "wording": """
        tenant_id integer NOT NULL, words bigint NOT NULL, key bigint NOT NULL,
        exact text COLLATE "C" NOT NULL, folded text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, words, exact)
    """,
    "term": """
        tenant_id integer NOT NULL, mark integer NOT NULL, key bigint NOT NULL,
        row_id bigint NOT NULL, system bigint, text text COLLATE "C"
    """,
    "label": """
        tenant_id integer NOT NULL, row_id bigint NOT NULL, code text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, row_id, code)
    """,
    "moment": """
        tenant_id integer NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        low timestamptz NOT NULL, high timestamptz NOT NULL
    """,
    "phrase": """
        tenant_id integer NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        exact text COLLATE "C" NOT NULL, folded text COLLATE "C" NOT NULL
    """,
    "amount": """
        tenant_id integer NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        low float8 NOT NULL, high float8 NOT NULL, unit bigint NOT NULL
    """,
}
NEW_INDEXES = (
    "coded_value_patient ON coded_value (tenant_id, patient, code, low DESC, row_id, category)",
    *(f"{table}_row ON {table} (tenant_id, row_id)" for table in INDEX if table != "label"),
    "coded_value_words ON coded_value (tenant_id, words) WHERE words IS NOT NULL",
    "coded_value_encounter ON coded_value (tenant_id, encounter) WHERE encounter IS NOT NULL",
    "wording_key ON wording (tenant_id, key, folded, words)",
    "term_key ON term (tenant_id, mark, key, row_id)",
    "moment_key ON moment (tenant_id, key, low, row_id)",
    "phrase_key ON phrase (tenant_id, key, folded, row_id)",
    "amount_key ON amount (tenant_id, key, low, row_id)",
)
OLD = {
    "coded_value": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, ordinal smallint NOT NULL,
        component smallint NOT NULL, lead boolean NOT NULL, patient bigint, code bigint,
        code_system bigint, category bigint, category_system bigint, status bigint NOT NULL,
        low timestamptz, high timestamptz, value_low float8, value_high float8, unit bigint,
        concept bigint, concept_system bigint, code_text text COLLATE "C",
        category_text text COLLATE "C", concept_text text COLLATE "C", what bigint,
        PRIMARY KEY (tenant_id, row_id, ordinal)
    """,
    "term": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        system bigint NOT NULL, text text COLLATE "C", PRIMARY KEY (tenant_id, row_id, key, system)
    """,
    "label": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, code text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, row_id, code)
    """,
    "moment": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        low timestamptz NOT NULL, high timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, low, high)
    """,
    "phrase": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        exact text COLLATE "C" NOT NULL, folded text COLLATE "C" NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, exact)
    """,
    "amount": """
        tenant_id uuid NOT NULL, row_id bigint NOT NULL, key bigint NOT NULL,
        low float8 NOT NULL, high float8 NOT NULL, unit bigint NOT NULL,
        PRIMARY KEY (tenant_id, row_id, key, low, high, unit)
    """,
}
OLD_INDEXES = (
    "coded_value_patient_code ON coded_value (tenant_id, patient, code, low DESC, row_id)",
    """
    coded_value_patient_category
    ON coded_value (tenant_id, patient, category, low DESC, row_id) WHERE lead
    """,
    "term_key ON term (tenant_id, key, system, row_id)",
    "moment_key ON moment (tenant_id, key, low, row_id)",
    "phrase_key ON phrase (tenant_id, key, folded, row_id)",
    "amount_key ON amount (tenant_id, key, low, row_id)",
)
# A code fixes its category, its system and its unit: without this the planner multiplies them.
STATISTICS = """
CREATE STATISTICS coded_value_coding (dependencies, mcv)
ON code, code_system, category, status, unit FROM coded_value
"""


def upgrade() -> None:
    _unforce(KEPT)
    op.execute("ALTER TABLE tenant NO FORCE ROW LEVEL SECURITY")
    for statement in TENANTS:
        op.execute(statement)
    for table in ("resource", *NUMBERED):
        op.execute(STRAYS.format(table=table))
    _name(op.get_bind())
    _key_types(op.get_bind())
    op.execute(NUMBER)
    _renumber(
        "integer",
        "number_of",
        type_key="type_key integer NOT NULL,",
        named="type_key,",
        joined="JOIN type_keys USING (type)",
        kind="type_key",
    )
    op.execute("DROP TABLE type_keys")
    op.execute("ALTER TABLE resource ADD PRIMARY KEY (tenant_id, self)")
    op.execute("DROP FUNCTION number_of(uuid)")
    _index(NEW, NEW_INDEXES)
    _bind(("resource", *NUMBERED, *NEW), "app.tenant_id", "integer")
    op.execute("ALTER TABLE tenant FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    _unforce(KEPT)
    op.execute(UUID_OF)
    _renumber("uuid", "uuid_of", type_key="", named="", joined="", kind="type")
    op.execute("ALTER TABLE resource ADD PRIMARY KEY (tenant_id, type, id)")
    op.execute("CREATE INDEX resource_self ON resource (tenant_id, self)")
    op.execute("DROP FUNCTION uuid_of(integer)")
    op.execute("DROP TABLE wording")
    _index(OLD, OLD_INDEXES)
    _bind(("resource", *NUMBERED, *OLD), "app.tenant", "uuid")
    op.execute("ALTER TABLE tenant DROP COLUMN tenant_id")
    op.execute("ALTER TABLE tenant DROP CONSTRAINT tenant_uuid_key")
    op.execute("ALTER TABLE tenant RENAME COLUMN uuid TO tenant_id")
    op.execute("ALTER TABLE tenant ADD PRIMARY KEY (tenant_id)")
    op.execute("UPDATE tenant SET index_layout = 0")
    op.execute("ALTER TABLE tenant FORCE ROW LEVEL SECURITY")


def _unforce(tables: tuple[str, ...]) -> None:
    """The tables' own policies hold for their owner, too: nothing could be filled in under them."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def _renumber(tenant: str, of: str, **resource: str) -> None:
    """`of` gives the new way to name a tenant, of type `tenant`, from the old one; `resource` fills
    the statements that make that table anew."""
    for table in NUMBERED:
        kind = f"{tenant} USING {of}(tenant_id)"
        op.execute(f"DROP POLICY own_tenant ON {table}")
        op.execute(f"ALTER TABLE {table} ALTER COLUMN tenant_id TYPE {kind}")
    for statement in RESOURCE:
        op.execute(statement.format(tenant=tenant, of=of, **resource))


def _index(tables: dict[str, str], indexes: tuple[str, ...]) -> None:
    """Empty tables of the index, in the place of those that stand."""
    for table in INDEX:
        op.execute(f"DROP TABLE {table}")
    for table, columns in tables.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
    for definition in indexes:
        op.execute(f"CREATE INDEX {definition}")
    for name, definition in CODED_VALUES.items():
        op.execute(f"CREATE INDEX coded_value_{name} ON coded_value {definition}")
    op.execute(STATISTICS)


def _bind(tables: tuple[str, ...], setting: str, kind: str) -> None:
    """Rows of the transaction's tenant only, for the table's owner too."""
    tenant = f"NULLIF(current_setting('{setting}', true), '')::{kind}"
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_tenant ON {table} USING (tenant_id = {tenant})")


def _name(bind: Connection) -> None:
    """A database that comes from before 0002 without having been served since has no names."""
    op.execute("CREATE INDEX resource_number ON resource (row_id)")
    for rows in _named_otherwise(bind):
        bind.execute(text("UPDATE resource SET self = :self WHERE row_id = :row_id"), rows)
    op.execute("DROP INDEX resource_number")


def _named_otherwise(bind: Connection) -> Iterator[list[dict[str, int]]]:
    place = 0
    asked = text(
        "SELECT row_id, type, id, self FROM resource WHERE row_id > :place"
        f" ORDER BY row_id LIMIT {AT_ONCE}"
    )
    while rows := bind.execute(asked, {"place": place}).all():
        named = [(row.row_id, row.self, _hash(f"{row.type}/{row.id}")) for row in rows]
        wrong = [{"row_id": row_id, "self": own} for row_id, was, own in named if was != own]
        if wrong:
            yield wrong
        place = rows[-1].row_id


def _key_types(bind: Connection) -> None:
    op.execute('CREATE TEMPORARY TABLE type_keys (type text COLLATE "C", type_key integer)')
    types = bind.execute(text("SELECT DISTINCT type FROM resource")).scalars().all()
    rows = [{"type": each, "type_key": _hash(each, octets=4)} for each in types]
    if rows:
        bind.execute(text("INSERT INTO type_keys VALUES (:type, :type_key)"), rows)


def _hash(name: str, octets: int = 8) -> int:
    digest = blake2b(name.encode(), digest_size=octets).digest()
    return int.from_bytes(digest, "big", signed=True)
