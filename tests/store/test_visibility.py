"""What a caller may not see is not there: in no match, count, chain, `_has`, include or history."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from service.fhir import exact_json
from service.fhir.access import Access
from service.fhir.resource import PatientKey, Resource
from service.fhir.rights import Rights
from service.fhir.scopes import Verb, scopes
from service.fhir.search.matches import matches
from service.fhir.search.query import MAX_COUNT, Summary
from service.store import store as stored_rows
from service.store.database import Database, Transaction
from service.store.history import Scope, Span, history
from service.store.included import included
from service.store.search import search
from tests.store.generated_links import WORLD, linked_searches, worlds
from tests.store.searched import BASE, ZONE, identity, query, store
from tests.store.test_link_agreement import doubtful
from tests.store.test_search_agreement import exact

CRITERIA = {
    "Encounter": ("status=finished", "status=planned", "subject=Patient/1"),
    "Observation": ("category=survey", "status=final", "status=amended", "date=2026-05-03"),
    "Patient": ("gender=male", "gender=female", "_id=2"),
    "QuestionnaireResponse": ("status=completed", "_id=1"),
}
LABELS = ("V", "R", "N")
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
V = {"security": [{"system": CONFIDENTIALITY, "code": "V"}]}
SEES_V = frozenset({"V"})
AMENDED = "user/Observation.rs?status=amended"


@st.composite
def granted(draw: st.DrawFn) -> Rights:
    """For each type nothing, all, or what meets one or two criteria; of one patient, or anyone."""
    texts = []
    for kind in WORLD:
        for asked in draw(
            st.sampled_from(((), ("",), ("",)))
            | st.lists(st.sampled_from(CRITERIA.get(kind, ("_id=1",))), min_size=1, max_size=2)
        ):
            who = draw(st.sampled_from(("patient", "user", "system", "system")))
            verbs = draw(st.sampled_from(("rs", "rs", "s", "r", "cruds", "cud")))
            texts.append(f"{who}/{kind}.{verbs}{'?' if asked else ''}{quote(asked, safe='=/')}")
    return Rights(
        scopes=scopes(texts),
        patient=PatientKey(draw(st.sampled_from(("1", "2")))),
        labels=draw(st.sampled_from((frozenset({"V"}), frozenset(LABELS), frozenset(LABELS)))),
        zone=ZONE,
        base_url=BASE,
    )


@st.composite
def labelled(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some resources carry a security label."""
    made = draw(worlds())
    for resource in made:
        label = draw(st.sampled_from((None, None, None, None, None, None, *LABELS)))
        if label is not None:
            resource["meta"] = {"security": [{"system": CONFIDENTIALITY, "code": label}]}
    return made


async def held(tx: Transaction) -> list[Resource]:
    return [
        exact_json.loads(version.body or b"")
        for kind in WORLD
        for version in (await search(tx, structs.replace(query(kind), count=MAX_COUNT))).rows
    ]


GENERATED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


@GENERATED
@given(
    made=labelled(), asked=st.lists(linked_searches(), min_size=8, max_size=15), rights=granted()
)
async def test_a_search_is_one_of_the_world_that_the_caller_sees(
    database: Database, made: list[dict[str, Any]], asked: list[str], rights: Rights
) -> None:
    access = Access(tenant=uuid4())
    await store(database, [exact(resource) for resource in made], access=access)
    async with database.reading(access) as tx:
        whole = await held(tx)
    visible = [resource for resource in whole if rights.sees(resource, Verb.SEARCH)]
    async with database.reading(replace(access, rights=rights)) as tx:
        # In whatever order: what the caller sees of a type may be read by another index.
        assert {r["id"]: r for r in await held(tx)} == {r["id"]: r for r in visible}
        for text in asked:
            wanted = structs.replace(query(text), count=MAX_COUNT)
            expected = [r["id"] for r in visible if matches(r, wanted, visible)]
            for few in (1_000, 0):
                found = await search(tx, wanted, few=few)
                counted = await search(tx, structs.replace(wanted, summary=Summary.COUNT), few=few)
                ids = sorted(version.identity.id for version in found.rows)
                assert found.total == counted.total == len(ids), (text, few)
                if doubtful(wanted):
                    assert set(expected) <= set(ids) <= {r["id"] for r in visible}, (text, few)
                else:
                    assert ids == expected, (text, few)


