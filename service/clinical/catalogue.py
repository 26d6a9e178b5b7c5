"""Every instrument that the service knows, checked, and the ways to look one up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from service.clinical import instrument_checks
from service.clinical.canonical import SCALE
from service.clinical.definitions import Figure, Instrument, Refused, SafetyItem, Scale
from service.clinical.items import codes as item_codes
from service.registry import discover

Key = tuple[str, str]
"""(system, code)"""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """Instruments by what they are recognised by."""

    instruments: tuple[Instrument, ...]
    by_id: Mapping[str, Instrument]
    scales: Mapping[str, tuple[Instrument, Scale]]
    """Scale id -> its instrument and itself."""
    totals: Mapping[Key, str]
    """Code under which a total arrives -> scale id."""
    safety_items: Mapping[Key, tuple[Instrument, SafetyItem]]
    """Code under which the answer to a safety item arrives -> that item."""
    canonicals: Mapping[str, Instrument]
    expressed: frozenset[Key]
    """Codes under which scores, and answers that make them, say what was expressed."""

    def by_canonical(self, canonical: str) -> Instrument | None:
        """The instrument that a `questionnaire` element names; None: unknown.

        Ours is taken in its own version or another of the same major version. The canonicals of
        others count their versions by their own rules, so they are taken in any.
        """
        url, _, version = canonical.partition("|")
        instrument = self.canonicals.get(url)
        if instrument is None or not version or url != instrument.canonicals[0]:
            return instrument
        return instrument if _major(version) == _major(instrument.version) else None

    def of_total(self, codes: Iterable[Key]) -> tuple[Instrument, Scale] | None:
        """The scale whose total these codes name; None: no scale, or more than one."""
        named = {self.totals[code] for code in codes if code in self.totals}
        return self.scales[named.pop()] if len(named) == 1 else None

    def expresses(self, system: str | None, code: str | None) -> bool:
        """Whether a code can say what was expressed; None: in any system, or with any code of it.

        A code of `expression` is not asked about here: that system says nothing else.
        """
        if system is not None and code is not None:
            return (system, code) in self.expressed
        return any(system in (None, s) and code in (None, c) for s, c in self.expressed)

    def reads(self, codes: Iterable[Key]) -> bool:
        """Whether one of these codes names a total or a safety item."""
        return any(code in self.totals or code in self.safety_items for code in codes)

    def of_safety_item(self, codes: Iterable[Key]) -> tuple[Instrument, SafetyItem] | None:
        """The safety item that these codes name; None: none."""
        return next((self.safety_items[c] for c in codes if c in self.safety_items), None)


def adjusted(known: Catalogue, numbers: Mapping[str, Mapping[str, Figure]]) -> Catalogue:
    """The same with numbers that a site sets: scale id -> field of `Scale` -> number. Raises
    `Refused` for a scale that is not known, and where a number breaks a rule."""
    for scale in numbers:
        if scale not in known.scales:
            raise Refused(f"{scale}: there is no scale of this id.")
    if not numbers:
        return known
    return build(
        replace(
            instrument,
            scales=tuple(
                replace(scale, **numbers.get(scale.id, {}))  # type: ignore[arg-type]
                for scale in instrument.scales
            ),
        )
        for instrument in known.instruments
    )


def build(instruments: Iterable[Instrument]) -> Catalogue:
    """A catalogue of `instruments`; `Refused` with every rule that one of them breaks."""
    known = tuple(instruments)
    objections = instrument_checks.objections(known)
    if objections:
        raise Refused("\n".join(objections))
    return Catalogue(
        instruments=known,
        by_id=MappingProxyType({i.id: i for i in known}),
        scales=MappingProxyType({s.id: (i, s) for i in known for s in i.scales}),
        totals=MappingProxyType({code: s.id for i in known for s in i.scales for code in names(s)}),
        safety_items=MappingProxyType(
            {
                (code.system, code.code): (instrument, safety)
                for instrument in known
                for safety in instrument.safety
                for item in instrument.items
                if item.number == safety.item
                for code in item.codes
            }
        ),
        canonicals=MappingProxyType({url: i for i in known for url in i.canonicals}),
        expressed=frozenset(key for i in known for key in _expressed(i)),
    )


def names(scale: Scale) -> tuple[Key, ...]:
    """Every (system, code) that a total of `scale` arrives under."""
    given = (*scale.codes, *scale.mappings)
    return ((SCALE, scale.id), *((code.system, code.code) for code in given))


def _expressed(instrument: Instrument) -> Iterator[Key]:
    for scale in instrument.scales:
        if scale.expressed:
            yield from names(scale)
            for item in instrument.items:
                if item.number in scale.items:
                    yield from item_codes(instrument, item)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The instruments of the folder `instruments`."""
    return build(discover("service.clinical.instruments", "INSTRUMENT", Instrument))


def _major(version: str) -> str:
    return version.partition(".")[0]
