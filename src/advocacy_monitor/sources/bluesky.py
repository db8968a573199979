"""Collects posts with a hashtag from Bluesky: by searching, or from the stream of all posts (Jetstream).

Searching needs an account, asks little, and goes back as far as wanted. The stream needs none, also tells deletions,
and goes back about a day: then it must be read at least daily, whole. Both find the same posts under the same ids, so
a campaign can have one collector of each.

A search is sorted by `sortAt`, the earlier one of the times that the author's app and the service gave a post. Posts
may enter it late, so each run starts `overlap_hours` before the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

from atproto_client.utils.facet_detection import detect_facets
from pydantic import Field, SecretStr, field_validator, model_validator

from advocacy_monitor.errors import BadRecordError, FatalSourceError, SourceError
from advocacy_monitor.models import Cursor, Known, Page, Post, Reject
from advocacy_monitor.sources import bluesky_client as client
from advocacy_monitor.sources.bluesky_client import Bluesky
from advocacy_monitor.sources.bluesky_jetstream import Jetstream
from advocacy_monitor.sources.bluesky_post import (
    COLLECTION,
    POST_URI,
    View,
    as_mark,
    identity,
    parsed_time,
    post_address,
    read,
    refusal,
    remap,
    sort_mark,
    thread_references,
    to_post,
)
from advocacy_monitor.sources.bluesky_session import SessionFile
from advocacy_monitor.sources.bluesky_verify import verdicts
from advocacy_monitor.sources.listings import Part, walk
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.server_address import bare_hashtag, base_url, stream_url

__all__ = ["BlueskySource", "remap"]

_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
_LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Between these, times can be moved by an overlap; no post is older or newer, whatever an app claims."""
_OUTLIERS = 20
"""One post in so many may claim an older time than its place in a search tells."""


