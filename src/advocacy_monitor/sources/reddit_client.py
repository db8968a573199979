"""Reddit, asked through PRAW as an app without an account: answers as bytes, errors in the words of this package.

PRAW logs in and keeps the token. All that it would do by itself beyond that is taken away from it, because nobody
could see or stop it: three attempts for each request, pauses of up to ten minutes with time.sleep, and a praw.ini of
the folder it is started in, which could send the secret elsewhere. Each answer is judged where it arrives, before PRAW
sees it: PRAW stumbles over refusals that lack a header, and puts tokens into what it raises.
"""

from __future__ import annotations

import configparser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import praw
import prawcore
import requests
from praw import exceptions as client
from prawcore import exceptions as core
from requests import exceptions as http

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources import over_requests
from advocacy_monitor.sources.reddit_thing import UNREADABLE, Listed, comments, listed, more_comments
from advocacy_monitor.sources.refusals import no_json, refused

REDDIT, OAUTH = "https://www.reddit.com", "https://oauth.reddit.com"
LISTED_AT_ONCE = 100
"""The most things that one answer of a listing holds, that api/info and that api/morechildren are asked for."""

_TREE = 500
_UNAUTHORIZED = 401
_GONE = 404
"""A 403 says nothing of the thread: a private subreddit is opened again, a network block is lifted."""

_LIMIT_HEADERS = ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset")
_A_DAY = 86_400.0
_T = TypeVar("_T")

PASSING: dict[type[Exception], bool] = {
    core.PrawcoreException: False,
    core.InvalidInvocation: False,
    core.OAuthException: False,
    core.RequestException: True,
    core.ResponseException: True,
    core.BadJSON: True,
    core.BadRequest: False,
    core.Conflict: True,
    core.Forbidden: False,
    core.InsufficientScope: False,
    core.InvalidToken: False,
    core.NotFound: False,
    core.Redirect: False,
    core.ServerError: True,
    core.SpecialError: False,
    core.TooLarge: False,
    core.TooManyRequests: True,
    core.URITooLong: False,
    core.UnavailableForLegalReasons: False,
    client.PRAWException: False,
    client.ClientException: False,
    client.DuplicateReplaceException: False,
    client.InvalidFlairTemplateID: False,
    client.InvalidImplicitAuth: False,
    client.InvalidURL: False,
    client.MissingRequiredAttributeException: False,
    client.ReadOnlyException: False,
    client.RedditAPIException: False,
    client.TooLargeMediaException: False,
    client.WebSocketException: True,
    client.MediaPostFailed: False,
    **over_requests.PASSING,
}
"""Every error of PRAW, prawcore and requests: whether it may pass by itself."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (http.InvalidHeader, "client_id, client_secret or user_agent holds characters that cannot be sent"),
    (http.ConnectionError, "cannot be reached: is the network up?"),
)
_API_REMEDIES = {
    400: "did not understand the request: is the subreddit's name right?",
    401: "does not accept the app's token any more: was the app deleted, or its access withdrawn?",
    402: "asks for payment: what the app may read without a contract is used up",
    403: "refuses access: the subreddit is private or quarantined, or the app has no approval for the Data API",
    404: "has nothing at this address: is the subreddit's name right, was the subreddit banned?",
    451: "may not show this here for legal reasons",
}
_REDIRECTED = "leads elsewhere: is there a subreddit of this name?"
_LOGIN_REMEDIES = {
    400: "does not accept the log-in: is client_id right?",
    401: "does not accept client_id and client_secret: copy both from https://www.reddit.com/prefs/apps",
    403: "refuses the log-in: has the app an approval for the Data API, does user_agent name the app?",
}


class _Token(msgspec.Struct):
    access_token: str
    expires_in: int
    scope: str


@dataclass(slots=True)
class _Last:
    """The last answer: what arrived, what it says it is, and how long there are to be no more requests."""

    body: bytes = b""
    kind: str = ""
    status: int = 0
    resting: float | None = None


class _Requestor(prawcore.Requestor):
    """PRAW's way to the network: keeps what arrives, turns away what is no answer, remembers how much is allowed."""

    def __init__(self, *, last: _Last, seconds: float, clock: Callable[[], datetime], **given: Any) -> None:
        super().__init__(**given)
        self._last = last
        self._seconds = seconds
        self._clock = clock

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        """The answer, if it is one. Raises SourceError, which passes through PRAW as it is."""
        self._last.body, self._last.status = b"", 0
        kwargs["allow_redirects"] = False
        try:
            response = super().request(*args, timeout=self._seconds, **kwargs)
        except core.RequestException as error:
            raise translated(error.original_exception) from None
        self._last.body, self._last.status = response.content, response.status_code
        self._last.kind = response.headers.get("Content-Type", "")
        wait = self._note_limits(response.headers)
        login = str(args[1]).startswith(f"{self.reddit_url}/api/v1/")
        if response.status_code >= 300:
            raise self._refused(response, wait, _LOGIN_REMEDIES if login else _API_REMEDIES)
        if login:
            self._check_token()
        return response

    def _note_limits(self, headers: Any) -> float | None:
        """The seconds until the next window of requests. PRAW must not see them: it would sleep by itself."""
        found = {name: headers.pop(name, "") for name in _LIMIT_HEADERS}
        remaining, reset = _number(found["x-ratelimit-remaining"]), _number(found["x-ratelimit-reset"])
        self._last.resting = reset if remaining is not None and remaining < 1 else None
        return reset

    def _refused(self, response: requests.Response, wait: float | None, remedies: Mapping[int, str]) -> SourceError:
        if response.is_redirect:
            return FatalSourceError(f"{_REDIRECTED} ({response.status_code})")
        if wait is not None:
            response.headers.setdefault("Retry-After", f"{wait:.0f}")
        return refused(response.status_code, response.headers, now=self._clock(), remedies=remedies)

    def _check_token(self) -> None:
        """PRAW takes whatever comes for a token. An error comes as a 200 as well."""
        try:
            msgspec.json.decode(self._last.body, type=_Token)
        except UNREADABLE:
            if b'"error"' in self._last.body:
                raise FatalSourceError(f"{_LOGIN_REMEDIES[401]} (200)") from None
            raise no_json(self._last.kind) from None


