"""X's search as a listing: pages from the newest down, within ids, within the budget, and within what X still shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

from advocacy_monitor.errors import BadRecordError, FatalSourceError
from advocacy_monitor.models import Item, Reject, Usage
from advocacy_monitor.protocols import Host
from advocacy_monitor.sources import x_answer, x_query
from advocacy_monitor.sources.listings import Mark, Part, by_length
from advocacy_monitor.sources.retrying import Patience
from advocacy_monitor.sources.x_budget import Each, Purse
from advocacy_monitor.sources.x_client import Api, TooFarBackError
from advocacy_monitor.sources.x_edits import versions
from advocacy_monitor.sources.x_ids import id_at, is_likely, time_of
from advocacy_monitor.sources.x_payload import remap

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
REACH = timedelta(days=7)
"""How far recent search goes back."""
_SLACK = timedelta(minutes=10)
_SETTLED = timedelta(days=1)
"""After so long, X's search has every post that it will ever have: what lies before that is read for good."""
_LEAST = 10
"""X gives no fewer posts than this at once."""
_SECOND = 1.0


@dataclass(slots=True, kw_only=True)
class Asking:
    """Everything that asking X takes: the connection, patience, money, and one request a second at most."""

    api: Api
    patience: Patience
    purse: Purse
    host: Host
    archive: bool
    _last: datetime | None = field(default=None, init=False)

    def ask(self, path: str, params: Mapping[str, str], read: Callable[[bytes], _T], *, what: str) -> _T:
        """What `read` makes of an answer, as soon as X gives one that can be read. Raises SourceError."""
        return self.patience.call(lambda: read(self._once(path, params)), what=what)

    def _once(self, path: str, params: Mapping[str, str]) -> bytes:
        self._pace()
        return self.api.get(path, params)

    def _pace(self) -> None:
        """Full-archive search takes one request a second, on top of its limit of 300 in 15 minutes."""
        now = self.host.clock()
        if self.archive and self._last is not None:
            passed = (now - self._last).total_seconds()
            if 0 <= passed < _SECOND:
                self.host.sleep(_SECOND - passed)
        self._last = self.host.clock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search. `fields` say what to give of each post, `each` what one post may bring along; see `listings`.

    `since` and `until` are the first and last day of full-archive search. `owed` was used up before the walk began.
    """

    asking: Asking
    query: str
    fields: Mapping[str, str]
    each: Each
    page_size: int
    lookback_days: int
    since: date | None = None
    until: date | None = None
    owed: list[Usage] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Another query or another first day is another search, which begins anew: else its older posts were missed."""
        began = "" if self.since is None else f" since {self.since}"
        return f"search for {x_query.name(self.query)}{began}"

    @property
    def resumable(self) -> bool:
        return True

    def start(self) -> Mark:
        """Where a first run ends. Kept with the cursor, so that a first run that is cut still ends there later."""
        if self.since is not None:
            return Mark(high=id_at(_midnight(self.since)))
        return Mark(high=id_at(self._now() - timedelta(days=self.lookback_days)))

    def read(self, low: str | None, top: str | None) -> Iterator[Part]:
        """Everything between both ids, newest first. Both are left out: no two posts share an id."""
        if self.owed:
            yield Part(usage=tuple(self.owed))
            self.owed.clear()
        bounds = self.bounds(low, top)
        if bounds is None:
            return
        walk = _Walk(self, low=low or "0", settled=None if top else self._settled())
        try:
            yield from walk.parts(bounds)
        except TooFarBackError:
            if self.asking.archive or walk.pages or low is None or "since_id" not in bounds:
                raise
            self._tell_gap(low, None)
            yield from walk.parts({name: bound for name, bound in bounds.items() if name != "since_id"})

    def bounds(self, low: str | None, top: str | None) -> dict[str, str] | None:
        """The ids to search between as X's parameters, or None when there is nothing that X would still show."""
        found = {}
        upper = [top] if top else []
        if self.until is not None:
            upper.append(id_at(_midnight(self.until) + timedelta(days=1)))
        if upper:
            found["until_id"] = min(upper, key=by_length)
        if low is not None:
            found["since_id"] = low
            if "until_id" in found and by_length(low) >= by_length(found["until_id"]):
                return None
        return found if self.asking.archive else self._within_reach(found)

    def _within_reach(self, bounds: dict[str, str]) -> dict[str, str] | None:
        """Without `since_id`, X begins seven days ago; with an older one, it refuses the request."""
        low, top, reach = bounds.get("since_id"), bounds.get("until_id"), self._now() - REACH
        if low is None or time_of(low) >= reach + _SLACK:
            return bounds
        if top is not None and time_of(top) < reach + _SLACK:
            self._tell_gap(low, time_of(top))
            return None
        if time_of(low) < reach - _SLACK:
            self._tell_gap(low, reach)
        return {name: bound for name, bound in bounds.items() if name != "since_id"}

    def _tell_gap(self, low: str, until: datetime | None) -> None:
        """Says what can no longer be read; `until` is None where only X's clock knows. Going on hides nothing."""
        end = "seven days ago" if until is None else f"{until:%Y-%m-%d %H:%M} UTC"
        words = (
            f"posts between {time_of(low):%Y-%m-%d %H:%M} and {end} may be missing: recent search reaches back "
            f"{REACH.days} days; `archive: true` with `since` reads them"
        )
        _log.warning("%s: %s", self.key, words)
        self.asking.host.missed(words)

    def _settled(self) -> str:
        """Up to when everything is read once the walk is done, as an id: a quiet week is no gap then."""
        moment = self._now() - _SETTLED
        if self.until is not None:
            moment = min(moment, _midnight(self.until) + timedelta(days=1))
        return id_at(moment)

    def _now(self) -> datetime:
        return self.asking.host.clock()


