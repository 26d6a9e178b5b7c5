"""Writing down who accessed what: of a write in the message that commits it, so that neither is
without the other. Reads wait until theirs is written (`trail`). https://profiles.ihe.net/ITI/BALP/
"""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from msgspec.structs import replace

from service.fhir.audit_event import Trace
from service.fhir.resource import PatientKey
from service.store.database import Transaction
from service.store.hashing import hash64
from service.store.statements import CLOCK

COLUMNS = (
    "action",
    "subtype",
    "outcome",
    "agent",
    "client",
    "patient",
    "type",
    "id",
    "version",
    "query",
    "matches",
    "request",
)
"""Of `audit`, by the names of the fields of `Trace`."""
WRITTEN = "tenant_id, xid, recorded, " + ", ".join(COLUMNS)
NUMBER = "NULLIF(current_setting('app.tenant_id', true), '')::int"
"""Of the tenant, as the transaction was begun."""
XID = "pg_current_xact_id()::text::bigint"


def record(tx: Transaction, traces: Sequence[Trace]) -> None:
    """Write them down when the transaction commits; where that fails, it does not commit."""
    if traces:
        tx.closing.append(insertion(tx.tenant, traces))


def insertion(tenant: UUID, traces: Sequence[Trace]) -> str:
    """SQL, to be run as that tenant; `traces` are not empty."""
    rows = ", ".join(_row(tenant, trace) for trace in traces)
    return f"INSERT INTO audit ({WRITTEN}) VALUES {rows}"


def kept(patient: PatientKey) -> PatientKey:
    """A patient known by an identifier alone is told by the hash of its value."""
    system, bar, value = patient.partition("|")
    return PatientKey(f"{system}|{sha256(value.encode()).hexdigest()}") if bar else patient


def _row(tenant: UUID, trace: Trace) -> str:
    if trace.patient:
        trace = replace(trace, patient=kept(trace.patient))
    values = {name: _literal(getattr(trace, name)) for name in COLUMNS}
    if trace.patient is None and trace.type and trace.id:
        # A key with a bar is of an identifier: those are only written hashed, by `kept`.
        values["patient"] = (
            "(SELECT CASE WHEN strpos(r.patient, '|') > 0 THEN split_part(r.patient, '|', 1) || '|'"
            " || encode(sha256(convert_to(substr(r.patient, strpos(r.patient, '|') + 1), 'UTF8')),"
            " 'hex') ELSE r.patient END FROM resource r"
            f" WHERE r.tenant_id = {NUMBER} AND r.self = {hash64(f'{trace.type}/{trace.id}')}"
            f" AND r.type = {values['type']} AND r.id = {values['id']})"
        )
    return f"('{tenant}', {XID}, {CLOCK}, {', '.join(values.values())})"


def _literal(value: str | int | None) -> str:
    """Safe whatever the server takes a backslash for."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    plain = value.replace("\x00", "").encode("utf-8", "replace").decode()
    doubled = plain.replace("\\", "\\\\").replace("'", "''")
    return f" E'{doubled}'"
