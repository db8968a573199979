"""A service asked over HTTP with httpx: answers as bytes, errors in the words of this package.

For platforms without a client library that is better than their documents (Graph, YouTube, feeds, LimeSurvey).
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import httpx
import msgspec

from advocacy_monitor import __version__
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.deadline import Deadline, longest
from advocacy_monitor.sources.json_records import is_json
from advocacy_monitor.sources.refusals import in_words, no_json, refused

_MAX_BYTES = 64 * 1024 * 1024
_HEADERS = {"User-Agent": f"advocacy-monitor/{__version__}", "Accept-Encoding": "gzip, deflate"}

PASSING: dict[type[Exception], bool] = {
    httpx.HTTPError: True,
    httpx.RequestError: True,
    httpx.TransportError: True,
    httpx.TimeoutException: True,
    httpx.ConnectTimeout: True,
    httpx.ReadTimeout: True,
    httpx.WriteTimeout: True,
    httpx.PoolTimeout: True,
    httpx.NetworkError: True,
    httpx.ConnectError: True,
    httpx.ReadError: True,
    httpx.WriteError: True,
    httpx.CloseError: True,
    httpx.ProtocolError: True,
    httpx.LocalProtocolError: False,
    httpx.RemoteProtocolError: True,
    httpx.ProxyError: True,
    httpx.UnsupportedProtocol: False,
    httpx.DecodingError: True,
    httpx.TooManyRedirects: False,
    httpx.HTTPStatusError: True,
    httpx.InvalidURL: False,
    httpx.CookieConflict: False,
    httpx.StreamError: False,
    httpx.StreamConsumed: False,
    httpx.StreamClosed: False,
    httpx.ResponseNotRead: False,
    httpx.RequestNotRead: False,
}
"""Every error of httpx: whether it may pass by itself."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.TimeoutException, "gave no answer in time"),
    (httpx.UnsupportedProtocol, "its address has no http or https"),
    (httpx.InvalidURL, "its address cannot be used"),
    (httpx.TooManyRedirects, "redirects without end"),
    (httpx.ProxyError, "the proxy could not be reached"),
    (httpx.ConnectError, "cannot be reached: is the address right, is the network up?"),
    (httpx.RemoteProtocolError, "broke off the connection"),
    (httpx.NetworkError, "the connection failed"),
    (httpx.DecodingError, "sent something that cannot be unpacked"),
    (httpx.LocalProtocolError, "a setting holds characters that cannot be sent"),
)


_NOT_ENCRYPTED = "no encrypted connection: its certificate was not accepted, or the connection broke off"


def translated(error: Exception) -> SourceError:
    """An error of httpx in our words, which hold no address: addresses hold tokens."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return RetryableSourceError(_NOT_ENCRYPTED) if cause else in_words(error, words=_WORDS, passing=PASSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service sent: `headers` find names in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Explain = Callable[[Answer], SourceError | None]


@lru_cache(maxsize=4)
def _trusted(file: str | None, folder: str | None) -> ssl.SSLContext:
    """The authorities that httpx trusts in an environment that names these (SSL_CERT_FILE, SSL_CERT_DIR).

    Made once: reading them takes longer than most requests, and a megabyte each time.
    """
    return httpx.create_ssl_context()


class Service:
    """One service. Close it after use.

    `explain` may know a refusal better than its status tells: it is given the whole answer and returns an error, or
    None to go by the status. `remedies` are the platform's own words by status. Answers of more than 64 MB are
    refused.
    """

    def __init__(
        self,
        base_url: str = "",
        *,
        timeout: float,
        clock: Callable[[], datetime],
        headers: Mapping[str, str] | None = None,
        remedies: Mapping[int, str] | None = None,
        explain: Explain = lambda answer: None,
        follow_redirects: bool = False,
    ) -> None:
        self._clock = clock
        self._longest = longest(timeout)
        self._deadline = Deadline()
        self._remedies = remedies or {}
        self._explain = explain
        self._client = httpx.Client(
            base_url=base_url,
            timeout=timeout,
            headers={**_HEADERS, **(headers or {})},
            follow_redirects=follow_redirects,
            verify=_trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to a GET; 304 is one. Raises RetryableSourceError or FatalSourceError."""
        return self._ask("GET", path, params=params, headers=headers)

    def post(self, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None) -> Answer:
        """The answer to a POST of JSON. Raises as `get` does."""
        return self._ask("POST", path, params=params, json=json)

    def get_json(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        """The body of an answer that is JSON, as received. Raises as `get` does.

        One text in it may still be one that msgspec refuses: `json_records` takes such an answer apart.
        """
        answer = self.get(path, params)
        try:
            msgspec.json.decode(answer.body, type=msgspec.Raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            if not is_json(answer.body):
                raise no_json(answer.headers.get("Content-Type", "")) from None
        return answer.body

    def _ask(self, method: str, path: str, **given: Any) -> Answer:
        try:
            with self._deadline.running(self._longest):
                given["extensions"] = {"trace": self._deadline.trace}
                with self._client.stream(method, path, **given) as response:
                    body = self._read(response)
                    answer = Answer(status=response.status_code, headers=response.headers, body=body)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError) as error:
            raise self._too_late() or translated(error) from None
        if late := self._too_late():
            raise late
        if answer.status >= 300 and answer.status != httpx.codes.NOT_MODIFIED:
            raise self._explain(answer) or refused(
                answer.status, answer.headers, now=self._clock(), remedies=self._remedies
            )
        return answer

    def _too_late(self) -> RetryableSourceError | None:
        if not self._deadline.passed:
            return None
        return RetryableSourceError(f"had not sent its whole answer after {self._longest:.0f} s")

    def _read(self, response: httpx.Response) -> bytes:
        """The body, within size."""
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if packed not in ("identity", "gzip", "deflate", ""):
            raise FatalSourceError("packed its answer in a way that was not asked for, which is not read")
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > _MAX_BYTES:
                raise FatalSourceError(f"sent more than {_MAX_BYTES // 2**20} MB in one answer, which is not read")
            parts.append(part)
        return b"".join(parts)
