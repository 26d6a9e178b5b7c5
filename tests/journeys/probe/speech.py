"""How the probe speaks to a server: one request, one answer, and what stands in a Bundle."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

Json = dict[str, Any]
FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True, kw_only=True)
class Probe:
    """Paths are below the base, such as `Patient/1?_pretty=true`; nothing is added to them."""

    base: str
    client: httpx.Client

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        accept: str | None = FHIR_JSON,
        **headers: str,
    ) -> httpx.Response:
        """`headers` are spelled with underscores; a body of bytes is sent as it is."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if accept is not None:
            sent["Accept"] = accept
        url = path if path.startswith("http") else f"{self.base}/{path}".rstrip("/")
        if body is None:
            request = self.client.build_request(method, url, headers=sent)
        elif isinstance(body, bytes):
            sent.setdefault("Content-Type", FHIR_JSON)
            request = self.client.build_request(method, url, headers=sent, content=body)
        else:
            sent.setdefault("Content-Type", FHIR_JSON)
            request = self.client.build_request(method, url, headers=sent, json=body)
        if accept is None:
            del request.headers["Accept"]
        answer = self.client.send(request)
        assert answer.status_code < 500, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def read(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def create(self, resource: Json, **headers: str) -> httpx.Response:
        return self.ask("POST", str(resource["resourceType"]), resource, **headers)

    def update(self, resource: Json, **headers: str) -> httpx.Response:
        path = f"{resource['resourceType']}/{resource['id']}"
        return self.ask("PUT", path, resource, **headers)

    def patch(self, path: str, operations: Sequence[Json], **headers: str) -> httpx.Response:
        headers.setdefault("Content_Type", "application/json-patch+json")
        return self.ask("PATCH", path, list(operations), **headers)

    def delete(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("DELETE", path, **headers)

    def created(self, resource: Json) -> Json:
        """The resource as it is stored."""
        answer = self.create(resource, Prefer="return=representation")
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def stored(self, *resources: Json) -> list[str]:
        """Creates each and tells `[type]/[id]`."""
        every = [self.created(resource) for resource in resources]
        return [f"{each['resourceType']}/{each['id']}" for each in every]

    def search(self, path: str, **headers: str) -> Json:
        answer = self.read(path, **headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        bundle: Json = answer.json()
        assert bundle["resourceType"] == "Bundle"
        assert bundle["type"] == "searchset"
        return bundle

    def matches(self, path: str) -> set[str]:
        """`[type]/[id]` of what a search finds, on one page that holds all of it."""
        found = matched(self.search(f"{path}&_count=500"))
        assert len(found) == len(set(found)), f"{path} finds something twice"
        return set(found)

    def pages(self, path: str) -> Iterator[Json]:
        """At most fifty pages."""
        bundle = self.search(path)
        for _ in range(50):
            yield bundle
            following = link(bundle, "next")
            if following is None:
                return
            bundle = self.search(following)
        raise AssertionError(f"{path} has no last page.")


def entries(bundle: Json, mode: str | None = None) -> list[Json]:
    """The entries; with a mode, those of that `search.mode`."""
    every: list[Json] = bundle.get("entry", [])
    if mode is None:
        return every
    return [entry for entry in every if entry["search"]["mode"] == mode]


def named(entries_: Sequence[Json]) -> list[str]:
    """`[type]/[id]` of each entry's resource."""
    return [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in entries_]


def matched(bundle: Json) -> list[str]:
    return named(entries(bundle, "match"))


def included(bundle: Json) -> list[str]:
    return named(entries(bundle, "include"))


def link(bundle: Json, relation: str) -> str | None:
    found = [each["url"] for each in bundle.get("link", ()) if each["relation"] == relation]
    assert len(found) <= 1, f"{relation} stands twice"
    return found[0] if found else None


def outcome(answer: httpx.Response, status: int | set[int]) -> str:
    """The whole text of a refusal, which is an OperationOutcome as FHIR asks for.

    http://hl7.org/fhir/R4/http.html#Status-Codes
    """
    expected = {status} if isinstance(status, int) else status
    assert answer.status_code in expected, f"{answer.status_code} {answer.text}"
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["issue"], "an outcome has an issue"
    for issue in body["issue"]:
        assert issue["severity"] in {"fatal", "error", "warning", "information"}
        assert issue["code"]
        assert issue.get("diagnostics") or issue.get("details", {}).get("text"), "no sentence"
    assert {issue["severity"] for issue in body["issue"]} & {"fatal", "error"}
    return answer.text


def expressions(answer: httpx.Response) -> list[str]:
    """The places that the issues name."""
    issues: Sequence[Mapping[str, Any]] = answer.json()["issue"]
    return [place for issue in issues for place in issue.get("expression", ())]


def codes(answer: httpx.Response) -> set[str]:
    return {issue["code"] for issue in answer.json()["issue"]}


def versioned(answer: httpx.Response) -> tuple[str, str, str]:
    """Type, id and version of a `Location`."""
    *_, type_name, id_, history, version = answer.headers["location"].split("/")
    assert history == "_history"
    return type_name, id_, version
