"""A terminal for a process or a stream under test, read to the end however much is written."""

import os
import pty
from threading import Thread
from types import TracebackType
from typing import Self


class Terminal:
    """`with Terminal() as terminal:` write to `terminal.theirs`; `said` is all that came, once the
    block has ended and everybody has closed it."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self._parts = list[bytes]()
        self._reading = Thread(target=self._read)

    @property
    def said(self) -> str:
        return b"".join(self._parts).decode()

    def __enter__(self) -> Self:
        self._reading.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.theirs)
        self._reading.join()
        os.close(self._ours)

    def _read(self) -> None:
        """Until nobody holds the other end, which the kernel tells as an error."""
        try:
            while part := os.read(self._ours, 4096):
                self._parts.append(part)
        except OSError:
            return
