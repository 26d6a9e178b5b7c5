"""course: when the sessions of a course were, who came, and which scales were given."""

from collections import Counter
from collections.abc import Iterator

from service.clinical import facts
from service.clinical.chart import Chart, heard
from service.clinical.course import Clinical, Session
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Category, Component, Concept, Finding, Input, Row, When
from service.clinical.indicator import Indicator, Per
from service.clinical.wording import counted, day

RULE = "course"
SURVEY = facts.Answers | facts.Total | facts.SafetyAnswer
"""Records that a survey finding may name: those of expression it may not."""


def find(chart: Chart) -> Iterator[Finding]:
    if chart.course.sessions:
        yield _finding(chart)


def _finding(chart: Chart) -> Finding:
    sessions = chart.course.sessions
    coded = chart.course.coded
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=len(sessions),
        components=(
            Component(code="start", value=When(text=sessions[0].day.isoformat())),
            Component(code="latest-session", value=When(text=sessions[-1].day.isoformat())),
            *_attendance(chart),
            *_scores(chart),
        ),
        sessions=tuple(
            Row(number=number, start=_when(session), encounter=session.encounter)
            for number, session in enumerate(sessions, start=1)
        ),
        inputs=tuple(map(_input, sessions)),
        beside=(
            *(() if coded is None else (heard(coded),)),
            *map(heard, chart.attendance),
            *(() if chart.ending is None else (heard(chart.ending),)),
        ),
        sentence=_sentence(chart),
    )


def _attendance(chart: Chart) -> Iterator[Component]:
    counts = Counter(str(remark.code) for remark in chart.attendance)
    for code in sorted(counts):
        yield Component(code=code, value=counts[code])
    if chart.ending is not None:
        ending = Concept(code=str(chart.ending.code), system="expression")
        yield Component(code="ending", value=ending)


def _scores(chart: Chart) -> Iterator[Component]:
    """A scale given without a score stands there with 0."""
    for series in chart.measured:
        scale = Concept(code=series.scale.id, system="scale")
        yield Component(code=scale, value=len(series.points))


def _when(session: Session) -> str:
    """As the Encounter states it; of a session without one the day alone, since the hour would be
    that of a record that a survey finding does not name."""
    return session.day.isoformat() if session.meeting is None else session.meeting.effective


def _input(session: Session) -> Input:
    """The Encounter, else the first record that may be named, else the bare day; with the labels of
    all that is counted of the session."""
    counted_ = _survey(session)
    source: facts.Fact | None = session.meeting or next(iter(counted_), None)
    labels = [*(source.labels if source else ()), *(label for r in counted_ for label in r.labels)]
    return Input(
        reference=source.reference if source else "",
        at=source.at if source else session.at,
        day=session.day,
        effective=source.effective if source else session.day.isoformat(),
        labels=tuple(dict.fromkeys(labels)),
    )


def _survey(session: Session) -> list[Clinical]:
    private = {r.reference for r in session.records if not isinstance(r, SURVEY)}
    return [r for r in session.records if r.reference not in private]


def _sentence(chart: Chart) -> str:
    sessions = chart.course.sessions
    first, latest = day(sessions[0].day), day(sessions[-1].day)
    when = f"on {first}" if first == latest else f"from {first} to {latest}"
    scores = ", ".join(f"{series.scale.title} {len(series.points)}" for series in chart.measured)
    return f"{counted(len(sessions), 'session')} {when}{f'; scores: {scores}' if scores else ''}."


def explain(chart: Chart, _: Finding) -> Explanation:
    """Of the one finding of the course."""
    sessions = chart.course.sessions
    whole = counted(len(sessions), "session")
    return Explanation(
        steps=(
            Step(
                title="Sessions",
                formula="Encounters that took place, and days with a record and without an "
                "Encounter",
                working=f"{whole}, the first on {day(sessions[0].day)}, the latest on "
                f"{day(sessions[-1].day)}",
            ),
            *(
                Step(
                    title=series.scale.title,
                    formula="sessions with a score",
                    working=f"{len(series.points)} of {whole}",
                )
                for series in chart.measured
            ),
        ),
        would_change=(f"One more session would make it {len(sessions) + 1}.",),
    )


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Sessions of the course",
    documentation="The number of sessions of a course, its first and latest day, attendance and "
    "ending as people recorded them, how many sessions each scale has a score in, and the date of "
    "each session with its number. Nothing is judged. It never says what was expressed: a session "
    "of which only that was recorded stands there with its day.",
    sources=(
        Source(
            citation="Decided here: a session is one Encounter, or one calendar day where none is "
            "given; a course is the sessions of one EpisodeOfCare, or sessions without a gap of "
            "more days than the site sets.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.COURSE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
