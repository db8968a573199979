"""A mail as the mail server takes it: plain text in any language, headers that nobody's input can add to."""

from __future__ import annotations

import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from advocacy_monitor.config import Loaded, form_address
from advocacy_monitor.config_parts import Mail as MailSettings
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.store.outbox import Mail

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?!\d+$){_LABEL}")
_HEADER = re.compile(r"[\x21-\x7e]{1,900}")
_POLICY = SMTP.clone(refold_source="none")
_SUBJECT = 150


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address, as people have them."""
    # '=?utf-8?q?x?=' would be read as the name x: somebody else's address.
    return len(text) <= 254 and "=?" not in text and _ADDRESS.fullmatch(text) is not None


def one_line(text: str, most: int = _SUBJECT) -> str:
    """A text without line breaks and hidden signs, as a header takes it."""
    return _BREAKS.sub(" ", text).strip()[:most]


def domain(loaded: Loaded) -> str:
    """The domain in Message-IDs: that of the sender. Raises ConfigError where nobody said how to send mail."""
    return settings(loaded).sender.rpartition("@")[2]


def settings(loaded: Loaded) -> MailSettings:
    """How mail is sent. Raises ConfigError."""
    if loaded.config.mail is None:
        raise ConfigError(f"{loaded.path}: there is no `mail` section, so no mail can be sent; see docs/how-to/mail.md")
    return loaded.config.mail


def public_address(loaded: Loaded) -> str:
    """The form's address, to which links in mails lead. Raises ConfigError."""
    address = form_address(loaded)
    if address is None:
        raise ConfigError(f"{loaded.path}: form.address is not set, so links in mails lead nowhere")
    return address


def message(mail: Mail, loaded: Loaded, *, now: datetime) -> EmailMessage:
    """The mail with its headers. Raises ConfigError for an address or a header that would be none (RFC 5322)."""
    given = settings(loaded)
    if not is_address(mail.recipient):
        raise ConfigError("the address of a mail is not one that can be written to")
    made = EmailMessage(policy=_POLICY)
    try:
        name, _, host = given.sender.rpartition("@")
        shown = one_line(given.sender_name or loaded.config.campaign.sponsor, 100)
        made["From"] = Address(display_name=shown, username=name, domain=host)
        made["To"] = mail.recipient
        made["Subject"] = one_line(mail.subject)
        made["Date"] = format_datetime(now)
        made["Message-ID"] = mail.message_id
        if given.reply_to:
            made["Reply-To"] = given.reply_to
        made["Auto-Submitted"] = "auto-generated"
        for header, value in mail.headers.items():
            if not _HEADER.fullmatch(value):
                raise ConfigError(f"a mail of the kind {mail.kind} cannot be made: its {header} is no address")
            made.set_raw(header, value)  # folded by `email`, a long address becomes one that no program can read
        made.set_content(mail.body, charset="utf-8", cte="quoted-printable")
        made["Content-Language"] = mail.language
    except (ValueError, MessageError) as error:
        raise ConfigError(f"a mail of the kind {mail.kind} cannot be made: {type(error).__name__}") from error
    return made
