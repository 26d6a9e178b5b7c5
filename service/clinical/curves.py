"""Curves of expected scores: what a curve says, what makes one unusable, and which one applies.

They come from a file of the site with a published source, or from `calibrate`, which fits them to
the site's own ended courses; the reading of both is the same.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import msgspec

from service.clinical.definitions import Construct, Refused, Scale, Source
from service.clinical.saying import cited
from service.clinical.wording import number, objections
from service.psychometrics.expected_course import Expectation
from service.psychometrics.growth_curve import LEAST_COURSES

CONSTRUCTS = frozenset({Construct.SYMPTOM, Construct.WELLBEING})
ID_LENGTH = 64


class Curve(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """score = b0 + b1 ln(session) of the courses whose first score lies in a band."""

    id: str
    """Shown in findings, such as `phq-9-10-14`."""
    scale: str
    low: float
    """Least first score of the courses it is for, in points of the scale."""
    high: float
    """Greatest one, included."""
    b0: float
    b1: float
    sd: float
    """Total residual, sqrt(tau^2 + sigma^2)."""
    courses: int
    """How many it rests on."""
    last_session: int
    version: str
    source: Source
    period: str | None = None
    """Of the sessions it rests on, such as `2024-01-08 to 2026-04-30`."""
    scores: int | None = None
    tau: float | None = None
    """SD between courses, where it is known apart."""
    sigma: float | None = None
    """SD of single sessions within a course."""
    log_likelihood: float | None = None
    """Restricted."""

    @property
    def expectation(self) -> Expectation:
        """The same for the arithmetic."""
        return Expectation(b0=self.b0, b1=self.b1, sd=self.sd, last_session=self.last_session)

    @property
    def band(self) -> str:
        """`10 to 14`."""
        return f"{number(self.low)} to {number(self.high)}"

    @property
    def rests_on(self) -> str:
        """`n 340, Lutz 1999`."""
        period = f", {self.period}" if self.period else ""
        return f"n {self.courses}, {named(self.source)}{period}"

    def holds(self, first: float) -> bool:
        return self.low <= first <= self.high


@dataclass(frozen=True, kw_only=True)
class Curves:
    """Every curve in use; at most one applies to a course."""

    known: tuple[Curve, ...] = ()

    def of(self, scale: str, first: float) -> Curve | None:
        """The curve for courses of a scale that begin with this score.

        Bands are given in whole points; a score between two of them belongs to the lower one.
        """
        candidates = [curve for curve in self.known if curve.scale == scale]
        return next(
            (c for score in (first, math.floor(first)) for c in candidates if c.holds(score)), None
        )


NO_CURVES = Curves()


def expectable(scale: Scale) -> bool:
    """Whether a course of the scale can be expected to go anywhere."""
    return scale.primary and scale.better is not None and scale.construct in CONSTRUCTS


def read(document: Mapping[str, Any], place: str, scales: Mapping[str, Scale]) -> tuple[Curve, ...]:
    """The curves of a document with a `source` and a `curve` for each; `place` names it.

    Raises `Refused` with the first thing that is wrong.
    """
    unknown = sorted(set(document) - {"source", "curve"})
    if unknown:
        raise Refused(f"{place}, {unknown[0]}: only `source` and `curve` stand in such a file.")
    rows = document.get("curve")
    if not isinstance(rows, list) or not rows or not all(isinstance(r, dict) for r in rows):
        raise Refused(f"{place}, curve: there must be at least one table `[[curve]]`.")
    if "source" not in document:
        raise Refused(f"{place}, source: is missing; every number carries one.")
    found = tuple(
        _curve({**row, "source": document["source"]}, f"curve {count}", place)
        for count, row in enumerate(rows, start=1)
    )
    for curve in found:
        for field, rule in _wrong(curve, scales):
            raise Refused(f"{place}, {field} of curve '{curve.id}': {rule}")
    return found


def _curve(row: Mapping[str, Any], which: str, place: str) -> Curve:
    try:
        return msgspec.convert(row, Curve)
    except msgspec.ValidationError as error:
        rule, _, path = str(error).partition(" - at ")
        field = path.strip("`").removeprefix("$.")
        where = f"{field} of {which}" if field else which
        raise Refused(f"{place}, {where}: {rule}.") from None


def gathered(files: Mapping[str, Sequence[Curve]]) -> tuple[Curve, ...]:
    """The curves of several files together; `Refused` where two of them contradict each other."""
    placed = [(place, curve) for place, curves in files.items() for curve in curves]
    for (place, one), (elsewhere, other) in combinations(placed, 2):
        where = place if place == elsewhere else f"{place} and {elsewhere}"
        if one.id == other.id:
            raise Refused(f"{where}, id: two curves are called '{one.id}'.")
        if one.scale == other.scale and one.low <= other.high and other.low <= one.high:
            raise Refused(f"{where}, low and high: curves '{one.id}' and '{other.id}' overlap.")
    return tuple(curve for _, curve in placed)


def preferred(files: Sequence[Curve], calibrated: Sequence[Curve]) -> Curves:
    """Where a file has curves of a scale, they stand alone: bands of two sources are not mixed."""
    decided = {curve.scale for curve in files}
    return Curves(known=(*files, *(curve for curve in calibrated if curve.scale not in decided)))


def _wrong(curve: Curve, scales: Mapping[str, Scale]) -> Iterator[tuple[str, str]]:
    scale = scales.get(curve.scale)
    if scale is None:
        yield "scale", f"'{curve.scale}' is not known."
        return
    if not expectable(scale):
        yield (
            "scale",
            f"'{curve.scale}' is no whole symptom or wellbeing scale with a better direction.",
        )
    yield from _numbers(curve, scale)
    yield from _words(curve)


def _numbers(curve: Curve, scale: Scale) -> Iterator[tuple[str, str]]:
    for field in ("low", "high", "b0", "b1", "sd"):
        if not math.isfinite(getattr(curve, field)):
            yield field, "must be a number."
    if not scale.low <= curve.low <= curve.high <= scale.high:
        yield "low", f"the band must lie within {number(scale.low)} to {number(scale.high)}."
    if curve.sd <= 0:
        yield "sd", "must be above 0."
    if curve.courses < LEAST_COURSES:
        yield "courses", f"{curve.courses} of {LEAST_COURSES} courses that a curve needs."
    if curve.last_session < 2:
        yield "last_session", "must be 2 or later: session 1 is not judged."


def _words(curve: Curve) -> Iterator[tuple[str, str]]:
    """Id and source stand in what clinicians read."""
    if (
        not 0 < len(curve.id) <= ID_LENGTH
        or not curve.id.replace("-", "").replace(".", "").isalnum()
    ):
        yield "id", f"must be 1 to {ID_LENGTH} letters, digits, hyphens and points."
    if not curve.source.citation.strip():
        yield "source.citation", "is empty; every number carries a source."
    if not curve.version.strip():
        yield "version", "is empty."
    for field, text in (("id", curve.id), ("source.citation", curve.rests_on)):
        for objection in objections(text, finding=True):
            yield field, objection


def named(source: Source) -> str:
    """As a sentence names it: `Lutz 1999`, or the whole where it is no such publication."""
    whole = source.citation.rstrip(".")
    words = whole[:1].lower() + whole[1:] if whole[1:2].islower() else whole
    return cited(source) or words
