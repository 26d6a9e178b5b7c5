"""What ships with the service stands beside what clients send."""

from dataclasses import replace

import httpx

from service.fhir.access import Access
from service.interactions.package import install
from tests.door import Standing
from tests.interactions.sent import count


async def test_what_ships_is_stored_once_and_found_like_anything_else(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    shipped = {f"{r['resourceType']}/{r['id']}" for r in site.ports.packaged}
    found = set[str]()
    for type_name in sorted({r["resourceType"] for r in site.ports.packaged}):
        bundle = (await fhir.get(f"/{type_name}?_count=1000")).json()
        found |= {f"{type_name}/{e['resource']['id']}" for e in bundle.get("entry", ())}
    assert found == shipped
    assert await install(site, Access()) == 0


async def test_what_a_release_changes_becomes_a_new_version(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    first, *others = site.ports.packaged
    changed = {**first, "language": "de"}
    new = {**first, "id": "new"}
    released = replace(site, ports=replace(site.ports, packaged=(changed, new, *others)))
    try:
        assert await install(released, Access()) == 2
        place = f"/{first['resourceType']}/{first['id']}"
        stored = await fhir.get(place)
        assert stored.headers["etag"] == 'W/"2"'
        assert stored.json()["language"] == "de"
        assert (await fhir.get(f"{place}/_history/1")).status_code == 200
        assert await install(released, Access()) == 0
        assert await count(fhir, f"/{first['resourceType']}?_id=new") == 1
    finally:
        site_of_the_run.shipped = []


async def test_what_ships_no_more_is_gone_and_its_history_stays(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    site = site_of_the_run.site
    client = {"resourceType": "Questionnaire", "id": "mine", "status": "active"}
    assert (await fhir.put("/Questionnaire/mine", json=client)).status_code == 201
    without = tuple(r for r in site.ports.packaged if r["id"] != "phq-9")
    released = replace(site, ports=replace(site.ports, packaged=without))
    try:
        assert await install(released, Access()) == 1
        assert (await fhir.get("/Questionnaire/phq-9")).status_code == 410
        assert (await fhir.get("/Questionnaire/phq-9/_history/1")).status_code == 200
        assert (await fhir.get("/Questionnaire/mine")).status_code == 200
        assert await install(site, Access()) == 1
        assert (await fhir.get("/Questionnaire/phq-9")).headers["etag"] == 'W/"3"'
    finally:
        site_of_the_run.shipped = []
