"""Logs, errors, links and the audit hold ids and codes only.

A string that is planted in every text, name, address and identifier of every type is looked for in
all that leaves beside the records.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.fhir.exact_json import dumps
from service.fhir.types import TYPES
from tests.faults.served import Served, served
from tests.fhir.filled import filled

CANARY = "CANARY-7f3a"
PLANTED = (CANARY, b64encode(CANARY.encode()).decode()[:12])
"""As it is and, by the part of it that does not hang on what follows, in base 64."""
WRITABLE = tuple(name for name, kind in TYPES.items() if kind.writable)
JSON = {"Content-Type": "application/fhir+json"}


def planted(value: Any) -> Any:
    """`value` with the canary in place of its texts, and references by identifier alone."""
    if isinstance(value, dict):
        return {
            name: planted(each)
            for name, each in value.items()
            if not (name == "reference" and isinstance(each, str))
        }
    if isinstance(value, list):
        return [planted(each) for each in value]
    return value.replace("Words", CANARY) if isinstance(value, str) else value


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setenv("ATTUNE_LOG_LEVEL", "debug")
    monkeypatch.setenv("ATTUNE_REQUESTS_PER_SECOND", "100000")
    with served(tmp_path / "data") as running:
        yield running


@dataclass(frozen=True)
class Asking:
    """Asks, and keeps what was told beside the records."""

    client: httpx.Client
    told: list[str] = field(default_factory=list)

    def __call__(self, method: str, url: str, body: Any = None, **headers: str) -> int:
        content = None if body is None else dumps(body)
        answer = self.client.request(method, url, content=content, headers=headers)
        assert answer.status_code < 500, answer.text
        self.told.append(str(answer.headers))
        if answer.is_error:
            self.told.append(answer.text)
        return answer.status_code


def writes(ask: Asking, type_name: str, variant: int) -> bool:
    """Good and bad ones; the answer is whether the record was taken."""
    url = f"/{type_name}/canary-{variant}"
    body = planted(filled(type_name, variant)) | {"id": f"canary-{variant}"}
    taken = ask("PUT", url, body) == 201
    assert not taken or CANARY in ask.client.get(url).text
    assert ask("PUT", url, body, **{"If-Match": 'W/"99"'}) in (412, 422)
    assert ask("PUT", url, body | {CANARY: CANARY}) in (400, 422)
    assert ask("POST", f"/{type_name}", body, **{"If-None-Exist": "birthdate=x"}) == 400
    late = [
        {"request": {"method": "PUT", "url": url[1:]}, "resource": body},
        {"request": {"method": "PUT", "url": "Basic/x"}, "resource": {"id": CANARY}},
    ]
    sent = {"resourceType": "Bundle", "type": "transaction", "entry": late}
    assert ask("POST", "", sent) in (400, 422)
    return taken


def searches(ask: Asking, type_name: str) -> None:
    for query in (f"identifier={CANARY}", f"_text={CANARY}"):
        ask("GET", f"/{type_name}?{query}")
    for name in (CANARY, f"_id:{CANARY}", f"_has:{CANARY}:patient:code"):
        # The error names the parameter to whom sent it, and nothing else does.
        assert ask.client.get(f"/{type_name}?{name}=x").status_code == 400


def pages(ask: Asking) -> None:
    """Where a page ends is told in the link to the next one."""
    for query in ("_sort=family&_count=1", "_sort=-name&_count=1", "_sort=address&_count=2"):
        following = after(ask.client.get(f"/Patient?{query}").json())
        assert following is not None
        ask.told.append(following)
        assert ask("GET", following) == 200


def after(page: dict[str, Any]) -> str | None:
    return next((link["url"] for link in page["link"] if link["relation"] == "next"), None)


def audited(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """Every AuditEvent there is."""
    url: str | None = "/AuditEvent?_count=200"
    while url:
        page = client.get(url).json()
        yield from (entry["resource"] for entry in page.get("entry", []))
        url = after(page)


def queries(event: dict[str, Any]) -> list[str]:
    asked = (entity.get("query", "") for entity in event.get("entity", []))
    return [b64decode(query).decode() for query in asked if query]


def test_what_is_recorded_of_people_is_in_the_records_alone(server: Served) -> None:
    with httpx.Client(base_url=server.fhir, timeout=60, headers=JSON) as client:
        ask = Asking(client)
        taken = {name for name in WRITABLE for variant in range(3) if writes(ask, name, variant)}
        assert taken > {"Basic", "Device", "Goal", "Patient", "Practitioner"}
        for type_name in WRITABLE:
            searches(ask, type_name)
        pages(ask)
        ask("GET", f"/Patient?name={CANARY}&address={CANARY}&telecom={CANARY}")
        ask("GET", f"/Observation?patient:identifier=http://a.example/uri|{CANARY}")
        ask("POST", "/Patient", CANARY)
        events = list(audited(client))
    asked = [query for event in events for query in queries(event)]
    assert len(events) > 8 * len(WRITABLE)
    assert "GET Patient?name=*&address=*&telecom=*" in asked
    log = server.log.read_text()
    assert log.count("\n") > 3
    for text in (*ask.told, *asked, *map(str, events), log):
        assert not any(each in text for each in PLANTED), text
