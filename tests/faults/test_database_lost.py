"""Without its database the server lives, says 503, and serves again when the database is back."""

import asyncio
from pathlib import Path

import httpx

from tests.faults.load import Load, assert_whole
from tests.faults.served import Served, served
from tests.store.processes import alive, await_end, end


async def asked(server: Served, path: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.get(server.url + path)


def assert_said_so(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    assert [issue["code"] for issue in outcome["issue"]] == ["transient"]


async def until_ready(server: Served, wanted: int) -> None:
    while (await asked(server, "/readyz")).status_code != wanted:
        assert (await asked(server, "/livez")).status_code == 200
        await asyncio.sleep(0.01)


async def test_a_postgresql_that_dies_under_load_costs_503s_and_no_acknowledged_write(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "data") as server:
        load, enough = Load(fhir=server.fhir), asyncio.Event()
        await load.introduce()
        running = asyncio.create_task(load.run(enough))
        await load.reaches(20)
        end([server.family()[2]])
        await until_ready(server, 503)
        await until_ready(server, 200)
        await load.reaches(len(load.acknowledged) + 20)
        enough.set()
        await running
        assert load.refused
        for answer in load.refused:
            assert_said_so(answer)
        await assert_whole(server.fhir, load.acknowledged)
        assert "request.failed" not in server.log.read_text()


async def test_a_server_whose_postgresql_stays_away_says_so_and_stops_cleanly(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "data") as server:
        _, guardian, *postgresql = server.family()
        end([guardian])
        await asyncio.to_thread(await_end, postgresql)
        for _ in range(3):
            for path in ("/fhir/Patient/p0", "/fhir/Patient?name=x", "/fhir/Patient/p0/_history"):
                assert_said_so(await asked(server, path))
            async with httpx.AsyncClient(base_url=server.fhir, timeout=60) as client:
                patient = {"resourceType": "Patient", "id": "p0"}
                assert_said_so(await client.put("/Patient/p0", json=patient))
                assert_said_so(
                    await client.post(
                        "", json={"resourceType": "Bundle", "type": "transaction", "entry": []}
                    )
                )
            assert (await asked(server, "/livez")).status_code == 200
            assert (await asked(server, "/readyz")).status_code == 503
        assert (await asked(server, "/fhir/metadata")).status_code == 200
        server.process.terminate()
        assert server.process.wait() == 0
        assert not alive(guardian)
        assert "request.failed" not in server.log.read_text()
