"""Reads Bluesky's stream of all posts (Jetstream) from where the last run left off until now.

The server sends every new, changed and deleted post of the network, and every account that comes or goes; what carries
none of the campaign's hashtags is dropped here. A cursor is a time in microseconds. Events come only roughly in the
order of their times, so each connection begins some seconds earlier (https://github.com/bluesky-social/jetstream); the
store drops what it has. A server keeps about a day: when it begins later than asked, that is told, because posts are
missing then.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec
from websockets import exceptions as errors
from websockets.sync.client import ClientConnection, connect

from advocacy_monitor import __version__
from advocacy_monitor.errors import BadRecordError, FatalSourceError, RetryableSourceError, SourceError
from advocacy_monitor.models import Cursor, Page, Post, Reject, Standing, Verdict
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources.bluesky_post import COLLECTION, SOURCE, Event, hashtags, read, refusal, to_post
from advocacy_monitor.sources.refusals import refused
from advocacy_monitor.sources.retrying import Patience

_log = logging.getLogger(__name__)
_REWIND_US = 5_000_000
_GAP_US = 60_000_000
_EVENTS_IN_A_PAGE = 20_000
_FOUND_IN_A_PAGE = 2_000
_LOOK_AT_THE_CLOCK = 250
_MAX_EVENT_BYTES = 16 * 1024 * 1024
_START = datetime(1970, 1, 1, tzinfo=UTC)
_Finding: TypeAlias = Post | Reject | Verdict

_STANDINGS = {
    "deleted": Standing.GONE,
    "deactivated": Standing.WITHHELD,
    "takendown": Standing.WITHHELD,
    "suspended": Standing.WITHHELD,
}
"""What an account's end means for its posts: only one that is deleted cannot come back. Others are troubles between
servers."""

PASSING: dict[type[Exception], bool] = {
    errors.WebSocketException: True,
    errors.ConnectionClosed: True,
    errors.ConnectionClosedOK: True,
    errors.ConnectionClosedError: True,
    errors.InvalidURI: False,
    errors.InvalidProxy: False,
    errors.InvalidHandshake: True,
    errors.SecurityError: False,
    errors.RequestLineTooLong: False,
    errors.StatusLineTooLong: False,
    errors.HeaderLineTooLong: False,
    errors.TooManyHeaders: False,
    errors.ProxyError: True,
    errors.InvalidProxyMessage: True,
    errors.InvalidProxyStatus: True,
    errors.InvalidMessage: True,
    errors.InvalidMethod: False,
    errors.InvalidProtocol: False,
    errors.InvalidStatus: True,
    errors.InvalidHeader: False,
    errors.InvalidHeaderFormat: False,
    errors.InvalidHeaderValue: False,
    errors.InvalidOrigin: False,
    errors.InvalidUpgrade: False,
    errors.NegotiationError: False,
    errors.DuplicateParameter: False,
    errors.InvalidParameterName: False,
    errors.InvalidParameterValue: False,
    errors.ProtocolError: True,
    errors.PayloadTooBig: False,
    errors.TooManyFragments: False,
    errors.InvalidState: False,
    errors.ConcurrencyError: False,
}
"""Every error of websockets: whether it may pass by itself. A status code has the last word."""

_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (errors.ConnectionClosed, "broke off the connection"),
    (errors.ProxyError, "the proxy could not be reached"),
    (errors.InvalidProxy, "the proxy's address cannot be used"),
    (errors.InvalidMessage, "broke off the connection"),
    (errors.InvalidHandshake, "is no stream; is jetstream the address of a Jetstream server?"),
    (TimeoutError, "gave no answer in time"),
    (OSError, "cannot be reached: is the address right, is the network up?"),
)
_REMEDIES = {
    400: "did not understand the request; is jetstream the address of a Jetstream server (/subscribe)?",
    404: "has no stream at this address; Jetstream's ends in /subscribe",
}


class _Commit(msgspec.Struct):
    operation: str = ""
    collection: str = ""
    rkey: str = ""


class _Account(msgspec.Struct):
    active: bool = True
    status: str = ""


class _Told(msgspec.Struct):
    did: str
    time_us: int
    kind: str = ""
    commit: _Commit | None = None
    account: _Account | None = None


class _Mark(msgspec.Struct, forbid_unknown_fields=True):
    time_us: int


_decode = msgspec.json.Decoder(_Told).decode
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_FAILURES = (errors.WebSocketException, TimeoutError, OSError)


@dataclass
class _Batch:
    """What was found in a run of events; the last word about a post counts."""

    found: dict[str, _Finding] = field(default_factory=dict)
    accounts: dict[str, Standing] = field(default_factory=dict)
    account_verdicts: dict[str, Verdict] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    events: int = 0

    def put(self, uri: str, finding: _Finding | None) -> None:
        """The last word about a post; None when there is nothing to say about it."""
        self.found.pop(uri, None)
        if finding is not None:
            self.found[uri] = finding

    def put_account(self, did: str, standing: Standing, verdict: Verdict | None) -> None:
        """The last word about an account. Without a verdict it was told before, and still decides about posts."""
        self.accounts[did] = standing
        if verdict is not None:
            self.account_verdicts[did] = verdict

    def page(self, time_us: int) -> Page:
        """Accounts come before posts: an account that is back does not bring back what was deleted."""
        gone = tuple(f"at://{did}/" for did, standing in self.accounts.items() if standing is Standing.GONE)
        values = [found for uri, found in self.found.items() if isinstance(found, Verdict) or not uri.startswith(gone)]
        return Page(
            items=tuple(found for found in values if isinstance(found, Post)),
            rejects=(*self.rejects, *(found for found in values if isinstance(found, Reject))),
            verdicts=(*self.account_verdicts.values(), *(found for found in values if isinstance(found, Verdict))),
            checkpoint={"time_us": time_us},
        )


@dataclass(kw_only=True)
class Jetstream:
    """One run over the stream at `url`. `timeout` is the longest silence, in seconds."""

    url: str
    hashtags: frozenset[str]
    lookback: timedelta
    longest: timedelta
    timeout: float
    host: Host
    patience: Patience
    _opened: ExitStack = field(default_factory=ExitStack)
    _connection: ClientConnection | None = None
    _goes_on: bool = False
    _asked_us: int = 0
    _time_us: int = 0
    _told_us: int = 0

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """A page after each so many events or findings, until the stream has reached the time of the start.

        A lost connection is taken up again where the last event was. Raises RetryableSourceError or
        FatalSourceError.
        """
        began = self.host.clock()
        now_us = _microseconds(began)
        self._goes_on = since is not None
        self._time_us = _read_cursor(since) or now_us - _microseconds(_START + self.lookback)
        try:
            while self._time_us < now_us and self.host.clock() - began < self.longest:
                batch = self.patience.call(lambda: self._batch(now_us, began + self.longest), what=self.url)
                yield batch.page(self._time_us)
            if self._time_us < now_us:
                behind = (now_us - self._time_us) / 3_600_000_000
                _log.warning("%s: max_minutes are over; the stream is %.1f h behind", self.url, behind)
        finally:
            self._close()

    def _batch(self, now_us: int, until: datetime) -> _Batch:
        """The next events. A connection that breaks off is a failure when it brought nothing new."""
        batch, before_us = _Batch(), self._time_us
        try:
            connection = self._connection or self._open()
            while batch.events < _EVENTS_IN_A_PAGE and len(batch.found) < _FOUND_IN_A_PAGE and self._time_us < now_us:
                self._sort(_received(connection, self.timeout), batch, now_us)
                batch.events += 1
                if batch.events % _LOOK_AT_THE_CLOCK == 0 and self.host.clock() >= until:
                    break
        except _FAILURES as error:
            self._close()
            if self._time_us == before_us:
                raise _translated(error, self.host.clock()) from None
            _log.info("%s: the connection broke off after %d events", self.url, batch.events)
        return batch

    def _open(self) -> ClientConnection:
        """Connects. Verdicts up to here are told and stored: told again, they would count as a second look."""
        self._told_us = self._time_us
        self._asked_us = max(self._time_us - _REWIND_US, 0)
        query = urlencode({"wantedCollections": COLLECTION, "cursor": self._asked_us})
        connecting = connect(
            f"{self.url}?{query}",
            open_timeout=self.timeout,
            close_timeout=1,
            max_size=_MAX_EVENT_BYTES,
            compression=None,
            user_agent_header=f"advocacy-monitor/{__version__}",
        )
        self._connection = self._opened.enter_context(connecting)
        return self._connection

    def _close(self) -> None:
        self._connection = None
        self._opened.close()

    def _sort(self, raw: bytes, batch: _Batch, now_us: int) -> None:
        """Puts an event where it belongs, and moves the time on: never beyond now, so one odd time costs nothing."""
        try:
            told = _decode(raw)
        except _UNREADABLE as error:
            if self._concerns(raw):
                batch.rejects.append(_reject(self._time_us, f"not an event of Jetstream: {error}", raw))
            return
        self._look_for_a_gap(told.time_us)
        self._time_us = max(self._time_us, min(told.time_us, now_us))
        if told.kind == "commit" and told.commit is not None and told.commit.collection == COLLECTION:
            self._sort_commit(told, told.commit, raw, batch)
        elif told.kind == "account" and told.account is not None:
            self._sort_account(told, told.account, batch)

    def _sort_commit(self, told: _Told, commit: _Commit, raw: bytes, batch: _Batch) -> None:
        uri = f"at://{told.did}/{COLLECTION}/{commit.rkey}"
        if commit.operation == "delete":
            batch.put(uri, self._new(told, _verdict(uri, Standing.GONE, "deleted")))
        elif commit.operation in ("create", "update"):
            finding = self._finding(raw, told.time_us)
            if finding is not None:
                batch.put(uri, finding)
            elif commit.operation == "update":
                verdict = _verdict(uri, Standing.EDITED, "changed, and without the campaign's hashtags now")
                batch.put(uri, self._new(told, verdict))

    def _sort_account(self, told: _Told, account: _Account, batch: _Batch) -> None:
        """A verdict on an account is one on all its posts: it names their common beginning."""
        standing = Standing.STANDS if account.active else _STANDINGS.get(account.status)
        if standing is not None:
            detail = f"the author's account is {'active' if account.active else account.status}"
            verdict = _verdict(f"at://{told.did}/", standing, detail, account=True)
            batch.put_account(told.did, standing, self._new(told, verdict))

    def _new(self, told: _Told, verdict: Verdict) -> Verdict | None:
        return verdict if told.time_us > self._told_us else None

    def _finding(self, raw: bytes, time_us: int) -> Post | Reject | None:
        """The post when it carries a hashtag of the campaign, or why it is not collected.

        Nearly every post is somebody else's, and does not hold the letters anywhere: that is quickly seen.
        """
        if b"\\u" not in raw and not self._concerns(raw):
            return None
        try:
            told = read(raw)
            if not isinstance(told, Event) or self.hashtags.isdisjoint(hashtags(told.commit.record)):
                return None
            reason = refusal(told)
            return to_post(told, raw=raw) if reason is None else _reject(time_us, reason, b"")
        except BadRecordError as error:
            return _reject(time_us, str(error), raw) if self._concerns(raw) else None

    def _concerns(self, raw: bytes) -> bool:
        """Whether an event holds the letters of one of the hashtags; they may also stand in it as JSON escapes."""
        words = unicodedata.normalize("NFC", raw.decode(errors="replace")).lower()
        return any(tag in words for tag in self.hashtags)

    def _look_for_a_gap(self, first_us: int) -> None:
        """Tells once for each connection when the server begins later than it was asked to."""
        if self._goes_on and self._asked_us and first_us - self._asked_us > _GAP_US:
            hours = (first_us - self._asked_us) / 3_600_000_000
            words = f"the stream begins {hours:.1f} h after the last run's end: posts of that time are missing"
            _log.warning("%s: %s; let the collector run more often, or search", self.url, words)
            self.host.missed(words)
        self._asked_us = 0


def _received(connection: ClientConnection, timeout: float) -> bytes:
    message = connection.recv(timeout=timeout)
    return message.encode() if isinstance(message, str) else message


def _verdict(uri: str, standing: Standing, detail: str, *, account: bool = False) -> Verdict:
    return Verdict(source=SOURCE, source_id=uri, standing=standing, detail=detail, account=account)


def _reject(time_us: int, reason: str, payload: bytes) -> Reject:
    return Reject(position=f"time_us {time_us}", reason=reason, payload=payload)


def _microseconds(moment: datetime) -> int:
    return (moment - _START) // timedelta(microseconds=1)


def _read_cursor(since: Cursor | None) -> int | None:
    if since is None:
        return None
    try:
        return msgspec.convert(dict(since), _Mark).time_us
    except msgspec.ValidationError as error:
        raise FatalSourceError(
            "the stored cursor is not one of the bluesky source in mode jetstream; was the collector's mode or source "
            "changed? Rename it"
        ) from error


def _translated(error: Exception, now: datetime) -> SourceError:
    """An error in our words: those of the library hold addresses."""
    if isinstance(error, errors.InvalidStatus):
        return refused(error.response.status_code, error.response.headers, now=now, remedies=_REMEDIES)
    words = next((said for kind, said in _WORDS if isinstance(error, kind)), f"failed with {type(error).__name__}")
    passing = next((PASSING[kind] for kind in type(error).__mro__ if kind in PASSING), True)
    return RetryableSourceError(words) if passing else FatalSourceError(words)
