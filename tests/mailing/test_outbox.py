"""The outbox against a real mail server: each mail once, later when told so, given up with words; nothing leaks."""

from __future__ import annotations

import logging
import ssl
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.mailing.message import is_address, message
from advocacy_monitor.mailing.outbox import WAITS, send_waiting
from advocacy_monitor.store import Store
from advocacy_monitor.store.outbox import Mail
from tests.conftest import Clock
from tests.mailing.conftest import CONFIG
from tests.mailing.server import PASSWORD, USER, Mailbox, running

HELLO = Mail(
    kind="test",
    recipient="ada@example.org",
    language="de",
    subject="Grüße aus der Bücherei",
    body="Ein Satz mit Umlauten: äöü.\n\nÜber مكتبة and 图书馆.\n.\nA line with a dot before it.\n",
)


def queue(store: Store, *mails: Mail) -> None:
    store.mails.outbox.queue(mails, domain="example.org")


def test_a_mail_arrives_whole_with_the_headers_that_it_needs(campaign: Store, loaded: Loaded, mailbox: Mailbox) -> None:
    queue(campaign, HELLO)
    done = send_waiting(campaign, loaded)
    assert (done.sent, done.waiting) == (1, 0)
    (mail,) = mailbox.mails
    assert mail["From"] == '"Library Association, Example" <noreply@example.org>'
    assert mail["To"] == "ada@example.org"
    assert mail["Subject"] == HELLO.subject
    assert mail["Reply-To"] == "info@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "de"
    assert mail["Message-ID"].endswith("@example.org>")
    assert parsedate_to_datetime(mail["Date"]).year == 2026
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == HELLO.body
    assert mailbox.raw[0].isascii()


def test_a_mail_is_sent_once_and_leaves_neither_address_nor_words(
    campaign: Store, loaded: Loaded, mailbox: Mailbox
) -> None:
    queue(campaign, HELLO)
    send_waiting(campaign, loaded)
    send_waiting(campaign, loaded)
    assert len(mailbox.mails) == 1
    assert campaign._contacts is not None
    assert campaign._contacts.db.execute("SELECT state, recipient, subject, body, headers FROM outbox").fetchall() == [
        ("sent", "", "", "", "{}")
    ]


