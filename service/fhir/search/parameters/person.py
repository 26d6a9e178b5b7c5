"""http://hl7.org/fhir/R4/patient.html#search and http://hl7.org/fhir/R4/practitioner.html#search"""

from service.fhir.search.parameters.parameter import (
    SPECIAL_VALUES,
    Parameter,
    code,
    date,
    reference,
    string,
    token,
)

GENDER = "http://hl7.org/fhir/administrative-gender"
ADDRESS_USE = "http://hl7.org/fhir/address-use"

INDIVIDUAL: tuple[Parameter, ...] = (
    string("address", "individual-address", "address"),
    string("address-city", "individual-address-city", "address.city"),
    string("address-country", "individual-address-country", "address.country"),
    string("address-postalcode", "individual-address-postalcode", "address.postalCode"),
    string("address-state", "individual-address-state", "address.state"),
    code("address-use", "individual-address-use", "address.use", system=ADDRESS_USE),
    code("email", "individual-email", "telecom(system=email)"),
    string("family", "individual-family", "name.family"),
    code("gender", "individual-gender", "gender", system=GENDER),
    string("given", "individual-given", "name.given"),
    code("phone", "individual-phone", "telecom(system=phone)"),
    string("phonetic", "individual-phonetic", "name", phonetic=True),
    code("telecom", "individual-telecom", "telecom"),
)

PATIENT: tuple[Parameter, ...] = (
    *INDIVIDUAL,
    code("active", "Patient-active", "active", system=SPECIAL_VALUES),
    date("birthdate", "individual-birthdate", "birthDate"),
    date("death-date", "Patient-death-date", "deceased[dateTime]"),
    code("deceased", "Patient-deceased", "deceased[boolean|dateTime]?", system=SPECIAL_VALUES),
    reference(
        "general-practitioner",
        "Patient-general-practitioner",
        "generalPractitioner",
        targets="Practitioner Organization PractitionerRole",
    ),
    token("identifier", "Patient-identifier", "identifier"),
    token("language", "Patient-language", "communication.language"),
    reference("link", "Patient-link", "link.other", targets="Patient RelatedPerson"),
    string("name", "Patient-name", "name"),
    reference(
        "organization", "Patient-organization", "managingOrganization", targets="Organization"
    ),
)

PRACTITIONER: tuple[Parameter, ...] = (
    *INDIVIDUAL,
    code("active", "Practitioner-active", "active", system=SPECIAL_VALUES),
    token("communication", "Practitioner-communication", "communication"),
    token("identifier", "Practitioner-identifier", "identifier"),
    string("name", "Practitioner-name", "name"),
)
