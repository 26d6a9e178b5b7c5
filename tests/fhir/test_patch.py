"""JSON Patch. https://www.rfc-editor.org/rfc/rfc6902"""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import BadRequest, Conflict, Inapplicable, ServiceError, TooLarge
from service.fhir.exact_json import dumps, loads
from service.fhir.patch import patched

Json = dict[str, Any]

FOLDER = Path("/work/shared/data/patch")
FILE = FOLDER / "json-patch-tests.json"
ABSENT = {"comment": f"{FOLDER} is absent: HL7's cases are not run"}
CASES = json.loads(FILE.read_bytes()) if FILE.exists() else [ABSENT]


@pytest.mark.parametrize("case", CASES, ids=[case["comment"] for case in CASES])
def test_hl7_s_own_cases_come_out_as_they_say(case: Json) -> None:
    if case is ABSENT:
        assert not FILE.exists()
    elif "error" in case:
        with pytest.raises(ServiceError):
            patched(case["doc"], case["patch"])
    else:
        assert patched(case["doc"], case["patch"]) == case["expected"]


GOOD: tuple[tuple[str, Json, list[Json], Json], ...] = (
    ("4.1: the member is added",
     {"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
    ("4.1: an existing member's value is replaced",
     {"a": 1}, [{"op": "add", "path": "/a", "value": 2}], {"a": 2}),
    ("4.1: elements at or above the index are shifted to the right",
     {"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
    ("4.1: `-` appends",
     {"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
    ("4.1: the specified index may be the number of elements",
     {"a": [1]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2]}),
    ("4.2: elements above the index are shifted to the left",
     {"a": [1, 2, 3]}, [{"op": "remove", "path": "/a/0"}], {"a": [2, 3]}),
    ("4.3: the value is replaced",
     {"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
    ("4.4: removed at `from` and added at the target",
     {"a": [1, 2, 3]}, [{"op": "move", "from": "/a/0", "path": "/a/2"}], {"a": [2, 3, 1]}),
    ("4.5: copied to the target",
     {"a": {"x": 1}}, [{"op": "copy", "from": "/a", "path": "/b"}], {"a": {"x": 1}, "b": {"x": 1}}),
    ("4.6: equal numbers are numerically equal",
     {"a": 1}, [{"op": "test", "path": "/a", "value": 1.0}], {"a": 1}),
    ("4.6: objects are equal whatever the order of their members",
     {"a": {"x": 1, "y": 2}}, [{"op": "test", "path": "/a", "value": {"y": 2, "x": 1}}],
     {"a": {"x": 1, "y": 2}}),
    ("4: members that are not defined are ignored",
     {"a": 1}, [{"op": "remove", "path": "/a", "value": 5, "comment": "x"}], {}),
    ("5: operations are applied in the order in which they appear",
     {}, [{"op": "add", "path": "/a", "value": {}}, {"op": "add", "path": "/a/b", "value": 1}],
     {"a": {"b": 1}}),
    ("no operation changes nothing", {"a": 1}, [], {"a": 1}),
    ("the whole may be replaced",
     {"a": 1}, [{"op": "replace", "path": "", "value": {"b": 1}}], {"b": 1}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("document", "operations", "expected"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD]
)
def test_operations_do_what_the_rfc_says(
    document: Json, operations: list[Json], expected: Json
) -> None:
    assert patched(deepcopy(document), operations) == expected


NOT_THERE: tuple[Json, ...] = (
    {"op": "remove", "path": "/b"},
    {"op": "remove", "path": "/list/2"},
    {"op": "remove", "path": ""},
    {"op": "replace", "path": "/b", "value": 1},
    {"op": "replace", "path": "/list/2", "value": 1},
    {"op": "add", "path": "/b/c", "value": 1},
    {"op": "add", "path": "/list/3", "value": 1},
    {"op": "add", "path": "/list/-1", "value": 1},
    {"op": "add", "path": "/list/01", "value": 1},
    {"op": "add", "path": "/list/x", "value": 1},
    {"op": "add", "path": "/a/x", "value": 1},
    {"op": "move", "from": "/b", "path": "/c"},
    {"op": "move", "from": "/object", "path": "/object/inner"},
    {"op": "copy", "from": "/b", "path": "/c"},
    {"op": "add", "path": "", "value": [1]},
)


@pytest.mark.parametrize("operation", NOT_THERE, ids=str)
def test_what_is_not_there_is_not_changed(operation: Json) -> None:
    with pytest.raises(Inapplicable):
        patched({"a": 1, "list": [1, 2], "object": {}}, [operation])


@pytest.mark.parametrize("value", [2, "1", True, None, [1], {"a": 1}], ids=str)
def test_a_test_of_what_is_not_so_fails(value: Any) -> None:
    with pytest.raises(Conflict, match=r"Operation 1 "):
        patched({"a": 1}, [{"op": "remove", "path": "/a"},
                           {"op": "test", "path": "/a", "value": value}])  # fmt: skip
    with pytest.raises(Conflict, match=r"Operation 0 "):
        patched({"a": 1}, [{"op": "test", "path": "/a", "value": value}])


MALFORMED: tuple[Any, ...] = (
    {},
    "x",
    None,
    ["x"],
    [[]],
    [{}],
    [{"op": "add"}],
    [{"path": "/a"}],
    [{"op": "add", "path": "/a"}],
    [{"op": "replace", "path": "/a"}],
    [{"op": "test", "path": "/a"}],
    [{"op": "move", "path": "/a"}],
    [{"op": "copy", "path": "/a", "from": 1}],
    [{"op": "copy", "path": "/a", "from": "a"}],
    [{"op": "remove", "path": "a"}],
    [{"op": "remove", "path": "/~2"}],
    [{"op": "remove", "path": 5}],
    [{"op": "remove", "path": ["/a"]}],
    [{"op": "merge", "path": "/a", "value": 1}],
    [{"op": "append", "path": "/a", "value": "x"}],
    [{"op": ["add"], "path": "/a", "value": 1}],
    [{"op": "remove", "path": "/a"}, {"op": "nonsense", "path": "/a"}],
)


@pytest.mark.parametrize("operations", MALFORMED, ids=str)
def test_what_is_no_json_patch_is_refused_before_anything_is_done(operations: Any) -> None:
    document = {"a": "b"}
    with pytest.raises(BadRequest):
        patched(document, operations)
    assert document == {"a": "b"}


def test_numbers_keep_their_letters() -> None:
    document = loads(b'{"kept":1.50,"moved":2.0E1,"copied":0.10,"gone":9}')
    operations = loads(
        b'[{"op":"test","path":"/kept","value":1.5},{"op":"move","from":"/moved","path":"/m"},'
        b'{"op":"copy","from":"/copied","path":"/c"},{"op":"replace","path":"/gone","value":3.00}]'
    )
    after = patched(document, operations)
    assert dumps(after) == b'{"kept":1.50,"copied":0.10,"gone":3.00,"m":2.0E1,"c":0.10}'


def test_a_patch_has_a_thousand_operations_at_the_most() -> None:
    add = {"op": "add", "path": "/a/-", "value": 1}
    assert len(patched({"a": []}, [add] * 1_000)["a"]) == 1_000
    with pytest.raises(TooLarge):
        patched({"a": []}, [add] * 1_001)


def test_copies_do_not_multiply_without_end() -> None:
    """Thirty of them would make a billion of one."""
    double = [{"op": "copy", "from": "/a", "path": "/a/-"}] * 30
    with pytest.raises(TooLarge, match="copy"):
        patched({"a": ["x"]}, double)


def test_a_copy_of_what_is_too_deep_is_refused() -> None:
    """Three operations put the whole one level further down."""
    down = [
        {"op": "add", "path": "/b", "value": {}},
        {"op": "move", "from": "/a", "path": "/b/a"},
        {"op": "move", "from": "/b", "path": "/a"},
    ]
    copy = {"op": "copy", "from": "/a", "path": "/c"}
    assert patched({"a": {}}, [*down * 2, copy])["c"] == {"a": {"a": {}}}
    with pytest.raises(Inapplicable, match="deep"):
        patched({"a": {}}, [*down * 300, copy])


values = st.recursive(
    st.sampled_from([None, True, 0, 1, "", "a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=5,
)
pointers = st.lists(st.sampled_from(["a", "b", "0", "1", "-", "-1", "01", "~0", "", "length", "é"]))


@given(
    st.dictionaries(st.sampled_from("abc"), values),
    st.lists(
        st.fixed_dictionaries(
            {
                "op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
                "path": pointers.map(lambda steps: "".join(f"/{step}" for step in steps)),
                "from": pointers.map(lambda steps: "".join(f"/{step}" for step in steps)),
                "value": values,
            }
        ),
        max_size=5,
    ),
)
def test_a_patch_is_applied_or_refused_and_never_fails(document: Json, patch: list[Json]) -> None:
    try:
        after = patched(document, patch)
    except (Conflict, Inapplicable):
        return
    assert isinstance(after, dict)
    dumps(after)
