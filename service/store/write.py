"""Writing resources: new ones, new versions, deletions; each says what it expects to find."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from service.errors import Conflict, Forbidden, PreconditionFailed
from service.fhir import body
from service.fhir.resource import Identity, PatientKey, Version
from service.store import statements
from service.store.body import pack
from service.store.database import Transaction
from service.store.hashing import hash64, type_key
from service.store.index import COLUMNS, IndexRows


class Presence(Enum):
    """What may stand under an identity, where no version is named."""

    ANY = "any"
    CREATE = "create"
    ABSENT = "absent"


ANY: Final = Presence.ANY
"""Nothing, a deleted resource or any version: update, or create where there is none."""
CREATE: Final = Presence.CREATE
"""Nothing must ever have stood there."""
ABSENT: Final = Presence.ABSENT
"""Nothing, or a deleted resource."""
Expected = int | Presence
"""Or the number of the version that stands."""
ANYWHERE: Mapping[Identity, int] = MappingProxyType({})
"""No version is demanded."""


class Write(Struct, frozen=True, kw_only=True):
    """One resource to store."""

    identity: Identity
    tail: bytes
    """What `fhir.body.tail` made of the resource."""
    patient: PatientKey | None
    index: IndexRows
    facts: bytes | None
    """What the derivation reads of it; None where no rule reads it."""
    expected: Expected
    method: str = "PUT"
    """The HTTP verb that history is to tell."""
    derived: bool = False
    digest: bytes | None = None
    """Of a derived resource: what `derivation.standing` is to tell of it."""
    there: bool | None = None
    """Whether something stands under the identity, where the caller holds what tells of it; a new
    resource that meets another nevertheless is looked at again. None: not known."""
    recall: Callable[[bytes], bytes | None] | None = None
    """Gives `facts` anew from those of the version that is replaced, if it was the same patient's;
    None where they do not depend on it."""


class Stored(Struct, frozen=True, kw_only=True):
    """What a put did."""

    versions: tuple[Version, ...]
    """One for each write, in their order."""
    before: Mapping[PatientKey, Mapping[Identity, bytes | None]]
    """The patients whose records changed, so that what is derived of them may no longer hold; the
    facts that each of these had before, None where it was not there or was somebody else's."""
    created: frozenset[Identity]
    """What did not stand before: it is new, or was deleted and is back."""


class _Standing(Struct, frozen=True, kw_only=True):
    """A row that is there and locked."""

    version: int
    derived: bool
    stands: bool


class _Recorded(Struct, frozen=True, kw_only=True):
    """What the derivation read of a version that is no longer current."""

    patient: PatientKey
    facts: bytes


async def put(tx: Transaction, writes: Sequence[Write]) -> Stored:
    """Store all of `writes`, which name each identity once.

    Raises `Conflict` where a resource to create is there already or a client's resource stands
    where a derived one belongs, `PreconditionFailed` where something else stands than expected,
    `Forbidden` where a client's resource would replace a derived one. The transaction is then not
    to be committed.
    """
    assert len({write.identity for write in writes}) == len(writes), "An identity is written twice."
    versions, before = dict[Identity, Version](), dict[PatientKey, dict[Identity, bytes | None]]()
    created = set[Identity]()
    waiting, looked = list(writes), False
    while waiting:
        unknown = [w for w in waiting if w.expected is not CREATE and (looked or w.there is None)]
        found = await _locked(tx, [w.identity for w in unknown])
        for write in waiting:
            _check(write, found.get(write.identity))
        held = {w.identity for w in waiting if w.there and not looked} | found.keys()
        updates = [write for write in waiting if write.identity in held]
        creates = [write for write in waiting if write.identity not in held]
        old = await _forgotten(tx, [write.identity for write in updates])
        for identity, record in old.items():
            before.setdefault(record.patient, {})[identity] = record.facts
        updates = [_recalling(write, old.get(write.identity)) for write in updates]
        versions |= await _run(tx, statements.update, updates)
        made = await _run(tx, statements.create, creates)
        versions |= made
        created |= {*made, *(i for i, row in found.items() if not row.stands)}
        # An identity that somebody else took since we looked: look again.
        waiting = [write for write in creates if write.identity not in versions]
        for write in waiting:
            _check_taken(write, looked=looked)
        looked = True
    for write in writes:
        if write.facts is not None and write.patient is not None:
            before.setdefault(write.patient, {}).setdefault(write.identity, None)
    return Stored(
        versions=tuple(versions[write.identity] for write in writes),
        before=before,
        created=frozenset(created),
    )


async def delete(
    tx: Transaction,
    identities: Sequence[Identity],
    at: Mapping[Identity, int] = ANYWHERE,
    *,
    derived: bool = False,
) -> frozenset[PatientKey]:
    """Give those that stand a last version without a body; the answer is the patients whose
    records they were. Raises `Forbidden` for a derived resource unless `derived` are meant,
    `PreconditionFailed` where another version stands than `at` says."""
    found = await _locked(tx, identities)
    for identity, number in at.items():
        _check_version(identity, number, found.get(identity))
    standing = [identity for identity, row in found.items() if row.stands]
    for identity in standing:
        if found[identity].derived and not derived:
            raise Forbidden(f"{identity} is written by the service itself and read-only.")
    old = await _forgotten(tx, standing)
    if standing:
        await tx.connection.execute(statements.DELETE, tx.number, *statements.identities(standing))
    return frozenset(record.patient for record in old.values())


