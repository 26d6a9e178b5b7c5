"""The rules of US Core 6.1 for an Observation that declares one of its profiles.

https://hl7.org/fhir/us/core/STU6.1/StructureDefinition-us-core-observation-clinical-result.html
"""

from collections.abc import Iterator

from service.fhir.faults import Fault
from service.fhir.resource import Resource

PROFILES = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
UCUM = "http://unitsofmeasure.org"
TO_THE_DAY = len("2026-05-03")


def faults(resource: Resource) -> Iterator[Fault]:
    """The broken rules of a resource that is otherwise valid.

    They are warnings: generators and records in use declare these profiles and break them.
    """
    profiles = resource.get("meta", {}).get("profile", ())
    if resource["resourceType"] != "Observation" or not any(
        isinstance(profile, str) and profile.startswith(PROFILES) for profile in profiles
    ):
        return
    effective = resource.get("effectiveDateTime")
    if isinstance(effective, str) and len(effective) < TO_THE_DAY:
        yield Fault(".effective", "invariant", "must be a date to the day at least (us-core-1)")
    if not _says_something(resource):
        yield Fault(
            "",
            "invariant",
            "needs a value or a dataAbsentReason where it has neither component nor hasMember "
            "(us-core-2)",
        )
    system = resource.get("valueQuantity", {}).get("system", UCUM)
    if system != UCUM:
        yield Fault(".value.system", "invariant", "must be UCUM (us-core-3)")


def _says_something(resource: Resource) -> bool:
    return any(
        name in ("component", "hasMember", "dataAbsentReason")
        or name.lstrip("_").startswith("value")
        for name in resource
    )
