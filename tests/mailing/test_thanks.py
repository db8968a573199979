"""Thanks go to who ticked that, confirmed it, and did not end it; each text once; with the ways to end them."""

from __future__ import annotations

from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.mailing.opt_in import confirm, unsubscribe
from advocacy_monitor.mailing.outbox import send_waiting
from advocacy_monitor.mailing.thanks import queue_thanks, read_texts
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from tests.mailing.conftest import Answering
from tests.mailing.server import Mailbox
from tests.mailing.test_opt_in import link_in

ENGLISH = "What came of {campaign}\n\nThe council keeps all branches open.\n{sponsor}\n"
GERMAN = "Was aus {campaign} wurde\n\nAlle Zweigstellen bleiben offen.\n"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "thanks.txt").write_text(ENGLISH, encoding="utf-8")
    (folder / "thanks.de.txt").write_text(GERMAN, encoding="utf-8")
    return folder


def confirmed(store: Store, loaded: Loaded, mailbox: Mailbox) -> None:
    """Somebody answers, confirms and gets the code."""
    send_waiting(store, loaded)
    confirm(store, loaded, link_in(mailbox))
    send_waiting(store, loaded)
    mailbox.mails.clear()


def test_only_who_ticked_and_confirmed_gets_thanks_in_their_language_and_once(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    answer("ada@example.org")
    confirmed(campaign, loaded, mailbox)
    answer("bert@example.org", language="de")
    confirmed(campaign, loaded, mailbox)
    answer("unticked@example.org", contact=False)
    confirmed(campaign, loaded, mailbox)
    answer("unconfirmed@example.org")
    send_waiting(campaign, loaded)
    mailbox.mails.clear()
    given = read_texts(texts)
    assert queue_thanks(campaign, loaded, given, dry_run=True).by_language == {"en": 1, "de": 1}
    assert campaign.mails.outbox.states().get("waiting", 0) == 0
    assert queue_thanks(campaign, loaded, given).by_language == {"en": 1, "de": 1}
    send_waiting(campaign, loaded)
    assert {mail["To"]: mail["Subject"] for mail in mailbox.mails} == {
        "ada@example.org": "What came of Missed My Library",
        "bert@example.org": "Was aus Missed My Library wurde",
    }
    again = queue_thanks(campaign, loaded, given)
    assert (again.by_language, again.before) == ({}, 2)


def test_every_thanks_can_be_ended_by_header_and_by_link(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    answer()
    confirmed(campaign, loaded, mailbox)
    queue_thanks(campaign, loaded, read_texts(texts))
    send_waiting(campaign, loaded)
    (mail,) = mailbox.mails
    token = campaign.mails.stop_token("ada@example.org")
    address = f"https://form.example.org/stop-mail?lang=en&token={token}"
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in mail.get_content()
    assert unsubscribe(campaign, token)
    (texts / "thanks.txt").write_text("Another\n\nText.\n", encoding="utf-8")
    assert queue_thanks(campaign, loaded, read_texts(texts)).by_language == {}


def test_a_mail_program_can_read_the_header_that_ends_them(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    answer()
    confirmed(campaign, loaded, mailbox)
    queue_thanks(campaign, loaded, read_texts(texts))
    mailbox.raw.clear()
    send_waiting(campaign, loaded)
    token = campaign.mails.stop_token("ada@example.org")
    line = f"List-Unsubscribe: <https://form.example.org/stop-mail?lang=en&token={token}>"
    assert line.encode() in mailbox.raw[0].splitlines()


def test_thanks_that_wait_do_not_go_to_who_said_no_in_the_meantime(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    first = answer("ada@example.org")
    confirmed(campaign, loaded, mailbox)
    answer("bert@example.org")
    confirmed(campaign, loaded, mailbox)
    answer("carla@example.org")
    confirmed(campaign, loaded, mailbox)
    assert queue_thanks(campaign, loaded, read_texts(texts)).by_language == {"en": 3}
    campaign.submissions.set_consents(first, {Use.ANALYSE}, proof="on the page of the answer")
    assert unsubscribe(campaign, campaign.mails.stop_token("bert@example.org"))
    assert send_waiting(campaign, loaded).waiting == 0
    assert [mail["To"] for mail in mailbox.mails] == ["carla@example.org"]


def test_confirmations_do_not_wait_behind_many_thanks(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    answer("ada@example.org")
    confirmed(campaign, loaded, mailbox)
    queue_thanks(campaign, loaded, read_texts(texts))
    answer("new@example.org")
    send_waiting(campaign, loaded)
    assert [mail["To"] for mail in mailbox.mails] == ["new@example.org", "ada@example.org"]


def test_who_withdrew_is_not_thanked(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, texts: Path
) -> None:
    item_id = answer()
    confirmed(campaign, loaded, mailbox)
    campaign.submissions.withdraw(item_id)
    assert queue_thanks(campaign, loaded, read_texts(texts)).by_language == {}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("thanks.txt", "Only a subject\n", "first line"),
        ("thanks.txt", "Hello {nmae}\n\nText.\n", r"line 1: \{nmae\} is no placeholder"),
        ("thanks.tlh.txt", "Hello\n\nText.\n", "none of the languages"),
        ("other.md", "Hello\n\nText.\n", "has no file thanks.txt"),
    ],
)
def test_a_wrong_text_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_texts(tmp_path)
