"""mbox files: where a message begins and where it does not, escapes, dates, damage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import FatalSourceError
from advocacy_monitor.models import Page, Reject, Submission
from advocacy_monitor.sources.mail_message import to_submission
from advocacy_monitor.sources.mbox import is_mbox, read
from tests.sources.platform_mailbox import letter

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FROM = "From anna@example.org Fri Oct  2 10:00:00 2026"


def saved(*messages: bytes, start: str = FROM) -> bytes:
    return b"".join(start.encode() + b"\n" + message.replace(b"\r\n", b"\n") + b"\n\n" for message in messages)


def pages(
    folder: Path, data: bytes, *, page_size: int = 1000, form: str | None = None, most: int = 10_000
) -> list[Page]:
    path = folder / "letters.mbox"
    path.write_bytes(data)
    return list(read(path, page_size=page_size, form=form, now=NOW, most=most))


def items(folder: Path, data: bytes) -> list[Submission]:
    found = [item for page in pages(folder, data) for item in page.items]
    assert all(isinstance(item, Submission) for item in found)
    return [item for item in found if isinstance(item, Submission)]


def rejects(folder: Path, data: bytes, *, most: int = 10_000) -> list[Reject]:
    return [reject for page in pages(folder, data, most=most) for reject in page.rejects]


def test_messages_are_the_same_items_as_those_collected_over_imap(tmp_path: Path) -> None:
    letters = [letter("I miss it.", 1), letter("Me too.\n", 2)]
    assert [item.source_id for item in items(tmp_path, saved(*letters))] == [
        to_submission(data, received_at=None, now=NOW).source_id for data in letters
    ]


def test_pages_are_as_large_as_asked_for_and_the_form_names_the_source(tmp_path: Path) -> None:
    found = pages(tmp_path, saved(*(letter("a", number) for number in range(5))), page_size=2, form="flyer")
    assert [len(page.items) for page in found] == [2, 2, 1]
    assert {item.source for page in found for item in page.items} == {"mailbox:flyer"}
    assert all(page.checkpoint is None for page in found)


@pytest.mark.parametrize(
    "words",
    [
        "One.\nFrom the day it closed at 10:00 in 2020 I missed it.\nTwo.",
        "One.\n\nFrom the day it closed I missed it.\nNote: truly.",
        "One.\n\nFrom 10:00 to 12:00 in 2020 it was open.\nThat was all.",
    ],
)
def test_a_letter_may_hold_lines_that_begin_with_from(tmp_path: Path, words: str) -> None:
    assert [item.text for item in items(tmp_path, saved(letter(words), letter("Next", 2)))] == [words, "Next"]


def test_lines_that_were_escaped_are_as_they_were(tmp_path: Path) -> None:
    (found,) = items(tmp_path, saved(letter("One.\n>From here.\n>>From there.\n\n>From afar: x")))
    assert found.text == "One.\nFrom here.\n\n[…]\n\nFrom afar: x"
    assert found.contact is not None
    assert found.contact.other["Quoted text"] == ">From there."


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        (FROM, datetime(2026, 10, 2, 10, tzinfo=UTC)),
        ("From 1234@xxx Fri Oct 02 10:00:00 +0200 2026", datetime(2026, 10, 2, 8, tzinfo=UTC)),
        ("From - Fri Oct 02 10:00:00 2026", datetime(2026, 10, 2, 10, tzinfo=UTC)),
        ("From a@example.org Fri, 2 Oct 2026 10:00:00 +0200", datetime(2026, 10, 2, 8, tzinfo=UTC)),
        ("From a@example.org Fri Oct  2 10:00:00 2099", NOW),
        ("From a@example.org Fri Oct  99 10:00:00 2026", NOW),
        ("From ", NOW),
        ("From -", NOW),
    ],
)
def test_the_line_above_tells_the_time_of_a_mail_without_date(tmp_path: Path, start: str, wanted: datetime) -> None:
    (found,) = items(tmp_path, saved(letter("a", Date=""), start=start))
    assert found.created_at == wanted
    assert ("created_at" in found.answers) == (wanted == NOW)


def test_windows_line_ends(tmp_path: Path) -> None:
    data = saved(letter("One"), letter("Two", 2)).replace(b"\n", b"\r\n")
    assert [item.text for item in items(tmp_path, data)] == ["One", "Two"]


def test_what_is_no_statement_is_a_reject_with_its_place(tmp_path: Path) -> None:
    (found,) = rejects(tmp_path, saved(letter("One"), letter("Away", 2, Auto_Submitted="auto-replied")))
    assert (found.position, found.reason) == ("message 2", "is an automatic answer or notification")
    assert b"Away" in found.payload


def test_a_message_that_is_too_large_is_a_reject_and_the_next_is_read(tmp_path: Path) -> None:
    data = saved(letter("word " * 5000), letter("Two", 2))
    (found,) = rejects(tmp_path, data)
    assert found.reason == "has more than 0.0 MB: only its beginning was read"
    assert len(found.payload) <= 10_000
    assert [item.text for item in items(tmp_path, data)] == ["Two"]


def test_a_file_that_is_none_and_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FatalSourceError, match="is no mbox file"):
        pages(tmp_path, b"id,answer\n1,yes\n")
    with pytest.raises(FatalSourceError, match="cannot be read: No such file"):
        list(read(tmp_path / "none.mbox"))
    assert pages(tmp_path, b"") == []


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (saved(letter("a")), True),
        (b"From - Fri Oct 02 10:00:00 2026\r\nX-Mozilla-Status: 0001\r\n", True),
        (b"From \nX: y", True),
        (b"From now on,yes\n1,2\n", False),
        (b"From,To\n1,2\n", False),
        (b"", False),
        (b"Subject: x\n\na", False),
    ],
)
def test_an_mbox_is_recognised(head: bytes, wanted: bool) -> None:
    assert is_mbox(head) == wanted


@given(noise=st.binary(max_size=100), place=st.integers(0, 700))
def test_damage_is_a_reject_or_a_reading_and_nothing_else(
    noise: bytes, place: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = saved(letter("One"), letter("Two", 2))
    found = pages(tmp_path_factory.mktemp("m"), FROM.encode() + b"\nX: y\n" + data[:place] + noise + data[place:])
    assert sum(len(page.items) + len(page.rejects) for page in found) >= 1


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "line",
    [
        b"From x " + b"00:00 " * 100_000,
        b"From" + b" " * 600_000 + b"x",
        b"From x 00:00 2026 " + b"1" * 600_000,
        b"From " + b"x" * 600_000,
    ],
)
def test_a_hostile_line_ends_in_time(tmp_path: Path, line: bytes) -> None:
    """Without a stopwatch: what is quadratic here takes minutes, and the time limit ends it."""
    found = pages(tmp_path, saved(letter("One")) + line + b"\nX: y\n\nTwo\n", most=2_000_000)
    assert found[0].items[0].text.startswith("One")
