"""Parameters of every resource type. http://hl7.org/fhir/R4/search.html#all"""

from service.fhir.search.parameters.parameter import code, date, uri

ID = "_id"
LAST_UPDATED = "_lastUpdated"

COMMON = (
    code(ID, "Resource-id", "id"),
    date(LAST_UPDATED, "Resource-lastUpdated", "meta.lastUpdated"),
    uri("_profile", "Resource-profile", "meta.profile"),
    code("_security", "Resource-security", "meta.security"),
    uri("_source", "Resource-source", "meta.source"),
    code("_tag", "Resource-tag", "meta.tag"),
)
