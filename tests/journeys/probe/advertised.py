"""What any CapabilityStatement advertises, asked for; every sentence that comes out is a lie in it.

http://hl7.org/fhir/R4/capabilitystatement.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import httpx

from tests.journeys.probe.speech import FHIR_JSON, Json, Probe, link

NOT_THERE = {404, 405, 501}
REFUSALS = NOT_THERE | {400, 403, 410, 412, 415, 422}
NOBODY = "nobody-has-this-id"
PLAUSIBLE = {
    "composite": ("a$5.4", "a$b", "a$2026", "http://a.example|a$http://a.example|b"),
    "date": ("ge2026-05-03",),
    "number": ("5.4",),
    "quantity": ("5.4|http://unitsofmeasure.org|kg",),
    "reference": ("1", "Patient/1", "http://a.example/1"),
    "special": ("a",),
    "string": ("a",),
    "token": ("http://a.example|b", "true"),
    "uri": ("http://a.example/b",),
}


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Writes nothing that is valid: what it sends to create or to update is refused."""

    probe: Probe
    statement: Json

    @property
    def rest(self) -> Json:
        return dict(self.statement["rest"][0])

    @property
    def resources(self) -> list[Json]:
        return list(self.rest["resource"])

    def silent_interactions(self) -> Iterator[str]:
        for resource in self.resources:
            codes = {each["code"] for each in resource["interaction"]}
            for code, answer in self._tried(resource):
                if code in codes and answer.status_code in NOT_THERE:
                    yield f"{resource['type']} {code} answers {answer.status_code}"
        for code in self._system():
            answer = self._tried_of_the_system(code)
            if answer is not None and answer.status_code != 200:
                yield f"{code} answers {answer.status_code}"

    def unadvertised_interactions(self) -> Iterator[str]:
        for resource in self.resources:
            codes = {each["code"] for each in resource["interaction"]}
            for code, answer in self._tried(resource):
                if code not in codes and answer.status_code not in NOT_THERE:
                    yield f"{resource['type']} {code} answers {answer.status_code}"
        for code in {"transaction", "batch", "history-system", "search-system"} - self._system():
            answer = self._tried_of_the_system(code)
            if answer is not None and answer.status_code not in REFUSALS:
                yield f"{code} answers {answer.status_code}"

    def unused_parameters(self) -> Iterator[str]:
        for resource in self.resources:
            for parameter in resource.get("searchParam", ()):
                type_name, name = resource["type"], parameter["name"]
                if not self._used(type_name, name, parameter["type"]):
                    yield f"{type_name}?{name} ({parameter['type']})"
                if not parameter.get("definition"):
                    yield f"{type_name}?{name} has no definition"

    def refused_includes(self) -> Iterator[str]:
        for resource in self.resources:
            for key, name in (("searchInclude", "_include"), ("searchRevInclude", "_revinclude")):
                for value in resource.get(key, ()):
                    path = f"{resource['type']}?_id={NOBODY}&{name}={quote(value)}"
                    if self.probe.read(path).status_code != 200:
                        yield path

    def silent_operations(self) -> Iterator[str]:
        for resource in self.resources:
            id_ = self._some_id(resource["type"])
            places = [resource["type"], *([f"{resource['type']}/{id_}"] if id_ else [])]
            for operation in resource.get("operation", ()):
                if not any(self._answers(f"{at}/${operation['name']}") for at in places):
                    yield f"{resource['type']} ${operation['name']}"
        for operation in self.rest.get("operation", ()):
            if not self._answers(f"${operation['name']}"):
                yield f"${operation['name']}"

    def unspoken_formats(self) -> Iterator[str]:
        for name in self.statement["format"]:
            answer = self.probe.read(f"metadata?_format={quote(name)}")
            if answer.status_code != 200:
                yield f"_format={name} answers {answer.status_code}"
        for name in self.statement.get("patchFormat", ()):
            answer = self.probe.ask("PATCH", f"Patient/{NOBODY}", b"[]", Content_Type=name)
            if answer.status_code in {405, 415}:
                yield f"patchFormat {name} answers {answer.status_code}"

    def _system(self) -> set[str]:
        return {each["code"] for each in self.rest.get("interaction", ())}

    def _tried(self, resource: Json) -> Iterator[tuple[str, httpx.Response]]:
        """An answer of 404 or 405 means that the interaction is not there."""
        name = resource["type"]
        wrong = {"resourceType": name, "notAnElement": True}
        some = self._some_id(name)
        here = f"{name}/{some or NOBODY}"
        yield "create", self.probe.ask("POST", name, wrong)
        yield "update", self.probe.ask("PUT", f"{name}/{NOBODY}", wrong | {"id": NOBODY})
        yield "delete", self.probe.ask("DELETE", f"{name}/{NOBODY}")
        yield "search-type", self.probe.read(f"{name}?_count=1")
        yield "history-type", self.probe.read(f"{name}/_history?_count=1")
        if some is not None:
            yield "read", self.probe.read(here)
            yield "history-instance", self.probe.read(f"{here}/_history")
            yield "patch", self.probe.patch(here, [{"op": "test", "path": "/id", "value": ""}])
            version = self.probe.read(here).json()["meta"]["versionId"]
            yield "vread", self.probe.read(f"{here}/_history/{version}")

    def _tried_of_the_system(self, code: str) -> httpx.Response | None:
        match code:
            case "transaction" | "batch":
                return self.probe.ask("POST", "", {"resourceType": "Bundle", "type": code})
            case "history-system":
                return self.probe.read("_history?_count=1")
            case "search-system":
                return self.probe.read(f"?_id={NOBODY}&_type=Patient")
        return None

    def _used(self, type_name: str, name: str, kind: str) -> bool:
        """One of the plausible values is taken, and `self` repeats it."""
        for value in PLAUSIBLE[kind]:
            answer = self.probe.read(f"{type_name}?{name}={quote(value)}&_count=1")
            if answer.status_code == 200:
                return f"{name}=" in str(link(answer.json(), "self"))
        return False

    def _some_id(self, type_name: str) -> str | None:
        found = self.probe.read(f"{type_name}?_count=1").json().get("entry", ())
        return str(found[0]["resource"]["id"]) if found else None

    def _answers(self, path: str) -> bool:
        """With 200 or with a refusal of what is missing, which names no unknown operation."""
        parameters = {"resourceType": "Parameters"}
        asked = (self.probe.read(path), self.probe.ask("POST", path, parameters))
        assert all(a.headers["content-type"].startswith(FHIR_JSON) for a in asked if a.content)
        return any(answer.status_code not in NOT_THERE for answer in asked)
