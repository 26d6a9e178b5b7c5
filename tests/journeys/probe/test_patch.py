"""patch: http://hl7.org/fhir/R4/http.html#patch"""

import pytest

from tests.journeys.probe.resources import SYSTEM, patient
from tests.journeys.probe.speech import Json, Probe, outcome

NAME = [{"family": "Berg", "given": ["Ada", "Bea"]}]


@pytest.fixture
def stored(probe: Probe, mark: str) -> str:
    return probe.stored(patient(mark, active=True, gender="female", name=NAME))[0]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": "/gender", "value": "male"}, {"gender": "male"}),
        ({"op": "add", "path": "/birthDate", "value": "1970"}, {"birthDate": "1970"}),
        ({"op": "remove", "path": "/active"}, {"active": None}),
        (
            {"op": "add", "path": "/name/0/given/-", "value": "Cleo"},
            {"name": [{"family": "Berg", "given": ["Ada", "Bea", "Cleo"]}]},
        ),
        (
            {"op": "add", "path": "/name/0/given/0", "value": "Cleo"},
            {"name": [{"family": "Berg", "given": ["Cleo", "Ada", "Bea"]}]},
        ),
        (
            {"op": "remove", "path": "/name/0/given/0"},
            {"name": [{"family": "Berg", "given": ["Bea"]}]},
        ),
        (
            {"op": "move", "from": "/name/0/given/1", "path": "/name/0/given/0"},
            {"name": [{"family": "Berg", "given": ["Bea", "Ada"]}]},
        ),
        (
            {"op": "copy", "from": "/name/0/family", "path": "/name/0/text"},
            {"name": [{"family": "Berg", "given": ["Ada", "Bea"], "text": "Berg"}]},
        ),
    ],
    ids=["replace", "add", "remove", "append", "insert", "remove-item", "move", "copy"],
)
def test_json_patch_changes_what_it_says(
    probe: Probe, stored: str, operation: Json, expected: Json
) -> None:
    """RFC 6902"""
    answer = probe.patch(stored, [operation])
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == 'W/"2"'
    read = probe.read(stored).json()
    assert {name: read.get(name) for name in expected} == expected


def test_a_test_that_holds_lets_the_patch_pass(probe: Probe, stored: str) -> None:
    answer = probe.patch(
        stored,
        [
            {"op": "test", "path": "/gender", "value": "female"},
            {"op": "replace", "path": "/gender", "value": "male"},
        ],
    )
    assert answer.status_code == 200


def test_a_test_that_fails_writes_nothing(probe: Probe, stored: str) -> None:
    answer = probe.patch(
        stored,
        [
            {"op": "replace", "path": "/active", "value": False},
            {"op": "test", "path": "/gender", "value": "male"},
        ],
    )
    outcome(answer, {409, 422})
    assert probe.read(stored).json()["active"] is True
    assert probe.read(stored).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/gender", "value": "banana"},
        {"op": "add", "path": "/favouriteColour", "value": "blue"},
        {"op": "replace", "path": "/name", "value": []},
    ],
    ids=["code", "element", "empty"],
)
def test_a_result_that_is_invalid_is_422_and_not_written(
    probe: Probe, stored: str, operation: Json
) -> None:
    outcome(probe.patch(stored, [operation]), 422)
    assert probe.read(stored).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/id", "value": "other"},
        {"op": "replace", "path": "/resourceType", "value": "Practitioner"},
        {"op": "remove", "path": "/id"},
    ],
    ids=["id", "type", "no-id"],
)
def test_a_patch_does_not_change_which_resource_it_is(
    probe: Probe, stored: str, operation: Json
) -> None:
    answer = probe.patch(stored, [operation])
    assert answer.status_code in {200, 400, 422}
    read = probe.read(stored).json()
    assert f"{read['resourceType']}/{read['id']}" == stored


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/birthDate", "value": "1970"},
        {"op": "remove", "path": "/name/7"},
        {"op": "add", "path": "/name/0/given/9", "value": "x"},
    ],
    ids=["replace", "remove", "index"],
)
def test_a_path_to_nothing_is_refused(probe: Probe, stored: str, operation: Json) -> None:
    """RFC 6902, 4.2 and 4.3: the target location must exist."""
    outcome(probe.patch(stored, [operation]), {400, 409, 422})
    assert probe.read(stored).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(
    "body",
    [b"{", b"{}", b'[{"op":"nonsense","path":"/gender"}]', b'[{"path":"/gender"}]', b'["x"]',
     b'[{"op":"replace","path":"gender","value":"male"}]', b'[{"op":"add","path":"/gender"}]'],
    ids=["syntax", "object", "operation", "no-operation", "string", "pointer", "no-value"],
)  # fmt: skip
def test_what_is_no_patch_is_refused(probe: Probe, stored: str, body: bytes) -> None:
    answer = probe.ask("PATCH", stored, body, Content_Type="application/json-patch+json")
    outcome(answer, {400, 422})