class RedditClient:
    """Reddit, and its last answer. Close it after use. Every method raises RetryableSourceError or FatalSourceError."""

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        user_agent: str,
        timeout: float,
        clock: Callable[[], datetime],
        reddit_url: str = REDDIT,
        oauth_url: str = OAUTH,
    ) -> None:
        self._timeout = timeout
        self._clock = clock
        self._settings = {
            "client_id": client_id,
            "client_secret": client_secret,
            "user_agent": user_agent,
            "reddit_url": reddit_url,
            "oauth_url": oauth_url,
        }
        self._token_was_good = False
        self._last = _Last()
        self._session, self._reddit = self._connected()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def search(self, subreddit: str, query: str, *, period: str, limit: int, after: str | None) -> Listed:
        """One page of a search for posts, newest first. `subreddit` may be 'all'; `period` is hour, day ... all."""
        params: dict[str, str | int] = {
            "q": query,
            "restrict_sr": "false" if subreddit == "all" else "true",
            "sort": "new",
            "syntax": "lucene",
            "t": period,
            "limit": limit,
        }
        return self._ask(
            "GET", f"r/{subreddit}/search/", params=params | ({"after": after} if after else {}), read=listed
        )

    def thread(self, post_id: str, *, below: str | None = None) -> list[bytes] | None:
        """The uppermost comments of a post, each with its tree, or one comment's; None when the thread is not shown.

        The ids are those of fullnames, without 't3_' and 't1_'.
        """
        path = f"comments/{post_id}/_/{below}" if below else f"comments/{post_id}/"
        return self._unless_gone(lambda: self._ask("GET", path, params={"limit": _TREE, "sort": "new"}, read=comments))

    def more(self, post_id: str, ids: Sequence[str]) -> list[bytes] | None:
        """Comments that were left out of a tree, at most LISTED_AT_ONCE; None when the thread is not shown."""
        data = {"link_id": f"t3_{post_id}", "children": ",".join(ids), "sort": "new", "limit_children": "false"}
        return self._unless_gone(lambda: self._ask("POST", "api/morechildren/", data=data, read=more_comments))

    def info(self, fullnames: Sequence[str]) -> tuple[bytes, ...]:
        """Posts and comments as they stand now, at most LISTED_AT_ONCE. Those that are gone are left out, or marked."""
        return self._ask("GET", "api/info/", params={"id": ",".join(fullnames)}, read=listed).things

    def _unless_gone(self, ask: Callable[[], _T]) -> _T | None:
        try:
            return ask()
        except FatalSourceError:
            if self._last.status == _GONE:
                return None
            raise

    def _ask(self, method: str, path: str, *, read: Callable[[bytes], _T], **given: Any) -> _T:
        """An answer, as `read` reads it. A token that was good before and is refused now is asked for once more."""
        self._rest()
        try:
            self._request(method, path, given)
        except FatalSourceError:
            if self._last.status != _UNAUTHORIZED or not self._token_was_good:
                raise
            self._token_was_good = False
            self.close()
            self._session, self._reddit = self._connected()
            self._request(method, path, given)
        self._token_was_good = True
        try:
            return read(self._last.body)
        except UNREADABLE:
            raise no_json(self._last.kind) from None

    def _rest(self) -> None:
        """Says that this window's requests are used up, once: whoever asks knows how to wait."""
        resting, self._last.resting = self._last.resting, None
        if resting is not None:
            raise RetryableSourceError(f"allows no more requests for {resting:.0f} s", retry_after=resting)

    def _request(self, method: str, path: str, given: dict[str, Any]) -> None:
        try:
            self._reddit.request(method=method, path=path, **given)
        except (core.BadJSON, RecursionError):
            return  # one odd text is enough for it; `_ask` reads the bytes themselves
        except (core.PrawcoreException, client.PRAWException, http.RequestException) as error:
            raise translated(error) from None

    def _connected(self) -> tuple[requests.Session, praw.Reddit]:
        """PRAW, told everything that it would otherwise look up in a praw.ini or in the environment."""
        session = requests.Session()
        session.mount("http://", over_requests.SizedAdapter())
        session.mount("https://", over_requests.SizedAdapter())
        if self._settings["oauth_url"].startswith("https://"):
            del session.adapters["http://"]
        try:
            reddit = praw.Reddit(
                "DEFAULT",
                requestor_class=_Requestor,
                requestor_kwargs={
                    "last": self._last,
                    "session": session,
                    "seconds": self._timeout,
                    "clock": self._clock,
                },
                **self._settings,
                username=None,
                password=None,
                refresh_token=None,
                redirect_uri=None,
                check_for_updates=False,
                check_for_async=False,
                ratelimit_seconds=0,
                timeout=0,
            )
        except (core.PrawcoreException, client.PRAWException) as error:
            raise translated(error) from None
        except configparser.Error:
            raise FatalSourceError("a praw.ini in this folder or in ~/.config cannot be read: take it away") from None
        return session, reddit


def translated(error: BaseException) -> SourceError:
    """An error of the libraries in our words. Never in theirs: those hold addresses, tokens and answers."""
    return over_requests.translated(error, words=_WORDS, passing=PASSING)


def _number(given: str) -> float | None:
    try:
        found = float(given)
    except ValueError:
        return None
    return found if 0 <= found <= _A_DAY else None
