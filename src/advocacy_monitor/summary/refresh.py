"""Brings the summary up to date: what changed, what is new, and everything once more after a new enricher.

The database itself notes what changed (triggers of the schema), whoever changed it. A batch is read and summed up in
one transaction of well under a second, so nothing can change in between and no collector waits for long.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from advocacy_monitor.candidates import chosen_candidates
from advocacy_monitor.config import Loaded
from advocacy_monitor.counting import asked_forms, chosen_reader, closed_questions
from advocacy_monitor.left_out import CHECKED_BY, Looked
from advocacy_monitor.store import Store
from advocacy_monitor.store.summary import SummaryState
from advocacy_monitor.summary.rows import row_of

_MADE_BY = 2
"""The way in which rows are made. A change of it has all of them made anew."""
_BATCH = 200
"""Items that are summed up in one transaction: some tenths of a second on a busy machine."""


@dataclass(frozen=True, slots=True)
class _Work:
    """The items of a batch and how far the summary is when it is done."""

    item_ids: Sequence[int]
    seen: int
    redo: int | None


def refresh(store: Store, loaded: Loaded, *, most: int | None = None) -> int:
    """Sums up what has to be, at most so many items, and says how many were. Raises StoreError."""
    questions = tuple(loaded.config.desk.closed_questions)
    made_for = json.dumps([_MADE_BY, questions], ensure_ascii=False)
    if store.summary.state().made_for != made_for:
        store.summary.begin_anew(made_for)
    done = 0
    numbers: dict[tuple[str, str], int] = {}
    while (most is None or done < most) and (count := _batch(store, questions, numbers)):
        done += count
    return done


def _batch(store: Store, questions: Sequence[str], numbers: dict[tuple[str, str], int]) -> int:
    with store.summary.writing():
        state = store.summary.state()
        work = _next(store, state)
        if work is None:
            return 0
        seq = state.seq + 1

        fresh: dict[tuple[str, str], int] = {}  # known for good only when the transaction is over

        def number(kind: str, name: str) -> int:
            known = numbers.get((kind, name)) or fresh.get((kind, name))
            if known is None:
                known = fresh[kind, name] = store.summary.name(kind, name)
            return known

        unread = _unread(store)
        looked = Looked(at=store.now(), unverified_too=True)
        chosen = chosen_reader(store, closed_questions(asked_forms(store), questions))
        found = chosen_candidates(store, work.item_ids)
        store.summary.put(
            [
                row_of(
                    each,
                    looked=looked,
                    unchecked=unread.has(each.item.id),
                    chosen=chosen,
                    number=number,
                    seq=seq,
                )
                for each in found
            ]
        )
        there = {each.item.id for each in found}
        store.summary.remove((item_id for item_id in work.item_ids if item_id not in there), seq=seq)
        store.summary.settled(work.item_ids)
        store.summary.move(seen=work.seen, seq=seq, redo=work.redo)
    numbers |= fresh
    return len(work.item_ids)


@dataclass(frozen=True, slots=True)
class _Unread:
    """Which items a check that packs wait for has not seen, or could not read."""

    above: int
    failed: frozenset[int]

    def has(self, item_id: int) -> bool:
        return item_id > self.above or item_id in self.failed


def _unread(store: Store) -> _Unread:
    seen = [store.assertions.seen(name) for name in CHECKED_BY]
    return _Unread(min(last for _, last, _ in seen), frozenset().union(*(failed for _, _, failed in seen)))


def _next(store: Store, state: SummaryState) -> _Work | None:
    """What changed goes first, then what is new, then what is only made anew."""
    if changed := store.summary.changed(_BATCH):
        return _Work(changed, state.seen, state.redo)
    if new := store.summary.ids_after(state.seen, _BATCH):
        return _Work(new, new[-1], state.redo)
    if state.redo is not None:
        again = store.summary.ids_after(state.redo, _BATCH, up_to=state.seen)
        return _Work(again, state.seen, again[-1] if len(again) == _BATCH else None)
    return None
