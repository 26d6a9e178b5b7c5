"""The tables of the audit: a row for each access, and the seals that chain them.

Rows are never changed: triggers refuse it to everybody. Like those of `tables`, each key starts
with the tenant.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

from service.store.tables import EXACT, MOMENT


class AuditRow(SQLModel, table=True):
    """One access, as `fhir.audit_event.Trace` describes it; `xid` is the transaction that wrote it,
    by which sealing knows that none before it is still under way."""

    __tablename__ = "audit"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    recorded: datetime = Field(sa_column=Column(MOMENT, primary_key=True))
    sequence: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    xid: int = Field(sa_column=Column(BigInteger, nullable=False))
    action: str = Field(sa_column=Column(EXACT, nullable=False))
    subtype: str = Field(sa_column=Column(EXACT, nullable=False))
    outcome: int = Field(sa_column=Column(SmallInteger, nullable=False))
    agent: str = Field(sa_column=Column(EXACT, nullable=False))
    client: str | None = Field(sa_column=Column(EXACT))
    patient: str | None = Field(sa_column=Column(EXACT))
    type: str | None = Field(sa_column=Column(EXACT))
    id: str | None = Field(sa_column=Column(EXACT))
    version: int | None = Field(sa_column=Column(Integer))
    query: str | None = Field(sa_column=Column(EXACT))
    matches: int | None = Field(sa_column=Column(Integer))
    request: str | None = Field(sa_column=Column(EXACT))
    __table_args__ = (
        Index(
            "audit_patient",
            "tenant_id",
            "patient",
            "recorded",
            "sequence",
            postgresql_where=text("patient IS NOT NULL"),
        ),
        Index("audit_xid", "tenant_id", "xid"),
    )


class AuditSeal(SQLModel, table=True):
    """A batch of rows that nobody can change unseen: those of transactions from `from_xid` up to
    before `to_xid` with a sequence from `first` to `last`.

    Sequences from `floor` down are of the time before the database was restored elsewhere, where
    transactions count anew. `hash` is over the hash of the batch before, this seal and the rows.
    `newest` is when the latest of them was recorded. The rows of a `dropped` batch are gone, its
    hash still links the next.
    """

    __tablename__ = "audit_seal"
    tenant_id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    batch: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    from_xid: int = Field(sa_column=Column(BigInteger, nullable=False))
    to_xid: int = Field(sa_column=Column(BigInteger, nullable=False))
    floor: int = Field(sa_column=Column(BigInteger, nullable=False))
    first: int = Field(sa_column=Column(BigInteger, nullable=False))
    last: int = Field(sa_column=Column(BigInteger, nullable=False))
    newest: datetime = Field(sa_column=Column(MOMENT, nullable=False))
    rows: int = Field(sa_column=Column(BigInteger, nullable=False))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    dropped: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
