"""Nothing is lost, and nothing arrives more than twice, whatever dies: the connection, the program, the server."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.mailing.outbox import MAYBE_TWICE, TWICE_IN_DOUBT, WAITS, send_waiting
from advocacy_monitor.store import Store, now
from tests.conftest import Clock
from tests.mailing.conftest import CONFIG
from tests.mailing.server import PASSWORD, USER, Mailbox, running
from tests.mailing.test_outbox import HELLO, queue

SENDING = """
import pathlib, sys
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.mailing.outbox import send_waiting
loaded = load_config(pathlib.Path(sys.argv[1]))
with open_store(loaded) as store:
    send_waiting(store, loaded)
"""


def test_a_program_that_is_killed_before_it_noted_that_the_mail_was_taken(loaded: Loaded, mailbox: Mailbox) -> None:
    with Store.open(loaded.database, contacts_path=loaded.contacts) as store:
        queue(store, HELLO, HELLO)
    sending = subprocess.Popen([sys.executable, "-c", SENDING, str(loaded.path)])
    mailbox.when_taken = lambda: os.kill(sending.pid, signal.SIGKILL)
    assert sending.wait(60) == -signal.SIGKILL
    mailbox.when_taken = lambda: None
    assert len(mailbox.mails) == 1
    later = now() + timedelta(minutes=20)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=lambda: later) as store:
        assert send_waiting(store, loaded).sent == 2
        assert store.mails.outbox.failures(since=now() - timedelta(days=1)) == [("test", MAYBE_TWICE)]
        assert store.mails.outbox.states() == {"sent": 2}
    ids = [mail["Message-ID"] for mail in mailbox.mails]
    assert (len(ids), len(set(ids)), ids.count(ids[0])) == (3, 2, 2)


def test_a_mail_arrives_twice_at_most(campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock) -> None:
    queue(campaign, HELLO)
    mailbox.answers = ["taken, then cut"] * 9
    for wait in WAITS[:2]:
        with pytest.raises(RetryableSourceError, match="may have arrived"):
            send_waiting(campaign, loaded)
        clock.now += wait
    assert send_waiting(campaign, loaded).sent == 0
    assert len(mailbox.mails) == 2
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert campaign.mails.outbox.failures(since=clock.now - timedelta(days=1)) == [("test", TWICE_IN_DOUBT)]


def test_a_program_that_dies_again_and_again_gives_the_mail_up(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    queue(campaign, HELLO)
    for _ in range(2):
        (mail,) = campaign.mails.outbox.due(most=5)
        assert campaign.mails.outbox.begin(mail.id)
        clock.now += timedelta(minutes=20)
    send_waiting(campaign, loaded)
    assert (campaign.mails.outbox.states(), mailbox.mails) == ({"failed": 1}, [])


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ("550 unknown here", "failed", "the address is refused (550)"),
        ("450 mailbox is busy", "waiting", "the address is refused (450)"),
    ],
)
def test_an_address_that_the_server_refuses(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: str, state: str, reason: str
) -> None:
    queue(campaign, HELLO, HELLO)
    mailbox.to_recipients = [answer]
    assert send_waiting(campaign, loaded).sent == 1
    assert campaign.mails.outbox.states() == {state: 1, "sent": 1}
    assert campaign.mails.outbox.failures(since=campaign.now() - timedelta(days=1)) == [("test", reason)]


def test_a_connection_that_is_cut_before_the_words_leaves_no_doubt(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    queue(campaign, HELLO)
    mailbox.to_recipients = ["cut", "cut", "cut"]
    for wait in WAITS[:3]:
        with pytest.raises(RetryableSourceError, match="was lost"):
            send_waiting(campaign, loaded)
        clock.now += wait
    assert send_waiting(campaign, loaded).sent == 1
    assert campaign.mails.outbox.failures(since=clock.now - timedelta(days=1)) == []


def _configured(tmp_path: Path, port: int, more: str) -> Loaded:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(port=port).replace("security: none", more), encoding="utf-8")
    return load_config(path)


def test_a_server_that_speaks_tls_from_the_beginning(
    tmp_path: Path, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    with running(mailbox, folder=tmp_path, is_tls=True) as port, Store.open(tmp_path / "a.db", clock=clock) as store:
        loaded = _configured(tmp_path, port, f"security: tls, user: {USER}, password: {{env: MAIL_PASSWORD}}")
        queue(store, HELLO)
        with pytest.raises(ConfigError, match="cannot be trusted"):
            send_waiting(store, loaded)
        context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        assert send_waiting(store, loaded, context=context).sent == 1


def test_no_mail_goes_where_the_connection_cannot_be_secured(
    tmp_path: Path, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    assert loaded.config.mail is not None
    stripped = _configured(tmp_path, loaded.config.mail.port, "security: starttls")
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        queue(store, HELLO)
        with pytest.raises(ConfigError, match="does not offer"):
            send_waiting(store, stripped)
        assert store.mails.outbox.states() == {"waiting": 1}
    assert mailbox.mails == []


def test_a_password_that_cannot_be_sent_is_told_without_it(
    tmp_path: Path, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "grün-geheim")
    with running(mailbox, folder=tmp_path) as port, Store.open(tmp_path / "a.db", clock=clock) as store:
        loaded = _configured(tmp_path, port, f"security: starttls, user: {USER}, password: {{env: MAIL_PASSWORD}}")
        queue(store, HELLO)
        context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        with pytest.raises(ConfigError, match="other than ASCII") as told:
            send_waiting(store, loaded, context=context)
    assert told.value.__cause__ is None
    assert "geheim" not in str(told.value)
