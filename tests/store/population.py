"""200,000 Observations of 1,000 patients, as the service would have indexed them, filled in bulk.

A few hundred Observations are made and indexed by the service's own code; the database then repeats
their rows, each time for another patient, session and day.
"""

from random import Random
from typing import Any

import asyncpg

from service.fhir.access import LOCAL_TENANT
from service.store.hashing import hash64, type_key
from service.store.index import COLUMNS, IndexRows, rows
from service.store.statements import insert_shared
from tests.store.searched import BASE, NUMBER, ZONE

PATIENTS, EACH = 1_000, 200
SHARE = 3
"""Observations of one session."""
SAMPLES = 512
FIRST_DAY = "2022-01-01"
LOINC = "http://loinc.org"
OURS = "http://clinic.example/CodeSystem/ours"
SCORES = ("44261-6", "69737-5", "70274-6", "89204-2", "89206-7", "s-srs", "s-ors", "s-aaq")
FINDINGS = ("change", "level", "pace", "strain")
LEVELS = ("worse", "better", "unchanged", "unknown")
VITALS = ("8867-4", "8310-5", "9279-1", "59408-5")
KINDS = (*("score",) * 60, *("finding",) * 12, *("episode",) * 12, *("vital",) * 12, *("note",) * 4)
STATUSES = ("final",) * 96 + ("amended",) * 2 + ("corrected", "entered-in-error")

Json = dict[str, Any]


def concept(code: str, system: str = OURS) -> Json:
    return {"coding": [{"system": system, "code": code, "display": f"What {code} means"}]}


def amount(value: int, unit: str = "{score}") -> Json:
    return {"value": value, "system": "http://unitsofmeasure.org", "code": unit, "unit": unit}


def component(code: str, **value: Json) -> Json:
    return {"code": concept(code), **value}


def observation(random: Random) -> Json:
    """One of the kinds that a clinic has."""
    kind = random.choice(KINDS)
    made = {
        "resourceType": "Observation",
        "id": "1",
        "status": random.choice(STATUSES),
        "subject": {"reference": "Patient/0"},
        "encounter": {"reference": "Encounter/0"},
        "effectiveDateTime": "2022-01-01T00:00:00Z",
    }
    return made | CONTENTS[kind](random)


def _score(random: Random) -> Json:
    return {
        "category": [concept("survey")],
        "code": concept(random.choice(SCORES), LOINC),
        "valueQuantity": amount(random.randrange(28)),
        "derivedFrom": [{"reference": "QuestionnaireResponse/0"}],
    }


def _finding(random: Random) -> Json:
    numbers = [
        component(f"number-{place}", valueQuantity=amount(random.randrange(100)))
        for place in range(4)
    ]
    return {
        "category": [concept("survey")],
        "code": concept(random.choice(FINDINGS)),
        "method": concept("rule-1"),
        "device": {"reference": "Device/engine"},
        "derivedFrom": [{"reference": "QuestionnaireResponse/0"}],
        "valueCodeableConcept": concept(random.choice(LEVELS)),
        "component": [
            *numbers,
            component("direction", valueCodeableConcept=concept(random.choice(LEVELS))),
        ],
    }


def _episode(random: Random) -> Json:
    return {
        "category": [concept("therapy")],
        "code": concept("episode"),
        "performer": [{"reference": "Practitioner/1"}],
        "component": [
            component("kind", valueCodeableConcept=concept(f"kind-{random.randrange(6)}")),
            component("strength", valueQuantity=amount(random.randrange(11))),
        ],
    }


def _vital(random: Random) -> Json:
    return {
        "category": [concept("vital-signs")],
        "code": concept(random.choice(VITALS), LOINC),
        "valueQuantity": amount(random.randrange(40, 180), "/min"),
    }


def _note(random: Random) -> Json:
    if random.randrange(2):
        day = f"2026-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}"
        return {"code": concept("due"), "valueDateTime": day}
    words = random.choice(("better", "worse", "as ever", "calm"))
    return {"code": concept("words"), "valueString": words}


CONTENTS = {
    "score": _score,
    "finding": _finding,
    "episode": _episode,
    "vital": _vital,
    "note": _note,
}

