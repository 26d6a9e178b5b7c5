"""Whether a resource is valid FHIR R4, and if not, where and why.

Structure, primitive formats, required bindings and invariants. `fhir.resources` says what the
structure is (see `models`); the values are read here, because its models change them.
"""

from collections.abc import Iterator
from typing import Any

from service.errors import Issue, Severity
from service.fhir import us_core
from service.fhir.faults import ENOUGH, Fault
from service.fhir.r4 import RESOURCE_TYPES
from service.fhir.references import fragments
from service.fhir.resource import Resource
from service.fhir.structure import resource_faults


def validate(resource: Resource) -> tuple[Issue, ...]:
    """What is wrong with `resource`, nothing where it is valid.

    Errors break R4; warnings break a profile that the resource declares. Never raises for a
    resource that came through `guard`.
    """
    contained = frozenset(_contained_ids(resource))
    faults = resource_faults(resource, contained) or tuple(_unreferenced(resource))
    kind = resource.get("resourceType")
    root = kind if isinstance(kind, str) and kind in RESOURCE_TYPES else "Resource"
    issues = [_issue(root, fault, Severity.ERROR) for fault in faults[:ENOUGH]]
    if len(faults) > ENOUGH:
        message = f"{root} breaks more rules than these."
        issues.append(Issue(code="invalid", message=message, expression=root))
    if not faults:
        issues = [_issue(root, fault, Severity.WARNING) for fault in us_core.faults(resource)]
    return tuple(issues)


def _issue(root: str, fault: Fault, severity: Severity) -> Issue:
    path = root + fault.path
    return Issue(
        severity=severity,
        code=fault.code,
        message=f"{path} {fault.says}.",
        expression=path,
    )


def _contained_ids(resource: Resource) -> Iterator[str]:
    contained: Any = resource.get("contained")
    for part in contained if isinstance(contained, list) else ():
        if isinstance(part, dict) and isinstance(part.get("id"), str):
            yield part["id"]


def _unreferenced(resource: Resource) -> Iterator[Fault]:
    """dom-3: what nothing refers to and what refers to nothing has no place in the resource."""
    if "contained" not in resource:
        return
    named = set(fragments(resource))
    for place, part in enumerate(resource["contained"]):
        if part.get("id") not in named and "" not in set(fragments(part)):
            yield Fault(
                f".contained[{place}]",
                "invariant",
                "must be referred to within the resource (dom-3)",
            )
