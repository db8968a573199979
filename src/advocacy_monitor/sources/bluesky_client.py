"""A service of Bluesky asked through atproto: answers as bytes, errors in the words of this package.

atproto turns answers into models, slowly and with losses, so a hook keeps the bytes of each answer and its models are
asked for requests only. Its messages are never passed on: they hold the answers of the service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import msgspec
from atproto_client import Client, Session, SessionEvent, models
from atproto_client import exceptions as client_errors
from atproto_client.models.base import DataModelBase, ParamsModelBase
from atproto_client.models.common import XrpcError
from atproto_client.request import Request, Response
from atproto_core import exceptions as core_errors
from atproto_server import exceptions as token_errors
from pydantic import SecretStr

from advocacy_monitor import __version__
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.bluesky_session import SessionFile
from advocacy_monitor.sources.deadline import Deadline, longest
from advocacy_monitor.sources.json_records import records
from advocacy_monitor.sources.refusals import in_words, no_json, refused
from advocacy_monitor.sources.server_address import base_url
from advocacy_monitor.sources.service import translated

PASSING: dict[type[Exception], bool] = {
    core_errors.AtProtocolError: False,
    core_errors.InvalidNsidError: False,
    core_errors.InvalidAtUriError: False,
    core_errors.InvalidCARFile: False,
    core_errors.DAGCBORDecodingError: False,
    client_errors.ModelError: True,
    client_errors.ModelFieldNotFoundError: True,
    client_errors.RequestErrorBase: True,
    client_errors.NetworkError: True,
    client_errors.InvokeTimeoutError: True,
    client_errors.UnauthorizedError: False,
    client_errors.RequestException: True,
    client_errors.BadRequestError: False,
    client_errors.RateLimitExceededError: True,
    client_errors.LoginRequiredError: False,
    token_errors.InvalidTokenError: False,
    token_errors.TokenDecodeError: False,
    token_errors.TokenInvalidSignatureError: False,
    token_errors.TokenInvalidAudienceError: False,
    token_errors.TokenExpiredSignatureError: False,
    token_errors.TokenInvalidIssuedAtError: False,
    token_errors.TokenImmatureSignatureError: False,
}
"""Every error of atproto's client: whether it may pass by itself. An answer's status code has the last word."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (client_errors.InvokeTimeoutError, "gave no answer in time"),
    (client_errors.NetworkError, "the connection failed"),
    (client_errors.ModelError, "sent something other than what was asked for; is it a service of Bluesky?"),
    (client_errors.LoginRequiredError, "gave a session that cannot be used"),
    (token_errors.InvalidTokenError, "gave a session that cannot be used"),
)
_REMEDIES = {
    401: "does not accept handle and app_password; make a new app password in the account's settings",
    403: "refuses access; posts can be searched by signed-in accounts only, through their own service",
    404: "has nothing at this address; is service the address of a service of Bluesky?",
}
_CODES = {
    "AccountTakedown": "has suspended the account of the collector",
    "AuthFactorTokenRequired": "asks for a code sent by e-mail; app_password must be an app password, "
    "not the password of the account",
}
"""What the service's own names for refusals mean, where the status does not tell."""
_OVER_CODES = frozenset({"ExpiredToken", "InvalidToken"})
_SIGN_IN_AGAIN = (client_errors.LoginRequiredError, token_errors.InvalidTokenError)
_ERRORS = (core_errors.AtProtocolError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError)


_MAX_BYTES = 64 * 1024 * 1024
_READ_HERE = "/xrpc/app.bsky."
"""Answers that hold what people wrote: atproto would refuse a whole page for one odd post."""


class _SessionOverError(Exception):
    """The session has expired or was revoked."""


