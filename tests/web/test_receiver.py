"""The receiver, in a real server: who is let in, what is written before the answer, what is said when it cannot be."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
import uvicorn

from advocacy_monitor.collect import collect
from advocacy_monitor.config import load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.setup import write_campaign
from advocacy_monitor.sources import webhook_spool
from advocacy_monitor.sources.webhook import MAX_BYTES, WebhookSource
from advocacy_monitor.sources.webhook_signatures import Kind
from advocacy_monitor.store import Store
from advocacy_monitor.web import receiver as receiving
from advocacy_monitor.web.receiver import receiver
from advocacy_monitor.web.serve import serve, webhook_sources
from tests.sources.webhook_deliveries import MAPPINGS, SECRETS, body_of, signed

JSON = {"content-type": "application/json"}


class Running:
    """A receiver of four collectors, named after their kinds, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.offset = timedelta()
        self.sources = {
            kind.value: WebhookSource(
                kind=kind, spool=folder / kind.value, secret=SECRETS[kind], mapping=MAPPINGS[kind]
            )
            for kind in Kind
        }
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/webhooks"
        application = receiver(self.sources, clock=self.now)
        self.server = uvicorn.Server(uvicorn.Config(application, log_level="warning", access_log=False))

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def waiting(self, kind: Kind) -> list[bytes]:
        """The bodies in a spool."""
        spool = self.sources[kind.value].spool
        assert all(path.name in webhook_spool.names(spool) for path in spool.iterdir())
        return [webhook_spool.read(spool, name) for name in webhook_spool.names(spool)]

    def deliver(self, kind: Kind, body: bytes, **headers: str) -> httpx.Response:
        """Sends a delivery with its right signature."""
        given = {**JSON, **signed(kind, body, now=datetime.now(UTC)), **headers}
        return httpx.post(f"{self.url}/{kind.value}", content=body, headers=given, timeout=30)


@contextmanager
def started(folder: Path) -> Iterator[Running]:
    """A running receiver, ended afterwards."""
    running = Running(folder)
    thread = threading.Thread(target=running.server.run, kwargs={"sockets": [running.socket]})
    thread.start()
    while not running.server.started:
        time.sleep(0.01)
    try:
        yield running
    finally:
        running.server.should_exit = True
        thread.join()
        running.socket.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("webhooks")) as running:
        yield running


@pytest.fixture
def server(shared: Running) -> Running:
    """The receiver with empty spools."""
    shared.offset = timedelta()
    for source in shared.sources.values():
        for path in source.spool.iterdir():
            path.unlink()
    return shared


@pytest.mark.parametrize("kind", list(Kind))
def test_from_the_service_into_the_store(server: Running, store: Store, kind: Kind) -> None:
    bodies = [body_of(kind, number, "Für mich: die Wärme") for number in (1, 2)]
    for body in (*bodies, bodies[0]):
        answer = server.deliver(kind, body)
        assert (answer.status_code, answer.json()) == (200, {"received": "kept"})
    assert server.waiting(kind) == bodies
    tally = collect(store, kind, server.sources[kind.value]).tally
    assert (tally.read, tally.stored, tally.rejected) == (2, 2, 0)
    assert server.deliver(kind, bodies[0]).status_code == 200
    assert collect(store, kind, server.sources[kind.value]).tally.read == 0
    assert store.items.count() == 2


