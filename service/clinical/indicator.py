"""What an indicator is: a rule over a course, with its standing; one file each in `indicators`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.clinical.chart import Chart
from service.clinical.definitions import Source
from service.clinical.explanation import Explanation
from service.clinical.findings import Category, Finding


class Per(StrEnum):
    """How many findings a rule gives."""

    SCALE = "scale"
    COURSE = "course"
    EVENT = "event"


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """A rule with its standing; `find` is pure and reads no clock."""

    id: str
    revision: int
    title: str
    documentation: str
    sources: tuple[Source, ...]
    category: Category
    per: Per
    codes: tuple[str, ...]
    """Codes of CodeSystem `finding` that its findings carry."""
    find: Callable[[Chart], Iterable[Finding]]
    explain: Callable[[Chart, Finding], Explanation]
    """How one of its findings came about, from the chart that it was found in."""
    said: bool = False
    """Whether it reads what was expressed or said in sessions (`Chart.expressions`, `Chart.said`):
    others find the same whatever of that is written."""
    optional: bool = False
    """Derived only where a site turns it on; see `choices`."""
