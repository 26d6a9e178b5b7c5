"""A finding on one series that says how many scores it still needs."""

from service.clinical.chart import Chart
from service.clinical.findings import Absent, Component, Finding
from service.clinical.series import Series


def too_few(chart: Chart, series: Series, *, rule: str, needed: int, named: str) -> Finding:
    """Without a value, for a series of fewer than `needed` scores; `named` is what they would
    give, with its article: "a trend"."""
    count = f"{len(series.points)} of {needed} scores"
    return Finding(
        rule=rule,
        code=rule,
        course=chart.course.key,
        scale=series.scale.id,
        value=Absent(reason=count),
        components=(
            Component(code="scores-used", value=len(series.points)),
            Component(code="scores-needed", value=needed),
            Component(code="sessions-without-score", value=series.missing),
            Component(code="reporter", value=series.scale.reporter),
        ),
        inputs=series.inputs,
        sentence=f"{series.scale.title}: {count} that {named} needs.",
    )
