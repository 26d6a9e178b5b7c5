"""Whose record a resource belongs to.

https://hl7.org/fhir/R4/compartmentdefinition-patient.html, with one patient for each resource: the
one it is about.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from service.fhir.references import ELSEWHERE, local
from service.fhir.resource import PatientKey, Resource
from service.fhir.search.paths import reader

SUBJECTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AuditEvent": ("agent.who", "entity.what"),
        "Basic": ("subject",),
        "Encounter": ("subject",),
        "EpisodeOfCare": ("patient",),
        "Goal": ("subject",),
        "MeasureReport": ("subject",),
        "Observation": ("subject",),
        "Provenance": ("target",),
        "QuestionnaireResponse": ("subject",),
    }
)
"""Where the patient is named, for every served type that belongs to one; a Group is of many."""
VERSION = re.compile(r"/_history/[A-Za-z0-9.-]{1,64}$")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def patient_of(resource: Resource, base_url: str) -> PatientKey | None:
    """The patient that `resource` belongs to, None where it belongs to none.

    The key is the id of a Patient on the server at `base_url`; for one kept elsewhere the absolute
    URL without its version, or `system|value` of the logical identifier. A reference that says it
    names something other than a Patient, or something contained, gives None; so do several
    patients.
    """
    kind = resource.get("resourceType")
    if kind == "Patient":
        identity = resource.get("id")
        return PatientKey(identity) if isinstance(identity, str) else None
    named = {
        key
        for path in SUBJECTS.get(str(kind), ())
        for reference in reader(path)(resource)
        if isinstance(reference, Mapping) and (key := _patient(reference, base_url)) is not None
    }
    return named.pop() if len(named) == 1 else None


def _patient(reference: Mapping[str, Any], base_url: str) -> PatientKey | None:
    if reference.get("type", "Patient") != "Patient":
        return None
    text = reference.get("reference")
    if isinstance(text, str):
        return _literal(text, base_url)
    identifier = reference.get("identifier")
    if isinstance(identifier, Mapping) and isinstance(identifier.get("value"), str):
        return PatientKey(f"{identifier.get('system', '')}|{identifier['value']}")
    return None


def _literal(text: str, base_url: str) -> PatientKey | None:
    here = local(text, base_url)
    if here is not None:
        return PatientKey(here.id) if here.type == "Patient" else None
    elsewhere = ELSEWHERE.fullmatch(text)
    if not SCHEME.match(text) or (elsewhere is not None and elsewhere["type"] != "Patient"):
        return None
    return PatientKey(VERSION.sub("", text))
