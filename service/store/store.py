"""Reading what is remembered: current versions, earlier ones, whole compartments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.fhir import body
from service.fhir.access import Access
from service.fhir.resource import Identity, PatientKey, Version
from service.fhir.scopes import Verb
from service.store import audit_reading
from service.store.body import unpack
from service.store.database import Transaction
from service.store.hashing import hash64, type_key
from service.store.statements import WANTED
from service.store.statements import identities as named
from service.store.visibility import seen, shows

READ = """
SELECT type, id, version, last_updated, derived, patient, body FROM resource
WHERE tenant_id = $1 AND self = $2 AND type = $3 AND id = $4
"""
READ_MANY = f"""
SELECT r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body
FROM {WANTED} JOIN resource r
ON r.tenant_id = $1 AND r.self = wanted.self AND r.type = wanted.type AND r.id = wanted.id
"""
HISTORY = """
SELECT v.type, v.id, v.version, v.last_updated, r.derived, r.patient, v.body
FROM (
    SELECT type, id, version, last_updated, body FROM resource
    WHERE tenant_id = $1 AND self = $2 AND type = $3 AND id = $4
    UNION ALL
    SELECT type, id, version, last_updated, body FROM history
    WHERE tenant_id = $1 AND type = $3 AND id = $4
) v
JOIN resource r ON r.tenant_id = $1 AND r.self = $2 AND r.type = $3 AND r.id = $4
"""
READ_VERSION = f"{HISTORY} WHERE v.version = $5"
READ_VERSIONS = f"""{HISTORY}
WHERE v.version < $5 ORDER BY v.version DESC LIMIT $6
"""
COMPARTMENT = """
SELECT type, id, version, last_updated, derived, patient, body FROM resource
WHERE tenant_id = $1 AND patient = $2 AND type_key = ANY ($3::int[]) AND body IS NOT NULL
ORDER BY type_key, row_id
"""
DERIVED = """
SELECT type, id, version, last_updated, body FROM resource
WHERE tenant_id = $1 AND patient = $2 AND derived AND body IS NOT NULL
"""
LOCK_COMPARTMENT = """
SELECT id FROM resource
WHERE tenant_id = $1 AND patient = $2 AND NOT derived
ORDER BY type, id FOR UPDATE
"""
MARKED = f"""
SELECT r.type, r.id
FROM {WANTED} JOIN resource r
ON r.tenant_id = $1 AND r.self = wanted.self AND r.type = wanted.type AND r.id = wanted.id
"""
EXISTING = f"{MARKED} WHERE r.body IS NOT NULL"
BEYOND = 2**31 - 1
"""No version has such a number."""
HOLDS = """
SELECT EXISTS (SELECT FROM resource WHERE tenant_id = $1 AND type_key = $2 AND body IS NOT NULL)
"""

NOBODYS = """
SELECT type, id FROM resource
WHERE tenant_id = $1 AND type_key = ANY ($2::int[])
    AND derived AND patient IS NULL AND body IS NOT NULL
