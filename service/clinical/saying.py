"""Half sentences that several findings share: by how much, since when, by which source."""

import re

from service.clinical.definitions import Source
from service.clinical.facts import Fact
from service.clinical.series import Point, Series
from service.clinical.wording import counted, day, number
from service.psychometrics import reliable_change
from service.psychometrics.scoring import difference

AUTHOR = re.compile(r"((?:[A-ZÀ-Ý][\w’'-]*\s?){1,3}?)(?:,| &| et al| \()[^(]*\((\d{4})\)")
"""The first author and the year of a citation such as `Kroenke, Spitzer & Williams (2001).`"""


def when(fact: Fact) -> str:
    return f"on {day(fact.day)}" if fact.dated else "on an unknown day"


def on(point: Point) -> str:
    return day(point.score.source.day)


def cited(source: Source) -> str:
    """`Kroenke 2001`; empty where the source is not a publication with an author and a year."""
    match = AUTHOR.match(source.citation)
    return f"{match[1]} {match[2]}" if match else ""


def moved(before: float, after: float) -> str:
    """`7 points lower than`; no direction is called the right one."""
    change = difference(before, after)
    if change == 0:
        return "the same as"
    return f"{counted(abs(change), 'point')} {'higher' if change > 0 else 'lower'} than"


def threshold(series: Series) -> float:
    """The change in score points that counts as reliable."""
    published = series.scale.published_change
    return published.value if published else computed(series)


def computed(series: Series) -> float:
    """The reliable change that the SD and the reliability give."""
    scale = series.scale
    assert scale.norm is not None
    assert scale.reliability is not None
    return reliable_change.change_points(sd=scale.norm.sd, reliability=scale.reliability.value)


def limit(series: Series) -> str:
    """`threshold 6`; a computed one has to be exceeded: `threshold: more than 7.82`."""
    published = series.scale.published_change
    if published is None:
        return f"threshold: more than {number(computed(series))}"
    return f"threshold {number(published.value)}"


def judged_by(series: Series) -> str:
    """The threshold with its source: `threshold 6, Gyani 2013; 3.9 computed`."""
    scale = series.scale
    if scale.published_change is None:
        source = cited(scale.norm.source) if scale.norm else ""
        return f"{limit(series)}, computed" + (f" from {source}" if source else "")
    source = cited(scale.published_change.source)
    text = limit(series) + (f", {source}" if source else "")
    if scale.norm is not None and scale.reliability is not None:
        text += f"; {number(computed(series), places=1)} computed"
    return text


def chance(p: float) -> str:
    """`p 0.004`; what is smaller than 0.0001 is said to be so."""
    return "p below 0.0001" if p < 0.0001 else f"p {number(p, places=4)}"
