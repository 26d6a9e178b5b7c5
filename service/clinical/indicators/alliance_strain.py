"""alliance-strain: a session scored unusually far below the patient's own recent scores."""

import math
from collections.abc import Iterator

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Figure, Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import chance
from service.clinical.series import Series, read
from service.clinical.wording import counted, day, number
from service.clinical.workings import exact, more, scores, waiting
from service.psychometrics.distributions import t_quantile
from service.psychometrics.scoring import Better
from service.psychometrics.strain import (
    LEAST_REFERENCE,
    MARKED_AT,
    POSSIBLE_AT,
    REFERENCE_LENGTH,
    Fall,
    Level,
    Strain,
    falls,
)

RULE = "alliance-strain"
NEEDED = LEAST_REFERENCE + 1
CODES = {Level.POSSIBLE: "possible-strain", Level.MARKED: "marked-fall"}
THRESHOLDS = {Level.POSSIBLE: POSSIBLE_AT, Level.MARKED: MARKED_AT}
GUMZ = Source(
    citation="Gumz, Brähler, Geyer & Erices (2012). BMC Medical Research Methodology 12, "
    "10: published rules disagree; combine variability within and between persons.",
    standing=Standing.WIDELY_USED,
    doi="10.1186/1471-2288-12-10",
)
SIMULATED = Source(
    citation="The thresholds and the default SD are those of the simulation on a grid of "
    "1/12, level 4.1, 20 sessions.",
    standing=Standing.DECIDED,
)
UNSEEN = "Nothing can be seen in sessions 1 to 3."
UNSEEN_NOR_SLOW = "Nothing can be seen in sessions 1 to 3, and a slow fall is not seen."


def find(chart: Chart) -> Iterator[Finding]:
    for series in chart.alliance:
        if series.scale.session_sd is None:
            yield _whole(chart, series, Concept(code="no-reference"), _no_reference(series))
        elif len(series.points) < NEEDED:
            count = f"{len(series.points)} of {NEEDED} scores"
            sentence = f"{series.scale.title}: {count} that a comparison needs. {UNSEEN}"
            yield _whole(chart, series, Absent(reason=count), sentence)
        elif not series.strains:
            yield _none_shown(chart, series)
        else:
            yield from (_raised(chart, series, strain) for strain in series.strains)


def _whole(chart: Chart, series: Series, value: Value | Absent, sentence: str) -> Finding:
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=value,
        components=(
            Component(code="scores-used", value=len(series.points)),
            Component(code="scores-needed", value=NEEDED),
            Component(code="sessions-without-score", value=series.missing),
        ),
        inputs=series.inputs,
        sentence=sentence,
    )


def _no_reference(series: Series) -> str:
    return f"{series.scale.title}: no session-to-session SD is known, so no fall can be judged."


def _none_shown(chart: Chart, series: Series) -> Finding:
    beside = aside(chart, of=series)
    compared = counted(len(series.points) - LEAST_REFERENCE, "score")
    sentence = (
        f"{series.scale.title}: no unusual fall shown, {compared} compared with those before "
        f"(threshold p {number(POSSIBLE_AT)}). {UNSEEN_NOR_SLOW}"
    )
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        value=Concept(code="no-strain-shown"),
        components=(
            Component(code="scores-used", value=len(series.points)),
            Component(code="sessions-without-score", value=series.missing),
            Component(code="threshold", value=Amount(value=POSSIBLE_AT, unit="1")),
        ),
        inputs=series.inputs,
        beside=beside.inputs,
        sentence=beside.after(sentence),
    )


def _raised(chart: Chart, series: Series, strain: Strain) -> Finding:
    session = chart.session(strain.fall.session)
    upto = [point for point in series.points if point.session <= strain.fall.session]
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        scale=series.scale.id,
        event=session.key,
        encounter=session.encounter,
        value=Concept(code=CODES[strain.level]),
        components=tuple(_components(series, strain)),
        inputs=tuple(read(point.score) for point in upto),
        sentence=_sentence(chart, series, strain),
    )


def _components(series: Series, strain: Strain) -> Iterator[Component]:
    fall, prior = strain.fall, series.scale.session_sd
    assert prior is not None
    yield Component(code="fall", value=Amount(value=abs(fall.reference - fall.score)))
    yield Component(code="reference", value=Amount(value=fall.reference))
    yield Component(code="scores-used", value=fall.reference_count)
    yield Component(code="sessions-without-score", value=series.missing)
    yield Component(code="standard-deviation", value=Amount(value=fall.s))
    yield Component(code="session-sd", value=Amount(value=prior.value))
    yield Component(code="reference-source", value=prior.source.citation)
    yield Component(code="degrees-of-freedom", value=fall.df)
    yield Component(code="probability", value=Amount(value=fall.p, unit="1"))
    yield Component(code="threshold", value=Amount(value=THRESHOLDS[strain.level], unit="1"))


