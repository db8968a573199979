"""From the bytes of a mail to a Submission. Pure: no network, no clock, no imap_tools.

What tells who wrote it goes to the contacts file and nowhere else: name and address of the sender, the signature, and
the text that is quoted or forwarded, which holds other people's addresses. `raw` is JSON of what is left:

    attachments   name and type of each
    body          the person's own words, as in `text` but before a subject stands in for an empty body
    charset       how the body was read; '(a guess)' says what it says
    date          the Date header as sent
    subject       the decoded subject

No other header is kept: Received, Message-ID and User-Agent tell machines and companies. The whole mail stays in the
mailbox. `raw` is the same for two copies of a mail that came by different ways, so a copy is no edit.

The source id is a digest of Message-ID, Date, Subject and body. A Message-ID alone names machines and people, and it is
what broken programs repeat and anybody can forge: a second person's words would then pass for a new version of the
first one's. A mail without Message-ID is known by all its bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message

import msgspec

from advocacy_monitor.errors import BadRecordError
from advocacy_monitor.models import Contact, Submission
from advocacy_monitor.sources.mail_body import Attachment, Body, body_of
from advocacy_monitor.sources.mail_headers import first, sender, sent_at
from advocacy_monitor.sources.mail_kinds import no_statement
from advocacy_monitor.sources.mail_reply import Reply, split_reply
from advocacy_monitor.sources.submissions import DATE_UNKNOWN
from advocacy_monitor.sources.x_shapes import hashtags

SOURCE = "mailbox"
_CLOCKS_DIFFER = timedelta(hours=1)
_ANSWERED = re.compile(
    r"\s*(?:re|aw|antw|fwd?|wg|tr|rv|sv|ref|отв|ha|回复|转发|答复|رد)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE
)
_NOBODY = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|ne-?pas-?repondre|nicht-?antworten|keine-?antwort|no-?responder|wordpress|www-data"
    r"|website|webform|formular|kontaktformular|contact-?form)[^@]{0,20}@",
    re.IGNORECASE,
)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_encode = msgspec.json.Encoder(order="sorted").encode


def to_submission(data: bytes, *, received_at: datetime | None, now: datetime, source: str = SOURCE) -> Submission:
    """A mail as a Submission, without consents: nobody ticked anything.

    `received_at` is when the server got it: it stands for a Date header that is missing, from before 1990, or more
    than an hour later than that. Where neither is known, `now` does, and the answers say so. Raises BadRecordError
    with the reason for what is no statement (bounces, automatic answers, newsletters, ...) or holds no words.
    """
    try:
        message = message_from_bytes(data)
        if reason := no_statement(message):
            raise BadRecordError(reason)
        body = body_of(message)
    except (MessageError, RecursionError) as error:
        raise BadRecordError(
            f"cannot be taken apart ({type(error).__name__}): it is nested too deeply, or broken"
        ) from error
    name, email = _person(message)
    if not name and not email:
        raise BadRecordError("has no sender: it is no mail as programs send it")
    subject = first(message, "Subject")
    reply = split_reply(body.text, sender=name)
    text = reply.own or _subject_alone(subject, reply, body)
    created_at = _created_at(sent_at(message), received_at, now)
    return Submission(
        source=source,
        source_id=_source_id(message, data),
        text=text,
        created_at=created_at or now,
        raw=_raw(message, reply, body, subject),
        hashtags=hashtags(None, text),
        answers=_answers(subject, body.attachments, dated=created_at is not None),
        contact=_contact(message, reply, name, email),
    )


def _subject_alone(subject: str, reply: Reply, body: Body) -> str:
    """Some write all they have to say into the subject. Raises BadRecordError when there are no words at all."""
    if subject and not reply.quoted and not _ANSWERED.match(subject):
        return subject
    if reply.quoted:
        raise BadRecordError("holds no words of the sender's own: all of it is quoted or forwarded")
    if body.attachments:
        raise BadRecordError(f"holds no words, only attachments ({_listed(body.attachments)})")
    raise BadRecordError("is empty")


def _created_at(sent: datetime | None, received: datetime | None, now: datetime) -> datetime | None:
    """When it was sent, unless that is after it arrived; None when nobody knows."""
    latest = received or now
    return sent if sent is not None and sent <= latest + _CLOCKS_DIFFER else received


def _answers(subject: str, attachments: tuple[Attachment, ...], *, dated: bool) -> Mapping[str, str]:
    found = {"Subject": subject, "Attachments": _listed(attachments), "created_at": "" if dated else DATE_UNKNOWN}
    return {name: value for name, value in found.items() if value}


def _listed(attachments: tuple[Attachment, ...]) -> str:
    more = f" and {len(attachments) - 20} more" if len(attachments) > 20 else ""
    return ", ".join(attachment.name for attachment in attachments[:20]) + more


def _person(message: Message) -> tuple[str | None, str | None]:
    """Name and address of who wrote it. A website's form sends from an address that nobody reads, for somebody else."""
    name, email = sender(message)
    if email and _NOBODY.match(email) and (answer_to := sender(message, "Reply-To"))[1]:
        return answer_to
    return name, email


def _contact(message: Message, reply: Reply, name: str | None, email: str | None) -> Contact:
    """The person, and what was cut off. Other addresses of theirs are kept beside."""
    others = {header: sender(message, header)[1] for header in ("From", "Reply-To")}
    other = {
        **{header: found for header, found in others.items() if found and found.lower() != (email or "").lower()},
        "Signature": reply.signature,
        "Quoted text": reply.quoted,
    }
    return Contact(name=name, email=email, other={key: value for key, value in other.items() if value})


def _raw(message: Message, reply: Reply, body: Body, subject: str) -> bytes:
    return _encode(
        {
            "attachments": [{"name": attachment.name, "type": attachment.kind} for attachment in body.attachments],
            "body": reply.own,
            "charset": body.charset,
            "date": first(message, "Date"),
            "subject": subject,
        }
    )


def _source_id(message: Message, data: bytes) -> str:
    """Line ends and empty lines at the end do not count: servers and mbox files change them."""
    parts = [first(message, name).encode() for name in ("Message-ID", "Date", "Subject")]
    end = _HEAD_END.search(data)
    told = data[end.end() :] if parts[0] and end else data
    digest = hashlib.sha256(b"\0".join([*parts, told.replace(b"\r\n", b"\n").rstrip()])).hexdigest()
    return f"sha256:{digest[:32]}"
