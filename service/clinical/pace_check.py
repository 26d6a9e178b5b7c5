"""pace-check: expression was encouraged or pressed for, and something speaks for asking first."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from service.clinical import facts
from service.clinical.chart import Chart, heard
from service.clinical.explanation import Explanation, Step
from service.clinical.findings import Amount, Component, Concept, Finding, Input
from service.clinical.saying import chance
from service.clinical.series import Series, read
from service.clinical.wording import day, number
from service.psychometrics.strain import POSSIBLE_AT, Strain

CODE = "pace-check"
ACTS = ("encouraged-expression", "pressed-for-expression")
WISHES = frozenset({"slower", "not-now", "stop"})

Wish = tuple[int, facts.Remark]


def pace_checks(chart: Chart, *, rule: str) -> Iterator[Finding]:
    """One per session with such an act and a wish or a strain in it or in the next."""
    acted: dict[int, list[facts.Expression]] = defaultdict(list)
    for session, episode in chart.expressions:
        if _acts([episode]):
            acted[session].append(episode)
    if not acted:
        return
    wished, fallen = _wishes(chart), _falls(chart)
    for session, episodes in acted.items():
        near = (session, session + 1)
        wishes = [wish for n in near for wish in wished.get(n, ())]
        strains = [strain for n in near for strain in fallen.get(n, ())]
        if wishes or strains:
            yield _finding(chart, rule, session, episodes, wishes, strains)


def _wishes(chart: Chart) -> Mapping[int, Sequence[Wish]]:
    wished: dict[int, list[Wish]] = defaultdict(list)
    for session, remark in chart.said("pace-wish"):
        if remark.code in WISHES:
            wished[session].append((session, remark))
    return wished


def _falls(chart: Chart) -> Mapping[int, Sequence[tuple[Series, Strain]]]:
    fallen: dict[int, list[tuple[Series, Strain]]] = defaultdict(list)
    for series in chart.alliance:
        for strain in series.strains:
            fallen[strain.fall.session].append((series, strain))
    return fallen


def _acts(episodes: Sequence[facts.Expression]) -> list[str]:
    coded = {code for e in episodes for codes in e.codes.values() for code in codes}
    return [act for act in ACTS if act in coded]


def _finding(
    chart: Chart,
    rule: str,
    session: int,
    episodes: Sequence[facts.Expression],
    wishes: Sequence[Wish],
    strains: Sequence[tuple[Series, Strain]],
) -> Finding:
    meeting = chart.session(session)
    acts = _acts(episodes)
    named = ", ".join(act.replace("-", " ") for act in acts)
    reasons = [*map(_wished, wishes), *(_fell(series, strain) for series, strain in strains)]
    return Finding(
        rule=rule,
        code=CODE,
        course=chart.course.key,
        event=meeting.key,
        encounter=meeting.encounter,
        value=Concept(code=CODE),
        components=tuple(_components(acts, wishes, strains)),
        inputs=_inputs(episodes, wishes, strains),
        sentence=f"Session {session} on {day(meeting.day)}: {named} was recorded; "
        f"{'; '.join(reasons)}. Consider asking about the pace.",
    )


def explain_check(chart: Chart, finding: Finding) -> Explanation:
    """How one of the checks came about."""
    session = chart.numbered(finding.event)
    near = (session, session + 1)
    acts = _acts([episode for n, episode in chart.expressions if n == session])
    wished, fallen = _wishes(chart), _falls(chart)
    reasons = [
        *(_wished(wish) for n in near for wish in wished.get(n, ())),
        *(_fell(series, strain) for n in near for series, strain in fallen.get(n, ())),
    ]
    steps = (
        Step(
            title="Act recorded",
            formula=f"encouraging or pressing for expression, in session {session}",
            working=", ".join(act.replace("-", " ") for act in acts),
        ),
        Step(
            title="What speaks for asking first",
            formula="a wish for the pace of slower, not now or stop, or a possible strain, in that "
            "session or the next",
            working="; ".join(reasons),
        ),
    )
    said = "Neither alone: the act without such a wish or strain, or the wish or strain without it."
    return Explanation(steps=steps, would_change=(said,))


def _wished(wish: Wish) -> str:
    session, remark = wish
    code = (remark.code or "").replace("-", " ")
    return f"the wish for the pace in session {session} was: {code}"


def _fell(series: Series, strain: Strain) -> str:
    fall = strain.fall
    side = "below" if fall.score < fall.reference else "above"
    return (
        f"the {series.scale.title} in session {fall.session} was "
        f"{number(abs(fall.reference - fall.score))} {side} the mean of the "
        f"{fall.reference_count} scores before it "
        f"({chance(fall.p)}, threshold {number(POSSIBLE_AT)})"
    )


def _components(
    acts: Sequence[str], wishes: Sequence[Wish], strains: Sequence[tuple[Series, Strain]]
) -> Iterator[Component]:
    for act in acts:
        yield Component(code="therapist-act", value=Concept(code=act, system="expression"))
    for _, remark in wishes:
        value = Concept(code=remark.code or "", system="expression")
        yield Component(code="pace-wish", value=value)
    for _, strain in strains:
        yield Component(code="probability", value=Amount(value=strain.fall.p, unit="1"))


def _inputs(
    episodes: Sequence[facts.Expression],
    wishes: Sequence[Wish],
    strains: Sequence[tuple[Series, Strain]],
) -> tuple[Input, ...]:
    found = {heard(episode) for episode in episodes}
    found.update(heard(remark) for _, remark in wishes)
    for series, strain in strains:
        found.update(read(p.score) for p in series.points if p.session <= strain.fall.session)
    return tuple(sorted(found, key=lambda i: (i.at, i.reference)))
