"""What people answer to findings, as facts."""

from collections.abc import Iterator, Mapping
from typing import Any

from service.clinical import facts
from service.clinical.elements import child, each, text
from service.clinical.finding_codes import ACKNOWLEDGEMENTS, DISMISSALS
from service.clinical.finding_rules import answers
from service.fhir.references import local
from service.fhir.resource import Resource


def answered(
    observation: Resource, where: Mapping[str, Any], base_url: str
) -> Iterator[facts.AnyFact]:
    """One fact for each finding that the Observation answers; none where it is no answer."""
    named = answers(child(observation, "code"))
    given = answers(child(observation, "valueCodeableConcept"))
    by = next(
        (text(performer, "reference") for _, performer in each(observation, "performer")), None
    )
    for _, reference in each(observation, "focus"):
        found = local(text(reference, "reference") or "", base_url)
        if found is None or found.type != "Observation":
            continue
        if "safety-acknowledgement" in named:
            reason = next((code for code in given if code in ACKNOWLEDGEMENTS), None)
            yield facts.Response(
                **where, topic="safety-acknowledgement", focus=found.id, reason=reason, by=by
            )
        elif "finding-dismissal" in named:
            reason = next((code for code in given if code in DISMISSALS), None)
            yield facts.Response(
                **where, topic="finding-dismissal", focus=found.id, reason=reason, by=by
            )
