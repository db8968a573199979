"""Which statements somebody sees with some filters, and how many the same filters find that they may not have.

Whoever may read everything sees all. Everybody else sees what may be shared: approved, consented to be quoted, nothing
that waits for a person. Their search passes over statements in which something is blacked out: a telephone number must
not be found where it cannot be read.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advocacy_monitor.desk.context import Desk
from advocacy_monitor.left_out import LEFT_OUT, label
from advocacy_monitor.staff.roles import Person, Right
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.paging import expression
from advocacy_monitor.translate import Texts, texts

MOST_MATCHES = 200_000
"""A search for words looks at the newest matches only, and says so: as many as the list of statements does."""

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
    found, capped = search(desk, filters.words)
    columns = desk.columns
    with columns.still():
        shown = columns.positions(filters, shared_only=shared_only, found=found)
        ids = array("q", columns.ids(shown[::-1]))  # 8 bytes each, also of two million
        if not shared_only:
            return View(ids=ids, shared_only=False, left_out=(), capped=capped)
        return View(ids=ids, shared_only=True, left_out=left_out(desk, filters, len(ids)), capped=capped)


def left_out(desk: Desk, filters: Filters, shared: int) -> tuple[tuple[str, int], ...] | None:
    """How many items filters find beside the `shared` ones, by reason, in the order of REASONS.

    None where words are searched for: the numbers would tell who cannot read them what stands in the others.
    Nothing is sorted here: it is asked with each page of a list of two million.
    """
    if filters.words:
        return None
    columns = desk.columns
    with columns.still():
        by_why = columns.tally_counts(columns.positions(filters), "why")
        quotable = columns.tally_counts(columns.positions(filters.but(consents=("quote",))), "why").get(None, 0)
    numbers = {name: number for name, number in by_why.items() if name}
    numbers |= {HELD: quotable - shared, NO_CONSENT: by_why.get(None, 0) - quotable}
    return tuple((name, numbers[name]) for name in REASONS if numbers.get(name, 0) > 0)


def reason(name: str, t: Texts) -> str:
    """A reason of REASONS in words."""
    if name == HELD:
        return t.text("Waits for a person: touches on protected matters")
    if name == NO_CONSENT:
        return t.text("May be counted, but nobody consents to its being quoted")
    return label(name, texts(t.code))


def search(desk: Desk, words: str) -> tuple[list[int] | None, bool]:
    """The ids of what holds all words, and whether there may be more; None where nothing is searched for."""
    if not words:
        return None, False
    sought = expression(words)
    if not sought:
        return [], False
    found = desk.reader().summary.search(sought, most=MOST_MATCHES)
    return found, len(found) == MOST_MATCHES


def without_words(pairs: Iterable[tuple[str, str]]) -> str:
    """Filters for a log: what somebody searched for may be a name, and is told as that alone."""
    return ", ".join(f"{key}={'(words)' if key == 'q' else value}" for key, value in pairs) or "all"
