"""What a failing database means to a client: come back later, or nothing at all."""

import asyncpg

from service.errors import Unavailable

AGAIN = ("40001", "40P01")
"""Serialization failure and deadlock: the same work succeeds when done again."""
PASSING = ("08", "53", "57", "58", "25006", "55P03", "40")
"""Beginnings of SQLSTATEs of conditions that pass: connection, resources (a full disk among them),
operator intervention (timeouts, shutdown), system errors, a standby, a lock not obtained."""


def worth_repeating(error: BaseException) -> bool:
    return isinstance(error, asyncpg.PostgresError) and error.sqlstate in AGAIN


def unavailable(error: BaseException) -> Unavailable | None:
    """The answer to a request that met `error`; None when the error is not the database's state."""
    if isinstance(error, asyncpg.PostgresError):
        if str(error.sqlstate).startswith(PASSING):
            return Unavailable("The database cannot do this now; try again in a moment.")
        return None
    if isinstance(error, TimeoutError):
        return Unavailable("The database did not answer in time; try again in a moment.")
    if isinstance(error, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError):
        return Unavailable("The database cannot be reached; try again in a moment.")
    return None
