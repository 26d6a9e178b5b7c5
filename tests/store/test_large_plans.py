"""How searches of 200,000 Observations are run: by indexes, and without reading much for nothing.

The bound: of `coded_value`, `resource`, `term` and `phrase` no scan is sequential, and no scan
throws away more rows than it keeps, or than `IN_VAIN`, whichever is more: so many are passed over
where a page is read in its order and few of the rows on the way belong to it. Nor does a scan keep
more than that beyond two rows for each match there is. The rows of a single resource, which its row
id leads to, are read together.
"""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from service.store import migration
from service.store.clauses.statement import After, Statement, statement
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.roles import Addresses
from tests.store import population
from tests.store.explained import Plan, page_explained
from tests.store.searched import ACCESS, query

LARGE = {"coded_value", "resource", "term", "phrase"}
IN_VAIN = 2_000
"""One in a hundred Observations."""
LATER = 1_000
"""The row after which a late page begins, where there are as many."""

OF_ALL_PATIENTS = (
    "code-value-quantity=44261-6$gt20",
    "code-value-quantity=44261-6$20",
    "code-value-quantity=44261-6$lt3",
    "code-value-quantity=44261-6$ap20",
    "code-value-quantity=http://loinc.org|44261-6$ge25||{score}",
    "code-value-quantity=44261-6$ge25,69737-5$ge20",
    "code-value-quantity=http://loinc.org|$27",
    "component-code-value-concept=http://clinic.example/CodeSystem/ours|$kind-3",
    "code-value-concept=change$worse",
    "code-value-concept=change$worse&date=2025",
    "code-value-date=due$2026-05",
    "code-value-string=words$calm",
    "combo-code-value-quantity=number-1$gt90",
    "combo-code-value-concept=kind$kind-3",
    "component-code-value-quantity=strength$10",
    "component-code-value-concept=kind$kind-3",
    "component-code=kind",
    "component-code=kind&category=therapy",
    "combo-code=number-1",
    "component-value-concept=kind-3",
    "component-value-quantity=99",
    "combo-value-concept=worse",
    "combo-value-quantity=170",
    "code=44261-6",
    "code=44261-6&value-quantity=gt20",
    "code=44261-6&value-quantity=gt25&date=ge2024-05",
    "code=44261-6&date=ge2025-10",
    "code=44261-6&date=2022-02",
    "code=44261-6&category=survey",
    "category=therapy",
    "category=therapy&date=2024-05",
    "category=survey&_sort=-date",
    "date=2024-05-11",
    "date=ge2025-10-20",
    "status=final",
    "status=amended",
    "status=corrected,entered-in-error",
    "status=amended&category=therapy",
    "value-quantity=170",
    "value-quantity=gt170",
    "value-concept=better",
    "value-string=calm",
    "encounter=Encounter/77",
    "performer=Practitioner/1&_sort=-date",
    "_lastUpdated=ge2025-10-20",
    "_lastUpdated=lt2022-01-10",
    "_lastUpdated=ge2024-05-01&_lastUpdated=lt2024-05-08",
    "_sort=-_lastUpdated",
    "_sort=_lastUpdated",
    "code=44261-6&_sort=-date",
    "code=44261-6&_sort=date",
    "code=44261-6&_sort=status,-date",
    "code=44261-6&_sort=patient",
    "code=44261-6&_sort=-value-quantity",
    "status=amended&_sort=code",
    "code=44261-6,69737-5,episode",
    "code=44261-6,69737-5&date=2024-05&_sort=date",
    "category=survey,therapy&date=2024-05",
    "code:text=what&date=2024-05",
    "code:text=nothing,what change",
    "status:not=final",
    "status:not=final&category=survey",
    "status:not=final&date=2024-05",
    "_sort=-date",
)
OF_ONE_PATIENT = (
    "code-value-quantity=44261-6$gt20",
    "code-value-concept=change$worse",
    "code-value-date=due$2026",
    "code-value-string=words$calm",
    "combo-code-value-quantity=number-1$gt50",
    "combo-code-value-concept=kind$kind-3",
    "component-code-value-quantity=strength$gt5",
    "component-code-value-concept=kind$kind-3",
    "component-code=kind",
    "component-value-concept=kind-3",
    "category=survey",
    "category=survey&date=ge2025-01",
    "category=survey&status=final",
    "code=44261-6",
    "code=44261-6&date=ge2024-01",
    "date=ge2025-01",
    "status=final",
    "value-quantity=gt20",
    "_sort=-date",
    "_sort=code,-date",
    "_sort=status",
    "_sort=category",
    "_sort=encounter",
)
ASKED = (*OF_ALL_PATIENTS, *(f"patient=8&{asked}" for asked in OF_ONE_PATIENT))


