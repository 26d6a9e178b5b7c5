"""`openapi/instruments.md`: every instrument with its items, scales, numbers and sources."""

from collections.abc import Iterable, Iterator

from service.clinical.canonical import SCALE
from service.clinical.definitions import Instrument, SafetyItem
from service.clinical.documents import items, markdown, scales
from service.clinical.documents.sources import Sources, legend
from service.clinical.documents.words import codings, listed
from service.clinical.wording import number

NONE = "-"


def instruments(known: Iterable[Instrument]) -> str:
    """The whole document, in the order of the ids."""
    ordered = sorted(known, key=lambda instrument: instrument.id)
    return markdown.document(
        (
            markdown.heading(1, "Instruments"),
            *_introduction(),
            markdown.heading(2, "All at a glance"),
            _overview(ordered),
            *(block for instrument in ordered for block in _instrument(instrument)),
        )
    )


def _introduction() -> Iterator[str]:
    yield markdown.paragraph(
        "Written by `make openapi` from `service/clinical/instruments/`, by which the service "
        "scores; what follows from the scores stands in [findings.md](findings.md)."
    )
    yield markdown.paragraph(legend() + " What is *not published* is not made up: what would "
                             "depend on it says that there is no reference.")  # fmt: skip
    yield markdown.paragraph(
        "A published reliable change is met when it is reached. A computed one, "
        "1.96 × SD × √2 × √(1 − reliability), has to be exceeded and is used only where none is "
        "published. Scores are rounded half up, before anything is multiplied. Of two complete "
        "forms in one session the later counts. A ready-made total arrives as an Observation "
        f"with the scale's id in `{SCALE}` or with one of the codes named below."
    )


def _overview(known: Iterable[Instrument]) -> str:
    header = ("Instrument", "Scale", "Measures", "Range", "Better", "Cut-off", "Reliable change",
              "Safety items")  # fmt: skip
    return markdown.table(
        header,
        (
            (
                markdown.link(instrument.id),
                scale.title,
                scale.construct,
                scales.span(scale),
                scale.better or "neither end",
                number(scale.cutoff.value) if scale.cutoff else NONE,
                scales.deciding(scale) or NONE,
                ", ".join(str(safety.item) for safety in instrument.safety) or NONE,
            )
            for instrument in known
            for scale in instrument.scales
            if scale.primary
        ),
    )


def _instrument(instrument: Instrument) -> Iterator[str]:
    sources = Sources(instrument.sources)
    yield markdown.heading(2, instrument.id)
    yield markdown.paragraph(f"**{instrument.title}**, definition {instrument.version}.")
    yield markdown.bullets(_about(instrument))
    yield markdown.heading(3, f"Items of {instrument.id}")
    yield from items.described(instrument)
    for scale in instrument.scales:
        yield markdown.heading(3, f"Scale {scale.id}")
        yield from scales.described(instrument, scale, sources)
    if instrument.safety:
        yield markdown.heading(3, f"Safety items of {instrument.id}")
        yield from _safety(instrument, sources)
    yield markdown.heading(3, f"Sources of {instrument.id}")
    yield sources.listing()


def _about(instrument: Instrument) -> Iterator[str]:
    wording = "may ship" if instrument.licence.text_may_ship else "does not ship"
    yield f"Licence: {instrument.licence.terms}"
    yield f"The wording of the items {wording}."
    canonicals = ", ".join(map(markdown.code, instrument.canonicals))
    yield f"Recognised by the `questionnaire` {canonicals}."
    if instrument.codes:
        yield f"Codes of the whole form: {codings(instrument.codes)}."
    for group in instrument.shared_out:
        yield f"{listed(map(markdown.code, group))} share all items out between them."


def _safety(instrument: Instrument, sources: Sources) -> Iterator[str]:
    yield markdown.paragraph(
        "An answer from the threshold on opens a `safety-review`, whatever the score and whatever "
        "else is missing; so does an item that is not answered, or a ready-made total that comes "
        "without it."
    )
    yield markdown.table(
        ("Item", "Asks about", "From answer", "Conversation the same day", "Proved by a total of"),
        (_safety_row(safety, sources) for safety in instrument.safety),
    )


def _safety_row(safety: SafetyItem, sources: Sources) -> tuple[str, ...]:
    same_day = "otherwise the next contact"
    if safety.same_day_at is not None:
        same_day = f"from {number(safety.same_day_at)}"
    proven = "; ".join(
        f"{number(total)}: at least {number(least)}"
        for total, least in sorted(safety.proven_by_total.items())
    )
    return (
        str(safety.item),
        safety.asks_about,
        f"{number(safety.at_least)} {sources.mark(safety.source)}",
        same_day,
        f"{proven} (`{safety.scale}`)" if proven else NONE,
    )
