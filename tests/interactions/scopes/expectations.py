"""What each letter of a scope opens, as the specification says it and not as the service does.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-fhir-resources

c: type level create. r: instance level read, vread and history. u: instance level update and patch.
d: instance level delete. s: type level search and history, system level search and history. A
condition is a search besides (http://hl7.org/fhir/R4/http.html#ccreate), and so is a compartment,
whose owner has to be readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from service.interactions.table import Interaction

ADDRESSED: Mapping[str, str] = {
    "GET {type}/{id}": "r",
    "GET {type}/{id}/_history/{vid}": "r",
    "GET {type}/{id}/_history": "r",
    "GET {type}": "s",
    "POST {type}/_search": "s",
    "GET {type}/_history": "s",
    "POST {type}": "c",
    "PUT {type}/{id}": "u",
    "PUT {type}": "us",
    "PATCH {type}/{id}": "u",
    "PATCH {type}": "us",
    "DELETE {type}/{id}": "d",
    "DELETE {type}": "ds",
}
"""Interactions with a type in their address -> the letters that they need, all of them."""
OF_SEVERAL_TYPES: Mapping[str, str] = {"GET ": "s", "POST _search": "s", "GET _history": "s"}
"""Those that need the letter for some type, and tell of those types alone for which it is there."""
INSIDE = frozenset({"GET {type}/{id}/{member}", "POST {type}/{id}/{member}/_search"})
"""Those that need `r` for the owner of the compartment and `s` for what is searched in it."""
OF_EVERYBODY = frozenset({"GET metadata", "POST "})
"""Those that every token opens: of a Bundle each entry is asked about by itself."""

SEEN: Mapping[str, int] = {
    "POST {type}": 201, "DELETE {type}/{id}": 204, "DELETE {type}": 204,
}  # fmt: skip
"""What is answered where everything is granted; 200 to what is not listed."""
UNSEEN: Mapping[str, int] = {
    "GET {type}": 200, "POST {type}/_search": 200, "GET {type}/_history": 200, "PUT {type}": 201,
    "POST {type}": 403, "DELETE {type}/{id}": 204, "DELETE {type}": 204,
}  # fmt: skip
"""What is answered where the interaction is granted, with other resources: they are not there, and
no such resource is made. 404 to what is not listed."""

OF_ONE_PATIENT = frozenset(
    {
        "Basic", "Encounter", "EpisodeOfCare", "Goal", "MeasureReport", "Observation", "Patient",
        "Provenance", "QuestionnaireResponse",
    }
)  # fmt: skip
"""https://hl7.org/fhir/R4/compartmentdefinition-patient.html, but for what several share."""
OF_NO_PATIENT = frozenset(
    {
        "CodeSystem", "Device", "Library", "Measure", "OperationDefinition", "Organization",
        "Practitioner", "PractitionerRole", "Questionnaire", "SearchParameter",
        "StructureDefinition", "ValueSet",
    }
)  # fmt: skip
"""What a patient's scope lets one read and search, and no more."""
OF_STAFF = frozenset({"AuditEvent", "Group", "Subscription"})
"""What no patient's scope opens: it tells of others, or sends to others."""


@dataclass(frozen=True, kw_only=True)
class Opening:
    """`letters`: any of them opens the operation. `noticing`: with any of these alone it can be
    asked for, and what it is about is not there."""

    letters: str
    noticing: str = ""


OPERATIONS: Mapping[str, Opening] = {
    "course": Opening(letters="r", noticing="s"),
    "everything": Opening(letters="r", noticing="s"),
    "expand": Opening(letters="r"),
    "explain": Opening(letters="r", noticing="s"),
    "extract": Opening(letters="r"),
    "lastn": Opening(letters="s"),
    "lookup": Opening(letters="r"),
    "populate": Opening(letters="r"),
    "stats": Opening(letters="s"),
    "validate": Opening(letters="rcu", noticing="cu"),
    "validate-code": Opening(letters="r"),
}
"""By name. The specification leaves operations to the server: reading where they tell of one
resource, searching where they tell of several."""


def key(row: Interaction) -> str:
    """The row's place in the tables above; it stands there once."""
    path = ("{type}", "{id}", "{member}", *row.path[3:]) if row.name == "compartment" else row.path
    return f"{row.method} {'/'.join(path)}"


def confines(who: str, kind: str, letters: str) -> bool | None:
    """Whether scopes of that kind of holder show only what is one patient's; None where they open
    none of these letters at all."""
    if who != "patient":
        return False
    if kind in OF_ONE_PATIENT:
        return True
    return False if kind in OF_NO_PATIENT and set(letters) <= set("rs") else None
