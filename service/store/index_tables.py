"""The tables that make resources findable, as Alembic compares them with the database.

Hashes are `hashing.hash64`: signed 64-bit, so that conditions on them are plain B-tree conditions
which row-level security may push into an index. A hash match is always rechecked on the body.
The rows of a resource are found again by an index of `row_id` alone, whose equal entries PostgreSQL
keeps as one; that no two rows are equal is what `index.rows` promises.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    SmallInteger,
    text,
)
from sqlmodel import Field, SQLModel

from service.store.hashing import hash64
from service.store.tables import EXACT, MOMENT


class CodedValue(SQLModel, table=True):
    """One row per coded value of an Observation: its own code, and each component's.

    One row for each coding of the code, times each category (components: none), times each coding
    of the value; `ordinal` numbers them, `component` is 0 for the Observation itself, else the
    component's place from 1. `lead` is true for the first row of each category of the Observation
    itself, or for its first row where it has none, so that a scan by category meets it once.
    `patient` and `encounter` are of the references as `elements.named` gives them; `words` leads to
    the texts of the code (see `Wording`). Hashes of code, category and concept
    are of the code alone; the `_system` columns hold the hash of the system (of "" where there is
    none), and null only where there is no concept. `unit` is of (system, code), else of the unit's
    text. `low` and `high` bound the effective time, both -infinity where there is none, so that it
    sorts last among the newest; `value_low` and `value_high` bound the quantity. The `_text`
    columns are the codes as sent, cut at 200 characters, for sorting. `what`, on the first row
    only, is of the Observation's code, categories and status together: `latest` steps from one to
    the next.
    """

    __tablename__ = "coded_value"
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    ordinal: int = Field(sa_column=Column(SmallInteger, nullable=False))
    component: int = Field(sa_column=Column(SmallInteger, nullable=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    patient: int | None = Field(sa_column=Column(BigInteger))
    encounter: int | None = Field(sa_column=Column(BigInteger))
    code: int | None = Field(sa_column=Column(BigInteger))
    code_system: int | None = Field(sa_column=Column(BigInteger))
    words: int | None = Field(sa_column=Column(BigInteger))
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
    lead: bool = Field(sa_column=Column(Boolean, nullable=False))
    code_text: str | None = Field(sa_column=Column(EXACT))
    category_text: str | None = Field(sa_column=Column(EXACT))
    concept_text: str | None = Field(sa_column=Column(EXACT))
    __mapper_args__: ClassVar = {"primary_key": ["tenant_id", "row_id", "ordinal"]}
    __table_args__ = (
        Index("coded_value_row", "tenant_id", "row_id"),
        Index(
            "coded_value_patient",
            "tenant_id",
            "patient",
            "code",
            text("low DESC"),
            "row_id",
            "category",
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
            "coded_value_words",
            "tenant_id",
            "words",
            text("low DESC"),
            "row_id",
            postgresql_where=text("words IS NOT NULL"),
        ),
        Index(
            "coded_value_encounter",
            "tenant_id",
            "encounter",
            postgresql_where=text("encounter IS NOT NULL"),
        ),
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


class Wording(SQLModel, table=True):
    """The words of an Observation's code: one row per text under `words`, which is the hash of all
    of them and stands in the coded values; `key` = hash64(type, parameter). Few codes are said of
    many Observations, so their words are kept once; they stay when no Observation says them."""

    __tablename__ = "wording"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    words: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    key: int = Field(sa_column=Column(BigInteger, nullable=False))
    exact: str = Field(sa_column=Column(EXACT, primary_key=True))
    folded: str = Field(sa_column=Column(EXACT, nullable=False))
    __table_args__ = (Index("wording_key", "tenant_id", "key", "folded", "words"),)


class Term(SQLModel, table=True):
    """One row per code, reference or URI, under the mark of its parameter (`index.mark`). Of a
    token: `key` = hash64("", code) and `system` = hash64(system), and one row per system with `key`
    = hash64(system) under a mark of its own. Of a reference or URI: `key` = hash64(its text), which
    is the `self` of the resource that it names; it has no `system`.

    `text` is what sorting goes by, cut at 200 characters: of a token, on the row of its system, the
    least code; of a reference, what it says where no resource here can say it."""

    __tablename__ = "term"
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    mark: int = Field(sa_column=Column(Integer, nullable=False))
    key: int = Field(sa_column=Column(BigInteger, nullable=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    system: int | None = Field(sa_column=Column(BigInteger))
    text: str | None = Field(sa_column=Column(EXACT))
    __mapper_args__: ClassVar = {"primary_key": ["tenant_id", "row_id", "mark", "key", "system"]}
    __table_args__ = (
        Index("term_row", "tenant_id", "row_id"),
        Index("term_key", "tenant_id", "mark", "key", "row_id"),
    )


class Label(SQLModel, table=True):
    """One row per security label that can hide the resource (`rights.HIDING`): few have any."""

    __tablename__ = "label"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    row_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    code: str = Field(sa_column=Column(EXACT, primary_key=True))


class Moment(SQLModel, table=True):
    """One row per date value: `key` = hash64(type, parameter); open ends are infinite. A range of
    more than two days has a second row under hash64(type, parameter, "long")."""

    __tablename__ = "moment"
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    key: int = Field(sa_column=Column(BigInteger, nullable=False))
    low: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    high: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    __mapper_args__: ClassVar = {"primary_key": ["tenant_id", "row_id", "key", "low", "high"]}
    __table_args__ = (
        Index("moment_row", "tenant_id", "row_id"),
        Index("moment_key", "tenant_id", "key", "low", "row_id"),
    )


class Phrase(SQLModel, table=True):
    """One row per string value: `key` = hash64(type, parameter), `folded` = lower case without
    accents, `exact` as sent; both cut at 200 characters (the body decides beyond)."""

    __tablename__ = "phrase"
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    key: int = Field(sa_column=Column(BigInteger, nullable=False))
    exact: str = Field(sa_column=Column(EXACT, nullable=False))
    folded: str = Field(sa_column=Column(EXACT, nullable=False))
    __mapper_args__: ClassVar = {"primary_key": ["tenant_id", "row_id", "key", "exact"]}
    __table_args__ = (
        Index("phrase_row", "tenant_id", "row_id"),
        Index("phrase_key", "tenant_id", "key", "folded", "row_id"),
    )


class Amount(SQLModel, table=True):
    """One row per number or quantity outside Observation values: `key` = hash64(type, parameter),
    `unit` = hash64(system, code) or hash64(text), 0 without either."""

    __tablename__ = "amount"
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    key: int = Field(sa_column=Column(BigInteger, nullable=False))
    low: float = Field(sa_column=Column(Double, nullable=False))
    high: float = Field(sa_column=Column(Double, nullable=False))
    unit: int = Field(sa_column=Column(BigInteger, nullable=False))
    __mapper_args__: ClassVar = {
        "primary_key": ["tenant_id", "row_id", "key", "low", "high", "unit"]
    }
    __table_args__ = (
        Index("amount_row", "tenant_id", "row_id"),
        Index("amount_key", "tenant_id", "key", "low", "row_id"),
    )
