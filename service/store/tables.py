"""The tables, as Alembic compares them with the database. Every key starts with the tenant.

Hashes are `hashing.hash64`: signed 64-bit, so that conditions on them are plain B-tree conditions
which row-level security may push into an index. A hash match is always rechecked on the body.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

from service.store.hashing import hash64

EXACT = Text(collation="C")
MOMENT = DateTime(timezone=True)


class Tenant(SQLModel, table=True):
    """One site; `page_key` seals its page cursors, `index_layout` says how its index rows were made
    (see `index.LAYOUT`; 0: not yet)."""

    __tablename__ = "tenant"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    page_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    index_layout: int = Field(
        sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )


class ResourceRow(SQLModel, table=True):
    """The current version of every resource, deleted ones included (without a body).

    `row_id` never changes: it is the order of first creation and the tie-breaker of every sort.
    `self` = hash64("[type]/[id]"), as the index rows of references to it have it. `patient` is the
    `PatientKey` of the compartment. `method` is the HTTP verb that made the version, null where it
    is not known and for a deletion. `body` is what `body.pack` made.
    """

    __tablename__ = "resource"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    type: str = Field(sa_column=Column(EXACT, primary_key=True))
    id: str = Field(sa_column=Column(EXACT, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    self: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_updated: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    derived: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    patient: str | None = Field(sa_column=Column(EXACT))
    method: str | None = Field(sa_column=Column(EXACT))
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    __table_args__ = (
        Index("resource_row", "tenant_id", "type", "row_id", unique=True),
        Index("resource_self", "tenant_id", "self"),
        Index("resource_updated", "tenant_id", "type", "last_updated", "row_id"),
        Index(
            "resource_patient",
            "tenant_id",
            "patient",
            "type",
            "row_id",
            postgresql_where=text("patient IS NOT NULL"),
        ),
    )


class History(SQLModel, table=True):
    """Versions that are no longer current, with the `row_id` of their resource; a create writes
    none."""

    __tablename__ = "history"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    type: str = Field(sa_column=Column(EXACT, primary_key=True))
    id: str = Field(sa_column=Column(EXACT, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_updated: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    method: str | None = Field(sa_column=Column(EXACT))
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    __table_args__ = (Index("history_updated", "tenant_id", "type", "last_updated", "row_id"),)


class CodedValue(SQLModel, table=True):
    """One row per coded value of an Observation: its own code, and each component's.

    One row for each coding of the code, times each category (components: none), times each coding
    of the value; `ordinal` numbers them, `component` is 0 for the Observation itself, else the
    component's place from 1. `lead` is true for the first row of each category of the Observation
    itself, or for its first row where it has none, so that a scan by category meets it once.
    `patient` is of the reference as `elements.named` gives it. Hashes of code, category and concept
    are of the code alone; the `_system` columns hold the hash of the system (of "" where there is
    none), and null only where there is no concept. `unit` is of (system, code), else of the unit's
    text. `low` and `high` bound the effective time, both -infinity where there is none, so that it
    sorts last among the newest; `value_low` and `value_high` bound the quantity. The `_text`
    columns are the codes as sent, cut at 200 characters, for sorting. `what`, on the first row
    only, is of the Observation's code, categories and status together: `latest` steps from one to
    the next.
    """

    __tablename__ = "coded_value"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    ordinal: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    component: int = Field(sa_column=Column(SmallInteger, nullable=False))
    lead: bool = Field(sa_column=Column(Boolean, nullable=False))
    patient: int | None = Field(sa_column=Column(BigInteger))
    code: int | None = Field(sa_column=Column(BigInteger))
    code_system: int | None = Field(sa_column=Column(BigInteger))
    category: int | None = Field(sa_column=Column(BigInteger))
    category_system: int | None = Field(sa_column=Column(BigInteger))
    status: int = Field(sa_column=Column(BigInteger, nullable=False))
    low: datetime | None = Field(sa_column=Column(MOMENT))
    high: datetime | None = Field(sa_column=Column(MOMENT))
    value_low: float | None = Field(sa_column=Column(Double))
    value_high: float | None = Field(sa_column=Column(Double))
    unit: int | None = Field(sa_column=Column(BigInteger))
    concept: int | None = Field(sa_column=Column(BigInteger))
    concept_system: int | None = Field(sa_column=Column(BigInteger))
    what: int | None = Field(sa_column=Column(BigInteger))
    code_text: str | None = Field(sa_column=Column(EXACT))
    category_text: str | None = Field(sa_column=Column(EXACT))
    concept_text: str | None = Field(sa_column=Column(EXACT))
    __table_args__ = (
        Index(
            "coded_value_patient_code", "tenant_id", "patient", "code", text("low DESC"), "row_id"
        ),
        Index(
            "coded_value_patient_category",
            "tenant_id",
            "patient",
            "category",
            text("low DESC"),
            "row_id",
            postgresql_where=text("lead"),
        ),
        Index(
            "coded_value_patient_what",
            "tenant_id",
            "patient",
            "what",
            text("low DESC"),
            "row_id",
            postgresql_where=text("what IS NOT NULL"),
        ),
        Index("coded_value_code", "tenant_id", "code", text("low DESC"), "row_id"),
        Index(
            "coded_value_quantity",
            "tenant_id",
            "code",
            "value_low",
            postgresql_where=text("value_low IS NOT NULL"),
        ),
        Index(
            "coded_value_range",
            "tenant_id",
            "code",
            "value_high",
            postgresql_where=text("value_low < value_high"),
        ),
        Index(
            "coded_value_concept",
            "tenant_id",
            "concept",
            "code",
            text("low DESC"),
            "row_id",
            "component",
            postgresql_where=text("concept IS NOT NULL"),
        ),
        Index(
            "coded_value_category",
            "tenant_id",
            "category",
            text("low DESC"),
            "row_id",
            postgresql_where=text("lead"),
        ),
        Index(
            "coded_value_status",
            "tenant_id",
            "status",
            text("low DESC"),
            "row_id",
            postgresql_where=text(f"lead AND status <> {hash64('final')}"),
        ),
    )


class Term(SQLModel, table=True):
    """One row per code, reference or URI. Of a token: `key` = hash64(type, parameter, code) and
    `system` = hash64(system), and one row per system with `key` = hash64(type, parameter). Of a
    reference or URI: `key` = hash64(its text), which is the `self` of the resource that it names,
    and `system` = hash64(type, parameter).

    `text` is what sorting goes by, cut at 200 characters: of a token, on the row of its system, the
    least code; of a reference, what it says where no resource here can say it."""

    __tablename__ = "term"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    system: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    text: str | None = Field(sa_column=Column(EXACT))
    __table_args__ = (Index("term_key", "tenant_id", "key", "system", "row_id"),)


class Label(SQLModel, table=True):
    """One row per security label that can hide the resource (`rights.HIDING`): few have any."""

    __tablename__ = "label"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    code: str = Field(sa_column=Column(EXACT, primary_key=True))


class Moment(SQLModel, table=True):
    """One row per date value: `key` = hash64(type, parameter); open ends are infinite. A range of
    more than two days has a second row under hash64(type, parameter, "long")."""

    __tablename__ = "moment"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    low: datetime = Field(sa_column=Column(MOMENT, primary_key=True))
    high: datetime = Field(sa_column=Column(MOMENT, primary_key=True))
    __table_args__ = (Index("moment_key", "tenant_id", "key", "low", "row_id"),)


class Phrase(SQLModel, table=True):
    """One row per string value: `key` = hash64(type, parameter), `folded` = lower case without
    accents, `exact` as sent; both cut at 200 characters (the body decides beyond)."""

    __tablename__ = "phrase"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    exact: str = Field(sa_column=Column(EXACT, primary_key=True))
    folded: str = Field(sa_column=Column(EXACT, nullable=False))
    __table_args__ = (Index("phrase_key", "tenant_id", "key", "folded", "row_id"),)


class Amount(SQLModel, table=True):
    """One row per number or quantity outside Observation values: `key` = hash64(type, parameter),
    `unit` = hash64(system, code) or hash64(text), 0 without either."""

    __tablename__ = "amount"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    low: float = Field(sa_column=Column(Double, primary_key=True))
    high: float = Field(sa_column=Column(Double, primary_key=True))
    unit: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    __table_args__ = (Index("amount_key", "tenant_id", "key", "low", "row_id"),)
