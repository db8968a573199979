"""Collects posts with a hashtag from one or more Mastodon servers ("instances"), upwards from where it left off.

A server shows what has reached it, so several are asked and the same post on two of them is one item (its `uri`).

The walk goes up with `min_id`, one request a page. Ids are opaque strings that sort by length, then by letters.
Mastodon's own hold a time (milliseconds << 16): of arrival for a post that is delivered, of writing for one that the
server fetches later because somebody there boosts or answers it (lib/mastodon/snowflake.rb;
app/workers/activitypub/processing_worker.rb overrides the time, fetch_remote_status_service.rb does not). The second
kind lands below the cursor. Each run therefore starts `overlap_hours` before it, and the store drops what it has: a
post that is known to the server within `overlap_hours` of its writing is never missed.

Payloads are kept as received: a hook keeps each answer's bytes, of which every record is an exact slice. Mastodon.py
turns dates and ids into objects, so its results cannot serve as evidence.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta

from pydantic import Field, SecretStr, TypeAdapter, ValidationError, field_validator
from pydantic_core.core_schema import ValidationInfo

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Item, Known, Page, Reject
from advocacy_monitor.sources.mastodon_client import Instance
from advocacy_monitor.sources.mastodon_status import decoded, local_id, refusal, to_post
from advocacy_monitor.sources.mastodon_verify import Asking, answered
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.server_address import bare_hashtag, base_url

__all__ = ["MastodonSource", "to_post"]

_log = logging.getLogger(__name__)
_Marks = dict[str, dict[str, str]]
_MARKS = TypeAdapter(_Marks)
_FIRST_SNOWFLAKES = datetime(2016, 1, 1, tzinfo=UTC)


class MastodonSource(NetworkSource):
    """Public posts with a hashtag. The settings are the keys under `settings` of a collector."""

    hashtags: tuple[str, ...] = Field(min_length=1, description="Hashtags, with or without #.")
    access_token: SecretStr | None = Field(
        default=None, description="For a server that shows hashtags to signed-in people only."
    )
    instances: tuple[str, ...] = Field(min_length=1, description="Servers to ask, such as https://mastodon.social.")
    lookback_days: int = Field(default=30, ge=0, le=3650, description="How far back the first run goes.")
    overlap_hours: float = Field(default=12, ge=0, le=8760, description="How far each run starts before the last one.")
    page_size: int = Field(default=40, ge=1, le=40, description="Posts asked for in one request.")
    respect_indexable: bool = Field(
        default=True, description="Leave out people whose account is not marked as open to search."
    )

    @field_validator("hashtags")
    @classmethod
    def _usable_hashtags(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(bare_hashtag, given)))

    @field_validator("instances")
    @classmethod
    def _usable_instances(cls, given: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """A token would be shown to every server, and is good for one only. It stands first, so that it is known."""
        found = tuple(dict.fromkeys(map(base_url, given)))
        if len(found) > 1 and info.data.get("access_token") is not None:
            raise ValueError("an access_token belongs to one server; give each server that needs one its own collector")
        return found

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Walks every hashtag of every instance. A checkpoint is {instance: {hashtag: highest id read}}, complete.

        An instance or hashtag that fails does not stop the others: all of them are tried, then one
        RetryableSourceError or FatalSourceError (if any failure needs a person) names those that failed.
        """
        marks = _read_marks(since)
        patience = self._patience()
        failures: list[tuple[str, str, SourceError]] = []
        for instance in self.instances:
            with closing(self._open(instance)) as server:
                yield from self._walk_instance(server, marks, patience, failures)
        if failures:
            raise _summary(failures, len(self.instances))

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks the servers that showed the posts, in batches. Raises an error when none of them can be asked."""
        with ExitStack() as opened:
            servers = {url: opened.enter_context(closing(self._open(url))) for url in self.instances}
            asking = Asking(servers, patience=self._patience(), respect_indexable=self.respect_indexable)
            yield from asking.pages(known)

    def reply(self, known: Known, text: str) -> str:
        """Answers a post, unlisted, as the account of `access_token`. Returns the answer's address.

        Raises RetryableSourceError or FatalSourceError.
        """
        if self.access_token is None:
            raise FatalSourceError("answering needs an access_token with the permission write:statuses")
        with closing(self._open(self.instances[0])) as server:
            return answered(server, known, text, self._patience())

    def _open(self, instance: str) -> Instance:
        token = self.access_token.get_secret_value() if self.access_token else None
        return Instance(instance, token=token, timeout=self.request_timeout, clock=self._now)

    def _walk_instance(
        self, server: Instance, marks: _Marks, patience: Patience, failures: list[tuple[str, str, SourceError]]
    ) -> Iterator[Page]:
        """After a first failure the other hashtags get one attempt each: nothing is left out, and nobody waits."""
        failed = False
        try:
            patience.call(server.check_access, what=server.url)
        except (RetryableSourceError, FatalSourceError) as error:
            failures.append((server.url, "", error))
            return
        for tag in self.hashtags:
            try:
                yield from _Walk(self, server, tag, marks, patience, once=failed).pages()
            except (RetryableSourceError, FatalSourceError) as error:
                failures.append((server.url, f"#{tag}", error))
                failed = True


class _Walk:
    """The walk up one hashtag of one instance."""

    def __init__(
        self, source: MastodonSource, server: Instance, tag: str, marks: _Marks, patience: Patience, *, once: bool
    ) -> None:
        self._source = source
        self._server = server
        self._tag = tag
        self._marks = marks
        self._patience = patience
        self._once = once
        self._where = f"{server.url} #{tag}"

    def pages(self) -> Iterator[Page]:
        """Pages until the server has no more. A short page is not the last one: Mastodon drops posts after counting."""
        after = self._start()
        number = 0
        while after is not None and (records := self._records(min_id=after, limit=self._source.page_size)):
            number += 1
            ids = [found for record in records if (found := local_id(record))]
            goes_up = bool(ids) and min(map(_order, ids)) > _order(after)
            if goes_up:
                after = max(ids, key=_order)
                self._mark(after)
            yield self._page(records, number, keep=goes_up)
            if not goes_up:
                raise FatalSourceError(
                    "the server does not honour min_id, or sends posts without ids: the walk could miss posts"
                )
        _log.info("%s: %d pages read", self._where, number)

    def _start(self) -> str | None:
        """The id to start above; None when the server knows no post with this hashtag.

        Whether ids hold a time is seen in the newest one; where they do not, the first run reads all that there is,
        and later ones start at the cursor itself.
        """
        known = self._marks.get(self._server.url, {}).get(self._tag)
        now = self._source._now()
        if known is not None:
            moment = _snowflake_time(known, now=now)
            return _snowflake(moment - timedelta(hours=self._source.overlap_hours)) if moment else known
        newest = self._records(min_id=None, limit=5)
        if not newest:
            return None
        ids = [found for record in newest if (found := local_id(record))]
        if any(_snowflake_time(found, now=now) for found in ids):
            return _snowflake(now - timedelta(days=self._source.lookback_days))
        return "0"

    def _records(self, *, min_id: str | None, limit: int) -> list[bytes]:
        return self._patience.call(
            lambda: self._server.hashtag_timeline(self._tag, min_id=min_id, limit=limit),
            what=self._where,
            once=self._once,
        )

    def _mark(self, highest: str) -> None:
        """Moves this walk's mark up, never down: a run begins below it."""
        tags = self._marks.setdefault(self._server.url, {})
        tags[self._tag] = max(tags.get(self._tag, ""), highest, key=_order)

    def _page(self, records: list[bytes], number: int, *, keep: bool) -> Page:
        items: list[Item] = []
        rejects: list[Reject] = []
        for place, raw in enumerate(records, start=1):
            found = self._read(raw, position=f"{self._where}, page {number}, record {place}")
            if isinstance(found, Reject):
                rejects.append(found)
            else:
                items.append(found)
        checkpoint = {instance: dict(tags) for instance, tags in self._marks.items()} if keep else None
        return Page(items=tuple(items), rejects=tuple(rejects), checkpoint=checkpoint)

    def _read(self, raw: bytes, *, position: str) -> Item | Reject:
        """What a record is. One that must not be collected leaves nothing behind but the fact."""
        try:
            status = decoded(raw)
            reason = refusal(status, respect_indexable=self._source.respect_indexable)
            if reason is not None:
                return Reject(position=position, reason=reason, payload=b"")
            return to_post(status, self._server.url, raw=raw)
        except BadRecordError as error:
            return Reject(position=position, reason=str(error), payload=raw)


