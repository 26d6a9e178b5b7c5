"""A server that is measured, as the clients and the report see it."""

from dataclasses import dataclass

from bench import processes
from bench.connection import END_OF_HEAD, END_OF_LINE, Address

BASE = "/fhir"
"""What every prepared request is addressed below."""


class NotMeasurable(Exception):
    """The run has no result; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that answers."""

    name: str
    address: Address
    base: str = BASE
    """Path of its FHIR base, without a slash at the end."""
    pid: int | None = None
    """None where it is not known to run on this machine."""
    postmaster: int | None = None
    """Process of its PostgreSQL; None where the database is within the server."""
    dsn: str = ""
    maintenance_dsn: str = ""
    headers: bytes = b""
    """Lines that go with every request, each with its end."""

    def asked(self, request: bytes) -> bytes:
        """A request as this server is to get it."""
        if self.base != BASE:
            request = request.replace(f" {BASE}".encode(), f" {self.base}".encode(), 1)
        if self.address.host != "127.0.0.1":
            host = f"Host: {self.address.host}:{self.address.port}\r\n".encode()
            request = request.replace(b"Host: 127.0.0.1\r\n", host, 1)
        return request.replace(END_OF_HEAD, END_OF_LINE + self.headers + END_OF_LINE, 1)

    def watched(self) -> dict[str, int]:
        """The processes that work for it."""
        found = {"server": self.pid, "database": self.postmaster}
        return {name: pid for name, pid in found.items() if pid is not None}

    def memory(self) -> dict[str, float]:
        """MiB: resident of the server, of several processes with shared pages counted once; of the
        database likewise."""
        used = {}
        if self.pid is not None:
            members = processes.family(self.pid)
            several = len(members) > 1
            used["server"] = (
                processes.proportional_mib(members) if several else processes.resident_mib(self.pid)
            )
        if self.postmaster is not None:
            used["database"] = processes.proportional_mib(processes.family(self.postmaster))
        return used
