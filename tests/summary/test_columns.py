"""The summary says what the ledger of packs says, for any store and any filter, however it came about."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy_monitor.candidates import candidates
from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.ledger import Ledger
from advocacy_monitor.left_out import Looked, require_checks
from advocacy_monitor.models import Annotation, Page, Query, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.store import Store
from advocacy_monitor.summary.columns import Columns
from advocacy_monitor.summary.filters import Filters
from advocacy_monitor.summary.refresh import refresh
from tests.conftest import make_post, make_submission
from tests.properties.test_pack_numbers import CONFIG, NOW, Drawn, drawn, fill, queries

_AS_SUMMED = "SELECT * FROM summary_items WHERE why >= 0 ORDER BY item_id"
_NAMED = ("status", "source", "language", "area", "library", "themes", "consents", "risks", "answers")


def _loaded(folder: Path) -> Loaded:
    return Loaded(config=CONFIG, path=folder / "config.yaml")


def _columns(store: Store, loaded: Loaded) -> Columns:
    refresh(store, loaded)
    columns = Columns()
    columns.follow(store)
    return columns


def _filters(query: Query) -> Filters:
    return Filters(
        themes=query.themes, areas=query.areas, languages=query.languages, since=query.since, until=query.until
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(items=st.lists(drawn, max_size=25), query=queries)
def test_what_is_counted_and_why_not_is_what_the_ledger_says(items: list[Drawn], query: Query) -> None:
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "advocacy.db", clock=lambda: NOW) as store:
        fill(store, items)
        columns = _columns(store, _loaded(Path(folder)))
        ledger = Ledger.of(candidates(store), require_checks(store, {}), Looked(at=NOW, unverified_too=True))
        made = ledger.part(query)
        found = columns.positions(_filters(query))
        counted = columns.counted(found)
        assert columns.ids(counted) == ledger.ids(made.counted)
        assert (len(found), columns.left_out(found)) == (made.found, dict(made.left_out))
        assert columns.people(counted) == ledger.people(made.counted)
        assert columns.unknown(counted) == ledger.unknown(made.counted)
        assert columns.appearances(found) == int(made.appearances.sum())
        assert columns.ids(columns.positions(replace(_filters(query), counted=True))) == ledger.ids(made.counted)
        for by, names in (("area", ledger.areas), ("language", ledger.languages), ("source", ledger.sources)):
            expected = {name: len(part) for name, part in ledger.by_name(names, made.counted).items()}
            assert columns.tally_counts(counted, by) == expected
            assert {name: len(part) for name, part in columns.tally(counted, by).items()} == expected
        themes = {theme: len(part) for theme, part in ledger.themes_of(made.counted).items()}
        assert {name: count for name, count in columns.tally_counts(counted, "theme").items() if name} == themes
        months = {month: len(part) for month, part in ledger.months(made.counted).items()}
        assert columns.tally_counts(counted, "month") == months
        crossed = columns.cross_counts(counted, "theme", "area")
        assert sum(number for (theme, _), number in crossed.items() if theme) == sum(themes.values())


def _rows(path: Path) -> list[tuple[object, ...]]:
    """The summary with names in the place of their numbers, and without the step in which a row was made."""
    conn = sqlite3.connect(path)
    conn.row_factory = sqlite3.Row
    try:
        names = dict(conn.execute("SELECT id, name FROM summary_names"))
        made = []
        for row in conn.execute(_AS_SUMMED):
            named = {key: names.get(row[key]) if key in _NAMED else row[key] for key in row.keys() if key != "seq"}  # noqa: SIM118
            made.append(tuple(named.values()))
    finally:
        conn.close()
    return made


def _raw(conn: sqlite3.Connection, draw: random.Random, last: int) -> None:
    """One change straight in the tables, as other programs and later versions make them; NULLs and deletions too."""
    item = draw.randint(1, last)
    stamp = f"2026-11-{draw.randint(1, 19):02d}T00:00:00+00:00"
    theme, area = draw.choice(["books", "warmth"]), draw.choice([None, "Riverside", "Hill"])
    changes = (
        ("UPDATE items SET area = ? WHERE id = ?", [area, item]),
        ("UPDATE items SET library = NULL, person_key = NULL WHERE id = ?", [item]),
        ("UPDATE items SET created_at = ? WHERE id = ?", [stamp, item]),
        ("DELETE FROM annotations WHERE item_id = ? AND label = 'theme'", [item]),
        ("DELETE FROM decisions WHERE item_id = ?", [item]),
        ("DELETE FROM consents WHERE item_id = ?", [item]),
        ("DELETE FROM items WHERE id = ? AND id % 9 = 0", [item]),
        (
            "INSERT INTO annotations (item_id, label, value, \"by\", made_at) SELECT id, 'theme', ?, 'themes@1', ? "
            "FROM items WHERE id = ?",
            [theme, stamp, item],
        ),
        (
            "INSERT INTO annotations (item_id, label, value, \"by\", made_at) SELECT id, 'duplicate_of', ?, "
            "'duplicates@1', ? FROM items WHERE id = ?",
            [str(draw.randint(1, last)), stamp, item],
        ),
        (
            "INSERT INTO decisions (item_id, status, moderator, decided_at) SELECT id, ?, 'A', ? FROM items WHERE id = ?",
            [draw.choice(list(Status)), stamp, item],
        ),
        (
            "INSERT INTO consents (item_id, use, granted, proof, recorded_at) SELECT id, ?, ?, '', ? FROM items "
            "WHERE id = ?",
            [draw.choice(["analyse", "quote_unnamed"]), draw.randint(0, 1), stamp, item],
        ),
        (
            "INSERT OR REPLACE INTO verifications (item_id, standing, asked_at, changed_at) SELECT id, ?, ?, ? "
            "FROM items WHERE id = ?",
            [draw.choice(["stands", "gone", "edited"]), stamp, stamp, item],
        ),
        (
            "INSERT INTO verifications (item_id, standing, asked_at, changed_at) SELECT id, ?, ?, ? FROM items "
            "WHERE id = ? ON CONFLICT (item_id) DO UPDATE SET standing = excluded.standing",
            [draw.choice(["stands", "gone", "edited"]), stamp, stamp, item],
        ),
        ("INSERT OR IGNORE INTO appearances SELECT id, ?, ? FROM items WHERE id = ?", [theme, stamp, item]),
        ("INSERT OR REPLACE INTO set_aside SELECT 'personal_data@1', id, 'x' FROM items WHERE id = ?", [item]),
        ("DELETE FROM set_aside WHERE item_id = ?", [item]),
        ("UPDATE enrichments SET is_current = 1 - is_current WHERE enricher = 'themes' AND ? % 40 = 0", [item]),
    )
    conn.execute(*draw.choice(changes))


def test_after_ten_thousand_changes_the_summary_is_what_a_recount_says(tmp_path: Path) -> None:
    draw, loaded = random.Random(20261122), _loaded(tmp_path)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=lambda: NOW) as store:
        run, columns, last = store.runs.start("t", "collect"), Columns(), 0
        for name in ("personal_data", "duplicates", "themes"):
            store.assertions.begin(name, f"{name}@1")
        conn = sqlite3.connect(loaded.database, isolation_level=None)
        conn.execute("PRAGMA synchronous = OFF")
        for step in range(10_000):
            if step % 100 == 0:
                made = [make_post(f"Post {last + n}", source_id=str(last + n), author_id=f"a{n}") for n in range(1, 5)]
                last += store.add_page(run, Page(items=tuple(made)), collector="t").stored
            if step % 500 == 0:
                conn.execute("UPDATE enrichments SET last_item_id = ?", [last])
            _raw(conn, draw, last)
            if draw.random() < 0.01:
                refresh(store, loaded, most=draw.choice([1, 500, None]))
                columns.follow(store)
        conn.close()
        refresh(store, loaded)
        columns.follow(store)
        kept = _rows(loaded.database)
        fresh = Columns()
        fresh.follow(store)
        store.summary.begin_anew("something else")
        refresh(store, loaded)
        assert store.summary.waiting() == 0
        assert kept == _rows(loaded.database)
        assert len(kept) == store.items.count()
        for filters in (Filters(), Filters(counted=True), Filters(themes=("books",), areas=("-", "Hill"))):
            assert columns.ids(columns.positions(filters)) == fresh.ids(fresh.positions(filters))
        assert columns.page(Filters(), store=store, limit=7) == fresh.page(Filters(), store=store, limit=7)
        assert np.array_equal(columns._table.roots, fresh._table.roots)


def _many(store: Store, count: int) -> None:
    run = store.runs.start("t", "collect")
    items = tuple(
        make_submission(
            "The library" if n % 3 else "Die Bücherei", source_id=str(n), created_at=NOW - timedelta(hours=n % 50)
        )
        for n in range(count)
    )
    store.add_page(run, Page(items=items), collector="t")
    store.assertions.begin("themes", "themes@1")
    facts = [
        Annotation(item_id=n, label="theme", value="books", by="themes@1", score=(n % 11) / 10)
        for n in range(1, count + 1)
    ]
    store.assertions.add_batch("themes@1", facts, after=0, last_item_id=count)


@pytest.mark.parametrize("order", ["newest", "oldest", "uncertain"])
@pytest.mark.parametrize("words", ["", "bucherei"])
def test_pages_go_through_everything_once_and_in_order(tmp_path: Path, order: str, words: str) -> None:
    loaded = _loaded(tmp_path)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=lambda: NOW) as store:
        _many(store, 230)
        columns = _columns(store, loaded)
        seen: list[int] = []
        after = None
        while True:
            found = columns.page(Filters(words=words), store=store, order=order, limit=20, after=after)
            assert found.is_first == (after is None)
            seen += found.ids
            if (after := found.next) is None:
                break
        assert len(seen) == found.total == len(set(seen)) == (230 if not words else 77)
        items = {item.id: item for item in store.items.get(seen)}
        said = [items[each].created_at for each in seen]
        assert order == "uncertain" or said == sorted(said, reverse=order == "newest")


def test_only_what_is_approved_and_may_be_quoted_is_shared(tmp_path: Path) -> None:
    loaded = _loaded(tmp_path)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=lambda: NOW) as store:
        fill(store, [])
        run = store.runs.start("t", "collect")
        both = (make_post("A post", source_id="p"), make_submission("An answer", source_id="s", consents=frozenset()))
        store.add_page(run, Page(items=both), collector="t")
        store.add_page(run, Page(items=(make_submission("Quote me", source_id="q"),)), collector="t")
        columns = _columns(store, loaded)
        assert columns.ids(columns.positions(Filters(), shared_only=True)) == []
        decide(store, [1, 2, 3], Status.APPROVED, moderator="M", clock=lambda: NOW)
        refresh(store, loaded)
        columns.follow(store)
        unchecked = columns.positions(Filters(), shared_only=True)
        assert columns.ids(unchecked) == []  # no check has seen them
        for name in ("personal_data", "duplicates"):
            store.assertions.add_batch(f"{name}@1", [], after=0, last_item_id=3)
        refresh(store, loaded)
        columns.follow(store)
        assert columns.ids(columns.positions(Filters(), shared_only=True)) == [3]
        assert columns.page(Filters(), store=store, shared_only=True).ids == (3,)
        assert columns.choices("status", shared_only=True) == [("approved", 1)]


@pytest.mark.parametrize("order", ["", "newest; drop", "Newest"])
def test_an_order_or_place_that_is_none_is_refused(tmp_path: Path, order: str) -> None:
    loaded = _loaded(tmp_path)
    with Store.open(loaded.database, contacts_path=loaded.contacts) as store:
        columns = _columns(store, loaded)
        with pytest.raises(ConfigError, match="order: is none of newest"):
            columns.page(Filters(), store=store, order=order)
        with pytest.raises(ConfigError, match="after: is no place"):
            columns.page(Filters(), store=store, after="x")
        assert columns.page(Filters(words='"* OR NEAR('), store=store).ids == ()
