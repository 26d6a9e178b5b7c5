"""Searches along references read indexes, a few rows for each row they begin with.

http://hl7.org/fhir/R4/search.html#chaining; both where few resources are on the other end, and
where many are.
"""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from service.fhir.search.parameters import TABLE
from service.fhir.search.query import Clause, Coded, Naming, Query
from service.store.clauses.statement import statement
from service.store.cluster import Cluster
from service.store.database import Database
from service.store.hashing import hash64, type_key
from service.store.index import code_key, mark
from service.store.saying import MOST_ROWS, NAMING
from tests.store.explained import by_key, page_explained
from tests.store.searched import ACCESS, NUMBER, query

PATIENTS, VISITS, EACH = 2_000, 5, 5
"""2,000 Patients with 5 Encounters each, and 5 Observations in each Encounter: 50,000."""

RESOURCES = f"""
INSERT INTO resource (tenant_id, type_key, type, id, self, version, last_updated, body)
SELECT $1, type_key, kind, n::text, coalesce(($2::bigint[])[place + n], n * 16 + place), 1, now(),
    '\\x00'
FROM (VALUES
    ('Patient', {type_key("Patient")}, 1, {PATIENTS}),
    ('Encounter', {type_key("Encounter")}, {PATIENTS + 1}, {PATIENTS * VISITS}),
    ('Observation', {type_key("Observation")}, {PATIENTS + 2}, {PATIENTS * VISITS * EACH})
) AS made (kind, type_key, place, many), generate_series(0, many - 1) n
"""
"""`self` is the hash for Patients; for the others another number for each will do."""
CODED_VALUES = f"""
INSERT INTO coded_value
    (tenant_id, row_id, ordinal, component, lead, patient, encounter, code, code_system, status,
     low, high)
SELECT $1, r.row_id, 0, 0, true, ($2::bigint[])[1 + r.id::int % {PATIENTS}],
    r.id::int % {PATIENTS * VISITS} * 16 + {PATIENTS + 1},
    ($3::bigint[])[1 + (r.id::int / 2 + r.id::int / {PATIENTS * VISITS}) % 10], $4, $5,
    '2026-01-01T00:00Z', '2026-01-02T00:00Z'
FROM resource r WHERE r.type = 'Observation'
"""
TERMS = f"""
INSERT INTO term (tenant_id, row_id, key, mark, system)
SELECT $1::int, row_id, ($2::bigint[])[1 + id::int % {PATIENTS}], $3::int, null::bigint
FROM resource WHERE type = 'Encounter'
UNION ALL
SELECT $1, row_id, CASE WHEN id::int % 100 = 0 THEN $4::bigint ELSE $5::bigint END, $6::int,
    $7::bigint
FROM resource WHERE type = 'Encounter'
UNION ALL
SELECT $1, row_id, ($8::bigint[])[1 + id::int % 2], $9::int, $7
FROM resource WHERE type = 'Patient'
"""
PHRASES = """
INSERT INTO phrase (tenant_id, row_id, key, exact, folded)
SELECT $1, r.row_id, $2, 'name' || r.id, 'name' || r.id FROM resource r WHERE r.type = 'Patient'
"""
PEOPLE = [hash64(f"Patient/{number}") for number in range(PATIENTS)]
BY_INDEX = ("Index Scan", "Index Only Scan", "Bitmap Heap Scan")
TABLES = ("resource", "coded_value", "term", "phrase")


@pytest.fixture
async def filled(database: Database, cluster: Cluster) -> Database:
    """Inserted as they would stand, with the planner's statistics fresh."""
    codes = [hash64(f"k{number}") for number in range(10)]
    status = [code_key(text) for text in ("planned", "finished")]
    genders = [code_key(text) for text in ("male", "female")]
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    run = maintenance.execute
    await run(RESOURCES, NUMBER, PEOPLE)
    await run(CODED_VALUES, NUMBER, PEOPLE, codes, hash64("s"), hash64("final"))
    await run(
        TERMS,
        NUMBER,
        PEOPLE,
        mark("Encounter", "patient"),
        *status,
        mark("Encounter", "status"),
        hash64(""),
        genders,
        mark("Patient", "gender"),
    )
    await run(PHRASES, NUMBER, hash64("Patient", "name"))
    await run(f"VACUUM ANALYZE {', '.join(TABLES)}")
    await maintenance.close()
    return database