NUMBERED = f"""
CREATE TEMP TABLE numbered AS
SELECT n, n + 1 AS row_id, n % {PATIENTS} AS patient,
    (hashint8extended(n, 1) & {SAMPLES - 1})::int AS sample,
    '{FIRST_DAY}T08:00Z'::timestamptz + n / {PATIENTS} * interval '7 days'
        + n % 600 * interval '1 minute' AS low
FROM generate_series(0, {PATIENTS * EACH - 1}) n
"""
RESOURCES = f"""
INSERT INTO resource
    (tenant_id, row_id, type_key, type, id, self, version, last_updated, patient, body)
OVERRIDING SYSTEM VALUE
SELECT $1, row_id, {type_key("Observation")}, 'Observation', 'o' || n, hashint8extended(n, 7), 1,
    low + interval '1 hour', 'p' || patient, convert_to(repeat('x', 350), 'UTF8')
FROM numbered ORDER BY n
"""


SECONDARY = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = 'public'::regnamespace AND NOT indisprimary
AND relname <> 'alembic_version'
AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""
"""Made anew behind the rows: that takes less time than keeping them all along."""


async def fill(dsn: str) -> None:
    """Into an empty database, with the planner's statistics fresh; `dsn` is of a superuser."""
    random = Random(7)  # noqa: S311  (not a secret)
    samples = [rows(observation(random), zone=ZONE, base_url=BASE) for _ in range(SAMPLES)]
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO tenant (uuid, page_key) VALUES ($1, $2)", LOCAL_TENANT, bytes(32)
        )
        indexes = await connection.fetch(SECONDARY)
        for name, _ in indexes:
            await connection.execute(f"DROP INDEX {name}")
        await connection.execute(NUMBERED)
        await connection.execute(RESOURCES, NUMBER)
        await connection.execute(PEOPLE, NUMBER, _hashes("Patient", PATIENTS))
        for table in COLUMNS:
            await _repeat(connection, table, samples)
        wording = sorted({row for of in samples for row in of.wording})
        await connection.execute(insert_shared(), NUMBER, *map(list, zip(*wording, strict=True)))
        for _, definition in indexes:
            await connection.execute(definition)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


PEOPLE = f"""
INSERT INTO resource (tenant_id, row_id, type_key, type, id, self, version, last_updated, body)
OVERRIDING SYSTEM VALUE
SELECT $1, {PATIENTS * EACH + 1} + n, {type_key("Patient")}, 'Patient', n::text,
    ($2::bigint[])[n + 1], 1, '{FIRST_DAY}', '\\x00'
FROM generate_series(0, {PATIENTS - 1}) n
"""


def _hashes(kind: str, count: int) -> list[int]:
    return [hash64(f"{kind}/{number}") for number in range(count)]


async def _repeat(connection: asyncpg.Connection, table: str, samples: list[IndexRows]) -> None:
    """The rows of the samples for every Observation, with its own patient, day and references."""
    found = [(place, *row) for place, of in enumerate(samples) for row in getattr(of, table)]
    if not found:
        return
    names = [name for name, _ in COLUMNS[table]]
    kinds = ", ".join(f"{name} {kind}" for name, kind in COLUMNS[table])
    await connection.execute(f"CREATE TEMP TABLE sample_{table} (sample int, {kinds})")
    await connection.copy_records_to_table(f"sample_{table}", records=found)
    selected = ", ".join(_own(table, name) for name in names)
    await connection.execute(
        f"INSERT INTO {table} (tenant_id, row_id, {', '.join(names)})"
        f" SELECT $1, o.row_id, {selected} FROM numbered o JOIN sample_{table} s USING (sample)"
        " ORDER BY o.row_id",
        NUMBER,
        *_named(table),
    )


def _named(table: str) -> list[list[int]]:
    """What `_own` takes from an array."""
    if table == "coded_value":
        return [_hashes("Patient", PATIENTS), _hashes("Encounter", PATIENTS * EACH // SHARE + 1)]
    return []


def _own(table: str, column: str) -> str:
    """What differs from the sample's: of references, those that no two sessions share."""
    match table, column:
        case "coded_value", "patient":
            return "($2::bigint[])[o.patient + 1]"
        case "coded_value", "encounter":
            return f"CASE WHEN s.encounter IS NOT NULL THEN ($3::bigint[])[o.n / {SHARE} + 1] END"
        case "coded_value", "low":
            return "o.low"
        case "coded_value", "high":
            return "o.low + interval '1 second'"
        case "term", "key":
            form = hash64("QuestionnaireResponse/0")
            return f"CASE s.key WHEN {form} THEN hashint8extended(o.n, 3) ELSE s.key END"
    return f"s.{column}"
