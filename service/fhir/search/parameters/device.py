"""http://hl7.org/fhir/R4/device.html#search"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    reference,
    string,
    token,
    uri,
)

STATUS = "http://hl7.org/fhir/device-status"

DEVICE: tuple[Parameter, ...] = (
    string(
        "device-name", "Device-device-name", "deviceName.name", "type.coding.display", "type.text"
    ),
    token("identifier", "Device-identifier", "identifier"),
    reference("location", "Device-location", "location", targets="Location"),
    string("manufacturer", "Device-manufacturer", "manufacturer"),
    string("model", "Device-model", "modelNumber"),
    reference("organization", "Device-organization", "owner", targets="Organization"),
    reference("patient", "Device-patient", "patient", targets="Patient"),
    code("status", "Device-status", "status", system=STATUS),
    token("type", "Device-type", "type"),
    string("udi-carrier", "Device-udi-carrier", "udiCarrier.carrierHRF"),
    string("udi-di", "Device-udi-di", "udiCarrier.deviceIdentifier"),
    uri("url", "Device-url", "url"),
)
