"""The rule engine for whoever settles a patient: the next look need not derive the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import UUID

from service.clinical.derive import Derivation
from service.clinical.outlines import Look, Outlines
from service.fhir.resource import Changes, Derived, Identity, PatientKey, Record, Resource


@dataclass(frozen=True, kw_only=True)
class Settling:
    """The derivation of outlines, for one tenant; structurally `interactions.ports.Derivation`.

    Outlines are kept of records and not of patients, so a transaction that is rolled back leaves
    nothing wrong behind."""

    outlines: Outlines
    tenant: UUID

    @property
    def derivation(self) -> Derivation:
        return self.outlines.derivation.of(self.tenant)

    @property
    def fingerprint(self) -> str:
        return self.derivation.fingerprint

    def facts(self, resource: Resource, before: bytes | None = None) -> bytes | None:
        return self.derivation.facts(resource, before)

    def of(self, tenant: UUID) -> "Settling":
        return replace(self, tenant=tenant)

    def derive(self, patient: PatientKey, records: Sequence[Record]) -> Sequence[Derived]:
        results = self.outlines.settled(self._look(patient, records))
        return tuple(chain.from_iterable(result.derived for result in results))

    def changes(
        self,
        patient: PatientKey,
        records: Sequence[Record],
        before: Mapping[Identity, bytes | None],
    ) -> Changes | None:
        found = self.outlines.said(self._look(patient, records), before)
        return None if found is None else found.changes

    def _look(self, patient: PatientKey, records: Sequence[Record]) -> Look:
        return Look(tenant=self.tenant, patient=patient, records=records)
