"""Which statements somebody sees with some filters, and how many the same filters find that they may not have.

Whoever may read everything sees all. Everybody else sees what may be shared: approved, consented to be quoted, nothing
that waits for a person. Their search looks at the words as they may leave: a telephone number that is blacked out in a
statement must not be found in it.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from advocacy_monitor.candidates import chosen_candidates
from advocacy_monitor.desk.context import Desk
from advocacy_monitor.left_out import LEFT_OUT, label
from advocacy_monitor.staff.roles import Person, Right
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.filters import PERSONAL_DATA, Filters
from advocacy_monitor.summary.paging import expression
from advocacy_monitor.summary.table import Ints
from advocacy_monitor.translate import Texts, texts

MOST_MATCHES = 200_000
"""A search for words looks at the newest matches only, and says so."""

_MOST_READ = 5_000
"""So many statements with something blacked out are read once more for a search; further ones are not shown."""

HELD, NO_CONSENT = "held", "not_quotable"
REASONS = (*LEFT_OUT, HELD, NO_CONSENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What somebody sees: ids, the newest first. `capped` says that a search was cut short.

    `left_out` is how many more the filters find, by reason; None where that would tell what was searched for.
    """

    ids: Sequence[int]
    shared_only: bool
    left_out: tuple[tuple[str, int], ...] | None
    capped: bool = False


def view(desk: Desk, filters: Filters, person: Person) -> View:
    """What this person sees with these filters."""
    shared_only = not person.may(Right.READ)
    found, capped = search(desk, filters.words, shared_only=shared_only)
    columns = desk.columns
    with columns.still():
        shown = columns.positions(filters, shared_only=shared_only, found=found)
        ids = array("q", columns.ids(shown[::-1]))  # 8 bytes each, also of two million
        left_out = None if shared_only and filters.words else _left_out(columns, filters, shown, found)
    return View(ids=ids, shared_only=shared_only, left_out=left_out, capped=capped)


def _left_out(
    columns: Columns, filters: Filters, shown: Ints, found: Sequence[int] | None
) -> tuple[tuple[str, int], ...]:
    """How many items the filters find beside those that are shown, by reason, in the order of REASONS."""
    rest = np.setdiff1d(columns.positions(filters, found=found), shown, assume_unique=True)
    if not len(rest):
        return ()
    by_why = columns.tally(rest, "why")
    numbers = {name: len(part) for name, part in by_why.items() if name}
    may_count = by_why.get(None, rest[:0])
    quotable = columns.tally_counts(may_count, "consent").get("quote", 0)
    numbers |= {HELD: quotable, NO_CONSENT: len(may_count) - quotable}
    return tuple((name, numbers[name]) for name in REASONS if numbers.get(name))


def reason(name: str, t: Texts) -> str:
    """A reason of REASONS in words."""
    if name == HELD:
        return t.text("Waits for a person: touches on protected matters")
    if name == NO_CONSENT:
        return t.text("May be counted, but nobody consents to its being quoted")
    return label(name, texts(t.code))


def search(desk: Desk, words: str, *, shared_only: bool) -> tuple[list[int] | None, bool]:
    """The ids of what holds all words, and whether there may be more; None where nothing is searched for."""
    if not words:
        return None, False
    sought = expression(words)
    if not sought:
        return [], False
    store = desk.reader()
    found = store.summary.search(sought, most=MOST_MATCHES)
    capped = len(found) == MOST_MATCHES
    if not shared_only:
        return found, capped
    redacted = Filters(risks=(PERSONAL_DATA,))
    columns = desk.columns
    with columns.still():
        hidden = columns.ids(columns.positions(redacted, shared_only=True, found=found))
    wanted = _tokens(words)
    still = {
        each.item.id
        for each in chosen_candidates(store, hidden[-_MOST_READ:])
        if set(wanted) <= set(_tokens(each.text))
    }
    gone = set(hidden) - still
    return [item_id for item_id in found if item_id not in gone], capped or len(hidden) > _MOST_READ


def _tokens(text: str) -> list[str]:
    """Words as the search knows them: letters and digits, without accents, in small letters."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return "".join(sign if sign.isalnum() else " " for sign in plain.casefold()).split()


def without_words(pairs: Iterable[tuple[str, str]]) -> str:
    """Filters for a log: what somebody searched for may be a name, and is told as that alone."""
    return ", ".join(f"{key}={'(words)' if key == 'q' else value}" for key, value in pairs) or "all"
