"""What a calibration found, in lines of text."""

from collections.abc import Iterator, Sequence

from service.clinical.calibration import Row
from service.clinical.curves import Curve

HEADINGS = (
    "scale",
    "first scores",
    "courses",
    "scores",
    "b0",
    "b1",
    "SD",
    "between",
    "within",
    "last session",
    "log-likelihood",
)


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The curves in columns, then the bands that have none, each in a line; scales of which no
    course has ended are left out."""
    fitted = [row.curve for row in rows if row.curve]
    lines = [HEADINGS, *(_cells(curve) for curve in fitted)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    if fitted:
        for line in lines:
            yield "  ".join(cell.rjust(w) for cell, w in zip(line, widths, strict=True))
    used = {row.scale for row in rows if row.courses}
    for row in rows:
        if not row.curve and row.scale in used:
            yield f"{row.scale}, {row.band}: {row.refusal}"


def _cells(curve: Curve) -> tuple[str, ...]:
    numbers = (curve.b0, curve.b1, curve.sd, curve.tau or 0.0, curve.sigma or 0.0)
    return (
        curve.scale,
        curve.band,
        str(curve.courses),
        str(curve.scores),
        *(f"{number:.2f}" for number in numbers),
        str(curve.last_session),
        f"{curve.log_likelihood:.1f}",
    )
