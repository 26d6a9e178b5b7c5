"""The packaged CodeSystems and ValueSets: valid FHIR, whole, unambiguous, and those enforced."""

import orjson
import pytest
from fhir.resources.R4B import get_fhir_model_class

from service.clinical import expression, finding_codes
from service.clinical.canonical import BASE, EXPRESSION, FINDING, ORDINAL_VALUE
from service.clinical.catalogue import catalogue
from service.clinical.terminology import packaged
from service.fhir.resource import Resource
from service.fhir.validation import validate

PACKAGED = {f"{r['resourceType']}/{r['id']}": r for r in packaged(catalogue())}

SPECIFIED = {
    "expression-presence": "tears tears-held-back eyes-filled no-tears-emotion-shared none "
    "prefer-not-to-record",
    "expression-timing": "opening middle closing after-session",
    "expression-topic": "loss conflict-in-relationship feeling-alone feeling-powerless overload "
    "self-criticism memory-of-harm bodily-pain kindness-received relief-or-joy "
    "talking-about-therapy other not-known",
    "expression-intensity": "none-seen slight clear full",
    "expression-duration": "moment few-minutes much-of-session",
    "expression-form": "quiet-tears sobbing restrained protesting grieving relieved "
    "laughing-and-crying other",
    "emotion-during": "sadness grief anger fear shame guilt loneliness tenderness relief joy numb "
    "other",
    "emotion-after": "sadness grief anger fear shame guilt loneliness tenderness relief joy numb "
    "other",
    "mood-change-after": "better same worse mixed too-soon-to-say",
    "therapist-act-before": "stayed-present named-feeling explored-feeling linked-to-history "
    "paused let-narrate supported normalised asked-facts silence no-response changed-topic "
    "ended-session encouraged-expression pressed-for-expression self-disclosed other",
    "therapist-response": "stayed-present named-feeling explored-feeling linked-to-history "
    "paused let-narrate supported normalised asked-facts silence no-response changed-topic "
    "ended-session encouraged-expression pressed-for-expression self-disclosed other",
    "patient-meaning": "facing-pain trust-in-therapist new-way-of-seeing release overwhelmed "
    "felt-exposed no-special-meaning not-discussed other",
    "others-present": "interpreter partner family-member group student none",
    "pace-wish": "go-on slower not-now stop no-preference",
    "restraint": "does-not-wish would-like-but-cannot unsure not-asked",
    "crying-belief": "tears-help tears-make-worse tears-burden-others seen-as-weak "
    "not-for-my-gender not-for-my-family-or-culture private-matter no-fixed-view not-asked",
    "under-question": "yes no",
    "referral": "considered offered declined made",
    "session-attendance": "attended did-not-attend late-cancel-by-client cancelled-by-therapist",
    "course-ending": "agreed-ending client-ended therapist-ended referred moved other",
}


def codes_of(resource: Resource) -> list[str]:
    if resource["resourceType"] == "CodeSystem":
        return [concept["code"] for concept in resource["concept"]]
    return [c["code"] for include in resource["compose"]["include"] for c in include["concept"]]


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_resource_is_valid_fhir(name: str) -> None:
    body = orjson.dumps(PACKAGED[name])
    get_fhir_model_class(PACKAGED[name]["resourceType"]).model_validate_json(body)
    assert validate(PACKAGED[name]) == ()


@pytest.mark.parametrize("name", PACKAGED)
def test_a_packaged_resource_names_itself_under_the_base(name: str) -> None:
    resource = PACKAGED[name]
    assert resource["url"] == f"{BASE}/{name}"
    assert resource["status"] == "active"
    assert resource["version"] == "1.0.0"


def test_the_code_systems_are_complete_and_counted() -> None:
    systems = [r for r in PACKAGED.values() if r["resourceType"] == "CodeSystem"]
    assert {r["id"] for r in systems} == {
        "answer", "expression", "finding", "item", "label", "rule", "scale",
    }  # fmt: skip
    for system in systems:
        codes = codes_of(system)
        assert (system["content"], system["count"]) == ("complete", len(codes))
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", SPECIFIED)
def test_a_value_set_holds_the_specified_codes(name: str) -> None:
    assert codes_of(PACKAGED[f"ValueSet/{name}"]) == SPECIFIED[name].split()


def test_every_value_set_of_expression_is_among_the_specified() -> None:
    ours = {
        r["id"]
        for r in PACKAGED.values()
        if r["resourceType"] == "ValueSet" and r["compose"]["include"][0]["system"] == EXPRESSION
    }
    assert ours == set(SPECIFIED)


