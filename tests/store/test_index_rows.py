"""From resources to index rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.errors import Invalid
from service.fhir import r4
from service.fhir.search.parameters import TABLE
from service.store.hashing import hash64, type_key
from service.store.index import COLUMNS, IndexRows, mark, rows, system_mark
from tests.store.generated import ELEMENTS, resources
from tests.store.searched import BASE, ZONE

KEYS = {
    "term": ("mark", "key", "system"),
    "label": ("code",),
    "moment": ("key", "low", "high"),
    "phrase": ("key", "exact"),
    "amount": ("key", "low", "high", "unit"),
    "coded_value": ("ordinal",),
}
"""What must differ between the rows of one resource."""


def indexed(resource: dict[str, Any]) -> IndexRows:
    return rows(resource, zone=ZONE, base_url=BASE)


def coded(resource: dict[str, Any], *columns: str) -> list[tuple[Any, ...]]:
    names = [name for name, _ in COLUMNS["coded_value"]]
    return [tuple(row[names.index(c)] for c in columns) for row in indexed(resource).coded_value]


def observation(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "1", "status": "final", **elements}


def concept(*codes: str) -> dict[str, Any]:
    return {"coding": [{"system": "s", "code": code} for code in codes]}


def test_every_code_meets_every_category_and_each_category_leads_once() -> None:
    found = coded(
        observation(code=concept("a", "b"), category=[concept("x"), concept("y")]),
        "code",
        "category",
        "lead",
    )
    assert set(found) == {
        (hash64("a"), hash64("x"), True),
        (hash64("b"), hash64("x"), False),
        (hash64("a"), hash64("y"), True),
        (hash64("b"), hash64("y"), False),
    }
    assert len(found) == 4


def test_a_component_has_rows_of_its_own_with_its_own_value() -> None:
    resource = observation(
        code=concept("a"),
        valueQuantity={"value": 3},
        component=[
            {"code": concept("p"), "valueQuantity": {"value": 7, "unit": "x"}},
            {"code": concept("q"), "valueCodeableConcept": concept("v")},
        ],
    )
    assert coded(resource, "component", "code", "value_low", "value_high", "unit", "concept") == [
        (0, hash64("a"), 3.0, 3.0, None, None),
        (1, hash64("p"), 7.0, 7.0, hash64("x"), None),
        (2, hash64("q"), None, None, None, hash64("v")),
    ]


def test_an_observation_without_anything_still_has_a_row() -> None:
    before_all = datetime.min.replace(tzinfo=UTC)
    found = coded(observation(), "component", "lead", "code", "category", "low", "high")
    assert found == [(0, True, None, None, before_all, before_all)]


@pytest.mark.parametrize(
    ("subject", "patient"),
    [
        ({"reference": "Patient/7"}, hash64("Patient/7")),
        ({"reference": f"{BASE}/Patient/7"}, hash64("Patient/7")),
        ({"reference": "Patient/7/_history/2"}, hash64("Patient/7")),
        ({"reference": "http://o.example/Patient/7"}, hash64("http://o.example/Patient/7")),
        ({"reference": "Group/7"}, None),
        ({"identifier": {"value": "7"}}, hash64("")),
        ({"display": "someone"}, None),
    ],
)
def test_the_subject_is_the_patient_unless_it_is_known_to_be_none(
    subject: dict[str, Any], patient: int | None
) -> None:
    assert coded(observation(subject=subject), "patient") == [(patient,)]


def test_a_patient_is_kept_once_and_any_other_subject_as_a_term() -> None:
    named = mark("Observation", "subject")
    of_patient = indexed(observation(subject={"reference": "Patient/7"})).term
    of_group = indexed(observation(subject={"reference": "Group/7"})).term
    assert named not in {row[0] for row in of_patient}
    assert (named, hash64("Group/7"), None, None) not in of_patient
    assert (named, hash64("Group/7"), None, None) in of_group


@pytest.mark.parametrize(
    ("encounter", "kept", "beside"),
    [
        ({"reference": "Encounter/7"}, "Encounter/7", False),
        ({"reference": f"{BASE}/Encounter/7/_history/3"}, "Encounter/7", False),
        ({"reference": "http://o.example/Encounter/7"}, "http://o.example/Encounter/7", True),
        ({"identifier": {"value": "7"}}, "", False),
    ],
)
def test_an_encounter_is_kept_with_the_codes_and_its_text_only_where_it_is_elsewhere(
    encounter: dict[str, Any], kept: str, beside: bool
) -> None:
    made = observation(encounter=encounter)
    assert coded(made, "encounter") == [(hash64(kept),)]
    named = mark("Observation", "encounter")
    terms = [row for row in indexed(made).term if row[0] == named]
    assert terms == ([(named, hash64(kept), None, kept)] if beside else [])


def test_the_words_of_a_code_are_one_number_and_a_row_for_each_text() -> None:
    heart = {
        "text": "Heart rate",
        "coding": [{"display": "Heart rate"}, {"display": "Pulsschläge"}],
    }
    made = indexed(observation(code=heart))
    (words,) = {row[0] for row in made.wording}
    assert [row[2:] for row in made.wording] == [
        ("Heart rate", "heart rate"),
        ("Pulsschläge", "pulsschlage"),
    ]
    assert coded(observation(code=heart, component=[{"code": heart}]), "component", "words") == [
        (0, words),
        (1, None),
    ]
    other = {"text": "Pulsschläge", "coding": [{"display": "Heart rate"}]}
    assert {row[0] for row in indexed(observation(code=other)).wording} != {words}
    assert indexed(observation(code=concept("a"))).wording == ()


def test_no_two_parameters_have_one_mark_and_no_two_types_one_key() -> None:
    """32 bits are enough for what is known beforehand."""
    names = [(kind, name) for kind, parameters in TABLE.items() for name in parameters]
    names += [(kind, f"{name}:identifier") for kind, name in names]
    marks = [of(*name) for name in names for of in (mark, system_mark)]
    assert len(set(marks)) == len(marks) > 1_000
    assert len({type_key(name) for name in r4.RESOURCE_TYPES}) == len(r4.RESOURCE_TYPES) > 140


def test_labels_that_can_hide_a_resource_are_kept_apart_once_each() -> None:
    labels = ["V", "N", "client-only", "V"]
    labelled = observation(
        meta={"security": [*({"system": "s", "code": c} for c in labels), {"display": "R"}]}
    )
    assert indexed(labelled).label == (("V",), ("client-only",))
    assert indexed(observation()).label == ()


def test_a_string_is_cut_in_the_index() -> None:
    resource = {"resourceType": "Patient", "id": "1", "name": [{"family": "É" * 300}]}
    key = hash64("Patient", "family")
    (row,) = [row for row in indexed(resource).phrase if row[0] == key]
    assert row == (key, "É" * 200, "e" * 200)


def test_a_number_of_many_digits_is_kept_as_the_range_around_it() -> None:
    value = {"value": "0.30000000000000000001"}
    ((low, high),) = coded(observation(valueQuantity=value), "value_low", "value_high")
    assert low < 0.3 < high
    assert high - low < 1e-15


def test_too_many_combinations_are_refused() -> None:
    many = [f"c{number}" for number in range(100)]
    allowed = observation(code=concept(*many), category=[concept(*many[:10])])
    assert len(indexed(allowed).coded_value) == 1_000
    with pytest.raises(Invalid):
        indexed(observation(code=concept(*many), category=[concept(*many[:11])]))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=st.sampled_from(sorted(ELEMENTS)).flatmap(resources))
def test_no_two_rows_of_a_resource_have_the_same_key(made: list[dict[str, Any]]) -> None:
    for resource in made:
        found = indexed(resource)
        assert found == indexed(resource)
        for table, key in KEYS.items():
            names = [name for name, _ in COLUMNS[table]]
            keys = [tuple(row[names.index(k)] for k in key) for row in getattr(found, table)]
            assert len(keys) == len(set(keys)), table
            assert all(len(row) == len(names) for row in getattr(found, table))


ALIKE = (
    ({}, True),
    ({"valueQuantity": {"value": 2}, "effectiveDateTime": "2026-05-03"}, True),
    ({"subject": {"reference": "Patient/8"}}, True),
    ({"code": {**concept("a", "b"), "text": "other words"}}, True),
    ({"code": concept("b", "a")}, True),
    ({"category": [concept("y"), concept("x")]}, True),
    ({"component": [{"code": concept("p")}]}, True),
    ({"status": "amended"}, False),
    ({"code": concept("a")}, False),
    ({"code": {"coding": [{"code": "a"}, {"code": "b"}]}}, False),
    ({"code": {"text": "a"}}, False),
    ({"category": [concept("x")]}, False),
    ({"category": []}, False),
    ({"code": concept("a", "b"), "category": []}, False),
)


@pytest.mark.parametrize(("elements", "alike"), ALIKE)
def test_what_an_observation_is_lies_in_its_codes_categories_and_status(
    elements: dict[str, Any], alike: bool
) -> None:
    one = observation(code=concept("a", "b"), category=[concept("x"), concept("y")])
    ((first, _), *_) = coded(one, "what", "ordinal")
    ((second, _), *_) = coded(one | elements, "what", "ordinal")
    assert (first == second) is alike


def test_text_tells_what_an_observation_is_where_there_is_no_code() -> None:
    words = [{"text": "a"}, {"text": "A"}, {"coding": [{"system": "s"}], "text": "a"}]
    found = {coded(observation(code=code), "what")[0] for code in words}
    assert len(found) == 3


def test_only_the_first_row_says_what_an_observation_is() -> None:
    many = observation(
        code=concept("a", "b"), category=[concept("x")], component=[{"code": concept("p")}]
    )
    said = [what is not None for (what,) in coded(many, "what")]
    assert said == [True, False, False]
