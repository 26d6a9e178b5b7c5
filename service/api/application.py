"""The web application: every door at its path."""

from typing import Any

from fastapi import FastAPI

from service.api.fhir import FhirDoor
from service.api.health import Readiness, live
from service.interactions.context import Site

Application = FastAPI
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


def application(
    site: Site, *, described: dict[str, Any], prefix: str, body_limit: int, revision: str
) -> FastAPI:
    """`described` is the OpenAPI document, `prefix` the path of the FHIR door, `revision` that of
    the schema which is served."""
    app = FastAPI(
        title=described["info"]["title"],
        version=described["info"]["version"],
        docs_url=None,
        redoc_url=None,
    )
    app.openapi = lambda: described  # type: ignore[method-assign]
    door = FhirDoor(site=site, prefix=prefix, body_limit=body_limit)
    readiness = Readiness(database=site.database, revision=revision)
    app.add_route("/livez", live)
    app.add_route("/readyz", readiness.check)
    for path in (prefix, prefix + "/{rest:path}"):
        app.add_route(path, door.serve, methods=METHODS)
    return app
