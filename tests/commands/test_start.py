"""What a process imports before it answers, and has at hand when it does: nothing that only a
migration, a calibration or a report needs."""

import subprocess
import sys
from pathlib import Path

from tests.faults.served import served

PROGRAM = "import sys, service.main, service.commands.serve; print(*sys.modules)"
HEAVY = {"alembic", "formulaic", "pandas", "patsy", "pyarrow", "sqlalchemy", "statsmodels"}


def test_a_server_starts_without_heavy_libraries() -> None:
    answer = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    loaded = set(answer.stdout.decode().split())
    assert "service.psychometrics.growth_curve" in loaded
    assert loaded & (HEAVY | {"numpy", "scipy"}) == set()


def test_a_server_that_made_its_database_keeps_nothing_that_it_took_for_that(
    tmp_path: Path,
) -> None:
    with served(tmp_path / "data") as server:
        mapped = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "/asyncpg/" in mapped
    assert {name for name in HEAVY if f"/{name}/" in mapped} == set()


def test_a_command_is_imported_alone_and_all_are_listed_where_none_is_named() -> None:
    program = (
        "import sys; from service.commands import run\n"
        "try: run(sys.argv[1:])\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    named, unnamed = (
        subprocess.run([sys.executable, "-c", program, *said], capture_output=True, check=True)
        for said in (("audit-verify", "--help"), ("--help",))
    )
    assert b"service.commands.audit_verify" in named.stderr
    assert b"service.commands.simulate" not in named.stderr
    assert b"service.commands.simulate" in unnamed.stderr
    assert all(name in unnamed.stdout for name in (b"audit-verify", b"serve", b"simulate"))
