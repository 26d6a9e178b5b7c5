"""The tables of what is derived: what the rules read and wrote, and how far deriving anew has come.

Like those of `tables`, each key starts with the tenant.
"""

from sqlalchemy import Column, Integer, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

EXACT = Text(collation="C")


class RecordRow(SQLModel, table=True):
    """What one resource tells the derivation, so that settling reads no bodies."""

    __tablename__ = "record"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    patient: str = Field(sa_column=Column(EXACT, primary_key=True))
    type: str = Field(sa_column=Column(EXACT, primary_key=True))
    id: str = Field(sa_column=Column(EXACT, primary_key=True))
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class DerivedRow(SQLModel, table=True):
    """What the rule engine last wrote for a patient; `digest` is empty when it no longer stands."""

    __tablename__ = "derived"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    patient: str = Field(sa_column=Column(EXACT, primary_key=True))
    type: str = Field(sa_column=Column(EXACT, primary_key=True))
    id: str = Field(sa_column=Column(EXACT, primary_key=True))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RederivationRow(SQLModel, table=True):
    """By what all findings were last derived, and by what and how far they are being derived anew:
    `place` is the last patient who was, `changed` counts those of whom something changed."""

    __tablename__ = "rederivation"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    derived_by: str | None = Field(sa_column=Column(EXACT))
    deriving_by: str | None = Field(sa_column=Column(EXACT))
    place: str = Field(sa_column=Column(EXACT, nullable=False, server_default=text("''")))
    done: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("0")))
    changed: int = Field(sa_column=Column(Integer, nullable=False, server_default=text("0")))


class UnderivedRow(SQLModel, table=True):
    """A patient whom that run could not derive, and what kind of error it met."""

    __tablename__ = "underived"
    tenant_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    patient: str = Field(sa_column=Column(EXACT, primary_key=True))
    reason: str = Field(sa_column=Column(EXACT, nullable=False))
