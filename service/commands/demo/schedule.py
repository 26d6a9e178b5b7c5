"""When a course takes place: its appointments, which of them were attended, and how it ended."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

ATTENDED = "attended"
MISSED = ("did-not-attend", "late-cancel-by-client", "cancelled-by-therapist")
MISSED_SHARES = (0.35, 0.40, 0.25)

ENDINGS = ("agreed-ending", "therapist-ended", "referred", "moved", "other")
ENDING_SHARES = (0.80, 0.04, 0.06, 0.06, 0.04)
"""Of courses that reach their planned number of sessions."""

LONGEST = 40
"""Appointments in the longest course."""


@dataclass(frozen=True, kw_only=True)
class Appointment:
    start: datetime
    attendance: str

    @property
    def attended(self) -> bool:
        return self.attendance == ATTENDED


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One course; `ending` is None while it goes on."""

    appointments: tuple[Appointment, ...]
    ending: str | None

    @property
    def first(self) -> datetime:
        return self.appointments[0].start

    @property
    def last(self) -> datetime:
        return self.appointments[-1].start


def schedule(rng: np.random.Generator, today: date) -> Schedule:
    """A course that began one to eighty weeks before `today`; the last day in it is yesterday."""
    starts, planned = _starts(rng, today)
    leaves = int(rng.geometric(np.exp(rng.normal(-3.8, 0.6))))
    ends = min(len(starts), leaves)
    attendances = _attendances(rng, ends)
    appointments = zip(starts[:ends], attendances, strict=True)
    final = str(rng.choice(ENDINGS, p=ENDING_SHARES))
    if leaves < planned and leaves == ends:
        ending: str | None = "client-ended"
    else:
        ending = final if ends == planned else None
    return Schedule(
        appointments=tuple(Appointment(start=s, attendance=a) for s, a in appointments),
        ending=ending,
    )


def _starts(rng: np.random.Generator, today: date) -> tuple[list[datetime], int]:
    """The appointments before `today`, and how many the whole course was planned to have."""
    hour = int(rng.integers(8, 18))
    begun = today - timedelta(days=int(rng.integers(7, 560)))
    planned = int(min(4 + rng.poisson(10) + rng.poisson(rng.exponential(3.0)), LONGEST))
    weeks = 1 + (rng.random(planned - 1) < rng.beta(1.5, 6.0))
    offsets = [0, *np.cumsum(weeks).tolist()]
    days = [begun + timedelta(weeks=int(week)) for week in offsets]
    at = time(hour, tzinfo=UTC)
    return [datetime.combine(day, at) for day in days if day < today], planned


def _attendances(rng: np.random.Generator, appointments: int) -> list[str]:
    """The first appointment of a recorded course is always attended."""
    present = rng.random(appointments) < rng.beta(18.0, 2.0)
    otherwise = rng.choice(MISSED, size=appointments, p=MISSED_SHARES).tolist()
    return [
        ATTENDED if there or n == 0 else str(reason)
        for n, (there, reason) in enumerate(zip(present.tolist(), otherwise, strict=True))
    ]
