"""Index rows and records can be made anew from the resources."""

import httpx

from service.fhir.access import Access
from service.interactions.rederive import rederive
from service.interactions.reindex import bring_up_to_date, reindex
from tests.door import Standing
from tests.interactions.sent import count, patient, post, put, statuses, transaction, weight

TOTAL = {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]}
INDEX = ("coded_value", "term", "moment", "phrase", "amount")


async def test_every_search_finds_again_what_it_found_before(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """More resources than are indexed in one go, and deleted ones, which are not."""
    entries = [put(patient(id=f"p{n}", name=[{"family": f"f{n}"}])) for n in range(600)]
    assert set(statuses(await fhir.post("", json=transaction(*entries)))) == {"201"}
    await fhir.put("/Observation/o", json=weight("Patient/p7", effectiveDateTime="2026", id="o"))
    await fhir.delete("/Patient/p0")
    searches = (
        "/Patient?family=f599",
        "/Observation?patient=p7&date=2026",
        "/CodeSystem?url:missing=false",
    )
    before = [await count(fhir, search) for search in searches]
    assert before[:2] == [1, 1]
    for table in INDEX:
        await site_of_the_run.maintenance.execute(f"DELETE FROM {table}")
    assert [await count(fhir, search) for search in searches[:2]] == [0, 0]
    shipped = len(site_of_the_run.site.ports.packaged)
    assert await reindex(site_of_the_run.site, Access()) == 599 + 1 + shipped
    assert [await count(fhir, search) for search in searches] == before
    assert await count(fhir, "/Patient?family=f0&_sort=family") == 0
    assert (await fhir.get("/Patient/p7")).headers["etag"] == 'W/"1"'


async def test_rows_that_another_version_made_are_made_anew_when_the_site_opens(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    """Once: what is current is left alone."""
    site, maintenance = site_of_the_run.site, site_of_the_run.maintenance
    await fhir.put("/Patient/p", json=patient(id="p"))
    await fhir.put("/Observation/o", json=weight("Patient/p", id="o"))
    await maintenance.execute("UPDATE tenant SET index_layout = 0")
    await maintenance.execute("DELETE FROM coded_value")
    await bring_up_to_date(site, Access())
    assert await count(fhir, "/Observation?patient=p") == 1
    await maintenance.execute("DELETE FROM coded_value")
    await bring_up_to_date(site, Access())
    assert await count(fhir, "/Observation?patient=p") == 0


async def test_records_are_read_again_and_nothing_changes_that_follows_from_them(
    fhir: httpx.AsyncClient, site_of_the_run: Standing
) -> None:
    ada = "urn:uuid:00000000-0000-4000-8000-00000000000a"
    totals = [
        post(weight(ada, code=TOTAL, effectiveDateTime=f"2026-05-0{day}",
                    valueQuantity={"value": 10 + day, "code": "{score}",
                                   "system": "http://unitsofmeasure.org"}))
        for day in (1, 2, 3)
    ]  # fmt: skip
    assert set(statuses(await fhir.post("", json=transaction(post(patient(), ada), *totals)))) == {
        "201"
    }
    derived = (await fhir.get("/Observation?_sort=_id&_count=100")).json()["entry"]
    maintenance = site_of_the_run.maintenance
    records = await maintenance.fetch("SELECT * FROM record ORDER BY patient, type, id")
    assert len(records) >= 3
    await maintenance.execute("DELETE FROM record")
    tally = await rederive(site_of_the_run.site, Access())
    assert (tally.done, tally.changed) == (1, 0)
    assert await maintenance.fetch("SELECT * FROM record ORDER BY patient, type, id") == records
    assert (await fhir.get("/Observation?_sort=_id&_count=100")).json()["entry"] == derived
    await maintenance.execute("DELETE FROM derived")
    assert (await rederive(site_of_the_run.site, Access())).changed == 1
    assert (await rederive(site_of_the_run.site, Access())).changed == 0
