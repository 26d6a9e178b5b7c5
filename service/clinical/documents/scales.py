"""One scale of an instrument: how it is scored, and every number known of it."""

from collections.abc import Iterator, Mapping

from service.clinical.canonical import SCALE
from service.clinical.definitions import Figure, Instrument, MissingRule, Norm, Scale, Scoring
from service.clinical.documents import markdown
from service.clinical.documents.sources import Sources
from service.clinical.documents.words import codings, listed, numbers
from service.clinical.wording import counted, number
from service.psychometrics.reliable_change import change_points
from service.psychometrics.scoring import Better

Fact = tuple[str, str]
"""What is said of a scale, under its heading."""

SUMS_IN_A_ROW = 10
UNPUBLISHED = {
    "cutoff": "cut-off",
    "norm": "norm",
    "intake": "SD of patients at intake",
    "reliability": "reliability",
    "published_change": "a reliable change of its own",
}


def described(instrument: Instrument, scale: Scale, sources: Sources) -> Iterator[str]:
    standing = "" if scale.primary else " It is shown only; no finding is derived from it."
    yield markdown.paragraph(f"**{scale.title}.**{standing}")
    facts = _facts(instrument, scale, sources)
    yield markdown.bullets(f"{heading}: {said}" for heading, said in facts)
    if scale.conversion is not None:
        yield markdown.paragraph("Scores by the sum of the items:")
        yield _conversion(scale.conversion)


def span(scale: Scale) -> str:
    return f"{number(scale.low)} to {number(scale.high)}"


def deciding(scale: Scale) -> str | None:
    """The reliable change that decides; None: none can be told."""
    if scale.published_change is not None:
        return f"{number(scale.published_change.value)} (published)"
    computed = _computed(scale)
    return f"more than {number(computed)} (computed)" if computed is not None else None


def _facts(instrument: Instrument, scale: Scale, sources: Sources) -> Iterator[Fact]:
    yield "Measures", f"{scale.construct}, answered by the {scale.reporter}"
    yield from _scoring(instrument, scale)
    yield "Range", span(scale)
    yield "Direction", _direction(scale)
    if scale.items:
        yield "Items not answered", _missing(scale, scale.missing, sources)
    yield from _numbers(scale, sources)
    yield from _change(scale, sources)
    yield from _alliance(scale, sources)
    yield "Not published", _unpublished(scale)
    yield from _codes(scale)


def _scoring(instrument: Instrument, scale: Scale) -> Iterator[Fact]:
    if scale.scoring is Scoring.EXTERNAL:
        yield "Score", "computed elsewhere; only ready-made values arrive"
        return
    yield "Items", numbers(scale.items)
    if scale.without:
        yield "Only where", f"item {numbers(scale.without)} does not apply to the person"
    if scale.reversed_items:
        turned = numbers(scale.reversed_items)
        yield "Reversed", f"{turned}: {_reversal(instrument, scale)}"
    what = "sum" if scale.scoring is Scoring.SUM else "mean"
    times = f" × {number(scale.multiplier)}" if scale.multiplier != 1 else ""
    table = ", turned into a score by the table below" if scale.conversion is not None else ""
    share = "" if what == "sum" else f" / {len(scale.items)}"
    yield "Score", f"{what} of the items{times}{table}: Σ items{share}{times}"


def _reversal(instrument: Instrument, scale: Scale) -> str:
    ranges = {
        item.low + item.high for item in instrument.items if item.number in scale.reversed_items
    }
    return listed(f"{number(both)} − answer" for both in sorted(ranges))


def _direction(scale: Scale) -> str:
    said = "neither end is the better one; nothing that needs a direction is derived"
    if scale.better is not None:
        said = "lower is better" if scale.better is Better.LOWER else "higher is better"
    return said + (f"; higher means {scale.higher_means}" if scale.higher_means else "")


def _missing(scale: Scale, rule: MissingRule, sources: Sources) -> str:
    source = sources.mark(rule.source)
    if not rule.allowed:
        return f"none may be missing {source}"
    said = [f"at most {counted(rule.allowed, 'item')} may be missing"]
    if len(rule.groups) > 1:
        groups = listed(f"({numbers(group)})" for group in rule.groups)
        said.append(f"at most {rule.allowed_in_group} in each of {groups}")
    if rule.never_imputed:
        said.append(f"never {numbers(rule.never_imputed)}: without it there is no score")
    return f"{'; '.join(said)}; {_imputed(scale, rule)} {source}"


