"""Tables of what is stored, as Alembic compares them with the database; `index_tables` has those
that make it findable. Every key starts with the tenant, which is a small number here: it is in each
of a score of entries that one Observation has in the indexes. Columns stand in the order that
leaves no gaps between them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

EXACT = Text(collation="C")
MOMENT = DateTime(timezone=True)


class Tenant(SQLModel, table=True):
    """One site; `page_key` seals its page cursors, `index_layout` says how its index rows were made
    (see `index.LAYOUT`; 0: not yet). `uuid` is how it is known outside, and in the audit."""

    __tablename__ = "tenant"
    tenant_id: int = Field(sa_column=Column(Integer, Identity(always=True), primary_key=True))
    uuid: UUID = Field(sa_column=Column(Uuid, nullable=False, unique=True))
    page_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    index_layout: int = Field(
        sa_column=Column(BigInteger, nullable=False, server_default=text("0"))
    )


class ResourceRow(SQLModel, table=True):
    """The current version of every resource, deleted ones included (without a body).

    `row_id` never changes: it is the order of first creation and the tie-breaker of every sort.
    `self` = hash64("[type]/[id]"), as the index rows of references to it have it, leads to the
    resource; type and id are compared besides. `type_key` stands for the type in the indexes.
    `patient` is the
    `PatientKey` of the compartment. `method` is the HTTP verb that made the version, null where it
    is not known and for a deletion. `body` is what `body.pack` made.
    """

    __tablename__ = "resource"
    row_id: int = Field(sa_column=Column(BigInteger, Identity(always=True), nullable=False))
    self: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_updated: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    tenant_id: int = Field(sa_column=Column(Integer, nullable=False))
    type_key: int = Field(sa_column=Column(Integer, nullable=False))
    version: int = Field(sa_column=Column(Integer, nullable=False))
    derived: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    type: str = Field(sa_column=Column(EXACT, nullable=False))
    id: str = Field(sa_column=Column(EXACT, nullable=False))
    patient: str | None = Field(sa_column=Column(EXACT))
    method: str | None = Field(sa_column=Column(EXACT))
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "self"),
        Index("resource_row", "tenant_id", "type_key", "row_id", unique=True),
        Index("resource_updated", "tenant_id", "type_key", "last_updated", "row_id"),
        Index(
            "resource_patient",
            "tenant_id",
            "patient",
            "type_key",
            postgresql_where=text("patient IS NOT NULL"),
        ),
    )


class History(SQLModel, table=True):
    """Versions that are no longer current, with the `row_id` of their resource; a create writes
    none."""

    __tablename__ = "history"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    type: str = Field(sa_column=Column(EXACT, primary_key=True))
    id: str = Field(sa_column=Column(EXACT, primary_key=True))
    version: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    row_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    last_updated: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    method: str | None = Field(sa_column=Column(EXACT))
    body: bytes | None = Field(sa_column=Column(LargeBinary))
    __table_args__ = (Index("history_updated", "tenant_id", "type", "last_updated", "row_id"),)
