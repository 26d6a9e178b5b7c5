"""$lastn reads the newest of each kind and nothing of what else a patient has."""

from typing import Any

import pytest

from service.store.cluster import Cluster
from service.store.database import Database
from service.store.latest import stepping
from tests.store.record import KINDS, explained, fill, of_table, rows_read
from tests.store.searched import ACCESS, query
from tests.store.test_search_plans import nodes


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    await fill(database, cluster)
    return database


async def lastn_plan(database: Database, asked: str, most: int) -> dict[str, Any]:
    wanted = query(asked)
    async with database.reading(ACCESS) as tx:
        sql, arguments = stepping(tx, wanted, wanted.clauses[0], "Patient/0")(most)
    return await explained(database, sql, arguments)


ASKED = {
    "Observation?patient=0&category=c": KINDS,
    "Observation?patient=0&code=k0,k1,k2,k3,k4": KINDS,
    "Observation?patient=0&code=k3": 1,
    "Observation?patient=0&code:not=k0": KINDS - 1,
    "Observation?patient=0&category=c&status=final": KINDS,
    "Observation?patient=0&category=c&date=lt2022-06-01": 5,
    "Observation?patient=0&category=other": 0,
}
"""And of how many kinds there is an answer."""


@pytest.mark.parametrize("most", [1, 5])
async def test_what_is_read_grows_with_the_answer_and_not_with_the_record(
    filled: Database, most: int
) -> None:
    """Besides the answer's index rows and bodies: of each kind one step, one row to see what it is
    and what that row's code, category and status are."""
    for asked, kinds in ASKED.items():
        plan = await lastn_plan(filled, asked, most)
        assert plan["Actual Rows"] == (kinds * most if "date" not in asked else most), asked
        assert rows_read(plan) <= 2 * kinds * most + 8 * (KINDS + 1), asked
        scans = [node for node in nodes(plan) if "Relation Name" in node]
        assert all("Index" in scan["Node Type"] for scan in scans), asked


async def test_bodies_are_read_of_the_answer_only(filled: Database) -> None:
    plan = await lastn_plan(filled, "Observation?patient=0&category=c", 3)
    (bodies,) = of_table(plan, "resource")
    assert bodies["Actual Rows"] * bodies["Actual Loops"] == 15
