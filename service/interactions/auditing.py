"""What is written down of a request: one trace for each patient whose records it was about.

https://profiles.ihe.net/ITI/BALP/
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from service.errors import ServiceError, Unavailable
from service.fhir.access import Access
from service.fhir.audit_event import FAILED, REFUSED, Trace
from service.fhir.resource import Identity, PatientKey, Version
from service.fhir.search.masked import masked
from service.fhir.types import TYPES
from service.interactions.context import Site
from service.interactions.messages import Request, Response
from service.interactions.table import is_id

KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "bundle": ("E", "transaction"),
        "compartment": ("E", "search-type"),
        "create": ("C", "create"),
        "delete": ("D", "delete"),
        "history": ("R", "history-instance"),
        "operation": ("E", "operation"),
        "patch": ("U", "patch"),
        "read": ("R", "read"),
        "search": ("E", "search-type"),
        "search-all": ("E", "search-system"),
        "update": ("U", "update"),
        "vread": ("R", "vread"),
    }
)
"""Action and subtype of each interaction."""
HISTORIES = ("history-system", "history-type", "history-instance")
"""By the number of words before `_history`."""
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SUBJECTS = ("patient", "subject")


def traces(access: Access, name: str, request: Request, response: Response) -> tuple[Trace, ...]:
    """Of a request that was answered: one for each patient whose records the answer holds, one if
    it holds nobody's."""
    trace = _asked(access, name, request)
    if response.about is not None:
        trace = replace(trace, type=response.about.type, id=response.about.id)
    if response.version is not None:
        return (_about(trace, response.version),)
    told = response.told or ()
    if response.told is not None:
        trace = replace(trace, matches=len(told))
    named = [trace.patient] if trace.patient else []
    found = {*response.patients, *(v.patient for v in told if v.patient is not None)}
    return tuple(
        replace(trace, patient=patient) for patient in dict.fromkeys([*named, *sorted(found)])
    ) or (trace,)


async def refused(
    site: Site, access: Access, name: str, request: Request, error: Exception
) -> None:
    """Write down that a request was not answered. Where the database gave up there is no use in
    trying: nothing was done and nothing told."""
    if isinstance(error, Unavailable):
        return
    known = isinstance(error, ServiceError) and error.status < 500
    trace = replace(_asked(access, name, request), outcome=REFUSED if known else FAILED)
    await site.trail.record(access.tenant, [trace])


def _about(trace: Trace, version: Version) -> Trace:
    return replace(
        trace,
        type=version.identity.type,
        id=version.identity.id,
        version=version.number,
        patient=version.patient,
    )


def _asked(access: Access, name: str, request: Request) -> Trace:
    """What the request says by itself."""
    action, subtype = KINDS[name]
    path = request.path
    if name == "history":
        subtype = HISTORIES[len(path) - 1]
    identity = _identity(path)
    request_id = request.headers.get("x-request-id", "")
    return Trace(
        action=action,
        subtype=subtype,
        agent=access.user,
        client=access.client,
        patient=_patient(identity, request) or _own(access),
        type=path[0] if path and path[0] in TYPES else None,
        id=identity.id if identity else None,
        query=_query(name, request) if action == "E" or request.query else None,
        request=request_id if REQUEST_ID.fullmatch(request_id) else None,
    )


def _identity(path: Sequence[str]) -> Identity | None:
    if len(path) > 1 and path[0] in TYPES and path[1][:1] not in ("_", "$") and is_id(path[1]):
        return Identity(type=path[0], id=path[1])
    return None


def _patient(identity: Identity | None, request: Request) -> PatientKey | None:
    """The one that the request names."""
    if identity is not None:
        return PatientKey(identity.id) if identity.type == "Patient" else None
    values = [value for name, value in request.query if name in SUBJECTS]
    if len(values) != 1:
        return None
    kind, _, id_ = values[0].rpartition("/")
    return PatientKey(id_) if kind in ("", "Patient") and is_id(id_) else None


def _own(access: Access) -> PatientKey | None:
    """The patient who asks, where it is one."""
    kind, _, id_ = access.user.rpartition("/")
    return PatientKey(id_) if kind == "Patient" and is_id(id_) else None


def _query(name: str, request: Request) -> str:
    """As it was sent, below the base, but for what is masked."""
    path = request.path
    kinds = path[2:3] if name == "compartment" else path[:1]
    if not kinds or kinds[0] not in TYPES:
        kinds = tuple(TYPES)
    asked = masked(kinds, request.query)
    return f"{request.method} {'/'.join(path) or '/'}{'?' if asked else ''}{asked}"
