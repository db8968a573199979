"""What a daemon is asked by signals: to end (SIGTERM, SIGINT) or to read its configuration anew (SIGHUP).

A signal may arrive between any two instructions, also inside a lock; so its catcher only lets Python write the
signal's number into a socket, and whoever waits reads it there.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from enum import Enum
from types import FrameType, TracebackType


class Wish(Enum):
    """What can be asked for."""

    STOP = "stop"
    RELOAD = "reload"


_SIGNALS = {signal.SIGTERM: Wish.STOP, signal.SIGINT: Wish.STOP, signal.SIGHUP: Wish.RELOAD}


def _noted(number: int, frame: FrameType | None) -> None:
    """Python writes the number into the socket by itself."""


def _has_terminal() -> bool:
    """Whether this process has a terminal that would tell it when somebody closes it."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True


class Wishes:
    """Catches the signals while it is open, where it is opened in the main thread. Elsewhere only `ask` asks."""

    def __init__(self) -> None:
        self._reading, self._writing = socket.socketpair()
        self._reading.setblocking(False)
        self._writing.setblocking(False)
        self._before: dict[signal.Signals, object] = {}
        self._wakeup = -1
        # `nohup` says that a closed terminal is to be no reason to end.
        self._minds_terminal = _has_terminal() and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
        self._had_terminal = _has_terminal()

    def __enter__(self) -> Wishes:
        if threading.current_thread() is threading.main_thread():
            self._wakeup = signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
            self._before = {number: signal.signal(number, _noted) for number in _SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before:
            signal.set_wakeup_fd(self._wakeup)
        for number, before in self._before.items():
            signal.signal(number, before)  # type: ignore[arg-type]  # as `signal` itself gave it
        self._reading.close()
        self._writing.close()

    def ask(self, wish: Wish) -> None:
        """Asks from another thread."""
        (number,) = (number for number, meant in _SIGNALS.items() if meant is wish and number != signal.SIGINT)
        self._writing.send(bytes([number]))

    def wait(self, seconds: float) -> Wish | None:
        """What is asked for, after at most so many seconds; an end goes before everything else."""
        if not select.select([self._reading], [], [], seconds)[0]:
            return None
        wishes = {self._meant(number) for number in self._reading.recv(4096)}
        return Wish.STOP if Wish.STOP in wishes else Wish.RELOAD if Wish.RELOAD in wishes else None

    def _meant(self, number: int) -> Wish | None:
        """SIGHUP also comes when somebody closes the terminal in which the daemon was started: then it ends."""
        if number == signal.SIGHUP and self._had_terminal and not _has_terminal():
            return Wish.STOP if self._minds_terminal else None
        return _SIGNALS.get(signal.Signals(number)) if number in list(_SIGNALS) else None
