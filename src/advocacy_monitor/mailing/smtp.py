"""The connection to the mail server. Its answers are translated here; addresses and words never reach a log."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from enum import StrEnum

from advocacy_monitor.config import Loaded, mail_password
from advocacy_monitor.errors import ConfigError, RetryableSourceError
from advocacy_monitor.mailing.message import settings

_SECONDS = 30
_LOCAL = ("localhost", "127.0.0.1", "::1")


class Answer(StrEnum):
    """What the mail server said to one mail."""

    TAKEN = "taken"
    LATER = "later"
    LOST = "lost"
    NEVER = "never"


@contextmanager
def connected(loaded: Loaded, *, context: ssl.SSLContext | None = None) -> Iterator[smtplib.SMTP]:
    """A connection that is secured and logged in. `context` is for a certificate authority of one's own.

    Raises ConfigError where the server refuses the log-in or cannot be trusted, RetryableSourceError where it cannot be
    reached.
    """
    given = settings(loaded)
    if given.security == "none" and (given.host not in _LOCAL or given.user):
        raise ConfigError(
            f"{loaded.path}: mail.security: 'none' is for a server on this computer, without a log-in; "
            "use starttls or tls"
        )
    password = mail_password(loaded)
    if given.user and not password:
        raise ConfigError(f"{loaded.path}: mail.user is given, but no mail.password")
    where = f"the mail server {given.host}:{given.port}"
    context = context or ssl.create_default_context()
    server: smtplib.SMTP | None = None
    try:
        if given.security == "tls":
            server = smtplib.SMTP_SSL(given.host, given.port, timeout=_SECONDS, context=context)
        else:
            server = smtplib.SMTP(given.host, given.port, timeout=_SECONDS)
        if given.security == "starttls":
            server.starttls(context=context)
        if given.user:
            server.login(given.user, password or "")
    except UnicodeError:
        _end(server)
        # Not `from` it: the error holds the password.
        raise ConfigError(f"{where}: its name, mail.user or mail.password has signs other than ASCII") from None
    except ssl.SSLError as error:
        _end(server)
        raise ConfigError(f"{where} cannot be trusted: {error.reason or 'its certificate'}") from error
    except smtplib.SMTPAuthenticationError as error:
        _end(server)
        raise ConfigError(
            f"{where} refuses the log-in ({error.smtp_code}); look at mail.user and mail.password"
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        _end(server)
        raise ConfigError(f"{where} does not offer what mail.security or mail.user asks for") from error
    except (smtplib.SMTPException, OSError) as error:
        _end(server)
        raise RetryableSourceError(f"{where} cannot be reached: {type(error).__name__}") from error
    try:
        yield server
    finally:
        _end(server)


def _end(server: smtplib.SMTP | None) -> None:
    if server is not None:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def deliver(server: smtplib.SMTP, mail: EmailMessage) -> tuple[Answer, str]:
    """Hands one mail to the server. Returns its answer and the reason in words, with the code and nobody's address.

    `Answer.LOST`: the connection was lost after the mail was handed over, and nobody knows whether it was taken. Raises
    RetryableSourceError when it was lost before; then it was not.
    """
    try:
        refused = _refused(server, mail)
    except OSError as error:  # of which all errors of smtplib are
        raise RetryableSourceError(f"the connection to the mail server was lost: {type(error).__name__}") from error
    if refused is not None:
        _reset(server)
        return refused
    try:
        code, _ = server.data(mail.as_bytes())
    except smtplib.SMTPDataError as error:
        _reset(server)
        return _of(error.smtp_code, "the mail is refused")
    except OSError:
        return Answer.LOST, "the connection was lost while the mail was handed over; it may have arrived"
    return (Answer.TAKEN, "") if _is_yes(code) else _of(code, "the mail is refused")


def _refused(server: smtplib.SMTP, mail: EmailMessage) -> tuple[Answer, str] | None:
    """What the server has against the sender or the recipient, before it is given any words."""
    server.ehlo_or_helo_if_needed()
    code, _ = server.mail(mail["From"].addresses[0].addr_spec)
    if not _is_yes(code):
        return _of(code, "the sender is refused")
    code, _ = server.rcpt(mail["To"].addresses[0].addr_spec)
    return None if _is_yes(code) else _of(code, "the address is refused")


def _is_yes(code: int) -> bool:
    return 200 <= code < 300


def _reset(server: smtplib.SMTP) -> None:
    """Makes the server forget the mail that it refused. Where it hung up, the next mail finds out."""
    with suppress(smtplib.SMTPException, OSError):
        server.rset()


def _of(code: int, words: str) -> tuple[Answer, str]:
    return (Answer.LATER if 400 <= code < 500 else Answer.NEVER), f"{words} ({code})"