class _Walk:
    """The pages of one search between two ids. The last one also marks what is `settled`, where no post is newer."""

    def __init__(self, search: Search, *, low: str, settled: str | None) -> None:
        self._search = search
        self._asking = search.asking
        self._settled = settled
        self._versions: dict[str, int] = {}
        self._low = self._newest = low
        self.pages = 0

    def parts(self, bounds: Mapping[str, str]) -> Iterator[Part]:
        """Pages until X names no next one. An empty page is not the last one."""
        token: str | None = None
        seen: set[str] = set()
        while True:
            answer = self._ask(bounds, token)
            self.pages += 1
            token = answer.next_token
            yield self._part(answer, is_last=token is None)
            if token is None:
                return
            if token in seen:
                raise FatalSourceError("names the same next page twice: the walk would never end")
            seen.add(token)

    def _ask(self, bounds: Mapping[str, str], token: str | None) -> x_answer.Answer:
        search = self._search
        size = self._asking.purse.room(search.page_size, each=search.each, least=_LEAST)
        params = {"query": search.query, "sort_order": "recency", "max_results": str(size), **search.fields, **bounds}
        if token is not None:
            params["next_token"] = token
        path = "/2/tweets/search/all" if self._asking.archive else "/2/tweets/search/recent"
        return self._asking.ask(path, params, x_answer.read, what="X's search")

    def _part(self, answer: x_answer.Answer, *, is_last: bool) -> Part:
        if missing := x_answer.refers_to_missing(answer.problems):
            _log.info("%s, page %d: %s", self._search.key, self.pages, missing)
        items: list[Item] = []
        rejects: list[Reject] = []
        for place, raw in enumerate(answer.records, start=1):
            try:
                if answer.broken:
                    raise BadRecordError(answer.broken)
                post = remap(raw)
            except BadRecordError as error:
                position = f"{self._search.key}, page {self.pages}, record {place}"
                rejects.append(Reject(position=position, reason=str(error), payload=raw))
            else:
                if self._is_newest(post.source_id, raw):
                    items.append(post)
        return Part(
            items=tuple(items),
            rejects=tuple(rejects),
            marks=self._marks(answer, is_last=is_last),
            usage=self._asking.purse.spend(posts=answer.posts, users=answer.users),
        )

    def _marks(self, answer: x_answer.Answer, *, is_last: bool) -> tuple[str, ...]:
        """The ids of the page's posts; one that no such post can have must not move the cursor."""
        now, low = self._asking.host.clock(), by_length(self._low)
        marks = [found for found in answer.ids if is_likely(found, now=now) and by_length(found) >= low]
        if len(marks) < len(answer.ids):
            _log.warning(
                "%s: %d of %d posts have no id or an impossible one; is this machine's clock right?",
                *(self._search.key, len(answer.ids) - len(marks), len(answer.ids)),
            )
        self._newest = max([self._newest, *marks], key=by_length)
        if is_last and self._settled is not None and by_length(self._settled) > by_length(self._newest):
            marks.append(self._settled)
        return tuple(marks)

    def _is_newest(self, statement: str, raw: bytes) -> bool:
        """Whether no newer version of an edited post was on this page or one before; newer ones come first."""
        read = versions(raw)
        if len(read.ids) < 2:
            return True
        version = int(read.id or 0)
        newest = max(self._versions.get(statement, 0), version)
        self._versions[statement] = newest
        return version == newest


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
