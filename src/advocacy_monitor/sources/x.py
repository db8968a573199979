"""Collects posts of X by hashtags, phrases or a query: the last seven days, or the full archive. X charges for it.

One search for everything, because a post with two hashtags is charged once then. It is walked from the newest post
down (`listings`); ids bound it (`x_ids`); a budget for each month ends it before it costs more (`x_budget`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Literal

import msgspec
from pydantic import Field, PrivateAttr, SecretStr, field_validator
from pydantic_core.core_schema import ValidationInfo

from advocacy_monitor.models import Cursor, Estimate, Known, Page, Post, Usage
from advocacy_monitor.sources import x_estimate, x_query
from advocacy_monitor.sources.listings import Marks, by_length, read_marks, walk
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.server_address import bare_hashtag, base_url
from advocacy_monitor.sources.x_budget import Each, Prices, Purse
from advocacy_monitor.sources.x_client import Api
from advocacy_monitor.sources.x_compliance import read_compliance
from advocacy_monitor.sources.x_edits import withheld
from advocacy_monitor.sources.x_fields import Spelling, check_fields, search_fields
from advocacy_monitor.sources.x_ids import FIRST_DAY
from advocacy_monitor.sources.x_search import REACH, Asking, Search
from advocacy_monitor.sources.x_shapes import SOURCE
from advocacy_monitor.sources.x_standing import Lookup

__all__ = ["XSource", "read_compliance"]

_RECENT_PAGE = 100
_COUNT_USD = {False: 0.005, True: 0.010}


class XSource(NetworkSource):
    """Public posts of X. The settings are the keys under `settings` of a collector."""

    bearer_token: SecretStr = Field(description="The app's bearer token, from console.x.com.")
    archive: bool = Field(default=False, description="Search the full archive, not only the last seven days.")
    hashtags: tuple[str, ...] = Field(default=(), description="Hashtags, with or without #; any of them is enough.")
    phrases: tuple[str, ...] = Field(default=(), description="Words in this order; any phrase or hashtag is enough.")
    query: str = Field(
        default="",
        validate_default=True,
        description="A condition in X's query language that all posts must meet, such as `-is:retweet lang:de`; "
        "without hashtags and phrases the whole query.",
    )
    lookback_days: int = Field(default=7, ge=1, le=6000, description="How far back the first run goes.")
    since: date | None = Field(default=None, description="Full archive: the first day, in place of lookback_days.")
    until: date | None = Field(default=None, description="Full archive: the last day.")
    page_size: int = Field(default=_RECENT_PAGE, ge=10, le=500, description="Posts asked for in one request.")
    originals: bool = Field(
        default=True, description="Also read the posts that are reposted, quoted or answered; each is charged."
    )
    spelling: Literal["tweet", "post"] = Field(
        default="tweet", description="Names of the fields in requests: X renames tweet.fields to post.fields."
    )
    budget_posts: int | None = Field(default=None, ge=0, description="Posts that may be read in a calendar month.")
    budget_usd: float | None = Field(default=None, ge=0, description="US dollars that may be spent in a month.")
    price_per_post: float = Field(default=0.005, ge=0, description="US dollars that X charges for a post.")
    price_per_user: float = Field(default=0.010, ge=0, description="US dollars that X charges for a person.")
    confirm_above_posts: int | None = Field(
        default=1000, ge=1, description="Runs of so many posts must be confirmed by a person; null: none."
    )
    base_url: str = Field(default="https://api.x.com", description="Where X's API is; another one is for tests.")
    _owed: list[Usage] = PrivateAttr(default_factory=list)

    @field_validator("hashtags")
    @classmethod
    def _usable_hashtags(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(bare_hashtag, given)))

    @field_validator("phrases")
    @classmethod
    def _usable_phrases(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(x_query.phrase, given)))

    @field_validator("query")
    @classmethod
    def _usable_query(cls, given: str, info: ValidationInfo) -> str:
        """It stands after what it is joined with, so that the length of the whole is known."""
        own = x_query.condition(given)
        if {"archive", "hashtags", "phrases"} <= info.data.keys():
            limit = x_query.ARCHIVE_LIMIT if info.data["archive"] else x_query.RECENT_LIMIT
            x_query.build(info.data["hashtags"], info.data["phrases"], own, limit=limit)
        return own

    @field_validator("lookback_days")
    @classmethod
    def _reachable(cls, given: int, info: ValidationInfo) -> int:
        if given > REACH.days and not info.data.get("archive", True):
            raise ValueError(f"recent search reaches back {REACH.days} days; archive: true goes further")
        return given

    @field_validator("since", "until")
    @classmethod
    def _day_of_archive(cls, given: date | None, info: ValidationInfo) -> date | None:
        if given is not None and not info.data.get("archive", True):
            raise ValueError("is for the full archive only (archive: true)")
        if given is not None and given < FIRST_DAY:
            raise ValueError(f"the first day that can be named is {FIRST_DAY}")
        first = info.data.get("since")
        if given is not None and first is not None and given < first:
            raise ValueError("lies before `since`")
        return given

    @field_validator("page_size")
    @classmethod
    def _size_that_is_given(cls, given: int, info: ValidationInfo) -> int:
        if given > _RECENT_PAGE and not info.data.get("archive", True):
            raise ValueError(f"recent search gives {_RECENT_PAGE} posts at once; archive: true gives 500")
        return given

    @field_validator("base_url")
    @classmethod
    def _usable_address(cls, given: str) -> str:
        return base_url(given)

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Walks the search. Raises RetryableSourceError, or FatalSourceError, also when the budget is used up."""
        with closing(self._api()) as api:
            search = self._search(api)
            cursor: Cursor = msgspec.to_builtins(self._marks(search, since))
            for page in walk([search], cursor, of=SOURCE, order=by_length):
                posts = (item for item in page.items if isinstance(item, Post))
                yield replace(page, verdicts=tuple(found for post in posts if (found := withheld(post))))

    def estimate(self, since: Cursor | None) -> Estimate | None:
        """What X counts where no run has been yet, or None below `confirm_above_posts`. It costs a request.

        Where the budget allows no run of that length, nothing is counted.
        """
        if self.confirm_above_posts is None:
            return None
        with closing(self._api()) as api:
            search = self._search(api)
            if not x_estimate.may_read(search.asking.purse, self.confirm_above_posts):
                return None
            found = x_estimate.estimate(search, self._marks(search, since)[search.key])
        return found if found.posts >= self.confirm_above_posts else None

    @property
    def verifies_unasked(self) -> bool:
        """Whether the daemon may look posts up by itself, day after day: only within a budget that somebody set."""
        return self.budget_posts is not None or self.budget_usd is not None

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks in hundreds whether posts stand. It is charged as reading them is, from the same budget."""
        with closing(self._api()) as api:
            asking = self._asking(api, archive=False)
            whole = search_fields(self._names, originals=self.originals)
            yield from Lookup(asking=asking, fields=check_fields(self._names), whole=whole, each=self._each).verify(
                known
            )

    def _marks(self, search: Search, since: Cursor | None) -> Marks:
        marks = read_marks(since, SOURCE)
        marks.setdefault(search.key, search.start())
        return marks

    def _search(self, api: Api) -> Search:
        limit = x_query.ARCHIVE_LIMIT if self.archive else x_query.RECENT_LIMIT
        return Search(
            asking=self._asking(api, archive=self.archive),
            query=x_query.build(self.hashtags, self.phrases, self.query, limit=limit),
            fields=search_fields(self._names, originals=self.originals),
            each=self._each,
            page_size=self.page_size,
            lookback_days=self.lookback_days,
            since=self.since,
            until=self.until,
            owed=self._owed,
        )

    def _asking(self, api: Api, *, archive: bool) -> Asking:
        prices = Prices(post=self.price_per_post, user=self.price_per_user, count=_COUNT_USD[self.archive])
        purse = Purse(budget_posts=self.budget_posts, budget_usd=self.budget_usd, prices=prices, host=self._host)
        purse.note(self._owed)
        return Asking(api=api, patience=self._patience(), purse=purse, host=self._host, archive=archive)

    def _api(self) -> Api:
        token = self.bearer_token.get_secret_value()
        return Api(self.base_url, token=token, timeout=self.request_timeout, clock=self._now)

    @property
    def _names(self) -> Spelling:
        return Spelling(self.spelling)

    @property
    def _each(self) -> Each:
        """A post brings its author, and with `originals` one that it quotes and one that it answers."""
        alone = self._names is Spelling.TWEET and not self.originals
        return Each(posts=1 if alone else 3, users=1)
