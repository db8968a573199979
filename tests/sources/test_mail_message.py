"""Mails become submissions: words, charsets, attachments; who wrote stands in the contact and nowhere else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Submission
from advocacy_monitor.sources.mail_message import to_submission
from tests.sources.platform_mailbox import id_of, letter

NOW = datetime(2026, 11, 1, tzinfo=UTC)
RECEIVED = datetime(2026, 10, 2, 10, tzinfo=UTC)


def read(data: bytes, *, received_at: datetime | None = RECEIVED) -> Submission:
    return to_submission(data, received_at=received_at, now=NOW)


def refusal(data: bytes) -> str:
    with pytest.raises(BadRecordError) as caught:
        read(data)
    return str(caught.value)


def composed(plain: str | None, html: str | None = None, **attached: bytes) -> bytes:
    """A mail as programs compose one; attachments are named with _ for a dot."""
    message = EmailMessage()
    message["From"] = "Anna Muster <anna@example.org>"
    message["Subject"] = "My library"
    message["Message-ID"] = "<1@example.org>"
    if plain is not None:
        message.set_content(plain)
    if html is not None:
        message.set_content(html, subtype="html") if plain is None else message.add_alternative(html, subtype="html")
    for name, data in attached.items():
        message.add_attachment(data, maintype="image", subtype="jpeg", filename=name.replace("_", "."))
    return message.as_bytes()


def test_a_letter_becomes_a_submission_without_consents() -> None:
    data = letter("Ich vermisse die Vorlesestunde. #DankeBibliothek\n\nViele Grüße\nAnna Muster\nMusterweg 12")
    found = read(data)
    assert found.source == "mailbox"
    assert found.text == "Ich vermisse die Vorlesestunde. #DankeBibliothek"
    assert found.hashtags == ("DankeBibliothek",)
    assert found.answers == {"Subject": "My library 1"}
    assert found.consents == frozenset()
    assert found.language is None
    assert found.created_at == datetime(2026, 10, 1, 12, 1, tzinfo=UTC)
    assert found.source_id == id_of(data)
    assert found.contact is not None
    assert (found.contact.name, found.contact.email) == ("Anna Muster", "anna@example.org")
    assert found.contact.other == {"Signature": "Viele Grüße\nAnna Muster\nMusterweg 12"}


def test_nothing_that_tells_who_wrote_is_outside_of_the_contact() -> None:
    quote = "\n\nOn Fri, 2 Oct 2026 at 10:00, Ben Beispiel <ben@example.com> wrote:\n> Write to us, Anna Muster!"
    data = letter(
        f"I miss it.\n\nBest regards\nAnna Muster\n+49 30 901820{quote}",
        Reply_To="anna.private@example.net",
        Received="from annas-laptop.example.net (192.0.2.7)",
        Message_ID="<1@annas-laptop.example.net>",
        User_Agent="Mail of Muster Ltd",
    )
    found = read(data)
    seen = f"{found.text}{found.answers}{found.raw.decode()}{found.source_id}{found!r}".lower()
    for secret in ("anna@", "anna.private", "muster", "901820", "ben", "laptop", "192.0.2.7"):
        assert secret not in seen.replace("my library", "")
    assert found.contact is not None
    assert found.contact.other["Reply-To"] == "anna.private@example.net"
    assert "ben@example.com" in found.contact.other["Quoted text"]


def test_raw_is_json_of_what_is_left() -> None:
    raw = json.loads(read(composed("I miss it.\n\n-- \nAnna", photo_jpg=b"x")).raw)
    assert raw == {
        "attachments": [{"name": "photo.jpg", "type": "image/jpeg"}],
        "body": "I miss it.",
        "charset": "utf-8",
        "date": "",
        "subject": "My library",
    }


def test_two_copies_of_a_mail_are_one_and_the_same() -> None:
    data = letter("I miss it.\n")
    other = b"Received: by another.example.org\r\nDelivered-To: x@example.org\r\n" + data.replace(b"\r\n", b"\n")
    assert read(data).source_id == read(other + b"\n\n").source_id
    assert read(data).raw == read(other).raw


def test_a_message_id_that_is_used_twice_loses_nothing() -> None:
    others = [letter("I miss it too."), letter("I miss it.", Subject="x"), letter("I miss it.", Date="")]
    assert read(letter("I miss it.")).source_id not in {read(other).source_id for other in others}


def test_a_mail_without_message_id_is_known_by_its_bytes() -> None:
    data = letter("I miss it.", Message_ID="")
    assert read(data).source_id == read(data).source_id
    assert read(data).source_id != read(letter("I miss it.", Message_ID="", Subject="x")).source_id


@pytest.mark.parametrize(
    ("sent", "received", "wanted"),
    [
        ("Thu, 1 Oct 2026 12:00:00 +0200", RECEIVED, datetime(2026, 10, 1, 10, tzinfo=UTC)),
        ("Thu, 1 Oct 2026 12:00:00 -0000", RECEIVED, datetime(2026, 10, 1, 12, tzinfo=UTC)),
        ("Thu, 1 Oct 2026 12:00:00 +0200 (MESZ)", RECEIVED, datetime(2026, 10, 1, 10, tzinfo=UTC)),
        ("Fri, 2 Oct 2026 10:30:00 +0000", RECEIVED, datetime(2026, 10, 2, 10, 30, tzinfo=UTC)),
        ("Sat, 3 Oct 2026 10:30:00 +0000", RECEIVED, RECEIVED),
        ("Sat, 3 Oct 2099 10:30:00 +0000", RECEIVED, RECEIVED),
        ("Thu, 1 Jan 1970 00:00:00 +0000", RECEIVED, RECEIVED),
        ("yesterday", RECEIVED, RECEIVED),
        ("", RECEIVED, RECEIVED),
        ("Thu, 1 Oct 9999 12:00:00 -2359", RECEIVED, RECEIVED),
        ("Thu, 1 Oct 2026 12:00:00 +0200", None, datetime(2026, 10, 1, 10, tzinfo=UTC)),
    ],
)
def test_the_date_is_the_senders_if_it_can_be(sent: str, received: datetime | None, wanted: datetime) -> None:
    found = read(letter("a", Date=sent), received_at=received)
    assert found.created_at == wanted
    assert "created_at" not in found.answers


def test_a_date_that_nobody_knows_is_told() -> None:
    found = read(letter("a", Date=""), received_at=None)
    assert found.created_at == NOW
    assert "date unknown" in found.answers["created_at"]


KINDS = {
    "bounce": ({"Content_Type": "multipart/report; report-type=delivery-status; boundary=b"}, "about delivery"),
    "daemon": ({"From": "Mail Delivery <MAILER-DAEMON@example.org>"}, "about delivery"),
    "vacation": ({"Auto_Submitted": "auto-replied; owner=x"}, "automatic answer"),
    "null sender": ({"Return_Path": "<>"}, "automatic answer"),
    "out of office": ({"Subject": "Out of Office: My library"}, "automatic answer"),
    "abwesend": ({"Subject": "Abwesenheitsnotiz: Meine Bücherei"}, "automatic answer"),
    "autoreply": ({"X_Autoreply": "yes"}, "automatic answer"),
    "newsletter": ({"List_Unsubscribe": "<https://example.org/u>"}, "newsletter"),
    "bulk": ({"Precedence": "bulk"}, "newsletter"),
    "digest": ({"List_Id": "<l.example.org>", "Subject": "L Digest, Vol 3, Issue 4"}, "digest"),
    "digest by type": ({"Content_Type": "multipart/digest; boundary=b"}, "digest"),
    "spam": ({"X_Spam_Flag": "YES"}, "spam"),
    "spam by status": ({"X_Spam_Status": "Yes, score=9"}, "spam"),
    "invitation": ({"Content_Type": "text/calendar; method=REQUEST"}, "calendar"),
    "encrypted": ({"Content_Type": "multipart/encrypted; boundary=b"}, "encrypted"),
    "s/mime": ({"Content_Type": "application/pkcs7-mime; name=smime.p7m"}, "encrypted"),
    "nobody": ({"From": ""}, "no sender"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_statement_is_refused_with_the_reason(kind: str) -> None:
    headers, reason = KINDS[kind]
    assert reason in refusal(letter("Hello", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"X_Spam_Flag": "NO"},
        {"X_Spam_Status": "No, score=1"},
        {"List_Id": "<l.example.org>", "List_Post": "<mailto:l@example.org>", "List_Unsubscribe": "<x>"},
        {"Return_Path": "<anna@example.org>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Subject": "The librarian was never out of office"},
        {"Subject": "A digest of my life"},
    ],
)
def test_what_people_send_is_not_refused(headers: dict[str, str]) -> None:
    assert read(letter("I miss it.", **headers)).text == "I miss it."


def test_a_subject_that_says_it_all_is_the_text() -> None:
    found = read(letter("", Subject="My library taught me to read"))
    assert found.text == "My library taught me to read"
    assert json.loads(found.raw)["body"] == ""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (letter("", Subject=""), "is empty"),
        (letter("", Subject="Re: your question"), "is empty"),
        (letter("> Tell us!", Subject="My library"), "quoted or forwarded"),
        (letter("---------- Forwarded message ---------\nFrom: x", Subject="Fwd: a"), "quoted or forwarded"),
    ],
)
def test_a_mail_without_own_words_is_refused(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


def test_attachments_alone_are_refused_and_named() -> None:
    data = composed("", scan_jpg=b"x").replace(b"Subject: My library\n", b"")
    assert refusal(data) == "holds no words, only attachments (scan.jpg)"


def test_attachments_are_named_and_not_kept() -> None:
    found = read(composed("See the photo.", "<p>See the photo.</p>", photo_jpg=b"JPEG", second_jpg=b"x"))
    assert found.text == "See the photo."
    assert found.answers["Attachments"] == "photo.jpg, second.jpg"
    assert b"JPEG" not in found.raw


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("=?utf-8?q?B=C3=BCcher?= und =?iso-8859-1?q?M=E4rchen?=", "Bücher und Märchen"),
        ("=?utf-8?b?w6Q=?= =?utf-8?b?w7Y=?=", "äö"),
        ("=?no-such?q?B=C3=BC?=", "Bü"),
        ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("Bücher", "Bücher"),
        ("a\r\n b", "a b"),
        ("x\x00\x07y", "xy"),
    ],
)
def test_subjects(subject: str, wanted: str) -> None:
    assert read(letter("a", Subject=subject)).answers["Subject"] == wanted


@pytest.mark.parametrize(
    ("sender", "name", "email"),
    [
        ("anna@example.org", None, "anna@example.org"),
        ('"Muster, Anna" <anna@example.org>', "Muster, Anna", "anna@example.org"),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.org>", "Jörg", "j@example.org"),
        ("Jörg <j@example.org>", "Jörg", "j@example.org"),
        ("anna@example.org <anna@example.org>", None, "anna@example.org"),
        ("A [Library] B: <anna@example.org>", "A [Library] B:", "anna@example.org"),
        ("Anna anna@example.org>", "Anna anna@example.org>", "anna@example.org"),
        ("Anna", "Anna", None),
        ("anna@example.org, ben@example.org", None, "anna@example.org"),
    ],
)
def test_senders(sender: str, name: str | None, email: str | None) -> None:
    contact = read(letter("a", From=sender)).contact
    assert contact is not None
    assert contact.email == email
    assert contact.name in (name, None) if "@" in (name or "") else contact.name == name


def test_a_form_on_a_website_writes_for_somebody_else() -> None:
    contact = read(letter("a", From="Form <no-reply@example.org>", Reply_To="Ben <ben@example.com>")).contact
    assert contact is not None
    assert (contact.name, contact.email, contact.other) == ("Ben", "ben@example.com", {"From": "no-reply@example.org"})


@given(st.binary(max_size=200), st.integers(0, 600))
def test_no_mail_however_damaged_raises_anything_else(noise: bytes, place: int) -> None:
    whole = composed("Plain", "<p>Rich <blockquote type=cite>x</blockquote></p>", photo_jpg=b"x")
    try:
        found = read(whole[:place] + noise + whole[place:])
    except BadRecordError as error:
        assert len(str(error)) > 5
        return
    f"{found.text}{found.answers}{found.source_id}".encode()
    json.loads(found.raw)


def test_every_recorded_mail_is_read_or_refused_with_a_reason(recordings: Callable[[str], Path]) -> None:
    files = sorted(recordings("email").glob("*.eml"))
    assert len(files) == 113
    outcome: Counter[str] = Counter()
    for path in files:
        try:
            found = read(path.read_bytes(), received_at=NOW - timedelta(days=1))
        except BadRecordError as error:
            outcome[str(error)] += 1
            continue
        outcome["stored"] += 1
        assert found.text.strip()
        assert found.contact is not None
        seen = f"{found.text}{found.answers.get('Subject')}".encode()
        assert seen.decode() == f"{found.text}{found.answers.get('Subject')}"
    assert outcome == {
        "stored": 101,
        "is a report about delivery, such as a bounce": 6,
        "has no sender: it is no mail as programs send it": 3,
        "was marked as spam by the mail server": 2,
        "is a newsletter": 1,
    }


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", ["From", "Reply-To", "Subject", "Content-Type", "Date", "Message-ID"])
@pytest.mark.parametrize("words", ["a", "(", "a.", "\\", '"', "=?utf-8?q?a?= ", ";a=b", "@"])
def test_a_hostile_header_costs_no_time_and_breaks_nothing(name: str, words: str) -> None:
    sender = "" if name == "From" else "From: mira@example.org\r\n"
    mail = (
        f"{sender}{name}: {words * (200_000 // len(words))}\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nHello!\r\n"
    )
    now = datetime(2026, 11, 3, tzinfo=UTC)
    try:
        made = to_submission(mail.encode(), received_at=now, now=now)
    except BadRecordError:
        return
    assert made.text == "Hello!"
