"""Arithmetic on scores: public, pure, and free of FHIR."""
