"""The operations of our own as OperationDefinitions; those of others stand where they are defined.

https://hl7.org/fhir/R4/operationdefinition.html
"""

from collections.abc import Iterator

from service.clinical.operations import course
from service.clinical.published import header
from service.fhir.resource import Resource


def operation_definitions() -> Iterator[Resource]:
    """One for every operation whose canonical begins with our base."""
    yield {
        "resourceType": "OperationDefinition",
        **header(course.DEFINITION, "Courses of a patient", course.DOCUMENTATION),
        "kind": "operation",
        "affectsState": False,
        "code": course.NAME,
        "resource": ["Patient"],
        "system": False,
        "type": False,
        "instance": True,
        "parameter": [
            {
                "name": "return",
                "use": "out",
                "min": 1,
                "max": "1",
                "documentation": "A Bundle of type collection, the newest course first.",
                "type": "Bundle",
            }
        ],
    }
