"""What a person may answer to a finding: an acknowledgement, or a dismissal with its reason."""

import re
from collections.abc import Iterator, Mapping

from service.clinical import finding_codes
from service.clinical.canonical import FINDING
from service.clinical.elements import Element, child, codes, each, text, value
from service.clinical.moments import stated
from service.errors import Issue
from service.fhir.resource import Resource

OBSERVATION = re.compile(
    r"(?:.*/)?Observation/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?"
)


def answers(concept: Element) -> tuple[str, ...]:
    """The codes of CodeSystem `finding` in a code."""
    return tuple(code for system, code in codes(concept) if system == FINDING)


def issues(observation: Resource) -> Iterator[Issue]:
    """What is wrong with an Observation as an answer to a finding; nothing where it is none.

    An issue `forbidden` says that only the service itself writes such an Observation.
    """
    for code in answers(child(observation, "code")):
        if code not in finding_codes.ANSWERS:
            yield _issue(
                "forbidden",
                "Observation.code",
                f"'{code}' is derived from a patient's records; clients can read it, not write it.",
            )
            continue
        yield from _focus(observation, code)
        if stated(observation) is None:
            yield _issue("required", "Observation.effective", f"is missing; '{code}' says when.")
        if code == "safety-acknowledgement":
            yield from _acknowledgement(observation, code)
        else:
            yield from _coded(observation, code, finding_codes.DISMISSALS)


def _focus(observation: Resource, code: str) -> Iterator[Issue]:
    named = [text(reference, "reference") or "" for _, reference in each(observation, "focus")]
    if not named:
        yield _issue("required", "Observation.focus", f"is missing; '{code}' names a finding.")
    for place, reference in enumerate(named):
        if not (OBSERVATION.fullmatch(reference) or reference.startswith("urn:")):
            yield _issue(
                "value",
                f"Observation.focus[{place}]",
                f"names no Observation; '{code}' answers a finding, which is one.",
            )


def _acknowledgement(observation: Resource, code: str) -> Iterator[Issue]:
    if not any(each(observation, "performer")):
        yield _issue("required", "Observation.performer", f"is missing; '{code}' says who.")
    if value(observation) is not None:
        yield from _coded(observation, code, finding_codes.ACKNOWLEDGEMENTS)


def _coded(observation: Resource, code: str, allowed: Mapping[str, str]) -> Iterator[Issue]:
    given = [c for c in answers(child(observation, "valueCodeableConcept")) if c in allowed]
    if len(given) != 1:
        yield _issue(
            "code-invalid",
            "Observation.value",
            f"needs one code of {FINDING} for '{code}': {', '.join(allowed)}.",
        )


def _issue(code: str, path: str, sentence: str) -> Issue:
    return Issue(code=code, message=f"{path} {sentence}", expression=path)
