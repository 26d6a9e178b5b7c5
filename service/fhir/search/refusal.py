"""What a search cannot do, said by name and without echoing what is no name."""

import re

from service.errors import Issue, Severity

NAME = re.compile(r":?[A-Za-z_][A-Za-z0-9_:.-]{0,199}")
"""As long as the longest chain."""


class Unsupported(Exception):
    """A parameter that is refused, or under lenient handling left out."""

    def __init__(self, code: str, message: str) -> None:
        """`code` is an issue type."""
        super().__init__(message)
        self.code = code
        self.message = message

    def issue(self, severity: Severity) -> Issue:
        return Issue(severity=severity, code=self.code, message=self.message)


def quoted(name: str) -> str:
    """A name in quotes; text that cannot be a name is not repeated."""
    return f"'{name}'" if NAME.fullmatch(name) else "of a name that is none"
