"""A site's own curves as a FHIR Library: written by `calibrate`, read when a server starts.

http://hl7.org/fhir/R4/library.html
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from service.clinical.curves import Curve, read
from service.clinical.definitions import Refused, Scale
from service.clinical.published import narrative
from service.clinical.wording import counted, number
from service.fhir.resource import Resource

LIBRARY_TYPE = "http://terminology.hl7.org/CodeSystem/library-type"
JSON = "application/json"
PREFIX = "expected-course-"


def place(scale: str) -> str:
    """Id of the Library that holds a scale's curves."""
    return PREFIX + scale


def library(curves: Sequence[Curve], scale: Scale, *, made: date) -> Resource:
    """The curves of one scale, of one version and one source."""
    described = description(curves, scale)
    first = curves[0]
    return {
        "resourceType": "Library",
        "id": place(scale.id),
        "text": narrative(described),
        "version": first.version,
        "name": "ExpectedCourse" + "".join(part.capitalize() for part in scale.id.split("-")),
        "title": f"Expected course of the {scale.title}",
        "status": "active",
        "experimental": False,
        "type": {"coding": [{"system": LIBRARY_TYPE, "code": "asset-collection"}]},
        "date": made.isoformat(),
        "description": described,
        "effectivePeriod": {"start": made.isoformat()},
        "content": [{"contentType": JSON, "title": "Curves", "data": _packed(curves)}],
    }


def description(curves: Sequence[Curve], scale: Scale) -> str:
    """What each curve rests on, in a sentence of its own."""
    said = "; ".join(
        f"First scores {curve.band}: n {curve.courses}{_scores(curve)}, {number(curve.b0)} "
        f"{'+' if curve.b1 >= 0 else '-'} {number(abs(curve.b1))} ln(session), SD "
        f"{number(curve.sd)}{_parts(curve)}, sessions 2 to {curve.last_session}{_fitted(curve)}"
        for curve in curves
    )
    first = curves[0]
    return (
        f"{counted(len(curves), 'curve')} of expected scores of the {scale.title}, version "
        f"{first.version}. {said}. Source: {first.source.citation}"
    )


def _scores(curve: Curve) -> str:
    return "" if curve.scores is None else f" ({counted(curve.scores, 'score')})"


def _parts(curve: Curve) -> str:
    if curve.tau is None or curve.sigma is None:
        return ""
    return f" ({number(curve.tau)} between courses, {number(curve.sigma)} within)"


def _fitted(curve: Curve) -> str:
    likelihood = curve.log_likelihood
    fit = "" if likelihood is None else f", restricted log-likelihood {number(likelihood)}"
    return fit + (f", {curve.period}" if curve.period else "")


def curves_of(found: Resource, scales: Mapping[str, Scale]) -> tuple[Curve, ...]:
    """The curves of a Library that `library` made; `Refused` where they are not usable."""
    where = f"Library/{found.get('id')}"
    for content in found.get("content", ()):
        if content.get("contentType") == JSON and "data" in content:
            try:
                document = msgspec.json.decode(b64decode(content["data"]), type=dict[str, Any])
            except (ValueError, msgspec.MsgspecError):
                raise Refused(f"{where}, content: holds no curves.") from None
            return read(document, where, scales)
    raise Refused(f"{where}, content: holds no curves.")


def _packed(curves: Sequence[Curve]) -> str:
    """As a file of curves says it, in JSON."""
    rows = [msgspec.to_builtins(curve) for curve in curves]
    source = rows[0]["source"]
    document = {
        "source": {name: value for name, value in source.items() if value is not None},
        "curve": [{k: v for k, v in row.items() if k != "source"} for row in rows],
    }
    return b64encode(msgspec.json.encode(document)).decode()
