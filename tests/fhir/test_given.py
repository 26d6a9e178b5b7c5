"""What operations are given is read by its kind, or refused by its name."""

from collections.abc import Callable
from typing import Any

import pytest

from service.errors import BadRequest, Invalid
from service.fhir.given import element, flag, gathered, named, resource_of, text, valid, whole

PATIENT = {"resourceType": "Patient"}

READ: tuple[tuple[Callable[..., Any], Any, Any], ...] = (
    (text, "a", "a"),
    (whole, "5", 5),
    (whole, 0, 0),
    (flag, "true", True),
    (flag, False, False),
    (element, {"code": "a"}, {"code": "a"}),
    (resource_of, PATIENT, PATIENT),
)


@pytest.mark.parametrize(("reader", "value", "expected"), READ)
def test_a_value_of_its_kind_is_read(reader: Callable[..., Any], value: Any, expected: Any) -> None:
    assert reader({"x": (value,)}, "x") == expected
    assert reader({}, "x") is None


REFUSED: tuple[tuple[Callable[..., Any], Any], ...] = (
    (text, 5),
    (text, {"a": 1}),
    (whole, "-1"),
    (whole, -1),
    (whole, "1.5"),
    (whole, 1.5),
    (whole, True),
    (whole, "1" * 10),
    (whole, "²"),
    (flag, "yes"),
    (flag, 1),
    (element, "a"),
    (element, [1]),
    (resource_of, {"code": "a"}),
    (resource_of, "Patient/1"),
)


@pytest.mark.parametrize(("reader", "value"), REFUSED)
def test_a_value_of_another_kind_is_refused_by_the_name_of_its_parameter(
    reader: Callable[..., Any], value: Any
) -> None:
    with pytest.raises(BadRequest, match="The parameter 'x' takes one"):
        reader({"x": (value,)}, "x")


@pytest.mark.parametrize("reader", [text, whole, flag, element, resource_of])
def test_two_values_are_refused(reader: Callable[..., Any]) -> None:
    with pytest.raises(BadRequest, match="takes one"):
        reader({"x": ("1", "1")}, "x")


def test_a_resource_is_valid_and_of_the_type_that_is_asked_for() -> None:
    assert valid({"x": (PATIENT,)}, "x", "Patient") == PATIENT
    assert valid({"resource": (PATIENT,)}, "x", "Patient") == PATIENT
    assert valid({}, "x", "Patient") is None
    with pytest.raises(BadRequest, match="takes one ValueSet"):
        valid({"x": (PATIENT,)}, "x", "ValueSet")
    with pytest.raises(Invalid) as refused:
        valid({"x": ({"resourceType": "Patient", "gender": "banana"},)}, "x", "Patient")
    assert [issue.expression for issue in refused.value.issues] == ["Patient.gender"]


def test_parameters_are_named_values_in_their_order() -> None:
    sent = [
        {"name": "a", "valueString": "1"},
        {"name": "b", "resource": PATIENT},
        {"name": "a", "part": [{"name": "c", "valueCode": "d"}]},
    ]
    given = gathered(named(sent, "Parameters.parameter"))
    assert given == {"a": ("1", [{"name": "c", "valueCode": "d"}]), "b": (PATIENT,)}


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        (5, "Parameters.parameter"),
        ({"name": "a", "valueString": "1"}, "Parameters.parameter"),
        ([5], "Parameters.parameter[0].name"),
        ([{"valueString": "1"}], "Parameters.parameter[0].name"),
        ([{"name": "a"}], "Parameters.parameter[0]"),
        ([{"name": "a", "valueString": "1", "valueCode": "1"}], "Parameters.parameter[0]"),
    ],
)
def test_what_is_no_parameter_is_refused_where_it_stands(sent: Any, where: str) -> None:
    with pytest.raises(BadRequest) as refused:
        list(named(sent, "Parameters.parameter"))
    assert refused.value.issues[0].expression == where