class BlueskySource(NetworkSource):
    """Public posts with a hashtag. The settings are the keys under `settings` of a collector."""

    mode: Literal["search", "jetstream"] = Field(default="search", description="How posts are found.")
    hashtags: tuple[str, ...] = Field(min_length=1, description="Hashtags, with or without #.")
    handle: str | None = Field(default=None, description="Account that searches, such as name.bsky.social.")
    app_password: SecretStr | None = Field(default=None, description="An app password of that account.")
    session_file: Path | None = Field(
        default=None, description="Where the session is kept, so that not every run logs in (300 a day are allowed)."
    )
    service: str = Field(default="https://bsky.social", description="Where the account is at home.")
    public_service: str = Field(
        default="https://public.api.bsky.app", description="Asked whether posts still stand; it needs no account."
    )
    jetstream: str = Field(
        default="wss://jetstream2.us-east.bsky.network/subscribe", description="The stream of all posts."
    )
    lookback_days: float = Field(
        default=30, ge=0, le=3650, description="How far back the first run goes; a stream keeps about one day."
    )
    overlap_hours: float = Field(default=12, ge=0, le=8760, description="How far each search starts before the last.")
    page_size: int = Field(default=100, ge=1, le=100, description="Posts asked for in one request.")
    max_minutes: float = Field(default=60, gt=0, le=1440, description="How long one run may read the stream.")

    @field_validator("hashtags")
    @classmethod
    def _usable_hashtags(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(bare_hashtag, given)))

    @field_validator("service", "public_service")
    @classmethod
    def _usable_service(cls, given: str) -> str:
        return base_url(given)

    @field_validator("jetstream")
    @classmethod
    def _usable_stream(cls, given: str) -> str:
        return stream_url(given)

    @field_validator("handle")
    @classmethod
    def _usable_handle(cls, given: str | None) -> str | None:
        handle = (given or "").strip().removeprefix("@").lower()
        if given is not None and ("." not in handle or "@" in handle) and not handle.startswith("did:"):
            raise ValueError("must be a handle such as name.bsky.social, not a display name or an e-mail address")
        return handle or None

    @model_validator(mode="after")
    def _has_an_account(self) -> Self:
        if self.mode == "search" and (self.handle is None or self.app_password is None):
            raise ValueError("mode search needs handle and app_password; mode jetstream needs no account")
        return self

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Walks the search of every hashtag, or the stream, from where it left off.

        A hashtag that fails does not stop the others. Raises RetryableSourceError or FatalSourceError.
        """
        patience = self._patience()
        if self.mode == "jetstream":
            yield from self._stream(patience).pages(since)
            return
        with closing(self._service(self.service)) as service:
            patience.call(lambda: self._sign_in(service), what=service.url)
            failures: list[tuple[str, SourceError]] = []
            searches = (_Search(self, service, tag, patience, failures) for tag in self.hashtags)
            yield from walk(searches, since, of="bluesky", failures=failures)

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks the public service in batches of 25. Raises RetryableSourceError or FatalSourceError."""
        patience = self._patience()
        with closing(self._service(self.public_service)) as service:
            yield from verdicts(service, known, patience)

    def reply(self, known: Known, text: str) -> str:
        """Answers a post as the account, once: a second attempt could be a second answer. Returns its address.

        Raises RetryableSourceError or FatalSourceError.
        """
        if self.handle is None or self.app_password is None:
            raise FatalSourceError("answering needs handle and app_password")
        patience = self._patience()
        with closing(self._service(self.service)) as service:
            patience.call(lambda: self._sign_in(service), what=service.url)
            found = patience.call(lambda: client.posts(service, [known.source_id]), what=service.url)
            if not found:
                raise FatalSourceError("the post is not there any more")
            record = _answer(found[0], text, self._now())
            uri = patience.call(lambda: client.create(service, COLLECTION, record), what="answer", once=True)
        parts = POST_URI.fullmatch(uri)
        return post_address(parts[1], parts[2]) if parts else uri

    def _service(self, url: str) -> Bluesky:
        return Bluesky(url, timeout=self.request_timeout, clock=self._now)

    def _sign_in(self, service: Bluesky) -> None:
        assert self.handle is not None
        assert self.app_password is not None
        sessions = SessionFile(self.session_file, service=self.service, handle=self.handle)
        service.sign_in(self.handle, self.app_password, sessions)

    def _stream(self, patience: Patience) -> Jetstream:
        return Jetstream(
            url=self.jetstream,
            hashtags=frozenset(self.hashtags),
            lookback=timedelta(days=self.lookback_days),
            longest=timedelta(minutes=self.max_minutes),
            timeout=self.request_timeout,
            host=self._host,
            patience=patience,
        )


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for one hashtag, as a listing."""

    source: BlueskySource
    service: Bluesky
    tag: str
    patience: Patience
    failures: list[tuple[str, SourceError]]
    resumable: bool = field(default=True, init=False)

    @property
    def key(self) -> str:
        return f"#{self.tag}"

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Newest first. A service may end its pages before the search's end, so it is asked again below the last."""
        bottom, until = self._bottom(low), _just_above(top)
        seen: set[str | bytes] = set()
        while True:
            known, oldest = len(seen), None
            for number, records in enumerate(self._pages(bottom, until), start=1):
                fresh = [raw for raw in records if identity(raw) not in seen]
                seen.update(map(identity, fresh))
                marks = [mark for raw in records if (mark := sort_mark(raw)) is not None]
                if marks:
                    oldest = max(marks[-max(1, len(marks) // _OUTLIERS) :])
                yield self._part(fresh, number, (max(marks), oldest) if marks and oldest else ())
                if marks and max(marks) < bottom:
                    return  # the service does not honour `since`
            if len(seen) == known or oldest is None:
                return
            until = _just_above(oldest)

    def _bottom(self, low: str | None) -> str:
        moment = parsed_time(low)
        if moment is None:
            return as_mark(self.source._now() - timedelta(days=self.source.lookback_days))
        return as_mark(max(moment, _EARLIEST) - timedelta(hours=self.source.overlap_hours))

    def _pages(self, bottom: str, until: str | None) -> Iterator[list[bytes]]:
        cursor: str | None = None
        while True:
            found = self._ask(bottom, until, cursor)
            yield [bytes(raw) for raw in found.posts]
            if found.cursor is None or found.cursor == cursor:
                return
            cursor = found.cursor

    def _ask(self, bottom: str, until: str | None, cursor: str | None) -> client.Found:
        """After a first failure the other hashtags get one attempt each: nothing is left out, and nobody waits."""
        return self.patience.call(
            lambda: client.search(
                self.service, self.tag, since=bottom, until=until, cursor=cursor, limit=self.source.page_size
            ),
            what=f"{self.service.url} #{self.tag}",
            once=bool(self.failures),
        )

    def _part(self, records: Sequence[bytes], number: int, marks: tuple[str, ...]) -> Part:
        items: list[Post] = []
        rejects: list[Reject] = []
        for place, raw in enumerate(records, start=1):
            found = _read(raw, position=f"#{self.tag}, page {number}, record {place}")
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                items.append(found)
        return Part(items=tuple(items), rejects=tuple(rejects), marks=marks)


def _just_above(mark: str | None) -> str | None:
    """The end of a search that includes a mark: `until` is exclusive, and marks are cut to milliseconds."""
    moment = parsed_time(mark)
    return None if moment is None else as_mark(min(moment, _LATEST) + timedelta(seconds=1))


def _read(raw: bytes, *, position: str) -> Post | Reject:
    """What a record is. One that must not be collected leaves nothing behind but the fact."""
    try:
        told = read(raw)
        reason = refusal(told)
        if reason is not None:
            return Reject(position=position, reason=reason, payload=b"")
        return to_post(told, raw=raw)
    except BadRecordError as error:
        return Reject(position=position, reason=str(error), payload=raw)


def _answer(parent: bytes, text: str, now: datetime) -> dict[str, object]:
    """The record of an answer to a post: it names the post and the beginning of its thread. Links are marked."""
    told = read(parent)
    if not isinstance(told, View):
        raise FatalSourceError("the service sent something other than the post")
    facets = [facet.model_dump(by_alias=True, exclude_none=True) for facet in detect_facets(text)]
    return {
        "$type": COLLECTION,
        "text": text,
        "createdAt": as_mark(now),
        "reply": thread_references(told),
        **({"facets": facets} if facets else {}),
    }
