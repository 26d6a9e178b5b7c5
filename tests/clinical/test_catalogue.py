"""The catalogue refuses what is wrong, naming instrument and field, and finds what is there."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from service.clinical.canonical import LOINC, SCALE, SNOMED_CT
from service.clinical.catalogue import build, catalogue
from service.clinical.definitions import (
    Band,
    Code,
    Figure,
    Instrument,
    Licence,
    MissingRule,
    Norm,
    Refused,
    Scale,
    Scoring,
    Source,
    Standing,
)

EMPTY = Source(citation=" ", standing=Standing.DECIDED)
US_CORE = "http://hl7.org/fhir/us/core/Questionnaire/phq-9-example"


def instrument(name: str) -> Instrument:
    return catalogue().by_id[name]


def with_scale(of: Instrument, change: Callable[[Scale], Scale]) -> Instrument:
    """`of` with its first scale changed."""
    return replace(of, scales=(change(of.scales[0]), *of.scales[1:]))


def phq(**changes: object) -> Instrument:
    return replace(instrument("phq-9"), **changes)  # type: ignore[arg-type]


def phq_scale(**changes: object) -> Instrument:
    return with_scale(instrument("phq-9"), lambda scale: replace(scale, **changes))  # type: ignore[arg-type]


def wai(place: int, items: tuple[int, ...]) -> Instrument:
    """The WAI-SR with other items in one of its subscales."""
    known = instrument("wai-sr")
    scales = list(known.scales)
    scales[place] = replace(scales[place], items=items)
    return replace(known, scales=tuple(scales))


def first_item(**changes: object) -> Instrument:
    items = instrument("phq-9").items
    return phq(items=(replace(items[0], **changes), *items[1:]))  # type: ignore[arg-type]


def safety(**changes: object) -> Instrument:
    return phq(safety=(replace(instrument("phq-9").safety[0], **changes),))  # type: ignore[arg-type]


ITEMS = instrument("phq-9").items
BANDS = instrument("phq-9").scales[0].bands
MISSING = instrument("phq-9").scales[0].missing
(DIFFICULTY,) = instrument("phq-9").unscored_items
NOT_OURS = Licence(terms="Not ours.", text_may_ship=False)

BROKEN = {
    "an instrument without sources": (phq(sources=()), "phq-9: sources: is empty"),
    "an empty source": (phq(sources=(EMPTY,)), "phq-9: sources[0]: has no source"),
    "a cut-off without a source": (
        phq_scale(cutoff=Figure(value=10, source=EMPTY)),
        "phq-9: scales[phq-9].cutoff.source: has no source",
    ),
    "a norm without a source": (
        phq_scale(norm=Norm(mean=3, sd=4, sample="adults", source=EMPTY)),
        "phq-9: scales[phq-9].norm.source: has no source",
    ),
    "bands without a source": (
        phq_scale(bands_source=None),
        "phq-9: scales[phq-9].bands_source: has no source",
    ),
    "a missing rule without a source": (
        phq_scale(missing=replace(MISSING, source=EMPTY)),
        "phq-9: scales[phq-9].missing.source: has no source",
    ),
    "a safety item without a source": (
        safety(source=EMPTY),
        "phq-9: safety[9].source: has no source",
    ),
    "a norm of no named sample": (
        phq_scale(norm=replace(instrument("phq-9").scales[0].norm, sample="")),  # type: ignore[type-var]
        "phq-9: scales[phq-9].norm.sample: is empty",
    ),
    "subscales that overlap": (
        wai(1, (1, 2, 10, 3)),
        "wai-sr: shared_out: item 3 stands in 2 of wai-sr-task, wai-sr-goal, wai-sr-bond",
    ),
    "subscales with a gap": (
        wai(1, (1, 2, 10)),
        "wai-sr: shared_out: item 12 stands in 0 of",
    ),
    "a subscale item out of range": (
        wai(1, (1, 2, 10, 13)),
        "wai-sr: scales[wai-sr-task].items: 13 is no item of the instrument",
    ),
    "an item twice in a scale": (
        wai(1, (1, 2, 2, 10)),
        "wai-sr: scales[wai-sr-task].items: 2 stands 2 times",
    ),
    "a group of unknown subscales": (
        replace(instrument("wai-sr"), shared_out=(("wai-sr-hope",),)),
        "wai-sr: shared_out: 'wai-sr-hope' is no scale of the instrument",
    ),
    "an item numbered twice": (
        phq(
            items=(*instrument("phq-9").items[:8], replace(instrument("phq-9").items[8], number=8))
        ),
        "phq-9: items: are numbered",
    ),
    "a range that the items do not make": (
        phq_scale(high=30),
        "phq-9: scales[phq-9].low: the range is given as 0-30; its items make 0-27",
    ),
    "a mean with the range of a sum": (
        phq_scale(scoring=Scoring.MEAN),
        "phq-9: scales[phq-9].low: the range is given as 0-27; its items make 0-3",
    ),
    "a wrong LOINC code of an item": (
        first_item(codes=(Code(system=LOINC, code="44250-8"),)),
        "phq-9: items[1].codes: LOINC code '44250-8' has a wrong check digit",
    ),
    "a wrong LOINC code of a total": (
        phq_scale(codes=(Code(system=LOINC, code="44261-7"),)),
        "phq-9: scales[phq-9].codes: LOINC code '44261-7' has a wrong check digit",
    ),
    "a wrong LOINC answer code": (
        phq(answer_codes=MappingProxyType({(LOINC, "LA6568-6"): 0.0})),
        "phq-9: answer_codes: LOINC code 'LA6568-6' has a wrong check digit",
    ),
    "a wrong LOINC code among linkIds": (
        phq(unscored_link_ids=("69722-8",), total_link_ids=()),
        "phq-9: unscored_link_ids: LOINC code '69722-8' has a wrong check digit",
    ),
    "a wrong SNOMED CT code": (
        phq_scale(mappings=(Code(system=SNOMED_CT, code="720433001"),)),
        "phq-9: scales[phq-9].mappings: SNOMED CT code '720433001' has a wrong check digit",
    ),
    "an answer code out of range": (
        phq(answer_codes=MappingProxyType({(LOINC, "LA6568-5"): 4.0})),
        "phq-9: answer_codes: the value 4 lies outside",
    ),
    "bands that overlap": (
        phq_scale(bands=(replace(BANDS[0], high=5), *BANDS[1:])),
        "phq-9: scales[phq-9].bands: 'minimal' and 'mild' overlap",
    ),
    "bands with a gap": (
        phq_scale(bands=(BANDS[0], *BANDS[2:])),
        "phq-9: scales[phq-9].bands: there is a gap between 'minimal' and 'moderate'",
    ),
    "bands that end early": (
        phq_scale(bands=BANDS[:4]),
        "phq-9: scales[phq-9].bands: do not cover the range 0-27",
    ),
    "a band upside down": (
        phq_scale(bands=(Band(low=0, high=-1, code="x", display="X"), *BANDS[1:])),
        "phq-9: scales[phq-9].bands: 'x' ends before it begins",
    ),
    "two bands of one code": (
        phq_scale(bands=(BANDS[0], replace(BANDS[1], code="minimal"), *BANDS[2:])),
        "phq-9: scales[phq-9].bands: two bands have the same code",
    ),
    "text without a licence": (
        phq(
            licence=NOT_OURS,
            items=(replace(ITEMS[0], text="A question"), *ITEMS[1:]),
        ),
        "phq-9: items[1].text: is given, but the licence",
    ),
    "a stem without a licence": (
        phq(licence=NOT_OURS),
        "phq-9: stem: is given, but the licence",
    ),
    "answers worded without a licence": (
        phq(licence=NOT_OURS),
        "phq-9: answer_texts[0]: is given, but the licence",
    ),
    "another question worded without a licence": (
        phq(licence=NOT_OURS),
        "phq-9: unscored_items[difficulty].text: is given, but the licence",
    ),
    "instructions without a word": (phq(instructions=" "), "phq-9: instructions: is empty"),
    "more answers worded than there are": (
        phq(answer_texts=(*instrument("phq-9").answer_texts, "Always")),
        "phq-9: answer_texts: are 5; item 1 has 4 answers",
    ),
    "another question under a linkId that is not recognised": (
        phq(unscored_link_ids=("total", "44261-6")),
        "phq-9: unscored_items: 'difficulty' is not among unscored_link_ids",
    ),
    "an answer to another question with a wrong check digit": (
        phq(unscored_items=(replace(DIFFICULTY, answers=(Code(system=LOINC, code="LA6572-8"),)),)),
        "phq-9: unscored_items[difficulty]: LOINC code 'LA6572-8' has a wrong check digit",
    ),
    "no terms of use": (
        phq(licence=Licence(terms="", text_may_ship=False)),
        "phq-9: licence.terms: is empty",
    ),
    "no canonical": (phq(canonicals=()), "phq-9: canonicals: is empty"),
    "no version": (phq(version=""), "phq-9: version: is empty"),
    "a cut-off outside the range": (
        phq_scale(cutoff=Figure(value=28, source=MISSING.source)),
        "phq-9: scales[phq-9].cutoff: 28 does not divide the range",
    ),
    "an SD of 0": (
        phq_scale(norm=Norm(mean=3, sd=0, sample="adults", source=MISSING.source)),
        "phq-9: scales[phq-9].norm.sd: must be above 0",
    ),
    "a reliable change of 0": (
        phq_scale(published_change=Figure(value=0, source=MISSING.source)),
        "phq-9: scales[phq-9].published_change: must be above 0",
    ),
    "a safety item that is imputed": (
        phq_scale(missing=replace(MISSING, never_imputed=())),
        "phq-9: safety[9]: is imputed by 'phq-9'",
    ),
    "a safety item that does not exist": (
        safety(item=10),
        "phq-9: safety[10]: is no item of the instrument",
    ),
    "a safety item flagged at its lowest answer": (
        safety(at_least=0),
        "phq-9: safety[9]: needs low < at_least",
    ),
    "more items missing than there are": (
        phq_scale(missing=MissingRule(allowed=9, never_imputed=(9,), source=MISSING.source)),
        "phq-9: scales[phq-9].missing.allowed: 9 of 9",
    ),
    "an item reversed that is not scored": (
        phq_scale(reversed_items=(10,)),
        "phq-9: scales[phq-9].reversed_items: 10 is no item of the scale",
    ),
    "a total linkId that is scored": (
        phq(unscored_link_ids=("9",), total_link_ids=()),
        "phq-9: unscored_link_ids: '9' also names an item that is scored",
    ),
    "a total linkId that is not recognised": (
        phq(total_link_ids=("sum",)),
        "phq-9: total_link_ids: 'sum' is not among unscored_link_ids",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_catalogue_refuses(name: str) -> None:
    broken, sentence = BROKEN[name]
    with pytest.raises(Refused) as refused:
        build((broken,))
    assert sentence in str(refused.value)


def test_two_instruments_of_one_id_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        build((phq(), phq()))
    said = str(refused.value)
    assert "id: 'phq-9' is used 2 times" in said
    assert "scales.id: 'phq-9' is used 2 times" in said
    assert f"canonicals: '{US_CORE}' is used 2 times" in said
    assert "scales.codes: 'http://loinc.org|44261-6' is used 2 times" in said


def test_every_broken_rule_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        build((phq(sources=(), version=""),))
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9", "phq-9"),
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9|1.0.0", "phq-9"),
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9|1.4.2", "phq-9"),
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9|2.0.0", None),
        ("https://attune-outcomes.org/fhir/Questionnaire/phq-9|10.0.0", None),
        ("http://loinc.org/q/44249-1", "phq-9"),
        ("http://loinc.org/q/44249-1|2.1", "phq-9"),
        ("http://loinc.org/q/44249-1|2.77", "phq-9"),
        (US_CORE, "phq-9"),
        (f"{US_CORE}|6.1.0", "phq-9"),
        (f"{US_CORE}|7.0.0-ballot", "phq-9"),
        ("http://loinc.org/q/69737-5|2.77", "gad-7"),
        ("https://attune-outcomes.org/fhir/Questionnaire/ors", "ors"),
        ("http://loinc.org/q/44249-2", None),
        ("Questionnaire/phq-9", None),
        ("", None),
    ],
)
def test_an_instrument_is_known_by_its_canonicals(canonical: str, expected: str | None) -> None:
    found = catalogue().by_canonical(canonical)
    assert (found and found.id) == expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([(LOINC, "44261-6")], "phq-9"),
        ([(SNOMED_CT, "720433000")], "phq-9"),
        ([(SNOMED_CT, "720433000"), (LOINC, "44261-6"), ("urn:x", "1")], "phq-9"),
        ([(SCALE, "wai-sr-bond")], "wai-sr-bond"),
        ([(LOINC, "70274-6")], "gad-7"),
        ([(LOINC, "70274-6"), (LOINC, "44261-6")], None),
        ([("", "44261-6")], None),
        ([], None),
    ],
)
def test_a_scale_is_known_by_the_codes_of_its_total(
    codes: list[tuple[str, str]], expected: str | None
) -> None:
    found = catalogue().of_total(codes)
    assert (found and found[1].id) == expected


def test_item_9_is_known_by_its_code() -> None:
    found = catalogue().of_safety_item([("urn:x", "1"), (LOINC, "44260-8")])
    assert found is not None
    assert (found[0].id, found[1].item) == ("phq-9", 9)
    assert catalogue().of_safety_item([(LOINC, "44253-3")]) is None
