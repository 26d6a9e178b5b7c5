"""What is made of one run's outcome."""

import pytest

from bench import cells
from bench.client import Outcome


def outcome(**given: object) -> Outcome:
    whole = {
        "answers": 4,
        "accepted": 4,
        "seconds": 2.0,
        "latencies": (0.001, 0.002, 0.003, 0.010),
        "wrong": (),
        "cpu_seconds": {"server": 1.0, "database": 0.5, "client": 0.25, "machine": 2.0},
    }
    return Outcome(**(whole | given))  # type: ignore[arg-type]


def test_a_sample_tells_rate_quantiles_and_cpu_for_each_answer() -> None:
    found = cells.sample(outcome())
    assert (found.per_second, found.p50_ms, found.p99_ms) == (2.0, 2.0, 10.0)
    # 1.0, 0.5 and 0.25 s of CPU for 4 answers.
    assert found.cpu_ms == {"server": 250.0, "database": 125.0, "client": 62.5}
    # 2.0 s were used, 1.75 of them by ours, in 2 s of every core.
    assert found.others == pytest.approx(0.25 / (2.0 * cells.CORES))


def test_a_run_without_an_answer_is_invalid() -> None:
    found = cells.sample(outcome(answers=0, accepted=0, latencies=()))
    cell = cells.Cell(server="a", kind="read", clients=1, samples=[found])
    assert cell.fault == "There was no answer in time."


def test_one_wrong_round_makes_the_cell_invalid() -> None:
    right, wrong = cells.sample(outcome()), cells.sample(outcome(wrong=("503: busy",)))
    cell = cells.Cell(server="a", kind="read", clients=1, samples=[right, wrong, right])
    assert cell.fault == "503: busy"
