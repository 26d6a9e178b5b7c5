"""Whether the process lives, and whether it can serve; for whoever runs it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse

from service.api.rendering import STEADY_HEADERS
from service.errors import Unavailable
from service.store.database import Database


async def live(request: Request) -> JSONResponse:
    """200 as long as the process answers; never asks the database."""
    return _said(200, "alive")


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """200 where the database answers and its schema is the one this version serves, else 503."""

    database: Database
    revision: str

    async def check(self, request: Request) -> JSONResponse:
        try:
            found = await self.database.ping()
        except Unavailable:
            return _said(503, "database unreachable")
        if found != self.revision:
            return _said(503, "schema differs", found=found, served=self.revision)
        return _said(200, "ready")


def _said(status: int, word: str, **more: str) -> JSONResponse:
    return JSONResponse({"status": word, **more}, status_code=status, headers=STEADY_HEADERS)
