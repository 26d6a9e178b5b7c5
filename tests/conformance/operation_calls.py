"""How each operation that `metadata` advertises is called rightly: its levels and its methods."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

import httpx

from service.clinical.identifiers import Identifiers
from service.fhir.access import Access
from service.fhir.resource import PatientKey
from tests.interactions.sent import Json

OURS = "https://attune-outcomes.org/fhir"
EXPRESSION = f"{OURS}/CodeSystem/expression"
PACE_WISH = f"{OURS}/ValueSet/pace-wish"
SRS = f"{OURS}/Questionnaire/srs"
STOP = {"system": EXPRESSION, "code": "stop"}
RESPONSE: Json = {
    "resourceType": "QuestionnaireResponse",
    "id": "r",
    "questionnaire": SRS,
    "status": "completed",
    "subject": {"reference": "Patient/p"},
    "authored": "2026-05-03T10:00:00Z",
    "item": [{"linkId": "1", "answer": [{"valueDecimal": 9}]}],
}

SCORE = Identifiers(Access().tenant, PatientKey("p")).score("QuestionnaireResponse/r", "srs")
"""The id of the Observation that follows from it."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request below the base, and what it is answered with."""

    path: str
    method: str = "GET"
    body: Json | None = None
    status: int = 200

    @property
    def place(self) -> str:
        return self.path.partition("?")[0]

    async def made(self, fhir: httpx.AsyncClient) -> httpx.Response:
        return await fhir.request(self.method, self.path, json=self.body)


def asked(place: str, **query: str) -> Call:
    return Call(path=f"{place}?{urlencode(query)}")


def told(place: str, **values: object) -> Call:
    """A Parameters resource in the body; `name__valueCode` is a parameter `name` of that kind."""
    parameters = [
        {"name": name.partition("__")[0].replace("_", "-"), name.partition("__")[2]: value}
        for name, value in values.items()
    ]
    return Call(
        path=place,
        method="POST",
        body={"resourceType": "Parameters", "parameter": parameters},
    )


CALLS: Mapping[tuple[str, str], tuple[Call, ...]] = MappingProxyType(
    {
        ("Patient", "course"): (Call(path="/Patient/p/$course"),),
        ("Patient", "explain"): (
            asked("/Patient/p/$explain", finding=SCORE),
            told("/Patient/p/$explain", finding__valueString=f"Observation/{SCORE}"),
        ),
        ("Patient", "everything"): (
            asked("/Patient/p/$everything", _count="2"),
            told("/Patient/p/$everything", start__valueDate="2026-01-01"),
        ),
        ("Observation", "lastn"): (
            asked("/Observation/$lastn", patient="p", code="a"),
            told("/Observation/$lastn", patient__valueString="p", max__valuePositiveInt=2),
        ),
        ("Observation", "stats"): (
            asked("/Observation/$stats", subject="Patient/p", code="a", statistic="count"),
            told(
                "/Observation/$stats",
                subject__valueUri="Patient/p",
                code__valueString="a",
                statistic__valueCode="count",
            ),
        ),
        ("ValueSet", "expand"): (
            asked("/ValueSet/$expand", url=PACE_WISH),
            told("/ValueSet/$expand", url__valueUri=PACE_WISH),
            Call(path="/ValueSet/pace-wish/$expand"),
            told("/ValueSet/pace-wish/$expand", count__valueInteger=2),
        ),
        ("ValueSet", "validate-code"): (
            asked("/ValueSet/$validate-code", url=PACE_WISH, **STOP),
            told("/ValueSet/$validate-code", url__valueUri=PACE_WISH, coding__valueCoding=STOP),
            asked("/ValueSet/pace-wish/$validate-code", **STOP),
            told("/ValueSet/pace-wish/$validate-code", coding__valueCoding=STOP),
        ),
        ("CodeSystem", "lookup"): (
            asked("/CodeSystem/$lookup", **STOP),
            told("/CodeSystem/$lookup", coding__valueCoding=STOP),
        ),
        ("CodeSystem", "validate-code"): (
            asked("/CodeSystem/$validate-code", url=EXPRESSION, code="stop"),
            told("/CodeSystem/$validate-code", coding__valueCoding=STOP),
            asked("/CodeSystem/expression/$validate-code", code="stop"),
            told("/CodeSystem/expression/$validate-code", code__valueCode="stop"),
        ),
        ("Questionnaire", "populate"): (
            asked("/Questionnaire/$populate", questionnaire=SRS, subject="Patient/p"),
            told(
                "/Questionnaire/$populate",
                questionnaire__valueCanonical=SRS,
                subject__valueReference={"reference": "Patient/p"},
            ),
            asked("/Questionnaire/srs/$populate", subject="Patient/p"),
            told(
                "/Questionnaire/srs/$populate", subject__valueReference={"reference": "Patient/p"}
            ),
        ),
        ("QuestionnaireResponse", "extract"): (
            # No response fits into a query.
            Call(path="/QuestionnaireResponse/$extract", status=400),
            told("/QuestionnaireResponse/$extract", questionnaire_response__resource=RESPONSE),
            Call(path="/QuestionnaireResponse/r/$extract"),
            Call(path="/QuestionnaireResponse/r/$extract", method="POST"),
        ),
    }
)
"""By resource type and name; what is not listed here must not be answered."""


def validations(type_name: str, resource: Json, standing: str | None) -> tuple[Call, ...]:
    """Of a resource of any type, and of one that stands."""
    body = {"resourceType": type_name, **resource}
    at_type = f"/{type_name}/$validate"
    calls = [
        Call(path=at_type, status=400),
        Call(path=at_type, method="POST", body=body),
        told(at_type, resource__resource=body, mode__valueCode="create"),
    ]
    if standing is not None:
        place = f"/{type_name}/{standing}/$validate"
        calls += [Call(path=place), Call(path=place, method="POST")]
    return tuple(calls)
