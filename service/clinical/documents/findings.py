"""`openapi/findings.md`: what every rule says, by which numbers, and how often by chance."""

from collections.abc import Iterable, Iterator, Mapping

from service.clinical.canonical import FINDING, RULE
from service.clinical.documents import markdown, rates
from service.clinical.documents.courses import described, percent
from service.clinical.documents.examples import Examples
from service.clinical.documents.sources import Sources, legend
from service.clinical.documents.words import listed
from service.clinical.finding_codes import CODES
from service.clinical.findings import Category
from service.clinical.indicator import Indicator, Per
from service.clinical.simulation import Results
from service.clinical.wording import number

PER: Mapping[Per, str] = {
    Per.SCALE: "scale of a course",
    Per.COURSE: "course",
    Per.EVENT: "event of a course",
}
CATEGORIES = {
    Category.SURVEY: "questionnaires; a grant of it never reveals expression",
    Category.THERAPY: "rests on records of expression",
}
PLACES = {code: place for place, code in enumerate(CODES)}
NOT_SIMULATED = "It was not simulated."


def findings(known: Iterable[Indicator], examples: Mapping[str, Examples], results: Results) -> str:
    """The whole document, in the order of the ids; `examples` by the code of the finding."""
    ordered = sorted(known, key=lambda rule: rule.id)
    return markdown.document(
        (
            markdown.heading(1, "Findings"),
            *_introduction(),
            markdown.heading(2, "All at a glance"),
            _overview(ordered),
            *_chance(ordered, results),
            *(block for rule in ordered for block in _rule(rule, examples, results)),
        )
    )


def _introduction() -> Iterator[str]:
    yield markdown.paragraph(
        "Written by `make openapi` from `service/clinical/indicators/`. A finding is an "
        f"Observation whose `code` is of `{FINDING}`: `derivedFrom` names every record it rests "
        f"on, `method` the rule (of `{RULE}`) and its revision, the components every number and "
        "threshold with its source, `text` and `note` one sentence. Where data are too few it "
        "stands with `dataAbsentReason` and the count. Thresholds that belong to a scale stand in "
        "[instruments.md](instruments.md)."
    )
    yield markdown.paragraph(legend())


def _overview(known: Iterable[Indicator]) -> str:
    return markdown.table(
        ("Finding", "Title", "One for each", "Category"),
        ((markdown.link(rule.id), rule.title, PER[rule.per], rule.category) for rule in known),
    )


def _chance(known: Iterable[Indicator], results: Results) -> Iterator[str]:
    ids = {rule.id for rule in known}
    rows = (
        (markdown.link(event.rule), event.title, rates.between(found))
        for event in results.events
        if event.rule in ids and (found := rates.by_chance(results, event))
    )
    yield markdown.heading(2, "How often by chance")
    yield markdown.paragraph(_method(results))
    yield markdown.table(
        ("Finding", "Event", "Ever in an unchanged course, from the calmest to the noisiest"), rows
    )


def _method(results: Results) -> str:
    return (
        f"The rates are those of `python -m service simulate`: {results.courses} courses of each "
        f"sort, {results.sessions} sessions each, seed {results.seed}. The rules read the chart "
        "after each session, and an event is seen where a finding says it after any of them. "
        "Scores lie around a person's level with the SD named, deviations of neighbouring sessions "
        "correlated by r, rounded to the scale's grid and clipped at its ends. A course named by "
        "one level is unchanged, and some levels lie near an end of the scale or beside its "
        "cut-off; a course named by two really changes from the one to the other, and what is seen "
        "while it does counts, chance included. These courses are made by a formula; patients' may "
        "be calmer or noisier. Every rate with its Wilson 95 % interval stands in "
        "[simulation.json](simulation.json); where all courses count, the interval reaches at most "
        f"{number(100 * _reach(results), places=1)} points to either side."
    )


def _reach(results: Results) -> float:
    """Half of the widest interval."""
    whole = (row for row in results.rows if row.of == results.courses)
    return max(((row.high or 0) - (row.low or 0) for row in whole), default=0) / 2


def _rule(rule: Indicator, examples: Mapping[str, Examples], results: Results) -> Iterator[str]:
    sources = Sources(rule.sources)
    yield markdown.heading(2, rule.id)
    yield markdown.paragraph(f"**{rule.title}.** {rule.documentation}")
    yield markdown.bullets(_about(rule))
    yield from _often(rule, results)
    for code in rule.codes:
        if code in examples:
            yield markdown.heading(3, f"What {code} says")
            yield from _said(examples[code])
    yield markdown.heading(3, f"How often {rule.id} is seen")
    yield from _rates(rule, results)
    yield markdown.heading(3, f"Sources of {rule.id}")
    yield sources.listing()


def _about(rule: Indicator) -> Iterator[str]:
    for code in rule.codes:
        yield f"Code: `{code}` ({CODES[code]})."
    yield f"One for each {PER[rule.per]}; revision {rule.revision}."
    yield f"Category: `{rule.category}` ({CATEGORIES[rule.category]})."


def _often(rule: Indicator, results: Results) -> Iterator[str]:
    """What is seen in more than a third of unchanged courses is said before anything else."""
    found = [
        f"{event.title}: up to {percent(worst.rate)} ({described(worst.condition)})."
        for event in results.events
        if event.rule == rule.id
        for worst in rates.by_chance(results, event)[:1]
        if (worst.rate or 0) > rates.OFTEN
    ]
    if found:
        yield markdown.paragraph(
            "**Often by chance.** In the noisiest of the unchanged courses more than a third show "
            "it at some session, though nothing changes. Seen once, it is a reason to look at the "
            "next score, and no more."
        )
        yield markdown.bullets(found)


def _said(examples: Examples) -> Iterator[str]:
    if examples.inputs:
        yield markdown.paragraph(f"`derivedFrom` names {listed(sorted(examples.inputs))}.")
    for value in sorted(examples.values, key=_place):
        said = f"`{value}` ({CODES[value]})" if value in CODES else value.capitalize()
        yield markdown.paragraph(f"{said}, such as:")
        yield markdown.quotation(examples.values[value])
    if examples.absent is not None:
        yield markdown.paragraph("Too few data:")
        yield markdown.quotation(examples.absent)
    if examples.components:
        named = (f"{CODES[code]} (`{code}`)" for code in sorted(examples.components, key=_place))
        yield markdown.paragraph(f"Components: {', '.join(named)}.")


def _place(code: str) -> int:
    """As the code system lists them."""
    return PLACES.get(code, len(PLACES))


def _rates(rule: Indicator, results: Results) -> Iterator[str]:
    events = [event for event in results.events if event.rule == rule.id]
    for event in events:
        yield from rates.described_event(event, rates.of(results, event))
    if not events:
        yield markdown.paragraph(results.not_simulated.get(rule.id, NOT_SIMULATED))