def _order(identifier: str) -> tuple[int, str]:
    """By length, then by letters, as the documentation of Mastodon's API says ids are to be compared."""
    return len(identifier), identifier


def _snowflake(moment: datetime) -> str:
    return str(max(int(moment.timestamp() * 1000), 0) << 16)


def _snowflake_time(identifier: str, *, now: datetime) -> datetime | None:
    """The time that an id holds, or None when it is not one of Mastodon's: not a number, or of no likely time."""
    if not (identifier.isascii() and identifier.isdecimal() and len(identifier) < 20):
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(identifier) >> 16)
    return moment if _FIRST_SNOWFLAKES <= moment <= now + timedelta(days=1) else None


def _read_marks(since: Cursor | None) -> _Marks:
    try:
        return _MARKS.validate_python(dict(since or {}), strict=True)
    except ValidationError as error:
        raise FatalSourceError(
            "the stored cursor is not one of the mastodon source; was the collector's source changed? Rename it"
        ) from error


def _summary(failures: list[tuple[str, str, SourceError]], asked: int) -> SourceError:
    """One error for all that failed. A failure that needs a person outweighs those that pass."""
    instances = dict.fromkeys(instance for instance, _, _ in failures)
    parts = [
        f"{instance}: " + "; ".join(f"{tag} {error}".strip() for at, tag, error in failures if at == instance)
        for instance in instances
    ]
    message = f"{len(instances)} of {asked} Mastodon servers failed. " + " | ".join(parts)
    if any(isinstance(error, FatalSourceError) for _, _, error in failures):
        return FatalSourceError(message)
    waits = [e.retry_after for _, _, e in failures if isinstance(e, RetryableSourceError) and e.retry_after is not None]
    return RetryableSourceError(message, retry_after=max(waits, default=None))
