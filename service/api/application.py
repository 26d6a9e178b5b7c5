"""The web application: every door at its path."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.auth.authenticator import Authenticator
from service.api.fhir import FhirDoor
from service.api.health import Readiness, live
from service.api.quota import Quota
from service.api.rendering import STEADY_HEADERS, Manner, refused
from service.api.smart import WELL_KNOWN, SmartConfiguration
from service.errors import MethodNotAllowed, NotFound, ServiceError
from service.interactions.context import Site

Application = FastAPI
SENT_HEADERS = [
    "Authorization", "Content-Type", "If-Match", "If-Modified-Since", "If-None-Exist",
    "If-None-Match", "Prefer", "X-Request-Id",
]  # fmt: skip
"""Of requests, beside those that any script may set."""
TOLD_HEADERS = [
    "Allow", "Content-Location", "ETag", "Last-Modified", "Location", "Retry-After",
    "WWW-Authenticate",
]  # fmt: skip
"""Of answers, that a script may read."""
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def application(
    site: Site,
    *,
    described: dict[str, Any],
    prefix: str,
    body_limit: int,
    revision: str,
    authenticator: Authenticator | None = None,
    quota: Quota | None = None,
    origins: Sequence[str] = (),
) -> FastAPI:
    """`described` is the OpenAPI document, `prefix` the path of the FHIR door, `revision` that of
    the schema which is served; without an `authenticator` nobody is asked who they are. Scripts
    of web pages of `origins` may call it."""
    app = FastAPI(
        title=described["info"]["title"],
        version=described["info"]["version"],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # A redirect would be made of the Host that the client claims.
        redirect_slashes=False,
        exception_handlers={404: _nowhere, 405: _not_so},
    )
    door = FhirDoor(
        site=site,
        prefix=prefix,
        body_limit=body_limit,
        authenticator=authenticator,
        quota=quota,
    )
    smart = SmartConfiguration(issuers=authenticator.issuers if authenticator else ())
    readiness = Readiness(database=site.database, revision=revision)
    app.add_route("/openapi.json", partial(_described, described))
    app.add_route("/livez", live)
    app.add_route("/readyz", readiness.check)
    app.add_route(prefix + WELL_KNOWN, smart.told)
    for path in (prefix, prefix + "/{rest:path}"):
        app.add_route(path, door.serve, methods=METHODS)
    app.add_middleware(Shortcut, door=door, apart=prefix + WELL_KNOWN)
    if origins:
        # Cookies mean nothing here: a token is sent by whoever has it.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT_HEADERS,
            expose_headers=TOLD_HEADERS,
        )
    return app


class Shortcut:
    """Leads what is below the FHIR base to its door without a search of the routes, which costs as
    much as a tenth of a read. The routes say the same, and have what is left to say."""

    def __init__(self, app: ASGIApp, *, door: FhirDoor, apart: str) -> None:
        """`apart` is a path below the base that is not the door's."""
        self._app, self._door, self._apart = app, door, apart
        self._below = door.prefix + "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._leads(scope["method"], scope["path"]):
            answer = await self._door.serve(Request(scope, receive))
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _leads(self, method: str, path: str) -> bool:
        below = path.startswith(self._below) or path == self._door.prefix
        return below and path != self._apart and method in METHODS


async def _described(described: dict[str, Any], http: Request) -> Response:
    return JSONResponse(described, headers=STEADY_HEADERS)


async def _nowhere(http: Request, error: Exception) -> Response:
    return _refused(http, NotFound("Nothing is offered at this address."))


async def _not_so(http: Request, error: Exception) -> Response:
    offered = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
    allowed = sorted(offered.split(", "))
    return _refused(http, MethodNotAllowed("This method is not offered here.", allowed=allowed))


def _refused(http: Request, error: ServiceError) -> Response:
    return refused(error, Manner(head=http.method == "HEAD"))
