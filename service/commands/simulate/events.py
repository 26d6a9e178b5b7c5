"""What is counted: the events that a rule can see by chance, and why other rules have none.

A new rule needs a row below, or a reason in `NOT_SIMULATED`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from service.clinical.findings import Concept, Finding
from service.clinical.simulation import Kind, Shape


class Towards(Enum):
    """The real change that an event is about."""

    BETTER = "better"
    WORSE = "worse"


LASTING = (Shape.STEP, Shape.GRADUAL, Shape.TWO_SESSIONS)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One event: a finding of the rule whose value is one of these, and what else it must say."""

    rule: str
    name: str
    title: str
    kind: Kind
    values: frozenset[str]
    towards: Towards | None = None
    """None: it is counted in unchanged courses only."""
    shapes: tuple[Shape, ...] = LASTING
    """The real changes that it is looked for in."""
    says: Callable[[Finding], bool] = lambda _: True
    starts_clinical: bool | None = None
    """Whether the course must start inside the clinical range; None: wherever."""
    follows: bool = False
    """Whether it is counted among the courses in which the rule found anything at all."""
    code: str = ""
    """The findings' code, where it is not the rule's id."""

    def found(self, finding: Finding) -> bool:
        """Whether the finding is of the sort that the event is one of."""
        return finding.code == (self.code or self.rule)

    def seen(self, finding: Finding) -> bool:
        value = finding.value
        return (
            self.found(finding)
            and isinstance(value, Concept)
            and value.code in self.values
            and self.says(finding)
        )


def part(code: str, value: object) -> Callable[[Finding], bool]:
    """Whether the finding has a component of that code with that value."""
    return lambda finding: any(c.code == code and c.value == value for c in finding.components)


CONFIRMED = part("confirmation", Concept(code="confirmed"))
WORSE = frozenset({"reliably-worse"})
BETTER = frozenset({"reliably-improved"})
STATUS_WORSE = frozenset({"reliably-worse", "reliably-worse-now-in-clinical-range"})
STEP = frozenset({"step-shown"})

