"""Collects the comments under named videos and channels of YouTube, and the replies to them, from where it left off.

Threads come newest first and have no upper bound, so a walk that is cut begins at the top again. A reply does not move
its thread up: the threads of the last `reply_days` are looked at in each run, and where their number of replies has
changed, all of them are read. How many were read is kept in the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from pydantic import Field, SecretStr, field_validator, model_validator

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Item, Known, Page, Post, Standing, Verdict
from advocacy_monitor.sources.listings import Listing, summary, walk
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.server_address import base_url
from advocacy_monitor.sources.youtube_client import GOOGLE, IDS_AT_ONCE, Quota, YoutubeClient, quota_day
from advocacy_monitor.sources.youtube_comment import about_of, id_of, is_id, to_post, wrapped
from advocacy_monitor.sources.youtube_listings import Comments, RepliesRead, replies_read

__all__ = ["YoutubeSource", "to_post"]

_SITE = r"(?:https?://)?(?:www\.|m\.|music\.)?youtube\.com/"
_VIDEO = re.compile(
    rf"(?:{_SITE}(?:watch\?(?:[^\s#]*&)?v=|shorts/|live/|embed/)|(?:https?://)?youtu\.be/)?([A-Za-z0-9_-]{{11}})(?:[?&#/][^\s]*)?"
)
_CHANNEL = re.compile(rf"(?:{_SITE}(?:channel/)?)?(UC[A-Za-z0-9_-]{{22}}|@[^\s/?#@]{{1,60}})(?:[?#/][^\s]*)?")
Failures = list[tuple[str, SourceError]]


class YoutubeSource(NetworkSource):
    """Public comments under videos and channels. The settings are the keys under `settings` of a collector."""

    api_key: SecretStr = Field(description="A key of a Google Cloud project with the YouTube Data API v3 turned on.")
    videos: tuple[str, ...] = Field(default=(), description="Videos: ids or addresses.")
    channels: tuple[str, ...] = Field(
        default=(), description="Channels, for the comments under all their videos: ids (UC...), handles or addresses."
    )
    search_terms: tuple[str, ...] = Field(
        default=(), description="Take only comments that YouTube finds for one of these; none means all comments."
    )
    lookback_days: float = Field(default=365, ge=0, le=7300, description="How far back the first run goes.")
    reply_days: float = Field(default=7, ge=0, le=365, description="How long a comment is watched for new replies.")
    units_per_day: int = Field(default=10_000, ge=1, description="The key's quota: a request costs a unit.")
    page_size: int = Field(default=100, ge=1, le=100, description="Comments asked for in one request.")
    base_url: str = Field(default=GOOGLE, description="Where the Data API is.")

    @field_validator("base_url")
    @classmethod
    def _usable_address(cls, given: str) -> str:
        return base_url(given)

    @field_validator("api_key")
    @classmethod
    def _usable_key(cls, given: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]+", given.get_secret_value()):
            raise ValueError("is empty, or holds characters that no key of Google has")
        return given

    @field_validator("videos")
    @classmethod
    def _usable_videos(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return _all_matching(_VIDEO, given, "a video's id or address, such as https://www.youtube.com/watch?v=...")

    @field_validator("channels")
    @classmethod
    def _usable_channels(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return _all_matching(_CHANNEL, given, "a channel's id (UC...), handle (@name) or address")

    @field_validator("search_terms")
    @classmethod
    def _usable_terms(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(" ".join(term.split()) for term in given))
        if "" in found:
            raise ValueError("an empty search term finds nothing")
        return found

    @model_validator(mode="after")
    def _something_to_read(self) -> YoutubeSource:
        if not self.videos and not self.channels:
            raise ValueError("needs `videos` or `channels` whose comments are read")
        return self

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Reads the comments of every video and channel. What fails does not stop the rest, but for a used-up quota."""
        read_before = replies_read(since, reply_days=timedelta(days=self.reply_days))
        last: Cursor = since or {}
        failures: Failures = []
        with closing(self._client()) as client:
            listings = self._listings(client, read_before, failures)
            for page in walk(listings, since, of="youtube", failures=failures):
                last = page.checkpoint if page.checkpoint is not None else last
                yield replace(page, checkpoint=read_before.into(last))

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks after comments by their ids, 50 in one request; each gets exactly one verdict."""
        given_up = ""
        with closing(self._client()) as client:
            for start in range(0, len(known), IDS_AT_ONCE):
                some = known[start : start + IDS_AT_ONCE]
                shown: dict[str, bytes] | str = given_up
                if not given_up:
                    shown, given_up = _shown(client, [post.source_id for post in some if is_id(post.source_id)])
                yield replace(_judged(some, shown), usage=client.quota.usage())

    def _client(self) -> YoutubeClient:
        return YoutubeClient(
            self.base_url,
            api_key=self.api_key.get_secret_value(),
            timeout=self.request_timeout,
            clock=self._now,
            quota=Quota(limit=self.units_per_day, before=self._host.spent("units", quota_day(self._now()))),
            patience=self._patience(),
        )

    def _listings(self, client: YoutubeClient, read_before: RepliesRead, failures: Failures) -> Iterator[Listing]:
        """Videos, then channels, each once for every search term. Without units nothing more can be asked."""
        named: list[tuple[str, str | None, str | None]] = [(f"video {video}", video, None) for video in self.videos]
        named += [(f"channel {channel}", None, channel) for channel in self.channels]
        for key, video, channel in named:
            for term in self.search_terms or (None,):
                if client.quota.ended is not None:
                    raise summary(failures, asked=len(named) * max(len(self.search_terms), 1))
                yield Comments(
                    client=client,
                    key=f'{key} "{term}"' if term else key,
                    video=video,
                    channel=channel,
                    term=term,
                    page_size=self.page_size,
                    first_bound=self._now() - timedelta(days=self.lookback_days),
                    reply_days=timedelta(days=self.reply_days),
                    read_before=read_before,
                )


def _all_matching(pattern: re.Pattern[str], given: tuple[str, ...], what: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in given:
        match = pattern.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not {what}")
        found[match[1]] = None
    return tuple(found)


def _shown(client: YoutubeClient, ids: Sequence[str]) -> tuple[dict[str, bytes] | str, str]:
    """The comments that YouTube shows, or why it could not be asked; and why nothing more can be asked."""
    try:
        return _found(client, ids), ""
    except RetryableSourceError as error:
        return str(error), ""
    except FatalSourceError as error:
        return str(error), str(error)


def _found(client: YoutubeClient, ids: Sequence[str]) -> dict[str, bytes]:
    """Comments by id. Whatever an answer leaves out is asked for again while that brings more.

    A comment that is taken for gone is erased here, so an answer that is merely cut short must not be believed. Where
    one missing comment makes YouTube refuse all of them, each half is asked for alone.
    """
    found: dict[str, bytes] = {}
    missing = list(ids)
    while missing:
        try:
            answer = client.comments(missing)
        except FatalSourceError:
            if client.reason != "commentNotFound":
                raise
            if len(missing) > 1:
                half = len(missing) // 2
                found |= _found(client, missing[:half]) | _found(client, missing[half:])
            break
        if not all(map(id_of, answer.records)):
            raise RetryableSourceError("sent a comment that does not say which it is; what is missing may be that one")
        new = {known: record for record in answer.records if (known := id_of(record)) in missing}
        if not new:
            break
        found |= new
        missing = [known for known in missing if known not in new]
    return found


def _judged(known: Sequence[Known], shown: dict[str, bytes] | str) -> Page:
    verdicts: list[Verdict] = []
    edited: list[Item] = []
    for post in known:
        standing, detail, new = (
            (Standing.UNKNOWN, shown, None) if isinstance(shown, str) else _standing(post, shown.get(post.source_id))
        )
        verdicts.append(Verdict(source=post.source, source_id=post.source_id, standing=standing, detail=detail))
        if new is not None:
            edited.append(new)
    return Page(items=tuple(edited), verdicts=tuple(verdicts))


def _standing(post: Known, comment: bytes | None) -> tuple[Standing, str, Post | None]:
    if not is_id(post.source_id):
        return Standing.UNKNOWN, "its id is no id of a comment on YouTube", None
    if comment is None:
        return Standing.GONE, "YouTube does not show it any more", None
    try:
        now = to_post(wrapped(comment, about_of(post.raw)))
    except BadRecordError as error:
        return Standing.UNKNOWN, f"YouTube's answer cannot be read: {error}", None
    return (Standing.STANDS, "", None) if now.text == post.text else (Standing.EDITED, "its words were changed", now)