async def first_page(database: Database, wanted: Query) -> dict[str, Any]:
    async with database.reading(ACCESS) as tx:
        return await page_explained(tx, statement(wanted, tx.number), wanted.count + 1)


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


def scans(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Those that were run, of the tables that grow."""
    return [
        node
        for node in nodes(plan)
        if node.get("Relation Name") in TABLES and node["Actual Loops"] > 0
    ]


def read(scan: dict[str, Any]) -> float:
    """How many rows it took from its table, over all its runs."""
    rows = scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0)
    return float(rows * scan["Actual Loops"])


MANY = [
    ("Observation?patient.gender=female", 600),
    ("Observation?patient.name=name", 600),
    ("Observation?encounter:Encounter.status=finished", 600),
    ("Observation?code=k3&encounter:Encounter.status=finished", 600),
    ("Observation?code=k3&patient.gender=female", 600),
    ("Observation?encounter:Encounter.patient.gender=female", 900),
    ("Observation?patient=7&encounter:Encounter.status=finished", 200),
    ("Patient?_has:Observation:patient:code=k3", 600),
    ("Patient?gender=female&_has:Observation:patient:code=k3", 600),
    ("Encounter?_has:Observation:encounter:code=k3", 1_500),
    ("Patient?_has:Encounter:patient:_has:Observation:encounter:code=k3", 5_000),
    ("Patient?_id=7&_has:Observation:patient:status=final", 10),
]
"""Searches, and how many rows their links may be followed through for a page of 50."""


async def test_a_page_along_links_to_many_reads_a_few_rows_for_each_of_its_own(
    filled: Database,
) -> None:
    for asked, most in MANY:
        found = read_by_index(await first_page(filled, query(asked)), asked)
        assert found <= most, (asked, found)


async def test_a_page_of_what_is_linked_with_few_is_read_from_the_index_of_those(
    filled: Database,
) -> None:
    """A thousand references, or ids, stand in the place of the link; of a code, newest first."""
    people = [str(number) for number in range(0, PATIENTS, 2)]
    references = tuple(f"Patient/{id_}" for id_ in people)
    subject = Clause(
        parameter=TABLE["Observation"]["patient"], values=(Naming(references=references),)
    )
    ids = Clause(
        parameter=TABLE["Patient"]["_id"],
        values=tuple(Coded(system=None, code=id_) for id_ in people),
    )
    for asked, clause, most in (
        ("Observation", subject, 25_200),
        ("Observation?code=k3&_sort=-date", subject, 2_700),
        ("Patient", ids, 2_200),
    ):
        wanted = query(asked)
        plan = await first_page(filled, replace(wanted, clauses=(*wanted.clauses, clause)))
        found = read_by_index(plan, asked)
        assert found <= most, (asked, found)


async def test_what_names_the_rows_of_a_page_is_read_by_their_names(filled: Database) -> None:
    """50 Patients: 5 Encounters and 25 Observations of each, in two indexes."""
    people = PEOPLE[:50]
    async with filled.reading(ACCESS) as tx:
        given = (
            NUMBER,
            [mark("Encounter", "patient")] * len(people),
            people,
            people,
            [type_key("Encounter"), type_key("Observation")],
            MOST_ROWS,
            1_001,
            [],
        )
        plan = await by_key(tx, NAMING, given)
    assert plan["Actual Rows"] == 1_001
    assert read_by_index(plan, "_revinclude") <= 50 * 5 + 50 * 25 + 1_001


def read_by_index(plan: dict[str, Any], asked: str) -> float:
    """How many rows were taken from the tables that grow: by index only, and no filter throws away
    more than it keeps, but that which asks for the link itself and those on what is of one
    Encounter."""
    assert plan["Actual Rows"] > 0, asked
    found = scans(plan)
    for scan in found:
        assert scan["Node Type"] in BY_INDEX, asked
        if "EXISTS" not in scan.get("Filter", ""):
            most = EACH if scan.get("Index Name") == "coded_value_encounter" else 1
            assert scan.get("Rows Removed by Filter", 0) <= scan["Actual Rows"] + most, asked
    return sum(map(read, found))
