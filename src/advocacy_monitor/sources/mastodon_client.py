"""One Mastodon server, asked through Mastodon.py: answers as bytes, errors in the words of this package.

Mastodon.py is told to throw on rate limits, because its own waiting has no end, and its messages are never passed on:
they hold whole answers, and with them people's posts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from copy import copy
from datetime import datetime
from typing import Any

import requests
from mastodon import Mastodon, errors
from requests import exceptions as http

from advocacy_monitor import __version__
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources import over_requests
from advocacy_monitor.sources.json_records import records
from advocacy_monitor.sources.refusals import no_json, refused

_log = logging.getLogger(__name__)
_REMEDIES = {
    401: "asks for a valid access_token of an account there",
    403: "refuses access; does it need an access_token, or one with more permissions?",
    404: "has nothing at this address; is it a Mastodon server?",
}
_NOT_THERE = frozenset({404, 410})
_NOT_SERVED = frozenset({400, 404, 405, 422, 501})
"""What a server says that does not know the question: Mastodon before 4.3, other software."""

PASSING: dict[type[Exception], bool] = {
    errors.MastodonError: False,
    errors.MastodonVersionError: False,
    errors.MastodonIllegalArgumentError: False,
    errors.MastodonIOError: True,
    errors.MastodonFileNotFoundError: False,
    errors.MastodonNetworkError: True,
    errors.MastodonReadTimeout: True,
    errors.MastodonAPIError: True,
    errors.MastodonServerError: True,
    errors.MastodonInternalServerError: True,
    errors.MastodonBadGatewayError: True,
    errors.MastodonServiceUnavailableError: True,
    errors.MastodonGatewayTimeoutError: True,
    errors.MastodonNotFoundError: False,
    errors.MastodonUnauthorizedError: False,
    errors.MastodonRatelimitError: True,
    errors.MastodonMalformedEventError: True,
    **over_requests.PASSING,
}
"""Every error of Mastodon.py and requests: whether it may pass by itself. An answer's status code has the last word."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (http.InvalidSchema, "redirects to an address without https"),
    (http.TooManyRedirects, "redirects without end"),
    (http.InvalidHeader, "the access_token holds characters that cannot be sent"),
    (errors.MastodonNetworkError, "the connection failed"),
    (errors.MastodonIllegalArgumentError, "Mastodon.py refused an argument"),
    (errors.MastodonRatelimitError, "limits requests"),
)

_EMPTY = (
    ("/api/v1/timelines/tag/", b"[]"),
    ("/api/v1/statuses?", b"[]"),
    ("/api/v1/statuses/", b"{}"),
    ("/api/v2/search", b'{"accounts": [], "hashtags": [], "statuses": []}'),
)
"""What Mastodon.py gets in the place of answers that hold posts."""


