"""Meta's Graph API (Facebook, Instagram), asked over HTTP: records as bytes, errors in the words of this package.

The access token goes into the header `Authorization` and nowhere else. Graph writes it into `paging.next`, so that
address is never stored or told: only its position in the list is taken over into the next request.

Several objects are asked for with batch requests, since version 26.0 refuses `?ids=`:
https://developers.facebook.com/docs/graph-api/batch-requests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec

from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.sources.graph_errors import LimitError, TokenError, graph_error
from advocacy_monitor.sources.json_records import without_odd
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.service import Answer, Service

_T = TypeVar("_T")
BASE_URL = "https://graph.facebook.com"
VERSION = "v26.0"
MOST_IN_A_BATCH = 50
_MOST_PAGES = 2000
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_NOT_TAKEN_OVER = {"access_token", "appsecret_proof", "method", "fields", "limit", "pretty"}
_REMEDIES = {
    401: "does not accept the access_token; make a new one",
    402: "asks for payment, which the Graph API never did; look at the app's page at developers.facebook.com",
    403: "refuses access; is every permission granted that docs/how-to names?",
    404: "has nothing at this address; are `base_url` and `version` right?",
}


class _Paging(msgspec.Struct):
    next: str | None = None


class _Edge(msgspec.Struct):
    data: list[msgspec.Raw]
    paging: _Paging | None = None


class _Part(msgspec.Struct):
    code: int
    body: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What opens the Graph API: a token, and the app's secret where the app demands proof of it."""

    token: str
    app_secret: str | None = None

    def __repr__(self) -> str:
        return "Credentials(...)"

    @property
    def proof(self) -> dict[str, str]:
        """`appsecret_proof`: https://developers.facebook.com/docs/graph-api/guides/secure-requests."""
        if self.app_secret is None:
            return {}
        digest = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256)
        return {"appsecret_proof": digest.hexdigest()}


class Graph:
    """The Graph API as one token shows it. Close it after use.

    Once a limit is reached or the token is refused, every further request fails at once with the same error (`over`).
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        base_url: str,
        version: str,
        timeout: float,
        clock: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self.over: SourceError | None = None
        self._proof = credentials.proof
        self._patience = patience
        self._service = Service(
            f"{base_url}/{version}",
            timeout=timeout,
            clock=clock,
            headers={"Authorization": f"Bearer {credentials.token}"},
            remedies=_REMEDIES,
            explain=lambda answer: graph_error(answer.body, answer.headers),
        )

    def close(self) -> None:
        """Closes the connections."""
        self._service.close()

    def get(self, path: str, params: Mapping[str, Any], *, what: str) -> bytes:
        """One object as received. Raises RetryableSourceError, FatalSourceError or their kinds in graph_errors."""
        asked = {**params, **self._proof}
        return self._call(lambda: _no_error(self._service.get_json(path, asked)), what=what)

    def pages(self, path: str, params: Mapping[str, Any], *, what: str) -> Iterator[list[bytes]]:
        """The records of a list, page by page, each as received. An empty page is no end. Raises as `get` does."""
        asked = dict(params)
        for _ in range(_MOST_PAGES):
            edge, odd = self._edge(path, asked, what)
            yield [*map(bytes, edge.data), *odd]
            following = edge.paging.next if edge.paging else None
            if following is None:
                return
            asked = {**params, **position(following)}
        raise FatalSourceError(f"{what} has more than {_MOST_PAGES} pages; does the service repeat itself?")

    def batch(self, relative_urls: Sequence[str], *, what: str) -> list[Answer | None]:
        """The answer to each of at most 50 requests, in their order; None where there was no time. Raises as `get`."""
        wanted = [{"method": "GET", "relative_url": url} for url in relative_urls]
        body = {"batch": wanted, "include_headers": False}
        parts = self._call(lambda: self._parts(body), what=what)
        if len(parts) != len(relative_urls):
            raise RetryableSourceError(f"sent {len(parts)} answers to {len(relative_urls)} requests in one batch")
        return [
            None if part is None else Answer(status=part.code, headers={}, body=(part.body or "").encode())
            for part in parts
        ]

    def _parts(self, body: Mapping[str, Any]) -> list[_Part | None]:
        answer = self._service.post("/", json=body, params=self._proof)
        try:
            return msgspec.json.decode(answer.body, type=list[_Part | None])
        except _UNREADABLE:
            raise graph_error(answer.body, answer.headers) or _unexpected("a list of answers") from None

    def _edge(self, path: str, params: Mapping[str, Any], what: str) -> tuple[_Edge, list[bytes]]:
        """A page of a list, and those of its records that cannot be read, which do not keep the others back."""
        body = self.get(path, params, what=what)
        try:
            return msgspec.json.decode(body, type=_Edge), []
        except _UNREADABLE:
            body, odd = without_odd(body, ("data",))
        try:
            return msgspec.json.decode(body, type=_Edge), odd
        except _UNREADABLE:
            raise _unexpected("a list of records") from None

    def _call(self, request: Callable[[], _T], *, what: str) -> _T:
        if self.over is not None:
            raise self.over
        try:
            return self._patience.call(request, what=what)
        except (LimitError, TokenError) as error:
            self.over = error
            raise


def _no_error(body: bytes) -> bytes:
    """Graph may send an error with the status 200."""
    found = graph_error(body, {})
    if found is not None:
        raise found
    return body


def _unexpected(what: str) -> RetryableSourceError:
    return RetryableSourceError(f"sent something else where {what} was expected; is the service under repair?")


def position(following: str) -> dict[str, str]:
    """Where the next page begins, out of `paging.next`: everything but the token and what we ask for anyway."""
    try:
        given = parse_qsl(urlsplit(following).query)
    except ValueError:
        given = []
    found = {name: value for name, value in given if name not in _NOT_TAKEN_OVER}
    if not found:
        raise _unexpected("the place of the next page")
    return found


def usable_version(given: str) -> str:
    """'v26.0' for 'v26.0' or '26.0'. Raises ValueError."""
    version = f"v{given.strip().removeprefix('v')}"
    if not re.fullmatch(r"v\d{1,3}\.\d", version):
        raise ValueError(f"is not a version of the Graph API, such as {VERSION}")
    return version
