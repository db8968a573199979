"""Collects posts of Reddit that hold a phrase, and the comments below them, from where it left off.

Reddit has no hashtags and no search for comments: posts are searched for, and of each post that is found all comments
are taken, whether they hold the phrase or not. A search comes newest first, has no upper bound and ends after about
1,000 posts or fewer; see reddit_listings. Nothing that was deleted or removed is collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator

from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError
from advocacy_monitor.models import Cursor, Item, Known, Page, Standing, Verdict
from advocacy_monitor.sources.listings import Listing, summary, walk
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.reddit_client import LISTED_AT_ONCE, OAUTH, REDDIT, RedditClient
from advocacy_monitor.sources.reddit_listings import Asking, Failures, Search, Thread, Watched, is_thread, watched
from advocacy_monitor.sources.reddit_thing import alone, fate, is_fullname, name_of, to_post
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.server_address import base_url

__all__ = ["RedditSource", "to_post"]

_SUBREDDIT = re.compile(r"(?:/?r/)?([A-Za-z0-9][A-Za-z0-9_]{1,20})/?")
_LONGEST_QUERY = 512
_FAILURES_IN_A_ROW = 3


class RedditSource(NetworkSource):
    """Public posts with a phrase, and their comments. The settings are the keys under `settings` of a collector."""

    client_id: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[!-~]+$")] = Field(
        description="The id of your app, as https://www.reddit.com/prefs/apps shows it."
    )
    client_secret: SecretStr = Field(description="The secret of your app.")
    user_agent: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[ -~]{7,200}$")] = Field(
        description="What your app tells Reddit of itself, such as 'linux:org.example.campaign:v1 (by /u/name)'."
    )
    hashtags: tuple[str, ...] = Field(default=(), description="Hashtags to search for as words, with and without #.")
    phrases: tuple[str, ...] = Field(
        default=(), description="Words to search for as they stand; given, they are used instead of the hashtags."
    )
    subreddits: tuple[str, ...] = Field(default=("all",), min_length=1, description="Where to search; `all` is all.")
    comments: bool = Field(default=True, description="Take the comments below each post that was found.")
    comment_days: float = Field(
        default=7, ge=0, le=365, description="How long after a post was made its comments are read again in each run."
    )
    more_requests: int = Field(
        default=20, ge=0, le=1000, description="Requests for the comments of one post that do not fit in one answer."
    )
    time_filter: Literal["hour", "day", "week", "month", "year", "all"] = Field(
        default="month", description="How far back the first run goes."
    )
    overlap_hours: float = Field(default=12, ge=0, le=8760, description="How far each run starts before the last one.")
    page_size: int = Field(
        default=LISTED_AT_ONCE, ge=1, le=LISTED_AT_ONCE, description="Posts asked for in one request."
    )
    reddit_url: str = Field(default=REDDIT, description="Where tokens are asked for.")
    oauth_url: str = Field(default=OAUTH, description="Where everything else is asked for.")

    @field_validator("reddit_url", "oauth_url")
    @classmethod
    def _usable_address(cls, given: str) -> str:
        return base_url(given)

    @field_validator("client_secret")
    @classmethod
    def _usable_secret(cls, given: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]+", given.get_secret_value()):
            raise ValueError("is empty, or holds characters that no secret of Reddit has")
        return given

    @field_validator("subreddits")
    @classmethod
    def _usable_subreddits(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        found: dict[str, str] = {}
        for name in given:
            match = _SUBREDDIT.fullmatch(name.strip())
            if match is None:
                raise ValueError(f"{name!r} is not the name of a subreddit, such as libraries or r/libraries")
            found.setdefault(match[1].lower(), "all" if match[1].lower() == "all" else match[1])
        return tuple(found.values())

    @field_validator("hashtags", "phrases")
    @classmethod
    def _usable_phrases(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(" ".join(phrase.split()) for phrase in given))
        for phrase in found:
            if '"' in phrase or not re.search(r"\w", phrase) or len(_tagged(phrase)) > _LONGEST_QUERY:
                raise ValueError(
                    f"{phrase[:40]!r} cannot be searched for: it is empty, too long, or holds a quote mark"
                )
        return found

    @model_validator(mode="after")
    def _something_to_search_for(self) -> RedditSource:
        if not self.phrases and not self.hashtags:
            raise ValueError("needs `phrases` or `hashtags`, or the campaign's hashtags, to search for")
        return self

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Searches every subreddit for every phrase, then reads the comments of the threads that are watched.

        What fails does not stop the rest; at the end one error names all that failed, also searches that Reddit ended
        too early for all posts to be seen.
        """
        failures: Failures = []
        since = since if self.comments else {key: known for key, known in (since or {}).items() if not is_thread(key)}
        threads = watched(
            since,
            not_before=self._now() - timedelta(days=self.comment_days),
            overlap=timedelta(hours=self.overlap_hours),
        )
        with closing(self._client()) as client:
            asking = Asking(client=client, patience=self._patience(), clock=self._now)
            last: Cursor = since or {}
            given: Cursor | None = None
            for page in walk(self._listings(asking, threads, failures), since, of="reddit", failures=failures):
                last = page.checkpoint if page.checkpoint is not None else last
                checkpoint = threads.into(last) if self.comments else last
                if page.items or page.rejects or checkpoint != given:
                    yield replace(page, checkpoint=checkpoint)
                given = checkpoint

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks after posts and comments, a hundred in one request; each gets exactly one verdict."""
        patience = self._patience()
        given_up = ""
        with closing(self._client()) as client:
            for start in range(0, len(known), LISTED_AT_ONCE):
                some = known[start : start + LISTED_AT_ONCE]
                names = [post.source_id for post in some if is_fullname(post.source_id)]
                page = _unknown(some, given_up)
                if not given_up:
                    try:
                        page = _judged(some, _info(client, patience, names))
                    except RetryableSourceError as error:
                        page = _unknown(some, str(error))
                    except FatalSourceError as error:
                        given_up = str(error)
                        page = _unknown(some, given_up)
                yield page

    def _client(self) -> RedditClient:
        return RedditClient(
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            user_agent=self.user_agent,
            timeout=self.request_timeout,
            clock=self._now,
            reddit_url=self.reddit_url,
            oauth_url=self.oauth_url,
        )

    def _queries(self) -> dict[str, str]:
        """What is searched for, each with its query."""
        if self.phrases:
            return {phrase: _quoted(phrase) for phrase in self.phrases}
        return {hashtag: _tagged(hashtag) for hashtag in self.hashtags}

    def _listings(self, asking: Asking, threads: Watched, failures: Failures) -> Iterator[Listing]:
        for subreddit in self.subreddits:
            for phrase, query in self._queries().items():
                yield Search(
                    asking=asking,
                    subreddit=subreddit,
                    phrase=phrase,
                    query=query,
                    first_period=self.time_filter,
                    overlap=timedelta(hours=self.overlap_hours),
                    page_size=self.page_size,
                    watched=threads,
                    failures=failures,
                )
        if self.comments:
            yield from self._threads(asking, threads, failures)

    def _threads(self, asking: Asking, threads: Watched, failures: Failures) -> Iterator[Listing]:
        """Those that were never read come first. When one after the other fails, the rest is left to the next run."""
        in_a_row = 0
        due = threads.due()
        for key in due:
            before = len(failures)
            yield Thread(asking=asking, key=key, more_requests=self.more_requests, watched=threads)
            in_a_row = in_a_row + 1 if len(failures) > before else 0
            if in_a_row == _FAILURES_IN_A_ROW:
                rest = RetryableSourceError("are not asked for after these failures; the next run does")
                raise summary([*failures, ("the other threads", rest)], asked=len(due))


def _quoted(phrase: str) -> str:
    """A phrase in Reddit's Lucene syntax."""
    return f'"{phrase}"'


