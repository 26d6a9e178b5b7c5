"""Four ways to hide the Observation `h`, each with a world in which it is and one without it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from service.fhir.access import LOCAL_TENANT, Access
from service.interactions import bulk
from tests.door import BASE, Standing
from tests.interactions.caller import Caller
from tests.interactions.scopes.doors import CANARY, HIDDEN
from tests.interactions.sent import Json, identified

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
ELSEWHERE = UUID(int=31)
"""Another tenant."""
CHANGING = re.compile(
    r"\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|(?<=_page=)[^\"&]+"
)
"""Times, ids that the service makes, and cursors: other ones in every world."""


@dataclass(frozen=True, kw_only=True)
class Hiding:
    """Why the caller does not see `h`."""

    scopes: tuple[str, ...] = ("user/*.cruds",)
    patient: str = "p"
    """Whom `h` is about; the caller of patient scopes is in the context of p."""
    label: str = "N"
    tenant: UUID = LOCAL_TENANT


HIDINGS: Mapping[str, Hiding] = {
    "criteria": Hiding(
        scopes=(
            f"user/Observation.cruds?category={CATEGORY}|survey",
            *(
                f"user/{kind}.cruds"
                for kind in ("Encounter", "Patient", "Practitioner", "Provenance")
            ),
        )
    ),
    "label": Hiding(label="V"),
    "patient": Hiding(scopes=("patient/*.cruds",), patient="q"),
    "tenant": Hiding(tenant=ELSEWHERE),
}


@dataclass(frozen=True, kw_only=True, repr=False)
class World:
    """The caller, and whoever sees all of the records that `h` belongs to."""

    hiding: Hiding
    caller: Caller
    whole: Caller

    def address(self, door: str) -> str:
        of, label = self.hiding.patient, f"{CONFIDENTIALITY}|{self.hiding.label}"
        return door.format(patient=of, encounter=f"e-{of}", label=label)

    async def told(
        self, who: Caller, door: str, method: str = "GET", body: Any = None, **headers: str
    ) -> tuple[str, str | None]:
        """Status and answer, in the same words wherever the same is there, and the next page."""
        status, answer = await who.asks(method, self.address(door), body, **headers)
        links = {link["relation"]: link["url"] for link in answer.get("link", ())}
        said = f"{status} {CHANGING.sub('*', orjson.dumps(answer).decode())}"
        return said, links["next"].removeprefix(BASE) if "next" in links else None


def observation(id_: str, of: str, value: int, **elements: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "survey"}]}],
        "code": {"coding": [{"system": "urn:x", "code": "a"}], "text": "Plain"},
        "subject": {"reference": f"Patient/{of}"},
        "encounter": {"reference": f"Encounter/e-{of}"},
        "performer": [{"reference": "Practitioner/d"}],
        "effectiveDateTime": f"2026-05-03T10:{value - 40}:00Z",
        "valueQuantity": {"value": value},
        **elements,
    }


def hidden(hiding: Hiding) -> Json:
    """Among the others by its id, after them by its time and its value."""
    system, _, value = HIDDEN.partition("|")
    security = [{"system": CONFIDENTIALITY, "code": hiding.label}]
    return observation(
        "h",
        hiding.patient,
        77,
        meta={
            "security": security,
            "tag": [{"system": "urn:t", "code": "h"}],
            "source": "urn:source-of-h",
        },
        identifier=identified(value, system),
        category=[{"coding": [{"system": CATEGORY, "code": "therapy"}]}],
        code={"coding": [{"system": "urn:x", "code": "a"}], "text": "Secret"},
        hasMember=[{"reference": "Observation/t"}],
        note=[{"text": CANARY}],
    )


def standing_around(hiding: Hiding) -> list[Json]:
    """Two patients with a meeting and values before and after that of `h`, which is named twice."""
    made: list[Json] = [{"resourceType": "Practitioner", "id": "d"}]
    for of in ("p", "q"):
        about = {"reference": f"Patient/{of}"}
        made += [
            {"resourceType": "Patient", "id": of, "gender": "other"},
            {
                "resourceType": "Encounter",
                "id": f"e-{of}",
                "status": "finished",
                "class": {"code": "AMB"},
                "subject": about,
            },
        ]
    to_hidden = [{"reference": "Observation/h"}]
    return [
        *made,
        observation("a", "p", 50),
        observation("s", "p", 60, hasMember=to_hidden, derivedFrom=to_hidden),
        observation("t", "p", 70),
        {
            "resourceType": "Provenance",
            "id": "v",
            "target": [{"reference": "Patient/p"}, *to_hidden],
            "recorded": "2026-05-03T10:00:00Z",
            "agent": [{"who": {"display": "x"}}],
        },
    ]


def shown() -> Json:
    """A later version of `h`, which every caller sees and which says nothing of the first."""
    return observation("h", "p", 78, status="amended")


async def world(standing: Standing, hiding: Hiding, *, there: bool) -> World:
    """With `h`, or without it; the records are made anew."""
    await standing.forget()
    site = standing.site
    await site.database.ensure_tenant(hiding.tenant)
    for tenant in dict.fromkeys((LOCAL_TENANT, hiding.tenant)):
        resources = standing_around(hiding)
        if there and tenant == hiding.tenant:
            resources.insert(-2, hidden(hiding))
        await bulk.load(site, Access(tenant=tenant), resources)
    whole = Caller(standing)
    whole.access = Access(tenant=hiding.tenant)
    return World(
        hiding=hiding, caller=Caller(standing, *hiding.scopes, in_context="p"), whole=whole
    )