class Bluesky:
    """One service, asked by an account or, after no `sign_in`, by anybody. Close it after use."""

    def __init__(self, service: str, *, timeout: float, clock: Callable[[], datetime]) -> None:
        self.url = service
        self.did = ""
        self._clock = clock
        self._body = b""
        self._kind = ""
        self._request = Request(timeout=timeout, event_hooks={"request": [self._watch], "response": [self._keep]})
        self._deadline, self._longest = Deadline(), longest(timeout)
        self._request.add_additional_header("User-Agent", f"advocacy-monitor/{__version__}")
        self._request.add_additional_header("Accept-Encoding", "gzip, deflate")
        self._client = Client(service, request=self._request)
        self._account: tuple[str, SecretStr] | None = None
        self._sessions = SessionFile(None, service=service, handle="")
        self._is_new = False

    def close(self) -> None:
        """Closes the connections."""
        self._request.close()

    def sign_in(self, handle: str, password: SecretStr, sessions: SessionFile) -> None:
        """Goes on with the kept session, else logs in. Raises RetryableSourceError or FatalSourceError."""
        if self._account is None:
            self._client.on_session_change(self._session_changed)
        self._account, self._sessions = (handle, password), sessions
        kept = sessions.read()
        if kept is not None:
            try:
                self._client.login(session_string=kept, fetch_bsky_profile=False)
                return
            except (ValueError, core_errors.AtProtocolError):
                pass  # not a session, or one that atproto cannot read any more
        self._log_in()

    def query(self, nsid: str, params: ParamsModelBase) -> bytes:
        """The answer to a question, as received; it is JSON. Raises RetryableSourceError or FatalSourceError."""
        return self._ask(lambda: self._client.invoke_query(nsid, params=params))

    def procedure(self, nsid: str, data: DataModelBase) -> bytes:
        """The answer to an order. Raises as `query` does."""
        return self._ask(lambda: self._client.invoke_procedure(nsid, data=data, input_encoding="application/json"))

    def _ask(self, request: Callable[[], Response]) -> bytes:
        try:
            return self._answer(request)
        except _SessionOverError:
            if self._is_new:
                raise FatalSourceError(f"{_REMEDIES[401]} (401)") from None
            self._log_in()
        try:
            return self._answer(request)
        except _SessionOverError:
            raise FatalSourceError(f"{_REMEDIES[401]} (401)") from None

    def _log_in(self) -> None:
        assert self._account is not None
        self._sessions.forget()
        self._client.update_base_url(self.url)  # the password is for the service, not for what a session names
        handle, password = self._account
        try:
            with self._deadline.running(self._longest):
                self._client.login(handle, password.get_secret_value(), fetch_bsky_profile=False)
        except _ERRORS as error:
            raise self._translated(error) from None
        self._is_new = True

    def _answer(self, request: Callable[[], Response]) -> bytes:
        self._body, self._kind = b"", ""
        try:
            with self._deadline.running(self._longest):
                request()
        except _ERRORS as error:
            if self._account is not None and _is_over(error):
                raise _SessionOverError from None
            raise self._translated(error) from None
        if self._deadline.passed:
            raise self._translated(httpx.ReadTimeout(""))
        if "json" not in self._kind.lower():
            raise no_json(self._kind)
        return self._body

    def _watch(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._deadline.trace

    def _keep(self, response: httpx.Response) -> None:
        """Sees each answer first. Redirects are refused: they would carry the session elsewhere.

        atproto gets an empty object in the place of an answer that is read here. Raises FatalSourceError.
        """
        if response.is_redirect:
            raise FatalSourceError(f"redirects elsewhere ({response.status_code})")
        self._body, self._kind = _limited(response), response.headers.get("Content-Type", "")
        response._content = b"{}" if response.is_success and _READ_HERE in response.url.path else self._body

    def _session_changed(self, event: SessionEvent, session: Session) -> None:
        """A new session may name another server, to which it is shown from now on."""
        try:
            base_url((session.pds_endpoint or "").removesuffix("/xrpc"))
        except ValueError:
            raise FatalSourceError("names a server for this account that cannot be reached by https") from None
        self.did = session.did
        if event is not SessionEvent.IMPORT:
            self._sessions.write(session.encode())

    def _translated(self, error: BaseException) -> SourceError:
        """An error in our words. Never in the library's: those hold answers."""
        if self._deadline.passed:
            return RetryableSourceError(f"had not sent its whole answer after {self._longest:.0f} s")
        response = getattr(error, "response", None)
        if isinstance(response, Response):
            return self._refused(response)
        cause = error.__cause__
        if isinstance(cause, (httpx.HTTPError, httpx.InvalidURL)):
            return translated(cause)
        if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)):
            return translated(error)
        if isinstance(error, ValueError):
            return no_json("" if "json" in self._kind else self._kind)
        return in_words(error, words=_WORDS, passing=PASSING)

    def _refused(self, response: Response) -> SourceError:
        code = _code(response)
        if code in _CODES:
            return FatalSourceError(f"{_CODES[code]} ({response.status_code})")
        headers = httpx.Headers(response.headers)
        return refused(response.status_code, headers, now=self._clock(), remedies=_REMEDIES)