async def lock(tx: Transaction, identities: Iterable[Identity]) -> Mapping[Identity, int]:
    """Hold what stands until the transaction ends, and say at which version: what is read next is
    what the transaction will replace."""
    found = await _locked(tx, tuple(identities))
    return {identity: row.version for identity, row in found.items() if row.stands}


async def lock_criteria(tx: Transaction, keys: Iterable[int]) -> None:
    """Hold 64-bit keys until the transaction ends; a statement of its own, so that the next one
    sees what an earlier holder committed."""
    ordered = sorted(set(keys))
    if ordered:
        await tx.connection.execute(
            "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key", ordered
        )


def _check(write: Write, found: _Standing | None) -> None:
    if isinstance(write.expected, int):
        _check_version(write.identity, write.expected, found)
    standing = found if found is not None and found.stands else None
    if standing is None:
        return
    if write.expected is ABSENT:
        raise PreconditionFailed(f"{write.identity} is there already.")
    if write.derived and not standing.derived:
        raise Conflict(f"{write.identity} is a client's resource where a derived one belongs.")
    if standing.derived and not write.derived:
        raise Forbidden(f"{write.identity} is written by the service itself and read-only.")


def _check_taken(write: Write, *, looked: bool) -> None:
    if write.expected is CREATE:
        raise Conflict(f"{write.identity} exists already.")
    if looked:  # Nobody took it: another identity has the same hash.
        raise Conflict(f"{write.identity} cannot be kept here: choose another id.")


def _check_version(identity: Identity, number: int, found: _Standing | None) -> None:
    if found is None or not found.stands or found.version != number:
        raise PreconditionFailed(f"{identity} is not at version {number}: read it again.")


async def _locked(tx: Transaction, identities: Sequence[Identity]) -> Mapping[Identity, _Standing]:
    if not identities:
        return {}
    rows = await tx.connection.fetch(statements.LOCK, tx.number, *statements.identities(identities))
    return {
        Identity(type=row["type"], id=row["id"]): _Standing(
            version=row["version"], derived=row["derived"], stands=row["stands"]
        )
        for row in rows
    }


async def _forgotten(
    tx: Transaction, identities: Sequence[Identity]
) -> Mapping[Identity, _Recorded]:
    """Move the current versions to history; the records that some of them were."""
    if not identities:
        return {}
    rows = await tx.connection.fetch(
        statements.REMEMBER, tx.number, *statements.identities(identities)
    )
    return {
        Identity(type=row["type"], id=row["id"]): _Recorded(
            patient=PatientKey(row["patient"]), facts=row["facts"]
        )
        for row in rows
    }


def _recalling(write: Write, old: _Recorded | None) -> Write:
    if old is None or write.recall is None or old.patient != write.patient:
        return write
    return replace(write, facts=write.recall(old.facts))


async def _run(tx: Transaction, statement: Any, writes: Sequence[Write]) -> dict[Identity, Version]:
    if not writes:
        return {}
    hanging = _hanging(writes)
    tables = tuple(hanging)
    rows = await tx.connection.fetch(
        statement(tables),
        tx.number,
        *statements.arrays([_row(write) for write in writes]),
        *(array for table in tables for array in statements.arrays(hanging[table])),
    )
    placed = ((writes[row["place"] - 1], row) for row in rows)
    return {write.identity: _version(write, row) for write, row in placed}


def _row(write: Write) -> tuple[Any, ...]:
    identity = write.identity
    return (
        type_key(identity.type),
        identity.type,
        identity.id,
        hash64(str(identity)),
        write.derived,
        write.patient,
        write.method,
        pack(write.tail),
    )


def _hanging(writes: Sequence[Write]) -> dict[str, list[tuple[Any, ...]]]:
    """For every table that gets rows: the place of the resource, and the row."""
    hanging = dict[str, list[tuple[Any, ...]]]()
    places = tuple(enumerate(writes, 1))
    for table in COLUMNS:
        rows = [(place, *row) for place, write in places for row in getattr(write.index, table)]
        if rows:
            hanging[table] = rows
    if shared := sorted({row for write in writes for row in write.index.wording}):
        hanging[statements.SHARED] = shared
    for table, column in (("record", "facts"), ("derived", "digest")):
        rows = [
            (place, getattr(write, column))
            for place, write in places
            if getattr(write, column) is not None and write.patient is not None
        ]
        if rows:
            hanging[table] = rows
    return hanging


def _version(write: Write, row: Any) -> Version:
    number, last_updated = row["version"], row["last_updated"]
    return Version(
        identity=write.identity,
        number=number,
        last_updated=last_updated,
        body=body.full(write.identity, number, last_updated, write.tail),
        derived=write.derived,
        patient=write.patient,
    )
