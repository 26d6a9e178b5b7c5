"""The command `calibrate`, found by discovery."""

from service.commands.calibrate.command import COMMAND

__all__ = ["COMMAND"]
