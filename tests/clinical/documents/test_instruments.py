"""instruments.md: every number, source and code of a definition, and nothing that is not there."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from service.clinical.catalogue import catalogue
from service.clinical.definitions import Code, Instrument, Scale, Source
from service.clinical.documents.instruments import instruments
from service.clinical.wording import number

DOCUMENT = instruments(catalogue().instruments)
ALL = pytest.mark.parametrize("instrument", catalogue().instruments, ids=lambda i: i.id)


def section(name: str, document: str = DOCUMENT) -> str:
    """What stands under the heading of an instrument, its lines joined."""
    (found,) = re.findall(
        rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", document, re.MULTILINE | re.DOTALL
    )
    return joined(found)


def scale(name: str) -> list[str]:
    """The lines under the heading of a scale, those that were wrapped joined again."""
    (found,) = re.findall(
        rf"^### Scale {re.escape(name)}$(.*?)(?=^##)", DOCUMENT, re.MULTILINE | re.DOTALL
    )
    return re.sub(r"\n  +", " ", found).strip().splitlines()


def joined(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def held(value: Any, kind: type) -> Iterator[Any]:
    """Every value of that kind in a definition, at any depth."""
    if isinstance(value, kind):
        yield value
    if is_dataclass(value):
        value = [getattr(value, field.name) for field in fields(value)]
    if isinstance(value, list | tuple):
        for member in value:
            yield from held(member, kind)


@ALL
def test_every_source_of_an_instrument_stands_with_its_standing_and_doi(
    instrument: Instrument,
) -> None:
    text = section(instrument.id)
    for source in held(instrument, Source):
        assert joined(f"**{source.standing}** {source.citation}") in text
        assert source.doi is None or f"doi:{source.doi}" in text


@ALL
def test_every_code_and_canonical_of_an_instrument_stands_there(instrument: Instrument) -> None:
    text = section(instrument.id)
    codes = [code.code for code in held(instrument, Code)]
    codes += [code for _, code in instrument.answer_codes]
    codes += [*instrument.canonicals, *instrument.unscored_link_ids]
    assert [code for code in codes if f"`{code}`" not in text] == []


@ALL
def test_every_number_of_a_scale_stands_there(instrument: Instrument) -> None:
    for one in instrument.scales:
        text = " ".join(scale(one.id))
        for value in numbers(one):
            assert re.search(rf"(?<![\d.]){re.escape(number(value))}(?![\d.]*\d)", text), value


def numbers(one: Scale) -> Iterator[float]:
    yield from (one.low, one.high, one.multiplier) if one.multiplier != 1 else (one.low, one.high)
    yield from (end for band in one.bands for end in (band.low, band.high))
    yield from (value for pair in (one.conversion or {}).items() for value in pair)
    for figure in (one.cutoff, one.published_change, one.session_sd, one.ask_below):
        if figure is not None:
            yield figure.value
    for sample in (one.norm, one.intake):
        if sample is not None:
            yield from (sample.mean, sample.sd)
    if one.reliability is not None:
        yield one.reliability.value


def test_a_published_reliable_change_decides_and_the_computed_one_stands_beside_it() -> None:
    """1.96 * 3.52 * sqrt(2) * sqrt(.16) = 3.9028"""
    lines = scale("phq-9")
    assert "- Reliable change, published: 6, met when it is reached; it decides [5]" in lines
    assert "- Reliable change, computed: 3.9 = 1.96 × 3.52 × √2 × √(1 − 0.84)" in lines


def test_a_computed_reliable_change_decides_where_none_is_published() -> None:
    """1.96 * 7.05 * sqrt(2) * sqrt(.16) = 7.8166"""
    assert (
        "- Reliable change, computed: 7.82 = 1.96 × 7.05 × √2 × √(1 − 0.84); it decides, and has "
        "to be exceeded"
    ) in scale("aaq-ii")


def test_how_a_scale_is_scored_is_said_in_words_and_as_a_formula() -> None:
    assert "- Score: sum of the items × 2: Σ items × 2" in scale("dass-21-depression")
    assert "- Score: mean of the items × 10: Σ items / 34 × 10" in scale("core-om")
    assert "- Reversed: 2, 3: 4 − answer" in scale("core-10")
    assert "- Only where: item 1 does not apply to the person" in scale("wsas-without-work")
    assert "- Score: computed elsewhere; only ready-made values arrive" in scale(
        "promis-depression"
    )


def test_how_items_that_were_not_answered_are_treated_is_said() -> None:
    assert (
        "- Items not answered: at most 2 items may be missing; never 9: without it there is no "
        "score; the sum is the mean of the answered ones × 9, rounded half up [2]"
    ) in scale("phq-9")
    assert (
        "- Items not answered: at most 3 items may be missing; at most 1 in each of (1, 2, 10, "
        "12), (4, 6, 8, 11) and (3, 5, 7, 9); the score is the mean of the answered ones [2]"
    ) in scale("wai-sr")
    assert "- Items not answered: none may be missing [1]" in scale("aaq-ii")


def test_what_is_not_published_is_said_to_be_so() -> None:
    assert (
        "- Not published: bands, cut-off, norm, SD of patients at intake, a reliable change of its "
        "own"
    ) in scale("wai-sr")


def test_the_good_end_and_what_the_name_hides_are_said() -> None:
    assert "- Direction: lower is better; higher means less acceptance" in scale("aaq-ii")
    assert "- Cut-off: 25 is the first value outside the clinical range (Adults: below 25 is " in (
        " ".join(scale("ors"))
    )


def test_safety_items_say_from_which_answer_and_which_totals_prove_them() -> None:
    assert (
        "| 9 | thoughts of being better off dead or of self-harm | 1 [7] | from 2 | 25: at least "
        "1; 26: at least 2; 27: at least 3 (`phq-9`) |"
    ) in section("phq-9")
    assert "| 8 | thoughts of ending one's life | 1 [5] | otherwise the next contact | - |" in (
        section("oq-45.2")
    )


def test_an_instrument_appears_without_further_code_in_the_order_of_the_ids() -> None:
    known = [replace(i, id="aaa", title="A new form") if i.id == "gad-7" else i
             for i in catalogue().instruments]  # fmt: skip
    document = instruments(known)
    assert "**A new form**" in section("aaa", document)
    headings = re.findall(r"^## (\S+)$", document, re.MULTILINE)
    assert headings == sorted(headings)
    assert headings[0] == "aaa"


def test_the_order_in_which_instruments_are_given_changes_nothing() -> None:
    assert instruments(reversed(catalogue().instruments)) == DOCUMENT
