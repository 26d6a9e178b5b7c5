"""Measure the service, beside other servers and beside PostgreSQL alone, on this machine.

    python -m bench          everything, and the ladder to 200,000 Observations (below 15 minutes)
    python -m bench --full   the ladder to 2,000,000, longer runs (about 40 minutes)
    python -m bench soak     a mixed load for long, and whether anything grew
    python -m bench profile  which statements PostgreSQL spent its time on, at each size

Prints tables; a run also writes bench/results/latest.json and latest.svg.
"""

import signal
import sys
import tempfile
from pathlib import Path

from bench import profile, run, soak
from bench.options import Options, What, options
from bench.server import NotMeasurable

ON_DISK = "/var/tmp"  # noqa: S108  (ours alone; /tmp may be memory, and what is measured must last)
DONE = {What.RUN: run.run, What.SOAK: soak.soak, What.PROFILE: profile.profile}


def main(arguments: list[str]) -> int:
    asked: Options = options(arguments, __doc__ or "")
    # Whoever ends this ends the servers, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with tempfile.TemporaryDirectory(prefix="attune-bench-", dir=ON_DISK) as folder:
            Path(folder).chmod(0o755)  # PostgreSQL may run as another account
            return DONE[asked.what](Path(folder), asked)
    except NotMeasurable as reason:
        print(f"No result: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
