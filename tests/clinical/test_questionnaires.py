"""The instruments as Questionnaires: their structure, and no word that may not ship."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.clinical import answers
from service.clinical.canonical import ANSWER, ITEM, LOINC, ORDINAL_VALUE
from service.clinical.catalogue import build, catalogue
from service.clinical.questionnaires import questionnaires
from service.fhir.exact_json import dumps
from service.fhir.resource import Resource
from service.fhir.validation import validate
from tests.clinical.sent import response

FORMS: dict[str, Resource] = {q["id"]: q for q in questionnaires(catalogue().instruments)}
MINIMUM = "http://hl7.org/fhir/StructureDefinition/minValue"
MAXIMUM = "http://hl7.org/fhir/StructureDefinition/maxValue"
PLACES = "http://hl7.org/fhir/StructureDefinition/maxDecimalPlaces"


def options(item: Any) -> list[tuple[str, str, Any]]:
    return [
        (o["valueCoding"]["system"], o["valueCoding"]["code"], ordinal(o["valueCoding"]))
        for o in item["answerOption"]
    ]


def ordinal(coding: Any) -> Any:
    """None where the answer is that the item does not apply."""
    if "extension" not in coding:
        return None
    (extension,) = coding["extension"]
    assert extension["url"] == ORDINAL_VALUE
    return extension["valueDecimal"]


def codes(item: Any, system: str) -> list[str]:
    return [coding["code"] for coding in item["code"] if coding["system"] == system]


def test_there_is_one_for_each_instrument_whose_items_are_known_under_our_canonical() -> None:
    assert list(FORMS) == [
        "aaq-ii", "core-10", "core-om", "dass-21", "erq", "gad-7", "haq-ii", "k10", "k10-0-4",
        "oq-45.2", "ors", "pcl-5", "phq-9", "srs", "swemwbs", "wai-s", "wai-s-t", "wai-sr",
        "who-5", "wsas",
    ]  # fmt: skip
    for name, form in FORMS.items():
        assert form["url"] == f"https://attune-outcomes.org/fhir/Questionnaire/{name}"
        assert catalogue().by_canonical(f"{form['url']}|{form['version']}") is not None


@pytest.mark.parametrize("name", FORMS)
def test_it_is_valid(name: str) -> None:
    get_fhir_model_class("Questionnaire").model_validate_json(dumps(FORMS[name]))
    assert validate(FORMS[name]) == ()


def test_the_phq_9_has_the_items_and_answers_of_loinc() -> None:
    form = FORMS["phq-9"]
    assert form["code"] == [{"system": LOINC, "code": "44249-1"}]
    assert [codes(item, LOINC) for item in form["item"]] == [
        ["44250-9"], ["44255-8"], ["44259-0"], ["44254-1"], ["44251-7"], ["44258-2"], ["44252-5"],
        ["44253-3"], ["44260-8"],
    ]  # fmt: skip
    assert {item["type"] for item in form["item"]} == {"choice"}
    assert options(form["item"][8]) == [
        (LOINC, "LA6568-5", 0), (LOINC, "LA6569-3", 1), (LOINC, "LA6570-1", 2),
        (LOINC, "LA6571-9", 3),
    ]  # fmt: skip


def test_an_instrument_without_codes_of_others_has_ours() -> None:
    (first, *_) = FORMS["wai-sr"]["item"]
    assert first["code"] == [{"system": ITEM, "code": "wai-sr-1", "display": "WAI-SR item 1"}]
    assert options(first) == [(ANSWER, str(n), n) for n in (1, 2, 3, 4, 5)]
    assert [n for _, _, n in options(FORMS["aaq-ii"]["item"][6])] == [1, 2, 3, 4, 5, 6, 7]


def test_an_item_that_may_not_apply_has_an_answer_for_that() -> None:
    first, second, *_ = FORMS["wsas"]["item"]
    assert options(second) == [(ANSWER, str(n), n) for n in range(9)]
    absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert options(first) == [*options(second), (absent, "not-applicable", None)]


@pytest.mark.parametrize("name", ["ors", "srs"])
def test_a_line_takes_a_number_with_one_decimal(name: str) -> None:
    for item in FORMS[name]["item"]:
        assert item["type"] == "decimal"
        said = {e["url"]: v for e in item["extension"] for k, v in e.items() if k != "url"}
        assert said == {MINIMUM: Decimal(0), MAXIMUM: Decimal(10), PLACES: 1}


@pytest.mark.parametrize("name", FORMS)
def test_items_say_their_numbers_and_none_is_required(name: str) -> None:
    for number, item in enumerate(FORMS[name]["item"], start=1):
        assert item["linkId"] == str(number)
        assert item["text"] == f"Item {number}"
        assert item["required"] is False


@pytest.mark.parametrize("name", FORMS)
def test_the_licence_stands_in_it(name: str) -> None:
    assert FORMS[name]["copyright"] == catalogue().by_id[name].licence.terms


def test_the_wording_of_an_item_is_shown_where_the_definition_holds_it() -> None:
    phq = catalogue().by_id["phq-9"]
    first, *others = phq.items
    worded = replace(phq, items=(replace(first, text="Words"), *others))
    (form,) = questionnaires(build([worded]).instruments)
    assert [item["text"] for item in form["item"]][:2] == ["Words", "Item 2"]


@pytest.mark.parametrize("name", FORMS)
def test_its_own_answers_are_read_by_its_instrument(name: str) -> None:
    """The highest answer to every item, as a renderer of the form would send it."""
    items = []
    for asked in FORMS[name]["item"]:
        highest = (
            {"valueCoding": numbered(asked)[-1]["valueCoding"]}
            if "answerOption" in asked
            else {"valueDecimal": 10}
        )
        items.append({"linkId": asked["linkId"], "answer": [highest]})
    instrument = catalogue().by_id[name]
    sent = response(items, questionnaire=FORMS[name]["url"])
    reading = answers.read(sent, instrument)
    assert reading.problems == ()
    assert reading.values == {item.number: item.high for item in instrument.items}


def numbered(item: Any) -> list[Any]:
    return [option for option in item["answerOption"] if ordinal(option["valueCoding"]) is not None]
