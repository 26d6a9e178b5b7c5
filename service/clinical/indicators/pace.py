"""pace: the patient's own rhythm of expression, and when to ask about it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from service.clinical import facts
from service.clinical.chart import Chart, heard
from service.clinical.definitions import Source, Standing
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import (
    Absent,
    Amount,
    Category,
    Component,
    Concept,
    Finding,
    Share,
    Value,
)
from service.clinical.indicator import Indicator, Per
from service.clinical.pace_check import CODE as PACE_CHECK
from service.clinical.pace_check import explain_check, pace_checks
from service.clinical.wording import counted, day, number

RULE = "pace"
UNSAID = "prefer-not-to-record"
NOTHING_EXPRESSED = "none"
HELD_BACK = "tears-held-back"
HALTING = frozenset({"stop", "not-now"})
FELT_BELOW = 5

Said = tuple[int, facts.Remark]


def find(chart: Chart) -> Iterator[Finding]:
    remarks = chart.said("pace-wish", "pace-felt")
    if chart.expressions or remarks:
        yield _pace(chart, remarks)
    yield from pace_checks(chart, rule=RULE)


def _pace(chart: Chart, remarks: Sequence[Said]) -> Finding:
    recorded = {n for n, episode in chart.expressions if episode.presence != UNSAID}
    expressed = {n for n, e in chart.expressions if e.presence not in (UNSAID, NOTHING_EXPRESSED)}
    standing = (
        _standing(chart, "pace-wish", _wish_halts),
        _standing(chart, "pace-felt", _felt_halts),
    )
    shown = [said for said in standing if said is not None]
    value: Value | Absent = Share(part=len(expressed), whole=len(recorded), unit="{sessions}")
    if not recorded:
        value = Absent(reason="no session with an expression record")
    read = [heard(episode) for _, episode in chart.expressions]
    read += [heard(remark) for _, remark in remarks]
    return Finding(
        rule=RULE,
        code=RULE,
        course=chart.course.key,
        value=value,
        components=(
            *_counts(chart, len(recorded), sorted(expressed)),
            *_responses(chart),
            *(_shown(remark) for _, remark in shown),
        ),
        inputs=tuple(sorted(set(read), key=lambda i: (i.at, i.reference))),
        sentence=" ".join((_sentence(len(expressed), len(recorded)), *map(_saying, shown))),
    )


def _counts(chart: Chart, recorded: int, expressed: Sequence[int]) -> Iterator[Component]:
    held = {n for n, episode in chart.expressions if episode.presence == HELD_BACK}
    yield Component(code="sessions-recorded", value=recorded)
    yield Component(code="sessions-with-expression", value=len(expressed))
    if expressed:
        share = Share(part=len(held), whole=len(expressed), unit="{sessions}")
        yield Component(code="share-held-back", value=share)
    if len(expressed) > 1:
        between = median(later - earlier for earlier, later in pairwise(expressed))
        yield Component(code="sessions-between", value=Amount(value=between, unit="{sessions}"))


def _responses(chart: Chart) -> Iterator[Component]:
    topic = "therapist-response"
    codes = {code for _, episode in chart.expressions for code in episode.codes.get(topic, ())}
    for code in sorted(codes):
        yield Component(code=topic, value=Concept(code=code, system="expression"))


def _standing(chart: Chart, topic: str, halting: Callable[[facts.Remark], bool]) -> Said | None:
    """The latest that halts: a patient's own word stands until the patient says otherwise."""
    said = chart.said(topic)
    own = [(session, remark) for session, remark in said if remark.by_patient][-1:]
    if own and halting(own[0][1]):
        return own[0]
    others = [(session, remark) for session, remark in said if not remark.by_patient][-1:]
    since = [other for other in others if not own or other[0] > own[0][0]]
    return since[0] if since and halting(since[0][1]) else None


def _wish_halts(wish: facts.Remark) -> bool:
    return wish.code in HALTING


def _felt_halts(felt: facts.Remark) -> bool:
    """Below the middle of the range."""
    return felt.number is not None and felt.number < FELT_BELOW


def _shown(remark: facts.Remark) -> Component:
    if remark.code is not None:
        return Component(code="pace-wish", value=Concept(code=remark.code, system="expression"))
    return Component(code="pace-felt", value=Amount(value=remark.number or 0))


def _sentence(expressed: int, recorded: int) -> str:
    if not recorded:
        return "No session has an expression record."
    sessions = counted(recorded, "session")
    return f"An expression was recorded in {expressed} of {sessions} with a record."


def _saying(said: Said) -> str:
    session, remark = said
    place = f"in session {session} on {day(remark.day)}"
    if remark.code is not None:
        whose = "The patient's wish" if remark.by_patient else "The wish recorded"
        return f"{whose} for the pace {place}: {remark.code.replace('-', ' ')}."
    return (
        f"'The session went at my pace' was rated {number(remark.number or 0)} of 10 {place} "
        f"(shown below {FELT_BELOW})."
    )


def explain(chart: Chart, finding: Finding) -> Explanation:
    if finding.code == PACE_CHECK:
        return explain_check(chart, finding)
    recorded = sorted({n for n, episode in chart.expressions if episode.presence != UNSAID})
    expressed = sorted(
        {n for n, e in chart.expressions if e.presence not in (UNSAID, NOTHING_EXPRESSED)}
    )
    steps = (
        Step(
            title="Sessions with a record",
            formula="sessions with an expression record, 'prefer not to record' left out",
            working=_numbered(recorded),
        ),
        Step(
            title="Sessions with a recorded expression",
            formula="those of them whose record says more than 'none'",
            working=_numbered(expressed),
        ),
        Step(
            title="What is shown before the next session",
            formula="a wish for the pace of stop or not now, and a pace felt below "
            f"{FELT_BELOW} of 10; a patient's own word stands until the patient says otherwise",
            working="; ".join(
                _saying(said)
                for said in (
                    _standing(chart, "pace-wish", _wish_halts),
                    _standing(chart, "pace-felt", _felt_halts),
                )
                if said is not None
            )
            or "nothing recorded",
        ),
    )
    said = "Each further record; the count is compared with nothing and with nobody."
    return Explanation(steps=steps, would_change=(said,))


def _numbered(sessions: Sequence[int]) -> str:
    listed = f": sessions {', '.join(map(str, sessions))}" if sessions else ""
    return f"{len(sessions)}{listed}"


INDICATOR = Indicator(
    id=RULE,
    revision=1,
    title="Pace",
    documentation="A plain count within one patient, without norm and never interpreted: sessions "
    "with any recorded expression among those with an expression record (prefer-not-to-record left "
    "out), median sessions between them, share held back, therapist responses. A patient's wish "
    "to stop or not now, and a pace felt below 5, are shown whatever else was coded. Its one "
    "question, pace-check: an act coded as encouraging or pressing for expression together with a "
    "wish for slower, not now or stop, or a possible strain, at that or the next session.",
    sources=(
        Source(
            citation="The patient's rhythm is kept; nothing is compared between patients.",
            standing=Standing.DECIDED,
        ),
    ),
    category=Category.THERAPY,
    per=Per.COURSE,
    codes=(RULE, PACE_CHECK),
    find=find,
    said=True,
    explain=explain,
)
