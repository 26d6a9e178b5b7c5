"""The fourteen rules that outrank every feature, each walked over everything there is.

What is walked is read from the service's own registers (`clinical_rules/registers.py`) and derived
from synthetic patients who reach every instrument and indicator (`people.py`). Each rule has a
check that gives one sentence for every breach (`content.py`, `derived.py`, `safety.py`,
`searches.py`), a test that the walk gives none, and one in which a planted breach (`planted.py`) is
caught. Whoever adds an instrument, an indicator, a text, an operation, a search parameter, a
measure or a card has added it to the walk; a test fails where no patient reaches a new indicator.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from functools import cache, partial
from pathlib import Path

import httpx
import pytest
from msgspec import structs

from service.clinical import expression, finding_codes, population
from service.clinical.catalogue import catalogue
from service.clinical.derive import indicators
from service.clinical.findings import Category
from service.fhir.resource import Resource
from service.fhir.search.parse import parse
from service.fhir.types import TYPES
from tests.clinical.sent import coded
from tests.conformance.clinical_rules import content, derived, planted, registers, safety, searches
from tests.conformance.clinical_rules.people import Given, Seen, explanation, people, seen
from tests.conformance.clinical_rules.people import derived as observations

RULES = indicators()
ACCEPT = registers.ports().accept
ASKING = [instrument for instrument in catalogue().instruments if instrument.safety]
WHOLE = {name: given for name, given in people().items() if name.startswith("everything")}
"""Patients with every instrument and records of expression."""
refusals = partial(population.refusals, known=catalogue())
FOUND: dict[str, list[Seen]] = {name: seen(given) for name, given in people().items()}
HARMLESS = "The PHQ-9 total rose 7 points since 3 May (threshold 6)."


def caught(breaches: Iterable[str], word: str) -> bool:
    return any(word in breach for breach in breaches)


@cache
def everything_derived() -> tuple[Resource, ...]:
    return tuple(o for given in people().values() for o in observations(given))


def some() -> Given:
    return WHOLE["everything down and back"]


def test_every_indicator_is_reached_by_some_patient() -> None:
    reached = {each.rule.id for found in FOUND.values() for each in found}
    assert {rule.id for rule in RULES} - reached == set()


# 1. Tears are recorded, never rewarded.


def test_1_no_record_of_expression_is_judged_when_it_arrives() -> None:
    assert list(content.judged_on_arrival(ACCEPT)) == []


def test_1_a_door_that_lets_judgements_in_is_caught() -> None:
    found = list(content.judged_on_arrival(lambda _: ()))
    assert caught(found, "expression-episode is taken with interpretation of expression-presence")
    assert caught(found, "pace-wish is taken with referenceRange")


def test_1_nothing_aims_at_what_was_expressed() -> None:
    concepts = [*map(coded, expression.CODES), *content.on_expression(RULES)]
    assert list(content.aimed_at(ACCEPT, concepts)) == []


def test_1_a_goal_on_a_finding_of_expression_that_nobody_refuses_is_caught() -> None:
    unknown = planted.indicator(planted.trust_from_tears, Category.THERAPY)
    assert caught(content.aimed_at(ACCEPT, content.on_expression([unknown])), "planted")


def test_1_no_scale_or_finding_counts_tears_as_good_or_bad() -> None:
    assert list(content.counted_as_good_or_bad(s for _, s in catalogue().scales.values())) == []
    assert list(derived.judged(everything_derived())) == []
    assert [b for given in WHOLE.values() for b in derived.counting_tears(given, RULES)] == []


def test_1_a_scale_and_an_indicator_that_reward_tears_are_caught() -> None:
    assert caught(content.counted_as_good_or_bad([planted.praised()]), "says what is better")
    counting = planted.indicator(planted.tears_against_a_threshold)
    found = list(derived.counting_tears(some(), [counting]))
    assert caught(found, "shown to readers of questionnaires")
    assert caught(found, "depends on how often tears were recorded")
    assert caught(found, "compares tears by 'threshold'")
    pace = next(o for o in observations(some()) if caught(registers.strings(o["code"]), "pace"))
    assert caught(derived.judged([{**pace, "interpretation": []}]), "interpretation")


# 2. Nothing ranks, sorts, filters or compares by them.


def test_2_no_search_of_many_patients_asks_what_was_expressed() -> None:
    assert list(searches.unrefused(refusals)) == []


def test_2_a_search_that_is_let_through_is_caught() -> None:
    def blind(query: searches.Query) -> tuple[object, ...]:
        """Looks at no sort."""
        return refusals(structs.replace(query, sort=()))

    assert caught(searches.unrefused(blind), "_sort=-component-value-quantity")
    understood = list(searches.unrefused(lambda _: ()))
    assert len(understood) > 3000
    assert caught(understood, "Patient?_has:Observation:patient:")


def test_2_the_refusals_leave_other_searches_alone() -> None:
    asked = [("code", "http://loinc.org|44261-6"), ("value-quantity", "ge20")]
    query = parse("Observation", asked, zone=UTC, base_url=registers.BASE)
    assert refusals(query) == ()


@pytest.mark.parametrize("operation", ["$stats", "$lastn"])
async def test_2_operations_over_many_patients_refuse_expression(
    fhir: httpx.AsyncClient, operation: str
) -> None:
    code = "https://attune-outcomes.org/fhir/CodeSystem/expression|expression-episode"
    for whose in ("", "&patient=a,b&subject=Patient/a,Patient/b"):
        answer = await fhir.get(f"/Observation/{operation}?code={code}&statistic=count{whose}")
        assert answer.status_code in (400, 403, 422), (operation, whose)


# 3. No diagnosis.


def test_3_no_condition_is_made_and_no_icd_code_emitted() -> None:
    assert list(content.diagnosing(registers.packaged())) == []
    assert list(content.diagnosing(everything_derived())) == []
    assert {o["resourceType"] for o in everything_derived()} == {"Observation"}
    assert "Condition" not in TYPES


def test_3_a_diagnosis_is_caught() -> None:
    icd = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "F32"}]}
    assert caught(content.diagnosing([{"resourceType": "Condition"}]), "Condition")
    assert caught(content.diagnosing([{"resourceType": "Observation", "code": icd}]), "sid/icd-10")


# 4. Nothing is inferred from tears.


def test_4_findings_of_expression_repeat_what_people_recorded() -> None:
    assert [b for n, given in people().items() for b in derived.inferring(given, FOUND[n])] == []


def test_4_an_inference_is_caught() -> None:
    inferring = planted.indicator(planted.trust_from_tears, Category.THERAPY)
    found = list(derived.inferring(some(), seen(some(), [inferring])))
    assert caught(found, "Nobody recorded 'release'")
    assert caught(found, "It concludes 'release'")


# 5. Missing is missing.


@pytest.mark.parametrize("instrument", catalogue().instruments, ids=lambda i: i.id)
def test_5_no_score_is_made_up_and_none_goes_missing(instrument: planted.Instrument) -> None:
    assert list(content.imputed(instrument)) == []
    if instrument.items:
        made = observations([planted.one_answer(instrument)])
        assert list(derived.without_value_or_reason(made)) == []
        assert list(derived.silently_absent(instrument, made)) == []


def test_5_an_imputed_safety_item_and_a_missing_score_are_caught() -> None:
    found = list(content.imputed(planted.forgiving()))
    assert caught(found, "phq-9 is scored without item 9, a safety item.")
    assert content.refused_definitions([planted.forgiving()])
    assert caught(derived.silently_absent(planted.PHQ_9, []), "phq-9 has no Observation")
    assert caught(derived.without_value_or_reason([{"id": "o"}]), "neither a value nor a reason")


def test_5_every_score_and_finding_has_a_value_or_says_why_not() -> None:
    assert list(derived.without_value_or_reason(everything_derived())) == []


# 6. No reassurance.


def test_6_no_favourable_status_stands_without_what_speaks_against_it() -> None:
    assert [b for found in FOUND.values() for b in derived.reassuring(found)] == []


def test_6_the_walk_meets_every_favourable_value_with_an_open_review() -> None:
    met = {
        str(getattr(each.finding.value, "code", ""))
        for found in FOUND.values()
        for each in found
        if any(review.concern.raised for review in each.chart.open_reviews)
    }
    assert met >= {
        "crossed-without-reliable-change", "no-step-shown", "no-strain-shown", "no-trend-shown",
        "reached-in-both", "recovered", "reliably-improved", "returned", "rising", "step-shown",
    }  # fmt: skip


def test_6_comfort_that_names_nothing_is_caught() -> None:
    comforting = [planted.indicator(planted.comfort_without_candour)]
    name = "down at once, with an open safety review"
    found = list(derived.reassuring(seen(people()[name], comforting)))
    assert caught(found, "It names no open safety review.")
    assert caught(found, "It names no unanswered safety item.")
    assert caught(found, "It does not name the WHO-5 score.")
    alone = seen(people()["gad-7 down at once"], comforting)
    assert caught(derived.reassuring(alone), "does not say that no form asks about suicide")


# 7. No composite.


def test_7_no_value_stands_for_two_scales() -> None:
    assert [b for found in FOUND.values() for b in derived.mixing(found)] == []


def test_7_a_composite_is_caught() -> None:
    found = list(derived.mixing(seen(some(), [planted.indicator(planted.mean_of_everything)])))
    assert caught(found, "It mixes ")
    assert caught(found, "One number stands for ")


# 8. Safety comes before any score.


@pytest.mark.parametrize("instrument", ASKING, ids=lambda i: i.id)
def test_8_a_safety_item_is_heard_whatever_the_score(instrument: planted.Instrument) -> None:
    assert list(safety.unflagged(instrument)) == []


def test_8_an_instrument_whose_safety_item_is_not_named_is_caught() -> None:
    assert caught(safety.unflagged(planted.silent()), "phq-9 names no safety item")
    assert {i.id for i in ASKING} >= {"phq-9", "core-10", "core-om", "oq-45.2"}


# 9. Wording.


def test_9_no_text_that_ships_says_a_forbidden_word() -> None:
    assert list(content.worded(registers.names() | registers.descriptions(), finding=True)) == []
    texts = {**registers.resource_texts(), **registers.sentences_of_openapi()}
    assert len(texts) > 800
    assert list(content.worded(texts | registers.notices())) == []
    assert list(content.badly_documented(registers.documents())) == []


async def test_9_the_capability_statement_says_none_either(fhir: httpx.AsyncClient) -> None:
    statement = (await fhir.get("/metadata")).json()
    texts = registers.words_of(statement)
    assert texts
    assert list(content.worded(texts)) == []
    assert list(content.promising(texts)) == []


def test_9_no_finding_says_a_forbidden_word_or_asks_twice() -> None:
    texts = {str(each): each.finding.sentence for found in FOUND.values() for each in found}
    assert list(content.worded(texts, finding=True)) == []
    explained = {f"{each} {text}": text for found in FOUND.values() for each in found
                 for text in explanation(each)}  # fmt: skip
    assert list(content.worded(explained, finding=True)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Patient deteriorating", "Rupture detected", "The patient is resistant.",
        "The patient failed to cry.", "Crying unresolved", "The total is worse.",
        "Consider asking what changed. Consider a referral.",
    ],
)  # fmt: skip
def test_9_a_verdict_is_caught(sentence: str) -> None:
    assert caught(content.worded({"here": sentence}, finding=True), "here")
    assert list(content.worded({"here": HARMLESS}, finding=True)) == []
    assert caught(content.badly_documented({"README.md:1": "The patient failed to cry."}), "README")


# 10. No free text is required.


def test_10_a_record_of_codes_alone_is_taken() -> None:
    assert list(content.wanting_words(ACCEPT)) == []
    (profile,) = [r for r in registers.packaged() if r["id"] == "attune-expression-episode"]
    assert list(content.words_required_by(profile)) == []


def test_10_a_required_text_is_caught() -> None:
    belief = expression.TOPICS["crying-belief"]
    words = replace(belief.components[-1], required=True)
    topics = {"crying-belief": replace(belief, components=(words,))}
    assert caught(content.wanting_words(ACCEPT, topics), "'own-words' of 'crying-belief'")
    note = {"path": "Observation.note", "min": 1}
    profile = {"id": "p", "differential": {"element": [note]}}
    assert caught(content.words_required_by(profile), "p requires Observation.note")


# 11. What a reader may not see is not told in what follows from it.


ALLIANCE = [i.id for i in catalogue().instruments if i.scales[0].construct == "alliance"]


def alliance_forms(given: Given) -> list[str]:
    return [f.reference for f in given if getattr(f, "instrument", None) in ALLIANCE]


@pytest.mark.parametrize("name", WHOLE)
def test_11_all_that_follows_from_a_restricted_alliance_form_carries_its_label(name: str) -> None:
    """Forms name the Encounter of their session here; a form on a day of its own is a session."""
    restricted = alliance_forms(WHOLE[name])
    assert restricted
    assert list(derived.leaking(WHOLE[name], restricted, RULES)) == []


def test_11_an_alliance_score_told_in_another_finding_is_caught() -> None:
    telling = planted.indicator(planted.alliance_told_by_another_scale)
    found = list(derived.leaking(some(), alliance_forms(some()), [telling]))
    assert caught(found, "follows from it unlabelled: The alliance was ")


# 12. A dismissal stays; first tears are never a notification.


@pytest.mark.parametrize("name", WHOLE)
def test_12_what_is_dismissed_stays_in_the_record(name: str) -> None:
    assert list(derived.lost_by_dismissal(WHOLE[name], RULES)) == []


def test_12_first_tears_are_in_no_card_topic_or_measure() -> None:
    texts = {**registers.notices(), **content.topics_of(registers.packaged())}
    assert list(content.notifying(texts)) == []


def test_12_a_lost_finding_and_a_card_about_first_tears_are_caught(tmp_path: Path) -> None:
    finding = observations(some())[-1]
    assert caught(derived.dismissed(finding, None), "is gone once it is dismissed")
    assert caught(derived.dismissed(finding, finding), "does not say that it was dismissed")
    cards = tmp_path / "service" / "clinical" / "cards"
    cards.mkdir(parents=True)
    (cards / "tears.py").write_text('CARD = ("first-expression", "First tears!")\n')
    assert caught(content.notifying(registers.notices(tmp_path)), "cards/tears.py:1")
    topic = {"resourceType": "Basic", "id": "t", "code": {"text": "first-expression"}}
    assert caught(content.notifying(content.topics_of([topic])), "Basic/t")


# 13. The word is restraint.


def test_13_no_code_or_display_calls_restraint_resistance() -> None:
    assert list(content.called_resistance({**expression.CODES, **finding_codes.CODES})) == []
    assert expression.CODES["restraint"] == "Restraint"


def test_13_the_other_word_is_caught() -> None:
    assert caught(content.called_resistance({"restraint": "Resistance to crying"}), "other word")


# 14. Visibility is promised, not better outcomes.


def test_14_the_readme_says_what_is_promised_and_nothing_promises_more() -> None:
    readme = " ".join(text for place, text in registers.documents().items() if "README" in place)
    assert "small effects (d = 0.15" in readme
    assert "what Attune promises is visibility, not better outcomes" in readme
    texts = {**registers.documents(), **registers.sentences_of_openapi()}
    texts |= {**registers.resource_texts(), **registers.descriptions(), **registers.notices()}
    assert list(content.promising(texts)) == []


@pytest.mark.parametrize(
    "promise",
    ["Clinically proven.", "Leads to better outcomes.", "It improves outcomes", "Reduces dropout"],
)
def test_14_a_promise_is_caught(promise: str) -> None:
    assert caught(content.promising({"README.md:1": promise}), "README.md:1")
    assert list(content.promising({"README.md:1": "visibility, not better outcomes"})) == []
