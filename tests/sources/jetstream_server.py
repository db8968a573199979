"""A Jetstream server on 127.0.0.1: it replays events over websockets, breaks off, is silent, refuses, or forgets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import websockets.exceptions
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
START = datetime(1970, 1, 1, tzinfo=UTC)
DID = "did:plc:mira00000000000000000000"
_numbers = count(1)


def us(moment: datetime) -> int:
    return (moment - START) // timedelta(microseconds=1)


def commit(moment: datetime, *, did: str = DID, operation: str = "create", rkey: str = "", **record: Any) -> dict[str, Any]:  # fmt: skip
    told: dict[str, Any] = {"operation": operation, "collection": "app.bsky.feed.post", "rev": "3k"}
    told["rkey"] = rkey or f"3k{next(_numbers):011d}"
    if operation != "delete":
        text = "The library got me through the winter. #MissedMyLibrary"
        told["record"] = {"$type": "app.bsky.feed.post", "text": text, "createdAt": moment.isoformat(), **record}
        told["cid"] = "bafyone"
    return {"did": did, "time_us": us(moment), "kind": "commit", "commit": told}


def account(moment: datetime, status: str, *, did: str = DID) -> dict[str, Any]:
    told: dict[str, Any] = {"active": False, "did": did, "seq": 1, "time": moment.isoformat()}
    return {"did": did, "time_us": us(moment), "kind": "account", "account": {**told, "status": status}}


def uri(event: dict[str, Any]) -> str:
    return f"at://{event['did']}/app.bsky.feed.post/{event['commit']['rkey']}"


class Replay:
    """A Jetstream server: everything from the cursor on, then silence. `cuts` end connections after so many events."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self.cuts: list[int] = []
        self.openings: list[dict[str, list[str]]] = []
        self.status: tuple[int, dict[str, str]] | None = None
        self.oldest_us = 0
        self.url = ""

    def opening(self, _connection: ServerConnection, request: Request) -> Response | None:
        self.openings.append(parse_qs(urlsplit(request.path).query))
        if self.status is None:
            return None
        status, headers = self.status
        return Response(status, HTTPStatus(status).phrase, websockets.Headers(headers), b"the server's words")

    def send(self, connection: ServerConnection) -> None:
        start = max(int(self.openings[-1]["cursor"][0]), self.oldest_us)
        left = self.cuts.pop(0) if self.cuts else None
        for event in list(self.events):
            if left == 0:
                break
            if not isinstance(event, dict) or event["time_us"] >= start:
                connection.send(json.dumps(event, ensure_ascii=False) if isinstance(event, dict) else event)
                left = None if left is None else left - 1
        if left == 0:
            connection.socket.shutdown(socket.SHUT_RDWR)  # no closing handshake, as when a network fails
            return
        try:
            connection.recv()
        except websockets.exceptions.ConnectionClosed:
            return


@contextmanager
def replaying() -> Iterator[Replay]:
    replay = Replay()

    def send(connection: ServerConnection) -> None:
        try:
            replay.send(connection)
        except (websockets.exceptions.ConnectionClosed, OSError):
            return  # the client has what it wants

    server: Server = serve(send, "127.0.0.1", 0, process_request=replay.opening, compression=None)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    replay.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/subscribe"
    try:
        yield replay
    finally:
        server.shutdown()
        thread.join()
