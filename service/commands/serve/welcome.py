"""What a first user needs to see: the demo clinic, if asked for, and where to look."""

from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from service import main
from service.api.auth.issuers import Issuer

NO_TOKENS = "none asked for: whoever reaches this address may read and write everything"


async def welcome(address: str, trusted: Sequence[Issuer], *, demo: bool) -> None:
    """The demo clinic, if asked for, then where to look."""
    base = address + main.FHIR_PATH
    patient = None if trusted else await _patient_to_show(base, demo=demo)
    names = ", ".join(issuer.name for issuer in trusted)
    print(
        f"\nFHIR base      {base}"
        f"\nCapabilities   {base}/metadata"
        f"\nOpenAPI        {address}/openapi.json"
        f"\nHealth         {address}/livez  {address}/readyz"
        f"\nTry            {_example(base, patient)}"
        f"\nTokens         {names or NO_TOKENS}"
        "\nStop with Ctrl-C.",
        flush=True,
    )


async def _patient_to_show(base: str, *, demo: bool) -> str | None:
    async with httpx.AsyncClient(base_url=base, timeout=60) as client:
        if demo and not await _a_patient(client):
            await _load_clinic(client)
        return await _a_patient(client)


async def _load_clinic(client: httpx.AsyncClient) -> None:
    from service.commands.demo.loading import Clinic, load  # with numpy

    print("Loading the demo clinic: 40 synthetic patients.", flush=True)
    await load(Clinic(today=datetime.now(UTC).date()), client=client)


async def _a_patient(client: httpx.AsyncClient) -> str | None:
    """The id of some patient, None where there is none."""
    answer = await client.get("/Patient", params={"_count": "1", "_total": "none"})
    entries = answer.raise_for_status().json().get("entry", [])
    return entries[0]["resource"]["id"] if entries else None


def _example(base: str, patient: str | None) -> str:
    if patient is None:
        return f"curl -s '{base}/metadata?_pretty=true'"
    return f"curl -s '{base}/Patient/{patient}/$course?_pretty=true'"
