"""Whether codes stand in a set of codes, as both operations `$validate-code` answer it.

http://hl7.org/fhir/R4/valueset-operation-validate-code.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.clinical.elements import Element, each
from service.clinical.elements import text as member
from service.clinical.vocabulary import Term
from service.errors import BadRequest
from service.fhir.given import Given, element, text
from service.fhir.resource import Resource
from service.fhir.search.refusal import quoted

ASKED = ("code", "coding", "codeableConcept")
"""One and only one of them says what is to be checked."""


@dataclass(frozen=True, kw_only=True)
class Coding:
    """A code as a client sent it."""

    code: str | None
    system: str | None = None
    version: str | None = None
    display: str | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    result: bool
    message: str | None = None
    display: str | None = None
    """The display that the code has here."""


def asked(given: Given, *, version: str = "version") -> Sequence[Coding]:
    """The codings to check; `version` names the parameter that says a code system's version.

    Raises `BadRequest` where not one of the parameters that name them is given.
    """
    if sum(name in given for name in ASKED) != 1:
        raise BadRequest("One of the parameters 'code', 'coding' and 'codeableConcept' is needed.")
    if "code" in given:
        return [
            Coding(
                code=text(given, "code"),
                system=text(given, "system"),
                version=text(given, version),
                display=text(given, "display"),
            )
        ]
    if "coding" in given:
        return [_coding(element(given, "coding") or {})]
    concept = element(given, "codeableConcept") or {}
    return [_coding(coding) for _, coding in each(concept, "coding")]


def checked(codings: Sequence[Coding], terms: Sequence[Term], place: str) -> Resource:
    """The Parameters that answer: true where one of the codings stands among `terms`.

    `place` names the set of codes in a message.
    """
    held = {(term.system, term.code): term for term in terms}
    verdicts = [_verdict(coding, held, place) for coding in codings]
    found = [verdict for verdict in verdicts if verdict.result]
    if found:
        return _parameters(found[0])
    said = [verdict.message for verdict in verdicts if verdict.message]
    return _parameters(
        Verdict(
            result=False,
            message=" ".join(said) or "There is no coding to check.",
            display=next((v.display for v in verdicts if v.display), None),
        )
    )


def _coding(coding: Element) -> Coding:
    return Coding(
        code=member(coding, "code"),
        system=member(coding, "system"),
        version=member(coding, "version"),
        display=member(coding, "display"),
    )


def _verdict(coding: Coding, held: Mapping[tuple[str, str], Term], place: str) -> Verdict:
    if coding.code is None or coding.system is None:
        return Verdict(result=False, message="A code and its system are needed to check it.")
    term = held.get((coding.system, coding.code))
    if term is None:
        return Verdict(result=False, message=f"The code {quoted(coding.code)} is not in {place}.")
    if term.version is not None and coding.version not in (None, term.version):
        return Verdict(
            result=False, message=f"The code system is known here in version {term.version} only."
        )
    if coding.display is not None and not _same(coding.display, term.display):
        return Verdict(
            result=False,
            message=f"The display of '{term.code}' is '{term.display}'.",
            display=term.display,
        )
    return Verdict(result=True, display=term.display)


def _same(sent: str, ours: str | None) -> bool:
    """Whether case differs only."""
    return ours is None or sent.casefold() == ours.casefold()


def _parameters(verdict: Verdict) -> Resource:
    return {"resourceType": "Parameters", "parameter": list(_told(verdict))}


def _told(verdict: Verdict) -> Iterator[Mapping[str, Any]]:
    yield {"name": "result", "valueBoolean": verdict.result}
    if verdict.message is not None:
        yield {"name": "message", "valueString": verdict.message}
    if verdict.display is not None:
        yield {"name": "display", "valueString": verdict.display}
