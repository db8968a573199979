"""The desk's questions give the right numbers: copies, people and consents counted as a pack counts them."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from advocacy_monitor.config import Loaded
from advocacy_monitor.models import (
    Annotation,
    Decision,
    Page,
    Span,
    Status,
)
from advocacy_monitor.store import Store
from tests.conftest import make_post
from tests.desk.statements import campaign, fill

QUERIES: dict[str, Any] = yaml.safe_load(
    (resources.files("advocacy_monitor.desk") / "dashboards" / "queries.yaml").read_text(encoding="utf-8")
)
Ask = Callable[..., list[dict[str, Any]]]
NOW = datetime.now(UTC)


def _escape_fts(words: str) -> str:
    return " ".join(f'"{word}"' for word in re.split(r"\s+", words) if word)


def ask(path: Path, name: str, **given: str) -> list[dict[str, Any]]:
    """The rows that a question gives, asked as Datasette asks it: read-only, every empty box an empty text."""
    query = QUERIES[name]
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        db.execute("PRAGMA cache_size = -65536")
        db.row_factory = sqlite3.Row
        db.create_function("escape_fts", 1, _escape_fts)
        rows = db.execute(query["sql"], dict.fromkeys(query.get("params", ()), "") | given)
        return [dict(row) for row in rows.fetchall()]


@pytest.fixture
def desk(tmp_path: Path) -> Loaded:
    return campaign(tmp_path)


def _open(loaded: Loaded) -> Store:
    return Store.open(loaded.database, contacts_path=loaded.contacts)


def _add(store: Store, *items: Any) -> None:
    run = store.runs.start("test", "collect")
    store.add_page(run, Page(items=items), collector="test")
    store.runs.finish(run, "done")


def _decide(store: Store, status: Status, *item_ids: int, reason: str = "") -> None:
    store.assertions.decide(
        [Decision(item_id=i, status=status, moderator="M", reason=reason, decided_at=NOW) for i in item_ids]
    )


def _note(store: Store, item_id: int, label: str, value: str, by: str = "test@1", *spans: Span) -> None:
    store.assertions.add([Annotation(item_id=item_id, label=label, value=value, by=by, spans=spans)])


def test_evidence_is_cut_out_to_the_letter(desk: Loaded) -> None:
    text = "👩‍👧 Früher war ich so einsam, dass\nich 'nichts' sagte."
    start = text.index("so einsam")
    with _open(desk) as store:
        _add(store, make_post(text))
        _note(store, 1, "theme", "loneliness_isolation", "themes@1", Span(start, start + 9), Span(0, 1))
        _note(store, 1, "theme", "staff_help", "themes@1")
    assert [row["words"] for row in ask(desk.database, "evidence")] == ["so einsam", "👩"]
    assert ask(desk.database, "evidence", theme="staff_help") == []


def test_copies_are_groups_with_their_first_statement(desk: Loaded) -> None:
    with _open(desk) as store:
        _add(store, *(make_post("same", author_id=author) for author in ("a", "b", "b", "c")))
        _note(store, 2, "duplicate_of", "1")
        _note(store, 3, "duplicate_of", "1")
        _note(store, 4, "duplicate_of", "1")
        _note(store, 4, "duplicate_of", "4", "person:C")
    rows = ask(desk.database, "copies")
    assert [(row["item"], row["statements"], row["people"], row["text"]) for row in rows] == [(1, 3, 2, "same")]
    assert ask(desk.database, "copies", at_least="4") == []


def test_only_decisions_that_still_stand_are_explained(desk: Loaded) -> None:
    with _open(desk) as store:
        _add(store, make_post("a"), make_post("b"), make_post("c"))
        _decide(store, Status.REJECTED, 1, 2, reason="An advert")
        _decide(store, Status.ESCALATED, 3, reason="a minor?")
        _decide(store, Status.PENDING, 2)
    rows = ask(desk.database, "decisions_and_reasons")
    assert [(row["item"], row["status"]) for row in rows] == [(3, "escalated"), (1, "rejected")]
    assert [row["item"] for row in ask(desk.database, "decisions_and_reasons", reason="ADVERT")] == [1]
    assert [row["item"] for row in ask(desk.database, "decisions_and_reasons", status="escalated")] == [3]


def test_failed_runs_and_rejects_come_with_their_reasons(tmp_path: Path) -> None:
    path = tmp_path / "advocacy.db"
    fill(path, 30, contacts=tmp_path / "contacts.db")
    failed, done = ask(path, "recent_runs")
    assert failed["status"] == "failed" and "401" in failed["message"]
    assert done["read"] == done["stored"] + done["already"] + done["rejected"] == 31
    (reject,) = ask(path, "unread_records", origin="SPRING")
    assert (reject["reason"], reject["records"]) == ("no text", 1)
    later = tmp_path / "later"
    later.mkdir()
    fill(later / "advocacy.db", 30, contacts=later / "contacts.db", now=NOW - timedelta(days=40))
    assert ask(later / "advocacy.db", "recent_runs") == []
    assert len(ask(later / "advocacy.db", "recent_runs", days="60")) == 2


@pytest.mark.long
def test_every_question_takes_under_a_second_with_100_000_statements(tmp_path: Path) -> None:
    path = tmp_path / "advocacy.db"
    fill(path, 100_000, contacts=tmp_path / "contacts.db")
    taken = {}
    for name in QUERIES:
        ask(path, name)
        started = time.process_time()  # the machine may be doing other things
        ask(path, name)
        taken[name] = time.process_time() - started
    assert max(taken.values()) < 1, taken
