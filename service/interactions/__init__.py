"""What a FHIR client may do: one file per interaction."""
