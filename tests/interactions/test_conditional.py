"""What a condition finds is held. What the conditions do is told by the tests of each verb."""

from datetime import UTC, datetime

import httpx
import pytest

from service.errors import Conflict
from service.fhir.access import Access
from service.fhir.resource import Identity, Version
from service.interactions.conditional import PATIENCE, held
from service.interactions.context import Context
from tests.door import Standing
from tests.interactions.sent import patient

PATIENT = Identity(type="Patient", id="p")


async def test_what_changes_before_it_can_be_held_is_sought_again_and_not_for_ever(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    await fhir.put("/Patient/p", json=patient(id="p"))
    asked = list[int]()

    def seen(number: int) -> Version:
        moment = datetime(2026, 5, 3, tzinfo=UTC)
        return Version(identity=PATIENT, number=number, last_updated=moment, body=b"")

    async def late() -> dict[str, Version | None]:
        """Version 1, which stands, is seen at the third look only."""
        asked.append(1)
        return {"a": seen(1 if len(asked) == 3 else 7), "b": None}

    async def never() -> dict[str, Version | None]:
        asked.append(1)
        return {"a": seen(7)}

    site = site_of_the_run.site
    async with site.database.begin(Access()) as tx:
        context = Context(site=site, tx=tx)
        assert await held(context, late) == {"a": seen(1), "b": None}
        assert len(asked) == 3
        asked.clear()
        with pytest.raises(Conflict, match="too fast"):
            await held(context, never)
        assert len(asked) == PATIENCE == 5
