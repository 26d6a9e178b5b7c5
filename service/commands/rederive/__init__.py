"""Deriving every patient anew, and saying how far it has come."""

from service.commands.rederive.command import COMMAND

__all__ = ["COMMAND"]
