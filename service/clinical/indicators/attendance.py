"""attendance: how many of the recorded meetings of a course were attended."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from service.clinical import facts
from service.clinical.chart import Chart, heard
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Absent, Category, Component, Concept, Finding, Share, Value
from service.clinical.indicator import Indicator, Per
from service.clinical.wording import counted, day
from service.clinical.workings import waiting

RULE = "attendance"
TOPIC = "session-attendance"
ATTENDED = "attended"
COUNTED = (ATTENDED, "did-not-attend", "late-cancel-by-client")
SAID = {
    "did-not-attend": "did not attend",
    "late-cancel-by-client": "cancelled late by the client",
    "cancelled-by-therapist": "cancelled by the therapist, not counted",
}


def find(chart: Chart) -> Iterator[Finding]:
    endings = [] if chart.ending is None else [chart.ending]
    if chart.attendance or endings:
        yield _finding(chart, chart.attendance, endings)


def _finding(
    chart: Chart, attendance: Sequence[facts.Remark], ending: Sequence[facts.Remark]
) -> Finding:
    counts = Counter(remark.code for remark in attendance)
    whole = sum(counts[code] for code in COUNTED)
    value: Value | Absent = Share(part=counts[ATTENDED], whole=whole, unit="{sessions}")
    if not whole:
        value = Absent(reason="0 sessions with a recorded attendance")
    codes = (str(code) for code in counts)
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=value,
        components=(
            *(Component(code=code, value=counts[code]) for code in sorted(codes)),
            *(
                Component(code="ending", value=Concept(code=str(r.code), system="expression"))
                for r in ending
            ),
        ),
        inputs=tuple(heard(remark) for remark in chain(attendance, ending)),
        sentence=" ".join((_sentence(counts, whole), *map(_ended, ending))),
    )


def _sentence(counts: Counter[str | None], whole: int) -> str:
    others = "; ".join(f"{text} {counts[code]}" for code, text in SAID.items() if counts[code])
    if not whole:
        return f"No attendance to count{f' ({others})' if others else ''}."
    text = f"Attended {counts[ATTENDED]} of {counted(whole, 'recorded session')}"
    return f"{text}{f' ({others})' if others else ''}."


def _ended(ending: facts.Remark) -> str:
    return f"Ending as coded on {day(ending.day)}: {str(ending.code).replace('-', ' ')}."


def explain(chart: Chart, finding: Finding) -> Explanation:
    counts = Counter(remark.code for remark in chart.attendance)
    whole = sum(counts[code] for code in COUNTED)
    if not whole:
        return waiting(finding, "A meeting whose attendance is recorded.")
    others = " + ".join(str(counts[code]) for code in COUNTED)
    step = Step(
        title="Attended",
        formula="attended / (attended + did not attend + cancelled late by the client)",
        working=f"{counts[ATTENDED]} / ({others}) = {counts[ATTENDED]} of {whole}",
    )
    said = (
        "Each further meeting with a recorded attendance; one that the therapist cancelled is not "
        "counted."
    )
    return Explanation(steps=(step,), would_change=(said,))


INDICATOR = Indicator(
    id=RULE,
    revision=2,
    title="Attendance",
    documentation="Attended / (attended + did not attend + cancelled late by the client) of the "
    "recorded meetings of a course; meetings that the therapist cancelled are not counted. Of "
    "several records of one meeting the last counts. The ending is whatever a person coded.",
    sources=(
        Source(
            citation="Decided here: what the patient had a say in is counted.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.SURVEY,
    per=Per.COURSE,
    codes=(RULE,),
    find=find,
    explain=explain,
)
