"""What a site decides of the rules, where the clinical specification leaves it a choice."""

from dataclasses import dataclass

EARLY_SESSIONS = (3, 4)
"""Decided here: two sessions in a row, so that one score alone does not decide."""

SAME_DAY = 0
"""What holds where a site sets no limit: such a conversation waits until the evening at most."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """One site's; what it decides of single scales stands in its catalogue."""

    optional: frozenset[str] = frozenset()
    """Ids of the optional rules that are turned on."""
    early_sessions: tuple[int, int] = EARLY_SESSIONS
    """The two sessions, in order, in which early-response looks for a change."""
    contact_days: int = SAME_DAY
    """How long a conversation that is due at the next contact may wait, in days."""


UNCHANGED = Choices()
"""Where a site decides nothing."""
