"""Storing resources and searching them, for tests of the search."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from service.clinical.vocabulary import Vocabulary
from service.fhir.access import LOCAL_TENANT, Access
from service.fhir.body import tail
from service.fhir.compartments import patient_of
from service.fhir.resource import Identity, Version
from service.fhir.search.parse import parse
from service.fhir.search.query import Query
from service.store import index
from service.store.database import Database
from service.store.search import Page, search
from service.store.write import ANY, Write, delete, put

ZONE = ZoneInfo("Europe/Vienna")
BASE = "https://clinic.example/fhir"
ACCESS = Access(tenant=LOCAL_TENANT)
NUMBER = 1
"""What the only tenant is called in the tables."""
TERMINOLOGY: tuple[dict[str, Any], ...] = (
    {
        "resourceType": "ValueSet",
        "id": "codes",
        "url": "http://a.example/codes",
        "compose": {
            "include": [
                {"system": "http://loinc.org", "concept": [{"code": "44261-6"}, {"code": "a,b"}]},
                {
                    "system": "http://hl7.org/fhir/observation-status",
                    "concept": [{"code": "final"}],
                },
            ]
        },
    },
    {
        "resourceType": "ValueSet",
        "id": "words",
        "url": "http://a.example/words",
        "version": "1",
        "compose": {
            "include": [
                {"system": "http://loinc.org", "concept": [{"code": "44261-6"}]},
                {"system": "urn:oid:1.2", "concept": [{"code": "survey"}]},
            ]
        },
    },
    {
        "resourceType": "ValueSet",
        "id": "nothing",
        "url": "http://a.example/nothing",
        "compose": {
            "include": [{"system": "urn:oid:1.2", "concept": [{"code": "survey"}]}],
            "exclude": [{"system": "urn:oid:1.2", "concept": [{"code": "survey"}]}],
        },
    },
)


CODES_OF = Vocabulary(TERMINOLOGY).codes_of


def query(asked: str, *, lenient: bool = False) -> Query:
    """Of `Observation?status=final`."""
    kind, _, text = asked.partition("?")
    pairs = parse_qsl(text, keep_blank_values=True)
    return parse(
        kind,
        pairs,
        zone=ZONE,
        base_url=BASE,
        lenient=lenient,
        value_sets=CODES_OF,
    )


async def store(
    database: Database, resources: Iterable[dict[str, Any]], *, access: Access = ACCESS
) -> None:
    writes = [_write(resource) for resource in resources]
    await database.ensure_tenant(access.tenant)
    async with database.begin(access) as tx:
        await put(tx, writes)


async def remove(database: Database, *names: str) -> None:
    """By `Type/id`."""
    async with database.begin(ACCESS) as tx:
        await delete(tx, [identity(name) for name in names])


async def page(
    database: Database, asked: str, cursor: str | None = None, *, access: Access = ACCESS
) -> Page:
    async with database.reading(access) as tx:
        return await search(tx, query(asked), cursor=cursor)


async def ids(database: Database, asked: str, *, access: Access = ACCESS) -> list[str]:
    """Of all matches, page after page."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        answer = await page(database, asked, cursor, access=access)
        found += named(answer.rows)
        if answer.next is None:
            return found
        cursor = answer.next


def named(rows: Iterable[Version]) -> list[str]:
    return [version.identity.id for version in rows]


def identity(name: str) -> Identity:
    kind, _, id_ = name.partition("/")
    return Identity(type=kind, id=id_)


def _write(resource: dict[str, Any]) -> Write:
    return Write(
        identity=Identity(type=resource["resourceType"], id=resource["id"]),
        tail=tail(resource),
        patient=patient_of(resource, BASE),
        index=index.rows(resource, zone=ZONE, base_url=BASE),
        facts=None,
        expected=ANY,
    )
