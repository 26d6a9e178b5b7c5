"""How many matches a search has: told where it is known, or not too dear to be found out."""

from service.fhir.search.query import MAX_COUNT, Query, Total
from service.store.clauses.statement import MOST_FOLLOWED, After, Statement
from service.store.confirming import meeting
from service.store.database import Transaction
from service.store.store import version

MOST_UNASKED = 1_000
"""Rows of the index that are counted for a total that nobody asked for, of what is not of one
patient or other resource; beyond them it is not known."""
MOST_COUNTED = 10_000
"""Candidates read to count matches that only bodies tell; beyond them the total is not known."""


async def total(tx: Transaction, query: Query, asked: Statement) -> int | None:
    """All matches, where there are more than the first page holds."""
    if query.total is Total.NONE:
        return None
    if query.total is None and asked.of_many:
        found = await _value(tx, asked.count(stop=MOST_UNASKED))
        if found is None or not asked.doubts:
            assert found is None or isinstance(found, int)
            return found
    return await count(tx, query, asked)


async def count(
    tx: Transaction, query: Query, asked: Statement, most: int | None = MOST_FOLLOWED
) -> int | None:
    """`most` is how many rows links are followed from; None where nothing but the count is asked
    for, which is then worth the time."""
    doubtful = asked.doubtful()
    if doubtful is None or not await _value(tx, doubtful):
        found = await _value(tx, asked.count(most))
        assert found is None or isinstance(found, int)
        return found
    counted, met = 0, meeting(query)
    after: After | None = None
    for _ in range(MOST_COUNTED // MAX_COUNT):
        sql, arguments = asked.page(MAX_COUNT, after)
        rows = await tx.connection.fetch(sql, *arguments)
        counted += sum(met(version(row)) for row in rows)
        if len(rows) < MAX_COUNT:
            return counted
        last = rows[-1]
        after = After(places=asked.places(last), row_id=last["row_id"], highest=last["highest"])
    return None


async def _value(tx: Transaction, question: tuple[str, list[object]]) -> object:
    sql, arguments = question
    return await tx.connection.fetchval(sql, *arguments)
