"""http://hl7.org/fhir/R4/subscription.html#search and http://hl7.org/fhir/R4/basic.html#search"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    date,
    reference,
    string,
    token,
    uri,
)

STATUS = "http://hl7.org/fhir/subscription-status"
CHANNEL = "http://hl7.org/fhir/subscription-channel-type"
MEDIA_TYPES = "urn:ietf:bcp:13"

SUBSCRIPTION: tuple[Parameter, ...] = (
    code("contact", "Subscription-contact", "contact"),
    string("criteria", "Subscription-criteria", "criteria"),
    code("payload", "Subscription-payload", "channel.payload", system=MEDIA_TYPES),
    code("status", "Subscription-status", "status", system=STATUS),
    code("type", "Subscription-type", "channel.type", system=CHANNEL),
    uri("url", "Subscription-url", "channel.endpoint"),
)

BASIC: tuple[Parameter, ...] = (
    reference(
        "author",
        "Basic-author",
        "author",
        targets="Practitioner Organization Patient PractitionerRole RelatedPerson",
    ),
    token("code", "Basic-code", "code"),
    date("created", "Basic-created", "created"),
    token("identifier", "Basic-identifier", "identifier"),
    reference("patient", "Basic-patient", "subject", targets="Patient"),
    reference("subject", "Basic-subject", "subject"),
)
