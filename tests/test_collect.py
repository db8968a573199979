"""Collecting: outcomes are values, what came before a failure is kept, imports start anew."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from advocacy_monitor.collect import MISSED, collect, few_collections, preview
from advocacy_monitor.errors import FatalSourceError, RetryableSourceError, SourceError, StoreError
from advocacy_monitor.models import Cursor, Page, Reject, Tally, Usage
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post


class Scripted:
    """A source that yields pages and then fails."""

    def __init__(self, *pages: Page, error: Exception | None = None) -> None:
        self.given = pages
        self.error = error
        self.since: Cursor | None = {"never": "asked"}

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        self.since = since
        yield from self.given
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RetryableSourceError("asked to wait", retry_after=9), "asked to wait"),
        (FatalSourceError("the credential was refused"), "the credential was refused"),
        (ZeroDivisionError("oops"), "test: unexpected ZeroDivisionError: oops"),
    ],
)
def test_a_failure_is_an_outcome_and_keeps_what_came_before(store: Store, error: Exception, words: str) -> None:
    page = Page(items=(make_post(),), checkpoint={"at": "1"})
    outcome = collect(store, "test", Scripted(page, error=error))
    assert (outcome.status, outcome.message) == ("failed", words)
    assert outcome.tally == Tally(read=1, stored=1)
    assert store.cursor("test") == {"at": "1"}
    run = store.runs.recent()[0]
    assert (run.status, run.message, run.tally) == ("failed", words, outcome.tally)


def test_the_next_run_goes_on_from_the_checkpoint(store: Store) -> None:
    collect(store, "test", Scripted(Page(items=(make_post(),), checkpoint={"at": "1"})))
    again = Scripted()
    collect(store, "test", again)
    assert again.since == {"at": "1"}


def test_an_import_reads_from_the_start_and_leaves_no_cursor(store: Store) -> None:
    source = Scripted(Page(items=(make_post(),), checkpoint={"at": "1"}))
    collect(store, "import:a.csv", source, kind="import")
    assert source.since is None
    assert store.cursor("import:a.csv") is None


def test_asked_to_stop_it_finishes_the_page_in_hand(store: Store) -> None:
    pages = [Page(items=(make_post(),), checkpoint={"at": str(n)}) for n in range(3)]
    outcome = collect(store, "test", Scripted(*pages), stop=lambda: True)
    assert (outcome.status, outcome.tally.stored) == ("stopped", 1)
    assert store.cursor("test") == {"at": "0"}


def test_a_failing_store_is_raised_and_written_down(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Tally:
        raise StoreError("advocacy.db: database or disk is full")

    monkeypatch.setattr(store, "add_page", full)
    with pytest.raises(StoreError, match="disk is full"):
        collect(store, "test", Scripted(Page(items=(make_post(),))))
    assert store.runs.recent()[0].message == "advocacy.db: database or disk is full"


def test_garbage_is_collected_as_before_after_an_import() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), few_collections():
        assert gc.get_threshold() != before
        raise ZeroDivisionError
    assert gc.get_threshold() == before


def test_a_preview_stores_nothing(store: Store) -> None:
    page = Page(items=(make_post(),), rejects=(Reject(position="2", reason="no text", payload=b""),))
    assert preview("test", Scripted(page)).tally == Tally(read=2, stored=1, rejected=1)
    assert preview("test", Scripted(error=SourceError("no"))).status == "failed"
    assert store.items.count() == 0


def test_what_a_source_wants_known_stays_with_the_run(store: Store) -> None:
    notes: list[str] = []

    class Forgetful:
        def pages(self, since: Cursor | None) -> Iterator[Page]:
            notes.extend([f"{MISSED}a week", f"{MISSED}a week", "3 entries have no date"])
            yield Page()

    outcome = collect(store, "walk", Forgetful(), notes=notes)
    assert outcome.message == f"{MISSED}a week; 3 entries have no date"
    assert store.runs.recent(1)[0].message == outcome.message
    assert store.packs.runs_with(MISSED) == [("walk", 1)]
    assert store.packs.failed_runs() == []


def test_usage_is_stored_with_the_page_and_summed_by_source_and_day(store: Store, clock: Clock) -> None:
    used = Usage(source="x", unit="usd", amount=0.5)
    for name in ("one", "two"):
        run = store.runs.start(name, "collect")
        store.add_page(run, Page(usage=(used, used)), collector=name)
    store.spending.add("two", [Usage(source="youtube", unit="units", amount=1)])
    today = clock.now.date()
    assert store.spending.since("x", "usd", today) == 2.0
    assert store.spending.of("x")("usd", today + timedelta(days=1)) == 0.0
    assert store.spending.by_source(today) == [("x", "usd", 2.0), ("youtube", "units", 1.0)]


def test_a_post_on_a_library_s_page_knows_its_library_and_how(store: Store) -> None:
    run = store.runs.start("page", "collect")
    on_page = make_post("Thank you!", source="facebook", library="Lindenrode", area="Weststadt")
    store.add_page(run, Page(items=(on_page, make_post("Elsewhere"))), collector="page")
    first, second = store.items.get([1, 2])
    assert (first.library, first.area, first.area_method) == ("Lindenrode", "Weststadt", "page")
    assert (second.library, second.area, second.area_method) == (None, None, None)
