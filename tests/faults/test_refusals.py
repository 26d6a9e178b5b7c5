"""Where a server cannot start it says so in one sentence; who is no administrator can run it."""

import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.faults.served import ordinary_user, ready, refused, served
from tests.store.processes import await_end

ORDINARY = "games"
"""Some user that every machine has and that is not root."""


def test_a_second_server_on_the_same_data_is_refused_and_the_first_serves_on(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with served(data) as server:
        before = server.family()
        status, said = refused(data)
        assert status == 1
        assert said == (
            f"python -m service: The data directory {data} is in use by another server (process "
            f"{server.process.pid}): stop it first, or choose another data directory."
        )
        assert ready(server)
        patient = {"resourceType": "Patient", "id": "p0"}
        assert httpx.put(f"{server.fhir}/Patient/p0", json=patient).status_code == 201
        assert server.family()[:3] == before[:3]
        port = httpx.URL(server.url).port or 0
        status, said = refused(tmp_path / "other", port)
        assert status == 1
        assert said.startswith(f"python -m service: Cannot listen on 127.0.0.1 port {port}: ")
        assert said.count("\n") == 0
        assert not (tmp_path / "other").exists()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Which everybody may enter."""
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_an_ordinary_user_runs_a_server(open_folder: Path) -> None:
    user = pwd.getpwnam(ORDINARY).pw_uid if os.geteuid() == 0 else os.geteuid()
    mine = open_folder / "mine"
    mine.mkdir()
    os.chown(mine, user, -1)
    with served(mine / "data", ordinary_user(ORDINARY)) as server:
        processes = server.family()
        assert {Path(f"/proc/{process}").stat().st_uid for process in processes} == {user}
        patient = {"resourceType": "Patient", "id": "p0"}
        assert httpx.put(f"{server.fhir}/Patient/p0", json=patient).status_code == 201
        server.process.terminate()
        assert server.process.wait() == 0
        await_end(processes)
