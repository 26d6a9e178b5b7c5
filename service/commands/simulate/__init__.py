"""How often the rules speak in courses that are known: unchanged ones, and ones that really change.

Every course has 20 sessions. A person has a true level; the scores lie around it with an SD within
the person, neighbouring deviations correlated (an AR(1) of which every session has that SD), are
rounded to the scale's grid and clipped to its range. A real change is added before that: a step
from session 11 (or 3) on, an even change from the first session to the last, or one of sessions 11
and 12 alone. A session can be without a score.

The rules themselves look at the chart after each session, as a clinic would: an event counts where
a finding says it after any of them. Of a real change, only what is seen while it lasts counts, or
what is about its sessions. The rates are those of scores made like this, not of patients: real
courses change a little all the time, and nobody knows a patient's SD beforehand.

Each condition is drawn from the seed and its own name, so that one alone gives the same figures as
all of them together. Adding an event is a row of `events`, adding courses a line of `conditions`.
"""

from service.commands.simulate.command import COMMAND

__all__ = ["COMMAND"]
