"""How a score came about: its answers, what was missing, and the rule that made one number of
them."""

from collections.abc import Iterator

from service.clinical.definitions import Scale, Scoring
from service.clinical.explanation import Explanation, Step
from service.clinical.facts import Answers
from service.clinical.score import completed
from service.clinical.scores import Score
from service.clinical.wording import counted, day
from service.clinical.workings import exact


def sentence(score: Score) -> str:
    """The score as one fact."""
    value = exact(score.value) if score.value is not None else f"no score. {score.absent_reason}"
    return f"{score.scale.title} on {day(score.source.day)}: {value}"


def explained(score: Score) -> Explanation:
    """The steps from the answers of a form to the score of one of its scales."""
    assert isinstance(score.source, Answers)
    return Explanation(
        steps=tuple(_steps(score, score.source)),
        would_change=("Another answer to one of the items, in a corrected form.",),
    )


def _steps(score: Score, form: Answers) -> Iterator[Step]:
    scale, instrument = score.scale, score.instrument
    given = completed(instrument, form.values)
    answered = [item for item in scale.items if item in given]
    missing = [item for item in scale.items if item not in given]
    ranges = {item.number: (item.low, item.high) for item in instrument.items}
    yield Step(
        title="Answers",
        formula="those to the items of the scale",
        working=", ".join(f"item {i}: {exact(given[i])}" for i in answered) or "none",
        source=instrument.sources[0],
    )
    turned = [item for item in answered if item in scale.reversed_items]
    if turned:
        yield Step(
            title="Reversed items",
            formula="lowest + highest possible answer - answer",
            working=", ".join(
                f"item {i}: {exact(ranges[i][0] + ranges[i][1] - given[i])}" for i in turned
            ),
            source=instrument.sources[0],
        )
    yield _missing(scale, missing)
    points = {
        item: sum(ranges[item]) - given[item] if item in turned else given[item]
        for item in answered
    }
    yield Step(
        title="Score",
        formula=_formula(scale),
        working=f"no score. {score.absent_reason}"
        if score.value is None
        else f"{' + '.join(exact(points[i]) for i in answered)} = "
        f"{exact(sum(points.values()))} from {counted(len(answered), 'answer')} of "
        f"{counted(len(scale.items), 'item')}; score {exact(score.value)}",
        source=instrument.sources[0],
    )


def _missing(scale: Scale, missing: list[int]) -> Step:
    rule = scale.missing
    allowed = f"at most {rule.allowed} of the scale" if rule.allowed else "none"
    if rule.groups:
        allowed += f", at most {rule.allowed_in_group} of a subscale"
    never = f"; never item {', '.join(map(str, rule.never_imputed))}" if rule.never_imputed else ""
    return Step(
        title="Not answered",
        formula=f"may be missing: {allowed}{never}",
        working=", ".join(f"item {item}" for item in missing) or "none",
        source=rule.source,
    )


def _formula(scale: Scale) -> str:
    rule = scale.missing
    words = "mean of the answers" if scale.scoring is Scoring.MEAN else "sum of the answers"
    if rule.allowed or rule.allowed_in_group:
        if scale.scoring is Scoring.MEAN:
            words = "mean of the answers that were given"
        elif rule.from_group:
            words += ", a missing one taken as its subscale's mean, rounded half up"
        else:
            rounded = ", rounded half up" if rule.rounded else ""
            words += f" * number of items / number answered{rounded}"
    if scale.conversion:
        return f"{words}, converted by the authors' table"
    return words if scale.multiplier == 1 else f"{words}, times {exact(scale.multiplier)}"
