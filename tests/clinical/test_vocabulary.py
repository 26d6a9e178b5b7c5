"""Codes are looked up in what ships and in what is sent.

http://hl7.org/fhir/R4/valueset.html#compositions
"""

from typing import Any

import pytest

from service.clinical.canonical import ANSWER, EXPRESSION, value_set
from service.clinical.catalogue import catalogue
from service.clinical.terminology import vocabulary
from service.clinical.vocabulary import Vocabulary, terms_of
from service.errors import Invalid

VOCABULARY = vocabulary(catalogue())

WISHES = ["go-on", "slower", "not-now", "stop", "no-preference"]


def composed(*include: Any, exclude: tuple[Any, ...] = ()) -> list[tuple[str, str]]:
    sent = {"resourceType": "ValueSet", "compose": {"include": include, "exclude": exclude}}
    return [(term.system, term.code) for term in VOCABULARY.members(sent)]


def codes(*include: Any, exclude: tuple[Any, ...] = ()) -> list[str]:
    return [code for _, code in composed(*include, exclude=exclude)]


def named(*codes: str, system: str = EXPRESSION) -> dict[str, Any]:
    return {"system": system, "concept": [{"code": code} for code in codes]}


def importing(*names: str) -> dict[str, Any]:
    return {"valueSet": [value_set(name) for name in names]}


@pytest.mark.parametrize("version", ["", "|1.0.0"])
def test_the_codes_of_a_value_set_that_ships_are_known_by_its_canonical(version: str) -> None:
    held = VOCABULARY.codes_of(value_set("pace-wish") + version)
    assert held == tuple((EXPRESSION, code) for code in WISHES)


def test_and_by_its_address_on_this_server() -> None:
    held = VOCABULARY.codes_of("ValueSet/pace-wish")
    assert held == tuple((EXPRESSION, code) for code in WISHES)


def test_a_value_set_that_cannot_be_listed_has_no_codes_and_spoils_no_other() -> None:
    of_all = {"system": "http://a.example/unknown"}
    known = Vocabulary(
        (
            {"resourceType": "ValueSet", "url": "urn:a", "compose": {"include": [of_all]}},
            {"resourceType": "ValueSet", "url": "urn:b", "compose": {"include": [named("stop")]}},
        )
    )
    assert (known.codes_of("urn:a"), known.codes_of("urn:b")) == (None, ((EXPRESSION, "stop"),))


@pytest.mark.parametrize(
    "canonical",
    [
        "",
        "pace-wish",
        "https://attune-outcomes.org/fhir/ValueSet/pace-wish|2.0.0",
        "https://attune-outcomes.org/fhir/ValueSet/pace-wish/",
        "https://attune-outcomes.org/fhir/CodeSystem/expression",
        "http://hl7.org/fhir/ValueSet/administrative-gender",
    ],
)
def test_no_other_canonical_has_codes(canonical: str) -> None:
    assert VOCABULARY.codes_of(canonical) is None


def test_a_system_alone_gives_all_its_codes() -> None:
    assert codes({"system": ANSWER}) == ["0", "1", "2", "3", "4", "5", "6", "7", "8"]


def test_named_codes_are_given_in_their_order_and_once() -> None:
    assert codes(named("stop", "slower"), named("slower", "go-on")) == ["stop", "slower", "go-on"]


def test_a_code_that_its_system_does_not_have_is_left_out() -> None:
    assert codes(named("stop", "faster")) == ["stop"]


def test_codes_of_a_system_that_is_not_known_are_taken_as_they_are_named() -> None:
    assert composed(named("a", system="http://a.example")) == [("http://a.example", "a")]


def test_a_display_of_the_value_set_goes_before_that_of_the_system() -> None:
    include = {"system": EXPRESSION, "concept": [{"code": "stop", "display": "Halt"}]}
    sent = {"resourceType": "ValueSet", "compose": {"include": [include]}}
    assert [term.display for term in VOCABULARY.members(sent)] == ["Halt"]


def test_a_value_set_is_imported_whole() -> None:
    assert codes(importing("pace-wish")) == WISHES


def test_several_value_sets_in_one_include_give_what_all_of_them_hold() -> None:
    """`not-asked` stands in both."""
    assert codes(importing("restraint", "crying-belief")) == ["not-asked"]


def test_a_system_beside_a_value_set_gives_what_both_hold() -> None:
    both = {**named("not-asked", "stop"), **importing("restraint")}
    assert codes(both) == ["not-asked"]


def test_what_is_excluded_is_left_out() -> None:
    assert codes(importing("pace-wish"), exclude=(named("stop", "not-now"),)) == [
        "go-on", "slower", "no-preference",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("include", "where"),
    [
        ((), "ValueSet.compose"),
        (({"system": "http://a.example"},), "ValueSet.compose.include[0].system"),
        (({"system": EXPRESSION, "version": "9"},), "ValueSet.compose.include[0].system"),
        (
            (named("stop"), {"system": EXPRESSION, "filter": [{"property": "x"}]}),
            "ValueSet.compose.include[1].filter",
        ),
        (({"valueSet": ["http://a.example"]},), "ValueSet.compose.include[0].valueSet[0]"),
        (({"version": "1"},), "ValueSet.compose.include[0]"),
    ],
)
def test_a_definition_that_cannot_be_followed_is_refused_where_it_stands(
    include: tuple[Any, ...], where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        composed(*include)
    (issue,) = refused.value.issues
    assert (issue.code, issue.expression) == ("not-supported", where)


def test_nested_concepts_are_codes_of_their_system() -> None:
    nested = {"code": "b", "concept": [{"code": "c", "display": "C"}]}
    sent = {"resourceType": "CodeSystem", "url": "http://a.example", "concept": [nested]}
    assert {code: term.display for code, term in terms_of(sent).items()} == {"b": None, "c": "C"}
