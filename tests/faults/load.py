"""A load of transactions, each of which is there whole or not at all."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import httpx

from service.clinical.canonical import EXPRESSION, LOINC, OBSERVATION_CATEGORY, questionnaire
from service.clinical.observations import DEVICE

PATIENTS = 4
WRITERS = 6
TOGETHER = 4
"""Resources of one transaction."""
FIRST = date(2020, 1, 6)
PATIENCE_SECONDS = 60.0
TYPES = ("Encounter", "QuestionnaireResponse", "Observation")


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def transaction(number: int) -> dict[str, Any]:
    """A session with its form, its record of expression and a weight, all named after `number`."""
    on = {
        "subject": {"reference": f"Patient/p{number % PATIENTS}"},
        "encounter": {"reference": f"Encounter/t-{number}-0"},
    }
    day = (FIRST + timedelta(days=number)).isoformat()
    expressed = {
        "code": coded(EXPRESSION, "expression-presence"),
        "valueCodeableConcept": coded(EXPRESSION, "tears" if number % 3 == 0 else "none"),
    }
    resources: list[dict[str, Any]] = [
        {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": on["subject"],
            "period": {"start": day},
        },
        {
            "resourceType": "QuestionnaireResponse",
            "status": "completed",
            "questionnaire": questionnaire("phq-9"),
            "authored": day,
            "item": [
                {"linkId": str(item), "answer": [{"valueInteger": (number + item) % 4}]}
                for item in range(1, 10)
            ],
            **on,
        },
        {
            "resourceType": "Observation",
            "status": "final",
            "category": [coded(OBSERVATION_CATEGORY, "therapy")],
            "code": coded(EXPRESSION, "expression-episode"),
            "effectiveDateTime": day,
            "component": [expressed],
            **on,
        },
        {
            "resourceType": "Observation",
            "status": "final",
            "code": coded(LOINC, "29463-7"),
            "effectiveDateTime": day,
            "valueQuantity": {"value": 70, "unit": "kg"},
            **on,
        },
    ]
    entries = []
    for place, resource in enumerate(resources):
        resource["id"] = f"t-{number}-{place}"
        url = f"{resource['resourceType']}/{resource['id']}"
        entries.append({"resource": resource, "request": {"method": "PUT", "url": url}})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@dataclass
class Load:
    """What was sent and what came back."""

    fhir: str = ""
    numbers: "count[int]" = field(default_factory=count)
    acknowledged: set[int] = field(default_factory=set)
    refused: list[httpx.Response] = field(default_factory=list)
    """Answers other than 200."""
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def introduce(self) -> None:
        """The patients."""
        async with httpx.AsyncClient(base_url=self.fhir, timeout=60) as client:
            for number in range(PATIENTS):
                patient = {"resourceType": "Patient", "id": f"p{number}"}
                (await client.put(f"/Patient/p{number}", json=patient)).raise_for_status()

    async def run(self, enough: asyncio.Event) -> None:
        """Until it is enough, or nobody answers any more."""
        async with asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(self._write(enough))

    async def again(self) -> None:
        """What went unanswered is sent once more, as a client does that was left in doubt."""
        async with httpx.AsyncClient(base_url=self.fhir, timeout=60) as client:
            for number in set(range(next(self.numbers))) - self.acknowledged:
                (await client.post("", json=transaction(number))).raise_for_status()
                self.acknowledged.add(number)

    async def reaches(self, acknowledged: int) -> None:
        while len(self.acknowledged) < acknowledged:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._more.wait()
            self._more.clear()

    async def _write(self, enough: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=self.fhir, timeout=60) as client:
            while not enough.is_set():
                number = next(self.numbers)
                try:
                    answer = await client.post("", json=transaction(number))
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    self.acknowledged.add(number)
                    self._more.set()
                else:
                    self.refused.append(answer)
                    await asyncio.sleep(0.02)


async def assert_whole(fhir: str, acknowledged: set[int]) -> None:
    """All that was acknowledged is there, nothing is there in part, and the findings are those of a
    derivation from what is there."""
    async with httpx.AsyncClient(base_url=fhir, timeout=60) as client:
        stored = [r for type_ in TYPES for r in await found(client, f"/{type_}?_count=1000")]
        there = Counter(int(r["id"].split("-")[1]) for r in stored if r["id"].startswith("t-"))
        assert acknowledged <= set(there)
        assert set(there.values()) <= {TOGETHER}
        for number in range(PATIENTS):
            await assert_derived(client, f"p{number}")


async def assert_derived(client: httpx.AsyncClient, patient: str) -> None:
    answer = await client.get(f"/Patient/{patient}/$course")
    live = [entry["resource"] for entry in answer.raise_for_status().json().get("entry", ())]
    stored = await found(client, f"/Observation?subject=Patient/{patient}&_count=1000")
    standing = [r for r in stored if r["status"] != "entered-in-error"]
    assert _contents(live) == _contents(standing)


async def found(client: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    resources: list[dict[str, Any]] = []
    following: str | None = url
    while following:
        bundle = (await client.get(following)).raise_for_status().json()
        resources += [entry["resource"] for entry in bundle.get("entry", ())]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        following = links.get("next")
    return resources


def _contents(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """Derived ones by id, without their times."""
    ours = f"Device/{DEVICE}"
    kept = {r["id"]: r for r in resources if r.get("device", {}).get("reference") == ours}
    return {
        name: {k: v for k, v in resource.items() if k != "meta"} for name, resource in kept.items()
    }
