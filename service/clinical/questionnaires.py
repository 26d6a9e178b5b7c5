"""The instruments as FHIR Questionnaires, made from the definitions.

https://hl7.org/fhir/R4/questionnaire.html, with the extensions of
http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-extr-obsn

The wording of an instrument is its authors' and stands in it where their licence lets it ship;
elsewhere whoever has their permission puts it beside the numbers.
"""

from collections.abc import Iterable, Iterator

from service.clinical.definitions import Instrument
from service.clinical.findings import category
from service.clinical.form_items import OBSERVATION_EXTRACT, SDC, form_items
from service.clinical.items import coding
from service.clinical.observation_values import category_element, filled
from service.clinical.published import header
from service.fhir.resource import Resource


def questionnaires(instruments: Iterable[Instrument]) -> Iterator[Resource]:
    """One for each instrument whose items are known, in the order of their ids."""
    for instrument in sorted(instruments, key=lambda i: i.id):
        if instrument.items:
            yield _questionnaire(instrument)


def _questionnaire(instrument: Instrument) -> Resource:
    return filled(
        {
            "resourceType": "Questionnaire",
            **header(
                instrument.canonicals[0],
                instrument.title,
                f"The items of {instrument.id.upper()}, with their answers and scores.",
                version=instrument.version,
                id_=instrument.id,
            ),
            "extension": [
                {"url": OBSERVATION_EXTRACT, "valueBoolean": True},
                {
                    "url": f"{SDC}observation-extract-category",
                    "valueCodeableConcept": category_element(
                        category(expressed=instrument.expressed)
                    ),
                },
            ],
            "subjectType": ["Patient"],
            "copyright": instrument.licence.terms,
            "code": [coding(code) for code in instrument.codes],
            "item": list(form_items(instrument)),
        }
    )
