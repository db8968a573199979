"""The form beside other work of the daemon: served in a thread, made anew when its part of the configuration changed.

The address is opened once and outlives the server: whoever comes while one form makes room for the next waits a moment
in the queue of the operating system, and nobody is refused.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import AdvocacyMonitorError, ServeError
from advocacy_monitor.web.serve import form_server

if TYPE_CHECKING:
    import uvicorn

_log = logging.getLogger(__name__)
_NOT_ITS_PART = {
    *("enrichers", "thresholds", "verification", "training", "digest", "backups", "monitoring", "alerts", "network"),
    *("desk", "collectors"),
}
"""Sections of config.yaml that no page of the form reads. Of collectors, the privacy notice names the sources."""
_SECONDS_TO_START = 60
_QUEUE = 2048


@dataclass(frozen=True, slots=True)
class _Served:
    server: uvicorn.Server
    thread: threading.Thread
    made_of: object


class FormBeside:
    """Serves the form where `form.port` says so. Close it at the end."""

    def __init__(self) -> None:
        self._served: _Served | None = None
        self._listening: socket.socket | None = None
        self._address: tuple[str, int] | None = None

    @property
    def is_well(self) -> bool:
        """Whether the form answers, or there is to be none."""
        return self._served is None or self._served.thread.is_alive()

    def follow(self, loaded: Loaded) -> bool:
        """Serves the form as the configuration says now; whether anything changed. Raises ConfigError, ServeError,
        StoreError. Then what was served before is served still.
        """
        settings = loaded.config.form
        made_of = None if settings.port is None else (_part(loaded), _files(loaded))
        if self.is_well and made_of == (None if self._served is None else self._served.made_of):
            return False
        if settings.port is None:
            self.close()
            return True
        address = (settings.host, settings.port)
        listening = self._listening if address == self._address and self._listening else _listen(*address)
        try:
            served = _serve(loaded, listening, made_of)
        except AdvocacyMonitorError:
            if listening is not self._listening:
                listening.close()
            raise
        # Both take visitors for a moment, so that none has to wait until the old one has answered its last.
        self._end()
        self._keep(listening, address)
        self._served = served
        _log.info("the form is at http://%s:%s/", *address)
        return True

    def close(self) -> None:
        """Answers whom it is just answering, then ends."""
        self._end()
        if self._listening is not None:
            self._listening.close()
        self._listening = self._address = None

    def _keep(self, listening: socket.socket, address: tuple[str, int]) -> None:
        if self._listening is not None and self._listening is not listening:
            self._listening.close()
        self._listening, self._address = listening, address

    def _end(self) -> None:
        if self._served is not None:
            self._served.server.should_exit = True
            self._served.thread.join()
            self._served = None


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_QUEUE)
    except OSError as error:
        raise ServeError(f"the form cannot be served at {host}:{port}: {error.strerror or error}") from error


def _serve(loaded: Loaded, listening: socket.socket, made_of: object) -> _Served:
    """Serves in a thread. A server closes what it listens at, so it gets a second door to the same queue.

    Raises ConfigError, ServeError, StoreError.
    """
    made = form_server(loaded, host=loaded.config.form.host, port=loaded.config.form.port or 0)
    from advocacy_monitor.web.ending import PatientServer

    server = PatientServer(made.config)
    thread = threading.Thread(target=server.run, args=([listening.dup()],), name="form")
    thread.start()
    until = time.monotonic() + _SECONDS_TO_START
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    if not server.started:
        server.should_exit = True
        raise ServeError("the form has not started; what is wrong stands above in the log")
    return _Served(server, thread, made_of)


def _part(loaded: Loaded) -> dict[str, Any]:
    """What the form is made of in the configuration."""
    made = loaded.config.model_dump(mode="json", exclude=_NOT_ITS_PART)
    made["sources"] = {name: collector.source for name, collector in loaded.config.collectors.items()}
    return made


def _files(loaded: Loaded) -> dict[str, tuple[int, int]]:
    """The files that the form is made of: the questionnaire, libraries, postcodes, templates of the campaign's own."""
    campaign, found = loaded.config.campaign, {}
    for path in (
        *(loaded.folder / str(name) for name in (campaign.libraries, campaign.postcodes, campaign.areas) if name),
        *(loaded.folder / name for name in (loaded.config.form.questionnaire, campaign.codebook)),
        *_below(loaded.folder / "form"),
    ):
        with contextlib.suppress(OSError):
            known = path.stat()
            found[str(path)] = (known.st_mtime_ns, known.st_size)
    return found


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
