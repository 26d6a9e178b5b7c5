"""A new cluster is all on the disk before it has its name."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from service.store import binaries
from service.store.account import account
from service.store.creation import Tools

WRAPPER = """#!/bin/sh
[ -e {home} ] && echo "it has its name" >>{log}
echo "{name} $*" >>{log}
exec {real} "$@"
"""


def noting(folder: Path, log: Path, home: Path) -> Path:
    """PostgreSQL's programs, which write down how they are called."""
    real = binaries.programs(account(home))
    folder.mkdir()
    for name in ("initdb", "postgres"):
        program = folder / name
        program.write_text(WRAPPER.format(name=name, log=log, home=home, real=real / name))
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize("durable", [True, False])
def test_everything_is_on_the_disk_before_the_cluster_has_its_name(durable: bool) -> None:
    with TemporaryDirectory(dir="/tmp") as made:  # open to the account that runs PostgreSQL
        folder = Path(made)
        folder.chmod(0o755)
        log, home = folder / "log", folder / "postgres"
        log.touch()
        log.chmod(0o666)
        tools = Tools(
            folder=noting(folder / "bin", log, home),
            who=account(home),
            locks=(),
            durable=durable,
        )
        tools.create(home, "secret")
        said = log.read_text().splitlines()
        assert [line.split()[0] for line in said] == ["initdb", "postgres", "initdb"][: 2 + durable]
        assert said[-1].endswith(" --sync-only") is durable
        assert (home / "PG_VERSION").exists()
        assert not home.with_name("postgres.new").exists()
