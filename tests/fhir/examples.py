"""The examples that HL7 publishes with FHIR R4 (4.0.1, CC0) for the types served here."""

import zipfile
from functools import cache
from pathlib import Path

ARCHIVE = Path(__file__).parent / "r4_examples.zip"

INVALID = {
    "Observation-clinical-gender.json": "Observation.performer[0].reference",
    "Questionnaire-qs1.json": "Questionnaire.item[0].item[0].linkId",
    "Questionnaire-zika-virus-exposure-assessment.json": "Questionnaire.text.div",
}
"""Examples that break the specification, and where: an Encounter as performer, items without
linkId, a narrative without content."""


@cache
def examples() -> dict[str, bytes]:
    """The text of every example by the name of its file."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}
