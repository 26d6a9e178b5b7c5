"""Parameters of what says who did what.

http://hl7.org/fhir/R4/provenance.html#search and http://hl7.org/fhir/R4/auditevent.html#search
"""

from service.fhir.search.parameters.parameter import (
    Parameter,
    code,
    date,
    reference,
    string,
    token,
    uri,
)

ACTION = "http://hl7.org/fhir/audit-event-action"
OUTCOME = "http://hl7.org/fhir/audit-event-outcome"
AGENTS = "Practitioner Organization Device Patient PractitionerRole RelatedPerson"

PROVENANCE: tuple[Parameter, ...] = (
    reference("agent", "Provenance-agent", "agent.who", targets=AGENTS),
    token("agent-role", "Provenance-agent-role", "agent.role"),
    token("agent-type", "Provenance-agent-type", "agent.type"),
    reference("entity", "Provenance-entity", "entity.what"),
    reference("location", "Provenance-location", "location", targets="Location"),
    reference("patient", "Provenance-patient", "target", targets="Patient"),
    date("recorded", "Provenance-recorded", "recorded"),
    token("signature-type", "Provenance-signature-type", "signature.type"),
    reference("target", "Provenance-target", "target"),
    date("when", "Provenance-when", "occurred[dateTime]"),
)

AUDIT_EVENT: tuple[Parameter, ...] = (
    code("action", "AuditEvent-action", "action", system=ACTION),
    string("address", "AuditEvent-address", "agent.network.address"),
    reference("agent", "AuditEvent-agent", "agent.who", targets=AGENTS),
    string("agent-name", "AuditEvent-agent-name", "agent.name"),
    token("agent-role", "AuditEvent-agent-role", "agent.role"),
    code("altid", "AuditEvent-altid", "agent.altId"),
    date("date", "AuditEvent-date", "recorded"),
    reference("entity", "AuditEvent-entity", "entity.what"),
    string("entity-name", "AuditEvent-entity-name", "entity.name"),
    token("entity-role", "AuditEvent-entity-role", "entity.role"),
    token("entity-type", "AuditEvent-entity-type", "entity.type"),
    code("outcome", "AuditEvent-outcome", "outcome", system=OUTCOME),
    reference("patient", "AuditEvent-patient", "agent.who", "entity.what", targets="Patient"),
    uri("policy", "AuditEvent-policy", "agent.policy"),
    code("site", "AuditEvent-site", "source.site"),
    reference("source", "AuditEvent-source", "source.observer", targets=AGENTS),
    token("subtype", "AuditEvent-subtype", "subtype"),
    token("type", "AuditEvent-type", "type"),
)
