"""The examples that HL7 publishes with FHIR R4 (4.0.1, CC0) for the types served here.

They are those of the package hl7.fhir.r4.examples 4.0.1, every one of them but for four types of
which it has hundreds, because it defines R4 itself by them: see `SAMPLED`.
"""

import zipfile
from functools import cache
from pathlib import Path

ARCHIVE = Path(__file__).parent / "r4_examples.zip"

SAMPLED = {
    "CodeSystem": (10, 1062),
    "SearchParameter": (6, 1400),
    "StructureDefinition": (6, 655),
    "ValueSet": (8, 1316),
}
"""How many are here of how many: the examples proper, and each kind of disagreement that any of
them gives rise to. `python -m tests.fhir.differential --package` asks of all of them."""

INVALID = {
    "Observation-clinical-gender.json": "Observation.performer[0].reference",
    "Questionnaire-qs1.json": "Questionnaire.item[0].item[0].linkId",
    "Questionnaire-zika-virus-exposure-assessment.json": "Questionnaire.text.div",
    "SearchParameter-codesystem-extensions-CodeSystem-author.json": "SearchParameter.base",
    "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": (
        "SearchParameter.id"
    ),
    "StructureDefinition-FiveWs.json": "StructureDefinition",
}
"""Examples that break the specification, and where: an Encounter as performer, items without
linkId, a narrative without content, no base, an id of 66 characters, no baseDefinition (sdf-4)."""


@cache
def examples() -> dict[str, bytes]:
    """The text of every example by the name of its file."""
    with zipfile.ZipFile(ARCHIVE) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist())}
