"""One access, and the AuditEvent that tells of it.

https://profiles.ihe.net/ITI/BALP/: the profiles of RESTful interactions. The access is remembered
in this compact form; the resource is made when somebody asks for it.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from service.fhir.resource import Identity, PatientKey, Resource

ID = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
CODES = "http://terminology.hl7.org/CodeSystem/"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
BALP = "https://profiles.ihe.net/ITI/BALP/"
PROFILES: Mapping[str, str] = MappingProxyType(
    {"C": "Create", "D": "Delete", "E": "Query", "R": "Read", "U": "Update"}
)
"""The last word of the BALP profile, by the action; with a patient it begins with `Patient`."""
PROFILED = frozenset(
    {"create", "delete", "patch", "read", "search-system", "search-type", "update", "vread"}
)
"""The interactions that BALP has profiles for."""
OBSERVER = "Attune"
"""What recorded it."""
SUCCESS, REFUSED, FAILED = 0, 4, 8
"""http://hl7.org/fhir/R4/valueset-audit-event-outcome.html"""


class Trace(Struct, frozen=True, kw_only=True):
    """Who did what with which resource."""

    action: str
    """A code of http://hl7.org/fhir/R4/valueset-audit-event-action.html."""
    subtype: str
    """A code of http://hl7.org/fhir/restful-interaction."""
    outcome: int = SUCCESS
    agent: str
    client: str | None = None
    patient: PatientKey | None = None
    """Whose record it was about."""
    type: str | None = None
    id: str | None = None
    version: int | None = None
    query: str | None = None
    """What was asked, with what people may have typed about people masked."""
    matches: int | None = None
    """How many resources a search or a history answered with."""
    request: str | None = None
    """The client's own name of its request."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A trace as it was written down."""

    trace: Trace
    recorded: datetime
    sequence: int

    @property
    def identity(self) -> Identity:
        millis = round(self.recorded.timestamp() * 1000)
        return Identity(type="AuditEvent", id=f"{millis}-{self.sequence}")


def place(id_: str) -> tuple[datetime, int] | None:
    """When and as which a trace was recorded, by the id of its AuditEvent; None for other ids."""
    found = ID.fullmatch(id_)
    if found is None:
        return None
    seconds, millis = divmod(int(found[1]), 1000)
    try:
        whole = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return whole.replace(microsecond=millis * 1000), int(found[2])


def audit_event(known: Recorded) -> Resource:
    trace = known.trace
    instant = known.recorded.astimezone(UTC).isoformat(timespec="milliseconds")
    return {
        "resourceType": "AuditEvent",
        "id": known.identity.id,
        "meta": {
            "versionId": "1",
            "lastUpdated": instant.replace("+00:00", "Z"),
            **({"profile": [_profile(trace)]} if trace.subtype in PROFILED else {}),
        },
        "type": {"system": f"{CODES}audit-event-type", "code": "rest"},
        "subtype": [{"system": "http://hl7.org/fhir/restful-interaction", "code": trace.subtype}],
        "action": trace.action,
        "recorded": instant.replace("+00:00", "Z"),
        "outcome": str(trace.outcome),
        "agent": list(_agents(trace)),
        "source": {
            "observer": {"display": OBSERVER},
            "type": [{"system": f"{CODES}security-source-type", "code": "4"}],
        },
        **({"entity": entities} if (entities := list(_entities(trace))) else {}),
    }


def _profile(trace: Trace) -> str:
    whose = "Patient" if trace.patient else ""
    return f"{BALP}StructureDefinition/IHE.BasicAudit.{whose}{PROFILES[trace.action]}"


def _agents(trace: Trace) -> Iterator[dict[str, Any]]:
    yield {
        "type": _concept(f"{CODES}v3-ParticipationType", "IRCP"),
        "who": _who(trace.agent),
        "requestor": True,
    }
    if trace.client:
        yield {
            "type": _concept(DICOM, "110153"),
            "who": {"identifier": {"value": trace.client}},
            "requestor": False,
        }
    yield {"type": _concept(DICOM, "110152"), "who": {"display": OBSERVER}, "requestor": False}


def _who(name: str) -> dict[str, Any]:
    """A reference where it is one, else an identifier."""
    kind, _, id_ = name.rpartition("/")
    if kind and id_ and re.fullmatch(r"(https?://\S+/)?[A-Z][A-Za-z]+", kind):
        return {"reference": name}
    return {"identifier": {"value": name}}


def _entities(trace: Trace) -> Iterator[dict[str, Any]]:
    if trace.patient:
        yield {"what": patient_reference(trace.patient), **_kind("1", "1")}
    if trace.type and trace.id and not (trace.type == "Patient" and trace.id == trace.patient):
        named = f"{trace.type}/{trace.id}"
        if trace.version is not None:
            named += f"/_history/{trace.version}"
        yield {"what": {"reference": named}, **_kind("2", "4")}
    if trace.query is not None:
        answered = trace.matches is not None
        found = {"description": f"{trace.matches} answered"} if answered else {}
        encoded = b64encode(trace.query.encode()).decode()
        yield {**_kind("2", "24"), **found, "query": encoded}
    if trace.request:
        coded = {"system": f"{BALP}CodeSystem/BasicAuditEntityType", "code": "XrequestId"}
        yield {"what": {"identifier": {"value": trace.request}}, "type": coded}


def patient_reference(patient: PatientKey) -> dict[str, Any]:
    """What a key of `compartments.patient_of` was made of."""
    system, bar, value = patient.partition("|")
    if bar:
        return {"identifier": {**({"system": system} if system else {}), "value": value}}
    return {"reference": patient if ":" in patient else f"Patient/{patient}"}


def _kind(kind: str, role: str) -> dict[str, Any]:
    return {
        "type": {"system": f"{CODES}audit-entity-type", "code": kind},
        "role": {"system": f"{CODES}object-role", "code": role},
    }


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}
