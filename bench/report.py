"""The figures of a run: tables to read and a file to keep."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from bench.cells import Cell, Cells
from bench.figures import spread
from bench.ladder import MOST_GROWTH, Growth
from bench.servers import ROOT
from bench.targets import Row, Run, table

LATEST = ROOT / "bench" / "results" / "latest.json"
PICTURE = LATEST.with_suffix(".svg")
QUIET = 0.1
"""Share of the machine that others may use."""
Ratio = tuple[str, str]
"""What stands above the line, and what below it."""
OWN_TABLES = ("machine", "open", "histories", "one_patient", "many_patients")


def keep(run: Run, rows: Sequence[Row], file: Path = LATEST) -> None:
    file.parent.mkdir(exist_ok=True)
    kept = dict(run.result) | {
        "cells": [asdict(cell) | {"fault": cell.fault} for cell in run.cells.values()],
        "growth": [asdict(each) for each in run.growths],
        "targets": [asdict(row) for row in rows],
    }
    file.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2))


def invalid(run: Run) -> list[str]:
    """A sentence for each measurement in which anything went wrong."""
    found = [
        f"{cell.server}, {cell.kind}, {cell.clients} clients: {cell.fault}"
        for cell in run.cells.values()
        if cell.fault
    ]
    for each in run.result.get("open", ()):
        wrong = [sample["wrong"][0] for sample in each["samples"] if sample["wrong"]]
        found += [f"open load, {each['kind']}: {said}" for said in wrong[:1]]
    for part in ("one_patient", "many_patients"):
        faults = [each["fault"] for each in run.result.get(part, ()) if each["fault"]]
        found += [f"{part.replace('_', ' ')}: {said}" for said in faults[:1]]
    return found


def show(run: Run, ratios: Sequence[Ratio]) -> None:
    """Everything, on standard output."""
    for line in _lines(run, ratios):
        sys.stdout.write(line + "\n")


def _lines(run: Run, ratios: Sequence[Ratio]) -> Iterator[str]:
    yield from _about(run.result)
    others = [sample.others for cell in run.cells.values() for sample in cell.samples]
    if others:
        yield f"share of the machine that others used: {spread(others, 2)}"
        if median(others) > QUIET:
            yield "THE MACHINE WAS NOT QUIET: compare CPU and ratios, and no rates or times."
    closed = {key: cell for key, cell in run.cells.items() if cell.clients > 1}
    yield from _rates(closed)
    yield from _ratio_lines(closed, ratios)
    yield from _open(run.result.get("open", ()))
    yield from _histories(run.result)
    for what, part in (
        ("64 writers on one patient", "one_patient"),
        ("1,000 patients at once", "many_patients"),
    ):
        yield from _crowd(what, run.result.get(part, ()))
    yield from _growth(run)
    yield from _targets(table(run))
    if wrong := invalid(run):
        yield "\nINVALID: what follows had wrong answers and counts for nothing"
        yield from wrong


def _about(result: Mapping[str, Any]) -> Iterator[str]:
    about = result["machine"]
    yield (
        f"\n{about['processor']}, {about['cores']} cores, Python {about['python']}, {about['at']}"
    )
    for name, value in result.items():
        if name not in OWN_TABLES:
            yield f"{name}: {orjson.dumps(value).decode()}"


def _rates(cells: Cells) -> Iterator[str]:
    yield "\nMedian of the rounds (least to most); CPU in milliseconds per answer"
    head = f"{'per second':>24}{'p50 ms':>9}{'p99 ms':>9}{'server':>8}{'database':>9}{'client':>8}"
    yield f"{'':73}{head}"
    for (server, kind, clients), cell in sorted(cells.items(), key=lambda item: item[0][1:]):
        yield f"{kind:26}{clients:3}  {server:42}{_cell(cell)}"


def _cell(cell: Cell) -> str:
    if cell.fault:
        return "  INVALID"
    used = [cell.cpu_ms(of) for of in ("server", "database", "client")]
    cpu = "".join(
        f"{'' if ms is None else f'{ms:.2f}':>{width}}"
        for ms, width in zip(used, (8, 9, 8), strict=True)
    )
    return f"{spread(cell.rates()):>24}{cell.p50_ms():9.1f}{cell.p99_ms():9.1f}{cpu}"


def _ratio_lines(cells: Cells, ratios: Sequence[Ratio]) -> Iterator[str]:
    yield "\nRatios of answers per second, round by round"
    levels = sorted({clients for _, _, clients in cells})
    for above, below in ratios:
        for kind in dict.fromkeys(kind for _, kind, _ in cells):
            for clients in levels:
                one, other = cells.get((above, kind, clients)), cells.get((below, kind, clients))
                if one is None or other is None or one.fault or other.fault:
                    continue
                found = [a / b for a, b in zip(one.rates(), other.rates(), strict=True)]
                yield f"{above:42} : {below:42}{kind:26}{clients:3} {spread(found, 2):>20}"


def _open(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not found:
        return
    yield "\nOpen load, Poisson arrivals: latency from when a request was due"
    yield (
        f"{'':22}{'of most':>8}{'a second':>10}{'p50 ms':>18}{'p99 ms':>22}"
        f"{'waiting':>9}{'client late p50, p99 ms':>25}"
    )
    for each in found:
        samples = each["samples"]
        if any(sample["wrong"] for sample in samples):
            yield f"{each['kind']:22}{each['share']:8.0%}  INVALID"
            continue
        p50, p99 = (spread([s[name] for s in samples], 1) for name in ("p50_ms", "p99_ms"))
        late = [median(s["client_late_ms"][place] for s in samples) for place in (0, 1)]
        waiting = max(s["most_waiting"] for s in samples)
        kept = "" if median(s["overtime"] for s in samples) <= 0.1 else "  did not keep up"
        yield (
            f"{each['kind']:22}{each['share']:8.0%}{each['rate']:10.0f}{p50:>18}{p99:>22}"
            f"{waiting:9}{late[0]:17.2f}{late[1]:8.2f}{kept}"
        )


def _histories(result: Mapping[str, Any]) -> Iterator[str]:
    if not result.get("histories"):
        return
    yield "\nOne client: what a patient's record costs (derived: scores and findings in it)"
    named = "".join(f"{name:>18}" for name in ("settled", "first $course", "$course again"))
    yield f"{'p50, p99 ms':36}{'derived':>9}{named}"
    for each in result["histories"]:
        parts = (each["settled_ms"], each["first_course_ms"], each["course_ms"])
        times = "".join(f"{f'{p50:.1f}, {p99:.1f}':>18}" for p50, p99 in parts)
        yield f"{each['patient']:36}{each['derived']:9.0f}{times}"
    settled, first, again = (f"{1000 * each:.1f}" for each in result["ms_per_session"])
    yield (
        f"each session adds {settled} us to a settled create, {first} us to the first $course"
        f" after a write and {again} us to another"
    )


def _crowd(what: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not found:
        return
    if any(each["fault"] for each in found):
        yield f"\n{what}: INVALID"
        return
    rate, total, p50, p99 = (
        spread([each[name] for each in found], digits)
        for name, digits in (("per_second", 0), ("total_seconds", 2), ("p50_ms", 0), ("p99_ms", 0))
    )
    yield (
        f"\n{what}: {rate}/s in {total} s, p50 {p50} ms, p99 {p99} ms; no error, all records there"
    )


def _growth(run: Run) -> Iterator[str]:
    if not run.growths:
        return
    yield f"\np50 in ms at one client by size of the database; growth at most {MOST_GROWTH}"
    sizes = "".join(f"{rung:>11,}" for rung in run.rungs)
    yield f"{'':36}{sizes}{'growth':>8}{'of CPU':>8}  step by step"
    for each in run.growths:
        values = "".join(f"{ms:11.2f}" for ms in each.p50_ms)
        steps = " ".join(f"{step:.2f}" for step in each.steps)
        yield f"{each.shape:36}{values}{each.whole:8.2f}{each.cpu:8.2f}  {steps}{_remark(each)}"


def _remark(each: Growth) -> str:
    above = "  above" if each.whole > MOST_GROWTH else ""
    return above + ("  (the answer grows, too)" if each.grows else "")


def _targets(rows: Sequence[Row]) -> Iterator[str]:
    yield "\nBeside the targets"
    for row in rows:
        yield f"{row.what:104.104}  {row.wanted:28}{row.measured:>22}  {row.verdict}"
