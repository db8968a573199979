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


def _findings(folder: Path, more: str) -> dict[str, tuple[bool, bool, str]]:
    path = folder / "config.yaml"
    path.write_text(f"campaign: {{name: T, sponsor: S, contact: C}}\n{more}", encoding="utf-8")
    return {f.what: (f.ok, f.warns, f.found) for f in examine(load_config(path), offline=True)}


def test_the_form_s_questionnaire_and_address_are_looked_at(tmp_path: Path) -> None:
    found = _findings(tmp_path, "form: {port: 8003}\n")
    assert found["questionnaire"] == (True, False, "library 1, 6 questions in ar, de, en, es, fr, ru, zh")
    assert found["form"][:2] == (True, True)
    found = _findings(tmp_path, "form: {questionnaire: nowhere.yaml, address: 'https://form.example.org'}\n")
    assert found["questionnaire"][0] is False
    assert "nowhere.yaml" in found["questionnaire"][2]
    assert "form" not in found


def test_a_mail_server_without_its_password_is_told(tmp_path: Path) -> None:
    mail = "mail: {host: mail.example.org, sender: a@example.org, user: a, password: {file: nowhere.txt}}\n"
    assert _findings(tmp_path, mail)["mail"][0] is False
    (tmp_path / "nowhere.txt").write_text("secret\n", encoding="utf-8")
    assert _findings(tmp_path, mail)["mail"] == (True, False, "by mail.example.org:587")


def test_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert _findings(tmp_path, "desk: {map: areas.geojson}\n")["map"][0] is False
    (tmp_path / "areas.geojson").write_text("{}", encoding="utf-8")
    assert _findings(tmp_path, "desk: {map: areas.geojson}\n")["map"][0] is True
