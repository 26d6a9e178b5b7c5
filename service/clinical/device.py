"""The rule engine as a Device: what every derived resource names as its maker.

It carries the software's version, so that a release alone gives no finding a new version.
"""

from service.clinical.observations import DEVICE
from service.fhir.resource import Resource


def device(version: str) -> Resource:
    """http://hl7.org/fhir/R4/device.html"""
    return {
        "resourceType": "Device",
        "id": DEVICE,
        "status": "active",
        "deviceName": [{"name": "Attune rule engine", "type": "model-name"}],
        "version": [{"value": version}],
    }
