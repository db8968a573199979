"""What the client libraries over requests have in common: errors in our words, and answers of no more than a size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from requests import exceptions as http
from requests.adapters import HTTPAdapter

from advocacy_monitor.errors import FatalSourceError, SourceError
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

    It raises TooLargeAnswerError, an error of requests, which the libraries hand on as they do the others.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **given: Any) -> requests.Response:
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
        return response


def translated(
    error: BaseException, *, words: Sequence[tuple[type[Exception], str]], passing: Mapping[type[Exception], bool]
) -> SourceError:
    """An error of requests, or of a library over it with its own `words` and `passing`, in our words.

    An answer that is too large is never asked for again: it would be as large, and may cost something.
    """
    if isinstance(error, TooLargeAnswerError):
        return FatalSourceError(f"sent more than {MOST_BYTES // 2**20} MB in one answer, which is not read")
    return in_words(error, words=(*words, *WORDS), passing=passing)
