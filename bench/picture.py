"""One picture of a run, as SVG by our own hand: growth of every shape over the sizes, and what was
measured beside what was asked. It takes its colours from the reader's, light or dark."""

from collections.abc import Iterator, Sequence
from html import escape
from math import log10

from bench.ladder import MOST_GROWTH, Growth
from bench.targets import MET, Row, Run

WIDTH, MARGIN = 1120, 24
LABELS, FIGURES = 300, 250
"""Room for names at the left of a chart, and for numbers at its right."""
LINE = 20
"""Height of one row."""
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.head { font-size: 15px; font-weight: 600; }
.faint { fill: #59636e; }
.number { text-anchor: end; }
.grid { stroke: #d1d9e0; }
.target { stroke: #9a6700; stroke-dasharray: 4 3; stroke-width: 1.5; }
.step { stroke: #8c959f; stroke-width: 1.5; }
.dot { fill: #8c959f; }
.good { fill: #1a7f37; }
.bad { fill: #cf222e; }
.ground { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .faint { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .target { stroke: #d29922; }
  .step { stroke: #6e7681; }
  .dot { fill: #6e7681; }
  .good { fill: #3fb950; }
  .bad { fill: #f85149; }
  .ground { fill: #0d1117; }
}
"""
GROWTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
MULTIPLES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Ticks of the two charts; what lies beyond stands at the edge."""


def picture(run: Run, rows: Sequence[Row]) -> str:
    parts: list[str] = []
    bottom = MARGIN
    if run.growths:
        bottom = _growth(parts, run, bottom)
    compared = [row for row in rows if row.share is not None]
    if compared:
        bottom = _targets(parts, compared, bottom)
    height = bottom + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="Figures of one measurement">'
    )
    ground = f'<rect class="ground" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", ground, *parts, "</svg>\n"])


class _Scale:
    """Logarithmic, from the first tick to the last."""

    def __init__(self, ticks: Sequence[float]) -> None:
        self._low, self._high = log10(ticks[0]), log10(ticks[-1])
        self._left, self._right = MARGIN + LABELS, WIDTH - MARGIN - FIGURES

    def __call__(self, value: float) -> float:
        share = (log10(max(value, 1e-9)) - self._low) / (self._high - self._low)
        return self._left + min(1.0, max(0.0, share)) * (self._right - self._left)


def _growth(parts: list[str], run: Run, top: int) -> int:
    sizes = " to ".join(f"{rung:,}" for rung in (run.rungs[0], run.rungs[-1]))
    _head(parts, top, f"p50 at one client, {sizes} Observations, as multiples of the first")
    scale = _Scale(GROWTHS)
    first, bottom = top + 48, top + 48 + LINE * len(run.growths)
    parts += _axis(scale, GROWTHS, MOST_GROWTH, f"target {MOST_GROWTH:g}", first, bottom)
    for place, each in enumerate(run.growths):
        parts += _grown(scale, each, first + LINE * place + LINE // 2)
    return bottom + 36


def _grown(scale: _Scale, each: Growth, y: int) -> Iterator[str]:
    multiples = [ms / each.p50_ms[0] for ms in each.p50_ms]
    along = [scale(value) for value in multiples]
    name = each.shape + (" (the answer grows, too)" if each.grows else "")
    yield _text(MARGIN, y, name)
    yield f'<line class="step" x1="{min(along):.1f}" x2="{max(along):.1f}" y1="{y}" y2="{y}"/>'
    yield from (_dot(x, y, "dot", 2.5) for x in along[:-1])
    yield _dot(along[-1], y, "good" if multiples[-1] <= MOST_GROWTH else "bad", 4.5)
    said = f"{each.p50_ms[0]:.2f} ms to {each.p50_ms[-1]:.2f} ms"
    yield _text(WIDTH - MARGIN - 60, y, said, "number faint")
    yield _text(WIDTH - MARGIN, y, f"{each.whole:.2f}", "number")


def _targets(parts: list[str], rows: Sequence[Row], top: int) -> int:
    _head(parts, top, "Beside the targets: right of the line is better than asked")
    scale = _Scale(MULTIPLES)
    first, bottom = top + 48, top + 48 + 2 * LINE * len(rows)
    parts += _axis(scale, MULTIPLES, 1.0, "target", first, bottom)
    for place, row in enumerate(rows):
        y = first + 2 * LINE * place + LINE
        assert row.share is not None  # noqa: S101  (only such rows are drawn)
        kind = "good" if row.verdict == MET else "bad"
        start, end = scale(1.0), scale(row.share)
        parts += _lines(row.what, MARGIN, y)
        parts.append(
            f'<line class="step" x1="{min(start, end):.1f}" x2="{max(start, end):.1f}" '
            f'y1="{y}" y2="{y}"/>'
        )
        parts.append(_dot(end, y, kind, 4.5))
        right = WIDTH - MARGIN
        parts.append(_text(right, y - 7, row.measured, "number"))
        parts.append(_text(right, y + 8, f"{row.wanted}: {row.verdict}", "number faint"))
    return bottom + 36


def _lines(text: str, x: int, y: int, most: int = 46) -> Iterator[str]:
    """A text in one line or two, the second cut where it is too long."""
    if len(text) <= most:
        yield _text(x, y, text)
        return
    at = text.rfind(" ", 0, most)
    rest = text[at + 1 :]
    yield _text(x, y - 7, text[:at])
    yield _text(x, y + 8, rest if len(rest) <= most else f"{rest[: most - 1]}…")


def _axis(
    scale: _Scale, ticks: Sequence[float], target: float, said: str, top: int, bottom: int
) -> Iterator[str]:
    for tick in ticks:
        x = scale(tick)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'
        yield _text(x, bottom + 12, f"{tick:g}", "faint", anchor="middle")
    x = scale(target)
    yield f'<line class="target" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 6}" y2="{bottom}"/>'
    yield _text(x, top - 14, said, "faint", anchor="middle")


def _head(parts: list[str], top: int, text: str) -> None:
    parts.append(_text(MARGIN, top + 8, text, "head"))


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "") -> str:
    placed = f' text-anchor="{anchor}"' if anchor else ""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" dominant-baseline="central"{placed}>'
        f"{escape(text)}</text>"
    )


def _dot(x: float, y: float, kind: str, radius: float) -> str:
    return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
