"""Writing `openapi/openapi.json`, or checking that the one in the repository is the newest."""

import argparse
from pathlib import Path

import orjson

from service import main
from service.commands import Command, CommandError
from service.settings import Settings

FILE = Path(__file__).parents[2] / "openapi" / "openapi.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--check` is what CI runs."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail where the file is out of date"
    )


def openapi(given: argparse.Namespace, settings: Settings) -> int:
    """Raises `CommandError` where `--check` finds a difference."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    text = orjson.dumps(
        main.description(main.ports(settings, main.base_url(settings))), option=options
    )
    if not given.check:
        FILE.write_bytes(text)
        print(f"Wrote {FILE}.")
    elif not FILE.exists() or FILE.read_bytes() != text:
        raise CommandError("openapi/openapi.json is out of date: run `make openapi`.")
    else:
        print("openapi/openapi.json is up to date.")
    return 0


COMMAND = Command(
    name="openapi",
    help="write openapi/openapi.json, or check it",
    arguments=arguments,
    run=openapi,
)
