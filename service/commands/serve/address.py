"""Where a server listens, and where it must not."""

import ipaddress
import socket
from collections.abc import Sequence

from service.commands import CommandError


def root(listener: socket.socket) -> str:
    """`http://host:port` of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listening(host: str, port: int) -> socket.socket:
    """Raises `CommandError` where the address is taken or not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host} port {port}: {error.strerror}. "
            "Stop what uses it, or choose another with --port or ATTUNE_PORT."
        ) from None


def refuse_open_address(host: str) -> None:
    """Until issuers of tokens are configured nobody is asked who they are."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise CommandError(
            f"{host} is not a loopback address, and without token issuers anyone who reaches it "
            "could read every record: set ATTUNE_ISSUERS, or listen on 127.0.0.1."
        )


def refuse_every_origin(origins: Sequence[str]) -> None:
    """A page of anybody's, opened on this machine, would read what is asked of nobody."""
    if "*" in origins:
        raise CommandError(
            "ATTUNE_CORS_ORIGINS is *, and without token issuers every web page that is opened on "
            "this machine could read every record: set ATTUNE_ISSUERS, or name the origins."
        )
