"""`check`: every server that a source's settings name is asked whether it answers."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import Field, SecretStr

from advocacy_monitor.config import load_config
from advocacy_monitor.health import _reach, _servers, examine
from advocacy_monitor.protocols import Plugin


class Asking(Plugin):
    """Settings as sources have them."""

    base_url: str = "https://api.example.org/v1?key=abc"
    feeds: tuple[str, ...] = ("http://one.example:8080/feed", "not an address")
    stream: str = Field(default="wss://stream.example")
    token: SecretStr = SecretStr("https://secret.example")


class Mail(Plugin):
    """A mailbox."""

    host: str = "imap.example.org"
    port: int = 993


def test_every_server_is_found_and_no_secret() -> None:
    assert list(_servers(Asking())) == [("api.example.org", 443), ("one.example", 8080), ("stream.example", 443)]
    assert list(_servers(Mail())) == [("imap.example.org", 993)]


def test_what_answers_is_well_and_what_does_not_has_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        assert _reach("collector", "127.0.0.1", port).ok
    closed = _reach("collector", "127.0.0.1", port)
    assert not closed.ok
    assert "cannot be reached" in closed.found
    assert closed.remedy
    (tmp_path / "config.yaml").write_text(
        "campaign: {name: T, sponsor: S, contact: C, hashtags: [a]}\n"
        f'collectors: {{toots: {{source: mastodon, settings: {{instances: ["http://127.0.0.1:{port}"]}}}}}}\n'
    )
    findings = examine(load_config(tmp_path / "config.yaml"), offline=False)
    assert [f.what for f in findings if not f.ok] == [f"collector toots: 127.0.0.1:{port}"]
