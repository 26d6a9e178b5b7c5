"""Every door that leads to the Observation `h`, whoever may pass it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CANARY = "CANARY-7f3a"
"""Stands in `h` and in nothing that is asked."""
CODE = "urn:x|a"
HIDDEN = "urn:h|number"
"""The identifier of `h`; what it is about stands below as `{patient}`, `{encounter}`, `{label}`."""

READS = (
    "/Observation/h",
    "/Observation/h?_elements=value",
    "/Observation/h/_history",
    "/Observation/h/_history/1",
    "/Observation/h/$validate",
)
SEARCHES = (
    "/Observation",
    "/Observation?_id=h",
    "/Observation?_id=h,s",
    f"/Observation?identifier={HIDDEN}",
    f"/Observation?identifier:not={HIDDEN}-2",
    f"/Observation?code={CODE}",
    "/Observation?code:text=Secret",
    "/Observation?category=therapy",
    "/Observation?category:not=survey",
    "/Observation?status=final",
    "/Observation?patient={patient}",
    "/Observation?subject=Patient/{patient}",
    "/Observation?encounter=Encounter/{encounter}",
    "/Observation?performer=Practitioner/d",
    "/Observation?date=2026-05-03",
    "/Observation?value-quantity=77",
    "/Observation?value-quantity=gt70",
    f"/Observation?code-value-quantity={CODE}$77",
    "/Observation?value-quantity:missing=false",
    "/Observation?_tag=urn:t|h",
    "/Observation?_security:not=U",
    "/Observation?_security={label}",
    "/Observation?_source=urn:source-of-h",
    "/Observation?_lastUpdated=gt2000",
    "/Observation?_summary=count",
    "/Observation?_summary=true",
    "/Observation?_total=accurate",
    "/Observation?_total=accurate&_count=1",
    "/Observation?_total=estimate&_count=0",
    "/Observation?_elements=value",
    "/Observation?has-member=Observation/t",
    f"/Observation?has-member.identifier={HIDDEN}",
    "/Observation?has-member:Observation.value-quantity=77",
    "/Observation?derived-from:Observation.code:text=Secret",
    "/Patient?_has:Observation:patient:value-quantity=77",
    "/Patient?_has:Observation:patient:_id=h",
    f"/Patient?_has:Observation:subject:identifier={HIDDEN}&_summary=count",
    f"/Encounter?_has:Observation:encounter:identifier={HIDDEN}",
    "/Observation?_has:Observation:has-member:_id=h",
    "/Patient?_has:Encounter:patient:_has:Observation:encounter:_id=h",
    f"/Provenance?target:Observation.identifier={HIDDEN}",
    "/?_type=Observation",
    "/?_type=Observation,Patient&_summary=count",
    "/?_id=h",
    "/?_lastUpdated=gt2000&_total=accurate",
)
MEETINGS = "/Patient?_id={patient}&_revinclude=Encounter:patient"
INCLUDES = (
    "/Observation?_id=s&_include=Observation:has-member",
    "/Observation?_id=s&_include=*",
    "/Observation?_id=s&_include:iterate=Observation:has-member",
    "/Observation?_id=s&_include=Observation:has-member:Observation&_summary=true",
    "/Provenance?_id=v&_include=Provenance:target",
    "/Provenance?_id=v&_include=Provenance:target&_include:iterate=Observation:has-member",
    "/Patient?_id={patient}&_revinclude=Observation:patient",
    "/Patient?_id={patient}&_revinclude=*",
    "/Encounter?_id={encounter}&_revinclude=Observation:encounter",
    f"{MEETINGS}&_revinclude:iterate=Observation:encounter",
    "/Practitioner?_id=d&_revinclude=Observation:performer",
    "/Observation?_id=t&_revinclude=Observation:has-member",
)
INSIDE = (
    "/Patient/{patient}/Observation",
    "/Patient/{patient}/Observation?_summary=count",
    "/Patient/{patient}/Observation?value-quantity=77",
    "/Patient/{patient}/*",
    "/Encounter/{encounter}/Observation",
    "/Encounter/{encounter}/*",
    "/Practitioner/d/Observation",
    "/Practitioner/d/*",
)
HISTORIES = (
    "/Observation/_history",
    "/Observation/_history?_since=2000",
    "/Observation/_history?_summary=count",
    "/_history",
    "/_history?_since=2000",
)
OPERATIONS = (
    "/Patient/{patient}/$everything",
    "/Patient/{patient}/$everything?_type=Observation",
    "/Patient/{patient}/$everything?_since=2000&_summary=count",
    "/Patient/{patient}/$everything?start=2026-05-03&end=2026-05-03",
    "/Observation/$lastn?patient={patient}",
    f"/Observation/$lastn?patient={{patient}}&code={CODE}&max=5",
    "/Observation/$lastn?subject=Patient/{patient}&category=therapy",
    "/Observation/$lastn?patient={patient}&max=9&_summary=count",
    f"/Observation/$stats?subject=Patient/{{patient}}&code={CODE}&statistic=count,maximum,average",
    f"/Observation/$stats?subject=Patient/{{patient}}&code={CODE}&statistic=count&include=true",
)
ASKED: tuple[str, ...] = (*READS, *SEARCHES, *INCLUDES, *INSIDE, *HISTORIES, *OPERATIONS)

ORDERS = (
    "/Observation?_sort=date",
    "/Observation?_sort=identifier",
    "/Observation?_sort=-code,date",
    "/Observation?_sort=_id",
    "/Observation?_sort=-date",
    "/Observation?_sort=_lastUpdated",
    "/Observation?_total=accurate",
    "/Observation/_history",
    "/_history",
    "/Patient/{patient}/$everything",
    "/Patient/{patient}/Observation",
    "/?_type=Observation,Encounter",
)
"""What is gone through page by page, a resource at a time."""


@dataclass(frozen=True, kw_only=True)
class Write:
    """A write that meets `h` by its condition or its address, unless it is hidden."""

    method: str
    address: str
    body: str | None = None
    """The type of what is sent; None for nothing, or for a patch that changes nothing."""
    headers: Mapping[str, str] = field(default_factory=dict)


STALE, CURRENT = {"if_match": 'W/"9"'}, {"if_match": 'W/"1"'}
BY_NUMBER, BY_ID = f"/Observation?identifier={HIDDEN}", "/Observation?_id=h"
WRITES: tuple[Write, ...] = tuple(
    Write(method=method, address=address, body=body, headers=headers or {})
    for method, address, body, headers in (
        ("POST", "/Observation", "Observation", {"if_none_exist": f"identifier={HIDDEN}"}),
        ("POST", "/Observation", "Observation", {"if_none_exist": "_id=h"}),
        ("POST", "/Patient", "Patient", {"if_none_exist": "_has:Observation:patient:_id=h"}),
        ("PUT", BY_NUMBER, "Observation", None),
        ("PUT", BY_ID, "Observation", STALE),
        ("PUT", "/Observation?has-member:Observation.identifier=urn:h|", "Observation", None),
        ("PATCH", BY_NUMBER, None, None),
        ("PATCH", BY_ID, None, STALE),
        ("PATCH", "/Observation/h", None, None),
        ("PATCH", "/Observation/h", None, STALE),
        ("PATCH", "/Observation/h", None, CURRENT),
        ("DELETE", BY_NUMBER, None, None),
        ("DELETE", BY_ID, None, STALE),
        ("DELETE", "/Observation/h", None, None),
        ("DELETE", "/Observation/h", None, STALE),
        ("DELETE", "/Observation/h", None, CURRENT),
    )
)
NOTHING_CHANGED = [{"op": "test", "path": "/resourceType", "value": "Observation"}]
