"""How well flyers were read: a tenth is read by a second person who does not see the first reading, and compared."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from advocacy_monitor.errors import ModerationError
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, SECOND, SETTLED, Batch, Check, Entry
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.transcribing import (
    EMAIL,
    NAME,
    Asking,
    fields_of,
    form_of,
    is_changed,
    keep,
    new_sending,
    reason_to_leave_out,
    refuse_changed,
    repair,
    replace_answer,
)

_SHARE = 10
_LEAST = 5
"""From so many flyers on one in _SHARE is read twice, and one at least."""


def drawn(flyers: Sequence[int], *, seed: int) -> list[int]:
    """The flyers that are read twice: a random tenth, one at least, and none where there are fewer than five."""
    if len(flyers) < _LEAST:
        return []
    return sorted(random.Random(seed).sample(sorted(flyers), math.ceil(len(flyers) / _SHARE)))  # noqa: S311  no secret


def finish(store: Store, batch: Batch, *, by: str, asking: Asking) -> list[int]:
    """Notes that all flyers are entered, and draws those that are read twice. Returns their numbers."""
    repair(store, batch, asking=asking)
    entries = store.paper.entries(batch.id, FIRST)
    if not entries:
        raise ModerationError("no flyer of this batch was entered yet")
    chosen = drawn(
        [each.flyer for each in entries if each.item_id is not None and not is_changed(store, batch, each)],
        seed=batch.seed,
    )
    store.paper.finish(batch.id, chosen, by=by)
    return chosen


def to_read(store: Store, batch: Batch, person: str) -> list[int]:
    """The flyers that this person has to read a second time: never one that they entered themselves."""
    done = {each.flyer for each in store.paper.entries(batch.id, SECOND)}
    others = {each.flyer for each in store.paper.entries(batch.id, FIRST) if _key(each.transcriber) != _key(person)}
    return [each.flyer for each in store.paper.checks(batch.id) if each.flyer in others - done]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def enter_second(store: Store, batch: Batch, entry: Entry, on_paper: OnPaper, *, asking: Asking) -> None:
    """Stores a blind reading; where it agrees with the first one, the flyer is settled. Raises ModerationError."""
    repair(store, batch, asking=asking)
    known = store.paper.sent(entry.sending)
    if known is not None and (known.batch_id, known.flyer, known.entry) == (batch.id, entry.flyer, SECOND):
        return
    if known is not None:
        entry = replace(entry, sending=new_sending())
    if entry.flyer not in to_read(store, batch, entry.transcriber):
        raise ModerationError(f"flyer {entry.flyer} needs no second reading by you")
    keep(store, entry, on_paper)
    try:
        store.paper.add(entry)
    except ModerationError:
        store.paper.scans.forget(entry.sending)
        raise
    both = readings(store, batch, entry.flyer)
    if both is not None and not both.differing:
        store.paper.settle(batch.id, entry.flyer, fields=both.compared, right={}, by=entry.transcriber)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """Two readings of one flyer, contact details among them."""

    flyer: int
    first: Mapping[str, str]
    second: Mapping[str, str]
    names: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields in which they differ, in the order of the flyer."""
        return tuple(name for name in self.names if self.first.get(name, "") != self.second.get(name, ""))

    @property
    def compared(self) -> int:
        """In how many fields one of them has something."""
        return sum(bool(self.first.get(name) or self.second.get(name)) for name in self.names)


def readings(store: Store, batch: Batch, flyer: int) -> Readings | None:
    """Both readings of a flyer; None as long as there is one only."""
    entries = [store.paper.entry(batch.id, flyer, each) for each in (FIRST, SECOND)]
    if entries[0] is None or entries[1] is None:
        return None
    first, second = (_whole(store, each) for each in entries if each)
    return Readings(flyer=flyer, first=first, second=second, names=fields_of(form_of(batch)))


def _whole(store: Store, entry: Entry) -> dict[str, str]:
    on_paper = store.paper.scans.kept(entry.sending)
    found = {**entry.fields, NAME: on_paper.name, EMAIL: on_paper.email}
    return {name: value for name, value in found.items() if value}


