"""Double opt-in: one mail that asks, the code only after a yes, and nothing more to who did not want any."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.mailing.digest import queue_digest
from advocacy_monitor.mailing.opt_in import confirm, unsubscribe
from advocacy_monitor.mailing.outbox import send_waiting
from advocacy_monitor.mailing.thanks import Text, queue_thanks
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from tests.conftest import Clock
from tests.mailing.conftest import Answering
from tests.mailing.server import Mailbox


def link_in(mailbox: Mailbox) -> str:
    """The token of the link in the newest mail."""
    found = re.search(r"https://form\.example\.org/confirm\?lang=\w+&token=(\S+)", mailbox.mails[-1].get_content())
    assert found is not None
    return found[1]


def test_the_code_comes_after_the_address_was_confirmed(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    item_id = answer()
    send_waiting(campaign, loaded)
    assert [mail["Subject"] for mail in mailbox.mails] == ["Is this your address? (Missed My Library)"]
    assert not campaign.submissions.held(item_id).email_confirmed
    confirmed = confirm(campaign, loaded, link_in(mailbox))
    assert confirmed is not None
    assert not confirmed.before
    send_waiting(campaign, loaded)
    code = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b", mailbox.mails[-1].get_content())
    assert code is not None
    assert campaign.submissions.of_code(code[0]) == item_id
    assert campaign.submissions.held(item_id).email_confirmed


def test_a_link_is_followed_once_and_sends_one_code(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    answer()
    send_waiting(campaign, loaded)
    token = link_in(mailbox)
    confirm(campaign, loaded, token)
    again = confirm(campaign, loaded, token)
    assert again is not None
    assert again.before
    send_waiting(campaign, loaded)
    assert len(mailbox.mails) == 2


def test_a_wrong_link_and_one_that_is_too_old_do_nothing(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    answer()
    send_waiting(campaign, loaded)
    assert confirm(campaign, loaded, "nonsense") is None
    token = link_in(mailbox)
    clock.now += timedelta(days=8)
    assert confirm(campaign, loaded, token) is None
    send_waiting(campaign, loaded)
    assert campaign._contacts is not None
    assert campaign._contacts.db.execute("SELECT count(*) FROM opt_ins").fetchone() == (0,)


def test_the_form_cannot_be_used_to_fill_somebody_s_mailbox(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    for _ in range(20):
        answer("Victim@example.org")
        answer("victim@example.org")
    for _ in range(5):
        send_waiting(campaign, loaded)
        clock.now += timedelta(minutes=5)
    assert len(mailbox.mails) == 1


def test_an_address_without_consent_to_contact_is_gone_when_the_code_is_sent(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    answer("once@example.org", contact=False)
    send_waiting(campaign, loaded)
    confirm(campaign, loaded, link_in(mailbox))
    send_waiting(campaign, loaded)
    assert len(mailbox.mails) == 2
    campaign.close()
    assert b"once@example.org" not in loaded.contacts.read_bytes()


def test_who_withdraws_gets_no_more_mail(campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering) -> None:
    item_id = answer()
    campaign.submissions.withdraw(item_id)
    send_waiting(campaign, loaded)
    assert mailbox.mails == []


def test_ending_mails_takes_the_consent_back_and_holds_for_later_answers(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    item_id = answer()
    send_waiting(campaign, loaded)
    confirm(campaign, loaded, link_in(mailbox))
    token = campaign.mails.stop_token("ada@example.org")
    assert not unsubscribe(campaign, token)  # no mail had it yet
    queue_thanks(campaign, loaded, {"*": Text(subject="s", paragraphs="p", digest="d")})
    assert unsubscribe(campaign, token)
    assert unsubscribe(campaign, token)
    assert not unsubscribe(campaign, "0" * 32)
    assert Use.CONTACT not in campaign.submissions.held(item_id).consents
    assert campaign.mails.reachable() == []
    clock.now += timedelta(days=3)
    answer()
    assert send_waiting(campaign, loaded).sent == 0


def test_a_mailbox_is_not_filled_by_answering_and_withdrawing(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    for _ in range(10):
        item_id = answer("victim@example.org")
        send_waiting(campaign, loaded)
        campaign.submissions.withdraw(item_id)
        clock.now += timedelta(minutes=2)
    assert len(mailbox.mails) == 1


def test_after_a_question_nothing_else_follows_for_the_answers_that_were_there(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    for _ in range(10):
        answer("victim@example.org")
    for _ in range(12):
        send_waiting(campaign, loaded)
        clock.now += timedelta(days=1)
    assert len(mailbox.mails) == 1


def test_addresses_that_cannot_be_asked_do_not_stand_in_the_way_of_others(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    for number in range(60):
        answer(f"ädä{number}@example.org")
    answer("ada@example.org")
    send_waiting(campaign, loaded)
    assert [mail["To"] for mail in mailbox.mails] == ["ada@example.org"]
    assert campaign._contacts is not None
    assert campaign._contacts.db.execute("SELECT count(*) FROM opt_ins").fetchone() == (1,)


def test_a_form_without_an_address_keeps_back_the_questions_and_nothing_else(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    form = loaded.config.form.model_copy(update={"address": None})
    incomplete = loaded.model_copy(update={"config": loaded.config.model_copy(update={"form": form})})
    answer()
    queue_digest(campaign, incomplete)
    with pytest.raises(ConfigError, match=r"form\.address"):
        send_waiting(campaign, incomplete)
    assert len(mailbox.mails) == 2
    assert send_waiting(campaign, loaded).sent == 1


def test_an_address_that_nobody_confirmed_is_deleted_as_the_mail_says(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, clock: Clock
) -> None:
    item_id = answer("unconfirmed@example.org")
    kept_id = answer("kept@example.org")
    send_waiting(campaign, loaded)
    assert mailbox.mails[-1]["To"] == "kept@example.org"
    confirm(campaign, loaded, link_in(mailbox))
    clock.now += timedelta(days=8)
    send_waiting(campaign, loaded)
    assert campaign.submissions.held(item_id).email is None
    assert campaign.submissions.held(kept_id).email == "kept@example.org"
    files = [loaded.contacts, loaded.contacts.with_name(f"{loaded.contacts.name}-wal")]
    assert not any(b"unconfirmed@" in file.read_bytes() for file in files)


def test_lines_in_arabic_begin_at_the_right_and_the_code_can_be_copied(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering
) -> None:
    item_id = answer(language="ar")
    send_waiting(campaign, loaded)
    confirm(campaign, loaded, link_in(mailbox))
    send_waiting(campaign, loaded)
    lines = [line for line in mailbox.mails[-1].get_content().splitlines() if line]
    assert all(line.startswith("\u200f") is not line.isascii() for line in lines)
    assert [campaign.submissions.of_code(line) for line in lines].count(item_id) == 1


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "ru", "zh"])
def test_every_language_has_its_mails(
    campaign: Store, loaded: Loaded, mailbox: Mailbox, answer: Answering, language: str
) -> None:
    answer(language=language)
    send_waiting(campaign, loaded)
    assert mailbox.mails[0]["Content-Language"] == language
    assert "Somebody left this address" not in mailbox.mails[0].get_content()
    assert f"lang={language}&token=" in mailbox.mails[0].get_content()