def _sentence(chart: Chart, series: Series, strain: Strain) -> str:
    fall = strain.fall
    side = "below" if fall.score < fall.reference else "above"
    distance = number(abs(fall.reference - fall.score))
    return (
        f"The {series.scale.title} of {number(fall.score)} in session {fall.session} on "
        f"{day(chart.session(fall.session).day)} is {distance} {side} the mean of the "
        f"{fall.reference_count} scores before it ({number(fall.reference)}; {chance(fall.p)}, "
        f"threshold {number(THRESHOLDS[strain.level], places=3)}). {UNSEEN} Consider asking how "
        "working together feels."
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    series = chart.of(finding.scale)
    prior = series.scale.session_sd
    if prior is None:
        step = Step(
            title="Reference",
            formula="a session-to-session SD of the scale",
            working=f"none is known for the {series.scale.title}",
        )
        needed = "A session-to-session SD, once the instrument's file has it."
        return Explanation(steps=(step,), would_change=(needed,))
    if isinstance(finding.value, Absent):
        return waiting(finding, more(series, NEEDED))
    judged = falls(series.values, session_sd=prior.value, better=series.better)
    raised = [s.fall for s in series.strains if chart.session(s.fall.session).key == finding.event]
    fall = raised[0] if raised else min(judged, key=lambda f: f.p)
    return Explanation(
        steps=tuple(_steps(series, fall, prior)),
        would_change=(_least(fall, series), "Later scores change nothing about this session."),
    )


def _steps(series: Series, fall: Fall, prior: Figure) -> Iterator[Step]:
    before = tuple(p for p in series.points if p.session < fall.session)[-fall.reference_count :]
    known = {point.session: point.value for point in series.points if point.session < fall.session}
    moves = [known[n] - known[n - 1] for n in known if n - 1 in known]
    yield Step(
        title="Session looked at",
        formula="the session that was raised; where none was, the one with the smallest p",
        working=f"session {fall.session}, score {exact(fall.score)}",
    )
    yield Step(
        title="Reference",
        formula=f"mean of the last {REFERENCE_LENGTH} scores before it, at least {LEAST_REFERENCE}",
        working=f"mean of {scores(before)} = {exact(fall.reference)}",
        source=SIMULATED,
    )
    yield Step(
        title="s, the session-to-session SD",
        formula="sqrt((6 * SD^2 + (2/3) * sum(d^2) / 2) / (6 + (2/3) * n)), SD that of the scale, "
        "d the n differences between neighbouring sessions before it",
        working=f"SD {exact(prior.value)}, n {len(moves)}, "
        f"sum(d^2) {exact(sum(move**2 for move in moves))}: s = {exact(fall.s)}",
        source=prior.source,
    )
    yield Step(
        title="t",
        formula="fall below the reference / (s * sqrt(1 + 1 / number of reference scores))",
        working=f"{exact(abs(fall.reference - fall.score))} / ({exact(fall.s)} * "
        f"sqrt(1 + 1 / {fall.reference_count})) = {exact(abs(fall.t))}"
        f"{'' if fall.t >= 0 else ', in the better direction'}",
        source=GUMZ,
    )
    yield Step(
        title="p",
        formula="one-sided probability of so large a fall without change, Student's t with "
        "6 + (2/3) * n degrees of freedom, rounded",
        working=f"{chance(fall.p)} with {fall.df} degrees of freedom; possible strain at "
        f"{number(POSSIBLE_AT)} or below, marked fall at {number(MARKED_AT, places=3)} or below",
        source=SIMULATED,
    )


def _least(fall: Fall, series: Series) -> str:
    """At which score the session would just be raised."""
    distance = (
        t_quantile(1 - POSSIBLE_AT, df=fall.df) * fall.s * math.sqrt(1 + 1 / fall.reference_count)
    )
    higher = series.better is Better.HIGHER
    bound = fall.reference - distance if higher else fall.reference + distance
    if not series.scale.low <= bound <= series.scale.high:
        return f"No score of session {fall.session} would have been low enough to be raised."
    way = "lower" if higher else "higher"
    return (
        f"A score of {exact(bound)} or {way} in session {fall.session} is a possible strain; "
        "anything else is none."
    )


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Alliance strain",
    documentation="A screening signal, not an observer's coding. Each score is compared with the "
    "mean of the patient's last five (at least three) scores of that scale in the course by a "
    "predictive t, whose SD combines the scale's session-to-session SD with the patient's own "
    "successive differences. One-sided p of .01: possible strain; .002: marked fall. In simulated "
    "courses of 20 sessions without change a possible strain appears in 3 %. A slow fall is not "
    "seen.",
    sources=(
        GUMZ,
        SIMULATED,
    ),
    category=Category.SURVEY,
    per=Per.EVENT,
    codes=(RULE,),
    find=find,
    explain=explain,
)
