"""Scopes are read to the letter: what is not one grants nothing, whatever it looks like.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.fhir.scopes import LONGEST, Scope, Verb, Who, scopes

LETTERS = "cruds"
TYPES = ["*", "Patient", "Observation", "QuestionnaireResponse"]


def orders(letters: str) -> set[str]:
    """All that can be made of `letters` by leaving some out, in their order: 31 of five."""
    if not letters:
        return {""}
    rest = orders(letters[1:])
    return rest | {letters[0] + each for each in rest}


IN_ORDER = sorted(orders(LETTERS) - {""})
words = st.tuples(
    st.sampled_from([who.value for who in Who]),
    st.sampled_from(TYPES),
    st.sampled_from([*IN_ORDER, "read", "write", "*"]),
)


def letters_of(permission: str) -> str:
    return {"read": "rs", "write": "cud", "*": "cruds"}.get(permission, permission)


def test_there_are_as_many_permissions_of_letters_as_the_grammar_has() -> None:
    """2^5 - 1."""
    assert len(IN_ORDER) == 31


@given(words)
def test_a_scope_grants_its_letters_on_its_type(parts: tuple[str, str, str]) -> None:
    who, type_name, permission = parts
    (scope,) = scopes([f"{who}/{type_name}.{permission}"])
    verbs = frozenset(Verb(letter) for letter in letters_of(permission))
    assert scope == Scope(who=Who(who), type=type_name, verbs=verbs)
    for verb in Verb:
        assert scope.is_about("Observation", verb) == (
            type_name in ("*", "Observation") and verb in verbs
        )


@given(words, st.data())
def test_one_character_more_or_fewer_grants_nothing_else(
    parts: tuple[str, str, str], data: st.DataObject
) -> None:
    """Put in or taken out anywhere: what comes of it is another scope of the grammar or none."""
    who, type_name, permission = parts
    text = f"{who}/{type_name}.{permission}"
    place = data.draw(st.integers(0, len(text) - 1))
    put_in = data.draw(st.one_of(st.just(""), st.characters(codec="utf-8")))
    rest = text[place + (put_in == "") :]
    changed = f"{text[:place]}{put_in}{rest}"
    for scope in scopes([changed]):
        head, _, tail = changed.partition("/")
        named, _, granted = tail.partition(".")
        granted, _, _ = granted.partition("?")
        assert granted in (*IN_ORDER, "read", "write", "*")
        assert (scope.who, scope.type) == (Who(head), named)
        assert scope.verbs == {Verb(letter) for letter in letters_of(granted)}


@given(st.text(st.sampled_from("patienuserym/*.Obcd? =&|\n\t\x00"), max_size=40))
def test_noise_never_grants_more_than_it_spells(text: str) -> None:
    for scope in scopes([text]):
        assert text.startswith(f"{scope.who.value}/{scope.type}.")


@pytest.mark.parametrize(
    "text",
    [
        "", "patient", "patient/", "patient/Patient", "patient/Patient.", "Patient/Patient.r",
        "patient/patient.r", "patient/Patient.sr", "patient/Patient.rr", "patient/Patient.x",
        "patient/Patient.r ", " patient/Patient.r", "patient/Patient.r\n", "patient/Patient.READ",
        "patient/**.r", "patient/Patient.r*", "patient/Patient.read?category=x",
        "patient/Patient.r?", "user/Observation.rs?category", "*/Patient.r", "admin/*.cruds",
        "system/*.cruds\x00", "user/Observation.r;system/*.cruds", "ѕystem/*.cruds", "openid",
        "launch/patient", "offline_access", f"user/{'A' * 65}.r",
        f"user/Observation.r?code={'x' * LONGEST}",
    ],
)  # fmt: skip
def test_what_is_not_a_scope_grants_nothing(text: str) -> None:
    assert scopes([text]) == ()


def test_criteria_are_read_as_a_query_is() -> None:
    (scope,) = scopes(["user/Observation.rs?category=a%7Cb&status=final"])
    assert scope.criteria == (("category", "a|b"), ("status", "final"))