def test_the_components_of_an_episode_are_the_specified_ones() -> None:
    assert [rule.code for rule in expression.EPISODE_COMPONENTS] == [
        "expression-presence", "expression-timing", "expression-topic", "expression-intensity",
        "expression-duration", "expression-form", "emotion-during", "emotion-after",
        "mood-change-after", "therapist-act-before", "therapist-response", "patient-meaning",
        "felt-understood", "shame-about-crying", "others-present",
    ]  # fmt: skip
    repeating = {rule.code for rule in expression.EPISODE_COMPONENTS if rule.repeats}
    assert repeating == {
        "expression-topic", "expression-form", "emotion-during", "emotion-after",
        "therapist-act-before", "therapist-response", "patient-meaning", "others-present",
    }  # fmt: skip


def test_the_observations_of_expression_are_the_specified_ones() -> None:
    assert set(expression.TOPICS) == {
        "expression-episode", "pace-wish", "restraint", "crying-belief", "acceptance-of-suffering",
        "trust-in-therapist", "pace-felt", "expression-looking-back", "referral",
        "session-attendance", "course-ending", "goal-attainment",
    }  # fmt: skip


def test_the_code_system_of_expression_holds_every_topic_component_and_value() -> None:
    held = set(codes_of(PACKAGED["CodeSystem/expression"]))
    wanted = set(expression.TOPICS) | {c for codes in SPECIFIED.values() for c in codes.split()}
    wanted |= {rule.code for rule in expression.EPISODE_COMPONENTS}
    wanted |= {"belief-strength", "under-question", "own-words", "referral-reason"}
    assert held == wanted


def test_intensity_is_ordered_from_0_to_3() -> None:
    ordinals = {
        concept["code"]: concept["extension"][0]["valueDecimal"]
        for concept in PACKAGED["CodeSystem/expression"]["concept"]
        if "extension" in concept and concept["extension"][0]["url"] == ORDINAL_VALUE
    }
    assert ordinals == {"none-seen": 0, "slight": 1, "clear": 2, "full": 3}


def test_rules_and_findings_and_scales_are_coded() -> None:
    rules = {
        "safety-review", "reliable-change", "clinical-status", "alliance-level", "alliance-strain",
        "alliance-return", "pace", "first-expression", "sudden-gain", "sudden-loss",
        "early-response", "alliance-trend", "alliance-difference", "effect-size", "paired-status",
        "attendance", "belief-change", "acceptance-change", "course", "expected-course",
        "depressive-symptoms-without-reported-low-mood",
    }  # fmt: skip
    assert set(codes_of(PACKAGED["CodeSystem/rule"])) == rules
    held = set(codes_of(PACKAGED["CodeSystem/finding"]))
    assert rules | {"safety-acknowledgement", "finding-dismissal"} <= held
    assert set(codes_of(PACKAGED["ValueSet/dismissal-reason"])) <= held
    assert set(codes_of(PACKAGED["CodeSystem/scale"])) == set(catalogue().scales)


def test_every_item_of_every_instrument_is_coded() -> None:
    """PHQ-9, GAD-7; CORE-10, CORE-OM, OQ-45.2; ORS, SRS; WAI-SR, WAI-S twice; HAQ-II; AAQ-II; ERQ;
    PCL-5; WSAS; DASS-21; K10 twice; WHO-5; SWEMWBS."""
    items = PACKAGED["CodeSystem/item"]["concept"]
    counts = (9, 7, 10, 34, 45, 4, 4, 12, 12, 12, 19, 7, 10, 20, 5, 21, 10, 10, 5, 7)
    assert len(items) == sum(counts)
    assert {"code": "wai-sr-12", "display": "WAI-SR item 12"} in items


def test_no_code_of_a_finding_is_in_two_groups() -> None:
    assert len(finding_codes.CODES) == sum(len(group) for group in finding_codes.GROUPS)


def test_value_sets_take_their_displays_from_the_code_system() -> None:
    displays = {
        system["url"]: {c["code"]: c["display"] for c in system["concept"]}
        for system in PACKAGED.values()
        if system["resourceType"] == "CodeSystem"
    }
    for resource in PACKAGED.values():
        if resource["resourceType"] == "ValueSet":
            for include in resource["compose"]["include"]:
                for concept in include["concept"]:
                    assert displays[include["system"]][concept["code"]] == concept["display"]


def test_packaging_twice_gives_the_same_bytes() -> None:
    assert orjson.dumps(packaged(catalogue())) == orjson.dumps(packaged(catalogue()))


def test_systems_are_named_once() -> None:
    assert f"{BASE}/CodeSystem/finding" == FINDING
    assert EXPRESSION == "https://attune-outcomes.org/fhir/CodeSystem/expression"
