"""A response is begun with the items of its questionnaire and no answer that nobody gave.

http://hl7.org/fhir/uv/sdc/OperationDefinition/Questionnaire-populate
"""

from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.operations.populate import names, populate
from service.errors import BadRequest, Invalid, NotFound
from service.fhir.resource import Resource
from service.fhir.validation import validate

BASE_URL = "https://clinic.example/fhir"
SRS = "https://attune-outcomes.org/fhir/Questionnaire/srs"
THEIRS = "https://clinic.example/Questionnaire/before"
SUBJECT = {"reference": "Patient/p"}


def begun(
    instance: Resource | None = None, resources: tuple[Resource, ...] = (), **given: Any
) -> Resource:
    asked = {name: (value,) for name, value in ({"subject": SUBJECT} | given).items() if value}
    found = populate(
        asked, instance=instance, resources=resources, known=catalogue(), base_url=BASE_URL
    )
    assert validate(found) == ()
    return found


def response(*args: Any, **given: Any) -> Resource:
    (first, *_) = begun(*args, **given)["parameter"]
    assert first["name"] == "response"
    return dict(first["resource"])


def questionnaire(*items: Any, **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Questionnaire", "status": "active", "item": list(items), **elements}


def item(link_id: str, kind: str = "string", **elements: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, **elements}


def test_a_form_of_ours_is_begun_by_its_canonical() -> None:
    """Exactly this, and no date: when it is filled in is for the client to say."""
    assert response(questionnaire=SRS) == {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{SRS}|1.0.0",
        "status": "in-progress",
        "subject": SUBJECT,
        "item": [
            {"linkId": "1", "text": "Item 1"},
            {"linkId": "2", "text": "Item 2"},
            {"linkId": "3", "text": "Item 3"},
            {"linkId": "4", "text": "Item 4"},
            {"linkId": "total", "text": "SRS total"},
            {"linkId": "srs-relationship", "text": "SRS relationship"},
            {"linkId": "srs-goals", "text": "SRS goals"},
            {"linkId": "srs-approach", "text": "SRS approach"},
            {"linkId": "srs-overall", "text": "SRS overall"},
        ],
    }


@pytest.mark.parametrize(
    "source",
    [
        {"questionnaire": SRS},
        {"canonical": f"{SRS}|1.0.0"},
        {"questionnaire": f"{SRS}|1.4.0"},
        {"questionnaire": {"reference": "Questionnaire/srs"}},
        {"questionnaireRef": {"reference": "Questionnaire/srs"}},
        {"questionnaire": "SELF"},
        {"resource": "SELF"},
    ],
)
def test_a_questionnaire_is_named_in_every_way_of_sdc(source: dict[str, Any]) -> None:
    """Versions 3 and 4 differ; both are taken."""
    self = questionnaire(item("1"), url=SRS, version="1.0.0")
    given = {name: self if value == "SELF" else value for name, value in source.items()}
    found = response(resources=(self,), **given)
    assert found["questionnaire"] == f"{SRS}|1.0.0"


def test_what_is_stored_is_asked_for_only_where_it_is_not_ours() -> None:
    def needed(source: Any) -> list[str]:
        return list(names({"questionnaire": (source,)}, catalogue()))

    assert needed(SRS) == []
    assert needed(f"{SRS}|1.0.0") == []
    assert needed(questionnaire()) == []
    assert needed(f"{SRS}|2.0.0") == [f"{SRS}|2.0.0"]
    assert needed(THEIRS) == [THEIRS]
    assert needed({"reference": "Questionnaire/x"}) == ["Questionnaire/x"]
    assert needed("http://loinc.org/q/44249-1") == ["http://loinc.org/q/44249-1"]


def test_a_questionnaire_of_a_client_never_shadows_ours() -> None:
    theirs = questionnaire(item("mine"), url=SRS, version="1.0.0")
    found = response(resources=(theirs,), questionnaire=SRS)
    assert [i["linkId"] for i in found["item"]][:4] == ["1", "2", "3", "4"]


def test_at_an_instance_that_questionnaire_is_begun() -> None:
    stored = questionnaire(item("a", text="How?"), id="x")
    found = response(stored)
    assert found["item"] == [{"linkId": "a", "text": "How?"}]
    assert found["questionnaire"] == f"{BASE_URL}/Questionnaire/x"
    assert response({**stored, "url": THEIRS})["questionnaire"] == THEIRS


def test_groups_and_displays_keep_their_places() -> None:
    """`one item for every item in the source Questionnaire`"""
    group = item(
        "g", "group", text="Group", item=[item("d", "display", text="Read"), item("q", text="Say")]
    )
    assert response(questionnaire(group))["item"] == [
        {
            "linkId": "g",
            "text": "Group",
            "item": [{"linkId": "d", "text": "Read"}, {"linkId": "q", "text": "Say"}],
        }
    ]


def test_initial_values_are_answers_and_nested_items_stand_below_them() -> None:
    """`If a question has a default, the default answer should be populated.`"""
    nested = [item("n")]
    form = questionnaire(
        item("a", initial=[{"valueString": "x"}], item=nested),
        item("b", "integer", repeats=True, initial=[{"valueInteger": 0}, {"valueInteger": 2}]),
        item("c", "choice", answerOption=[
            {"valueCoding": {"code": "1"}},
            {"valueCoding": {"code": "2"}, "initialSelected": True},
        ]),
        item("d", item=nested),
    )  # fmt: skip
    assert response(form)["item"] == [
        {"linkId": "a", "answer": [{"valueString": "x", "item": [{"linkId": "n"}]}]},
        {"linkId": "b", "answer": [{"valueInteger": 0}, {"valueInteger": 2}]},
        {"linkId": "c", "answer": [{"valueCoding": {"code": "2"}}]},
        {"linkId": "d", "item": [{"linkId": "n"}]},
    ]


@pytest.mark.parametrize("name", ["context", "launchContext"])
@pytest.mark.parametrize(
    "content",
    [
        {"valueReference": {"reference": "Encounter/e"}},
        {"resource": {"resourceType": "Encounter", "id": "e"}},
    ],
)
def test_the_session_is_taken_from_the_context(name: str, content: dict[str, Any]) -> None:
    parts = [{"name": "name", "valueString": "encounter"}, {"name": "content", **content}]
    assert response(questionnaire=SRS, **{name: parts})["encounter"] == {"reference": "Encounter/e"}


def test_other_contexts_are_passed_over_and_that_is_said() -> None:
    parts = [
        {"name": "name", "valueString": "patient"},
        {"name": "content", "valueReference": SUBJECT},
    ]
    for asked in ({"context": parts}, {"local": True}):
        found = begun(questionnaire=SRS, **asked)
        response_, issues = found["parameter"]
        assert "encounter" not in response_["resource"]
        assert issues["name"] == "issues"
        (issue,) = issues["resource"]["issue"]
        assert issue["severity"] == "information"
        assert issue["diagnostics"] == (
            "Answers are not taken from records; the form holds its initial values only."
        )
    assert len(begun(questionnaire=SRS)["parameter"]) == 1


def test_a_subject_may_be_text_in_a_query() -> None:
    assert response(questionnaire=SRS, subject="Patient/p")["subject"] == SUBJECT


@pytest.mark.parametrize(
    "given",
    [
        {"questionnaire": SRS, "subject": None},
        {"questionnaire": None},
        {"questionnaire": SRS, "canonical": SRS},
        {"questionnaire": {"display": "x"}},
        {"questionnaire": {"resourceType": "Patient"}},
        {"questionnaire": SRS, "context": ["encounter"]},
    ],
)
def test_one_questionnaire_and_a_subject_are_needed(given: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        begun(**given)


def test_a_questionnaire_that_is_not_here_is_not_found() -> None:
    unworded = "https://attune-outcomes.org/fhir/Questionnaire/promis-depression"
    for name in (THEIRS, f"{SRS}|2.0.0", "Questionnaire/x", unworded):
        with pytest.raises(NotFound):
            begun(questionnaire=name)


def test_an_invalid_questionnaire_is_refused() -> None:
    with pytest.raises(Invalid):
        begun(questionnaire=questionnaire({"linkId": "a", "type": "banana"}))
