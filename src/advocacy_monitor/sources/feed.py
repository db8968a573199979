"""Collects the entries of feeds: RSS, RDF, Atom, Google Alerts.

A feed is a window: it shows its newest entries and drops the rest. Each run reads the whole window, so that edits are
seen, and the store drops what it has. Where none of the entries was there at the last reading, some may have come and
gone in between: that is said. Between two readings nothing is asked for that did not change (ETag, If-Modified-Since).

A cursor is `{feed: {etag, modified, seen}}`; `seen` are digests of the ids in the last window. It moves only with the
last page of a feed that was read to its end: otherwise the next run would be told that nothing is new.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import msgspec
from pydantic import Field, field_validator

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Page, Post, Reject
from advocacy_monitor.sources.feed_document import Document, Entry, read_document
from advocacy_monitor.sources.feed_entry import is_dated, to_post
from advocacy_monitor.sources.listings import summary
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.outgoing import check_redirect
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.service import Answer, Service

__all__ = ["FeedSource", "to_post"]

_log = logging.getLogger(__name__)
_NOT_MODIFIED = 304
_MOST_REDIRECTS = 5
_REMEDIES = {
    401: "asks for a user name and password; write them into the address as https://name:password@host/path",
    403: "refuses access; is the address still right, and may programs read it?",
    404: "has no feed at this address; look for the feed's address on the site",
    410: "is gone; take this feed out of the settings",
}


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of a feed: the validators of its last answer, and digests of the ids that it held."""

    etag: str | None = None
    modified: str | None = None
    seen: tuple[str, ...] = ()


_Windows: TypeAlias = dict[str, Window]


class FeedSource(NetworkSource):
    """Entries of RSS and Atom feeds, Google Alerts among them."""

    feeds: tuple[str, ...] = Field(min_length=1, description="Addresses of feeds, such as https://example.org/feed.")
    page_size: int = Field(default=100, ge=1, le=10_000, description="Entries that are stored at once.")
    max_feed_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, le=64 * 1024 * 1024, description="Larger answers are not read."
    )

    @field_validator("feeds")
    @classmethod
    def _usable_feeds(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(feed_address, given)))

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Every entry of every feed that has changed. One feed that fails does not stop the others.

        Raises one RetryableSourceError or FatalSourceError (if any failure needs a person) for all that failed.
        """
        known = _read_windows(since)
        windows = {key: known[key] for key in map(feed_key, self.feeds) if key in known}
        patience = self._patience()
        failures: list[tuple[str, SourceError]] = []
        for feed in self.feeds:
            try:
                yield from self._read(feed, windows, patience)
            except (RetryableSourceError, FatalSourceError) as error:
                failures.append((shown(feed), error))
        if failures:
            raise summary(failures, asked=len(self.feeds))

    def _read(self, feed: str, windows: _Windows, patience: Patience) -> Iterator[Page]:
        place, key = shown(feed), feed_key(feed)
        before = windows.get(key, Window())
        found = patience.call(lambda: self._fetch(feed, before), what=place)
        if found is None:
            return
        document, answer = found
        read = self._entries(document, place)
        self._tell(document, place, _ids(read), before)
        pages = [read[start : start + self.page_size] for start in range(0, len(read), self.page_size)] or [[]]
        for part in pages[:-1]:
            yield _page(part, None)
        if document.whole:
            windows[key] = _window(answer, _ids(read) or before.seen)
        yield _page(pages[-1], windows if document.whole else None)

    def _fetch(self, feed: str, window: Window) -> tuple[Document, Answer] | None:
        """The feed and the answer that it came in; None when nothing has changed."""
        answer, url = _ask(feed, window, timeout=self.request_timeout, clock=self._now)
        if answer.status == _NOT_MODIFIED:
            if not (window.etag or window.modified):
                raise RetryableSourceError("says that nothing has changed, without having been asked that")
            return None
        if len(answer.body) > self.max_feed_bytes:
            raise FatalSourceError(
                f"sent {len(answer.body) / 1e6:.1f} MB, more than max_feed_bytes ({self.max_feed_bytes / 1e6:.1f} MB)"
            )
        return read_document(answer.body, content_type=answer.headers.get("Content-Type", ""), url=url), answer

    def _entries(self, document: Document, place: str) -> list[Post | Reject]:
        said: dict[str, str] = {}
        read: list[Post | Reject] = []
        for number, entry in enumerate(document.entries, start=1):
            try:
                read.append(self._entry(entry, document.language, place, said))
            except BadRecordError as error:
                read.append(Reject(position=f"{place}, entry {number}", reason=str(error), payload=entry.raw))
        return read

    def _entry(self, entry: Entry, language: str | None, place: str, said: dict[str, str]) -> Post:
        if entry.problem is not None:
            raise BadRecordError(entry.problem)
        post = to_post(entry.fields, raw=entry.raw, place=place, language=language, now=self._now())
        if said.setdefault(post.source_id, post.text) != post.text:
            raise BadRecordError("its id is that of an earlier entry with other words")
        return post

    def _tell(self, document: Document, place: str, ids: Sequence[str], before: Window) -> None:
        """Says what a person should know: a gap, entries without a date, a feed that breaks off."""
        if before.seen and ids and not set(ids) & set(before.seen):
            words = (
                f"none of the {len(ids)} entries of {place} was there at the last reading: entries that came and went "
                "in between are lost; read it more often"
            )
            _log.warning("%s", words)
            self._host.missed(words)
        notes = []
        now = self._now()
        if undated := sum(not is_dated(entry.fields, now=now) for entry in document.entries):
            notes.append(
                f"{undated} of {len(document.entries)} entries have no usable date: the time of reading stands"
            )
        if not document.whole:
            notes.append("it breaks off before its end; it is read as a whole again at the next run")
        for note in notes:
            _log.warning("%s: %s", place, note)
            self._host.note(f"{place}: {note}")


def _ask(feed: str, window: Window, *, timeout: float, clock: Callable[[], datetime]) -> tuple[Answer, str]:
    """The answer of a feed, behind redirects, and the address that it came from in the end."""
    moved: list[str] = []

    def note_redirect(answer: Answer) -> None:
        if 300 <= answer.status < 400:
            moved.append(answer.headers.get("Location", ""))

    asked = {"If-None-Match": window.etag, "If-Modified-Since": window.modified}
    headers = {name: value for name, value in asked.items() if value}
    with closing(Service(timeout=timeout, clock=clock, remedies=_REMEDIES, explain=note_redirect)) as service:
        url = feed
        for _ in range(_MOST_REDIRECTS + 1):
            moved.clear()
            try:
                return service.get(url, headers=headers), url
            except FatalSourceError:
                if not moved or not moved[0]:
                    raise
                url = _redirected(url, moved[0])
    raise FatalSourceError("redirects without end")


def _redirected(url: str, location: str) -> str:
    """Where a redirect leads. Raises FatalSourceError where it leaves the encryption, or enters this network."""
    try:
        target = feed_address(urljoin(url, location))
    except ValueError:
        raise FatalSourceError("redirects to something that is no address of a feed") from None
    if url.startswith("https:") and not target.startswith("https:"):
        raise FatalSourceError(f"redirects from https to {shown(target)} without encryption; that is not followed")
    check_redirect(urlsplit(url).hostname or "", urlsplit(target).hostname or "")
    return target


def feed_address(given: str) -> str:
    """An address as people write it ('feed://', or without 'https://'). Raises ValueError."""
    address = given.strip()
    for prefix in ("feed://", "feed:"):
        address = address.removeprefix(prefix)
    address = address if "://" in address else f"https://{address}"
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname or any(c.isspace() for c in address):
        raise ValueError("a feed's address must be like https://example.org/feed")
    if parts.port == 0:  # reading it raises ValueError when it is not a number
        raise ValueError("a feed's address has the port 0")
    return parts._replace(fragment="").geturl()


def shown(url: str) -> str:
    """Host and path of an address, for messages: what else is in it may be a password or a token."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}{parts.path.rstrip('/')}"


