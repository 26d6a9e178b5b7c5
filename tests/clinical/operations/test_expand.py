"""The expansion of a value set: what R4 says each parameter does.

http://hl7.org/fhir/R4/operation-valueset-expand.html
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.clinical.canonical import EXPRESSION, value_set
from service.clinical.catalogue import catalogue
from service.clinical.operations.expand import INERT, expand
from service.clinical.terminology import vocabulary
from service.errors import BadRequest, Invalid, NotFound
from service.fhir.resource import Resource
from service.fhir.validation import validate

VOCABULARY = vocabulary(catalogue())

NOW = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
PACE_WISH = value_set("pace-wish")
WISHES = ["go-on", "slower", "not-now", "stop", "no-preference"]


def expanded(instance: Resource | None = None, **given: Any) -> Resource:
    told = {name.replace("__", "-"): (value,) for name, value in given.items()}
    return expand(told, instance=instance, vocabulary=VOCABULARY, now=NOW)


def codes(found: Resource) -> list[str]:
    return [term["code"] for term in found["expansion"].get("contains", ())]


def used(found: Resource) -> dict[str, Any]:
    told = found["expansion"].get("parameter", ())
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in told}


def test_an_expansion_holds_every_code_with_system_version_and_display() -> None:
    found = expanded(url=PACE_WISH)
    expansion = found["expansion"]
    assert expansion["timestamp"] == "2026-05-03T10:00:00.000Z"
    assert expansion["total"] == 5
    assert "offset" not in expansion
    assert expansion["contains"][1] == {
        "system": EXPRESSION,
        "version": "1.0.0",
        "code": "slower",
        "display": "Slower",
    }
    assert codes(found) == WISHES
    assert used(found) == {"version": f"{EXPRESSION}|1.0.0"}
    assert validate(found) == ()


def test_it_is_the_value_set_without_its_definition_unless_that_is_asked_for() -> None:
    found = expanded(url=PACE_WISH)
    assert (found["resourceType"], found["url"], found["version"]) == (
        "ValueSet", PACE_WISH, "1.0.0",
    )  # fmt: skip
    assert "compose" not in found
    assert "id" not in found
    assert "compose" in expanded(url=PACE_WISH, includeDefinition="true")
    assert "compose" not in expanded(url=PACE_WISH, includeDefinition=False)


def test_at_an_instance_that_value_set_is_expanded() -> None:
    shipped = VOCABULARY.value_set(value_set("under-question"))
    assert codes(expanded(instance=shipped)) == ["yes", "no"]


@pytest.mark.parametrize("name", ["valueSet", "resource"])
def test_a_value_set_may_be_sent(name: str) -> None:
    include = {"system": EXPRESSION, "concept": [{"code": "stop"}]}
    sent = {"resourceType": "ValueSet", "status": "draft", "compose": {"include": [include]}}
    assert codes(expanded(**{name: sent})) == ["stop"]


def test_a_value_set_that_is_no_valid_one_is_refused() -> None:
    with pytest.raises(Invalid):
        expanded(valueSet={"resourceType": "ValueSet", "status": "banana"})
    with pytest.raises(BadRequest):
        expanded(valueSet={"resourceType": "Patient"})


@pytest.mark.parametrize(
    ("offset", "count", "page"),
    [
        (None, 2, ["go-on", "slower"]),
        (0, 2, ["go-on", "slower"]),
        ("2", "2", ["not-now", "stop"]),
        (4, 2, ["no-preference"]),
        (5, 2, []),
        (3, None, ["stop", "no-preference"]),
        (None, 0, []),
    ],
)
def test_pages_have_the_total_of_all(offset: Any, count: Any, page: list[str]) -> None:
    """`Paging support - how many codes should be provided in a partial page view.`"""
    asked = {n: v for n, v in (("offset", offset), ("count", count)) if v is not None}
    found = expanded(url=PACE_WISH, **asked)
    assert codes(found) == page
    assert found["expansion"]["total"] == 5
    assert found["expansion"]["offset"] == int(offset or 0)
    assert used(found).keys() == {*asked, "version"}
    assert validate(found) == ()


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("s", ["slower", "stop"]),
        ("SLO", ["slower"]),
        ("not-", ["not-now"]),
        ("now not", ["not-now"]),
        ("pref", ["no-preference"]),
        ("lower", []),
    ],
)
def test_every_word_of_a_filter_begins_a_word_of_the_display_or_code(
    asked: str, left: list[str]
) -> None:
    found = expanded(url=PACE_WISH, filter=asked)
    assert codes(found) == left
    assert found["expansion"]["total"] == len(left)
    assert used(found)["filter"] == asked
    assert validate(found) == ()


def test_the_identifier_is_the_same_for_the_same_expansion_only() -> None:
    """`based on a unique combination of the provided parameters`"""

    def identifier(**given: Any) -> str:
        return str(expanded(**given)["expansion"]["identifier"])

    assert identifier(url=PACE_WISH) == identifier(url=PACE_WISH)
    assert len(
        {
            identifier(url=PACE_WISH),
            identifier(url=PACE_WISH, count=2),
            identifier(url=PACE_WISH, filter="s"),
            identifier(url=value_set("restraint")),
        }
    ) == 4  # fmt: skip
    assert identifier(url=PACE_WISH).startswith("urn:uuid:")


@pytest.mark.parametrize("name", INERT)
def test_what_cannot_change_an_expansion_here_is_taken(name: str) -> None:
    assert codes(expanded(url=PACE_WISH, **{name: "true"})) == WISHES


@pytest.mark.parametrize("version", ["|1.0.0", ""])
def test_the_version_that_ships_is_the_one_there_is(version: str) -> None:
    assert codes(expanded(url=PACE_WISH + version)) == WISHES
    assert codes(expanded(url=PACE_WISH + version, valueSetVersion="1.0.0")) == WISHES
    with pytest.raises(NotFound):
        expanded(url=PACE_WISH + version, valueSetVersion="2.0.0")


def test_an_unknown_value_set_is_not_found() -> None:
    with pytest.raises(NotFound):
        expanded(url="http://hl7.org/fhir/ValueSet/administrative-gender")


def test_one_value_set_has_to_be_named() -> None:
    with pytest.raises(BadRequest):
        expanded()
    with pytest.raises(BadRequest):
        expanded(url=PACE_WISH, valueSet={"resourceType": "ValueSet", "status": "draft"})
