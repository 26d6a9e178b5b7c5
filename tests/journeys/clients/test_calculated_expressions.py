"""fhirpath.js, the engine of LHC-Forms and others, calculates the scores that we derive."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.definitions import Instrument, Scale
from service.clinical.questionnaires import questionnaires
from service.clinical.score import applies, score
from service.fhir.exact_json import dumps
from tests.journeys.clients import prepared

CALCULATED = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression"
FORMS = {q["id"]: json.loads(dumps(q)) for q in questionnaires(catalogue().instruments)}
Answers = Mapping[int, float]
"""By item number; -1: it does not apply."""
NOT_APPLICABLE = -1.0


def expressions(form: str) -> dict[str, str]:
    """linkId -> expression."""
    return {
        item["linkId"]: extension["valueExpression"]["expression"]
        for item in FORMS[form]["item"]
        for extension in item.get("extension", ())
        if extension["url"] == CALCULATED
    }


def filled_in(form: str, answers: Answers, *, ordinals: bool = True) -> dict[str, Any]:
    """A response as a renderer makes it: no item for what was left open."""
    questions = {item["linkId"]: item for item in FORMS[form]["item"]}
    items = [
        {"linkId": str(number), "answer": [_answer(questions[str(number)], answer, ordinals)]}
        for number, answer in sorted(answers.items())
    ]
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": items}


def _answer(question: Mapping[str, Any], answer: float, ordinals: bool) -> dict[str, Any]:
    if question["type"] == "decimal":
        return {"valueDecimal": answer}
    for option in question["answerOption"]:
        counts = option.get("extension", [])
        points = [extension["valueDecimal"] for extension in counts]
        if points == ([] if answer == NOT_APPLICABLE else [answer]):
            kept = {"extension": counts} if counts and ordinals else {}
            return {"valueCoding": {**option["valueCoding"], **kept}}
    raise AssertionError(f"{question['linkId']} has no answer {answer:g}")


def calculated(*asked: tuple[str, list[dict[str, Any]]]) -> list[list[list[float]]]:
    """What the engine gives: for each expression and each response a collection."""
    sent = [{"expression": expression, "resources": forms} for expression, forms in asked]
    done = subprocess.run(
        [prepared.node(), "fhirpath.mjs"],
        cwd=prepared.NODE,
        input=json.dumps(sent),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def of_form(form: str, link_id: str, *filled: Answers) -> list[list[float]]:
    responses = [filled_in(form, answers) for answers in filled]
    return calculated((expressions(form)[link_id], responses))[0]


def cases(instrument: Instrument) -> Iterator[Answers]:
    """Extremes, every item missing alone, several at random, and what does not apply."""
    for answers in (*_extremes(instrument), *_drawn_by_chance(instrument)):
        yield answers
        for item in instrument.may_not_apply:
            yield {**answers, item: NOT_APPLICABLE}
        for item in instrument.skips.values():
            yield {**answers, item: instrument.items[item - 1].low}


def _extremes(instrument: Instrument) -> Iterator[Answers]:
    yield {}
    for scale in instrument.scales:
        for turned in (scale.reversed_items, set(scale.items) - set(scale.reversed_items)):
            yield {i.number: i.high if i.number in turned else i.low for i in instrument.items}


def _drawn_by_chance(instrument: Instrument) -> Iterator[Answers]:
    numbers = [item.number for item in instrument.items]
    chance = Random(instrument.id)  # noqa: S311  (not a secret)
    left_out = [{number} for number in numbers]
    left_out += [set(chance.sample(numbers, chance.randint(0, 4))) for _ in range(30)]
    for missing in left_out:
        yield {n: _drawn(instrument, n, chance) for n in numbers if n not in missing}


def _drawn(instrument: Instrument, number: int, chance: Random) -> float:
    item = instrument.items[number - 1]
    steps = chance.randint(0, round((item.high - item.low) / item.step))
    return round(item.low + steps * item.step, 6)


def ours(instrument: Instrument, scale: Scale, answers: Answers) -> float | None:
    values = {item: answer for item, answer in answers.items() if answer != NOT_APPLICABLE}
    if not applies(instrument, scale, answers.keys() - values.keys()):
        return None
    return score(instrument, scale, values)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_calculates_what_we_derive_and_nothing_where_we_derive_nothing(name: str) -> None:
    """Also where a renderer leaves the ordinal values out."""
    instrument = catalogue().by_id[name]
    filled = list(cases(instrument))
    responses = [filled_in(name, answers) for answers in filled]
    responses += [filled_in(name, answers, ordinals=False) for answers in filled]
    asked = expressions(name)
    assert len(asked) == len(instrument.scales)
    given = calculated(*((expression, responses) for expression in asked.values()))
    for scale, found in zip(instrument.scales, given, strict=True):
        derived = [ours(instrument, scale, answers) for answers in filled]
        assert found == [[] if value is None else [value] for value in derived] * 2, scale.id
        assert None in derived
        assert {scale.low, scale.high} <= set(derived)


def test_a_phq_9_without_item_9_has_no_total_and_without_two_others_one() -> None:
    """Nine twos make 18; without 1 and 2 seven make 14, 14 * 9 / 7 = 18; without item 9 nothing."""
    twos = dict.fromkeys(range(1, 10), 2.0)
    without = [{n: a for n, a in twos.items() if n not in left} for left in ((1, 2), (9,))]
    assert of_form("phq-9", "total", twos, *without) == [[18], [18], []]
    ones = {n: 1.0 for n in range(1, 10) if n != 4} | {1: 2.0, 2: 3.0}
    assert of_form("phq-9", "total", ones) == [[12]]
    assert of_form("phq-9", "phq-9-core", ones) == [[5]]


def test_nothing_answered_is_nothing_and_not_0() -> None:
    empty = [filled_in("phq-9", {})]
    asked = [(e, empty) for form in FORMS for e in expressions(form).values()]
    assert calculated(*asked) == [[[]]] * 49


def test_the_k10_counts_a_skipped_item_lowest() -> None:
    """1 and 1 for the items 2 and 5, 3 and 6 skipped, threes elsewhere: 6 * 3 + 4 = 22."""
    threes = dict.fromkeys((1, 4, 7, 8, 9, 10), 3.0) | {2: 1.0, 5: 1.0}
    assert of_form("k10", "total", threes) == [[22]]


def test_a_sum_of_decimals_is_exact_in_decimal() -> None:
    assert of_form("ors", "total", {1: 6.1, 2: 6.3, 3: 6.3, 4: 6.3}) == [[25]]


def test_the_wsas_without_work_is_another_total() -> None:
    eights = dict.fromkeys(range(2, 6), 8.0)
    not_applicable = {**eights, 1: NOT_APPLICABLE}
    assert of_form("wsas", "total", not_applicable, eights) == [[], []]
    assert of_form("wsas", "wsas-without-work", not_applicable, eights) == [[32], []]
