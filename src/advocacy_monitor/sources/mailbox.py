"""Collects what people write to a campaign's mailbox, over IMAP, oldest message first.

A cursor is `{folder: {uidvalidity, uid, account, since}}`: everything up to `uid` has been read. Numbers hold for as
long as the folder's UIDVALIDITY stays the same; when it changes, or the account does, the folder is read from its
beginning, and the store drops what it has, because a source id depends on the message and not on its number. `since`
is the day that `since_days` meant at the first run, and stays.

Nothing is moved or deleted. A message that is not a statement is set aside with the reason, and stays in the mailbox.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from typing import Self, TypeAlias, TypeVar

import msgspec
from pydantic import Field, SecretStr, field_validator, model_validator

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Page, Reject, Submission
from advocacy_monitor.sources.mail_client import Account, Envelope, Folder
from advocacy_monitor.sources.mail_message import to_submission
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.retrying import Patience

__all__ = ["MailboxSource", "to_submission"]

_log = logging.getLogger(__name__)
_MOST_BYTES_AT_ONCE = 32 * 1024 * 1024
_T = TypeVar("_T")


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How far a folder has been read; see the module."""

    uidvalidity: int
    uid: int
    account: str
    since: date | None = None


_Folders: TypeAlias = dict[str, Read]


class MailboxSource(NetworkSource):
    """Mails to a campaign's address, each as a submission without consents."""

    host: str = Field(min_length=1, max_length=253, description="The IMAP server, such as imap.example.org.")
    port: int = Field(default=993, ge=1, le=65535, description="Its port.")
    username: str = Field(min_length=1, description="The account's name, often its address.")
    password: SecretStr = Field(description="The account's password, or one made for programs.")
    folder: str = Field(default="INBOX", min_length=1, description="The folder to read.")
    tls: bool = Field(default=True, description="Encrypted connection; false for this machine only.")
    mark_seen: bool = Field(default=False, description="Mark messages that were stored as seen.")
    since_days: int | None = Field(
        default=None, ge=0, le=36500, description="How far back the first run goes; all there is when left out."
    )
    page_size: int = Field(default=50, ge=1, le=1000, description="Messages that are stored at once.")
    max_message_bytes: int = Field(
        default=10 * 1024 * 1024, ge=1024, le=_MOST_BYTES_AT_ONCE, description="Larger messages are set aside."
    )

    @field_validator("host", "username", "password", "folder")
    @classmethod
    def _on_one_line(cls, given: str | SecretStr) -> str | SecretStr:
        plain = given.get_secret_value() if isinstance(given, SecretStr) else given
        if not plain.isprintable() or not plain.strip():
            raise ValueError("must be one line of text without control characters")
        return given

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if not self.tls and not _is_this_machine(self.host):
            raise ValueError("tls: false would send the password in the clear; it is for a server on this machine only")
        return self

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """The messages that came after the last run. Each page's checkpoint is the highest number in it.

        Raises RetryableSourceError or FatalSourceError.
        """
        before = _read_cursor(since)
        patience = self._patience()
        with closing(Folder(self._account())) as folder:
            uidvalidity = self._ask(patience, folder.uidvalidity)
            known = self._known(before, uidvalidity)
            day = known.since if known else self._first_day()
            after = known.uid if known else 0
            uids = self._ask(patience, lambda: folder.uids_above(after, since=day))
            while uids:
                read, uids = self._part(folder, patience, uids)
                mark = Read(uidvalidity=uidvalidity, uid=max(read), account=self._digest(), since=day)
                page, stored = self._page(folder, patience, read, {**before, self.folder: mark})
                yield page
                if self.mark_seen:
                    self._ask(patience, partial(folder.mark_seen, stored))

    def _account(self) -> Account:
        return Account(
            host=self.host,
            port=self.port,
            username=self.username,
            password=self.password.get_secret_value(),
            folder=self.folder,
            tls=self.tls,
            timeout=self.request_timeout,
            writable=self.mark_seen,
        )

    def _digest(self) -> str:
        """Tells one account from another, whose folders may have the same UIDVALIDITY, and names neither."""
        return hashlib.sha256(f"{self.username}\n{self.host}".encode()).hexdigest()[:12]

    def _known(self, before: _Folders, uidvalidity: int) -> Read | None:
        """How far the folder was read, if its numbers still mean the same."""
        found = before.get(self.folder)
        if found is None or (found.uidvalidity == uidvalidity and found.account == self._digest()):
            return found
        _log.warning("%s: the folder's numbers have changed: it is read from its beginning", self.host)
        return Read(uidvalidity=uidvalidity, uid=0, account=self._digest(), since=found.since)

    def _first_day(self) -> date | None:
        return None if self.since_days is None else (self._now() - timedelta(days=self.since_days)).date()

    def _ask(self, patience: Patience, question: Callable[[], _T]) -> _T:
        try:
            return patience.call(question, what=self.host)
        except RetryableSourceError as error:
            raise RetryableSourceError(f"{self.host}: {error}", retry_after=error.retry_after) from None
        except FatalSourceError as error:
            raise FatalSourceError(f"{self.host}: {error}") from None

    def _part(
        self, folder: Folder, patience: Patience, uids: Sequence[int]
    ) -> tuple[dict[int, Envelope | None], list[int]]:
        """The next messages, as many as fit into a page and into memory, and the numbers that are left."""
        wanted = list(uids[: self.page_size])
        found = {envelope.uid: envelope for envelope in self._ask(patience, lambda: folder.envelopes(wanted))}
        part: dict[int, Envelope | None] = {}
        size = 0
        for uid in wanted:
            envelope = found.get(uid)
            size += min(envelope.size, self.max_message_bytes) if envelope else 0
            if part and size > _MOST_BYTES_AT_ONCE:
                break
            part[uid] = envelope
        return part, list(uids[len(part) :])

    def _page(
        self, folder: Folder, patience: Patience, part: dict[int, Envelope | None], folders: _Folders
    ) -> tuple[Page, list[int]]:
        """The page, and the numbers of its items."""
        there = [envelope for envelope in part.values() if envelope is not None]
        small = [envelope.uid for envelope in there if envelope.size <= self.max_message_bytes]
        large = [envelope.uid for envelope in there if envelope.size > self.max_message_bytes]
        bodies = self._ask(patience, lambda: folder.messages(small))
        heads = self._ask(patience, lambda: folder.messages(large, headers_only=True))
        rejects = [self._too_large(envelope, heads[envelope.uid]) for envelope in there if envelope.uid in heads]
        rejects += self._withheld(folder, patience, [uid for uid in part if uid not in bodies and uid not in heads])
        items: dict[int, Submission] = {}
        for envelope in there:
            body = bodies.get(envelope.uid)
            if body is None:
                continue
            try:
                items[envelope.uid] = to_submission(body, received_at=envelope.received_at, now=self._now())
            except BadRecordError as error:
                rejects.append(self._reject(envelope.uid, str(error), body))
        checkpoint: Cursor = msgspec.to_builtins(folders)
        return Page(items=tuple(items.values()), rejects=tuple(rejects), checkpoint=checkpoint), list(items)

    def _withheld(self, folder: Folder, patience: Patience, missing: list[int]) -> list[Reject]:
        """A reject for each message that is there and was not handed out; one that was deleted meanwhile is gone."""
        if not missing:
            return []
        there = set(self._ask(patience, lambda: folder.uids_above(min(missing) - 1, since=None)))
        return [self._reject(uid, "was not handed out by the server", b"") for uid in missing if uid in there]

    def _too_large(self, envelope: Envelope, head: bytes) -> Reject:
        reason = (
            f"has {envelope.size / 1e6:.1f} MB, more than max_message_bytes ({self.max_message_bytes / 1e6:.1f} MB): "
            "only its headers were read"
        )
        return self._reject(envelope.uid, reason, head)

    def _reject(self, uid: int, reason: str, payload: bytes) -> Reject:
        return Reject(
            position=f"{self.folder}, UID {uid}", reason=f"{reason}; it stays in the mailbox", payload=payload
        )


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_cursor(since: Cursor | None) -> _Folders:
    try:
        return msgspec.convert(dict(since or {}), _Folders)
    except msgspec.ValidationError as error:
        raise FatalSourceError(
            "the stored cursor is not one of the mailbox source; was the collector's source changed? Rename it"
        ) from error
