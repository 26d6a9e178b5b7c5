"""The items of an instrument, and the answers to them."""

from collections.abc import Iterator
from itertools import groupby

from service.clinical.definitions import Code, Instrument, Item
from service.clinical.documents import markdown
from service.clinical.documents.words import coding, codings, numbers
from service.clinical.wording import number


def described(instrument: Instrument) -> Iterator[str]:
    if not instrument.items:
        yield markdown.paragraph("None are known here: the form is scored elsewhere.")
        return
    yield markdown.table(
        ("Item", "Answers", "In steps of", "Codes"),
        (
            (numbers([item.number for item in alike]), *_answers(alike[0]))
            for _, group in groupby(instrument.items, key=_answers)
            if (alike := list(group))
        ),
    )
    if instrument.instructions or instrument.stem:
        asked = (instrument.instructions, instrument.stem)
        yield markdown.paragraph(" ".join(filter(None, asked)))
    worded = [f"{item.number}: {item.text}" for item in instrument.items if item.text]
    if worded:
        yield markdown.bullets(worded)
    if instrument.answer_texts:
        yield markdown.paragraph(f"Answers: {'; '.join(instrument.answer_texts)}.")
    said = list(_said(instrument))
    if said:
        yield markdown.bullets(said)


def _answers(item: Item) -> tuple[str, str, str]:
    """Items that say the same here stand in one row."""
    span = f"{number(item.low)} to {number(item.high)}"
    return span, number(item.step), codings(item.codes) or "-"


def _said(instrument: Instrument) -> Iterator[str]:
    if instrument.answer_codes:
        values = (
            f"{coding(Code(system=system, code=code))} = {number(value)}"
            for (system, code), value in instrument.answer_codes.items()
        )
        yield f"Coded answers: {', '.join(values)}."
    if instrument.may_not_apply:
        yield f"May be answered as not applicable: item {numbers(instrument.may_not_apply)}."
    for item, gate in instrument.skips.items():
        yield (
            f"Item {item} may be skipped after the lowest answer to item {gate}; it then counts as "
            "its own lowest answer."
        )
    if instrument.unscored_link_ids:
        known = ", ".join(map(markdown.code, instrument.unscored_link_ids))
        yield f"Recognised by `linkId` and not scored: {known}."
    if instrument.total_link_ids:
        totals = ", ".join(map(markdown.code, instrument.total_link_ids))
        yield f"A total under {totals} is compared with the one computed."
    for unscored in instrument.unscored_items:
        asked = f' "{unscored.text}"' if unscored.text else ""
        link, answers = markdown.code(unscored.link_id), codings(unscored.answers)
        yield f"Asked and not scored, {link}:{asked} {answers}."
