"""depressive-symptoms-without-reported-low-mood: experimental, off unless a site turns it on."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from service.clinical.candour import aside
from service.clinical.chart import Chart, heard
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding, When
from service.clinical.indicator import Indicator, Per
from service.clinical.low_mood import (
    ALONE,
    APART,
    ITEM_AT_LEAST,
    MOOD_AT_MOST,
    OTHERS_AT_LEAST,
    RULE,
    TOTAL,
    Form,
    Pattern,
    forms,
    patterns,
    series_of,
)
from service.clinical.series import Series
from service.clinical.wording import counted, day

VALID = timedelta(days=30)
EXPERIMENTAL = "An experimental rule that has not been validated"
SOURCE = Source(
    citation="Decided here: an experimental rule whose thresholds have not been validated.",
    standing=Standing.DECIDED,
)


def find(chart: Chart) -> Iterator[Finding]:
    series = series_of(chart)
    if series is not None:
        given = forms(series)
        found = list(patterns(given))
        if found:
            yield _shown(chart, found[-1], [f for f in given if f.session > found[-1].form.session])
        else:
            yield _not_shown(chart, series, given)


def _shown(chart: Chart, pattern: Pattern, since: Sequence[Form]) -> Finding:
    form, partner = pattern.form, pattern.partner
    read = [form] if partner is None else [partner, form]
    until = form.source.day + VALID
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=Concept(code="pattern-shown"),
        components=(
            *_numbers(form),
            *(
                Component(code="days-between", value=form.days_after(partner))
                for partner in read[:-1]
            ),
            Component(code="threshold", value=Amount(value=TOTAL if partner else ALONE)),
            Component(code="threshold-source", value=SOURCE.citation),
            Component(code="forms-since", value=len(since)),
            Component(code="valid-until", value=When(text=until.isoformat())),
        ),
        inputs=tuple(heard(f.source) for f in read),
        sentence=_sentence(form, partner, len(since)),
    )


def _numbers(form: Form) -> Iterator[Component]:
    yield Component(code="total", value=Amount(value=form.total))
    yield Component(code="item-1", value=Amount(value=form.interest))
    yield Component(code="item-2", value=Amount(value=form.mood))
    yield Component(code="items-at-or-above", value=form.others)


def _sentence(form: Form, partner: Form | None, since: int) -> str:
    threshold = TOTAL if partner else ALONE
    likewise = ""
    if partner is not None:
        likewise = (
            f", and likewise on {day(partner.source.day)}, "
            f"{counted(form.days_after(partner), 'day')} before ({APART[0]} to {APART[1]})"
        )
    later = ""
    if since:
        later = f" {counted(since, 'later form')} {'does' if since == 1 else 'do'} not meet it."
    return (
        f"PHQ-9 on {day(form.source.day)}: total {form.total} (threshold {threshold}), item 1 "
        f"answered {form.interest} (at least {ITEM_AT_LEAST}), item 2 answered {form.mood} (at "
        f"most {MOOD_AT_MOST}), {form.others} of items 3 to 8 answered {ITEM_AT_LEAST} or more (at "
        f"least {OTHERS_AT_LEAST}){likewise}. {EXPERIMENTAL}.{later} Consider a closer evaluation, "
        "or a referral."
    )


def _not_shown(chart: Chart, series: Series, given: tuple[Form, ...]) -> Finding:
    complete = counted(len(given), "PHQ-9 form")
    beside = aside(chart, of=series) if given else None
    sentence = (
        f"No form meets the rule, of {complete} with all nine items answered. {EXPERIMENTAL}."
    )
    if not given:
        sentence = f"{complete} of 1 with all nine items answered that the rule needs."
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=Concept(code="no-pattern-shown") if given else Absent(reason=f"{complete} of 1"),
        components=(
            Component(code="forms-complete", value=len(given)),
            Component(code="forms-needed", value=1),
        ),
        inputs=tuple(heard(form.source) for form in given) or series.inputs,
        beside=beside.inputs if beside else (),
        sentence=beside.after(sentence) if beside else sentence,
    )


def explain(chart: Chart, _: Finding) -> Explanation:
    """Of the one finding of the course."""
    series = series_of(chart)
    given = forms(series) if series else ()
    found = list(patterns(given))
    if not found:
        step = Step(title="Complete forms", formula="count of forms", working=f"{len(given)}")
        would = (
            f"A form with a total of {ALONE} or more, item 1 at {ITEM_AT_LEAST} or more, item 2 at "
            f"{MOOD_AT_MOST} or less and {OTHERS_AT_LEAST} of items 3 to 8 at {ITEM_AT_LEAST} or "
            "more would meet the rule."
        )
        return Explanation(steps=(step,), would_change=(would,))
    pattern = found[-1]
    would = (
        f"With item 2 answered {MOOD_AT_MOST + 1} or more, the form of "
        f"{day(pattern.form.source.day)} would not meet the rule."
    )
    return Explanation(steps=tuple(_steps(pattern)), would_change=(would,))


def _steps(pattern: Pattern) -> Iterator[Step]:
    form, partner = pattern.form, pattern.partner
    least = TOTAL if partner else ALONE
    for title, formula, working in (
        ("Total of the nine answers", f"total >= {least}", f"{form.total} >= {least}"),
        ("Item 2", f"item 2 <= {MOOD_AT_MOST}", f"{form.mood} <= {MOOD_AT_MOST}"),
        ("Item 1", f"item 1 >= {ITEM_AT_LEAST}", f"{form.interest} >= {ITEM_AT_LEAST}"),
        (
            "Items 3 to 8",
            f"count of answers >= {ITEM_AT_LEAST}, at least {OTHERS_AT_LEAST}",
            f"{form.others} >= {OTHERS_AT_LEAST}",
        ),
    ):
        yield Step(title=title, formula=formula, working=working, source=SOURCE)
    if partner is not None:
        yield Step(
            title="Days between the two forms",
            formula=f"{APART[0]} <= days <= {APART[1]}",
            working=f"{APART[0]} <= {form.days_after(partner)} <= {APART[1]}",
            source=SOURCE,
        )


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="PHQ-9 symptoms without reported low mood",
    documentation="Experimental, and off unless a site turns it on. On PHQ-9 forms with all nine "
    "items answered: a total of at least 10, item 2 (low mood) at most 1, item 1 (interest) at "
    "least 2, and at least three of items 3 to 8 at 2 or more; on two forms 7 to 60 days apart, or "
    "on one with a total of at least 15. It stands for the latest form that meets it, with the "
    "latest form before that goes with it, and says how many later forms do not meet it; "
    "`valid-until` is 30 days after that form. Only answers count, no ready-made totals, and tears "
    "are no input.",
    sources=(SOURCE,),
    category=Category.SURVEY,
    per=Per.COURSE,
    codes=(RULE,),
    find=find,
    optional=True,
    explain=explain,
)
