"""The sessions and courses of one patient, found in what was recorded.

A record belongs to the session of its Encounter; without one it joins that day's only Encounter,
else the day itself is the session. A session belongs to the EpisodeOfCare of its Encounter, else to
the patient's single EpisodeOfCare whose period holds the day, else to the run of such sessions
without a gap of more than `gap_days`. What has no date has no session.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from service.clinical import facts

GAP_DAYS = 180
"""Decided here: half a year without a session ends a course that nobody coded."""

VOID = frozenset({"cancelled", "entered-in-error"})
"""Encounter statuses that no record joins by its day."""
HELD = frozenset({"arrived", "triaged", "in-progress", "onleave", "finished", "unknown"})
"""Encounter statuses that make a session even where nothing was recorded; `planned` does not."""
MISSED = frozenset({"did-not-attend", "late-cancel-by-client", "cancelled-by-therapist"})
"""Codes of `session-attendance` that say the session did not take place."""
ABOUT_THE_COURSE = frozenset({"session-attendance", "course-ending", "referral"})
"""Remarks that do not by themselves make a session of their day."""

Clinical = facts.Answers | facts.Total | facts.SafetyAnswer | facts.Expression | facts.Remark


class Session(Struct, frozen=True, kw_only=True):
    """One meeting, or one day, with what was recorded of it in order of time."""

    key: str
    """`Encounter/[id]`, or the day as `2026-05-03`."""
    at: datetime
    day: date
    encounter: str | None
    records: tuple[Clinical, ...]
    meeting: facts.Session | None = None
    """Its Encounter; None also where that is not among the records."""

    @property
    def references(self) -> Iterable[str]:
        """Each resource once: one can carry several facts."""
        return dict.fromkeys(record.reference for record in self.records)


class Course(Struct, frozen=True, kw_only=True):
    """The sessions of one course in order of time; session n stands at `sessions[n - 1]`."""

    key: str
    """`EpisodeOfCare/[id]`, or the day of the first session as `2026-05-03`."""
    episode: str | None
    sessions: tuple[Session, ...]
    about: tuple[facts.Remark, ...] = ()
    """Attendance, referral and ending, also of meetings that did not take place, in order of
    time, each with the Encounter that it belongs to."""
    coded: facts.Episode | None = None
    """The EpisodeOfCare; None also where that is not among the records."""


def order(fact: facts.Fact) -> tuple[datetime, str, str]:
    """Time, then reference: the one order of records, whatever the order of their arrival."""
    return fact.at, fact.reference, type(fact).__name__


def courses(records: Iterable[facts.AnyFact], *, gap_days: int = GAP_DAYS) -> tuple[Course, ...]:
    """The courses of one patient, by their first session; `records` in any order."""
    ordered = sorted((fact for fact in records if fact.dated), key=order)
    episodes = [fact for fact in ordered if isinstance(fact, facts.Episode)]
    encounters = {
        fact.id: fact
        for fact in ordered
        if isinstance(fact, facts.Session) and fact.status != "entered-in-error"
    }
    grouped: dict[str, list[Session]] = defaultdict(list)
    uncoded: list[Session] = []
    by_day = _by_day(encounters.values())
    held = _sessions(ordered, encounters, by_day)
    for session in sorted(held, key=lambda s: (s.at, s.key)):
        episode = _episode(session, encounters, episodes)
        (uncoded if episode is None else grouped[episode]).append(session)
    found = [
        Course(key=f"EpisodeOfCare/{episode}", episode=episode, sessions=tuple(sessions))
        for episode, sessions in grouped.items()
    ]
    found += [
        Course(key=run[0].day.isoformat(), episode=None, sessions=tuple(run))
        for run in _runs(uncoded, gap_days)
    ]
    found.sort(key=lambda c: (c.sessions[0].at, c.key))
    said: dict[str, list[facts.Remark]] = defaultdict(list)
    for remark in ordered:
        if isinstance(remark, facts.Remark) and remark.topic in ABOUT_THE_COURSE:
            named = _meeting(remark, by_day)
            alone = _session(named, encounters.get(named or ""), [remark])
            key = _course(_episode(alone, encounters, episodes), alone.day, found, gap_days)
            said[key or ""].append(replace(remark, encounter=named))
    coded = {episode.id: episode for episode in episodes}
    return tuple(
        replace(
            course,
            about=tuple(said.get(course.key, ())),
            coded=coded.get(course.episode or ""),
        )
        for course in found
    )


def _course(episode: str | None, when: date, found: Sequence[Course], gap_days: int) -> str | None:
    """The key of the course that a meeting belongs to, whether or not it took place."""
    if episode is not None:
        return f"EpisodeOfCare/{episode}"
    gap = timedelta(days=gap_days)
    near = [
        course
        for course in found
        if course.episode is None
        and course.sessions[0].day - gap <= when <= course.sessions[-1].day + gap
    ]
    begun = [course for course in near if course.sessions[0].day <= when]
    return begun[-1].key if begun else next((course.key for course in near), None)


def _by_day(encounters: Iterable[facts.Session]) -> Mapping[date, Sequence[str]]:
    found: dict[date, list[str]] = defaultdict(list)
    for meeting in encounters:
        if meeting.status not in VOID:
            found[meeting.day].append(meeting.id)
    return found


def _meeting(fact: facts.Fact, by_day: Mapping[date, Sequence[str]]) -> str | None:
    """The Encounter that a record belongs to."""
    that_day = by_day.get(fact.day, ())
    return fact.encounter or (that_day[0] if len(that_day) == 1 else None)


def _sessions(
    ordered: Sequence[facts.AnyFact],
    encounters: Mapping[str, facts.Session],
    by_day: Mapping[date, Sequence[str]],
) -> Iterator[Session]:
    """Sessions that took place, or of which something was recorded."""
    gathered: dict[tuple[str | None, date | None], list[Clinical]] = defaultdict(list)
    for fact in ordered:
        if not isinstance(fact, Clinical) or _unfinished(fact):
            continue
        named = _meeting(fact, by_day)
        gathered[(named, None if named else fact.day)].append(fact)
    for id_ in encounters:
        gathered.setdefault((id_, None), [])
    for (named, _), records in gathered.items():
        held = encounters.get(named or "")
        if _counts(held, records):
            yield _session(named, held, records)


def _unfinished(fact: Clinical) -> bool:
    return isinstance(fact, facts.Answers) and fact.usable == "safety-only"


def _counts(meeting: facts.Session | None, records: Sequence[Clinical]) -> bool:
    attendance = set[str | None]()
    for fact in records:
        if not isinstance(fact, facts.Remark) or fact.topic not in ABOUT_THE_COURSE:
            return True
        if fact.topic == "session-attendance":
            attendance.add(fact.code)
    if "attended" in attendance:
        return True
    return meeting is not None and meeting.status in HELD and not attendance & MISSED


def _session(
    encounter: str | None, meeting: facts.Session | None, records: Sequence[Clinical]
) -> Session:
    """An Encounter that is not among the records takes its time from what names it."""
    first: facts.Fact = meeting or records[0]
    return Session(
        key=f"Encounter/{encounter}" if encounter else first.day.isoformat(),
        at=first.at,
        day=first.day,
        encounter=encounter,
        records=tuple(records),
        meeting=meeting,
    )


def _episode(
    session: Session, encounters: Mapping[str, facts.Session], episodes: Sequence[facts.Episode]
) -> str | None:
    meeting = encounters.get(session.encounter or "")
    if meeting is not None and meeting.episode is not None:
        return meeting.episode
    holding = [
        episode.id
        for episode in episodes
        if episode.day <= session.day and (episode.until is None or session.day <= episode.until)
    ]
    return holding[0] if len(holding) == 1 else None


def _runs(sessions: Iterable[Session], gap_days: int) -> list[list[Session]]:
    runs: list[list[Session]] = []
    for session in sessions:
        if runs and (session.day - runs[-1][-1].day).days <= gap_days:
            runs[-1].append(session)
        else:
            runs.append([session])
    return runs
