"""From answers to scores: one per scale and form, with the reason where there is none."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from service.clinical import facts
from service.clinical.definitions import Instrument, Scale
from service.clinical.findings import Absent
from service.clinical.identifiers import Identifiers
from service.clinical.score import applies, completed, score
from service.clinical.wording import counted, number

REMEMBERED_FORMS = 8_192
"""How many scored forms a process keeps; settling a patient scores the same forms again. Their
answers are packed, which takes a sixth of the memory."""
_packed = msgspec.msgpack.Encoder().encode
_unpacked = msgspec.msgpack.Decoder(dict[int, float]).decode


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """One scale of one form."""

    scale: Scale
    instrument: Instrument
    source: facts.Answers | facts.Total
    reference: str
    """The Observation that carries it: ours, or the ready-made total itself."""
    value: float | None
    """In points of the scale; None: see `absent`."""
    absent: Absent | None = None
    last: "Score | None" = None
    """That of the last session which has one; only where the scale says to look for a drop."""

    @property
    def derived(self) -> bool:
        return isinstance(self.source, facts.Answers)

    @property
    def absent_reason(self) -> str:
        """Why there is no value, in words; empty where there is one."""
        return "" if self.absent is None else self.absent.reason

    @property
    def known(self) -> float:
        """The value of a score that has one."""
        assert self.value is not None
        return self.value


class Scorer:
    """Scores forms by the instruments' definitions."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self._instruments = {instrument.id: instrument for instrument in instruments}
        self._scales = {
            scale.id: (instrument, scale)
            for instrument in instruments
            for scale in instrument.scales
        }
        self._values = lru_cache(REMEMBERED_FORMS)(self._computed)

    def scores(self, records: Iterable[facts.AnyFact], ids: Identifiers) -> Iterator[Score]:
        """The scores that the records carry; an unfinished form has none."""
        for fact in records:
            if isinstance(fact, facts.Answers):
                yield from self._of_answers(fact, ids)
            elif isinstance(fact, facts.Total) and fact.scale in self._scales:
                yield from self._of_total(fact)

    def _of_answers(self, fact: facts.Answers, ids: Identifiers) -> Iterator[Score]:
        instrument = self._instruments.get(fact.instrument)
        if instrument is None or fact.usable == "safety-only":
            return
        values: tuple[float | None, ...] = (None,) * len(instrument.scales)
        if not fact.problems:
            values = self._values(instrument.id, _packed(fact.values))
        for scale, value in zip(instrument.scales, values, strict=True):
            if not applies(instrument, scale, fact.not_applicable):
                continue
            yield Score(
                scale=scale,
                instrument=instrument,
                source=fact,
                reference=f"Observation/{ids.score(fact.reference, scale.id)}",
                value=value,
                absent=None if value is not None else _absent(instrument, scale, fact),
            )

    def _of_total(self, fact: facts.Total) -> Iterator[Score]:
        instrument, scale = self._scales[fact.scale]
        if scale.low <= fact.value <= scale.high:
            yield Score(
                scale=scale,
                instrument=instrument,
                source=fact,
                reference=fact.reference,
                value=fact.value,
            )

    def _computed(self, instrument: str, packed: bytes) -> tuple[float | None, ...]:
        definition, given = self._instruments[instrument], _unpacked(packed)
        if _outside(definition, given) is not None:
            return (None,) * len(definition.scales)
        return tuple(score(definition, scale, given) for scale in definition.scales)


def _outside(instrument: Instrument, values: Mapping[int, float]) -> str | None:
    """An answer that was read by an earlier definition and does not fit this one."""
    for item in instrument.items:
        answer = values.get(item.number)
        if answer is not None and not item.low <= answer <= item.high:
            return (
                f"Item {item.number} was answered {number(answer)}, outside "
                f"{number(item.low)}-{number(item.high)}."
            )
    return None


def _absent(instrument: Instrument, scale: Scale, fact: facts.Answers) -> Absent:
    if fact.problems:
        return Absent(code="error", reason=" ".join(fact.problems))
    if (outside := _outside(instrument, fact.values)) is not None:
        return Absent(code="error", reason=outside)
    rule = scale.missing
    given = completed(instrument, fact.values)
    missing = [item for item in scale.items if item not in given]
    needed = [item for item in missing if item in rule.never_imputed]
    if needed:
        return Absent(reason=f"Item {needed[0]} was not answered, and it is never estimated.")
    allowed = f"at most {rule.allowed}" if rule.allowed else "none"
    part = f", and at most {rule.allowed_in_group} of a subscale" if rule.groups else ""
    return Absent(
        reason=f"Not answered: {len(missing)} of {counted(len(scale.items), 'item')}; "
        f"{allowed} may be missing{part}."
    )
