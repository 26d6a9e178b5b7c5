"""What a corrected form still owes: safety answers that its earlier versions gave.

A derivation reads the current version of every record, so the record itself must carry what a
correction may not take back. Folding the versions of one resource, oldest first, gives its facts;
a version that says entered-in-error, and a delete, end the fold: such a record never was the
patient's.
"""

from collections.abc import Sequence

from service.clinical import facts, safety
from service.clinical.definitions import Instrument


def remembering(
    before: facts.Facts, now: facts.Facts, instruments: Sequence[Instrument]
) -> facts.Facts:
    """The facts of a new version, with the higher safety answers of the version before it.

    `before` and `now` are the facts of one resource of one patient.
    """
    current: dict[str, float] = {}
    for concern in safety.called_for(now, instruments):
        current[concern.scale] = max(concern.answer, current.get(concern.scale, 0))
    kept: dict[str, safety.Concern] = {}
    for concern in safety.called_for(before, instruments):
        held = kept.get(concern.scale, concern)
        if concern.answer > current.get(concern.scale, 0):
            kept[concern.scale] = max(held, concern, key=safety.weight)
    labels = now[0].labels if now else None
    return now + tuple(_remembered(kept[scale], labels) for scale in sorted(kept))


def _remembered(
    concern: safety.Concern, labels: tuple[tuple[str, str], ...] | None
) -> facts.Remembered:
    source = concern.source
    return facts.Remembered(
        reference=source.reference,
        effective=source.effective,
        at=source.at,
        day=source.day,
        dated=source.dated,
        encounter=source.encounter,
        labels=source.labels if labels is None else labels,
        instrument=concern.instrument.id,
        item=concern.item.item,
        value=concern.answer,
        total=concern.total,
    )
