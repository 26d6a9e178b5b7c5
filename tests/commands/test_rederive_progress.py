"""How far a run has come is said in one line, drawn on a terminal and now and then elsewhere."""

import os
from io import StringIO

import pytest

from service.commands.rederive.progress import Progress, bar, said_of, span
from tests.commands.terminal import Terminal


def told(progress: Progress, *numbers: int, total: int) -> None:
    for number in numbers:
        progress.tell(number, total)


def test_elsewhere_a_line_comes_every_half_minute_and_at_the_end() -> None:
    stream, moments = StringIO(), iter((0.0, 10.0, 31.0, 32.0, 40.0))
    with Progress(stream=stream, clock=lambda: next(moments)) as progress:
        told(progress, 0, 10, 62, 64, 80, total=80)
    assert stream.getvalue().splitlines() == [
        "0 of 80 patients (0 %)",
        "62 of 80 patients (77 %), 2 a second, 9 s left",
        "80 of 80 patients (100 %), 2 a second, 0 s left",
    ]


def test_on_a_terminal_one_line_is_drawn_over_and_over() -> None:
    moments = iter((0.0, 0.1, 1.0))
    with (
        Terminal() as terminal,
        os.fdopen(os.dup(terminal.theirs), "w") as stream,
        Progress(stream=stream, clock=lambda: next(moments)) as progress,
    ):
        told(progress, 0, 1, 10, total=20)
    assert terminal.said == (
        f"\r\x1b[K[{'.' * 30}] 0 of 20 patients (0 %)"
        f"\r\x1b[K[{'#' * 15}{'.' * 15}] 10 of 20 patients (50 %), 10 a second, 1 s left\r\n"
    )


def test_the_rate_is_that_of_this_run() -> None:
    """400 were done before it began: 100 in 10 seconds are 10 a second, and 500 are left."""
    assert said_of(500, 1000, seconds=10, before=400) == (
        "500 of 1,000 patients (50 %), 10 a second, 50 s left"
    )


def test_nothing_to_do_is_all_done() -> None:
    assert said_of(0, 0, seconds=0, before=0) == "0 of 0 patients (100 %)"
    assert bar(0, 0) == f"[{'#' * 30}]"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.4, "0 s"), (59.4, "59 s"), (125, "2 min 5 s"), (12_000, "3 h 20 min")],
)
def test_a_span_of_time_is_written_in_its_two_largest_units(seconds: float, written: str) -> None:
    assert span(seconds) == written
