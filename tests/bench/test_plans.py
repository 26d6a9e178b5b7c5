"""The plans of slow statements are found in the log of PostgreSQL."""

from pathlib import Path

from bench.plans import Plans, Slow, found

LOG = """\
2026-11-26 09:00:01.003 UTC [71] LOG:  duration: 12.345 ms  plan:
\tQuery Text: SELECT count(*)
\tFROM resource
\tAggregate  (cost=1.00..2.00 rows=1 width=8) (actual rows=1.00 loops=1)
\t  Buffers: shared hit=9
\t  ->  Seq Scan on resource  (cost=0.00..1.00 rows=1 width=0) (actual rows=7.00 loops=1)
2026-11-26 09:00:02.003 UTC [71] WARNING:  something else
\tof two lines
2026-11-26 09:00:03.003 UTC [72] LOG:  duration: 7.000 ms  plan:
\tQuery Text: SELECT 1
\tResult  (cost=0.00..0.01 rows=1 width=4) (actual rows=1.00 loops=1)
"""
SECOND = Slow(ms=7.0, plan=("Result  (cost=0.00..0.01 rows=1 width=4) (actual rows=1.00 loops=1)",))


def test_every_plan_is_found_without_its_statement() -> None:
    first, second = found(LOG)
    assert first.ms == 12.345
    assert first.plan == (
        "Aggregate  (cost=1.00..2.00 rows=1 width=8) (actual rows=1.00 loops=1)",
        "  Buffers: shared hit=9",
        "  ->  Seq Scan on resource  (cost=0.00..1.00 rows=1 width=0) (actual rows=7.00 loops=1)",
    )
    assert second == SECOND


def test_only_what_was_written_since_is_told(tmp_path: Path) -> None:
    log = tmp_path / "postgres.log"
    log.write_text(LOG)
    plans = Plans(log)
    assert plans.slowest() is None
    with log.open("a") as more:
        more.write(
            LOG.partition("2026-11-26 09:00:03")[1] + LOG.partition("2026-11-26 09:00:03")[2]
        )
    assert plans.slowest() == SECOND
    assert plans.slowest() is None
    with log.open("a") as more:
        more.write(LOG)
    slowest = plans.slowest()
    assert slowest is not None
    assert slowest.ms == 12.345
