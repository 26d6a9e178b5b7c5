"""FHIR R4 as values: no web, no SQL, no clock, no therapy."""
