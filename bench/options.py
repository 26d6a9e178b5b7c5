"""What may be said on the command line, and what it means."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.ladder import RUNGS

PARTS = ("starts", "closed", "therapy", "open", "ladder")
USUAL_RUNGS, QUICK_RUNGS = RUNGS[:3], RUNGS[:2]


class What(StrEnum):
    """What is to be done."""

    RUN = "run"
    SOAK = "soak"
    PROFILE = "profile"


@dataclass(frozen=True, kw_only=True)
class Options:
    """One run."""

    what: What = What.RUN
    rounds: int
    seconds: float
    """Of each closed run, after its warm-up."""
    warm_up_seconds: float
    open_seconds: float
    ladder_seconds: float
    """Of each shape in a round."""
    rungs: tuple[int, ...]
    parts: tuple[str, ...] = PARTS
    full: bool = False
    """Whether sekmet-fhir is also measured as it comes, and ours with a token of a scope that
    names a category."""
    alone: bool = False
    """Whether sekmet-fhir is left out."""
    peer: str | None = None
    peer_headers: list[str]
    peer_pid: int | None = None
    minutes: float = 30.0
    """Of a soak."""
    window_seconds: float = 15.0
    """Of one sample of a soak."""
    top: int = 8
    """Statements of each kind of request that a profile shows."""

    def wants(self, part: str) -> bool:
        return part in self.parts


def options(arguments: Sequence[str], about: str) -> Options:
    given = _parser(about).parse_args(arguments)
    seconds = given.seconds or (2.0 if given.full else 1.2)
    rungs = RUNGS if given.full else QUICK_RUNGS if given.quick else USUAL_RUNGS
    return Options(
        what=What(given.what),
        rounds=given.rounds,
        seconds=seconds,
        warm_up_seconds=0.8 if given.full else 0.6,
        open_seconds=2 * seconds,
        ladder_seconds=seconds / 4,
        rungs=given.rungs or rungs,
        parts=given.only or PARTS,
        full=given.full,
        alone=given.alone,
        peer=given.peer,
        peer_headers=given.peer_header,
        peer_pid=given.peer_pid,
        minutes=given.minutes,
        window_seconds=given.window,
        top=given.top,
    )


def _parser(about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_argument
    what("what", nargs="?", choices=[each.value for each in What], default=What.RUN.value)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="the ladder to 20,000 only")
    sizes.add_argument(
        "--full",
        action="store_true",
        help="the whole ladder to 2,000,000 (filling it takes about six minutes), longer runs,"
        " sekmet-fhir also as it comes, and a token of a scope that names a category",
    )
    what("--rounds", type=_at_least_one, default=3, help="of every measurement (3)")
    what("--seconds", type=float, help="of each run, after a warm-up (1.2; --full: 2)")
    what("--rungs", type=_numbers, help="sizes of the ladder, such as 2000,20000")
    what("--only", type=_parts, help=f"some of {','.join(PARTS)}")
    what("--alone", action="store_true", help="without sekmet-fhir")
    what("--peer", metavar="URL", help="FHIR base of another server, empty before, to measure too")
    what(
        "--peer-header",
        metavar="LINE",
        action="append",
        default=[],
        help="goes with every request to it, such as 'Authorization: Bearer ...'",
    )
    what("--peer-pid", type=int, help="its process, where its CPU and memory are to be told")
    what("--minutes", type=float, default=30.0, help="of a soak (30)")
    what("--window", type=float, default=15.0, help="seconds of one sample of a soak (15)")
    what("--top", type=int, default=8, help="statements of a kind that a profile shows (8)")
    return parser


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in text.split(",")))


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split(","))
    if not set(parts) <= set(PARTS):
        raise ValueError(text)
    return parts
