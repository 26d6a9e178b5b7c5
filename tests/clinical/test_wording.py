"""What the service never says, and how it writes days and numbers."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

from service.clinical import wording
from service.clinical.authors_texts import authors_texts
from service.clinical.catalogue import catalogue
from service.clinical.package import displays, shipped
from tests.clinical.unworded import unworded


@pytest.mark.parametrize(
    "sentence",
    [
        "Patient deteriorating",
        "The patient has deteriorated.",
        "Rupture detected in session 4.",
        "The alliance was repaired.",
        "The patient is resistant.",
        "Resistance to crying",
        "The patient failed to cry.",
        "Crying unresolved",
        "No risk",
        "High risk of suicide",
        "The course is on track.",
        "On-track",
        "The patient is stable.",
        "A streak of three sessions with tears",
        "First tears: an achievement!",
        "A therapeutic breakthrough",
        "Excessive crying",
        "An abnormal amount of tears",
        "Good alliance",
        "Crying releases relaxing hormones.",
        "A catharsis",
        "Depression diagnosed",
        "Remission",
    ],
)
def test_these_are_never_said(sentence: str) -> None:
    assert wording.objections(sentence) != ()


@pytest.mark.parametrize(
    "sentence",
    [
        "The PHQ-9 total rose 7 points since 3 May (threshold 6).",
        "Consider asking what has changed.",
        "Total below the cut-off, 7 lower than at the start.",
        "First recorded tears after 7 recorded sessions.",
        "How the patient experienced them: not discussed.",
        "Score 12; curve X (n 340) gives up to 15 at session 6.",
        "Needs a conversation the same day.",
        "Normalised",
        "Restraint: would like to cry but cannot",
    ],
)
def test_these_may_be_said(sentence: str) -> None:
    assert wording.objections(sentence, finding=True) == ()


def test_a_patient_may_call_a_mood_worse_and_a_finding_may_not() -> None:
    assert wording.objections("Worse") == ()
    assert wording.objections("The total is worse.", finding=True) != ()
    assert wording.objections("Recovered", finding=True) != ()
    assert wording.objections("Improved by 7 points", finding=True) != ()


def test_an_objection_names_the_text_the_word_and_the_reason() -> None:
    assert wording.objections("Crying unresolved") == (
        "'Crying unresolved' says 'unresolved': not crying is not a fault.",
    )


def test_what_else_is_packaged_is_to_the_letter_what_an_instrument_s_authors_say() -> None:
    packaged, ours = (Counter(displays(shipped("1.0.0", of))) for of in (catalogue(), unworded()))
    theirs = {text for known in catalogue().instruments for _, text in authors_texts(known)}
    assert set(packaged - ours) == theirs
    assert len(theirs) > 80


def test_every_text_of_what_is_packaged_is_looked_at() -> None:
    """Whatever is no code, address, name, expression or licence is prose, and prose has a space."""
    prose = {
        text
        for resource in shipped("1.0.0", catalogue())
        for text in strings(resource)
        if " " in text
    }
    licences = {i.licence.terms for i in catalogue().instruments if i.items}
    assert prose - set(displays(shipped("1.0.0", catalogue()))) == licences | {"Attune rule engine"}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member, held in value.items():
            if member != "expression":
                yield from strings(held)
    elif isinstance(value, list | tuple):
        for held in value:
            yield from strings(held)


def test_a_day_is_written_in_words() -> None:
    assert wording.day(date(2026, 5, 3)) == "3 May 2026"
    assert wording.day(date(1999, 12, 31)) == "31 December 1999"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (7, "7"),
        (7.0, "7"),
        (10.0, "10"),
        (0.0, "0"),
        (-0.0, "0"),
        (4.1, "4.1"),
        (4.083333, "4.08"),
        (0.125, "0.13"),
        (-0.125, "-0.12"),
        (-7.5, "-7.5"),
        (-0.001, "0"),
        (1e21, "1000000000000000000000"),
    ],
)
def test_a_number_is_written_without_trailing_zeros(value: float, written: str) -> None:
    assert wording.number(value) == written


def test_a_number_is_written_with_as_many_places_as_asked_for() -> None:
    assert wording.number(0.00234, places=3) == "0.002"
    assert wording.number(4.5, places=0) == "5"


@pytest.mark.parametrize(
    ("count", "written"), [(1, "1 point"), (2, "2 points"), (0, "0 points"), (0.5, "0.5 points")]
)
def test_what_is_counted_takes_its_plural(count: float, written: str) -> None:
    assert wording.counted(count, "point") == written


def test_an_irregular_plural_is_given() -> None:
    assert wording.counted(3, "person", "people") == "3 people"
