"""The instruments as Questionnaires: questions, answers, scores, and no word that may not ship."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.clinical import answers
from service.clinical.canonical import ANSWER, ITEM, LOINC, ORDINAL_VALUE, SCALE
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


WORDED = ("dass-21", "gad-7", "k10", "k10-0-4", "pcl-5", "phq-9")
CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
EXTRACT = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract"


def questions(name: str) -> list[Any]:
    """The items that are scored."""
    return [item for item in FORMS[name]["item"] if item["linkId"].isdecimal()]


def scores(name: str) -> list[Any]:
    return [item for item in FORMS[name]["item"] if item.get("readOnly")]


def named(name: str, link_id: str) -> Any:
    (found,) = [item for item in FORMS[name]["item"] if item["linkId"] == link_id]
    return found


def options(item: Any) -> list[tuple[str, str, Any]]:
    return [
        (o["valueCoding"]["system"], o["valueCoding"]["code"], ordinal(o))
        for o in item["answerOption"]
    ]


def ordinal(option: Any) -> Any:
    """None where the answer is that the item does not apply."""
    if "extension" not in option:
        return None
    (extension,) = option["extension"]
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
    assert [codes(item, LOINC) for item in questions("phq-9")] == [
        ["44250-9"], ["44255-8"], ["44259-0"], ["44254-1"], ["44251-7"], ["44258-2"], ["44252-5"],
        ["44253-3"], ["44260-8"],
    ]  # fmt: skip
    assert {item["type"] for item in questions("phq-9")} == {"choice"}
    assert options(named("phq-9", "9")) == [
        (LOINC, "LA6568-5", 0), (LOINC, "LA6569-3", 1), (LOINC, "LA6570-1", 2),
        (LOINC, "LA6571-9", 3),
    ]  # fmt: skip


def test_an_instrument_without_codes_of_others_has_ours() -> None:
    (first, *_) = questions("wai-sr")
    assert first["code"] == [{"system": ITEM, "code": "wai-sr-1", "display": "WAI-SR item 1"}]
    assert options(first) == [(ANSWER, str(n), n) for n in (1, 2, 3, 4, 5)]
    assert [n for _, _, n in options(FORMS["aaq-ii"]["item"][6])] == [1, 2, 3, 4, 5, 6, 7]


def test_an_item_that_may_not_apply_has_an_answer_for_that() -> None:
    first, second, *_ = questions("wsas")
    assert options(second) == [(ANSWER, str(n), n) for n in range(9)]
    absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert options(first) == [*options(second), (absent, "not-applicable", None)]


@pytest.mark.parametrize("name", ["ors", "srs"])
def test_a_line_takes_a_number_with_one_decimal(name: str) -> None:
    assert len(questions(name)) == 4
    for item in questions(name):
        assert item["type"] == "decimal"
        said = {e["url"]: v for e in item["extension"] for k, v in e.items() if k != "url"}
        assert said == {MINIMUM: Decimal(0), MAXIMUM: Decimal(10), PLACES: 1}


@pytest.mark.parametrize("name", FORMS)
def test_no_question_is_required(name: str) -> None:
    asked = [item for item in FORMS[name]["item"] if item["type"] in ("choice", "decimal")]
    assert len(asked) >= len(questions(name)) >= 4
    assert not any(item.get("required") for item in asked)


@pytest.mark.parametrize("name", sorted(set(FORMS) - set(WORDED)))
def test_an_instrument_whose_wording_may_not_ship_says_numbers(name: str) -> None:
    for number, item in enumerate(questions(name), start=1):
        assert item["linkId"] == str(number)
        assert item["text"] == f"Item {number}"
        assert "prefix" not in item
        for option in item.get("answerOption", ()):
            coding = option["valueCoding"]
            assert coding.get("display") in (coding["code"], "Not Applicable")
    assert not any(item["type"] == "display" for item in FORMS[name]["item"])


@pytest.mark.parametrize("name", WORDED)
def test_the_questions_of_a_worded_instrument_are_numbered(name: str) -> None:
    for number, item in enumerate(questions(name), start=1):
        assert item["prefix"] == f"{number}."
        assert not item["text"].startswith(("Item", str(number)))


def test_what_is_read_stands_above_the_questions_and_what_is_scored_below() -> None:
    kinds = {"display": "read", "choice": "asked", "integer": "scored"}
    order = {
        name: [(item["linkId"], kinds[item["type"]]) for item in FORMS[name]["item"]]
        for name in ("phq-9", "pcl-5")
    }
    asked = [(str(number), "asked") for number in range(1, 21)]
    assert order["phq-9"] == [
        ("stem", "read"), *asked[:9], ("difficulty", "asked"), ("total", "scored"),
        ("phq-9-core", "scored"),
    ]  # fmt: skip
    clusters = [(f"pcl-5-{letter}", "scored") for letter in "bcde"]
    read = [("instructions", "read"), ("stem", "read")]
    assert order["pcl-5"] == [*read, *asked, ("total", "scored"), *clusters]


def test_the_difficulty_of_the_phq_9_is_asked_and_counts_nothing() -> None:
    asked = named("phq-9", "difficulty")
    assert asked["code"] == [{"system": LOINC, "code": "69722-7"}]
    assert options(asked) == [
        (LOINC, "LA6572-7", None), (LOINC, "LA6573-5", None), (LOINC, "LA6575-0", None),
        (LOINC, "LA6574-3", None),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "lowest"), [("k10", "1"), ("k10-0-4", "0")])
def test_items_3_and_6_of_the_k10_are_asked_unless_2_and_5_were_answered_lowest(
    name: str, lowest: str
) -> None:
    """`!=` is true also where there is no answer yet, so the items are there at first."""
    conditions = {q["linkId"]: q["enableWhen"] for q in questions(name) if "enableWhen" in q}
    none_of_the_time = {"system": ANSWER, "code": lowest}
    assert conditions == {
        "3": [{"question": "2", "operator": "!=", "answerCoding": none_of_the_time}],
        "6": [{"question": "5", "operator": "!=", "answerCoding": none_of_the_time}],
    }


@pytest.mark.parametrize("name", FORMS)
def test_every_scale_has_a_calculated_item_that_nobody_writes_or_extracts(name: str) -> None:
    instrument = catalogue().by_id[name]
    assert [item["text"] for item in scores(name)] == [s.title for s in instrument.scales]
    for item, scale in zip(scores(name), instrument.scales, strict=True):
        assert codes(item, SCALE) == [scale.id]
        said = {extension["url"]: extension for extension in item["extension"]}
        assert said[EXTRACT]["valueBoolean"] is False
        assert said[CALCULATED]["valueExpression"]["language"] == "text/fhirpath"
        assert "required" not in item


def test_a_score_is_an_integer_where_every_score_of_the_scale_is_one() -> None:
    kinds = {item["code"][-1]["code"]: item["type"] for name in FORMS for item in scores(name)}
    assert {scale for scale, kind in kinds.items() if kind == "decimal"} == {
        "core-om", "core-om-wellbeing", "core-om-problems", "core-om-functioning", "core-om-risk",
        "erq-reappraisal", "erq-suppression", "ors", "srs", "srs-relationship", "srs-goals",
        "srs-approach", "srs-overall", "swemwbs", "wai-sr", "wai-sr-task", "wai-sr-goal",
        "wai-sr-bond",
    }  # fmt: skip
    assert {kinds["phq-9"], kinds["dass-21-stress"], kinds["who-5"]} == {"integer"}


def test_the_total_stands_under_the_link_id_that_is_compared() -> None:
    totals = {name: [item["linkId"] for item in scores(name)] for name in FORMS}
    assert totals["wsas"] == ["total", "wsas-without-work"]
    assert totals["dass-21"] == ["dass-21-depression", "dass-21-anxiety", "dass-21-stress"]
    assert totals["erq"] == ["erq-reappraisal", "erq-suppression"]
    assert {name for name, ids in totals.items() if ids[0] != "total"} == {"dass-21", "erq"}
    assert codes(named("phq-9", "total"), LOINC) == ["44261-6"]


@pytest.mark.parametrize("name", FORMS)
def test_the_licence_stands_in_it(name: str) -> None:
    assert FORMS[name]["copyright"] == catalogue().by_id[name].licence.terms


def test_the_wording_of_an_item_is_shown_where_the_definition_holds_it() -> None:
    phq = catalogue().by_id["phq-9"]
    first, *others = (replace(item, text=None) for item in phq.items)
    worded = replace(phq, items=(replace(first, text="Words"), *others))
    (form,) = questionnaires(build([worded]).instruments)
    texts = {item["linkId"]: item["text"] for item in form["item"]}
    assert (texts["1"], texts["2"]) == ("Words", "Item 2")


@pytest.mark.parametrize("name", FORMS)
def test_its_own_answers_are_read_by_its_instrument(name: str) -> None:
    """The highest answer to every item, as a renderer of the form would send it."""
    items = []
    for asked in questions(name):
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
    return [option for option in item["answerOption"] if ordinal(option) is not None]
