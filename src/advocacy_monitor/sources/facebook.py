"""Collects what people say on libraries' Facebook Pages: comments, visitors' posts, and posts that tag a Page.

Facebook has no search for hashtags or words, so the campaign names Pages: the association's and its libraries'. Each
Page belongs to a library or an area, which its comments inherit. What the Page itself writes is an
announcement and no testimony; it is left out unless `page_posts` is set.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Known, Page
from advocacy_monitor.sources import server_address
from advocacy_monitor.sources.facebook_check import standings, unasked
from advocacy_monitor.sources.facebook_listings import PageWalk, Reading, whole_key, window_start
from advocacy_monitor.sources.facebook_post import Owner, to_post
from advocacy_monitor.sources.graph_client import (
    BASE_URL,
    VERSION,
    Credentials,
    Graph,
    usable_version,
)
from advocacy_monitor.sources.graph_errors import AccessError, MissingError
from advocacy_monitor.sources.listings import Listing, Marks, read_marks, summary, walk
from advocacy_monitor.sources.network import NetworkSource
from advocacy_monitor.sources.retrying import Patience

__all__ = ["FacebookPage", "FacebookSource", "to_post"]

_ADDRESS = re.compile(r"(?:https?://)?(?:www\.|m\.)?facebook\.com/", re.IGNORECASE)
_PAGE = re.compile(r"[\w.-]{1,100}")


class _Identity(msgspec.Struct):
    id: str
    access_token: str | None = None


class FacebookPage(BaseModel):
    """One Page, and whose it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    page: str = Field(description="The Page's number or name, as in its address.")
    library: str | None = Field(default=None, description="The library whose Page it is, as in the list of libraries.")
    area: str | None = Field(default=None, description="The area, for a Page that belongs to no single library.")
    access_token: SecretStr | None = Field(default=None, description="The Page's own token, where it has one.")

    @field_validator("page", mode="before")
    @classmethod
    def _bare(cls, given: Any) -> str:
        name = _ADDRESS.sub("", str(given).strip(), count=1).removeprefix("@").rstrip("/")
        if not _PAGE.fullmatch(name):
            raise ValueError("must be a Page's number or name, as in https://www.facebook.com/NAME")
        return name

    @property
    def owner(self) -> Owner:
        """Whose Page it is: what its visitors speak of."""
        return Owner(library=self.library, area=self.area)


