"""The server.

`command` puts it together: where it listens (`address`), what it is made of (`answering`) and what a
first user is shown (`welcome`).
"""

from service.commands.serve.address import listening, refuse_every_origin, root
from service.commands.serve.answering import running
from service.commands.serve.command import COMMAND

__all__ = ["COMMAND", "listening", "refuse_every_origin", "root", "running"]
