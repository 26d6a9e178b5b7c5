"""The structure that validation goes by is that of R4."""

import pytest

from service.fhir import bindings, r4
from service.fhir.invariants import INVARIANTS
from service.fhir.models import shape
from service.fhir.types import TYPES


@pytest.mark.parametrize("name", sorted(r4.RESOURCE_TYPES - r4.UNMODELLED))
def test_every_type_of_r4_has_a_shape(name: str) -> None:
    elements = shape(name).elements
    assert {"id", "meta", "implicitRules", "language"} <= set(elements)
    assert "fhir_comments" not in elements


def test_r4_has_146_resource_types() -> None:
    assert len(r4.RESOURCE_TYPES) == 146
    assert set(TYPES) <= r4.RESOURCE_TYPES - r4.UNMODELLED
    assert r4.UNMODELLED <= r4.RESOURCE_TYPES


@pytest.mark.parametrize("name", ["Banana", "Citation2", "", "__class__"])
def test_an_unknown_type_has_no_shape(name: str) -> None:
    with pytest.raises(KeyError):
        shape(name)


def test_an_observation_has_the_elements_of_r4() -> None:
    elements = shape("Observation").elements
    assert elements["component"].many
    assert elements["component"].type == "ObservationComponent"
    assert elements["valueQuantity"].step == "value"
    assert elements["effectiveDateTime"].type == "dateTime"
    assert elements["subject"].targets == {"Patient", "Group", "Device", "Location"}
    assert shape("Observation").required == (("code",), ("status",))


def test_a_question_is_asked_for_its_answer_in_one_of_its_types() -> None:
    (answer,) = (names for names in shape("QuestionnaireItemEnableWhen").required if len(names) > 1)
    assert set(answer) == {
        "answerBoolean",
        "answerDecimal",
        "answerInteger",
        "answerDate",
        "answerDateTime",
        "answerTime",
        "answerString",
        "answerCoding",
        "answerQuantity",
        "answerReference",
    }


def test_an_extension_has_the_50_value_types_of_r4() -> None:
    values = {e.name for e in shape("Extension").elements.values() if e.choice == "value"}
    assert len(values) == 50
    assert "valueMeta" in values
    assert values.isdisjoint({"valueCodeableReference", "valueRatioRange"})


@pytest.mark.parametrize("place", sorted({*bindings.CODES, *bindings.PATTERNS}))
def test_a_binding_stands_at_an_element_of_type_code(place: str) -> None:
    owner, _, name = place.partition(".")
    assert shape(owner).elements[name].type == "code"


def test_a_code_that_nothing_binds_is_free() -> None:
    assert bindings.allows("Observation.language") is None


@pytest.mark.parametrize(
    ("place", "code", "allowed"),
    [
        ("Observation.status", "corrected", True),
        ("Observation.status", "Final", False),
        ("QuestionnaireItem.type", "open-choice", True),
        ("Money.currency", "EUR", True),
        ("Money.currency", "eur", False),
        ("Attachment.contentType", "image/png", True),
        ("Attachment.contentType", "image", False),
    ],
)
def test_a_binding_allows_its_codes_only(place: str, code: str, allowed: bool) -> None:
    allows = bindings.allows(place)
    assert allows is not None
    assert allows(code) is allowed


def test_an_invariant_binds_a_type_that_there_is() -> None:
    for owner, invariants in INVARIANTS.items():
        steps = {element.step for element in shape(owner).elements.values()}
        assert {i.at for i in invariants} - {""} <= steps
