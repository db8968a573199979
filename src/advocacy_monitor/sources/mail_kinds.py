"""Mails that are no statements of a person: bounces, automatic answers, newsletters, digests, spam, invitations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from advocacy_monitor.sources.mail_headers import first, sender

_DAEMON = re.compile(r"(?:mailer-daemon|postmaster|double-bounce)@", re.IGNORECASE)
_AWAY = re.compile(
    r"(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?reply|abwesenheits(?:notiz|assistent)"
    r"|automatische antwort|réponse automatique|absence du bureau|respuesta automática|автоответ|автоматический ответ"
    r"|自动回复|自動回覆|رد تلقائي)\b",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"\bdigest\b.{0,40}\b(?:vol|issue|nr|no)\b", re.IGNORECASE)
_LOOKED_AT = 500


def no_statement(message: Message) -> str | None:
    """Why a mail is not somebody's statement, or None. The reason is written for the person who will look at it."""
    kind = message.get_content_type()
    if kind == "multipart/report" or _DAEMON.match(sender(message)[1] or "") or first(message, "X-Failed-Recipients"):
        return "is a report about delivery, such as a bounce"
    if kind == "multipart/digest" or (first(message, "List-Id") and _DIGEST.search(first(message, "Subject"))):
        return "is a mailing list's digest of many messages"
    if first(message, "X-Spam-Flag").lower() == "yes" or first(message, "X-Spam-Status").lower().startswith("yes"):
        return "was marked as spam by the mail server"
    if _is_automatic(message):
        return "is an automatic answer or notification"
    if _is_bulk(message):
        return "is a newsletter"
    kinds = set(_kinds(message))
    if "text/calendar" in kinds:
        return "is an invitation or another calendar entry"
    if kind == "multipart/encrypted" or "application/pkcs7-mime" in kinds or "application/x-pkcs7-mime" in kinds:
        return "is encrypted"
    return None


def _is_automatic(message: Message) -> bool:
    submitted = first(message, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or bool(first(message, "X-Autoreply") or first(message, "X-Autorespond"))
        or first(message, "Precedence").lower() in ("auto_reply", "auto-reply")
        or first(message, "Return-Path") == "<>"
        or _AWAY.match(first(message, "Subject").removeprefix("Re: ")) is not None
    )


def _is_bulk(message: Message) -> bool:
    """A newsletter. A discussion list also says how to write to it: there people speak."""
    if first(message, "List-Post"):
        return False
    return bool(first(message, "List-Unsubscribe")) or first(message, "Precedence").lower() in ("bulk", "junk")


def _kinds(message: Message) -> Iterator[str]:
    """The types of the first parts."""
    for count, part in enumerate(message.walk()):
        if count >= _LOOKED_AT:
            return
        yield part.get_content_type()