def to_settle(store: Store, batch: Batch) -> list[int]:
    """The flyers on which two readings differ and nobody has decided."""
    done = {each.flyer for each in store.paper.entries(batch.id, SECOND)}
    return [each.flyer for each in store.paper.checks(batch.id) if each.flyer in done and each.settled_by is None]


def settle(
    store: Store, batch: Batch, flyer: int, chosen: Mapping[str, str], *, by: str, asking: Asking
) -> Mapping[str, str]:
    """Decides what stands on a flyer, field by field where two readings differ. Returns which reading was right.

    The answer is stored anew where the first reading was wrong. Raises ModerationError.
    """
    both, first = readings(store, batch, flyer), store.paper.entry(batch.id, flyer, FIRST)
    if both is None or first is None or flyer not in to_settle(store, batch):
        raise ModerationError(f"flyer {flyer} has nothing to be settled")
    refuse_changed(store, batch, first)
    final = {**both.first, **{name: chosen.get(name, "") for name in both.differing}}
    right = {name: _right(both, name, final[name]) for name in both.differing}
    if any(each != FIRST for each in right.values()):
        _settle_item(store, batch, first, {name: value for name, value in final.items() if value}, by, asking)
    store.paper.settle(batch.id, flyer, fields=both.compared, right=right, by=by)
    return right


def _right(both: Readings, name: str, value: str) -> str:
    if value == both.first.get(name, ""):
        return FIRST
    return SECOND if value == both.second.get(name, "") else "neither"


def _settle_item(store: Store, batch: Batch, first: Entry, final: Mapping[str, str], by: str, asking: Asking) -> None:
    before = store.paper.scans.kept(first.sending)
    on_paper = OnPaper(name=final.get(NAME, ""), email=final.get(EMAIL, ""), code=before.code)
    fields = {name: value for name, value in final.items() if name not in (NAME, EMAIL)}
    reason = reason_to_leave_out(fields, form_of(batch))
    known = store.paper.entry(batch.id, first.flyer, SETTLED)
    entry = Entry(
        batch_id=batch.id,
        flyer=first.flyer,
        entry=SETTLED,
        sending=known.sending if known else new_sending(),
        fields={} if reason else fields,
        left_out=reason,
        transcriber=by,
    )
    keep(store, entry, on_paper)
    (store.paper.rewrite if known else store.paper.add)(entry)
    assert first.item_id is not None
    if reason:
        store.submissions.withdraw(first.item_id)
    else:
        replace_answer(store, batch, entry, first.item_id, (before, on_paper), asking=asking)


def close(store: Store, batch: Batch, *, by: str, with_scans: bool, asking: Asking) -> None:
    """Ends a batch. Raises ModerationError as long as something is to be read or settled."""
    repair(store, batch, asking=asking)
    if any(each.settled_by is None for each in store.paper.checks(batch.id)):
        raise ModerationError("some flyers still have to be read a second time, or their differences be settled")
    store.paper.close(batch.id, by=by)
    kept = {each.flyer for each in store.paper.entries(batch.id, FIRST) if each.item_id is not None}
    for flyer in {each.flyer for each in store.paper.scans.of(batch.id)}:
        if with_scans or flyer not in kept:  # of a sheet that nobody entered, nothing says that it may be kept
            store.paper.scans.remove(batch.id, flyer=flyer)


# How well it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What the second readings showed: of the fields compared, how many the first reading had wrong, and where."""

    flyers: int
    fields: int
    first_wrong: int
    second_wrong: int
    by_field: Mapping[str, int]


def errors(checks: Iterable[Check]) -> Errors:
    """Of the flyers that were read twice and settled."""
    done = [each for each in checks if each.settled_by is not None]
    right = [(name, entry) for each in done for name, entry in each.differences.items()]
    return Errors(
        flyers=len(done),
        fields=sum(each.fields or 0 for each in done),
        first_wrong=sum(entry != FIRST for _, entry in right),
        second_wrong=sum(entry != SECOND for _, entry in right),
        by_field=dict(Counter(name for name, entry in right if entry != FIRST)),
    )