@GENERATED
@given(made=labelled(), rights=granted())
async def test_nothing_else_is_read_included_or_told_by_history(
    database: Database, made: list[dict[str, Any]], rights: Rights
) -> None:
    access = Access(tenant=uuid4())
    await store(database, [exact(resource) for resource in made], access=access)
    async with database.reading(access) as tx:
        whole = await held(tx)
    readable, visible = (
        {f"{r['resourceType']}/{r['id']}" for r in whole if rights.sees(r, verb)}
        for verb in (Verb.READ, Verb.SEARCH)
    )
    names = [f"{r['resourceType']}/{r['id']}" for r in whole]
    async with database.reading(replace(access, rights=rights)) as tx:
        for name in names:
            read = await stored_rows.read(tx, identity(name))
            version = await stored_rows.read_version(tx, identity(name), 1)
            assert (read is not None) == (version is not None) == (name in readable)
        both = [(asker, identity(name)) for name in names for asker in (tx.access, access)]
        each = await stored_rows.read_each(tx, both)
        assert [found is not None for found in each] == [
            asker is access or name in readable for name in names for asker in (tx.access, access)
        ]
        told = await history(
            tx, Scope(types=tuple(WORLD)), Span(), count=len(names), cursor=None, asked=()
        )
        assert {str(c.version.identity) for c in told.changes} == visible
        assert told.total is None
        for kind in WORLD:
            wanted = structs.replace(query(f"{kind}?_include=*&_revinclude=*"), count=MAX_COUNT)
            matched = (await search(tx, wanted)).rows
            more = await included(tx, wanted, matched)
            assert {str(v.identity) for v in more.rows} <= visible


FAMILY: tuple[dict[str, Any], ...] = (
    {"resourceType": "Patient", "id": "open", "gender": "male"},
    {"resourceType": "Patient", "id": "closed", "gender": "male", "meta": V},
    *(
        {
            "resourceType": "Observation",
            "id": f"of-{patient}",
            "status": status,
            "code": {"extension": [{"url": "urn:x", "valueString": "x"}]},
            "subject": {"reference": f"Patient/{patient}"},
        }
        for patient, status in (("open", "amended"), ("closed", "final"))
    ),
)
"""Two patients of whom one is labelled, each with an Observation."""


def granting(*texts: str, labels: frozenset[str] = frozenset()) -> Rights:
    return Rights(scopes=scopes(texts), labels=labels, zone=ZONE, base_url=BASE)


@pytest.mark.parametrize("few", [1_000, 0])
@pytest.mark.parametrize(
    ("asked", "rights", "expected"),
    [
        ("Observation?subject:Patient.gender=male", granting("user/*.rs"), ["of-open"]),
        (
            "Observation?subject:Patient.gender=male",
            granting("user/*.rs", labels=SEES_V),
            ["of-closed", "of-open"],
        ),
        ("Observation?subject:Patient.gender=male", granting("user/Observation.rs"), []),
        (
            "Patient?_has:Observation:patient:status=final",
            granting(
                "user/Patient.rs", "user/Observation.rs?status=amended", labels=frozenset("V")
            ),
            [],
        ),
        (
            "Patient?_has:Observation:patient:code:missing=true",
            granting("user/Patient.rs", AMENDED, labels=SEES_V),
            ["open"],
        ),
        (
            "Patient?_has:Observation:patient:status=amended",
            granting("user/Patient.rs", AMENDED),
            ["open"],
        ),
    ],
)
async def test_a_link_leads_to_nothing_that_is_hidden(
    database: Database, few: int, asked: str, rights: Rights, expected: list[str]
) -> None:
    """Whichever way the link is followed; `few` = 0 leaves it to SQL."""
    access = Access(tenant=uuid4())
    await store(database, FAMILY, access=access)
    async with database.reading(replace(access, rights=rights)) as tx:
        found = await search(tx, query(asked), few=few)
    assert sorted(version.identity.id for version in found.rows) == expected
    assert found.total == len(expected)
