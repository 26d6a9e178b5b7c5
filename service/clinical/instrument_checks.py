"""What an instrument file may not contain; a catalogue that breaks one rule is refused whole."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from service.clinical import check_digits, form_checks, scale_checks
from service.clinical.authors_texts import authors_texts
from service.clinical.canonical import LOINC, SNOMED_CT
from service.clinical.definitions import Code, Instrument


def objections(instruments: Sequence[Instrument]) -> tuple[str, ...]:
    """One sentence for every rule broken, each naming the instrument and the field."""
    return tuple(
        sentence
        for check in (_duplicates(instruments), *(_of_instrument(i) for i in instruments))
        for sentence in check
    )


def _duplicates(instruments: Sequence[Instrument]) -> Iterator[str]:
    named = {
        "id": [i.id for i in instruments],
        "scales.id": [s.id for i in instruments for s in i.scales],
        "canonicals": [url for i in instruments for url in i.canonicals],
        "scales.codes": [
            f"{code.system}|{code.code}"
            for i in instruments
            for s in i.scales
            for code in (*s.codes, *s.mappings)
        ],
        "safety": [f"{c.system}|{c.code}" for i in instruments for c in _of_safety_items(i)],
    }
    for field, values in named.items():
        for value, count in Counter(values).items():
            if count > 1:
                yield f"{field}: '{value}' is used {count} times; it must name one thing only."


def _of_safety_items(instrument: Instrument) -> Iterator[Code]:
    """Answers to them also arrive alone, and are then known by nothing but their code."""
    asking = {safety.item for safety in instrument.safety}
    yield from (c for item in instrument.items if item.number in asking for c in item.codes)


def _of_instrument(instrument: Instrument) -> Iterator[str]:
    for field, sentence in (
        *_required(instrument),
        *_items(instrument),
        *_texts(instrument),
        *_codes(instrument),
        *_link_ids(instrument),
        *_not_answered(instrument),
        *_safety(instrument),
        *_sources(instrument),
        *form_checks.objections(instrument),
    ):
        yield f"{instrument.id}: {field}: {sentence}"
    for scale in instrument.scales:
        for field, sentence in scale_checks.objections(instrument, scale):
            yield f"{instrument.id}: scales[{scale.id}].{field}: {sentence}"
    for sentence in scale_checks.shared_out(instrument):
        yield f"{instrument.id}: shared_out: {sentence}"


def _required(instrument: Instrument) -> Iterator[tuple[str, str]]:
    for field in ("id", "title", "version"):
        if not getattr(instrument, field).strip():
            yield field, "is empty."
    for field in ("scales", "sources", "canonicals"):
        if not getattr(instrument, field):
            yield field, "is empty; every instrument has at least one."
    if not instrument.licence.terms.strip():
        yield "licence.terms", "is empty; the terms of use must be stated."


def _items(instrument: Instrument) -> Iterator[tuple[str, str]]:
    numbers = [item.number for item in instrument.items]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "items", f"are numbered {numbers}; numbers run from 1 without gap or repetition."
    for item in instrument.items:
        field = f"items[{item.number}]"
        if not item.low < item.high or item.step <= 0:
            yield field, "has no range: low lies below high, and step above 0."


def _texts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    for field, text in authors_texts(instrument):
        if not instrument.licence.text_may_ship:
            yield field, "is given, but the licence does not let the wording ship."
        if not text.strip():
            yield field, "is empty."
    worded = len(instrument.answer_texts)
    for item in instrument.items if worded else ():
        steps = (item.high - item.low) / item.step + 1
        if worded != steps:
            yield "answer_texts", f"are {worded}; item {item.number} has {steps:g} answers."


def _codes(instrument: Instrument) -> Iterator[tuple[str, str]]:
    fields: list[tuple[str, Iterable[Code]]] = [("codes", instrument.codes)]
    fields += [(f"items[{item.number}].codes", item.codes) for item in instrument.items]
    fields += [(f"scales[{scale.id}].codes", scale.codes) for scale in instrument.scales]
    fields += [(f"scales[{scale.id}].mappings", scale.mappings) for scale in instrument.scales]
    answers = [Code(system=system, code=code) for system, code in instrument.answer_codes]
    fields.append(("answer_codes", answers))
    fields += [
        (f"unscored_items[{unscored.link_id}]", (*unscored.codes, *unscored.answers))
        for unscored in instrument.unscored_items
    ]
    for field, codes in fields:
        for code in codes:
            if code.system == LOINC and not check_digits.loinc(code.code):
                yield field, f"LOINC code '{code.code}' has a wrong check digit."
            if code.system == SNOMED_CT and not check_digits.snomed_ct(code.code):
                yield field, f"SNOMED CT code '{code.code}' has a wrong check digit."
    for value in instrument.answer_codes.values():
        if not any(item.low <= value <= item.high for item in instrument.items):
            yield "answer_codes", f"the value {value:g} lies outside the range of every item."


def _link_ids(instrument: Instrument) -> Iterator[tuple[str, str]]:
    for total in instrument.total_link_ids:
        if total not in instrument.unscored_link_ids:
            yield "total_link_ids", f"'{total}' is not among unscored_link_ids."
    for unscored in instrument.unscored_items:
        if unscored.link_id not in instrument.unscored_link_ids:
            yield "unscored_items", f"'{unscored.link_id}' is not among unscored_link_ids."
    scored = {str(item.number) for item in instrument.items}
    scored |= {code.code for item in instrument.items for code in item.codes}
    for link_id in instrument.unscored_link_ids:
        if link_id in scored:
            yield "unscored_link_ids", f"'{link_id}' also names an item that is scored."
        if check_digits.LOINC.fullmatch(link_id) and not check_digits.loinc(link_id):
            yield "unscored_link_ids", f"LOINC code '{link_id}' has a wrong check digit."


def _not_answered(instrument: Instrument) -> Iterator[tuple[str, str]]:
    known = {item.number for item in instrument.items}
    for item in instrument.may_not_apply:
        if item not in known:
            yield "may_not_apply", f"{item} is no item of the instrument."
    for item, gate in instrument.skips.items():
        if not {item, gate} <= known or gate >= item:
            yield "skips", f"{item} after {gate} are not two items in their order."


def _safety(instrument: Instrument) -> Iterator[tuple[str, str]]:
    ranges = {item.number: item for item in instrument.items}
    for safety in instrument.safety:
        field = f"safety[{safety.item}]"
        item = ranges.get(safety.item)
        if item is None:
            yield field, "is no item of the instrument."
        elif not item.low < safety.at_least <= (safety.same_day_at or item.high) <= item.high:
            yield field, "needs low < at_least <= same_day_at <= high."
        scale = next((s for s in instrument.scales if s.id == safety.scale), None)
        if scale is None:
            yield f"{field}.scale", f"'{safety.scale}' is no scale of the instrument."
        elif safety.item in scale.items and safety.item not in scale.missing.never_imputed:
            yield f"{field}", f"is imputed by '{scale.id}'; a safety item never is."


def _sources(instrument: Instrument) -> Iterator[tuple[str, str]]:
    cited = {f"sources[{place}]": source for place, source in enumerate(instrument.sources)}
    cited |= {f"safety[{safety.item}].source": safety.source for safety in instrument.safety}
    for field, source in cited.items():
        if not source.citation.strip():
            yield field, "has no source; every number carries one."
