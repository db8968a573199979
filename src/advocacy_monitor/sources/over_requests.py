"""What the client libraries over requests have in common: errors in our words, and answers of no more than a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests import exceptions as http
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool

from advocacy_monitor.errors import FatalSourceError, SourceError
from advocacy_monitor.sources.deadline import Deadline, closed_unless_good, longest
from advocacy_monitor.sources.outgoing import check_peer, check_redirect
from advocacy_monitor.sources.refusals import in_words

MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024

PASSING: Mapping[type[Exception], bool] = {
    http.RequestException: True,
    http.InvalidJSONError: True,
    http.JSONDecodeError: True,
    http.HTTPError: True,
    http.ConnectionError: True,
    http.ProxyError: True,
    http.SSLError: True,
    http.Timeout: True,
    http.ConnectTimeout: True,
    http.ReadTimeout: True,
    http.URLRequired: False,
    http.TooManyRedirects: False,
    http.MissingSchema: False,
    http.InvalidSchema: False,
    http.InvalidURL: False,
    http.InvalidHeader: False,
    http.InvalidProxyURL: False,
    http.ChunkedEncodingError: True,
    http.ContentDecodingError: True,
    http.StreamConsumedError: False,
    http.RetryError: True,
    http.UnrewindableBodyError: False,
}
"""Every error of requests: whether it may pass by itself."""

WORDS: Sequence[tuple[type[Exception], str]] = (
    (http.SSLError, "no encrypted connection: its certificate was not accepted, or the connection broke off"),
    (http.ProxyError, "the proxy could not be reached"),
    (http.Timeout, "gave no answer in time"),
    (http.InvalidURL, "its address cannot be used"),
    (http.ChunkedEncodingError, "broke off the connection"),
    (http.ContentDecodingError, "sent something that cannot be unpacked"),
    (http.ConnectionError, "cannot be reached: is the address right, is the network up?"),
)
"""The same in words; a library's own come before them."""


class TooLargeAnswerError(http.ContentDecodingError):
    """An answer has more than MOST_BYTES when it is unpacked."""


class SizedAdapter(HTTPAdapter):
    """Reads an answer while it counts its unpacked bytes: a small packed one may unpack to gigabytes.

    One that is not whole in four times its timeout, and at least a minute, is cut off. TooLargeAnswerError and
    ReadTimeout are errors of requests, which the libraries hand on as they do the others. For one thread at a time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._deadline = Deadline()

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        try:
            with self._deadline.running(longest(_seconds(given.get("timeout")))):
                response = self._whole(request, *args, **given)
        except http.RequestException:
            if not self._deadline.passed:
                raise
        if self._deadline.passed:
            raise http.ReadTimeout("had not sent its whole answer in time", request=request)
        return response

    def get_connection_with_tls_context(self, *args: Any, **given: Any) -> HTTPConnectionPool:
        """A pool whose new connections are known to the deadline."""
        pool = super().get_connection_with_tls_context(*args, **given)
        deadline, made_by = self._deadline, pool.ConnectionCls
        if not getattr(made_by, "is_watched", False):

            class Watched(made_by):  # type: ignore[valid-type,misc]  # which class it is depends on the scheme
                is_watched = True

                def connect(self) -> None:
                    deadline.opened(lambda: self.sock)
                    super().connect()
                    with closed_unless_good(self.close):
                        check_peer(self.host, self.sock.getpeername()[0])

            pool.ConnectionCls = Watched
        return pool

    def _whole(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
        response = super().send(request, *args, **{**given, "stream": True})
        parts, size = [], 0
        try:
            for part in response.iter_content(_CHUNK):
                size += len(part)
                if size > MOST_BYTES:
                    raise TooLargeAnswerError
                parts.append(part)
        finally:
            response.close()
        response._content = b"".join(parts)
        if response.is_redirect:
            target = urljoin(str(request.url), response.headers["Location"])
            check_redirect(*(urlsplit(str(url)).hostname or "" for url in (request.url, target)))
        return response


def _seconds(timeout: object) -> float:
    """What requests waits for a piece: it takes one number, one for connecting and one for reading, or none at all."""
    given = timeout if isinstance(timeout, tuple) else (timeout,)
    return max((float(each) for each in given if isinstance(each, (int, float))), default=0.0)


def translated(
    error: BaseException, *, words: Sequence[tuple[type[Exception], str]], passing: Mapping[type[Exception], bool]
) -> SourceError:
    """An error of requests, or of a library over it with its own `words` and `passing`, in our words.

    An answer that is too large is never asked for again: it would be as large, and may cost something. A refusal of
    this package that went through the library comes out as it was.
    """
    if isinstance(error, SourceError):
        return error
    if isinstance(error, TooLargeAnswerError):
        return FatalSourceError(f"sent more than {MOST_BYTES // 2**20} MB in one answer, which is not read")
    return in_words(error, words=(*words, *WORDS), passing=passing)