@pytest.mark.parametrize("kind", list(Kind))
def test_who_cannot_sign_leaves_nothing_behind(server: Running, kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    body = body_of(kind, 1, "secret words")
    right = signed(kind, body, now=datetime.now(UTC))
    foreign = signed(kind, body, now=datetime.now(UTC), secret="whsec_Zm9yZWlnbg==")
    with caplog.at_level(logging.INFO):
        for headers, sent in (({}, body), (foreign, body), (right, body + b" ")):
            answer = httpx.post(f"{server.url}/{kind.value}", content=sent, headers={**JSON, **headers})
            assert (answer.status_code, answer.json()) == (401, {"error": "the signature is missing or wrong"})
    assert server.waiting(kind) == []
    assert f"webhooks/{kind.value}: a delivery was refused" in caplog.text
    for hidden in ("secret words", SECRETS[kind], *right.values()):
        assert hidden not in caplog.text


def test_a_signed_delivery_of_ten_minutes_ago_is_refused(server: Running) -> None:
    server.offset = timedelta(minutes=10)
    assert server.deliver(Kind.FORMBRICKS, body_of(Kind.FORMBRICKS)).status_code == 401
    assert server.waiting(Kind.FORMBRICKS) == []


def test_what_is_not_an_answer_is_acknowledged_and_not_kept(server: Running) -> None:
    body = body_of(Kind.FORMBRICKS).replace(b"responseFinished", b"responseUpdated")
    answer = server.deliver(Kind.FORMBRICKS, body)
    assert (answer.status_code, answer.json()["received"].split(":")[0]) == (200, "nothing to keep")
    assert server.waiting(Kind.FORMBRICKS) == []


def test_what_is_signed_and_cannot_be_read_is_kept(server: Running, store: Store) -> None:
    """The service will not send it again, so a person must be able to look at it."""
    for body in (b"{", b"\xff\xfe", b'{"form_response": 3}'):
        assert server.deliver(Kind.TYPEFORM, body).status_code == 200
    tally = collect(store, "typeform", server.sources["typeform"]).tally
    assert (tally.read, tally.rejected) == (3, 3)


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("webhooks/nobody", "POST", JSON, 404),
        ("webhooks/..%2ftypeform", "POST", JSON, 404),
        ("webhooks/", "POST", JSON, 404),
        ("", "GET", {}, 404),
        ("webhooks/typeform", "GET", JSON, 405),
        ("webhooks/typeform", "POST", {}, 415),
        ("webhooks/typeform", "POST", {"content-type": "text/plain"}, 415),
        ("webhooks/typeform", "POST", {"content-type": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_nobody_else_is_answered(server: Running, path: str, method: str, headers: dict[str, str], status: int) -> None:
    answer = httpx.request(method, f"http://127.0.0.1:{server.port}/{path}", headers=headers, content=b"{}")
    assert answer.status_code == status
    assert str(server.sources["typeform"].spool) not in answer.text


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "Application/JSON", "application/vnd.x+json"]
)
def test_json_by_other_names(server: Running, content_type: str) -> None:
    assert server.deliver(Kind.TALLY, body_of(Kind.TALLY), **{"content-type": content_type}).status_code == 200


def test_too_long_a_delivery_is_cut_off_while_it_is_read(server: Running) -> None:
    exact = b'{"a":"' + b"x" * (MAX_BYTES - 8) + b'"}'
    assert len(exact) == MAX_BYTES
    assert server.deliver(Kind.JSON, exact).status_code == 200
    assert server.deliver(Kind.JSON, exact + b" ").status_code == 413
    # No length announced, and no end: the answer comes although nothing ends.
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    with connection:
        head = "POST /webhooks/json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        try:
            for _ in range(40):
                connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # it did not even wait
        assert b"413" in connection.recv(100)
    assert server.waiting(Kind.JSON) == [exact]


def test_who_sends_too_slowly_is_cut_off(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "SECONDS_TO_SEND", 0.2)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.putrequest("POST", "/webhooks/typeform")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"{")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("connection")) == (408, "close")
    connection.close()


def test_who_goes_away_while_sending_leaves_nothing_behind(server: Running) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = "POST /webhooks/typeform HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n{"
        connection.sendall(head.encode())
    assert server.deliver(Kind.TYPEFORM, body_of(Kind.TYPEFORM)).status_code == 200
    assert server.waiting(Kind.TYPEFORM) == [body_of(Kind.TYPEFORM)]


def test_what_cannot_be_written_is_asked_for_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with started(tmp_path) as server:
        spool = server.sources["typeform"].spool
        spool.rmdir()
        spool.write_text("a file in its place")
        body = body_of(Kind.TYPEFORM, 1, "secret words")
        answer = server.deliver(Kind.TYPEFORM, body)
        assert answer.status_code == 503
        assert answer.json() == {"error": "the delivery could not be written down; please send it again"}
        assert answer.headers["retry-after"] == "300"
        assert "Not a directory" in caplog.text
        assert "secret words" not in caplog.text
        spool.unlink()
        spool.mkdir()
        assert server.deliver(Kind.TYPEFORM, body).status_code == 200
        assert server.waiting(Kind.TYPEFORM) == [body]


def test_many_at_once(server: Running, store: Store) -> None:
    """Each delivery twice, from eight connections: each is there once."""
    bodies = [body_of(Kind.TALLY, number) for number in range(40)]
    failed: list[int] = []

    def send(part: list[bytes]) -> None:
        failed.extend(status for body in part if (status := server.deliver(Kind.TALLY, body).status_code) != 200)

    threads = [threading.Thread(target=send, args=(bodies[number % 4 :: 4],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    tally = collect(store, "tally", server.sources["tally"]).tally
    assert (tally.stored, tally.rejected) == (40, 0)


CAMPAIGN = """
collectors:
  spring:
    source: webhook
    settings: {kind: typeform, spool: spool/spring, secret: {file: secret.txt}}
  posts:
    source: file
    settings: {path: posts.jsonl}
"""


def test_a_campaign_s_collectors(tmp_path: Path) -> None:
    path = write_campaign(tmp_path, name="n", sponsor="s", contact="c")
    kept = path.read_text().split("\ncollectors:")[0]
    path.write_text(kept + CAMPAIGN)
    (tmp_path / "secret.txt").write_text("typeform secret\n")
    (source,) = webhook_sources(load_config(path)).values()
    assert source.spool == tmp_path / "spool" / "spring"
    assert source.secret.get_secret_value() == "typeform secret"
    other = "  autumn:\n    source: webhook\n    settings: {kind: tally, spool: spool/../spool/spring, secret: {file: secret.txt}}\n"
    path.write_text(kept + CAMPAIGN + other)
    with pytest.raises(ConfigError, match="two collectors have the same spool"):
        webhook_sources(load_config(path))
    path.write_text(kept)
    with pytest.raises(ConfigError, match="no collector has the source webhook"):
        serve(load_config(path))
    path.write_text(kept + CAMPAIGN.replace("spool/spring", "secret.txt/spring"))
    with pytest.raises(ConfigError, match=r"the spool .*secret\.txt.* cannot be made: Not a directory"):
        serve(load_config(path))
