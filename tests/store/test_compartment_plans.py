"""A compartment is read by the indexes that lead to it, however much there is outside."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import asyncpg
import pytest

from service.fhir.resource import Identity
from service.fhir.search.within import within
from service.store.body import pack
from service.store.clauses.statement import statement
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.everything import NAMED
from service.store.hashing import hash64, type_key
from service.store.index import mark
from service.store.search import rows_of
from tests.store.explained import by_key, page_explained
from tests.store.searched import ACCESS, NUMBER, query

PATIENTS, EACH = 600, 100
"""60,000 Observations, each of a patient and by one of as many practitioners; one in ten of every
patient is performed by the patient, too."""

OBSERVATIONS = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, {type_key("Observation")}, 'Observation', 'o' || n, n, 1, now(), $2::bytea
FROM generate_series(0, {PATIENTS * EACH - 1}) n
"""
SUBJECTS = f"""
INSERT INTO coded_value
    (tenant_id, row_id, ordinal, component, lead, patient, code, code_system, status, low, high)
SELECT $1, r.row_id, 0, 0, true, ($2::bigint[])[1 + n % {PATIENTS}], $3, $3,
    CASE WHEN n % 97 = 0 THEN $5::bigint ELSE $4 END, now(), now()
FROM resource r, LATERAL (SELECT substr(r.id, 2)::int AS n) numbered
"""
PERFORMERS = f"""
INSERT INTO term (tenant_id, row_id, key, mark)
SELECT $1, r.row_id, ($2::bigint[])[1 + n % {PATIENTS}], $3
FROM resource r, LATERAL (SELECT substr(r.id, 2)::int AS n) numbered
WHERE n / {PATIENTS} % $4 = 0
"""
LINKS = {"coded_value_patient", "term_key"}


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    def hashes(kind: str) -> list[int]:
        return [hash64(f"{kind}/{number}") for number in range(PATIENTS)]

    performer = mark("Observation", "performer")
    async with database.begin(ACCESS) as tx:
        await tx.connection.execute(OBSERVATIONS, NUMBER, pack(b"}}"))
        await tx.connection.execute(
            SUBJECTS, NUMBER, hashes("Patient"), *map(hash64, ["k", "final", "amended"])
        )
        for kind, one_in in (("Practitioner", 1), ("Patient", 10)):
            await tx.connection.execute(PERFORMERS, NUMBER, hashes(kind), performer, one_in)
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, coded_value, term")
    await maintenance.close()
    return database


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


async def scans(database: Database, owner: str, asked: str) -> list[dict[str, Any]]:
    kind, _, id_ = owner.partition("/")
    wanted = within(query(asked), Identity(type=kind, id=id_))
    async with database.reading(ACCESS) as tx:
        plan = await page_explained(tx, statement(wanted, tx.number), wanted.count + 1)
    return [n for n in nodes(plan) if "Relation Name" in n]


ASKED = (
    "Observation",
    "Observation?status=final",
    "Observation?code=k&status=final",
    "Observation?_sort=-_lastUpdated&_count=5",
    "Observation?_sort=-date&_count=5",
)


async def test_what_a_record_names_is_found_by_indexes(filled: Database) -> None:
    async with filled.reading(ACCESS) as tx:
        own = await rows_of(tx, [within(query("Observation"), Identity(type="Patient", id="7"))])
        assert len(own) == 100
        urls = [type_key("Questionnaire")], [mark("Questionnaire", "url")]
        plan = await by_key(tx, NAMED, [tx.number, own, *urls, 0, None, None, 51])
    found = [n for n in nodes(plan) if "Relation Name" in n]
    assert not [scan for scan in found if scan["Node Type"] == "Seq Scan"]
    assert all(scan["Actual Rows"] * scan["Actual Loops"] <= 200 for scan in found)


async def test_a_compartment_is_read_by_the_indexes_of_its_links(filled: Database) -> None:
    for owner, asked in product(("Patient/7", "Practitioner/7"), ASKED):
        found = await scans(filled, owner, asked)
        assert not [scan for scan in found if scan["Node Type"] == "Seq Scan"], (owner, asked)
        links = [s for s in found if s.get("Index Name") in LINKS and s["Actual Loops"] == 1]
        # A hundred of the patient's own, ten of them linked twice.
        assert 0 < sum(scan["Actual Rows"] for scan in links) <= 110, (owner, asked)
        assert all(scan.get("Rows Removed by Filter", 0) <= 10 for scan in found), (owner, asked)
