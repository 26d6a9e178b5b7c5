"""What PostgreSQL does with a statement, planned as the service has it planned."""

import json
from collections.abc import Sequence
from typing import Any

from service.store.clauses.statement import After, Statement
from service.store.database import BY_KEY, Transaction

Plan = dict[str, Any]


async def page_explained(
    tx: Transaction, asked: Statement, limit: int, after: After | None = None
) -> Plan:
    """Of a page of a search; `tx` only reads and was told nothing yet."""
    sql, arguments = asked.page(limit, after)
    if asked.narrow:
        return await by_key(tx, sql, arguments)
    await tx.plan_anew()
    return await for_values(tx, sql, arguments)


async def for_values(tx: Transaction, sql: str, arguments: Sequence[object]) -> Plan:
    """Planned for these values, and measured."""
    text = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *arguments)
    return dict(json.loads(text)[0]["Plan"])


async def by_key(tx: Transaction, sql: str, arguments: Sequence[object]) -> Plan:
    """Planned once for all values, and measured with these."""
    await tx.connection.execute(BY_KEY)
    await tx.connection.execute(f"PREPARE asked AS {sql}")
    given = ", ".join(map(_literal, arguments))
    text = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({given})")
    await tx.connection.execute("DEALLOCATE asked")
    return dict(json.loads(text)[0]["Plan"])


def _literal(value: object) -> str:
    """PostgreSQL reads a quoted text as whatever type it needs."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return _quoted("{" + ",".join(f'"{each}"' for each in value) + "}")
    return _quoted(str(value))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
