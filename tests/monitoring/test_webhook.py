"""The webhook for alerts: it gets JSON, is never repeated, leads nowhere else, and holds nobody up."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.monitoring.webhook import posted
from tests.mailing.server import certificate


class _Answers(BaseHTTPRequestHandler):
    status = 200
    got: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        self.got.append((str(self.headers["Content-Type"]), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[_Answers]]]:
    answers = type("Answers", (_Answers,), {"got": []})
    with HTTPServer(("127.0.0.1", 0), answers) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}/MARKER", answers
        serving.shutdown()
        thread.join()


def test_a_webhook_gets_json(server: tuple[str, type[_Answers]]) -> None:
    address, answers = server
    posted(address, b'{"text": "x"}', private_hosts=["127.0.0.1"])
    assert answers.got == [("application/json; charset=utf-8", b'{"text": "x"}')]


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, ConfigError), (404, ConfigError), (429, RetryableSourceError), (503, RetryableSourceError)],
)
def test_a_webhook_that_refuses(server: tuple[str, type[_Answers]], status: int, kind: type[Exception]) -> None:
    address, answers = server
    answers.status = status
    with pytest.raises(kind, match=str(status)) as caught:
        posted(address, b"{}", private_hosts=["127.0.0.1"])
    assert "MARKER" not in str(caught.value)
    assert len(answers.got) == 1  # a redirect leads nowhere


def test_a_private_address_is_asked_only_where_it_is_named(server: tuple[str, type[_Answers]]) -> None:
    address, answers = server
    for given in (address, address.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://169.254.169.254/MARKER"):
        with pytest.raises(ConfigError, match="leads into a private network") as caught:
            posted(given, b"{}")
        assert "MARKER" not in str(caught.value)
    assert answers.got == []
    posted(address.replace("127.0.0.1", "localhost"), b"{}", private_hosts=["localhost"])
    assert len(answers.got) == 1


def test_a_webhook_that_drips_its_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.monitoring.webhook._SECONDS", 0.1)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        over = threading.Event()

        def drip() -> None:
            taken, _ = listening.accept()
            with taken, suppress(OSError):
                while not over.wait(0.02):
                    taken.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(RetryableSourceError, match="cannot be reached"):
            posted(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", private_hosts=["127.0.0.1"])
        over.set()
        thread.join()


def test_a_webhook_with_https_has_to_show_the_right_certificate(
    tmp_path: Path, server: tuple[str, type[_Answers]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, answers = server
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with HTTPServer(("127.0.0.1", 0), answers) as serving:
        serving.socket = context.wrap_socket(serving.socket, server_side=True)
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"https://127.0.0.1:{serving.server_port}/MARKER"
        try:
            with pytest.raises(ConfigError, match="certificate is not right"):
                posted(address, b"{}", private_hosts=["127.0.0.1"])
            assert answers.got == []
            monkeypatch.setenv("SSL_CERT_FILE", str(cert))
            posted(address, b"{}", private_hosts=["127.0.0.1"])
            assert len(answers.got) == 1
        finally:
            serving.shutdown()
            thread.join()


def test_a_webhook_with_https_has_to_speak_it(server: tuple[str, type[_Answers]]) -> None:
    address, answers = server
    with pytest.raises(RetryableSourceError, match="SSLError"):
        posted(address.replace("http://", "https://"), b"{}", private_hosts=["127.0.0.1"])
    assert answers.got == []


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/MARKER", "ftp://127.0.0.1/MARKER", "MARKER", "http://[MARKER", "http://MA RKER"]
)
def test_an_address_that_cannot_be_asked_is_not_repeated(address: str) -> None:
    with pytest.raises((ConfigError, RetryableSourceError)) as caught:
        posted(address, b"{}", private_hosts=["127.0.0.1"])
    assert "MARKER" not in str(caught.value)
    assert caught.value.__cause__ is None
