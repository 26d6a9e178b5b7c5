"""PHQ-9 forms with symptoms and without reported low mood: an experimental rule on their answers.

Tears are no input to it, and neither are totals that arrived ready-made.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from service.clinical import facts
from service.clinical.chart import Chart
from service.clinical.series import Series

RULE = "depressive-symptoms-without-reported-low-mood"
SCALE = "phq-9"
INTEREST, MOOD, OTHERS = 1, 2, range(3, 9)
"""Items: little interest, low mood, and those between low mood and the safety item."""
TOTAL, ALONE = 10, 15
"""From which total on a form meets the rule with another, and from which by itself."""
MOOD_AT_MOST, ITEM_AT_LEAST, OTHERS_AT_LEAST = 1, 2, 3
APART = (7, 60)
"""Days between two forms, at least and at most."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """A PHQ-9 with all nine items answered, of the session that it counts in."""

    session: int
    source: facts.Answers

    @cached_property
    def total(self) -> int:
        return int(sum(self.source.values.values()))

    @property
    def interest(self) -> int:
        return int(self.source.values[INTEREST])

    @property
    def mood(self) -> int:
        return int(self.source.values[MOOD])

    @property
    def others(self) -> int:
        return sum(self.source.values[item] >= ITEM_AT_LEAST for item in OTHERS)

    @property
    def fits(self) -> bool:
        """Whether its answers meet the rule, with another form or alone."""
        return (
            self.total >= TOTAL
            and self.mood <= MOOD_AT_MOST
            and self.interest >= ITEM_AT_LEAST
            and self.others >= OTHERS_AT_LEAST
        )

    def days_after(self, earlier: "Form") -> int:
        return (self.source.day - earlier.source.day).days


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A form that meets the rule, with the one before it that it needs."""

    form: Form
    partner: Form | None
    """The latest of those that go with it; None: its total alone is enough."""


def series_of(chart: Chart) -> Series | None:
    return next((series for series in chart.series if series.scale.id == SCALE), None)


def forms(series: Series) -> tuple[Form, ...]:
    """The complete forms of a course, in order of sessions."""
    whole = set(series.scale.items)
    return tuple(
        Form(session=point.session, source=source)
        for point in series.points
        if isinstance(source := point.score.source, facts.Answers) and whole <= source.values.keys()
    )


def patterns(given: tuple[Form, ...]) -> Iterator[Pattern]:
    """Every form that meets the rule, in order of sessions."""
    fitting = [form for form in given if form.fits]
    for place, form in enumerate(fitting):
        earlier = reversed(fitting[:place])
        partner = next((e for e in earlier if APART[0] <= form.days_after(e) <= APART[1]), None)
        if partner is not None or form.total >= ALONE:
            yield Pattern(form=form, partner=partner)
