"""Whether a code stands in a code system or a value set.

http://hl7.org/fhir/R4/operation-codesystem-validate-code.html and
http://hl7.org/fhir/R4/operation-valueset-validate-code.html
"""

from collections.abc import Callable
from typing import Any

import pytest

from service.clinical.canonical import EXPRESSION, FINDING, value_set
from service.clinical.catalogue import catalogue
from service.clinical.operations import validate_code_in_code_system as of_system
from service.clinical.operations import validate_code_in_value_set as of_set
from service.clinical.terminology import vocabulary
from service.errors import BadRequest, NotFound
from service.fhir.resource import Resource
from service.fhir.validation import validate

VOCABULARY = vocabulary(catalogue())

PACE_WISH = value_set("pace-wish")
Ask = Callable[..., dict[str, Any]]


def in_set(instance: Resource | None = None, **given: Any) -> dict[str, Any]:
    given = given if instance or "valueSet" in given else {"url": PACE_WISH} | given
    asked = {name: (value,) for name, value in given.items() if value is not None}
    return told(of_set.validate_code(asked, instance=instance, vocabulary=VOCABULARY))


def in_system(instance: Resource | None = None, **given: Any) -> dict[str, Any]:
    given = given if instance or "codeSystem" in given else {"url": EXPRESSION} | given
    asked = {name: (value,) for name, value in given.items() if value is not None}
    return told(of_system.validate_code(asked, instance=instance, vocabulary=VOCABULARY))


def told(found: Resource) -> dict[str, Any]:
    assert validate(found) == ()
    return {p["name"]: next(v for k, v in p.items() if k != "name") for p in found["parameter"]}


SLOWER = {"system": EXPRESSION, "code": "slower"}
YES = {"result": True, "display": "Slower"}


@pytest.mark.parametrize("ask", [in_set, in_system])
def test_a_code_that_is_there_is_valid_and_has_its_display(ask: Ask) -> None:
    assert ask(**SLOWER) == YES
    assert ask(**SLOWER, display="slower") == YES
    assert ask(coding=SLOWER) == YES
    assert ask(coding=SLOWER | {"display": "Slower", "version": "1.0.0"}) == YES
    assert ask(codeableConcept={"coding": [SLOWER]}) == YES


@pytest.mark.parametrize("ask", [in_set, in_system])
def test_one_valid_coding_of_a_concept_is_enough(ask: Ask) -> None:
    """`The server returns true if one of the coding values is in the value set`"""
    other = {"system": "http://snomed.info/sct", "code": "28263002"}
    assert ask(codeableConcept={"coding": [other, SLOWER]}) == YES
    assert ask(codeableConcept={"coding": [other]})["result"] is False
    assert ask(codeableConcept={"text": "slower"}) == {
        "result": False,
        "message": "There is no coding to check.",
    }


@pytest.mark.parametrize("ask", [in_set, in_system])
@pytest.mark.parametrize(
    ("coding", "says"),
    [
        ({"system": EXPRESSION, "code": "faster"}, "The code 'faster' is not in the "),
        ({"system": FINDING, "code": "slower"}, "The code 'slower' is not in the "),
        ({"system": EXPRESSION, "code": "a b"}, "The code of a name that is none is not in the "),
        (SLOWER | {"version": "2.0.0"}, "The code system is known here in version 1.0.0 only."),
        ({"code": "slower"}, "A code and its system are needed to check it."),
        ({"system": EXPRESSION}, "A code and its system are needed to check it."),
    ],
)
def test_a_code_that_is_not_there_is_not_valid_and_the_message_says_why(
    ask: Ask, coding: dict[str, Any], says: str
) -> None:
    found = ask(coding=coding)
    assert found["result"] is False
    assert found["message"].startswith(says)
    assert found["message"].endswith(".")


@pytest.mark.parametrize("ask", [in_set, in_system])
def test_a_wrong_display_is_not_valid_and_the_right_one_is_told(ask: Ask) -> None:
    assert ask(**SLOWER, display="Stop") == {
        "result": False,
        "message": "The display of 'slower' is 'Slower'.",
        "display": "Slower",
    }


def test_a_value_set_holds_fewer_codes_than_its_system() -> None:
    tears = {"system": EXPRESSION, "code": "tears"}
    assert in_system(**tears)["result"] is True
    assert in_set(**tears) == {
        "result": False,
        "message": "The code 'tears' is not in the value set.",
    }


def test_a_code_of_a_code_system_needs_no_system_beside_it() -> None:
    assert in_system(code="slower") == YES
    with pytest.raises(BadRequest):
        in_set(code="slower")


def test_a_code_system_is_also_known_by_the_system_of_the_code() -> None:
    assert in_system(url=None, **SLOWER) == YES
    assert in_system(url=None, coding=SLOWER) == YES


def test_at_an_instance_that_resource_is_asked() -> None:
    assert in_set(VOCABULARY.value_set(PACE_WISH), **SLOWER) == YES
    assert in_system(VOCABULARY.code_system(EXPRESSION), code="slower") == YES


def test_a_code_system_or_value_set_may_be_sent() -> None:
    system = {
        "resourceType": "CodeSystem",
        "url": "http://a.example",
        "status": "draft",
        "content": "complete",
        "concept": [{"code": "a"}],
    }
    assert in_system(codeSystem=system, code="a") == {"result": True}
    assert in_system(codeSystem=system, code="b")["result"] is False
    include = [{"system": EXPRESSION, "concept": [{"code": "slower"}]}]
    sent = {"resourceType": "ValueSet", "status": "draft", "compose": {"include": include}}
    assert in_set(valueSet=sent, **SLOWER) == YES
    assert in_set(valueSet=sent, **SLOWER | {"code": "stop"})["result"] is False


@pytest.mark.parametrize(("ask", "url"), [(in_set, EXPRESSION), (in_system, PACE_WISH)])
def test_an_unknown_value_set_or_code_system_is_not_found(ask: Ask, url: str) -> None:
    for unknown in (url, "http://a.example", f"{PACE_WISH}|2.0.0", f"{EXPRESSION}|2.0.0"):
        with pytest.raises(NotFound):
            ask(url=unknown, **SLOWER)


@pytest.mark.parametrize("ask", [in_set, in_system])
@pytest.mark.parametrize(
    "given",
    [{}, {"system": EXPRESSION}, {"code": "slower", "coding": SLOWER}],
)
def test_one_and_only_one_thing_is_checked(ask: Ask, given: dict[str, Any]) -> None:
    """`One (and only one) of the in parameters code, coding, or codeableConcept`"""
    with pytest.raises(BadRequest):
        ask(**given)


def test_something_has_to_be_named_that_it_is_checked_against() -> None:
    with pytest.raises(BadRequest):
        in_set(url=None, coding=SLOWER)
    with pytest.raises(BadRequest):
        in_system(url=None, codeableConcept={"text": "x"})
