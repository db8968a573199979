"""Collects Instagram posts with the campaign's hashtags, posts that tag the association, and comments under its own.

Through the Graph API, with an Instagram professional account that is connected to a Facebook Page. Instagram shows
media with a hashtag for 24 hours, without their authors, for at most 30 hashtags in seven days; see the how-to.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import timedelta

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from advocacy_monitor.models import Cursor, Known, Page
from advocacy_monitor.sources import server_address
from advocacy_monitor.sources.graph_client import BASE_URL, VERSION, Credentials, Graph, usable_version
from advocacy_monitor.sources.graph_values import unstamped
from advocacy_monitor.sources.instagram_check import standings
from advocacy_monitor.sources.instagram_listings import (
    MOST_HASHTAGS,
    WHOLE,
    Account,
    CommentListing,
    HashtagListing,
    Hashtags,
    OwnMediaListing,
    TaggedListing,
    WholeListing,
)
from advocacy_monitor.sources.instagram_media import to_post
from advocacy_monitor.sources.listings import Listing, Marks, read_marks, walk
from advocacy_monitor.sources.network import NetworkSource

__all__ = ["InstagramSource", "to_post"]


class InstagramSource(NetworkSource):
    """Media with hashtags, media that tag the account, comments under its own. Secrets are never part of an error."""

    access_token: SecretStr = Field(description="Token of a person or system user with a role on the connected Page.")
    app_secret: SecretStr | None = Field(default=None, description="The app's secret, where the app demands proof.")
    account: str = Field(pattern=r"^\d{5,30}$", description="Number of the Instagram professional account.")
    hashtags: tuple[str, ...] = Field(default=(), description="Hashtags, with or without #; at most 30.")
    tagged: bool = Field(default=True, description="Also collect posts of others in which the account is tagged.")
    own_comments: bool = Field(
        default=False, validate_default=True, description="Also collect comments under the account's own posts."
    )
    lookback_days: int = Field(default=365, ge=0, le=3650, description="How far back the first run looks.")
    comment_days: int = Field(default=60, ge=1, le=3650, description="How long an own post is asked for new comments.")
    overlap_hours: float = Field(default=24, ge=0, le=8760, description="How far each run starts before the last one.")
    page_size: int = Field(default=50, ge=1, le=50, description="Records asked for in one request.")
    version: str = Field(default=VERSION, description="Version of the Graph API.")
    base_url: str = Field(default=BASE_URL, description="Where the Graph API is asked.")

    _usable_version = field_validator("version")(usable_version)
    _usable_base_url = field_validator("base_url")(server_address.base_url)

    @field_validator("hashtags")
    @classmethod
    def _usable_hashtags(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(map(server_address.bare_hashtag, given)))
        if len(found) > MOST_HASHTAGS:
            raise ValueError(
                f"names {len(found)} hashtags; Instagram allows {MOST_HASHTAGS} in 7 days for an account, so name "
                "those that matter most under `hashtags`"
            )
        return found

    @field_validator("account", mode="before")
    @classmethod
    def _as_text(cls, given: object) -> object:
        return str(given) if isinstance(given, int) and not isinstance(given, bool) else given

    @field_validator("own_comments")
    @classmethod
    def _something_to_read(cls, given: bool, info: ValidationInfo) -> bool:
        if not given and not info.data.get("tagged") and info.data.get("hashtags") == ():
            raise ValueError("there is nothing to read: name hashtags, or set tagged or own_comments")
        return given

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Tagged media first, since they name their authors, then hashtags, then comments. Marks: instagram_listings.

        What fails does not stop the rest. Raises one RetryableSourceError or FatalSourceError that names what failed.
        """
        marks = read_marks(since, "instagram")
        with closing(self._graph()) as graph, closing(self._listings(graph, marks)) as listings:
            yield from walk(listings, since, of="instagram")

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks for comments by number and looks tagged media up; see instagram_check for what cannot be asked."""
        with closing(self._graph()) as graph:
            yield from standings(self._account(graph), known)

    def _listings(self, graph: Graph, marks: Marks) -> Generator[Listing, None, None]:
        for listing in self._all_listings(self._account(graph), marks):
            if graph.over is not None:
                return
            yield listing

    def _all_listings(self, account: Account, marks: Marks) -> Iterator[Listing]:
        first = account.now - timedelta(days=self.lookback_days)
        if self.tagged:
            yield TaggedListing(account, first)
        hashtags = Hashtags(account=account)
        for tag in self.hashtags:
            if hashtags.failure is None:
                yield HashtagListing(account, hashtags, tag)
        if self.own_comments:
            whole = marks.get(WHOLE)
            start = first if whole is None else unstamped(whole.high) - timedelta(days=self.comment_days)
            own = OwnMediaListing(account, start)
            yield own
            comments = [CommentListing(account, media) for media in own.found]
            yield from comments
            yield WholeListing(account, [own, *comments])

    def _account(self, graph: Graph) -> Account:
        return Account(
            missed=self._host.missed,
            graph=graph,
            number=self.account,
            page_size=self.page_size,
            now=self._now(),
            overlap=timedelta(hours=self.overlap_hours),
        )

    def _graph(self) -> Graph:
        return Graph(
            Credentials(
                token=self.access_token.get_secret_value(),
                app_secret=self.app_secret.get_secret_value() if self.app_secret else None,
            ),
            base_url=self.base_url,
            version=self.version,
            timeout=self.request_timeout,
            clock=self._now,
            patience=self._patience(),
        )