def _imputed(scale: Scale, rule: MissingRule) -> str:
    if rule.from_group:
        return "each takes the mean of its own group, rounded half up"
    if scale.scoring is Scoring.MEAN:
        return "the score is the mean of the answered ones"
    rounded = ", rounded half up" if rule.rounded else ""
    return f"the sum is the mean of the answered ones × {len(scale.items)}{rounded}"


def _numbers(scale: Scale, sources: Sources) -> Iterator[Fact]:
    if scale.bands:
        bands = "; ".join(f"{number(b.low)} to {number(b.high)} {b.display}" for b in scale.bands)
        mark = f" {sources.mark(scale.bands_source)}" if scale.bands_source else ""
        yield "Bands", bands + mark
    if scale.cutoff is not None:
        inside = "is the first value inside the clinical range"
        if scale.better is Better.HIGHER:
            inside = "is the first value outside the clinical range"
        yield "Cut-off", f"{number(scale.cutoff.value)} {inside}{_cited(scale.cutoff, sources)}"
    if scale.norm is not None:
        yield "Norm", _sample(scale.norm, sources)
    if scale.intake is not None:
        yield "Patients at intake", _sample(scale.intake, sources)
    if scale.reliability is not None:
        reliability = scale.reliability
        mark = sources.mark(reliability.source)
        yield "Reliability", f"{number(reliability.value)} ({reliability.kind}) {mark}"


def _change(scale: Scale, sources: Sources) -> Iterator[Fact]:
    computed, published = _computed(scale), scale.published_change
    if published is not None:
        said = f"{number(published.value)}, met when it is reached; it decides"
        yield "Reliable change, published", said + _cited(published, sources)
    if computed is not None and scale.norm is not None and scale.reliability is not None:
        sd, reliability = number(scale.norm.sd), number(scale.reliability.value)
        decides = "" if published is not None else "; it decides, and has to be exceeded"
        yield (
            "Reliable change, computed",
            f"{number(computed)} = 1.96 × {sd} × √2 × √(1 − {reliability}){decides}",
        )


def _alliance(scale: Scale, sources: Sources) -> Iterator[Fact]:
    for heading, figure in (
        ("SD from session to session", scale.session_sd),
        ("Worth asking about: total below", scale.ask_below),
        ("Worth asking about: item below", scale.ask_item_below),
    ):
        if figure is not None:
            yield heading, number(figure.value) + _cited(figure, sources)
    if scale.family is not None:
        yield "Compared with", f"the other reporter's form of the family `{scale.family}`"


def _unpublished(scale: Scale) -> str:
    named = [words for field, words in UNPUBLISHED.items() if getattr(scale, field) is None]
    if not scale.bands:
        named.insert(0, "bands")
    return ", ".join(named) or "nothing of these"


def _codes(scale: Scale) -> Iterator[Fact]:
    yield "Code", f"`{scale.id}` in `{SCALE}`"
    if scale.codes:
        yield "Further codes, in and out", codings(scale.codes)
    if scale.mappings:
        yield "Codes accepted", f"{codings(scale.mappings)}; sent only under the site's licence"


def _computed(scale: Scale) -> float | None:
    if scale.norm is None or scale.reliability is None or scale.better is None:
        return None
    return change_points(sd=scale.norm.sd, reliability=scale.reliability.value)


def _cited(figure: Figure, sources: Sources) -> str:
    note = f" ({figure.note.rstrip('.')})" if figure.note else ""
    return f"{note} {sources.mark(figure.source)}"


def _sample(norm: Norm, sources: Sources) -> str:
    mark = sources.mark(norm.source)
    return f"mean {number(norm.mean)}, SD {number(norm.sd)}, {norm.sample} {mark}"


def _conversion(conversion: Mapping[float, float]) -> str:
    pairs = [f"{number(total)}: {number(score)}" for total, score in sorted(conversion.items())]
    rows = [pairs[at : at + SUMS_IN_A_ROW] for at in range(0, len(pairs), SUMS_IN_A_ROW)]
    return markdown.bullets("; ".join(row) for row in rows)
