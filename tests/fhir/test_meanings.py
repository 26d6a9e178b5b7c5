"""Which codes are one. http://hl7.org/fhir/R4/observation-operation-lastn.html"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.fhir.meanings import meanings, together

SYSTEM = "http://a.example"


def coded(*codes: str, system: str = SYSTEM) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def said(text: str) -> dict[str, Any]:
    return {"text": text}


A, B, C = coded("a"), coded("b"), coded("c")
GROUPS = [
    # The rows of the specification's table.
    ([A, B, C], [[0], [1], [2]]),
    ([A, B, coded("a", "c")], [[0, 2], [1]]),
    ([A, B, coded("a", "b")], [[0, 1, 2]]),
    ([said("text"), said("Text"), said("t e x t")], [[0], [1], [2]]),
    # "equivalent if the `coding.value` and `coding.system` are the same"
    ([A, coded("a", system="http://b.example")], [[0], [1]]),
    ([A, {"coding": [{"code": "a"}]}], [[0], [1]]),
    ([{"coding": [{"code": "a"}]}, {"coding": [{"code": "a"}]}], [[0, 1]]),
    ([A, {**A, "text": "another"}], [[0, 1]]),
    ([A, {"coding": [{"system": SYSTEM, "code": "a", "version": "2", "display": "A"}]}], [[0, 1]]),
    # "Text only codes SHALL be treated and grouped based on the text": on nothing else
    ([{**A, "text": "same"}, said("same")], [[0], [1]]),
    ([said("same"), said("same")], [[0, 1]]),
    ([said("a"), {"coding": [{"code": "a"}]}], [[0], [1]]),
    # A coding without a code says no more than its display.
    ([{"coding": [{"system": SYSTEM, "display": "x"}]}, said("x")], [[0, 1]]),
    ([{"coding": [{"system": SYSTEM}, {"system": SYSTEM, "code": "a"}]}, A], [[0, 1]]),
    # "SHALL follow the transitive property of equality", over any number of steps and in any order
    ([A, coded("b", "c"), coded("d", "e"), coded("c", "d"), coded("a", "b")], [[0, 1, 2, 3, 4]]),
    ([coded("a", "b"), coded("b", "c"), coded("x", "y"), coded("y")], [[0, 1], [2, 3]]),
    ([], []),
]


@pytest.mark.parametrize(("concepts", "groups"), GROUPS)
def test_codes_are_grouped_as_the_specification_says(
    concepts: list[dict[str, Any]], groups: list[list[int]]
) -> None:
    places = range(len(concepts))
    assert together(places, lambda place: meanings(concepts[place])) == groups


@pytest.mark.parametrize("concept", [None, {}, {"coding": []}, {"coding": [{}]}])
def test_what_says_nothing_still_means_one_thing(concept: Any) -> None:
    assert meanings(concept) == (("",),)


@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=12),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_codes_come_does_not_matter(sets: list[list[str]], chance: Any) -> None:
    def grouped(order: list[int]) -> set[frozenset[int]]:
        found = together(order, lambda place: meanings(coded(*sets[place])))
        return {frozenset(group) for group in found}

    order = list(range(len(sets)))
    shuffled = order.copy()
    chance.shuffle(shuffled)
    groups = grouped(order)
    assert grouped(shuffled) == groups
    for group in groups:
        inside = {code for place in group for code in sets[place]}
        outside = {code for place in set(order) - group for code in sets[place]}
        assert not inside & outside
