"""What every single answer of the server must be, whatever was asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from service.fhir.exact_json import loads
from service.fhir.validation import validate

FHIR_PATH = "/fhir"
FHIR_JSON = "application/fhir+json; charset=utf-8"
ANYWHERE = {400, 401, 403, 404, 405, 406, 413, 415, 429}
"""Refusals at addresses and of methods that the document does not name."""
SEVERITIES = {"fatal", "error", "warning", "information"}


@dataclass(frozen=True, kw_only=True)
class Manners:
    """`document` is the OpenAPI document: an answer that it does not name is a lie in it."""

    document: Mapping[str, Any]

    async def check(self, response: httpx.Response) -> None:
        body = await response.aread()
        assert response.status_code != 500, body
        if "access-control-allow-methods" in response.headers:
            return  # Said to a browser, before it sends the request.
        assert response.headers["x-content-type-options"] == "nosniff"
        self._documented(response)
        if response.status_code >= 400 and response.request.method != "HEAD":
            _outcome(response)
        elif body and response.url.path.startswith(FHIR_PATH) and not _well_known(response):
            assert response.headers["content-type"] == FHIR_JSON
            assert loads(body)["resourceType"]
        if response.request.method == "HEAD" or response.status_code in (204, 304):
            assert body == b""

    def _documented(self, response: httpx.Response) -> None:
        method = response.request.method.lower().replace("head", "get")
        told = self._operation(method, response.url.path)
        statuses = {int(status) for status in told["responses"]} if told else ANYWHERE
        assert response.status_code in statuses, (
            f"{response.request.method} {response.url.path} answered {response.status_code}, "
            f"which the OpenAPI document does not name: {response.text}"
        )

    def _operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """What the document says of a request; what names no variable is the better match."""
        place = path.removesuffix("/") if path.startswith(FHIR_PATH) else path
        for template, methods in sorted(self.document["paths"].items(), key=_variables):
            if method in methods and _pattern(template).fullmatch(place):
                return dict(methods[method])
        return None


def _well_known(response: httpx.Response) -> bool:
    """What is said of the server in other formats than FHIR's."""
    return response.url.path.startswith(f"{FHIR_PATH}/.well-known/")


def _variables(item: tuple[str, Any]) -> int:
    return item[0].count("{")


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/_$][^/]*", re.escape(template.rstrip("/"))))


def _outcome(response: httpx.Response) -> None:
    """An OperationOutcome with severity, code and one sentence for each issue."""
    assert response.headers["content-type"] == FHIR_JSON
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert validate(outcome) == ()
    for issue in outcome["issue"]:
        assert issue["severity"] in SEVERITIES
        sentence = issue["diagnostics"]
        assert sentence == issue["details"]["text"]
        assert not sentence[0].islower(), sentence
        assert sentence.endswith("."), sentence
        assert "\n" not in sentence
        assert "Traceback" not in sentence
