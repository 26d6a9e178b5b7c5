"""Check digits of codes, on published codes and on codes with one digit changed."""

import pytest

from service.clinical import check_digits, expression
from service.clinical.canonical import LOINC, SNOMED_CT
from service.clinical.catalogue import catalogue

PUBLISHED_LOINC = (
    "44249-1", "44261-6", "69722-7", "69737-5", "70274-6", "101697-1", "101698-9", "71965-8",
    "107334-5", "LA6568-5", "LA6572-7", "LA6575-0", "LA18334-5", "LA2-8", "LA33-6", "LL358-3",
)  # fmt: skip
PUBLISHED_SNOMED_CT = (
    "720433000", "445455005", "718583008", "718612000", "716613004", "720482000", "720211004",
    "718466001", "28263002", "271951008",
)  # fmt: skip


@pytest.mark.parametrize("code", PUBLISHED_LOINC)
def test_a_published_loinc_code_carries_its_check_digit(code: str) -> None:
    assert check_digits.loinc(code)


@pytest.mark.parametrize("code", PUBLISHED_LOINC)
def test_a_loinc_code_with_another_last_digit_is_wrong(code: str) -> None:
    stem, last = code[:-1], int(code[-1])
    assert [d for d in range(10) if check_digits.loinc(f"{stem}{d}")] == [last]


@pytest.mark.parametrize("code", ["", "44249", "44249-", "-1", "44249-1x", "XX44249-1", "442 49-1"])
def test_what_has_not_the_form_of_a_loinc_code_is_wrong(code: str) -> None:
    assert not check_digits.loinc(code)


@pytest.mark.parametrize("code", PUBLISHED_SNOMED_CT)
def test_a_published_snomed_ct_code_carries_its_check_digit(code: str) -> None:
    assert check_digits.snomed_ct(code)


@pytest.mark.parametrize("code", PUBLISHED_SNOMED_CT)
def test_every_single_wrong_digit_of_a_snomed_ct_code_is_seen(code: str) -> None:
    wrong = {
        code[:place] + str(digit) + code[place + 1 :]
        for place in range(len(code))
        for digit in range(10)
        if str(digit) != code[place]
    }
    assert [each for each in wrong if check_digits.snomed_ct(each)] == []


def test_verhoeffs_own_example_needs_the_partition_of_a_concept_too() -> None:
    """236 with check digit 3 is Verhoeff's example; as a SNOMED CT code it is far too short."""
    assert not check_digits.snomed_ct("2363")
    assert not check_digits.snomed_ct("720433020")


def test_every_code_of_the_catalogue_carries_its_check_digit() -> None:
    codes = {
        (code.system, code.code)
        for instrument in catalogue().instruments
        for holder in (instrument, *instrument.items, *instrument.scales)
        for code in (*holder.codes, *getattr(holder, "mappings", ()))
    }
    codes |= {key for i in catalogue().instruments for key in i.answer_codes}
    codes.add((LOINC, expression.GOAL_ATTAINMENT_LOINC))
    assert {
        code for system, code in codes if system == LOINC and not check_digits.loinc(code)
    } == set()
    assert {
        code for system, code in codes if system == SNOMED_CT and not check_digits.snomed_ct(code)
    } == set()
    assert {system for system, _ in codes} == {LOINC, SNOMED_CT}
