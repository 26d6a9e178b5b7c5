"""What HTTP alone can do: an application that answers everything at once with one body.

uvicorn on uvloop and httptools in one process, as the service runs; nothing is read of a request
but its method, and nothing is stored. No server of the kind that is measured here can be faster.

    python -m bench.http_alone PORT
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import orjson
import uvicorn

from bench.population import vital

Json = dict[str, Any]
BODY = orjson.dumps({"id": "1", **vital(Random(1), "1", 0, datetime(2025, 1, 1, tzinfo=UTC))})  # noqa: S311
HEADERS = [(b"content-type", b"application/fhir+json"), (b"content-length", b"%d" % len(BODY))]


async def application(
    scope: Json, receive: Callable[[], Awaitable[Json]], send: Callable[[Json], Awaitable[None]]
) -> None:
    while (await receive()).get("more_body"):
        pass
    status = 201 if scope["method"] == "POST" else 200
    await send({"type": "http.response.start", "status": status, "headers": HEADERS})
    await send({"type": "http.response.body", "body": BODY})


if __name__ == "__main__":
    uvicorn.run(
        application,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_config=None,
    )
