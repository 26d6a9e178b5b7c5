"""A site's instruments are read strictly: every field of ours can be said, and nothing else."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from service.clinical.catalogue import build, catalogue
from service.clinical.definitions import Instrument, Refused, Source, Standing
from service.clinical.questionnaires import questionnaires
from service.clinical.score import score
from service.clinical.site_instruments import InstrumentFile, added, parsed

OURS = catalogue().instruments
WEEKLY = (Path(__file__).parents[1] / "journeys" / "site" / "weekly-check.toml").read_text()
README = (Path(__file__).parents[2] / "README.md").read_text()


def file(text: str, name: str = "weekly.toml") -> InstrumentFile:
    return InstrumentFile(name=name, text=text)


def refused(*files: InstrumentFile) -> list[str]:
    """The lines of the refusal."""
    with pytest.raises(Refused) as caught:
        added(files, OURS)
    return str(caught.value).splitlines()


def changed(old: str, new: str) -> str:
    """The weekly check with one thing said otherwise."""
    assert old in WEEKLY
    return WEEKLY.replace(old, new, 1)


def toml(value: Any) -> str:
    """In one line; JSON's text, numbers and lists are TOML's too."""
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        members = (f"{json.dumps(str(k))} = {toml(v)}" for k, v in value.items() if v is not None)
        return f"{{ {', '.join(members)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def written(instrument: Instrument) -> str:
    said = {field.name: getattr(instrument, field.name) for field in fields(instrument)}
    codes: dict[str, dict[str, float]] = {}
    for (system, code), points in instrument.answer_codes.items():
        codes.setdefault(system, {})[code] = points
    said["answer_codes"] = codes
    given = {name: value for name, value in said.items() if value is not None}
    return "\n".join(f"{name} = {toml(value)}" for name, value in given.items())


@pytest.mark.parametrize("instrument", OURS, ids=lambda i: i.id)
def test_every_instrument_of_ours_can_be_said(instrument: Instrument) -> None:
    assert parsed(written(instrument)) == instrument


def test_a_site_instrument_joins_ours() -> None:
    known = build(added([file(WEEKLY)], OURS))
    assert known.instruments[:-1] == OURS
    instrument, scale = known.scales["weekly-check"]
    # Item 1 is turned round: 4 - 1 = 3; 3 + 2 + 1 + 0 = 6
    assert score(instrument, scale, {1: 1, 2: 2, 3: 1, 4: 0}) == 6
    assert known.by_canonical("https://clinic.example/fhir/Questionnaire/weekly-check|1.9.0")
    assert (
        known.by_canonical("https://clinic.example/fhir/Questionnaire/weekly-check|2.0.0") is None
    )


def test_a_named_source_stands_wherever_it_is_named() -> None:
    instrument = parsed(WEEKLY)
    manual = Source(
        citation="Clinic Example (2024). Weekly check: manual for therapists.",
        standing=Standing.DECIDED,
    )
    (scale,) = instrument.scales
    assert scale.cutoff is not None
    assert scale.missing.source == scale.cutoff.source == scale.bands_source == manual
    assert instrument.safety[0].source == manual
    assert [s.standing for s in instrument.sources] == ["D", "P"]


def test_its_questionnaire_carries_its_words_and_its_own_canonical() -> None:
    (form,) = questionnaires([parsed(WEEKLY)])
    assert form["id"] == "weekly-check"
    assert form["url"] == "https://clinic.example/fhir/Questionnaire/weekly-check"
    assert form["item"][3]["text"] == "This week I thought of not being alive."
    assert form["copyright"] == "Copyright Clinic Example; free to use within the clinic."
    assert "publisher" not in form
    assert "Attune" not in form["name"]


def test_without_a_canonical_ours_stands_for_it() -> None:
    text = changed('canonicals = ["https://clinic.example/fhir/Questionnaire/weekly-check"]', "")
    assert parsed(text).canonicals == (
        "https://attune-outcomes.org/fhir/Questionnaire/weekly-check",
    )


FAULTS = {
    "an unknown field": (
        ('version = "1.2.0"', 'version = "1.2.0"\ncolour = "red"'),
        "colour: is no field of an instrument, or of this part of one.",
    ),
    "an unknown field far below": (
        ("missing = { allowed = 1,", "missing = { allowed = 1, guessed = true,"),
        "scales[0].missing.guessed: is no field of an instrument, or of this part of one.",
    ),
    "a missing field": (('title = "Weekly check of the clinic"', ""), "title: is missing."),
    "text for a number": (
        ("low = 0\nhigh = 16", 'low = "0"\nhigh = 16'),
        "scales[0].low: should be a valid number.",
    ),
    "a number for text": (('"1.2.0"', "1.2"), "version: should be a valid string."),
    "a number for yes or no": (
        ("text_may_ship = true", "text_may_ship = 1"),
        "licence.text_may_ship: should be a valid boolean.",
    ),
    "infinity": (
        ("high = 16\nmissing", "high = inf\nmissing"),
        "scales[0].high: should be a finite number.",
    ),
    "an unknown reporter": (
        ('better = "lower"', 'better = "lower"\nreporter = "nurse"'),
        "scales[0].reporter: should be 'patient', 'therapist' or 'observer'.",
    ),
    "a source that is not there": (
        ('reliability = { value = 0.8, kind = "alpha", source = "sample" }',
         'reliability = { value = 0.8, kind = "alpha", source = "sampel" }'),
        "scales[0].reliability.source: there is no table [source.sampel].",
    ),
    "no TOML": (
        ('title = "Weekly check of the clinic"', "title = Weekly check"),
        "is not TOML: Invalid value (at line 3, column 9).",
    ),
    "a range that the items do not make": (
        ("high = 16\nmissing", "high = 20\nmissing"),
        "weekly-check: scales[weekly-check].low: the range is given as 0-20; its items make 0-16.",
    ),
    "an imputed safety item": (
        ("never_imputed = [4], ", ""),
        "weekly-check: safety[4]: is imputed by 'weekly-check'; a safety item never is.",
    ),
    "words that a finding may not say": (
        ('asks_about = "thoughts of not being alive"', 'asks_about = "high risk"'),
        "weekly-check: safety[4].asks_about: 'high risk' says 'high risk': an answer is",
    ),
    "wording without a licence": (
        ("text_may_ship = true", "text_may_ship = false"),
        "weekly-check: items[1].text: is given, but the licence does not let the wording ship.",
    ),
    "an id that FHIR cannot say": (
        ('id = "weekly-check"\ntitle = "Weekly check of', 'id = "weekly check"\ntitle = "Weekly'),
        "weekly check: id: must be 1 to 64 letters, digits, '-' and '.'.",
    ),
    "an id of ours": (
        ('[[scales]]\nid = "weekly-check"', '[[scales]]\nid = "phq-9"'),
        "scales.id: 'phq-9' is used 2 times; it must name one thing only.",
    ),
    "a canonical of ours": (
        ("https://clinic.example/fhir/Questionnaire/weekly-check", "http://loinc.org/q/44249-1"),
        "canonicals: 'http://loinc.org/q/44249-1' is used 2 times; it must name one thing only.",
    ),
    "an answer between two steps": (
        ("number = 1\nlow = 0", "number = 1\nlow = 0.5"),
        "weekly-check: items[1]: low and step must be whole numbers where step is not below 1.",
    ),
    "a range of a step and a half": (
        ("number = 1\nlow = 0\nhigh = 4", "number = 1\nlow = 0\nhigh = 4\nstep = 0.3"),
        "weekly-check: items[1]: the range holds no whole number of steps.",
    ),
    "a canonical with its version": (
        ("Questionnaire/weekly-check", "Questionnaire/weekly-check|1.2.0"),
        "weekly-check: canonicals[0]: must be a canonical URL, without spaces and version.",
    ),
    "a multiplier of nothing": (
        ("high = 16\nmissing", "high = 16\nmultiplier = 0\nmissing"),
        "weekly-check: scales[weekly-check].multiplier: must be above 0.",
    ),
    "one code for two items": (
        (
            'text = "This week everyday things were hard."',
            'codes = [{ system = "https://clinic.example/codes", code = "alone" }]',
        ),
        "weekly-check: items.codes: 'alone' is used 2 times; it must name one item only.",
    ),
    "a title of two lines": (
        ('title = "Weekly check total"', 'title = "Weekly\\ncheck"'),
        "weekly-check: scales[weekly-check].title: must be one line without control characters.",
    ),
    "a scale without a title": (
        ('title = "Weekly check total"', 'title = " "'),
        "weekly-check: scales[weekly-check].title: is empty.",
    ),
    "a code with spaces around it": (
        ('code = "alone"', 'code = " alone"'),
        "weekly-check: items[2].codes: ' alone' must be a code: text without spaces around it",
    ),
    "a table of scores for sums that are no whole numbers": (
        (
            "high = 16\nmissing = { allowed = 1,",
            "high = 16\nconversion = { 0 = 0, 16 = 16 }\nmissing = { allowed = 1, rounded = false,",
        ),
        "weekly-check: scales[weekly-check].conversion: needs whole sums, so what is missing must",
    ),
    "a table of scores for means": (
        (
            'scoring = "sum"\nlow = 0\nhigh = 16',
            'scoring = "mean"\nlow = 0\nhigh = 4\nconversion = { 0 = 0, 4 = 4 }',
        ),
        "weekly-check: scales[weekly-check].conversion: needs sums of whole numbers.",
    ),
    "answers without end": (
        ("number = 1\nlow = 0\nhigh = 4", "number = 1\nlow = 0\nhigh = 40000000"),
        "weekly-check: items[1]: has more than 101 answers to choose from.",
    ),
    "a system that is no URI": (
        ('system = "https://clinic.example/codes"', 'system = "our codes"'),
        "weekly-check: items[2].codes: the system 'our codes' must be a URI, without spaces.",
    ),
    "an empty item text": (
        ("This week I slept well.", "\\u0007"),
        "weekly-check: its Questionnaire would not be valid: Questionnaire.item[0].text must be",
    ),
    "the code of a safety item of ours": (
        ('text = "This week I thought of not being alive."',
         'codes = [{ system = "http://loinc.org", code = "44260-8" }]'),
        "safety: 'http://loinc.org|44260-8' is used 2 times; it must name one thing only.",
    ),
    "a total that no scale takes": (
        ('construct = "symptom"', 'construct = "symptom"\nprimary = false'),
        "weekly-check: total_link_ids: carry a total, but no scale is primary.",
    ),
    "a better end of what was expressed": (
        ('construct = "symptom"', 'construct = "expression"'),
        "weekly-check: scales[weekly-check].better: is given, but what was expressed has",
    ),
    "a table of scores that some sums miss": (
        ("high = 16\nmissing", "high = 16\nconversion = { 0 = 0, 16 = 16 }\nmissing"),
        "weekly-check: scales[weekly-check].conversion: must give a score for every sum",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_file_field_and_rule(
    change: tuple[str, str], expected: str
) -> None:
    lines = refused(file(changed(*change)))
    assert any(line.startswith(f"weekly.toml: {expected}") for line in lines), lines


def test_every_fault_of_every_file_is_told_at_once() -> None:
    lines = refused(
        file("id = 1", "a.toml"),
        file(WEEKLY, "b.toml"),
        file(WEEKLY, "c.toml"),
    )
    assert {line.partition(":")[0] for line in lines} == {"a.toml", "c.toml"}
    assert "a.toml: id: should be a valid string." in lines
    assert "c.toml: id: 'weekly-check' is used 2 times; it must name one thing only." in lines


def test_the_example_of_the_readme_is_an_instrument() -> None:
    """It stands there indented, from its first comment to the next text."""
    lines = README.splitlines()
    start = lines.index('    id = "evening-question"')
    end = next(n for n in range(start, len(lines)) if lines[n] and not lines[n].startswith("    "))
    text = "\n".join(line.removeprefix("    ") for line in lines[start:end])
    (instrument,) = added([file(text)], OURS)[len(OURS) :]
    assert instrument.id == "evening-question"
