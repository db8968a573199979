"""`check`: every server that a source's settings name is asked whether it answers."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import Field, SecretStr

from advocacy_monitor.config import load_config
from advocacy_monitor.health import _reach, _servers, examine
from advocacy_monitor.protocols import Plugin
from advocacy_monitor.store import Store


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


def test_a_secret_that_every_user_can_read_is_told(tmp_path: Path) -> None:
    settings = (
        "mail: {host: mail.example.org, sender: a@example.org, user: a, password: {file: password.txt}}\n"
        "collectors:\n  toots: {source: mastodon, settings: {instances: [https://a.example], hashtags: [x], "
        "access_token: {file: token.txt}}}\n"
    )
    for name in ("password.txt", "token.txt"):
        (tmp_path / name).write_text("secret\n", encoding="utf-8")
        (tmp_path / name).chmod(0o600)
    assert "secret" not in _findings(tmp_path, settings)
    (tmp_path / "token.txt").chmod(0o644)
    ok, warns, found = _findings(tmp_path, settings)["secret"]
    assert (ok, warns) == (True, True) and "token.txt can be read by every user" in found and "0644" in found
    (tmp_path / "token.txt").chmod(0o600)
    (tmp_path / "secrets.env").write_text("TOKEN=x\n", encoding="utf-8")  # docs/how-to/install-a-service.md
    (tmp_path / "secrets.env").chmod(0o604)
    assert "secrets.env" in _findings(tmp_path, settings)["secret"][2]


def test_a_database_that_every_user_can_read_is_told(tmp_path: Path) -> None:
    Store.open(tmp_path / "advocacy.db", contacts_path=tmp_path / "contacts.db").close()
    assert _findings(tmp_path, "")["database"] == (True, False, "0 items")
    (tmp_path / "advocacy.db").chmod(0o644)
    ok, warns, found = _findings(tmp_path, "")["database"]
    assert (ok, warns) == (True, True) and "advocacy.db can be read by every user" in found


def test_what_a_restore_put_aside_is_told(tmp_path: Path) -> None:
    assert "put aside" not in _findings(tmp_path, "")
    for day in range(4):
        (tmp_path / f"advocacy.before-restore-2026-11-0{day + 1}T100000Z").mkdir()
    ok, warns, found = _findings(tmp_path, "")["put aside"]
    assert (ok, warns) == (True, True)
    assert "T100000Z and 1 more: from before a restore, and may hold what people had erased" in found
