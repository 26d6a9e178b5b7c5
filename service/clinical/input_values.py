"""What a record says, in one line: its title and its value, for whoever reads an explanation."""

from collections.abc import Mapping

from service.clinical import facts
from service.clinical.catalogue import Catalogue
from service.clinical.expression import ELEMENTS, PRESENCE
from service.clinical.findings import Absent, Amount, Concept, Value
from service.clinical.scores import Score
from service.clinical.wording import number

Told = tuple[str, Value | Absent]
"""Title and value."""


def of_score(score: Score) -> Told:
    value = score.absent if score.value is None else Amount(value=score.value)
    assert value is not None
    return score.scale.title, value


def of_fact(fact: facts.AnyFact, known: Catalogue) -> Told:
    """What one fact says; a form tells its answers by item."""
    match fact:
        case facts.Answers():
            form = known.by_id.get(fact.instrument)
            return form.title if form else fact.instrument, _answers(fact)
        case facts.Total():
            scale = known.scales.get(fact.scale)
            return scale[1].title if scale else fact.scale, Amount(value=fact.value)
        case facts.SafetyAnswer() | facts.Remembered():
            return _safety(fact)
        case facts.Expression():
            return "Episode of expression", _listed({PRESENCE: fact.presence, **_joined(fact)})
        case facts.Remark():
            return _remark(fact)
        case _:
            return _framing(fact)


def _framing(fact: facts.Response | facts.Session | facts.Episode) -> Told:
    match fact:
        case facts.Response():
            reason = f": {fact.reason.replace('-', ' ')}" if fact.reason else ""
            return "Answer to a finding", f"{fact.topic.replace('-', ' ')}{reason}"
        case facts.Session():
            return "Session", fact.status
        case facts.Episode():
            return "Course", f"until {fact.until.isoformat()}" if fact.until else "open"


def _answers(fact: facts.Answers) -> str:
    said = [f"item {item}: {number(value)}" for item, value in sorted(fact.values.items())]
    said += [f"item {item}: not applicable" for item in fact.not_applicable]
    return "; ".join((*said, *fact.problems)) or "no answers"


def _safety(fact: facts.SafetyAnswer | facts.Remembered) -> Told:
    title = f"{fact.instrument.upper()} item {fact.item}"
    if fact.value is None:
        return title, Absent(reason="The answer could not be read.")
    return title, Amount(value=fact.value)


def _joined(fact: facts.Expression) -> Mapping[str, str]:
    coded = {name: ", ".join(codes) for name, codes in fact.codes.items() if name != PRESENCE}
    return coded | {name: number(value) for name, value in fact.numbers.items()}


def _remark(fact: facts.Remark) -> Told:
    title = _display(fact.topic)
    if fact.components:
        said = {fact.topic: fact.code} if fact.code is not None else {}
        return title, _listed({**said, **fact.components})
    if fact.number is not None:
        return title, Amount(value=fact.number)
    if fact.code is not None:
        return title, Concept(code=fact.code, system="expression")
    return title, "recorded"


def _listed(said: Mapping[str, str]) -> str:
    return "; ".join(f"{_display(name)}: {code.replace('-', ' ')}" for name, code in said.items())


def _display(topic: str) -> str:
    return ELEMENTS[topic].display if topic in ELEMENTS else topic.replace("-", " ").capitalize()
