"""Whether the process lives, and whether it can serve; for whoever runs it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

from service.errors import Unavailable
from service.store.database import Database


async def live(request: Request) -> JSONResponse:
    """200 as long as the process answers; never asks the database."""
    return JSONResponse({"status": "alive"})


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """200 where the database answers and its schema is the one this version serves, else 503."""

    database: Database
    revision: str

    async def check(self, request: Request) -> JSONResponse:
        try:
            found = await self.database.ping()
        except Unavailable:
            return JSONResponse({"status": "database unreachable"}, status_code=503)
        if found != self.revision:
            return JSONResponse(
                {"status": "schema differs", "found": found, "served": self.revision},
                status_code=503,
            )
        return JSONResponse({"status": "ready"})
