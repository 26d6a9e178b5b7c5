"""What is run by hand: one file a command, found by discovery."""

import argparse
import gc
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from service import therapy
from service.api.auth.issuers_file import IssuersUnusable
from service.clinical.definitions import Refused
from service.errors import ServiceError
from service.registry import discover
from service.settings import Settings
from service.store.account import ClusterUnusable


@dataclass(frozen=True, kw_only=True)
class Command:
    """`python -m service NAME`."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Settings], int]
    """The process's exit status."""


class CommandError(Exception):
    """A command that cannot go on; its message is the sentence the user sees."""


def no_arguments(parser: argparse.ArgumentParser) -> None:
    """For commands that are told everything by the settings."""


def run(arguments: Sequence[str]) -> int:
    """Read the command line and run the command; mistakes end in one sentence, not a traceback."""
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--data-dir", help="folder of the embedded PostgreSQL (ATTUNE_DATA_DIR, default .attune)"
    )
    choices = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    # Of the others some need what takes long to import; they are told of where none is named.
    named = "".join(arguments[:1]).replace("-", "_")
    for command in discover("service.commands", "COMMAND", Command, only=named):
        choice = choices.add_parser(command.name, help=command.help, parents=[shared])
        command.arguments(choice)
        choice.set_defaults(command=command)
    gc.enable()
    given = parser.parse_args(arguments)
    try:
        chosen: Command = given.command
        settings = _settings(given)
        # Refused before anything is opened: a broken file leaves a running database alone.
        therapy.instruments(settings)
        return chosen.run(given, settings)
    except (ClusterUnusable, CommandError, IssuersUnusable, Refused, ServiceError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1


def _settings(given: argparse.Namespace) -> Settings:
    """Settings from the environment; what the command line says goes before them."""
    said = {
        name: value
        for name, value in vars(given).items()
        if name in Settings.model_fields and value is not None
    }
    try:
        return Settings(**said)
    except ValidationError as error:
        first = error.errors()[0]
        setting, *within = map(str, first["loc"])
        rule = first["msg"].removeprefix("Value error, ").rstrip(".")
        place = f" ({'.'.join(within)})" if within else ""
        raise CommandError(
            f"The setting ATTUNE_{setting.upper()}{place} is wrong: {rule}."
        ) from None
