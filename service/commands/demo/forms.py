"""Filled-in questionnaires as QuestionnaireResponses, in the forms that reach a service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.commands.demo.answering import Answer, Form
from service.commands.demo.resources import Place, instant
from service.fhir.exact_json import ExactDecimal
from service.fhir.resource import Resource

LOINC = "http://loinc.org"
OURS = "https://attune-outcomes.org/fhir/Questionnaire/"


@dataclass(frozen=True, kw_only=True)
class Panel:
    """How LOINC names an instrument: the panel, its items in order, its answers by value."""

    code: str
    items: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]


FREQUENCY = (
    ("LA6568-5", "Not at all"),
    ("LA6569-3", "Several days"),
    ("LA6570-1", "More than half the days"),
    ("LA6571-9", "Nearly every day"),
)

PANELS: Mapping[str, Panel] = {
    "phq-9": Panel(
        code="44249-1",
        items=(
            "44250-9",
            "44255-8",
            "44259-0",
            "44254-1",
            "44251-7",
            "44258-2",
            "44252-5",
            "44253-3",
            "44260-8",
        ),
        answers=FREQUENCY,
    ),
    "gad-7": Panel(
        code="69737-5",
        items=("69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"),
        answers=FREQUENCY,
    ),
}
"""Instruments that a LOINC form renderer offers."""


def response(
    place: Place, session: int, instrument: str, at: datetime, form: Form, *, rendered: bool
) -> Resource:
    """`rendered`: as a LOINC form renderer sends it, where it knows the instrument."""
    panel = PANELS.get(instrument) if rendered else None
    return {
        "resourceType": "QuestionnaireResponse",
        "id": f"{place.session(session)}-{instrument}",
        "questionnaire": f"{LOINC}/q/{panel.code}" if panel else OURS + instrument,
        "status": "completed",
        "subject": place.subject,
        "encounter": {"reference": f"Encounter/{place.session(session)}"},
        "authored": instant(at),
        "author": place.subject,
        "source": place.subject,
        "item": [
            _item(panel, number, answer)
            for number, answer in enumerate(form, start=1)
            if answer is not None
        ],
    }


def _item(panel: Panel | None, number: int, answer: Answer) -> dict[str, Any]:
    if panel is None:
        return {"linkId": str(number), "answer": [_plain(answer)]}
    assert isinstance(answer, int)
    code, display = panel.answers[answer]
    return {
        "linkId": f"/{panel.items[number - 1]}",
        "answer": [{"valueCoding": {"system": LOINC, "code": code, "display": display}}],
    }


def _plain(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, int):
        return {"valueInteger": answer}
    assert answer is not None
    return {"valueDecimal": ExactDecimal(answer)}