@pytest.mark.parametrize("type_", ["application/merge-patch+json", "text/plain"])
def test_another_kind_of_patch_is_415(probe: Probe, stored: str, type_: str) -> None:
    answer = probe.ask("PATCH", stored, b'{"gender":"male"}', Content_Type=type_)
    outcome(answer, 415)


def test_a_stale_if_match_is_412_and_nothing_is_written(probe: Probe, stored: str) -> None:
    operation = {"op": "replace", "path": "/gender", "value": "male"}
    outcome(probe.patch(stored, [operation], If_Match='W/"9"'), 412)
    assert probe.read(stored).json()["gender"] == "female"


def test_the_current_if_match_is_honoured(probe: Probe, stored: str) -> None:
    operation = {"op": "replace", "path": "/gender", "value": "male"}
    assert probe.patch(stored, [operation], If_Match='W/"1"').status_code == 200


def test_an_unknown_id_is_404(probe: Probe, mark: str) -> None:
    outcome(probe.patch(f"Patient/{mark}", [{"op": "remove", "path": "/active"}]), 404)


def test_minimal_means_no_body(probe: Probe, stored: str) -> None:
    operation = {"op": "replace", "path": "/gender", "value": "male"}
    answer = probe.patch(stored, [operation], Prefer="return=minimal")
    assert answer.status_code == 200
    assert answer.content == b""


def test_a_decimal_beside_the_patch_keeps_its_digits(probe: Probe, mark: str) -> None:
    body = (
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},'
        b'"valueQuantity":{"value":1.50}}'
    )
    made = probe.ask("POST", "Observation", body, Prefer="return=representation").json()
    name = f"Observation/{made['id']}"
    answer = probe.patch(name, [{"op": "replace", "path": "/code/text", "value": mark}])
    assert answer.status_code == 200
    assert "1.50" in probe.read(name).text


def parameters(*operations: Json) -> Json:
    """http://hl7.org/fhir/R4/fhirpatch.html"""
    return {
        "resourceType": "Parameters",
        "parameter": [
            {
                "name": "operation",
                "part": [
                    {"name": name} | value
                    if isinstance(value, dict)
                    else {"name": name, "valueInteger": value}
                    if isinstance(value, int)
                    else {"name": name, ("valueCode" if name == "type" else "valueString"): value}
                    for name, value in operation.items()
                ],
            }
            for operation in operations
        ],
    }


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (
            {"type": "replace", "path": "Patient.gender", "value": {"valueCode": "male"}},
            {"gender": "male"},
        ),
        (
            {"type": "add", "path": "Patient", "name": "birthDate",
             "value": {"valueDate": "1970-01-01"}},
            {"birthDate": "1970-01-01"},
        ),
        (
            {"type": "add", "path": "Patient.name[0]", "name": "given",
             "value": {"valueString": "Cleo"}},
            {"name": [{"family": "Berg", "given": ["Ada", "Bea", "Cleo"]}]},
        ),
        ({"type": "delete", "path": "Patient.active"}, {"active": None}),
        ({"type": "delete", "path": "Patient.birthDate"}, {"birthDate": None}),
        (
            {"type": "insert", "path": "Patient.name[0].given", "index": 1,
             "value": {"valueString": "Cleo"}},
            {"name": [{"family": "Berg", "given": ["Ada", "Cleo", "Bea"]}]},
        ),
        (
            {"type": "move", "path": "Patient.name[0].given", "source": 1, "destination": 0},
            {"name": [{"family": "Berg", "given": ["Bea", "Ada"]}]},
        ),
        (
            {"type": "add", "path": "Patient", "name": "identifier",
             "value": {"valueIdentifier": {"system": SYSTEM, "value": "second"}}},
            {"active": True},
        ),
    ],
    ids=["replace", "add", "add-item", "delete", "delete-nothing", "insert", "move", "datatype"],
)  # fmt: skip
def test_fhirpath_patch_changes_what_it_says(
    probe: Probe, stored: str, operation: Json, expected: Json
) -> None:
    answer = probe.ask("PATCH", stored, parameters(operation))
    assert answer.status_code == 200, answer.text
    read = probe.read(stored).json()
    assert {name: read.get(name) for name in expected} == expected
    if operation.get("name") == "identifier":
        assert read["identifier"][1] == {"system": SYSTEM, "value": "second"}


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "replace", "path": "Patient.birthDate", "value": {"valueDate": "1970"}},
        {"type": "replace", "path": "Patient.name.given", "value": {"valueString": "x"}},
        {"type": "nonsense", "path": "Patient.gender"},
        {"type": "insert", "path": "Patient.name[0].given", "index": 9,
         "value": {"valueString": "x"}},
        {"type": "replace", "path": "Patient.gender.((", "value": {"valueCode": "male"}},
    ],
    ids=["nothing-there", "several", "type", "index", "syntax"],
)  # fmt: skip
def test_a_fhirpath_patch_that_cannot_be_done_writes_nothing(
    probe: Probe, stored: str, operation: Json
) -> None:
    outcome(probe.ask("PATCH", stored, parameters(operation)), {400, 409, 422})
    assert probe.read(stored).headers["etag"] == 'W/"1"'
