"""Simulated courses and the rates in them, in words."""

from service.clinical.catalogue import catalogue
from service.clinical.simulation import Condition, Measure, Shape
from service.clinical.wording import number

CHANGES = {
    Shape.STEP: "from session 11 on",
    Shape.EARLY_STEP: "from session 3 on",
    Shape.GRADUAL: "evenly over the course",
    Shape.TWO_SESSIONS: "in sessions 11 and 12 only",
}


def described(condition: Condition) -> str:
    """Everything that makes the condition, in one line."""
    what = CHANGES.get(condition.shape, "unchanged")
    correlation = f"autocorrelation {number(condition.autocorrelation)}"
    return "; ".join(
        (
            f"{levels(condition)}, {what}",
            spread(condition),
            correlation,
            *circumstances(condition),
        )
    )


def levels(condition: Condition) -> str:
    """The level, or from where to where it changes: `PHQ-9 15 to 23`."""
    return " and ".join(map(_level, condition.measures))


def spread(condition: Condition) -> str:
    within = f"SD {' and '.join(number(measure.sd) for measure in condition.measures)}"
    return f"{within}, between courses {number(condition.between)}" if condition.between else within


def circumstances(condition: Condition) -> tuple[str, ...]:
    """What is not as usual."""
    said: list[str] = []
    if condition.missing:
        said.append(f"{percent(condition.missing)} of sessions without a score")
    if condition.session_sd is not None:
        said.append(f"session-to-session SD set to {number(condition.session_sd)}")
    if condition.kind == "pace":
        said.append(f"an act in {percent(condition.acts)} of sessions")
        said.append(f"a wish for slower in {percent(condition.wishes)}")
    return tuple(said)


def percent(rate: float | None) -> str:
    """`12.3 %`; empty where there is no rate."""
    return "" if rate is None else f"{number(100 * rate, places=1)} %"


def _level(measure: Measure) -> str:
    """What the end of the scale cuts off is said."""
    _, scale = catalogue().scales[measure.scale]
    start = f"{measure.scale.upper()} {number(measure.start)}"
    if not measure.change:
        return start
    end = measure.start + measure.change
    reached = min(max(end, scale.low), scale.high)
    cut = f" (cut off there; the change is {number(abs(measure.change))})"
    return f"{start} to {number(reached)}{'' if reached == end else cut}"