"""


async def read(tx: Transaction, identity: Identity, verb: Verb = Verb.READ) -> Version | None:
    """The current version, that of a delete included; None where there never was one, and where the
    caller may not do `verb` with it or, of a deleted one, with what it was."""
    if identity.type == audit_reading.AUDIT_EVENT:
        return await audit_reading.read(tx, identity)
    row = await tx.connection.fetchrow(READ, tx.number, *_named(identity))
    return None if row is None else await _allowed(tx, version(row), verb)


async def read_many(
    tx: Transaction, identities: Sequence[Identity], verb: Verb = Verb.READ
) -> tuple[Version, ...]:
    """The same for several, in no particular order."""
    found = [version(row) for row in await _marked(tx, READ_MANY, identities)]
    allowed = [await _allowed(tx, each, verb) for each in found]
    return tuple(each for each in allowed if each is not None)


async def read_each(
    tx: Transaction, wanted: Sequence[tuple[Access, Identity]]
) -> tuple[Version | None, ...]:
    """What each caller, all of the transaction's tenant, sees at an identity, as `read` gives it;
    not for AuditEvents."""
    rows = await _marked(tx, READ_MANY, tuple(dict.fromkeys(identity for _, identity in wanted)))
    found = {each.identity: each for each in map(version, rows)}
    return tuple(
        [
            await _allowed(replace(tx, access=access), found[identity], Verb.READ)
            if identity in found
            else None
            for access, identity in wanted
        ]
    )


async def read_version(tx: Transaction, identity: Identity, number: int) -> Version | None:
    """One version; None as `read` gives it."""
    row = await tx.connection.fetchrow(READ_VERSION, tx.number, *_named(identity), number)
    return None if row is None else await _allowed(tx, version(row), Verb.READ)


async def _allowed(tx: Transaction, found: Version, verb: Verb) -> Version | None:
    """A deletion shows to whom the version before it showed."""
    if tx.access.rights is None:
        return found
    if found.body is not None:
        return found if shows(tx.access, found, verb) else None
    before = await versions(tx, found.identity, count=1, before=found.number)
    return found if before and shows(tx.access, before[0], verb) else None


async def versions(
    tx: Transaction, identity: Identity, *, count: int, before: int = BEYOND
) -> tuple[Version, ...]:
    """Up to `count` versions, newest first, below number `before`."""
    rows = await tx.connection.fetch(READ_VERSIONS, tx.number, *_named(identity), before, count)
    return tuple(version(row) for row in rows)


async def compartment(
    tx: Transaction, patient: PatientKey, types: Collection[str]
) -> tuple[Version, ...]:
    """What stands of one patient's resources of these types, in the order of their creation."""
    rows = await tx.connection.fetch(COMPARTMENT, tx.number, patient, list(map(type_key, types)))
    return tuple(version(row) for row in rows)


async def derived(tx: Transaction, patient: PatientKey, verb: Verb) -> Mapping[Identity, bytes]:
    """The bodies of what the rule engine wrote of one patient and still stands, as far as the
    caller may do `verb` with them. There are thousands, so no `Version` is made of each."""
    found = dict[Identity, bytes]()
    for kind, id_, number, moment, packed in await tx.connection.fetch(DERIVED, tx.number, patient):
        identity = Identity(type=kind, id=id_)
        found[identity] = body.full(identity, number, moment, unpack(packed))
    return seen(tx.access, found, verb)


async def lock_compartment(tx: Transaction, patient: PatientKey) -> None:
    """Hold what clients wrote of one patient until the transaction ends; as a write does, before
    `derivation.lock_patients`."""
    await tx.connection.execute(LOCK_COMPARTMENT, tx.number, patient)


async def existing(tx: Transaction, identities: Sequence[Identity]) -> frozenset[Identity]:
    """Those of `identities` under which a resource stands."""
    rows = await _marked(tx, EXISTING, identities)
    return frozenset(Identity(type=row["type"], id=row["id"]) for row in rows)


async def holds(tx: Transaction, type_name: str) -> bool:
    """Whether any resource of a type stands."""
    return bool(await tx.connection.fetchval(HOLDS, tx.number, type_key(type_name)))


async def nobodys(tx: Transaction, types: Collection[str]) -> frozenset[Identity]:
    """What stands of these types that the service wrote and that is of no patient."""
    rows = await tx.connection.fetch(NOBODYS, tx.number, list(map(type_key, types)))
    return frozenset(Identity(type=row["type"], id=row["id"]) for row in rows)


def version(row: Any) -> Version:
    """A row with the columns type, id, version, last_updated, derived, patient and body."""
    identity = Identity(type=row["type"], id=row["id"])
    number, moment, packed = row["version"], row["last_updated"], row["body"]
    return Version(
        identity=identity,
        number=number,
        last_updated=moment,
        body=None if packed is None else body.full(identity, number, moment, unpack(packed)),
        derived=row["derived"],
        patient=row["patient"],
    )


async def _marked(tx: Transaction, statement: str, identities: Sequence[Identity]) -> Any:
    if not identities:
        return ()
    return await tx.connection.fetch(statement, tx.number, *named(identities))


def _named(identity: Identity) -> tuple[int, str, str]:
    return hash64(str(identity)), identity.type, identity.id
