"""Keeps one PostgreSQL alive for as long as its owner lives; run as a program of its own.

Standard input is a pipe that only the owner holds: when it closes, however the owner ended,
PostgreSQL is shut down. A byte in it says that PostgreSQL was ready: from then on it is started
again should it die. Should the guardian itself be killed, the kernel interrupts PostgreSQL. It runs
in a session of its own, so that a Ctrl-C in the owner's terminal does not reach the database before
the owner has finished with it.
"""

import ctypes
import os
import select
import shutil
import signal
import sys
import time

IGNORED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 20.0
"""How long PostgreSQL may take to shut down before the next, ruder signal."""
REPEAT_SECONDS = 0.2
PAUSE_SECONDS = 1.0
"""Before a server that died is started again: what it left behind must be gone."""
PR_SET_PDEATHSIG = 1


def become(uid: int, gid: int) -> None:
    """Give up root, where we are root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def follow_parent_into_death(parent: int) -> None:
    """After `become`: a change of user clears the setting."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        os._exit(1)


def launch(uid: int, gid: int, folder: str, command: list[str]) -> int:
    """The process id of a new PostgreSQL, whose working directory is entered before root is given
    up: the folders above it need not be open to the other user."""
    guardian = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        for number in IGNORED:
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        become(uid, gid)
        follow_parent_into_death(guardian)
        os.execv(command[0], command)  # noqa: S606
    except OSError as error:
        print(f"FATAL:  {error}", file=sys.stderr, flush=True)
    os._exit(1)


def ended(child: int) -> bool:
    return os.waitpid(child, os.WNOHANG)[0] == child


class Owner:
    """The process that started us."""

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.gone = False
        self.has_seen_it_ready = False

    def listen(self, seconds: float, wakeup: int) -> None:
        """Until the owner says something, a child ends, or the time is over."""
        readable, _, _ = select.select([0, wakeup], [], [], seconds)
        if wakeup in readable:
            os.read(wakeup, 512)
        if 0 in readable:
            self.has_seen_it_ready = bool(os.read(0, 1))
            self.gone = not self.has_seen_it_ready
        self.gone = self.gone or os.getppid() != self.pid


def ended_within(child: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ended(child):
            return True
        time.sleep(0.01)
    return False


def shut_down(child: int) -> None:
    """Fast, then immediate, then by force; each said again and again, because a child that was
    only just forked does not hear it yet."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        patience = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < patience:
            os.kill(child, number)
            if ended_within(child, REPEAT_SECONDS):
                return


def keep(owner: Owner, wakeup: int, uid: int, gid: int, folder: str, command: list[str]) -> int:
    while True:
        child = launch(uid, gid, folder, command)
        alive = True
        while alive and not owner.gone:
            owner.listen(1.0, wakeup)
            alive = not ended(child)
        if alive:
            shut_down(child)
        elif owner.has_seen_it_ready:
            owner.listen(PAUSE_SECONDS, wakeup)
        if owner.gone or not owner.has_seen_it_ready:
            return 0 if owner.gone else 1


def main() -> int:
    uid, gid, folder, socket_folder, *command = sys.argv[1:]
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    wakeup, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    try:
        return keep(Owner(), wakeup, int(uid), int(gid), folder, command)
    finally:
        shutil.rmtree(socket_folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
