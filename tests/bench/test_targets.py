"""Which targets a run met, from figures whose verdict is plain."""

from typing import Any

import pytest

from bench.cells import Cell, Cells, Sample
from bench.ladder import Growth, growths
from bench.rounds import CEILING
from bench.servers import OURS, PEER, SEVERAL
from bench.targets import MET, NOT_MET, PENDING, UNMEASURED, Row, Run, table


def cell(
    kind: str, clients: int, *rates: float, server: str = OURS, p99: float = 1.0, wrong: str = ""
) -> Cell:
    samples = [
        Sample(
            per_second=rate,
            p50_ms=p99 / 2,
            p99_ms=p99,
            answers=100,
            cpu_ms={},
            others=0.0,
            wrong=(wrong,) if wrong else (),
        )
        for rate in rates
    ]
    return Cell(server=server, kind=kind, clients=clients, samples=samples)


def keyed(*cells: Cell) -> Cells:
    return {(each.server, each.kind, each.clients): each for each in cells}


def rows(*cells: Cell, found: tuple[Growth, ...] = (), **result: Any) -> dict[str, Row]:
    run = Run(cells=keyed(*cells), result=result, growths=found, rungs=(2_000, 20_000, 2_000_000))
    return {row.what: row for row in table(run)}


def grown(shape: str, *p50: float, grows: bool = False) -> Growth:
    return Growth(shape=shape, p50_ms=p50, whole=p50[-1] / p50[0], steps=(), cpu=1.0, grows=grows)


@pytest.mark.parametrize(
    ("rates", "verdict", "share"),
    [
        ((1400, 1500, 9000), MET, 1.0),  # the median decides
        ((1400, 1499, 9000), NOT_MET, 1499 / 1500),
    ],
)
def test_a_rate_is_held_by_its_median(rates: tuple[float, ...], verdict: str, share: float) -> None:
    row = rows(cell("create", 8, *rates))["create that no definition reads"]
    assert (row.verdict, row.share) == (verdict, pytest.approx(share))


def test_the_better_number_of_clients_counts() -> None:
    found = rows(cell("create", 8, 900), cell("create", 32, 1600))
    assert found["create that no definition reads"].measured == "1,600/s"


def test_a_cell_with_a_wrong_answer_counts_for_nothing() -> None:
    found = rows(cell("create", 32, 9000, 9000, wrong="503"))
    assert found["create that no definition reads"].verdict == UNMEASURED


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    # 100/400, 300/400 and 200/1000 are .25, .75 and .20; of the medians it would be 200/400.
    found = rows(
        cell("create", 32, 100, 300, 200), cell("create", 32, 400, 400, 1000, server=CEILING)
    )
    row = found["create, to PostgreSQL alone"]
    assert (row.measured, row.verdict) == ("0.25", NOT_MET)


def test_less_is_better_where_a_time_is_meant() -> None:
    found = rows(start_seconds={OURS: {"first": 2.3, "second": 2.0}})
    assert found["start, used folder"].verdict == MET
    assert found["start, new folder"].verdict == NOT_MET
    assert found["start, new folder"].share == pytest.approx(2 / 2.3)


def test_a_hundred_observations_of_a_transaction_count_each() -> None:
    found = rows(
        cell("transaction of 100", 4, 45), cell("transaction of 100", 4, 70, server=SEVERAL)
    )
    assert found["load by transactions of 100"].measured == "4,500 observations/s"
    assert found["load by transactions of 100"].verdict == NOT_MET
    assert found[f"load by transactions, {SEVERAL}"].verdict == MET


def test_several_processes_have_no_rows_where_the_service_has_none() -> None:
    assert not any(SEVERAL in what for what in rows(cell("create", 8, 1)))


def test_the_worst_number_of_clients_stands_beside_the_other_server() -> None:
    found = rows(
        cell("create", 8, 900),
        cell("create", 8, 100, server=PEER),
        cell("create", 32, 700),
        cell("create", 32, 100, server=PEER),
    )
    row = found[f"create, to {PEER}"]
    assert (row.measured, row.verdict) == ("7.0 times", NOT_MET)


def test_growth_is_counted_from_twenty_thousand_and_by_the_worst_shape() -> None:
    # 1.6 / 1.0 from 20,000 although 1.6 / 0.5 from 2,000; the count grew fourfold by itself.
    found = rows(
        found=(
            grown("read", 0.5, 1.0, 1.6),
            grown("search", 2.0, 2.0, 2.2),
            grown("count", 1.0, 1.0, 4.0, grows=True),
        )
    )
    every, own = (
        row
        for what, row in found.items()
        if what.startswith("growth of p50 from 20,000 to 2,000,000")
    )
    assert (every.measured, every.verdict) == ("4.00", NOT_MET)
    assert "worst of 3: count" in every.what
    assert (own.measured, own.verdict) == ("1.60", NOT_MET)
    assert "worst of 2: read" in own.what


def test_growth_of_half_is_just_met() -> None:
    found = rows(found=(grown("read", 1.0, 1.0, 1.5),))
    assert {row.verdict for what, row in found.items() if "growth of" in what} == {MET}


def test_a_lost_record_is_an_error() -> None:
    runs = [{"errors": 0, "lost": 0}, {"errors": 0, "lost": 1}]
    found = rows(one_patient=runs, many_patients=runs[:1])
    assert found["64 writers on one patient: errors and lost records"].verdict == NOT_MET
    refused = rows(many_patients=[{"errors": 7, "lost": 0}])
    assert refused["1,000 patients at once: errors and lost records"].measured == "7"
    assert found["1,000 patients at once: errors and lost records"].verdict == MET


def test_what_does_not_exist_yet_is_pending_and_what_was_left_out_is_not_measured() -> None:
    found = rows()
    assert found["a measure over 100,000 courses"].verdict == PENDING
    assert found["$export of 1,000,000 Observations"].verdict == PENDING
    assert found["disk per observation, all indexes"].verdict == UNMEASURED


def test_a_smaller_database_is_said_where_the_target_is_of_two_million() -> None:
    run = Run(cells={}, result={}, growths=(), rungs=(2_000, 200_000))
    assert "read by id, at 200,000, not 2,000,000" in {row.what for row in table(run)}


def test_a_shape_with_a_wrong_answer_at_one_size_has_no_growth() -> None:
    right = [
        cell(kind, 1, 1, server=server, p99=p99)
        for server, p99 in (("attune at 2,000", 2.0), ("attune at 20,000", 3.0))
        for kind in ("read by id", "encounter")
    ]
    right[-1] = cell("encounter", 1, 1, server="attune at 20,000", wrong="503")
    found = growths(keyed(*right), (2_000, 20_000))
    assert [(each.shape, each.whole) for each in found] == [("read by id", 1.5)]
