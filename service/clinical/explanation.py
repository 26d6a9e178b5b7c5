"""How a finding came about, in words that a therapist can follow: its steps, and what would
change it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from service.clinical.definitions import Source
from service.clinical.findings import Absent, Amount, Concept, Share, Value, When
from service.clinical.wording import day, number


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


@dataclass(frozen=True, kw_only=True)
class Part:
    """One thing that an input says; a form with several facts says several."""

    reference: str
    effective: str
    """To the letter; empty where it states no date."""
    day: date | None
    title: str
    value: Value | Absent
    use: str
    """`measured`, or `beside` where the sentence only names it."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """A finding or score with all that it rests on."""

    place: str
    """Id of its Observation."""
    title: str
    rule: str | None
    """Code of CodeSystem `rule`; None for a score."""
    method: str
    sentence: str
    inputs: tuple[Part, ...]
    explanation: Explanation
    sources: tuple[Source, ...]


ANEW = (
    "It is worked out anew whenever a record that it rests on arrives, is corrected or is deleted."
)


def plain(account: Account) -> str:
    """The whole account as text, one fact a line."""
    return "\n".join(_lines(account))


def _lines(account: Account) -> Iterator[str]:
    yield f"{account.title} ({account.method})"
    yield ""
    yield account.sentence
    yield ""
    yield "What it rests on"
    for part in account.inputs:
        yield f"- {_when(part)}{part.title}: {said(part.value)} ({part.reference}){_beside(part)}"
    yield ""
    yield "How it was worked out"
    cited = _cited(account)
    for place, step in enumerate(account.explanation.steps, start=1):
        note = f" [{cited.index(step.source) + 1}]" if step.source else ""
        yield f"{place}. {step.title}: {step.formula}"
        yield f"   {step.working}{note}"
    yield ""
    yield "What would change it"
    for sentence in (*account.explanation.would_change, ANEW):
        yield f"- {sentence}"
    yield ""
    yield "Sources"
    for place, source in enumerate(cited, start=1):
        doi = f" doi:{source.doi}" if source.doi else ""
        yield f"[{place}] {source.citation}{doi}"


def _cited(account: Account) -> Sequence[Source]:
    """Each source once, in the order of the steps."""
    steps = (step.source for step in account.explanation.steps if step.source is not None)
    return list(dict.fromkeys((*steps, *account.sources)))


def _when(part: Part) -> str:
    return f"{day(part.day)}, " if part.day else "no date, "


def _beside(part: Part) -> str:
    return "; named beside it" if part.use == "beside" else ""


def said(value: Value | Absent) -> str:
    """A value in words."""
    match value:
        case Absent():
            return f"no value. {value.reason}"
        case Amount():
            unit = "" if value.unit.startswith("{") or value.unit == "1" else f" {value.unit}"
            return f"{number(value.value, places=4)}{unit}"
        case Share():
            return f"{value.part} of {value.whole}"
        case Concept():
            return value.text or value.code.replace("-", " ")
        case When():
            return value.text
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
