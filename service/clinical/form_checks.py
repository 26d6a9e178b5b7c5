"""What the ids, codes, words and answers of an instrument may not be, so that FHIR can say them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from service.clinical import wording
from service.clinical.definitions import Code, Instrument, Item, Scale, Scoring
from service.fhir.primitives import CODE, CONTROL, ID, RULES, URI

Objection = tuple[str, str]
"""The field, and what is wrong with it."""
MOST_ANSWERS = 101
"""From 0 to 100; finer answers are a line, with a step below 1."""


def objections(instrument: Instrument) -> Iterator[Objection]:
    """What is wrong with an instrument as a form."""
    yield from _ids(instrument)
    yield from _canonicals(instrument)
    yield from _well_formed(instrument)
    yield from _words(instrument)
    yield from _named_twice(instrument)
    for item in instrument.items:
        for sentence in _answers(item):
            yield f"items[{item.number}]", sentence
    for scale in instrument.scales:
        for field, sentence in _scored(instrument, scale):
            yield f"scales[{scale.id}].{field}", sentence
    if instrument.total_link_ids and not any(scale.primary for scale in instrument.scales):
        yield "total_link_ids", "carry a total, but no scale is primary."


def _ids(instrument: Instrument) -> Iterator[Objection]:
    for field, id_ in (
        ("id", instrument.id),
        *((f"scales[{scale.id}].id", scale.id) for scale in instrument.scales),
    ):
        if not ID.fullmatch(id_):
            yield field, f"{RULES['id']}."


def _canonicals(instrument: Instrument) -> Iterator[Objection]:
    for place, canonical in enumerate(instrument.canonicals):
        if not URI.fullmatch(canonical) or "|" in canonical or ":" not in canonical:
            yield f"canonicals[{place}]", "must be a canonical URL, without spaces and version."


def _well_formed(instrument: Instrument) -> Iterator[Objection]:
    answers = (Code(system=system, code=code) for system, code in instrument.answer_codes)
    holders: list[tuple[str, Iterable[Code]]] = [
        ("codes", instrument.codes),
        ("answer_codes", answers),
        *(
            (f"unscored_items[{u.link_id}]", (*u.codes, *u.answers))
            for u in instrument.unscored_items
        ),
        *((f"items[{item.number}].codes", item.codes) for item in instrument.items),
        *((f"scales[{s.id}].codes", (*s.codes, *s.mappings)) for s in instrument.scales),
    ]
    for field, codes in holders:
        for code in codes:
            if not URI.fullmatch(code.system) or ":" not in code.system:
                yield field, f"the system '{code.system}' {RULES['uri']}."
            if not CODE.fullmatch(code.code):
                yield field, f"'{code.code}' {RULES['code']}."


def _words(instrument: Instrument) -> Iterator[Objection]:
    """What findings repeat is held to the words that findings may use; titles are proper names."""
    repeated = [(f"safety[{s.item}].asks_about", s.asks_about) for s in instrument.safety]
    repeated += [(f"scales[{s.id}].higher_means", s.higher_means or "") for s in instrument.scales]
    for field, text in repeated:
        yield from ((field, said) for said in wording.objections(text, finding=True))
    titles = [(f"scales[{s.id}].title", s.title) for s in instrument.scales]
    for field, text in (("title", instrument.title), *titles, *repeated):
        if CONTROL.search(text) or "\n" in text:
            yield field, "must be one line without control characters."
    for field, text in titles:
        if not text.strip():
            yield field, "is empty."


def _named_twice(instrument: Instrument) -> Iterator[Objection]:
    """A code of two items would say two answers at once."""
    counted = Counter((c.system, c.code) for item in instrument.items for c in item.codes)
    for (_, code), count in counted.items():
        if count > 1:
            yield "items.codes", f"'{code}' is used {count} times; it must name one item only."


def _answers(item: Item) -> Iterator[str]:
    if not item.low < item.high or item.step <= 0:
        return
    steps = (item.high - item.low) / item.step
    if abs(steps - round(steps)) > 1e-6:
        yield "the range holds no whole number of steps."
    if item.step < 1:
        return
    if item.step % 1 or item.low % 1:
        yield "low and step must be whole numbers where step is not below 1."
    if steps >= MOST_ANSWERS:
        yield f"has more than {MOST_ANSWERS} answers to choose from."


def _scored(instrument: Instrument, scale: Scale) -> Iterator[Objection]:
    if scale.multiplier <= 0:
        yield "multiplier", "must be above 0."
    if scale.conversion is None:
        return
    members = [item for item in instrument.items if item.number in scale.items]
    if scale.scoring is not Scoring.SUM or any(item.step % 1 or item.low % 1 for item in members):
        yield "conversion", "needs sums of whole numbers."
    if scale.missing.allowed and not scale.missing.rounded:
        yield "conversion", "needs whole sums, so what is missing must be rounded."
