"""`python -m service openapi`: writes what is published, or checks that it is the newest."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

from service import main
from service.clinical import simulation
from service.clinical.catalogue import catalogue
from service.clinical.derive import indicators
from service.clinical.documents.findings import findings
from service.clinical.documents.instruments import instruments
from service.commands import Command, CommandError
from service.commands.openapi.sayings import sayings
from service.settings import Settings

FOLDER = Path(__file__).parents[3] / "openapi"
SIMULATION = FOLDER / "simulation.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--check` is what CI runs."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where a file is out of date"
    )


def openapi(given: argparse.Namespace, settings: Settings) -> int:
    """Raises `CommandError` where `--check` finds a difference."""
    published = documents(settings)
    old = outdated(published, FOLDER)
    if given.check and old:
        raise CommandError(f"{', '.join(old)} in openapi/ out of date: run `make openapi`.")
    for name in old:
        (FOLDER / name).write_bytes(published[name])
    print(*_said(published, old, checked=given.check), sep="\n")
    return 0


def documents(settings: Settings) -> Mapping[str, bytes]:
    """The name of each file in `openapi/`, with its content."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    described = main.description(main.ports(settings, main.base_url(settings)))
    simulated = simulation.read(SIMULATION.read_bytes())
    return {
        "openapi.json": orjson.dumps(described, option=options),
        "instruments.md": instruments(catalogue().instruments).encode(),
        "findings.md": findings(indicators(), sayings(), simulated).encode(),
    }


def outdated(published: Mapping[str, bytes], folder: Path) -> list[str]:
    """The files of `folder` that are missing or not as published."""
    files = {name: folder / name for name in published}
    return [
        name
        for name, content in published.items()
        if not files[name].exists() or files[name].read_bytes() != content
    ]


def _said(published: Mapping[str, bytes], old: list[str], *, checked: bool) -> Iterator[str]:
    for name in published:
        wrote = not checked and name in old
        yield f"Wrote openapi/{name}." if wrote else f"openapi/{name} is up to date."


COMMAND = Command(
    name="openapi",
    help="write the documents in openapi/, or check them",
    arguments=arguments,
    run=openapi,
)