def _limited(response: httpx.Response) -> bytes:
    """The body, unpacked, when it is not too long."""
    parts, size = [], 0
    for part in response.iter_bytes():
        size += len(part)
        if size > _MAX_BYTES:
            raise FatalSourceError(f"sent more than {_MAX_BYTES // 2**20} MB in one answer, which is not read")
        parts.append(part)
    return b"".join(parts)


def _is_over(error: BaseException) -> bool:
    if isinstance(error, _SIGN_IN_AGAIN):
        return True
    response = getattr(error, "response", None)
    if not isinstance(response, Response):
        return False
    code = _code(response)
    return code in _OVER_CODES or (response.status_code == httpx.codes.UNAUTHORIZED and code not in _CODES)


def _code(response: Response) -> str:
    return response.content.error if isinstance(response.content, XrpcError) else ""


class Found(msgspec.Struct, frozen=True):
    """A page of a search: each post as received, and where the next page begins."""

    posts: list[msgspec.Raw]
    cursor: str | None = None


def _found(body: bytes) -> Found:
    """A page, also when a post in it cannot be read as JSON. Raises RetryableSourceError."""
    try:
        return msgspec.json.decode(body, type=Found)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:
        each = records(body, "posts")
    except ValueError:
        raise no_json("application/json") from None
    rest: Found = _decoded(_without(body, each), Found)
    return Found(posts=[msgspec.Raw(record) for record in each], cursor=rest.cursor)


def _without(body: bytes, each: Sequence[bytes]) -> bytes:
    """The page around the posts."""
    parts, at = [], 0
    for record in each:
        if record.startswith(b"{"):
            start = body.index(record, at)
            parts += [body[at:start], b"null"]
            at = start + len(record)
    return b"".join([*parts, body[at:]])


class _Profile(msgspec.Struct):
    did: str


class _Profiles(msgspec.Struct):
    profiles: list[_Profile]


class _Created(msgspec.Struct):
    uri: str


def _decoded(body: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise no_json("application/json") from None


def search(client: Bluesky, tag: str, *, since: str, until: str | None, cursor: str | None, limit: int) -> Found:
    """Posts with a hashtag from `since` (inclusive) to `until` (exclusive), newest first. Raises SourceError."""
    params = models.AppBskyFeedSearchPosts.Params(
        q=f"#{tag}", tag=[tag], sort="latest", since=since, until=until, cursor=cursor, limit=limit
    )
    return _found(client.query("app.bsky.feed.searchPosts", params))


def posts(client: Bluesky, uris: Sequence[str]) -> list[bytes]:
    """Up to 25 posts by their addresses, each as received; those that are not shown are left out."""
    params = models.AppBskyFeedGetPosts.Params(uris=list(uris))
    return [bytes(post) for post in _found(client.query("app.bsky.feed.getPosts", params)).posts]


def accounts(client: Bluesky, dids: Sequence[str]) -> set[str]:
    """Which of up to 25 accounts are shown."""
    params = models.AppBskyActorGetProfiles.Params(actors=list(dids))
    found: _Profiles = _decoded(client.query("app.bsky.actor.getProfiles", params), _Profiles)
    return {profile.did for profile in found.profiles}


def create(client: Bluesky, collection: str, record: Mapping[str, Any]) -> str:
    """Writes a record as the account that is signed in, and returns its at:// address."""
    data = models.ComAtprotoRepoCreateRecord.Data(repo=client.did, collection=collection, record=dict(record))
    created: _Created = _decoded(client.procedure("com.atproto.repo.createRecord", data), _Created)
    return created.uri
