"""A small answer that unpacks to very much is given up, through every client library over requests."""

from __future__ import annotations

import gzip

import pytest
import requests

from advocacy_monitor.sources import over_requests
from tests.sources.replay import Answer, ReplayServer


def test_a_packed_answer_is_counted_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_requests, "MOST_BYTES", 1024 * 1024)
    bomb = Answer(body=gzip.compress(b" " * 30_000_000), headers={"Content-Encoding": "gzip"})
    with ReplayServer(lambda request: bomb) as server, requests.Session() as session:
        session.mount("http://", over_requests.SizedAdapter())
        with pytest.raises(over_requests.TooLargeAnswerError):
            session.get(server.url)
        server.route = lambda request: Answer(body=gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"})
        assert session.get(server.url).json() == [1]
