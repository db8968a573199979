"""A server that ends without cutting anybody off: who has just connected still gets an answer."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

_LEAST_SECONDS = 0.1
_MOST_SECONDS = 3.0
"""Between a connection and its first request lies the way through the network; browsers also connect just in case."""


class PatientServer(uvicorn.Server):
    """Takes no more connections, lets those that are open say what they want first, and ends as uvicorn does."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Is called by uvicorn once, in the server's own loop."""
        for server in self.servers:
            server.close()
        clock = asyncio.get_running_loop().time
        until = clock() + _MOST_SECONDS
        await asyncio.sleep(_LEAST_SECONDS)
        while clock() < until and self._somebody_is_new():
            await asyncio.sleep(_LEAST_SECONDS)
        await super().shutdown(sockets)

    def _somebody_is_new(self) -> bool:
        """Whether a connection is open on which nothing was asked yet."""
        return any(getattr(each, "cycle", None) is None for each in self.server_state.connections)
