"""The server: of one process, or of a first one and several that answer.

`command` puts it together: where it listens (`address`), what it is made of (`answering`, which is
all of it where one process answers) and what a first user is shown (`welcome`). Of several
processes, `workers` is what the first does once the database is ready: it starts the others
(`worker`, each a program of its own, seen from the first as a `colleague`) and hands them clients'
connections.
"""

from service.commands.serve.address import listening, refuse_every_origin, root
from service.commands.serve.answering import running
from service.commands.serve.command import COMMAND

__all__ = ["COMMAND", "listening", "refuse_every_origin", "root", "running"]
