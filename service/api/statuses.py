"""Which HTTP statuses an interaction answers with, and what they mean here."""

from collections.abc import Mapping

SUCCESS: Mapping[str, tuple[str, ...]] = {
    "create": ("200", "201"),
    "update": ("200", "201"),
    "delete": ("204",),
    "read": ("200", "304"),
    "vread": ("200", "304"),
}
"""Statuses of success by interaction; 200 for the others."""
REFUSALS: Mapping[str, tuple[str, ...]] = {
    "create": ("409", "412", "413", "415", "422"),
    "update": ("409", "412", "413", "415", "422"),
    "patch": ("409", "410", "412", "413", "415", "422"),
    "delete": ("409", "412"),
    "read": ("410",),
    "vread": ("410",),
    "bundle": ("409", "410", "412", "413", "415", "422"),
    "search": ("413", "415"),
    "search-all": ("413", "415"),
    "compartment": ("410", "413", "415"),
    "operation": ("410", "412", "413", "415", "422"),
}
"""Statuses of refusal by interaction, beside those that any request can meet."""
ANY_REQUEST = ("400", "401", "403", "404", "405", "406", "429", "431", "503")
MEANING: Mapping[str, str] = {
    "200": "Done",
    "201": "Created",
    "204": "Deleted, or nothing was there",
    "304": "The version the client has is the current one",
    "400": "The request cannot be understood",
    "401": "No access token that is believed; without configured issuers nobody is asked",
    "403": "Not allowed by the token's scopes, or to anyone at all",
    "404": "Nothing there",
    "405": "Not offered here",
    "406": "Only FHIR JSON is answered",
    "409": "Another resource stands in the way, or a patch tests for what is not so",
    "410": "Deleted",
    "412": "The condition does not hold",
    "413": "Too large",
    "415": "Only FHIR JSON is taken",
    "422": "The resource breaks a rule",
    "429": "More requests than one client may make; Retry-After says when again",
    "431": "The address and the headers are too long",
    "503": "The database is not reachable; try again",
}
