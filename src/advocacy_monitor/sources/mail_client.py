"""One folder of a mailbox, asked over IMAP through imap_tools: bytes as received, errors in the words of this package.

imap_tools opens the connection, logs in, selects and searches. Messages are fetched with the connection below it
(imaplib), because the time of arrival and the size before the message are needed as well, and because a server may
tell of flags in between.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import imap_tools
from imap_tools import errors

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.x_shapes import clip

_T = TypeVar("_T")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]{10,40})"')
_PASSING_CODES = re.compile(rb"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|OVERQUOTA)", re.IGNORECASE)

PASSING: dict[type[BaseException], bool] = {
    errors.ImapToolsError: False,
    errors.MailboxFolderStatusValueError: False,
    errors.UnexpectedCommandStatusError: True,
    errors.MailboxFolderSelectError: False,
    errors.MailboxFolderUnselectError: True,
    errors.MailboxFolderCreateError: False,
    errors.MailboxFolderRenameError: False,
    errors.MailboxFolderDeleteError: False,
    errors.MailboxFolderStatusError: True,
    errors.MailboxFolderSubscribeError: False,
    errors.MailboxLoginError: False,
    errors.MailboxLogoutError: True,
    errors.MailboxNumbersError: True,
    errors.MailboxUidsError: True,
    errors.MailboxStarttlsError: False,
    errors.MailboxFetchError: True,
    errors.MailboxExpungeError: False,
    errors.MailboxDeleteError: False,
    errors.MailboxCopyError: False,
    errors.MailboxMoveError: False,
    errors.MailboxFlagError: True,
    errors.MailboxAppendError: False,
    errors.MailboxTaggedResponseError: True,
    imaplib.IMAP4.error: True,
    imaplib.IMAP4.abort: True,
    imaplib.IMAP4.readonly: True,
    ssl.SSLError: True,
    ssl.SSLZeroReturnError: True,
    ssl.SSLWantReadError: True,
    ssl.SSLWantWriteError: True,
    ssl.SSLSyscallError: True,
    ssl.SSLEOFError: True,
    ssl.SSLCertVerificationError: False,
    socket.gaierror: True,
    socket.herror: True,
    TimeoutError: True,
    OSError: True,
    UnicodeError: False,
}
"""Every error of imap_tools, imaplib, ssl and socket: whether it may pass by itself."""

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (
        errors.MailboxLoginError,
        "does not accept user name and password; many services want a password made for programs",
    ),
    (errors.MailboxFolderSelectError, "the folder could not be opened"),
    (errors.MailboxFlagError, "does not let messages be marked as seen; set mark_seen: false"),
    (errors.UnexpectedCommandStatusError, "refuses a command"),
    (errors.ImapToolsError, "imap_tools refused an argument"),
    (ssl.SSLCertVerificationError, "its certificate is not accepted: is the host's name the one that it is made for?"),
    (ssl.SSLError, "no encrypted connection; is the port right (993 is usual)?"),
    (TimeoutError, "gave no answer in time"),
    (socket.gaierror, "cannot be found: is the host's name right, is the network up?"),
    (ConnectionRefusedError, "cannot be reached: are host and port right, is the network up?"),
    (imaplib.IMAP4.error, "broke off the connection, or is no IMAP server"),
    (OSError, "the connection failed"),
    (UnicodeError, "a setting holds characters that cannot be sent"),
)
FAILURES = (errors.ImapToolsError, imaplib.IMAP4.error, OSError, UnicodeError)
"""The classes above all of them."""


def translated(error: BaseException) -> SourceError:
    """An error in our words; what the server said is not passed on, since it may name people.

    A server that says 'for now' (RFC 5530: UNAVAILABLE, INUSE, LIMIT, ...) is believed also where others are final.
    """
    words = next((said for kind, said in _WORDS if isinstance(error, kind)), f"failed with {type(error).__name__}")
    passing = next((PASSING[kind] for kind in type(error).__mro__ if kind in PASSING), False)
    result = getattr(error, "command_result", None)
    if result is not None and _PASSING_CODES.search(repr(result).encode()):
        return RetryableSourceError("refuses for now, as it says; it is asked again")
    return RetryableSourceError(words) if passing else FatalSourceError(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is known of a message before it is fetched: `size` in bytes, when it arrived in the mailbox."""

    uid: int
    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where the mailbox is. Never show the password."""

    host: str
    port: int
    username: str
    password: str
    folder: str
    tls: bool
    timeout: float
    writable: bool

    def __repr__(self) -> str:
        return f"Account({self.host}:{self.port})"


class Folder:
    """A folder, opened when it is asked and opened again after a failure. Close it after use."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._mailbox: imap_tools.BaseMailBox | None = None
        self._uidvalidity: int | None = None

    def close(self) -> None:
        """Ends the connection; whatever the server says to that."""
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            try:
                mailbox.logout()
            except FAILURES:
                with suppress(OSError):
                    mailbox.client.shutdown()

    def uidvalidity(self) -> int:
        """The number that tells whether the folder's message numbers are still the same. Raises SourceError."""
        self._ask(lambda box: None)
        assert self._uidvalidity is not None
        return self._uidvalidity

    def uids_above(self, uid: int, *, since: date | None) -> list[int]:
        """The numbers of the messages above `uid`, oldest first; since a day, if that is given. Raises SourceError.

        `n:*` always gives the last message, also when its number is below n (RFC 3501, 6.4.8): it is dropped.
        """
        day = f" SINCE {_imap_date(since)}" if since else ""
        found = self._ask(lambda box: box.uids(f"UID {uid + 1}:*{day}", charset=None))
        return sorted({int(number) for number in found if int(number) > uid})

    def envelopes(self, uids: Sequence[int]) -> list[Envelope]:
        """Size and time of arrival of messages; what is gone in the meantime is absent. Raises SourceError."""
        if not uids:
            return []
        answer = self._ask(lambda box: _fetched(box, uids, "(UID RFC822.SIZE INTERNALDATE)"))
        found = (_envelope(line) for line, _ in _records(answer))
        return sorted((envelope for envelope in found if envelope), key=lambda envelope: envelope.uid)

    def messages(self, uids: Sequence[int], *, headers_only: bool = False) -> dict[int, bytes]:
        """The messages' bytes by number; they are not marked as seen. Raises SourceError.

        One that the server refuses to hand out, while it hands out others, is absent.
        """
        if not uids:
            return {}
        part = "HEADER" if headers_only else ""
        answer = self._ask(lambda box: _fetched_apart(box, uids, f"(UID BODY.PEEK[{part}])"))
        found = ((_UID.search(line), body) for line, body in _records(answer) if body is not None)
        return {int(number[1]): body for number, body in found if number}

    def mark_seen(self, uids: Sequence[int]) -> None:
        """Marks messages as seen. Raises SourceError."""
        if uids:
            self._ask(lambda box: box.flag([str(uid) for uid in uids], imap_tools.MailMessageFlags.SEEN, True))

    def _ask(self, question: Callable[[imap_tools.BaseMailBox], _T]) -> _T:
        try:
            return question(self._mailbox or self._opened())
        except FAILURES as error:
            self._break_off()
            raise translated(error) from None
        except SourceError:
            self._break_off()
            raise

    def _break_off(self) -> None:
        """Leaves a server that has failed, without another word to it."""
        mailbox, self._mailbox = self._mailbox, None
        if mailbox is not None:
            with suppress(OSError):
                mailbox.client.shutdown()

    def _opened(self) -> imap_tools.BaseMailBox:
        given = self._account
        box: imap_tools.BaseMailBox
        if given.tls:
            context = ssl.create_default_context()  # imaplib's own context checks no certificates
            box = imap_tools.MailBox(given.host, given.port, given.timeout, ssl_context=context)
        else:
            box = imap_tools.MailBoxUnencrypted(given.host, given.port, given.timeout)
        self._mailbox = box
        plain = (given.username + given.password).isascii()
        (box.login if plain else box.login_utf8)(given.username, given.password, initial_folder=None)
        try:
            box.folder.set(given.folder, readonly=not given.writable)
        except errors.MailboxFolderSelectError as error:
            raise _folder_problem(box, given.folder, error) from None
        found = _number(box.client.response("UIDVALIDITY")[1])
        if self._uidvalidity not in (None, found):
            raise RetryableSourceError(
                "the folder was made anew during the run; the next run reads it from its beginning"
            )
        self._uidvalidity = found
        return box


