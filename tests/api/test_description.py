"""The OpenAPI document names what the tables name; `Manners` holds every answer against it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.api.description import MEANING, RESULT, document
from service.fhir.search.parameters import TABLE
from service.fhir.types import TYPES
from service.interactions.table import INTERACTIONS, Level
from tests.manners import Manners

CODE = "#/components/parameters/Observation.code"
DOCUMENT = document({name: [("code", "token")] for name in TABLE}, (), "/fhir")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_row_of_the_table_is_there_for_every_type_it_serves() -> None:
    for row in INTERACTIONS:
        for kind in TYPES.values() if row.level is not Level.SYSTEM else [None]:
            segments = [kind.name if s == "{type}" and kind else s for s in row.path]
            path = "/".join(["/fhir", *segments])
            offered = row.method.lower() in DOCUMENT["paths"].get(path, {})
            there = kind is None or row.types is None or kind.name in row.types
            assert offered is (there and (kind is None or kind.writable or not row.writes)), path


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))


def test_every_variable_of_a_path_is_described() -> None:
    for path, _, operation in operations():
        described = {p["name"] for p in operation.get("parameters", ()) if p.get("in") == "path"}
        assert described == set(re.findall(r"\{(\w+)\}", path))


def test_every_status_means_something_and_has_a_body_where_it_has_one() -> None:
    shared = DOCUMENT["components"]["responses"]
    for path, _, operation in operations():
        if path.startswith("/fhir") and "/.well-known/" not in path:
            for status, told in operation["responses"].items():
                response = shared[told["$ref"].rpartition("/")[2]] if "$ref" in told else told
                assert response["description"] == MEANING[status]
                assert ("content" in response) is (status not in ("204", "304"))


def test_every_pointer_points_at_something() -> None:
    for pointer in _pointers(DOCUMENT):
        found: Any = DOCUMENT
        for step in pointer.removeprefix("#/").split("/"):
            found = found[step]


def _pointers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for child in value.values():
            yield from _pointers(child)
    elif isinstance(value, list):
        for child in value:
            yield from _pointers(child)


def test_a_search_is_described_with_its_parameters() -> None:
    search = DOCUMENT["paths"]["/fhir/Observation"]["get"]
    named = [p.get("name", p.get("$ref", "").split("/")[-1]) for p in search["parameters"]]
    assert named == ["Prefer", "Observation.code", "_format", "_pretty"]
    inside = DOCUMENT["paths"]["/fhir/Patient/{id}/Observation"]["get"]
    assert {"$ref": "#/components/parameters/Observation.code"} in inside["parameters"]
    assert DOCUMENT["components"]["parameters"]["Observation.code"]["name"] == "code"
    posted = DOCUMENT["paths"]["/fhir/Observation/_search"]["post"]
    assert list(posted["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]


def test_a_condition_is_described_with_the_parameters_it_takes() -> None:
    """What a search answers with is no condition."""
    described = document({name: [("code", "token"), ("_count", RESULT)] for name in TABLE}, (), "")
    for method in ("put", "patch", "delete"):
        told = described["paths"]["/Observation"][method]["parameters"]
        assert [p["$ref"] for p in told if "Observation." in p.get("$ref", "")] == [CODE]
    search = described["paths"]["/Observation"]["get"]["parameters"]
    named = [p["$ref"] for p in search if "Observation." in p.get("$ref", "")]
    assert named == [CODE, CODE.replace("code", "_count")]


def test_a_patch_is_described_in_both_its_forms() -> None:
    for path in ("/fhir/Observation/{id}", "/fhir/Observation"):
        body = DOCUMENT["paths"][path]["patch"]["requestBody"]["content"]
        assert set(body) == {"application/fhir+json", "application/json-patch+json"}


def test_a_type_that_clients_do_not_write_is_described_as_such() -> None:
    assert set(DOCUMENT["paths"]["/fhir/Library"]) == {"get"}
    assert set(DOCUMENT["paths"]["/fhir/Library/{id}"]) == {"get"}
    assert set(DOCUMENT["paths"]["/fhir/Patient/{id}"]) == {
        "get", "put", "patch", "delete"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/fhir/Patient/1", 418),
        ("DELETE", "/fhir/Patient/1", 304),
        ("PATCH", "/fhir/Patient/1", 201),
        ("GET", "/fhir/Nonsense", 200),
    ],
)
async def test_an_answer_that_is_not_described_is_noticed(
    method: str, url: str, status: int
) -> None:
    answer = httpx.Response(
        status,
        headers={"X-Content-Type-Options": "nosniff"},
        request=httpx.Request(method, f"http://clinic.test{url}"),
    )
    with pytest.raises(AssertionError, match="does not name"):
        await Manners(document=DOCUMENT).check(answer)
