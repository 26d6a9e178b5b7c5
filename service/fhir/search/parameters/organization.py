"""http://hl7.org/fhir/R4/organization.html#search and
http://hl7.org/fhir/R4/practitionerrole.html#search"""

from service.fhir.search.parameters.parameter import (
    SPECIAL_VALUES,
    Parameter,
    code,
    date,
    reference,
    string,
    token,
)
from service.fhir.search.parameters.person import ADDRESS_USE

ORGANIZATION: tuple[Parameter, ...] = (
    code("active", "Organization-active", "active", system=SPECIAL_VALUES),
    string("address", "Organization-address", "address"),
    string("address-city", "Organization-address-city", "address.city"),
    string("address-country", "Organization-address-country", "address.country"),
    string("address-postalcode", "Organization-address-postalcode", "address.postalCode"),
    string("address-state", "Organization-address-state", "address.state"),
    code("address-use", "Organization-address-use", "address.use", system=ADDRESS_USE),
    reference("endpoint", "Organization-endpoint", "endpoint", targets="Endpoint"),
    token("identifier", "Organization-identifier", "identifier"),
    string("name", "Organization-name", "name", "alias"),
    reference("partof", "Organization-partof", "partOf", targets="Organization"),
    string("phonetic", "Organization-phonetic", "name", phonetic=True),
    token("type", "Organization-type", "type"),
)

PRACTITIONER_ROLE: tuple[Parameter, ...] = (
    code("active", "PractitionerRole-active", "active", system=SPECIAL_VALUES),
    date("date", "PractitionerRole-date", "period"),
    code("email", "individual-email", "telecom(system=email)"),
    reference("endpoint", "PractitionerRole-endpoint", "endpoint", targets="Endpoint"),
    token("identifier", "PractitionerRole-identifier", "identifier"),
    reference("location", "PractitionerRole-location", "location", targets="Location"),
    reference(
        "organization", "PractitionerRole-organization", "organization", targets="Organization"
    ),
    code("phone", "individual-phone", "telecom(system=phone)"),
    reference(
        "practitioner", "PractitionerRole-practitioner", "practitioner", targets="Practitioner"
    ),
    token("role", "PractitionerRole-role", "code"),
    reference(
        "service", "PractitionerRole-service", "healthcareService", targets="HealthcareService"
    ),
    token("specialty", "PractitionerRole-specialty", "specialty"),
    code("telecom", "individual-telecom", "telecom"),
)
