"""The mailbox source on a real IMAP server: UIDVALIDITY, days, large messages, what is seen, every recorded mail."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from advocacy_monitor.collect import collect
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Page
from advocacy_monitor.protocols import Host, Source
from advocacy_monitor.sources.mail_client import Folder
from advocacy_monitor.sources.mailbox import MailboxSource
from advocacy_monitor.store import Store
from tests.sources.platform_mailbox import NOW, START, Inbox, letter, running


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with running() as found:
        yield found


def texts(pages: list[Page]) -> list[str]:
    return [item.text for page in pages for item in page.items]


def last(pages: list[Page]) -> Any:
    return pages[-1].checkpoint


def test_it_is_a_source(inbox: Inbox) -> None:
    assert isinstance(inbox.source(), Source)


def test_pages_come_oldest_first_each_with_its_checkpoint(inbox: Inbox) -> None:
    inbox.arrive(5)
    pages = list(inbox.source(page_size=2).pages(None))
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert [page.checkpoint["INBOX"]["uid"] for page in pages if page.checkpoint] == [2, 4, 5]
    assert texts(pages)[0] == "I miss my library, says reader 1."
    assert list(inbox.source().pages(last(pages))) == []


def test_a_folder_that_was_made_anew_is_read_from_its_beginning(inbox: Inbox, store: Store) -> None:
    inbox.postman.ask("create", "Letters")
    for number in (1, 2):
        inbox.deliver(letter("I miss it.", number), folder="Letters")
    source = inbox.source(folder="Letters")
    assert collect(store, "mail", source).tally.stored == 2
    before = store.cursor("mail")
    inbox.postman.ask("delete", "Letters")
    inbox.postman.ask("create", "Letters")
    for number in (3, 1, 2):
        inbox.deliver(letter("I miss it.", number), folder="Letters")
    tally = collect(store, "mail", source).tally
    assert (tally.stored, tally.already, tally.changed) == (1, 2, 0)
    after = store.cursor("mail")
    assert before is not None and after is not None
    assert before["Letters"]["uidvalidity"] != after["Letters"]["uidvalidity"]


def test_another_account_is_read_from_its_beginning(inbox: Inbox) -> None:
    """Some services give every account the same UIDVALIDITY."""
    inbox.arrive(3)
    cursor = dict(last(list(inbox.source().pages(None))))
    cursor["INBOX"] = {**cursor["INBOX"], "account": "another"}
    assert len(texts(list(inbox.source().pages(cursor)))) == 3


def test_the_cursor_names_nobody(inbox: Inbox) -> None:
    inbox.arrive(1)
    cursor = str(last(list(inbox.source().pages(None))))
    assert inbox.user not in cursor
    assert "secret" not in cursor


def test_other_folders_keep_their_place(inbox: Inbox) -> None:
    inbox.arrive(1)
    first = last(list(inbox.source().pages(None)))
    inbox.postman.ask("create", "Letters")
    inbox.deliver(letter("a"), folder="Letters")
    second = last(list(inbox.source(folder="Letters").pages(first)))
    assert second["INBOX"] == first["INBOX"]
    assert set(second) == {"INBOX", "Letters"}


def test_the_first_run_goes_back_so_many_days_and_remembers_which(inbox: Inbox) -> None:
    inbox.deliver(letter("old", 1), at=NOW - timedelta(days=9))
    inbox.deliver(letter("new", 2), at=NOW - timedelta(days=2))
    source = inbox.source(since_days=5)
    pages = list(source.pages(None))
    assert texts(pages) == ["new"]
    assert last(pages)["INBOX"]["since"] == "2026-10-27"
    anew = {"INBOX": {**last(pages)["INBOX"], "uidvalidity": 1}}
    later = source.hosted_by(Host(clock=lambda: NOW + timedelta(days=30)))
    assert texts(list(later.pages(anew))) == ["new"], "not thirty days later"
    assert texts(list(inbox.source().pages(None))) == ["old", "new"]


def test_a_message_that_is_too_large_is_a_reject_that_says_where_it_is(inbox: Inbox) -> None:
    inbox.deliver(letter("small", 1))
    inbox.deliver(letter("large " * 1000, 2))
    inbox.deliver(letter("small as well", 3))
    (page,) = inbox.source(max_message_bytes=2048).pages(None)
    assert texts([page]) == ["small", "small as well"]
    (reject,) = page.rejects
    assert reject.position == "INBOX, UID 2"
    assert "more than max_message_bytes" in reject.reason
    assert reject.reason.endswith("it stays in the mailbox")
    assert b"Subject: My library 2" in reject.payload
    assert b"large" not in reject.payload
    assert page.checkpoint is not None


def test_a_page_is_no_larger_than_fits_into_memory(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advocacy_monitor.sources.mailbox._MOST_BYTES_AT_ONCE", 5000)
    for number in range(4):
        inbox.deliver(letter("word " * 400, number))
    assert [len(page.items) for page in inbox.source(page_size=10).pages(None)] == [2, 2]


def test_a_refused_message_is_kept_as_a_reject(inbox: Inbox, store: Store) -> None:
    inbox.spoil()
    tally = collect(store, "mail", inbox.source()).tally
    assert (tally.stored, tally.rejected) == (0, 1)
    _, position, reason = store.recent_rejects(1)[0]
    assert position == "INBOX, UID 1"
    assert reason == "is an automatic answer or notification; it stays in the mailbox"


@pytest.mark.parametrize("mark_seen", [False, True])
def test_what_was_stored_is_marked_as_seen_only_if_asked_for(inbox: Inbox, mark_seen: bool) -> None:
    inbox.arrive(2)
    inbox.spoil()
    list(inbox.source(mark_seen=mark_seen).pages(None))
    inbox.postman.ask("select", "INBOX")
    assert inbox.postman.ask("search", None, "SEEN") == [b"1 2" if mark_seen else b""]


def test_nothing_is_marked_before_it_is_stored(inbox: Inbox) -> None:
    inbox.arrive(1)
    walk = inbox.source(mark_seen=True).pages(None)
    next(walk)
    inbox.postman.ask("select", "INBOX")
    assert inbox.postman.ask("search", None, "SEEN") == [b""]
    walk.close()  # type: ignore[attr-defined]  # a generator
    inbox.postman.ask("noop")
    assert inbox.postman.ask("search", None, "SEEN") == [b""]


def test_a_message_that_is_deleted_while_it_is_read_is_gone(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.arrive(3)
    envelopes = Folder.envelopes

    def deleting(self: Folder, uids: Any) -> Any:
        inbox.postman.ask("select", "INBOX")
        inbox.postman.ask("store", "2", "+FLAGS", "(\\Deleted)")
        inbox.postman.ask("expunge")
        return envelopes(self, uids)

    monkeypatch.setattr(Folder, "envelopes", deleting)
    (page,) = inbox.source().pages(None)
    assert len(page.items) == 2
    assert page.rejects == ()


def test_a_message_that_the_server_does_not_hand_out_is_a_reject(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.arrive(3)
    messages = Folder.messages

    def without(self: Folder, uids: Any, **given: Any) -> dict[int, bytes]:
        return {uid: body for uid, body in messages(self, uids, **given).items() if uid != 2}

    monkeypatch.setattr(Folder, "messages", without)
    (page,) = inbox.source().pages(None)
    assert len(page.items) == 2
    (reject,) = page.rejects
    assert (reject.position, reject.payload) == ("INBOX, UID 2", b"")
    assert reject.reason == "was not handed out by the server; it stays in the mailbox"


def test_a_connection_that_breaks_is_made_anew_and_the_wait_is_told(
    inbox: Inbox, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox.arrive(6)
    messages, calls = Folder.messages, iter([True])
    waited: list[float] = []
    said: list[str] = []

    def breaking(self: Folder, uids: Any, **given: Any) -> dict[int, bytes]:
        if next(calls, False):
            assert self._mailbox is not None
            self._mailbox.client.sock.shutdown(socket.SHUT_RDWR)
        return messages(self, uids, **given)

    monkeypatch.setattr(Folder, "messages", breaking)
    source = inbox.source(attempts=3, page_size=3).hosted_by(
        Host(clock=lambda: NOW, sleep=waited.append, say=said.append)
    )
    assert collect(store, "mail", source).status == "done"
    assert len(waited) == 1
    assert "the connection failed" in said[0] or "broke off" in said[0]
    assert sum(len(batch) for batch in store.items.each()) == 6


def test_a_server_that_is_gone_names_the_host(inbox: Inbox) -> None:
    with pytest.raises(RetryableSourceError, match=r"^127\.0\.0\.1: cannot be reached"):
        list(inbox.source(port=1).pages(None))
    with pytest.raises(FatalSourceError, match=r"^127\.0\.0\.1: does not accept user name and password"):
        list(inbox.source(password="hunter2").pages(None))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"host": "imap.example.org", "tls": False}, "password in the clear"),
        ({"password": "a\r\nb"}, "one line"),
        ({"folder": "a\nb"}, "one line"),
        ({"username": " "}, "one line"),
        ({"port": 0}, "port"),
        ({"max_message_bytes": 10**9}, "max_message_bytes"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, Any], words: str) -> None:
    values = {"host": "127.0.0.1", "username": "campaign", "password": "hunter2", **given}
    with pytest.raises(ValidationError, match=words) as caught:
        MailboxSource(**values)
    assert "hunter2" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    source = MailboxSource(host="imap.example.org", username="campaign", password="hunter2")
    assert "hunter2" not in f"{source!r}{source}{source._account()!r}"


def test_a_strangers_cursor_is_refused(inbox: Inbox) -> None:
    with pytest.raises(FatalSourceError, match="not one of the mailbox source"):
        list(inbox.source().pages({"https://a.example/": {"etag": "x"}}))


def test_every_recorded_mail_is_read(inbox: Inbox, store: Store, recordings: Callable[[str], Path]) -> None:
    files = sorted(recordings("email").glob("*.eml"))
    for path in files:
        inbox.deliver(path.read_bytes(), at=START)
    tally = collect(store, "mail", inbox.source(page_size=20)).tally
    assert (tally.read, tally.stored + tally.already, tally.rejected) == (113, 101, 12)
    reasons = Counter(reason.partition(";")[0] for _, _, reason in store.recent_rejects(50))
    assert reasons == {
        "is a report about delivery, such as a bounce": 5,  # two of the six are the same to the byte
        "has no sender: it is no mail as programs send it": 3,
        "was marked as spam by the mail server": 2,
        "is a newsletter": 1,
    }
    assert store.check() == []
    latest = max(item.created_at for batch in store.items.each() for item in batch)
    assert latest <= datetime(2026, 11, 2, tzinfo=UTC)