EVENTS: tuple[Counted, ...] = (
    Counted(
        rule="reliable-change",
        name="against-first-seen",
        title="Reliable change against the better direction, at the latest score",
        kind="symptom",
        values=WORSE,
        towards=Towards.WORSE,
    ),
    Counted(
        rule="reliable-change",
        name="against-confirmed",
        title="Reliable change against the better direction, confirmed by the last two scores",
        kind="symptom",
        values=WORSE,
        says=CONFIRMED,
        towards=Towards.WORSE,
    ),
    Counted(
        rule="reliable-change",
        name="towards-first-seen",
        title="Reliable change in the better direction, at the latest score",
        kind="symptom",
        values=BETTER,
        towards=Towards.BETTER,
    ),
    Counted(
        rule="reliable-change",
        name="towards-confirmed",
        title="Reliable change in the better direction, confirmed by the last two scores",
        kind="symptom",
        values=BETTER,
        says=CONFIRMED,
        towards=Towards.BETTER,
    ),
    Counted(
        rule="clinical-status",
        name="against",
        title="Reliable change against the better direction, in whichever range",
        kind="symptom",
        values=STATUS_WORSE,
        towards=Towards.WORSE,
    ),
    Counted(
        rule="clinical-status",
        name="entered-clinical-range",
        title="Entered the clinical range, with a reliable change against the better direction",
        kind="symptom",
        values=frozenset({"reliably-worse-now-in-clinical-range"}),
        towards=Towards.WORSE,
        starts_clinical=False,
    ),
    Counted(
        rule="clinical-status",
        name="left-with-change",
        title="Left the clinical range, with a reliable change",
        kind="symptom",
        values=frozenset({"recovered"}),
        towards=Towards.BETTER,
        starts_clinical=True,
    ),
    Counted(
        rule="clinical-status",
        name="left-without-change",
        title="Left the clinical range, without a reliable change",
        kind="symptom",
        values=frozenset({"crossed-without-reliable-change"}),
        starts_clinical=True,
    ),
    Counted(
        rule="paired-status",
        name="against",
        title="Reliable change against the better direction in one measure, the other not opposite",
        kind="pair",
        values=WORSE,
        towards=Towards.WORSE,
    ),
    Counted(
        rule="paired-status",
        name="towards",
        title="Reliable change in the better direction in one measure, the other not opposite",
        kind="pair",
        values=BETTER,
        towards=Towards.BETTER,
    ),
    Counted(
        rule="sudden-gain",
        name="step",
        title="A large step in the scale's better direction",
        kind="symptom",
        values=STEP,
        towards=Towards.BETTER,
    ),
    Counted(
        rule="sudden-loss",
        name="step",
        title="A large step against the scale's better direction",
        kind="symptom",
        values=STEP,
        towards=Towards.WORSE,
    ),
    Counted(
        rule="early-response",
        name="reached",
        title="Reached in sessions 3 and 4 both",
        kind="symptom",
        values=frozenset({"reached-in-both"}),
        towards=Towards.BETTER,
        shapes=(Shape.EARLY_STEP, Shape.GRADUAL),
    ),
    Counted(
        rule="alliance-trend",
        name="falling",
        title="Falling",
        kind="alliance",
        values=frozenset({"falling"}),
        towards=Towards.WORSE,
    ),
    Counted(
        rule="alliance-trend",
        name="rising",
        title="Rising",
        kind="alliance",
        values=frozenset({"rising"}),
        towards=Towards.BETTER,
    ),
    Counted(
        rule="alliance-trend",
        name="either",
        title="Falling or rising",
        kind="alliance",
        values=frozenset({"falling", "rising"}),
    ),
    Counted(
        rule="alliance-strain",
        name="possible-or-marked",
        title="Possible strain or marked fall",
        kind="alliance",
        values=frozenset({"possible-strain", "marked-fall"}),
        towards=Towards.WORSE,
    ),
    Counted(
        rule="alliance-strain",
        name="marked",
        title="Marked fall",
        kind="alliance",
        values=frozenset({"marked-fall"}),
        towards=Towards.WORSE,
    ),
    Counted(
        rule="alliance-return",
        name="returned",
        title="Returned within five sessions, of the courses in which a fall was raised",
        kind="alliance",
        values=frozenset({"returned"}),
        towards=Towards.WORSE,
        follows=True,
    ),
    Counted(
        rule="expected-course",
        name="not-on-track",
        title="Two scores in a row beyond the bound, against the better direction",
        kind="expected",
        values=frozenset({"not-on-track"}),
        towards=Towards.WORSE,
    ),
    Counted(
        rule="expected-course",
        name="outside",
        title="One score or more beyond the bound, against the better direction",
        kind="expected",
        values=frozenset({"not-on-track", "outside-once"}),
        towards=Towards.WORSE,
    ),
    Counted(
        rule="expected-course",
        name="better-than-expected",
        title="Two scores in a row beyond the other bound, in the better direction",
        kind="expected",
        values=frozenset({"better-than-expected"}),
        towards=Towards.BETTER,
    ),
    Counted(
        rule="pace",
        name="pace-check",
        title="An act coded as encouraging expression meets a wish for slower or a possible strain",
        kind="pace",
        values=frozenset({"pace-check"}),
        code="pace-check",
    ),
)

NOT_SIMULATED: Mapping[str, str] = MappingProxyType(
    {
        "acceptance-change": "It shows a difference; the reliable change of the AAQ-II is counted "
        "under reliable-change.",
        "alliance-difference": "It shows a difference without a threshold, so nothing fires.",
        "alliance-level": "It shows a mean without a threshold, so nothing fires.",
        "attendance": "It counts what was coded, so nothing fires.",
        "belief-change": "It shows a difference without a threshold, so nothing fires.",
        "course": "It counts sessions, so nothing fires.",
        "depressive-symptoms-without-reported-low-mood": "It follows from a pattern of "
        "answers, for which no distribution is published; it is experimental and off.",
        "effect-size": "It shows a number without a threshold, so nothing fires.",
        "first-expression": "It follows from what people recorded, not from a noisy score.",
        "safety-review": "It follows from single answers, whatever the scores, and must never wait "
        "for a rate.",
    }
)
"""Rules that see no event of chance in a noisy score, with the reason."""