class Instance:
    """A server and its last answer. Close it after use."""

    def __init__(self, url: str, *, token: str | None, timeout: float, clock: Callable[[], datetime]) -> None:
        self.url = url
        self._clock = clock
        self.signed_in = token is not None
        self._answers: list[requests.Response] = []
        self._session = requests.Session()
        self._session.hooks["response"].append(self._keep)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, over_requests.SizedAdapter())
        if url.startswith("https://"):
            del self._session.adapters["http://"]  # so that no redirect leads out of the encryption
        self._client = Mastodon(
            api_base_url=url,
            ratelimit_method="throw",
            request_timeout=timeout,
            version_check_mode="none",
            session=self._session,
            user_agent=f"advocacy-monitor/{__version__}",
        )
        self._client.access_token = token  # given to the constructor it may be taken for the name of a file

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def check_access(self) -> None:
        """Asks whether the server shows hashtag timelines to us: one that does not may answer with empty lists.

        Raises FatalSourceError when it does not, RetryableSourceError when it cannot be reached. A server that does
        not say (Mastodon before 4.5, other software) may answer.
        """
        self._forget()
        signed_in = self._client.access_token is not None
        try:
            shown = self._client.timeline_is_available("hashtag", with_auth=signed_in, fail_hard=True)
        except errors.MastodonError as error:
            if not self._answers:
                raise self._translated(error.__cause__ or error) from None
            return
        if not shown:
            remedy = "the access_token does not open them" if signed_in else "set an access_token of an account there"
            raise FatalSourceError(f"shows hashtag timelines to signed-in people only, or to nobody; {remedy}")
        if not self._client.timeline_is_available("hashtag", local=True, remote=True, with_auth=signed_in):
            _log.warning("%s: shows either its own posts or those of other servers, not both", self.url)

    def hashtag_timeline(self, tag: str, *, min_id: str | None, limit: int) -> list[bytes]:
        """The records right above `min_id`, or the newest ones, each as received; newest first.

        Raises RetryableSourceError or FatalSourceError.
        """
        self._ask(lambda: self._client.timeline_hashtag(tag, min_id=min_id, limit=limit))
        return self._records()

    def statuses(self, ids: Sequence[str]) -> list[bytes] | None:
        """Up to 20 statuses by their ids on this server, each as received; those that it does not show are left out.

        None when the server cannot be asked for several. Raises RetryableSourceError or FatalSourceError.
        """
        try:
            self._ask(lambda: self._client.statuses(list(ids)))
        except FatalSourceError:
            if self._status() in _NOT_SERVED:
                return None
            raise
        return self._records()

    def status(self, identifier: str) -> bytes | None:
        """One status by its id on this server, or None when it is not there or not shown. Raises as `statuses` does."""
        try:
            self._ask(lambda: self._client.status(identifier))
        except FatalSourceError:
            if self._status() in _NOT_THERE:
                return None
            raise
        self._records(b"[" + self._answers[-1].content + b"]")
        return self._answers[-1].content

    def find(self, uri: str) -> bytes:
        """What the server finds at the address of a post elsewhere, as received. Raises as `statuses` does."""
        # Mastodon.py would ask for the server's version first, without end where it cannot find one.
        self._ask(lambda: self._client.search_v2(uri, resolve=True, result_type="statuses", exclude_unreviewed=False))
        return self._answers[-1].content

    def answer(self, text: str, *, to: str, key: str) -> bytes:
        """Answers a post, unlisted. The same `key` within an hour answers once. Raises as `statuses` does."""
        self._ask(lambda: self._client.status_post(text, in_reply_to_id=to, visibility="unlisted", idempotency_key=key))
        return self._answers[-1].content

    def _ask(self, request: Callable[[], object]) -> None:
        self._forget()
        try:
            request()
        except (errors.MastodonError, http.RequestException) as error:
            if not (isinstance(error, errors.MastodonRatelimitError) and self._answers and self._answers[-1].ok):
                raise self._translated(error) from None  # its message may hold the whole answer
            _log.info("%s: its rate limit headers cannot be read; its answer can", self.url)

    def _forget(self) -> None:
        self._answers.clear()

    def _records(self, body: bytes | None = None) -> list[bytes]:
        try:
            return records(self._answers[-1].content if body is None else body)
        except ValueError:
            raise self._unreadable() from None

    def _status(self) -> int:
        return self._answers[-1].status_code if self._answers else 0

    def _keep(self, response: requests.Response, *_args: Any, **_kwargs: Any) -> requests.Response | None:
        """Keeps an answer, and gives Mastodon.py an empty one in the place of posts.

        It turns every value of a post into an object: 3.6 ms a post, ten times as long as all the rest, for nothing;
        and it gives up on a whole answer when one post in it is odd.
        """
        self._answers.append(response)
        path = response.request.path_url or ""
        empty = next((found for part, found in _EMPTY if part in path), None)
        if not response.ok or response.is_redirect or empty is None or response.request.method != "GET":
            return None
        emptied: requests.Response = copy(response)
        emptied._content = empty
        return emptied

    def _translated(self, error: BaseException) -> SourceError:
        """An error in our words. Never in the library's: those hold answers, tokens and addresses in memory."""
        cause = error.__context__
        if isinstance(error, errors.MastodonNetworkError) and isinstance(cause, (http.RequestException, SourceError)):
            return self._translated(cause)
        if self._answers and not isinstance(error, (errors.MastodonIOError, http.RequestException)):
            if not self._answers[-1].ok:
                return self._refused(self._answers[-1])
            if isinstance(error, errors.MastodonAPIError):
                return self._unreadable()
        return over_requests.translated(error, words=_WORDS, passing=PASSING)

    def _refused(self, answer: requests.Response) -> SourceError:
        return refused(answer.status_code, answer.headers, now=self._clock(), remedies=_REMEDIES)

    def _unreadable(self) -> RetryableSourceError:
        return no_json(self._answers[-1].headers.get("Content-Type", ""))
