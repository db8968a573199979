"""The summary in memory: any filter over two million items, and any count of what it lets through, in milliseconds.

The same rules as in the ledger of packs: a statement counts once however often it was repeated; the first of those that
a filter lets through stands for all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from advocacy_monitor.left_out import LEFT_OUT
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.summary.filters import ANY_RISK, EDITED, NONE, PERSONAL_DATA, Filters
from advocacy_monitor.summary.paging import Found, check_order, page_of, place_of, searches
from advocacy_monitor.summary.rows import ANSWER, HELD, PERSONAL, QUOTABLE, SEEN, SENDABLE
from advocacy_monitor.summary.rows import EDITED as EDITED_BIT
from advocacy_monitor.summary.table import Bools, Ints, Table

_SINGLE = {"status": "statuses", "source": "sources", "language": "languages", "area": "areas", "library": "libraries"}
_SETS = {"theme": "themes", "risk": "risks", "answer": "answers"}
_EPOCH = date(1970, 1, 1)
_MANY = 100_000
_KEPT_SECONDS = 30.0


class Columns:
    """All items. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._following = threading.Lock()
        self._table = Table()
        self._seq = -1
        self._last_name = 0
        self._last_id = self._seen = 0
        self._choices: dict[tuple[str, bool], tuple[float, int, list[tuple[str, int]]]] = {}
        self.version = 0
        """Goes up with each change: what was worked out for an older one may be out of date."""

    def __len__(self) -> int:
        return len(self._table)

    @property
    def is_complete(self) -> bool:
        """Whether every item was summed up when it was last looked at."""
        return self._seen >= self._last_id

    @property
    def share_done(self) -> float:
        """How much of the items is in the summary."""
        return min(1.0, self._seen / self._last_id) if self._last_id else 1.0

    @property
    def last_change(self) -> int:
        """The newest step of the summary that is in here."""
        return self._seq

    def follow(self, store: Store) -> None:
        """Takes in what changed in the store's summary since the last time."""
        with self._following:
            with store.snapshot():
                state = store.summary.state()
                self._last_id, self._seen = store.items.last_id(), state.seen
                if state.seq == self._seq:
                    return
                names = store.summary.names(after=self._last_name)
                with self._lock:
                    self._table.learn(names)
                self._last_name = names[-1][0] if names else self._last_name
                store.summary.each(self._take, after=None if self._seq < 0 else self._seq)
            self._seq = state.seq

    def _take(self, rows: list[tuple[int, ...]]) -> None:
        with self._lock:
            self._table.take(rows)
            self.version += 1

    @contextmanager
    def still(self) -> Iterator[None]:
        """Several questions in a row about the same state: nothing is taken in until it is over."""
        with self._lock:
            yield

    def positions(self, filters: Filters, *, shared_only: bool = False, found: Sequence[int] | None = None) -> Ints:
        """Where the items are that the filters let through; `found` are the ids of a search for the words.

        `shared_only` leaves those that everybody on the staff may see: approved, and quotable by consent. A search does
        not find those among them from which words were taken out: it would tell the words.
        """
        with self._lock:
            return np.flatnonzero(self._mask(filters, shared_only, found))

    def page(
        self,
        filters: Filters,
        *,
        store: Store,
        order: str = "newest",
        shared_only: bool = False,
        limit: int = 50,
        after: str | None = None,
    ) -> Found:
        """One page of items: `order` is 'newest', 'oldest' or 'uncertain', `after` the `next` of the page before.

        Raises ConfigError for an unknown order or place.
        """

        check_order(order)
        place = place_of(after)
        for sought in searches(store, filters.words):
            with self._lock:
                keep = self._mask(filters, shared_only, sought.ids)
                if sought.is_last or int(keep.sum()) > limit:
                    return page_of(self._table, keep, order=order, limit=limit, place=place, capped=sought.is_capped)
        raise AssertionError("one search is the last")

    def ids(self, positions: Ints) -> list[int]:
        """The items' ids."""
        with self._lock:
            found: list[int] = self._table.column("item_id")[positions].tolist()
            return found

    def counted(self, positions: Ints) -> Ints:
        """Those that count as statements: nothing left out, and of those that say the same the first."""
        with self._lock:
            open_ones = positions[self._table.column("why")[positions] == 0]
            clustered = self._table.clustered[open_ones]
            several = open_ones[clustered]
            first = np.unique(self._table.roots[several], return_index=True)[1]
            return np.sort(np.concatenate([open_ones[~clustered], several[first]]))

    def left_out(self, positions: Ints) -> dict[str, int]:
        """How many of them do not count as statements, by the reasons of LEFT_OUT, in its order."""
        with self._lock:
            why = np.bincount(np.maximum(self._table.column("why")[positions], 0), minlength=len(LEFT_OUT) + 1)
            copies = int(why[0]) - len(self.counted(positions))
        found = {name: int(why[number]) for number, name in enumerate(LEFT_OUT, start=1)}
        found["copy"] += copies
        return {name: number for name, number in found.items() if number}

    def people(self, positions: Ints) -> int:
        """How many different people are known to have made these statements."""
        with self._lock:
            people = self._table.column("person")[positions]
            seen = np.zeros(self._table.people, dtype=bool)
        seen[people[people >= 0]] = True
        return int(seen.sum())

    def unknown(self, positions: Ints) -> int:
        """How many of these statements are by authors who are not known."""
        with self._lock:
            return int((self._table.column("person")[positions] < 0).sum())

    def appearances(self, positions: Ints) -> int:
        """In how many places the statements among these items were seen: copies and reposts among them add theirs."""
        with self._lock:
            counted = self.counted(positions)
            why, flags = self._table.column("why")[positions], self._table.column("flags")[positions]
            repost = (why == 1 + LEFT_OUT.index("repost")) & (flags & SEEN != 0)
            several = self._table.clustered
            alone = counted[~several[counted]]
            seen = positions[((why == 0) | repost) & several[positions]]
            roots = np.unique(self._table.roots[counted[several[counted]]])
            among = seen[np.isin(self._table.roots[seen], roots)]
            places = self._table.column("places")
            return int(places[alone].sum() + places[among].sum())

    def days(self, positions: Ints) -> tuple[date, date] | None:
        """The first and the last day (UTC) on which they were said."""
        if not len(positions):
            return None
        with self._lock:
            said = self._table.column("said")[positions]
        first, last = (datetime.fromtimestamp(int(each), UTC).date() for each in (said.min(), said.max()))
        return first, last

    def choices(self, name: str, *, shared_only: bool = False) -> list[tuple[str, int]]:
        """The values of a field with how many items have them, most first; NONE for what is not known.

        Of many items they may be half a minute old: they are what a menu offers.
        """
        key, now = (name, shared_only), time.monotonic()
        at, version, kept = self._choices.get(key, (0.0, -1, []))
        if version == self.version or (version >= 0 and len(self) >= _MANY and now - at < _KEPT_SECONDS):
            return list(kept)
        version = self.version
        found = self.tally_counts(self.positions(Filters(), shared_only=shared_only), name)
        named = [(NONE if value is None else value, count) for value, count in found.items()]
        made = sorted(named, key=lambda pair: (pair[0] == NONE, -pair[1], pair[0]))
        self._choices[key] = (now, version, made)
        return list(made)

    def tally_counts(self, positions: Ints, by: str) -> dict[str | None, int]:
        """How many of these positions have each value of a field; None for what is not known.

        `by` is status, theme, source, language, area, library, month, consent, risk, why or 'answer:QUESTION'. A
        position may have several themes, risks and answers.
        """
        with self._lock:
            codes, names = self._coded(by)
            numbers = np.bincount(codes[positions], minlength=len(names))
            found: dict[str | None, int] = {}
            for number in np.flatnonzero(numbers).tolist():
                for name in names[number]:
                    found[name] = found.get(name, 0) + int(numbers[number])
        return found

    def tally(self, positions: Ints, by: str) -> dict[str | None, Ints]:
        """The positions by each value of a field, as `tally_counts` counts them."""
        with self._lock:
            codes, names = self._coded(by)
            mine = codes[positions]
            order = np.argsort(mine, kind="stable")
            numbers, starts = np.unique(mine[order], return_index=True)
            parts = np.split(positions[order], starts[1:]) if len(numbers) else []
        found: dict[str | None, list[Ints]] = {}
        for number, part in zip(numbers.tolist(), parts, strict=True):
            for name in names[number]:
                found.setdefault(name, []).append(part)
        return {name: np.sort(np.concatenate(several)) for name, several in found.items()}

    def cross_counts(self, positions: Ints, by: str, split: str) -> dict[tuple[str | None, str | None], int]:
        """How many of these positions have each pair of values of two fields."""
        with self._lock:
            one, ones = self._coded(by)
            other, others = self._coded(split)
            pairs = one[positions].astype(np.int64) * len(others) + other[positions]
            numbers, counts = np.unique(pairs, return_counts=True)
        found: dict[tuple[str | None, str | None], int] = {}
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            for a in ones[number // len(others)]:
                for b in others[number % len(others)]:
                    found[a, b] = found.get((a, b), 0) + count
        return found

    def _coded(self, by: str) -> tuple[npt.NDArray[Any], Sequence[Sequence[str | None]]]:
        """A field as numbers, and for each number what it stands for."""
        table = self._table
        if by == "month":
            months = table.months.astype(np.int64)
            low = int(months.min(initial=0))
            last = int(months.max(initial=low))
            return months - low, [[str(np.datetime64(month, "M"))] for month in range(low, last + 1)]
        if by == "why":
            reasons: list[Sequence[str | None]] = [[None], *([name] for name in LEFT_OUT)]
            return np.maximum(table.column("why"), 0), reasons
        if by == "consent":
            return self._consents()
        kind, _, question = by.partition(":")
        if kind in _SINGLE:
            return table.column(kind), [[name] for name in table.names]
        name = _SETS[kind]
        nothing: Sequence[str | None] = [None]
        names = [nothing] * len(table.names)
        for number in table.numbers(name):
            members = table.members(number)
            wanted = _answers(members, question) if question else iter(members)
            names[number] = [*wanted] or nothing
        return table.column(name), names

    def _consents(self) -> tuple[npt.NDArray[Any], Sequence[Sequence[str | None]]]:
        flags = self._table.column("flags")
        counts = self._lut("consents", lambda members: str(Use.ANALYSE) in members)[self._table.column("consents")]
        level = np.where(flags & SENDABLE != 0, 3, np.where(flags & QUOTABLE != 0, 2, np.where(counts, 1, 0)))
        return level, [["none"], ["count"], ["quote"], ["send", "quote"]]

    def _lut(self, kind: str, holds: Any) -> Bools:
        """By number, whether a set of a kind is one of those that are meant."""
        made = np.zeros(len(self._table.names), dtype=bool)
        for number in self._table.numbers(kind):
            made[number] = holds(self._table.members(number))
        return made

    def _mask(self, filters: Filters, shared_only: bool, found: Sequence[int] | None) -> Bools:
        table = self._table
        keep = table.alive
        if shared_only:
            keep &= (table.column("why") == 0) & (table.column("flags") & (QUOTABLE | HELD) == QUOTABLE)
        for kind, field in _SINGLE.items():
            if wanted := getattr(filters, field):
                numbers = [0 if value == NONE else table.number(kind, value) for value in wanted]
                keep &= np.isin(table.column(kind), numbers) if len(numbers) > 1 else table.column(kind) == numbers[0]
        if filters.themes:
            keep &= self._within("themes", filters.themes)
        if filters.consents:
            keep &= self._with_consent(filters.consents)
        if filters.risks:
            keep &= self._with_risk(filters.risks)
        if filters.since:
            keep &= table.column("said") >= _seconds(filters.since)
        if filters.until:
            keep &= table.column("said") < _seconds(filters.until + timedelta(days=1))
        if found is not None:
            keep &= _at(table.column("item_id"), found)
            if shared_only:  # the search knows the words that were taken out
                keep &= table.column("flags") & PERSONAL == 0
        if filters.counted:
            counted = np.zeros(len(table), dtype=bool)
            counted[self.counted(np.flatnonzero(keep))] = True
            keep = counted
        return keep

    def _within(self, kind: str, wanted: Sequence[str]) -> Bools:
        lut = self._lut(kind, lambda members: any(each in wanted for each in members))
        lut[0] = NONE in wanted
        found: Bools = lut[self._table.column(kind)]
        return found

    def _with_consent(self, wanted: Sequence[str]) -> Bools:
        level, names = self._consents()
        lut = np.array([any(name in wanted for name in each) for each in names])
        found: Bools = lut[level]
        return found

    def _with_risk(self, wanted: Sequence[str]) -> Bools:
        flags = self._table.column("flags")
        found = self._within("risks", wanted)
        if ANY_RISK in wanted:
            found = found | (self._table.column("risks") != 0)
        for name, bit in ((PERSONAL_DATA, PERSONAL), (EDITED, EDITED_BIT)):
            if name in wanted:
                found = found | (flags & bit != 0)
        return found


def _answers(members: Sequence[str], question: str) -> Iterator[str]:
    for asked, _, answer in (member.partition(ANSWER) for member in members):
        if asked == " ".join(question.split()):
            yield answer


def _seconds(day: date) -> int:
    return (day - _EPOCH).days * 86400


def _at(ids: Ints, wanted: Sequence[int]) -> Bools:
    keep = np.zeros(len(ids), dtype=bool)
    sought = np.asarray(wanted, dtype=np.int64)
    at = np.searchsorted(ids, sought)
    there = at < len(ids)
    at, sought = at[there], sought[there]
    keep[at[ids[at] == sought]] = True
    return keep
