"""How a finding came about, in words that a therapist can follow: its steps, and what would
change it."""

from dataclasses import dataclass

from service.clinical.definitions import Source


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the arithmetic."""

    title: str
    """What is worked out, such as `Change since the first score`."""
    formula: str
    """In words or symbols, such as `latest score - first score`."""
    working: str
    """The formula with its numbers and its result, such as `19 - 12 = 7`."""
    source: Source | None = None
    """Whose formula or number it is; None: plain arithmetic or a plain reading of the records."""


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What an indicator says of one of its findings; the inputs stand in the finding itself."""

    steps: tuple[Step, ...]
    """In the order in which they are worked out."""
    would_change: tuple[str, ...]
    """What would make another finding of it: one sentence each, with numbers, within the wording
    rules; never advice."""
