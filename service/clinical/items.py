"""How an item of an instrument is named outside it: by LOINC where it has a code there, and by us.

Its codes and displays say its number; its wording is its authors', see `authors_texts`.
"""

from collections.abc import Iterator, Mapping

from service.clinical.canonical import ITEM
from service.clinical.definitions import Code, Instrument, Item
from service.clinical.observation_values import filled


def item_code(instrument: Instrument, item: Item) -> str:
    """Its code in CodeSystem `item`."""
    return f"{instrument.id}-{item.number}"


def item_display(instrument: Instrument, item: Item) -> str:
    return f"{instrument.id.upper()} item {item.number}"


def codes(instrument: Instrument, item: Item) -> Iterator[tuple[str, str]]:
    """(system, code) of every code that it is known by."""
    yield from ((code.system, code.code) for code in item.codes)
    yield ITEM, item_code(instrument, item)


def item_codings(instrument: Instrument, item: Item) -> list[Mapping[str, str]]:
    """Its codings, those that others know first."""
    ours = Code(
        system=ITEM, code=item_code(instrument, item), display=item_display(instrument, item)
    )
    return [coding(code) for code in (*item.codes, ours)]


def coding(code: Code) -> Mapping[str, str]:
    return filled({"system": code.system, "code": code.code, "display": code.display})
