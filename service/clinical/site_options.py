"""What a site decides of our instruments, applied to their definitions."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from service.clinical.definitions import Instrument

SRS = "srs"
SrsAsk = Literal["below", "at-or-below"]
"""Whether an SRS total at its ask value is worth asking about, or only one below it."""


def decided(instruments: Iterable[Instrument], *, srs_ask: SrsAsk) -> Iterator[Instrument]:
    """The same instruments; those that the site decides something of, as it decided."""
    for instrument in instruments:
        if instrument.id == SRS and srs_ask == "at-or-below":
            scales = (
                replace(s, ask_includes=True) if s.ask_below else s for s in instrument.scales
            )
            instrument = replace(instrument, scales=tuple(scales))
        yield instrument