def _folder_problem(box: imap_tools.BaseMailBox, folder: str, error: Exception) -> Exception:
    """Names the folders that there are, when the one that is wanted is not among them."""
    names = [found.name for found in box.folder.list()]
    if folder in names:
        return error
    shown = ", ".join(clip(name, 40) for name in names[:20])
    return FatalSourceError(f"has no folder {clip(folder, 60)}; there are: {shown}")


def _number(answer: Sequence[Any]) -> int:
    given = answer[-1] if answer else None
    if not isinstance(given, bytes) or not given.strip().isdigit():
        raise imaplib.IMAP4.abort("no UIDVALIDITY")
    return int(given)


def _fetched(box: imap_tools.BaseMailBox, uids: Sequence[int], parts: str) -> list[Any]:
    status, answer = box.client.uid("FETCH", ",".join(map(str, uids)), parts)
    if status != "OK":
        raise errors.MailboxFetchError((status, answer), "OK")
    return list(answer)


def _fetched_apart(box: imap_tools.BaseMailBox, uids: Sequence[int], parts: str) -> list[Any]:
    """All at once; one by one when that is refused, so that one damaged message does not keep the others back."""
    try:
        return _fetched(box, uids, parts)
    except errors.MailboxFetchError as error:
        found: list[Any] = []
        for uid in uids if len(uids) > 1 else ():
            with suppress(errors.MailboxFetchError):
                found += _fetched(box, [uid], parts)
        if not found:
            raise error from None
        return found


def _records(answer: Sequence[Any]) -> Iterator[tuple[bytes, bytes | None]]:
    """The lines of an answer to FETCH, each with the message in it, if there is one.

    imaplib gives a pair of line and message, then the rest of the line as bytes.
    """
    pending: tuple[bytes, bytes] | None = None
    for part in answer:
        if isinstance(part, tuple):
            if pending is not None:
                yield pending
            pending = (bytes(part[0]), bytes(part[1]))
        elif isinstance(part, bytes):
            if pending is not None:
                yield pending[0] + b" " + part, pending[1]
                pending = None
            else:
                yield part, None
    if pending is not None:
        yield pending


def _envelope(line: bytes) -> Envelope | None:
    uid, size, arrived = _UID.search(line), _SIZE.search(line), _ARRIVED.search(line)
    if uid is None or size is None:
        return None
    return Envelope(uid=int(uid[1]), size=int(size[1]), received_at=_moment(arrived[1]) if arrived else None)


def _moment(given: bytes) -> datetime | None:
    """'17-Jul-1996 02:44:25 -0700' in UTC. The months are English in every locale."""
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    try:
        day, clock, zone = given.decode("ascii").split()
        number, month, year = day.split("-")
        written = f"{int(year):04d}-{months.index(month.title()) + 1:02d}-{int(number):02d}T{clock}{zone}"
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _imap_date(day: date) -> str:
    return f"{day.day}-{'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()[day.month - 1]}-{day.year}"
