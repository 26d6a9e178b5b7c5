"""How the service speaks: words it never uses, and the forms of dates and numbers in a sentence."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal


@dataclass(frozen=True, kw_only=True)
class Forbidden:
    """Words that no display, definition or sentence contains."""

    pattern: str
    """A regular expression over whole words, whatever their case."""
    reason: str


ANYWHERE: tuple[Forbidden, ...] = tuple(
    Forbidden(pattern=pattern, reason=reason)
    for pattern, reason in (
        (
            "streaks?|achievements?|milestones?|breakthroughs?|rewards?|well done|congratulations",
            "tears are recorded, never rewarded",
        ),
        ("succe(?:ss|ssful|eded)|successfully", "nothing a patient expresses is a success"),
        ("good|bad|excellent|poor", "no indicator counts as good or bad"),
        (
            "normal|abnormal|(?:un)?healthy|excessive(?:ly)?|inappropriate(?:ly)?",
            "what is expressed is not measured against a norm",
        ),
        (
            "hysterical|histrionic|dramatic|over-?react\\w*|attention.seeking|manipulative",
            "wording is neutral",
        ),
        (
            "fail(?:s|ed|ing|ure)? to|lack of tears|unresolved|non-?complian\\w+|uncooperative",
            "not crying is not a fault",
        ),
        ("resistan\\w*|resisting", "the word is restraint"),
        ("deteriorat\\w*|relaps\\w*", "a sentence says what rose or fell, and by how much"),
        ("ruptur\\w*|repair(?:s|ed)?", "strain and return are signals, not facts about a person"),
        ("diagnos\\w*|disorder of", "the service does not name an illness"),
        (
            "(?:no|low|high|moderate|at|without) risk|risk.free|safe",
            "an answer is no measure of risk, and no reassurance",
        ),
        ("on.track|stable|reassuring|nothing to worry", "no reassurance"),
        ("hormones?|cathar\\w+|cleans\\w+", "not established"),
        ("cured?|remission", "not what a score shows"),
    )
)
"""Rules 1, 2, 3, 6, 9, 12 and 13 of the clinical specification."""

IN_FINDINGS: tuple[Forbidden, ...] = tuple(
    Forbidden(pattern=pattern, reason="a sentence says what rose or fell, and by how much")
    for pattern in ("worse\\w*", "recover\\w*", "improv\\w*", "alarm\\w*")
)
"""Also kept out of what findings say; a patient may call a mood worse, a finding may not."""


def objections(text: str, *, finding: bool = False) -> tuple[str, ...]:
    """One sentence for every forbidden word in `text`; none where the text may be shown."""
    rules = ANYWHERE + IN_FINDINGS if finding else ANYWHERE
    found = (
        (match.group(), rule.reason)
        for rule in rules
        for match in re.finditer(rf"\b(?:{rule.pattern})\b", text, re.IGNORECASE)
    )
    return tuple(f"'{text}' says '{word}': {reason}." for word, reason in found)


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def day(moment: date) -> str:
    """3 May 2026, whatever the machine's language."""
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


WIDE = Context(prec=400)
"""Room for every digit that a float has before and after the point."""


def number(value: float, *, places: int = 2) -> str:
    """At most `places` decimals, a half rounded up, no trailing zeros: 7, 4.1, -0.25."""
    half = ROUND_HALF_UP if value >= 0 else ROUND_HALF_DOWN
    rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), half, WIDE)
    text = f"{rounded:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def counted(count: float, noun: str, plural: str | None = None) -> str:
    """`1 session`, `2 sessions`, `0.5 points`."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"