@pytest.fixture(scope="module")
def large(cluster: Cluster) -> Iterator[str]:
    """A database of its own."""
    asyncio.run(
        _run(cluster, "DROP DATABASE IF EXISTS large", "CREATE DATABASE large OWNER attune")
    )
    dsn = cluster.dsn.replace("@/attune?", "@/large?")
    asyncio.run(migration.upgrade(Addresses(service=dsn, owner=dsn)))
    asyncio.run(population.fill(cluster.maintenance_dsn.replace("@/attune?", "@/large?")))
    yield dsn
    asyncio.run(_run(cluster, "DROP DATABASE large WITH (FORCE)"))


async def _run(cluster: Cluster, *statements: str) -> None:
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    for each in statements:
        await maintenance.execute(each)
    await maintenance.close()


async def explained(dsn: str, asked: str, *, later: int = 0) -> tuple[Plan, int]:
    """What PostgreSQL did for the first page, or for one that begins `later`; and all matches."""
    wanted = query(f"Observation?{asked}")
    database = await Database.open(dsn, statement_timeout_ms=60_000)
    try:
        async with database.reading(ACCESS) as tx:
            search = statement(wanted, tx.number)
            after = await _after(tx.connection, search, later) if later else None
            plan = await page_explained(tx, search, wanted.count + 1, after)
            counting, counted = search.count()
            matches: int = await tx.connection.fetchval(counting, *counted)
    finally:
        await database.close()
    return plan, matches


async def _after(connection: asyncpg.Connection, search: Statement, later: int) -> After:
    sql, arguments = search.page(later, None)
    row = (await connection.fetch(sql, *arguments))[-1]
    return After(places=search.places(row), row_id=row["row_id"], highest=row["highest"])


def scans(node: Plan) -> Iterator[Plan]:
    """Of the large tables, and not of the rows of a single resource."""
    if node.get("Relation Name") in LARGE and "row_id = " not in node.get("Index Cond", ""):
        yield node
    for child in node.get("Plans", ()):
        yield from scans(child)


def kept(scan: Plan) -> float:
    return float(scan["Actual Rows"] * scan["Actual Loops"])


def thrown_away(scan: Plan) -> float:
    removed = scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)
    return float(removed * scan["Actual Loops"])


@pytest.mark.parametrize("asked", ASKED)
async def test_a_search_is_led_by_indexes_and_reads_little_in_vain(large: str, asked: str) -> None:
    plan, matches = await explained(large, asked)
    assert plan["Actual Rows"] > 0, "The search finds something, so that the plan means something."
    for scan in scans(plan):
        assert scan["Node Type"] != "Seq Scan", scan
        assert thrown_away(scan) <= max(kept(scan), IN_VAIN), scan
        assert kept(scan) <= 2 * matches + IN_VAIN, scan


IN_ORDER = (
    "code=44261-6",
    "code=44261-6&_sort=-date",
    "component-code=kind",
    "category=therapy",
    "code-value-concept=change$worse",
    "component-code-value-concept=kind$kind-3",
    "status=amended",
    "_lastUpdated=ge2024-05-01",
    "_sort=-_lastUpdated",
)
"""Searches whose order an index has: of a page, only its own rows are read."""


SIDE_BY_SIDE = {
    "code=44261-6,69737-5,episode": 3,
    "code=44261-6,69737-5&date=ge2024-05": 2,
    "code=44261-6,69737-5&date=ge2024-05&_sort=date": 2,
    "code:text=what": 19,
    "code:text=what change": 1,
    "code:text=what&date=lt2024-05": 19,
    "category=survey,therapy": 2,
    "category=survey,therapy&date=ge2024-05": 2,
    "status=amended,corrected": 3,
    "status:not=final&_sort=-date": 3,
    "date=ge2024-05-01": 4,
    "date=lt2024-05-01&_sort=date": 4,
    "_sort=-date": 4,
    "status=final&_sort=-date": 4,
}
"""Searches under several values, and how many there are: codes, words, categories (and none) or
statuses but `final`. Of each so many rows are read as of one alone."""


@pytest.mark.parametrize("later", [0, LATER])
@pytest.mark.parametrize("asked", SIDE_BY_SIDE)
async def test_of_several_values_the_rows_of_a_page_are_read(
    large: str, asked: str, later: int
) -> None:
    plan, _ = await explained(large, asked, later=later)
    led = [scan for scan in scans(plan) if scan.get("Alias") in ("d", "d_1")]
    assert led
    read = sum(kept(scan) + thrown_away(scan) for scan in led)
    assert 51 <= read <= SIDE_BY_SIDE[asked] * (51 + 100), led


@pytest.mark.parametrize("later", [0, LATER])
@pytest.mark.parametrize("asked", IN_ORDER)
async def test_a_late_page_reads_no_more_than_the_first(large: str, asked: str, later: int) -> None:
    """Fifty-one rows of the index, and a hundred that share the moment of the last page's end."""
    plan, _ = await explained(large, asked, later=later)
    led = [scan for scan in scans(plan) if scan.get("Alias") == "d"]
    assert led
    for scan in led:
        assert kept(scan) + thrown_away(scan) <= 51 + 100, scan
