"""The embedded PostgreSQL of a data directory on which a server may be running already."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.store.cluster import HOME, PASSWORD, Cluster, addresses, is_ready, said_of_itself
from service.store.locks import InUse
from service.store.roles import Addresses

PATIENCE_SECONDS = 60.0
"""How long a server that holds the data directory may take to start or to stop."""
PAUSE_SECONDS = 0.1


@contextmanager
def shared(folder: Path) -> Iterator[Addresses]:
    """Where the database is: that of the server that runs here, else of a PostgreSQL of our
    own for as long as this is open. Should that server stop meanwhile, so does the database."""
    cluster = Cluster(folder)
    found = _started_or_found(cluster)
    try:
        yield found
    finally:
        cluster.stop()


def _started_or_found(cluster: Cluster) -> Addresses:
    patience = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            cluster.start()
        except InUse:
            found = running(cluster.folder)
            if found is not None:
                return found
            if time.monotonic() > patience:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return cluster.addresses


def running(folder: Path) -> Addresses | None:
    """Where the database is that a server of ours keeps running in a data directory."""
    lines = said_of_itself(folder / HOME)
    if not is_ready(lines):
        return None
    place = Path(lines[4])
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            # A file left behind by a sudden end says `ready`, too.
            probe.connect(str(place / f".s.PGSQL.{lines[3]}"))
        except OSError:
            return None
    return addresses((folder / PASSWORD).read_text(), place)