class FacebookSource(NetworkSource):
    """Comments, visitors' posts and tagging posts of named Pages. A setting `pages` would hide the method `pages`."""

    access_token: SecretStr | None = Field(
        default=None, description="Token of a person or system user with a role on the Pages, or of the only Page."
    )
    app_secret: SecretStr | None = Field(default=None, description="The app's secret, where the app demands proof.")
    facebook_pages: tuple[FacebookPage, ...] = Field(min_length=1, description="The Pages, each with its library.")
    page_posts: bool = Field(default=False, description="Also collect what the Page itself writes.")
    tagged: bool = Field(default=True, description="Also collect public posts of others that tag the Page.")
    lookback_days: int = Field(default=365, ge=0, le=3650, description="How far back the first run looks for posts.")
    comment_days: int = Field(default=60, ge=1, le=3650, description="How long a post is asked for new comments.")
    overlap_hours: float = Field(default=24, ge=0, le=8760, description="How far each run starts before the last one.")
    page_size: int = Field(default=100, ge=1, le=100, description="Records asked for in one request.")
    version: str = Field(default=VERSION, description="Version of the Graph API.")
    base_url: str = Field(default=BASE_URL, description="Where the Graph API is asked.")

    _usable_version = field_validator("version")(usable_version)
    _usable_base_url = field_validator("base_url")(server_address.base_url)

    @field_validator("facebook_pages")
    @classmethod
    def _each_once_and_open(cls, given: tuple[FacebookPage, ...], info: ValidationInfo) -> tuple[FacebookPage, ...]:
        """`access_token` stands first, so that it is known here."""
        names = [page.page.casefold() for page in given]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"names a Page twice: {', '.join(twice)}")
        closed = [page.page for page in given if page.access_token is None]
        if closed and info.data.get("access_token") is None:
            raise ValueError(f"needs an access_token for all Pages, or one for each: {', '.join(closed)}")
        return given

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Walks every Page. Marks: facebook_listings. A Page or post that fails does not stop the others.

        Raises one RetryableSourceError or FatalSourceError (if any failure needs a person) that names what failed.
        """
        failures: list[tuple[str, SourceError]] = []
        marks = read_marks(since, "facebook")
        with closing(_PageTokens(self)) as tokens, closing(self._listings(tokens, marks, failures)) as listings:
            yield from walk(listings, since, of="facebook", failures=failures)

    def verify(self, known: Sequence[Known]) -> Iterator[Page]:
        """Asks about each post with the token of the Page on which it was found; see facebook_check."""
        waiting = list(known)
        failures: list[tuple[str, SourceError]] = []
        with closing(_PageTokens(self)) as tokens:
            for page in self.facebook_pages:
                if not waiting:
                    break
                try:
                    with tokens.opened(page) as (graph, page_id):
                        yield from standings(graph, page_id, waiting, what=page.page, of=page.owner)
                except (RetryableSourceError, FatalSourceError) as error:
                    failures.append((page.page, error))
        yield from unasked(waiting, failures)
        if failures:
            raise summary(failures, asked=len(self.facebook_pages))

    def _listings(
        self, tokens: _PageTokens, marks: Marks, failures: list[tuple[str, SourceError]]
    ) -> Generator[Listing, None, None]:
        reading = self._reading()
        for page in self.facebook_pages:
            now = self._now()
            try:
                with tokens.opened(page) as (graph, page_id):
                    yield from PageWalk(
                        name=page.page,
                        owner=page.owner,
                        graph=graph,
                        page_id=page_id,
                        reading=reading,
                        now=now,
                        start=window_start(marks.get(whole_key(page.page)), reading, now),
                    ).listings()
            except (RetryableSourceError, FatalSourceError) as error:
                failures.append((page.page, error))

    def _reading(self) -> Reading:
        return Reading(
            page_size=self.page_size,
            page_posts=self.page_posts,
            tagged=self.tagged,
            lookback=timedelta(days=self.lookback_days),
            comments_for=timedelta(days=self.comment_days),
            overlap=timedelta(hours=self.overlap_hours),
        )

    def _graph(self, token: SecretStr, patience: Patience) -> Graph:
        return Graph(
            Credentials(
                token=token.get_secret_value(),
                app_secret=self.app_secret.get_secret_value() if self.app_secret else None,
            ),
            base_url=self.base_url,
            version=self.version,
            timeout=self.request_timeout,
            clock=self._now,
            patience=patience,
        )


class _PageTokens:
    """Opens one Page after the other in a run, each with its own token. Close it after use.

    Comments are shown to a Page's own token only, and whoever has a role on the Page may ask for that token:
    https://developers.facebook.com/docs/pages-api/getting-started. It is kept in memory while the Page is read.
    """

    def __init__(self, source: FacebookSource) -> None:
        self._source = source
        self._patience = source._patience()
        self._general = source._graph(source.access_token, self._patience) if source.access_token else None

    def close(self) -> None:
        """Closes the connections."""
        if self._general is not None:
            self._general.close()

    @contextmanager
    def opened(self, page: FacebookPage) -> Iterator[tuple[Graph, str]]:
        """The Graph API as the Page's own token shows it, else as the general one does, and the Page's number."""
        if page.access_token is not None:
            with closing(self._source._graph(page.access_token, self._patience)) as graph:
                yield graph, _identity(graph, page.page).id
            return
        if self._general is None:
            raise FatalSourceError("has no access_token: set one for all Pages, or its own")
        identity = _identity(self._general, page.page)
        if identity.access_token is None:
            yield self._general, identity.id
            return
        with closing(self._source._graph(SecretStr(identity.access_token), self._patience)) as graph:
            yield graph, identity.id


def _identity(graph: Graph, name: str) -> _Identity:
    """A Page's number, and its own token if we may have it."""
    try:
        body = graph.get(name, {"fields": "id,access_token"}, what=name)
    except (AccessError, MissingError):
        body = graph.get(name, {"fields": "id"}, what=name)
    try:
        return msgspec.json.decode(body, type=_Identity)
    except msgspec.MsgspecError:
        raise RetryableSourceError("sent something else than a Page's number") from None
