"""Two patients, and of every type a resource of the first and one of the second."""

from dataclasses import dataclass

import httpx

from service.fhir.access import Access
from service.interactions import bulk
from tests.conformance.test_capabilities import VALID
from tests.door import Standing
from tests.interactions.sent import Json

MINE, THEIRS = "p", "q"
MARK = "urn:scopes"
AUDIT_EVENT = "AuditEvent"
SUBJECTS = {
    "Basic": "subject", "Encounter": "subject", "EpisodeOfCare": "patient", "Goal": "subject",
    "MeasureReport": "subject", "Observation": "subject", "QuestionnaireResponse": "subject",
}  # fmt: skip


def resource(kind: str, id_: str, of: str) -> Json:
    """Of a patient where the type has one, and with that patient's mark in any case."""
    about = {"reference": f"Patient/{of}"}
    made: Json = {"resourceType": kind, "id": id_, **VALID.get(kind, {"status": "draft"})}
    made["meta"] = {"tag": [{"system": MARK, "code": of}]}
    if kind in SUBJECTS:
        made[SUBJECTS[kind]] = about
    if kind == "Provenance":
        made["target"] = [about]
    return made


@dataclass(frozen=True, kw_only=True)
class Stock:
    """Stored by somebody who may do everything."""

    standing: Standing
    audited: str
    """The id of some AuditEvent, of whom nobody writes."""

    def id_of(self, kind: str, of: str) -> str:
        if kind == AUDIT_EVENT:
            return self.audited
        return of if kind == "Patient" else f"{kind}-{of}"

    def body(self, kind: str, of: str) -> Json:
        return resource(kind, self.id_of(kind, of), of)

    def criterion(self, kind: str, of: str) -> str:
        """What the resource of the one patient meets and that of the other does not."""
        if kind == AUDIT_EVENT:
            return f"_id={self.audited if of == MINE else 'another'}"
        return f"_tag={MARK}|{of}"

    async def put(self, *kinds: str) -> None:
        """Both patients' resources of these types as they were at first."""
        stored = [kind for kind in kinds if kind != AUDIT_EVENT]
        resources = [self.body(kind, of) for kind in stored for of in (MINE, THEIRS)]
        await bulk.load(self.standing.site, Access(), resources)


async def stocked(fhir: httpx.AsyncClient, standing: Standing, *kinds: str) -> Stock:
    """With the resources of these types, and with the patients."""
    await fhir.get("/Patient/nobody")  # Which the audit tells of.
    (entry,) = (await fhir.get(f"/{AUDIT_EVENT}?_count=1")).json()["entry"]
    stock = Stock(standing=standing, audited=entry["resource"]["id"])
    await stock.put(*dict.fromkeys(("Patient", *kinds)))
    return stock