def _tagged(hashtag: str) -> str:
    """A hashtag in Reddit's Lucene syntax, with and without its sign."""
    bare = hashtag.lstrip("#＃")
    return f'"{bare}" OR "#{bare}"'


def _info(client: RedditClient, patience: Patience, names: Sequence[str]) -> Sequence[bytes]:
    return patience.call(lambda: client.info(names), what="Reddit, api/info") if names else ()


def _unknown(known: Sequence[Known], reason: str) -> Page:
    return Page(
        verdicts=tuple(
            Verdict(source=post.source, source_id=post.source_id, standing=Standing.UNKNOWN, detail=reason)
            for post in known
        )
    )


def _judged(known: Sequence[Known], answer: Sequence[bytes]) -> Page:
    """What Reddit's answer says about each post that was asked after."""
    named = [(name_of(thing), thing) for thing in (alone(thing)[0] for thing in answer)]
    shown = {name: thing for name, thing in named if name is not None}
    unreadable = len(shown) < len(named)
    verdicts: list[Verdict] = []
    edited: list[Item] = []
    for post in known:
        standing, detail, new = _standing(post, shown.get(post.source_id), unreadable=unreadable)
        verdicts.append(Verdict(source=post.source, source_id=post.source_id, standing=standing, detail=detail))
        if new is not None:
            edited.append(new)
    return Page(items=tuple(edited), verdicts=tuple(verdicts))


def _standing(post: Known, thing: bytes | None, *, unreadable: bool) -> tuple[Standing, str, Item | None]:
    if not is_fullname(post.source_id):
        return Standing.UNKNOWN, "its id is no fullname of Reddit, such as t3_abc", None
    if thing is None and unreadable:
        return Standing.UNKNOWN, "Reddit's answer holds things that do not say which they are", None
    if thing is None:
        return Standing.GONE, "Reddit does not show it any more", None
    try:
        gone = fate(thing)
        if gone is not None:
            return *gone, None
        now = to_post(thing)
    except BadRecordError as error:
        return Standing.UNKNOWN, f"Reddit's answer cannot be read: {error}", None
    if now.text != post.text:
        return Standing.EDITED, "its words were changed", now
    return Standing.STANDS, "", None
