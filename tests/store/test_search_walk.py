"""All of a type in the order of a value, of which a resource may have several or none."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.fhir.access import Access
from service.fhir.rights import Rights
from service.fhir.scopes import scopes
from service.store.clauses.statement import After, statement
from service.store.cluster import Cluster
from service.store.database import Database
from tests.store.explained import page_explained
from tests.store.searched import ACCESS, BASE, NUMBER, ZONE, ids, query, store

BIRTHS = ("1990", "1990-05-03", "1985-01-01", None)
V = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "V"}
SEES_ALL_BUT_V = Rights(scopes=scopes(["system/Patient.rs"]), zone=ZONE, base_url=BASE)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    made=st.lists(
        st.tuples(
            st.lists(st.sampled_from(("Ádám", "adam", "Berg", "zeta", "x" * 250)), max_size=3),
            st.sampled_from(BIRTHS),
            st.booleans(),
        ),
        min_size=1,
        max_size=9,
    ),
    size=st.integers(1, 4),
)
async def test_all_of_a_type_come_in_the_order_of_their_least_or_greatest_value(
    database: Database, made: list[tuple[list[str], str | None, bool]], size: int
) -> None:
    """Families as they are folded; births by the beginning of the day or the year."""
    own, other = Access(tenant=uuid4()), Access(tenant=uuid4())
    people = [
        {
            "resourceType": "Patient",
            "id": str(number),
            "name": [{"family": family} for family in families],
            **({} if birth is None else {"birthDate": birth}),
            **({"meta": {"security": [V]}} if hidden else {}),
        }
        for number, (families, birth, hidden) in enumerate(made)
    ]
    await store(database, people, access=own)
    await store(database, people[:2], access=other)
    begins = {"1990": "1990-01-01"}
    for seen in (own, replace(own, rights=SEES_ALL_BUT_V)):
        there = [
            (str(n), [f.casefold().replace("á", "a") for f in families], begins.get(birth, birth))
            for n, (families, birth, hidden) in enumerate(made)
            if not (hidden and seen.rights)
        ]
        for sort, order in (
            ("family", sorted(there, key=lambda p: (not p[1], min(p[1], default="")))),
            ("-family", sorted(_greatest_first(there), key=lambda p: not p[1])),
            ("birthdate", sorted(there, key=lambda p: (p[2] is None, p[2] or ""))),
        ):
            asked = f"Patient?_sort={sort}&_count={size}"
            assert await ids(database, asked, access=seen) == [id_ for id_, *_ in order], sort


def _greatest_first(
    there: list[tuple[str, list[str], str | None]],
) -> list[tuple[str, list[str], str | None]]:
    """Equal ones stay in the order of creation."""
    return sorted(there, key=lambda person: max(person[1], default=""), reverse=True)


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize("sort", ["family", "-family", "birthdate", "-birthdate"])
async def test_a_page_reads_its_own_rows_along_the_index(
    database: Database, cluster: Cluster, sort: str
) -> None:
    """Of 500 people, and of as many of another type: the first page, and one from its middle on."""
    people = [
        {
            "resourceType": "Patient",
            "id": str(number),
            "name": [{"family": f"f{number % 250:03}"}],
            "birthDate": f"{1900 + number % 125}-01-01",
        }
        for number in range(500)
    ]
    await store(database, people)
    await store(database, [{**one, "resourceType": "Practitioner"} for one in people])
    maintenance = await asyncpg.connect(cluster.maintenance_dsn)
    await maintenance.execute("VACUUM ANALYZE resource, phrase, moment")
    await maintenance.close()
    asked = statement(query(f"Patient?_sort={sort}"), NUMBER)
    after = None
    for _ in range(2):
        async with database.reading(ACCESS) as tx:
            sql, arguments = asked.page(21, after)
            rows = await tx.connection.fetch(sql, *arguments)
            plan = await page_explained(tx, asked, 21, after)
        assert len(rows) == 21
        after = After(
            places=asked.places(rows[10]), row_id=rows[10]["row_id"], highest=rows[10]["highest"]
        )
        (walk,) = [n for n in nodes(plan) if n.get("Alias") == "m"]
        # Those read together with equal ones are put in the order of creation: 32 at the least.
        assert walk["Actual Rows"] <= 21 + 32, (sort, walk)
