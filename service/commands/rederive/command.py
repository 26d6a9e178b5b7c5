"""`python -m service rederive`: every patient anew, after a rule or a setting changed."""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field

from service import main
from service.commands import Command
from service.commands.rederive.progress import Progress
from service.interactions import rederive as run
from service.settings import Settings
from service.store import migration
from service.store.roles import Addresses

INTERRUPTED = 130
"""The exit status of what Ctrl-C ended."""
LISTED = 100
"""Patients who could not be derived, at the most so many by name."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said on the command line."""
    parser.add_argument(
        "--anew",
        action="store_true",
        help="begin with the first patient, where an interrupted run would go on",
    )


def rederive(given: argparse.Namespace, settings: Settings) -> int:
    """Read what the rules need of every resource again, and settle every patient."""
    main.configure_log(settings.log_level)
    watched = Watched()
    try:
        with main.postgres(settings, beside=True) as at, watched.progress:
            tally = asyncio.run(_rederive(settings, at, watched, anew=given.anew))
    except KeyboardInterrupt:
        print(f"Interrupted{watched.place()}: run it again to go on from there.", file=sys.stderr)
        return INTERRUPTED
    print(f"{tally.done} patients derived anew; {tally.changed} of them changed.")
    return _listed(tally)


async def _rederive(
    settings: Settings, at: Addresses, watched: "Watched", *, anew: bool
) -> run.Tally:
    await migration.upgrade(at)
    async with main.opened(settings, at.service, main.base_url(settings)) as site:
        done = [
            await run.rederive(own, access, anew=anew, tell=watched.hear)
            for own, access in site.everyone()
        ]
    return run.Tally(
        before=sum(tally.before for tally in done),
        done=sum(tally.done for tally in done),
        total=sum(tally.total for tally in done),
        changed=sum(tally.changed for tally in done),
        failed={patient: why for tally in done for patient, why in tally.failed.items()},
    )


@dataclass(kw_only=True)
class Watched:
    """What was heard of a run, and shown."""

    progress: Progress = field(
        default_factory=lambda: Progress(stream=sys.stderr, clock=time.monotonic)
    )
    last: run.Tally | None = None

    def hear(self, tally: run.Tally) -> None:
        if self.last is None and tally.before:
            print(f"Going on after {tally.before} patients.", file=sys.stderr)
        self.last = tally
        self.progress.tell(tally.done, tally.total)

    def place(self) -> str:
        return f" after {self.last.done} of {self.last.total} patients" if self.last else ""


def _listed(tally: run.Tally) -> int:
    """The exit status, after those who could not be derived."""
    if not tally.failed:
        return 0
    print(
        f"{len(tally.failed)} could not be derived and keep what they had; the next run tries them"
        " again:",
        file=sys.stderr,
    )
    for patient, reason in list(tally.failed.items())[:LISTED]:
        print(f"  {patient}: {reason}", file=sys.stderr)
    if len(tally.failed) > LISTED:
        print(f"  and {len(tally.failed) - LISTED} more", file=sys.stderr)
    return 1


COMMAND = Command(
    name="rederive",
    help="derive every patient's scores and findings anew, beside a running server, too",
    arguments=arguments,
    run=rederive,
)
