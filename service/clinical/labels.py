"""Security labels of what follows from several resources: as strict as the strictest of them.

http://hl7.org/fhir/R4/security-labels.html
"""

from collections.abc import Iterable

Label = tuple[str, str]
"""(system, code)"""

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
LADDER = ("U", "L", "M", "N", "R", "V")
"""From unrestricted to very restricted; every other label is a tag that adds up."""


def strictest(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The highest confidentiality among them and every other label, each once, sorted."""
    gathered = set(labels)
    rungs = [LADDER.index(code) for system, code in gathered if _ranked(system, code)]
    others = {label for label in gathered if not _ranked(*label)}
    highest = {(CONFIDENTIALITY, LADDER[max(rungs)])} if rungs else set[Label]()
    return tuple(sorted(others | highest))


def _ranked(system: str, code: str) -> bool:
    return system == CONFIDENTIALITY and code in LADDER
