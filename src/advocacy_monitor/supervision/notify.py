"""Tells systemd how the service is doing: ready, reloading, stopping, still alive. See sd_notify(3).

A datagram to the socket whose address stands in NOTIFY_SOCKET; where there is none, nothing happens.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Speaks to the service manager that started this process, if one did."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        given = os.environ if environment is None else environment
        address = given.get("NOTIFY_SOCKET", "")
        # A name that begins with @ has no file; the kernel writes it with a zero byte.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.watchdog_seconds = _watchdog(given)

    def ready(self, status: str) -> None:
        """It has started, or has read its configuration anew."""
        self._tell(READY=1, STATUS=status)

    def reloading(self) -> None:
        """It reads its configuration anew; `ready` ends that."""
        self._tell(RELOADING=1, MONOTONIC_USEC=time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)

    def stopping(self, status: str) -> None:
        """It was asked to end."""
        self._tell(STOPPING=1, STATUS=status)

    def alive(self) -> None:
        """The watchdog's sign of life: without it systemd ends the process and starts it again."""
        if self.watchdog_seconds is not None:
            self._tell(WATCHDOG=1)

    def status(self, words: str) -> None:
        """What `systemctl status` shows."""
        self._tell(STATUS=words)

    def _tell(self, **values: object) -> None:
        if not self._address:
            return
        # A line is one value, so no value may hold another line.
        lines = "\n".join(f"{key}={' '.join(str(value).split())}" for key, value in values.items())
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.connect(self._address)
            sending.sendall(lines.encode())


def _watchdog(given: Mapping[str, str]) -> float | None:
    """How often systemd expects a sign of life at least, in seconds; None when it expects none from this process."""
    try:
        microseconds = int(given.get("WATCHDOG_USEC", ""))
        process = int(given.get("WATCHDOG_PID", os.getpid()))
    except ValueError:
        return None
    return microseconds / 1e6 if microseconds > 0 and process == os.getpid() else None