def test_what_the_server_puts_off_is_tried_later_and_longer_and_given_up_at_last(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    queue(campaign, HELLO)
    mailbox.answers = ["451 later"] * 20
    for wait in WAITS:
        assert send_waiting(campaign, loaded).later == 1
        assert send_waiting(campaign, loaded).later == 0
        clock.now += wait
    send_waiting(campaign, loaded)
    assert campaign.mails.outbox.states() == {"failed": 1}
    assert campaign.mails.outbox.failures(since=clock.now - timedelta(days=1)) == [
        ("test", "the mail is refused (451)")
    ]
    assert mailbox.mails == []


def test_what_will_never_be_taken_is_given_up_and_the_others_go_on(
    campaign: Store, loaded: Loaded, mailbox: Mailbox
) -> None:
    queue(campaign, HELLO, HELLO, HELLO)
    mailbox.answers = ["250 ok", "550 no such user", "250 ok"]
    done = send_waiting(campaign, loaded)
    assert (done.sent, done.failed) == (2, 1)


def test_a_connection_that_is_cut_loses_nothing(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    queue(campaign, HELLO, HELLO)
    mailbox.answers = ["cut"]
    with pytest.raises(RetryableSourceError, match="connection"):
        send_waiting(campaign, loaded)
    clock.now += WAITS[1]
    assert send_waiting(campaign, loaded).sent == 2
    assert len(mailbox.mails) == 2


def test_a_program_that_dies_in_between_sends_again_under_the_same_id(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, clock: Clock
) -> None:
    queue(campaign, HELLO)
    (mail,) = campaign.mails.outbox.due(most=5)
    assert campaign.mails.outbox.begin(mail.id)
    assert not campaign.mails.outbox.begin(mail.id)
    assert send_waiting(campaign, loaded).waiting == 1
    clock.now += timedelta(minutes=20)
    assert send_waiting(campaign, loaded).sent == 1
    assert mailbox.mails[0]["Message-ID"] == mail.message_id


def test_no_more_than_may_go_in_a_minute(campaign: Store, loaded: Loaded, mailbox: Mailbox) -> None:
    mail = loaded.config.mail
    assert mail is not None
    config = loaded.config.model_copy(update={"mail": mail.model_copy(update={"per_minute": 3})})
    queue(campaign, *[HELLO] * 5)
    assert send_waiting(campaign, loaded.model_copy(update={"config": config})).sent == 3
    assert len(mailbox.mails) == 3


def test_starttls_and_log_in_are_used_and_a_wrong_certificate_is_refused(
    tmp_path: Path, mailbox: Mailbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    with running(mailbox, folder=tmp_path) as port:
        path = tmp_path / "config.yaml"
        given = CONFIG.format(port=port).replace(
            "security: none", f"security: starttls, user: {USER}, password: {{env: MAIL_PASSWORD}}"
        )
        path.write_text(given, encoding="utf-8")
        loaded = load_config(path)
        with Store.open(tmp_path / "a.db", clock=clock) as store:
            queue(store, HELLO)
            with pytest.raises(ConfigError, match="cannot be trusted"):
                send_waiting(store, loaded)
            context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
            assert send_waiting(store, loaded, context=context).sent == 1
            queue(store, HELLO)
            monkeypatch.setenv("MAIL_PASSWORD", "wrong")
            with pytest.raises(ConfigError, match="refuses the log-in") as refused:
                send_waiting(store, loaded, context=context)
    assert "wrong" not in str(refused.value)
    assert len(mailbox.mails) == 1


def test_a_server_that_is_not_there_and_one_that_is_not_secured(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(port=1), encoding="utf-8")
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        queue(store, HELLO)
        with pytest.raises(RetryableSourceError, match="cannot be reached"):
            send_waiting(store, load_config(path))
        assert store.mails.outbox.states() == {"waiting": 1}
        path.write_text(CONFIG.format(port=1).replace("127.0.0.1", "mail.example.org"), encoding="utf-8")
        with pytest.raises(ConfigError, match="on this computer"):
            send_waiting(store, load_config(path))


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "Ada <ada@example.org>",
        "ada@example",
        "ada",
        "@example.org",
        f"{'a' * 65}@example.org",
        "ada@exa mple.org",
        "ada@example.org\r\nX: y",
        "ädä@example.org",
        "=?utf-8?q?x?=@example.org",
        "a..b@example.org",
        ".a@example.org",
        "a@.example.org",
        "a@-x.example.org",
        "a@127.0.0.1",
    ],
)
def test_an_address_is_one_plain_address(address: str, loaded: Loaded, clock: Clock) -> None:
    assert not is_address(address)
    with pytest.raises(ConfigError):
        message(Mail(kind="t", recipient=address, language="en", subject="s", body="b"), loaded, now=clock())


def test_nobody_can_add_a_header_by_a_name_or_a_subject(loaded: Loaded, clock: Clock) -> None:
    subject = "Hello\r\nBcc: eve@example.org\u2028X: y\u202e"
    mail = Mail(kind="t", recipient="ada@example.org", language="en", subject=subject, body="b", message_id="<a@b.org>")
    made = message(mail, loaded, now=clock())
    assert made["Bcc"] is None
    assert made["Subject"] == "Hello Bcc: eve@example.org X: y"
    config = loaded.config.model_copy(
        update={"campaign": loaded.config.campaign.model_copy(update={"sponsor": 'E"vil\r\nBcc: eve@example.org'})}
    )
    made = message(mail, loaded.model_copy(update={"config": config}), now=clock())
    assert made["Bcc"] is None
    assert len(made["From"].addresses) == 1


def test_nothing_of_a_mail_stands_in_a_log(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="advocacy_monitor")
    mailbox.answers = ["550 ada@example.org is unknown here"]
    queue(campaign, HELLO)
    send_waiting(campaign, loaded)
    assert "ada@" not in caplog.text
    assert campaign.mails.outbox.failures(since=campaign.now() - timedelta(days=1)) == [
        ("test", "the mail is refused (550)")
    ]
