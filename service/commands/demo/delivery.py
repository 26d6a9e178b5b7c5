"""Sending the clinic through the public FHIR API, one transaction after the other."""

from collections.abc import Iterable
from typing import Any

import httpx

from service.fhir import exact_json
from service.fhir.resource import Resource

CONTENT = "application/fhir+json"
ENOUGH_SECONDS = 60.0
"""How long one transaction may take."""


class NotTaken(Exception):
    """The server refused a transaction; nothing of that transaction is stored."""


async def send(bundles: Iterable[Resource], *, client: httpx.AsyncClient) -> int:
    """POST each Bundle to the client's base URL; how many resources were stored.

    All entries are PUTs, so after a failure the same call can simply be made again.
    """
    stored = 0
    for bundle in bundles:
        answer = await client.post(
            str(client.base_url).rstrip("/"),
            content=exact_json.dumps(bundle),
            headers={"Content-Type": CONTENT, "Accept": CONTENT, "Prefer": "return=minimal"},
            timeout=ENOUGH_SECONDS,
        )
        if answer.status_code != httpx.codes.OK:
            raise NotTaken(_sentence(answer))
        stored += len(bundle["entry"])
    return stored


def _sentence(answer: httpx.Response) -> str:
    """What the server's OperationOutcome says, with the status."""
    said = "without a reason"
    if "json" in answer.headers.get("content-type", ""):
        issues: list[dict[str, Any]] = answer.json().get("issue", [])
        said = " ".join(_issue(issue) for issue in issues) or said
    return f"{answer.request.url} answered {answer.status_code}: {said}"


def _issue(issue: dict[str, Any]) -> str:
    places = ", ".join(issue.get("expression", ()))
    text = issue.get("diagnostics") or issue.get("details", {}).get("text", "")
    return f"{text} ({places})" if places else str(text)
