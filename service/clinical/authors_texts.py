"""The words of an instrument that are its authors', each with the field it stands in.

They are repeated to the letter where the licence lets them ship, and are not held to how the
service itself speaks; see `wording` for that.
"""

from collections.abc import Iterator

from service.clinical.definitions import Instrument


def authors_texts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Field and text, in the order of the form."""
    given = [
        ("instructions", instrument.instructions),
        ("stem", instrument.stem),
        *((f"items[{item.number}].text", item.text) for item in instrument.items),
        *((f"answer_texts[{place}]", text) for place, text in enumerate(instrument.answer_texts)),
    ]
    for unscored in instrument.unscored_items:
        field = f"unscored_items[{unscored.link_id}]"
        given.append((f"{field}.text", unscored.text))
        given += [(f"{field}.answers[{code.code}]", code.display) for code in unscored.answers]
    for field, text in given:
        if text is not None:
            yield field, text
