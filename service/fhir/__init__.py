"""FHIR R4 as values: no web, no SQL, no clock, and nothing of what a record means."""
