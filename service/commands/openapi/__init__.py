"""What is published for those who call or read the service, written from the code itself.

`openapi/openapi.json` describes the doors, `openapi/instruments.md` and `openapi/findings.md` the
numbers behind them. CI holds all three against what the code gives.
"""

from service.commands.openapi.command import COMMAND

__all__ = ["COMMAND"]
