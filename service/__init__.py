"""Attune: psychotherapy outcome tracking as a FHIR R4 service."""

__version__ = "0.1.0"
