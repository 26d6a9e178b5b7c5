"""Writes as the interactions make them, for tests of the store."""

from datetime import UTC, datetime
from typing import Any

from service.fhir.body import tail
from service.fhir.resource import Identity, PatientKey
from service.store.index import IndexRows
from service.store.write import ANY, CREATE, Expected, Write

MOMENT = datetime(2026, 5, 3, 10, tzinfo=UTC)
INDEX = IndexRows(
    term=((6, 1, 10, "a"), (7, 2, None, None)),
    moment=((3, MOMENT, MOMENT),),
    phrase=((4, "Łódź", "lodz"),),
    amount=((5, 1.5, 2.5, 0),),
    coded_value=(
        (0, 0, True, 7, 17, 8, 9, 18, 10, 11, 12, MOMENT, MOMENT, 1.0, 2.0, 13, None, None, 16,
         "c", "k", None),
        (1, 1, False, 7, 17, 8, 9, None, None, None, 12, None, None, None, None, None, 14, 15, None,
         "c", None, "v"),
    ),
    wording=((18, 19, "Weinen", "weinen"),),
)  # fmt: skip
INDEX_TABLES = ("term", "moment", "phrase", "amount", "coded_value")


def observation(name: str) -> Identity:
    return Identity(type="Observation", id=name)


def write(
    name: str,
    *,
    value: int = 1,
    patient: str | None = "p1",
    index: IndexRows = INDEX,
    facts: bytes | None = None,
    derived: bool = False,
    expected: Expected = ANY,
    digest: bytes | None = None,
    there: bool | None = None,
) -> Write:
    """An Observation with this value."""
    resource: dict[str, Any] = {"resourceType": "Observation", "id": name, "valueInteger": value}
    return Write(
        identity=observation(name),
        tail=tail(resource),
        patient=None if patient is None else PatientKey(patient),
        index=index,
        facts=facts,
        derived=derived,
        expected=expected,
        digest=digest,
        there=there,
    )


def new(name: str, *, value: int = 1, patient: str | None = "p1") -> Write:
    """One that nothing may stand in the way of."""
    return write(name, value=value, patient=patient, expected=CREATE)
