"""The newest Observations of every kind that a subject has.

Two Observations are of one kind where code, categories and status are alike: the column `what` says
it. The patient's kinds are found by stepping through an index from one to the next, and of each
only its newest are read: what a patient has besides costs nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from service.fhir.resource import Version
from service.fhir.search.elements import named
from service.fhir.search.query import Clause, Modifier, Naming, Query
from service.store.clauses.coded import ALIKE, EVERYWHERE
from service.store.clauses.conditions import conditions
from service.store.clauses.probe import TENANT, TYPE, Arguments, Condition, Probe, exists
from service.store.clauses.sight import seen
from service.store.confirming import meeting
from service.store.database import Transaction
from service.store.hashing import hash64, type_key
from service.store.store import version
from service.store.visibility import confined

KIND = frozenset({"category", "code", "status"})
"""What Observations of one kind answer alike, whatever is asked of their codes."""
WORDS = frozenset({Modifier.MISSING, Modifier.PRESENT, Modifier.TEXT})
"""Except for these, which may turn on words beside the codes."""
SAME = ALIKE | EVERYWHERE
"""What every row of an Observation itself says alike."""
WIDER = 8
"""Times as many are read where bodies ruled out what the index had offered."""

Ask = Callable[[int], tuple[str, list[Any]]]
"""From how many of each kind are wanted to the statement that reads them."""


@dataclass(frozen=True, kw_only=True)
class Latest:
    """An Observation, and where it stands in time."""

    version: Version
    when: datetime | None
    """The start of its effective time; None where it has none."""
    row_id: int
    """Grows with the order of first creation."""


async def latest(tx: Transaction, query: Query, subject: Clause, most: int) -> tuple[Latest, ...]:
    """The matches of `query` among which the newest `most` of every code are, in no order.

    Those as old as the last one wanted are among them; those without a time come last, the one
    created last first. `subject` is the clause of `query` that names whose they are.
    """
    query = confined(query, tx.access)
    patients, others = _named(query, subject)
    asks = [stepping(tx, query, subject, patient) for patient in patients]
    if others or not patients:
        await tx.plan_anew()
        asks.append(ranking(tx, _narrowed(query, subject, others) if patients else query))
    found = {f.row_id: f for ask in asks for f in await _enough(tx, query, ask, most)}
    return tuple(found.values())


def _named(query: Query, subject: Clause) -> tuple[list[str], list[str]]:
    """The patients that the clause can mean, and what else it can; nothing by identifier."""
    named_ = [v for v in subject.values if isinstance(v, Naming)]
    if subject.modifier is not None or not named_:
        return [], []
    kinds = {text: named(text, query.base_url)[1] for value in named_ for text in value.references}
    patients = [text for text, kind in kinds.items() if kind in (None, "Patient")]
    if subject.parameter.name == "patient":
        return patients, []
    return patients, [text for text, kind in kinds.items() if kind != "Patient"]


def _narrowed(query: Query, subject: Clause, names: Sequence[str]) -> Query:
    only = replace(subject, values=(Naming(references=tuple(names)),))
    return replace(query, clauses=tuple(only if c is subject else c for c in query.clauses))


async def _enough(tx: Transaction, query: Query, ask: Ask, most: int) -> list[Latest]:
    asked, meets = most, meeting(query)
    while True:
        sql, arguments = ask(asked)
        rows = await tx.connection.fetch(sql, *arguments)
        kept = [row for row in rows if meets(version(row))]
        offered, met = (Counter(row["what"] for row in some) for some in (rows, kept))
        if all(met[what] >= most or offered[what] < asked for what in offered):
            return [_latest(row) for row in kept]
        asked *= WIDER


def _latest(row: Any) -> Latest:
    """The driver gives infinite moments without a zone."""
    low: datetime = row["low"]
    return Latest(version=version(row), when=low if low.tzinfo else None, row_id=row["row_id"])


def stepping(tx: Transaction, query: Query, subject: Clause, patient: str) -> Ask:
    """Of one patient: kind by kind, its newest."""

    def ask(most: int) -> tuple[str, list[Any]]:
        arguments = Arguments([tx.number, type_key(query.type)])
        of_patient = f"tenant_id = {TENANT} AND c.patient = {arguments.add(hash64(patient))}"
        rest = [c for c in query.clauses if c is not subject]
        of_kind = [c for c in rest if c.parameter.name in KIND and c.modifier not in WORDS]
        others = [c for c in rest if c not in of_kind]
        fitting = _all(
            [_row_by_row(found, "one.row_id") for found in _made(query, of_kind, arguments)]
        )
        each = _all(
            [
                *(_on(found) for found in _made(query, others, arguments)),
                *(f"(SELECT {sql})" for sql in seen(query, "c.row_id", arguments)),
            ]
        )
        number = f"({arguments.add(most)}::bigint)"
        of_one = (
            f"SELECT c.row_id, c.low FROM coded_value c WHERE c.{of_patient} AND c.what = k.what"
        )
        return (
            f"""
            WITH RECURSIVE kinds (what) AS (
                (SELECT c.what FROM coded_value c WHERE c.{of_patient} AND c.what IS NOT NULL
                    ORDER BY c.what LIMIT 1)
                UNION ALL
                SELECT (SELECT c.what FROM coded_value c WHERE c.{of_patient} AND c.what > k.what
                    ORDER BY c.what LIMIT 1)
                FROM kinds k WHERE k.what IS NOT NULL
            ), fitting AS MATERIALIZED (
                SELECT k.what FROM kinds k, LATERAL ({of_one} LIMIT 1) one WHERE {fitting}
            )
            SELECT k.what, n.row_id, n.low, r.* FROM fitting k, LATERAL (
                ({of_one} AND c.low > '-infinity' AND {each}
                    ORDER BY c.low DESC FETCH FIRST {number} ROWS WITH TIES)
                UNION ALL
                ({of_one} AND c.low = '-infinity' AND {each}
                    ORDER BY c.row_id DESC FETCH FIRST {number} ROWS ONLY)
            ) n, {BODY}
            """,
            arguments.values,
        )

    return ask


def ranking(tx: Transaction, query: Query) -> Ask:
    """Of whatever meets the query: all of it is looked at, and the newest of each kind are read."""

    def ask(most: int) -> tuple[str, list[Any]]:
        arguments = Arguments([tx.number, type_key(query.type)])
        made = (exists(f, "c.row_id") for f in _made(query, query.clauses, arguments))
        met = _all([*made, *seen(query, "c.row_id", arguments)])
        return (
            f"""
            SELECT n.what, n.row_id, n.low, r.* FROM (
                SELECT c.row_id, c.low, c.what, rank() OVER (PARTITION BY c.what ORDER BY
                    c.low DESC, CASE WHEN c.low = '-infinity' THEN c.row_id END DESC) AS place
                FROM coded_value c
                WHERE c.tenant_id = {TENANT} AND c.what IS NOT NULL AND {met}
            ) n, {BODY} WHERE n.place <= {arguments.add(most)}
            """,
            arguments.values,
        )

    return ask


BODY = f"""LATERAL (
    SELECT r.type, r.id, r.version, r.last_updated, r.derived, r.patient, r.body FROM resource r
    WHERE r.tenant_id = {TENANT} AND r.type_key = {TYPE} AND r.row_id = n.row_id LIMIT 1
) r"""
"""One by one, which the planner would not choose: it cannot know how few there are."""


def _made(query: Query, clauses: Sequence[Clause], arguments: Arguments) -> Iterator[Condition]:
    for clause in clauses:
        yield from conditions(query, clause, arguments)


def _on(found: Condition) -> str:
    """On the row itself what every row of an Observation says alike, else on any of its rows."""
    alike = isinstance(found, Probe) and bool(found.columns) and found.columns <= SAME
    if isinstance(found, Probe) and alike and not found.negated:
        return found.on("c")
    return _row_by_row(found, "c.row_id")


def _row_by_row(found: Condition, row: str) -> str:
    """Asked of one row after the other: as a join it would be asked of the whole record first."""
    return f"(SELECT {exists(found, row)})"


def _all(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "true"
