"""What a caller may see and do, as conditions on resources that bodies and SQL are both held to.

One predicate for every door: the scopes of the caller for a type and a verb, each with its criteria
and, for patient scopes, confined to the patient in context; any one of them is enough. Besides, a
security label can hide a resource from whoever may not read it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from msgspec.structs import replace

from service.errors import BadRequest
from service.fhir.compartments import SUBJECTS
from service.fhir.resource import PatientKey, Resource
from service.fhir.scopes import Scope, Verb, Who
from service.fhir.search.matches import Holds, seeing
from service.fhir.search.parse import parse
from service.fhir.search.query import Query, Sight, View

HIDING = frozenset({"PSYTHPN", "HIPAAPsyNotes", "42CFRPart2", "R", "V"})
"""Codes of security labels that hide a resource from all who are not allowed to read them.
http://hl7.org/fhir/R4/security-labels.html"""
CLIENT_ONLY = "client-only"
"""A label of ours: promised to the client, so that no practitioner sees what carries it."""
ABLE_TO_HIDE = HIDING | {CLIENT_ONLY}
OF_PATIENTS = frozenset({"Patient", *SUBJECTS})
"""Types whose resources belong to one patient."""
SHARED = frozenset(
    {
        "CodeSystem", "Device", "Library", "Measure", "OperationDefinition", "Organization",
        "Practitioner", "PractitionerRole", "Questionnaire", "SearchParameter",
        "StructureDefinition", "ValueSet",
    }
)  # fmt: skip
"""Types that patient scopes let a patient read: they say nothing of any patient."""
BY_NAME = frozenset({"AuditEvent"})
"""Types that are an auditor's: only a scope with the type's name opens them, and none of a patient,
since they name the people who work with one."""
READING = frozenset({Verb.READ, Verb.SEARCH})


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What a token grants."""

    scopes: tuple[Scope, ...]
    patient: PatientKey | None = None
    """The patient in the launch context, whom patient scopes are about."""
    labels: frozenset[str] = frozenset()
    """Codes of security labels that the caller may read although they hide a resource."""
    practitioner: bool = False
    """Whether the user is, or may be, one who treats."""
    zone: tzinfo
    """Dates without an offset, in criteria and in resources, are read in it."""
    base_url: str
    _sights: dict[tuple[str, Verb], Sight] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _eyes: dict[tuple[str, Verb], Holds] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def grants(self) -> tuple[str | None, ...]:
        """All that decides what the caller sees: the same for tokens that grant the same."""
        treats = "practitioner" if self.practitioner else None
        return (self.patient, treats, *sorted(self.labels), *sorted(map(str, self.scopes)))

    def sight(self, type_name: str, verb: Verb) -> Sight:
        """With which resources of a type the caller may do `verb`."""
        known = self._sights.get((type_name, verb))
        if known is None:
            known = self._sights[(type_name, verb)] = self._sight(type_name, verb)
        return known

    def sees(self, resource: Resource, verb: Verb) -> bool:
        """Whether that holds for a resource."""
        kind = str(resource["resourceType"])
        known = self._eyes.get((kind, verb))
        if known is None:
            known = self._eyes[(kind, verb)] = seeing(self._query(kind), self.sight(kind, verb))
        return known(resource)

    def allows(self, resource: Resource, verb: Verb) -> bool:
        """Whether the scopes let such a resource be written; a label hides what is there, and
        keeps nobody from setting it."""
        kind = str(resource["resourceType"])
        unhidden = replace(self.sight(kind, verb), hidden=frozenset())
        return seeing(self._query(kind), unhidden)(resource)

    def _query(self, kind: str) -> Query:
        return Query(type=kind, zone=self.zone, base_url=self.base_url)

    def _sight(self, type_name: str, verb: Verb) -> Sight:
        views = [
            view
            for scope in self.scopes
            if scope.is_about(type_name, verb)
            if type_name not in BY_NAME or scope.type == type_name
            for view in self._views(scope, type_name, verb)
        ]
        unconditional = [view for view in views if view == View()]
        return Sight(views=tuple(dict.fromkeys(unconditional[:1] or views)), hidden=self._hidden())

    def _views(self, scope: Scope, type_name: str, verb: Verb) -> Iterator[View]:
        """The one condition of a scope; none where it cannot apply to the type."""
        patient = None
        if scope.who is Who.PATIENT:
            if self.patient is None or type_name in BY_NAME:
                return
            if type_name in OF_PATIENTS:
                patient = self.patient
            elif type_name not in SHARED or verb not in READING:
                return
        try:
            asked = parse(type_name, scope.criteria, zone=self.zone, base_url=self.base_url)
        except BadRequest:
            return
        if len(asked.clauses) == len(scope.criteria):
            yield View(clauses=asked.clauses, patient=patient)

    def _hidden(self) -> frozenset[str]:
        hiding = ABLE_TO_HIDE if self.practitioner else HIDING
        return hiding - self.labels
