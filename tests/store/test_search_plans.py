"""The searches that every client makes read one index and little beside what they answer."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from service.store.clauses.statement import statement
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from service.store.index import mark
from tests.store.explained import page_explained
from tests.store.searched import ACCESS, NUMBER, query

PATIENTS, EACH = 200, 100
"""20,000 Observations: of every patient one a day, of ten codes and four categories in turn."""

OBSERVATIONS = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, {type_key("Observation")}, 'Observation', 'o' || n, n, 1, now(), '\\x00'
FROM generate_series(0, {PATIENTS * EACH - 1}) n
"""
CODED_VALUES = f"""
INSERT INTO coded_value
    (tenant_id, row_id, ordinal, component, lead, patient, code, code_system, category,
     category_system, status, low, high)
SELECT $1, r.row_id, 0, 0, true, ($2::bigint[])[1 + n % {PATIENTS}],
    ($3::bigint[])[1 + n / {PATIENTS} % 10], $4, ($5::bigint[])[1 + n / {PATIENTS} % 4], $4,
    CASE WHEN n % 97 = 0 THEN $7::bigint ELSE $6 END,
    '2026-01-01T00:00Z'::timestamptz + n / {PATIENTS} * interval '1 day',
    '2026-01-01T00:00:01Z'::timestamptz + n / {PATIENTS} * interval '1 day'
FROM resource r, LATERAL (SELECT substr(r.id, 2)::int AS n) numbered
"""

US_CORE = (
    "Observation?patient=7&category=c1",
    "Observation?patient=7&category=c1&date=2026-02",
    "Observation?patient=7&category=c1&date=ge2026-02-01",
    "Observation?patient=7&code=k3",
    "Observation?patient=7&code=s|k3",
    "Observation?patient=7&category=c1&status=final",
    "Observation?patient=7&code=k3&date=2026-02",
    "Observation?patient=7&code=k3&date=ge2026-02-01&date=lt2026-04-01",
    "Observation?patient=7&code=k3&_sort=-date&_count=5",
    "Observation?patient=7&category=c1&_sort=-date&_count=5",
)

RARE = """
UPDATE coded_value SET value_low = said.number, value_high = said.number
FROM coded_value d, LATERAL (
    SELECT CASE WHEN d.row_id % (CASE d.code WHEN $1 THEN 499 ELSE 5 END) = 0 THEN 50 ELSE 1 END
) said (number) WHERE coded_value.row_id = d.row_id
"""
PERFORMED = """
INSERT INTO term (tenant_id, mark, key, row_id) SELECT $1, $2, $3, row_id FROM resource
"""


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    """Inserted as they would stand, with the planner's statistics fresh."""
    patients = [hash64(f"Patient/{number}") for number in range(PATIENTS)]
    codes = [hash64(f"k{number}") for number in range(10)]
    categories = [hash64(f"c{number}") for number in range(4)]
    async with database.begin(ACCESS) as tx:
        await tx.connection.execute(OBSERVATIONS, NUMBER)
        await tx.connection.execute(
            CODED_VALUES,
            NUMBER,
            patients,
            codes,
            hash64("s"),
            categories,
            hash64("final"),
            hash64("amended"),
        )
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, coded_value")
    await maintenance.close()
    return database


async def plan(database: Database, asked: str) -> dict[str, Any]:
    """What PostgreSQL did for a first page, measured."""
    wanted = query(asked)
    async with database.reading(ACCESS) as tx:
        return await page_explained(tx, statement(wanted, tx.number), wanted.count + 1)


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


async def test_a_us_core_search_is_one_scan_of_a_patient_index(filled: Database) -> None:
    for asked in US_CORE:
        found = await plan(filled, asked)
        scans = [node for node in nodes(found) if "Scan" in node["Node Type"]]
        assert not [scan for scan in scans if scan["Node Type"] == "Seq Scan"], asked
        (scan,) = [s for s in scans if s.get("Relation Name") == "coded_value"]
        assert scan["Node Type"] in ("Index Scan", "Index Only Scan"), asked
        assert scan["Index Name"] == "coded_value_patient", asked
        assert scan["Actual Rows"] > 0, asked
        assert scan.get("Rows Removed by Filter", 0) <= scan["Actual Rows"], asked


async def test_the_newest_of_a_code_are_read_from_the_index_without_sorting(
    filled: Database,
) -> None:
    """Ten of the code there are, and six are read: five asked for and one to know of more."""
    found = await plan(filled, "Observation?patient=7&code=k3&_sort=-date&_count=5")
    (scan,) = [n for n in nodes(found) if n.get("Relation Name") == "coded_value"]
    assert scan["Actual Rows"] == 6


async def test_a_value_that_is_rare_of_its_code_is_not_looked_for_through_all_of_the_code(
    filled: Database, cluster: Cluster
) -> None:
    """A fifth of all other codes has it, so that the planner takes it for frequent; of this one
    there are 2,000, and every 499th row has it. The newest thousand and twice the page are looked
    at first."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute(RARE, hash64("k3"))
    await maintenance.execute("VACUUM ANALYZE coded_value")
    await maintenance.close()
    for asked in ("code=k3&value-quantity=gt40", "code-value-quantity=k3$gt40"):
        found = await plan(filled, f"Observation?{asked}&_count=20&_total=none")
        scans = [n for n in nodes(found) if n.get("Relation Name") == "coded_value"]
        read = sum((n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) for n in scans)
        assert 1_000 < read <= 1_000 + 2 * 21 + 5, (asked, scans)
    found = await plan(filled, "Observation?code=k4&value-quantity=gt40&_count=20&_total=none")
    (scan,) = [
        n for n in nodes(found) if n.get("Relation Name") == "coded_value" and n["Actual Loops"]
    ]
    assert 21 <= scan["Actual Rows"] <= 200


async def test_what_names_nearly_all_is_asked_of_one_patients_rows_one_by_one(
    filled: Database, cluster: Cluster
) -> None:
    """One therapist performed all 20,000; of the patient there are a hundred."""
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    performer = mark("Observation", "performer"), hash64("Practitioner/1")
    await maintenance.execute(PERFORMED, NUMBER, *performer)
    await maintenance.execute("VACUUM ANALYZE term")
    await maintenance.close()
    found = await plan(filled, "Observation?performer=Practitioner/1&patient=7&_count=200")
    assert found["Actual Rows"] == 100
    scans = [node for node in nodes(found) if node.get("Relation Name") == "term"]
    assert sum(scan["Actual Rows"] * scan["Actual Loops"] for scan in scans) == 100


@pytest.mark.parametrize(
    ("asked", "narrow"),
    [
        ("Observation?patient=7", True),
        ("Observation?encounter=Encounter/7&code=k3", True),
        ("Observation?patient:identifier=urn:x|1", True),
        ("Patient?identifier=urn:x|1", True),
        ("QuestionnaireResponse?patient=7&questionnaire=http://a.example/q", True),
        ("Observation?_id=1", True),
        ("Observation?patient=7,8", False),
        ("Observation?performer=Practitioner/1", False),
        ("Observation?performer:identifier=urn:x|1", False),
        ("Patient?identifier=urn:x|", False),
        ("QuestionnaireResponse?questionnaire=http://a.example/q", False),
        ("Observation?patient.name=x&encounter=Encounter/7", False),
        ("Observation?code=k3", False),
    ],
)
def test_only_what_is_of_one_record_is_planned_for_all_values_at_once(
    asked: str, narrow: bool
) -> None:
    assert statement(query(asked), NUMBER).narrow is narrow