def feed_key(url: str) -> str:
    """A feed's name in the cursor, which tells no password and no token."""
    plain = f"{urlsplit(url).scheme}://{shown(url)}"
    if url.rstrip("/") == plain:
        return plain
    return f"{plain} {hashlib.sha256(url.encode()).hexdigest()[:8]}"


def _ids(read: Sequence[Post | Reject]) -> tuple[str, ...]:
    """Short digests of the ids of a window."""
    posts = (record for record in read if isinstance(record, Post))
    return tuple(hashlib.sha256(post.source_id.encode()).hexdigest()[:12] for post in posts)


def _window(answer: Answer, seen: tuple[str, ...]) -> Window:
    etag, modified = (_sendable(answer.headers.get(name)) for name in ("ETag", "Last-Modified"))
    return Window(etag=etag, modified=modified, seen=seen)


def _sendable(value: str | None) -> str | None:
    """A validator that can be sent back."""
    return value if value and len(value) <= 1000 and value.isascii() and value.isprintable() else None


def _page(part: Sequence[Post | Reject], windows: _Windows | None) -> Page:
    checkpoint: Cursor | None = None if windows is None else msgspec.to_builtins(windows)
    return Page(
        items=tuple(record for record in part if isinstance(record, Post)),
        rejects=tuple(record for record in part if isinstance(record, Reject)),
        checkpoint=checkpoint,
    )


def _read_windows(since: Cursor | None) -> _Windows:
    try:
        return msgspec.convert(dict(since or {}), _Windows)
    except msgspec.ValidationError as error:
        raise FatalSourceError(
            "the stored cursor is not one of the feed source; was the collector's source changed? Rename it"
        ) from error
