"""alliance-strain: a session scored unusually far below the patient's own recent scores."""

from collections.abc import Iterator

from service.clinical.candour import aside
from service.clinical.chart import Chart
from service.clinical.definitions import Source, Standing
from service.clinical.findings import Absent, Amount, Category, Component, Concept, Finding, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.saying import chance
from service.clinical.series import Series, read
from service.clinical.wording import counted, day, number
from service.psychometrics.strain import (
    LEAST_REFERENCE,
    MARKED_AT,
    POSSIBLE_AT,
    Level,
    Strain,
)

RULE = "alliance-strain"
NEEDED = LEAST_REFERENCE + 1
CODES = {Level.POSSIBLE: "possible-strain", Level.MARKED: "marked-fall"}
THRESHOLDS = {Level.POSSIBLE: POSSIBLE_AT, Level.MARKED: MARKED_AT}
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
        Source(
            citation="Gumz, Brähler, Geyer & Erices (2012). BMC Medical Research Methodology 12, "
            "10: published rules disagree; combine variability within and between persons.",
            standing=Standing.WIDELY_USED,
            doi="10.1186/1471-2288-12-10",
        ),
        Source(
            citation="The thresholds and the default SD are those of the simulation on a grid of "
            "1/12, level 4.1, 20 sessions.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.EVENT,
    codes=(RULE,),
    find=find,
)
