"""Which statements PostgreSQL spends its time on, for each kind of request at each size.

The cluster is started with `pg_stat_statements`, which counts planning, too, and `auto_explain`,
which shows the plan of what was slow; the wheel of the embedded PostgreSQL brings both. Times are
somewhat longer with them than without.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import asyncpg
import uvloop

from bench import ladder
from bench.client import Outcome
from bench.options import Options
from bench.plans import SETTINGS, SLOW_MS, Plans
from bench.rounds import Plan, Rounds, rounds
from bench.server import Server
from bench.shapes import SHAPES
from bench.traffic import Traffic

WITH_STATISTICS = {
    "shared_preload_libraries": "pg_stat_statements,auto_explain",
    "pg_stat_statements.track": "all",
    "pg_stat_statements.track_planning": "on",
    **SETTINGS,
}
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements"
RESET = "SELECT pg_stat_statements_reset()"
TOP = """
SELECT query, calls, rows, total_plan_time AS planning, total_exec_time AS running,
    shared_blks_hit + shared_blks_read AS blocks, shared_blks_read AS read,
    sum(total_plan_time + total_exec_time) OVER () AS whole
FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'
ORDER BY total_plan_time + total_exec_time DESC LIMIT $1
"""
WIDTH = 70
"""Characters of a statement that are shown."""
NAMED = re.compile(r"(?:FROM|INTO|JOIN|UPDATE) (?!LATERAL)([a-z_]{4,})")


def profile(folder: Path, options: Options) -> int:
    plan = Plan(rounds=1, seconds=options.ladder_seconds, warm_up_seconds=ladder.WARM_UP_SECONDS)
    with (
        ladder.climbed(folder / "profile", WITH_STATISTICS) as up,
        rounds(plan) as measuring,
    ):
        plans = Plans(folder / "profile" / "postgres.log")
        uvloop.run(_said(up.server, EXTENSION))
        for size in options.rungs:
            rung = up.climb(size)
            print(f"\n==== {size:,} Observations")
            for shape in SHAPES:
                made = partial(ladder.questions, shape, rung)
                _one(measuring, rung.server, made, plan, options.top, plans)
            few = replace(plan, most=ladder.MOST_WRITES)
            for write in ladder.WRITES:
                _one(measuring, rung.server, write, few, options.top, plans)
    return 0


def _one(
    measuring: Rounds,
    server: Server,
    made: Callable[[int], Traffic],
    plan: Plan,
    top: int,
    plans: Plans,
) -> None:
    asked = made(0)
    uvloop.run(_said(server, RESET))
    plans.slowest()
    outcome = measuring.once(server, asked, 1, plan)
    if outcome.wrong:
        print(f"\n-- {asked.kind}: INVALID: {outcome.wrong[0]}")
        return
    for line in shown(asked.kind, outcome, uvloop.run(_top(server, top))):
        print(line)
    slow = plans.slowest()
    if slow is not None:
        print(f"   slowest of those over {SLOW_MS} ms, {slow.ms:.1f} ms:")
        print("\n".join(f"      {line}" for line in slow.plan))


def shown(kind: str, outcome: Outcome, found: Sequence[asyncpg.Record]) -> list[str]:
    """A head, and a line for each statement: per request, the time that it took of all."""
    answers = max(1, outcome.accepted)
    whole = found[0]["whole"] / answers if found else 0.0
    p50 = outcome.quantile_ms(0.50)
    lines = [f"\n-- {kind}: p50 {p50:.2f} ms, of it in statements {whole:.2f} ms on the average"]
    lines.append(
        f"   {'ms/request':>10}{'calls':>7}{'plan ms':>9}{'run ms':>9}{'rows':>8}{'blocks':>9}"
        f"{'read':>7}"
    )
    for row in found:
        calls = row["calls"]
        each = (row["planning"] + row["running"]) / answers
        text = _told(row["query"])
        lines.append(
            f"   {each:10.3f}{calls / answers:7.1f}{row['planning'] / calls:9.3f}"
            f"{row['running'] / calls:9.3f}{row['rows'] / calls:8.1f}{row['blocks'] / calls:9.1f}"
            f"{row['read'] / calls:7.1f}  {text}"
        )
    return lines


def _told(statement: str) -> str:
    """Its beginning, and the tables that it names."""
    text = " ".join(statement.split())
    named = dict.fromkeys(NAMED.findall(text))
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}… [{' '.join(named)}]"


async def _said(server: Server, statement: str) -> None:
    connection = await asyncpg.connect(server.maintenance_dsn)
    await connection.execute(statement)
    await connection.close()


async def _top(server: Server, top: int) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(server.maintenance_dsn)
    found: list[asyncpg.Record] = await connection.fetch(TOP, top)
    await connection.close()
    return found
