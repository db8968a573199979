"""Connections of strangers have an end: the head of a request is bounded in length, and in the time it may take.

Without this anybody could fill the server's memory with a head that never ends, or hold all its connections open by
saying nothing. How long a body may be, and may take, is a matter of the pages (app.py).
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS_FOR_A_HEAD = 10.0
"""From the connection, or from the first byte of a further request, to the end of the request's head."""

MOST_BYTES_OF_A_HEAD = 32 * 1024


class PatientProtocol(H11Protocol):
    """uvicorn's protocol by h11, which bounds a head's length, with a clock beside it.

    For `uvicorn.Config(http=PatientProtocol, h11_max_incomplete_event_size=MOST_BYTES_OF_A_HEAD, ws="none")`.
    """

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to wait for a head."""
        super().connection_made(cast(asyncio.Transport, transport))  # uvloop's are none of asyncio's class
        self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        """Waits on, as long as there is a part of a head only."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE or not self.conn.trailing_data[0]:
            self._stop_waiting()
        elif self._patience is None:
            self._wait_for_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait_for_a_head(self) -> None:
        self._patience = self.loop.call_later(SECONDS_FOR_A_HEAD, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()
