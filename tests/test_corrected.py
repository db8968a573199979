"""A correction that is cut off, or that a restored backup does not know, costs nobody their answer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy_monitor import backups
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import StoreError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.schedule_jobs import Work, clean_backups_job
from advocacy_monitor.store import Store
from advocacy_monitor.store.erasures import Erasures
from advocacy_monitor.store.versions import CORRECTED
from tests.web.holders import CODE, WORDS, received, stored

NEWER = "The reading room and its heating kept me going."
CONFIG = "campaign: {name: Libraries, sponsor: Library Association, contact: desk@example.org}\n"


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return load_config(tmp_path / "config.yaml")


def _words(store: Store) -> list[str]:
    return [item.text for batch in store.items.each() for item in batch if item.text]


def _now() -> datetime:
    return datetime.now(UTC)


def test_one_that_was_cut_off_after_its_line_in_the_journal_changes_nothing(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(loaded) as store:
        stored(store)
        with monkeypatch.context() as patched:
            note = Erasures.note

            def cut_off(self: Erasures, *given: object, **named: object) -> None:
                note(self, *given, **named)  # type: ignore[arg-type]
                raise StoreError("the power failed")

            patched.setattr(Erasures, "note", cut_off)
            with pytest.raises(StoreError, match="the power failed"):
                store.submissions.replace(1, received(NEWER, code=None), reason=CORRECTED)
        assert store.erasures.journal.read()
    assert clean_backups_job(loaded, Work()) is None
    with open_store(loaded) as store:
        assert (_words(store), store.submissions.of_code(CODE)) == ([WORDS], 1)
        assert store.erasures.addresses([1]) == ["wilhelmina@example.org"]


def test_one_that_a_restored_backup_does_not_know_leaves_the_older_words_for_a_second_look(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        stored(store)
        decide(store, [1], Status.APPROVED, moderator="Kim", reason="", clock=_now)
    made = backups.make(loaded, clock=_now)
    with open_store(loaded) as store:
        store.submissions.replace(1, received(NEWER, code=None), reason=CORRECTED)
        assert _words(store) == [NEWER]
    done = backups.restore(loaded, made, clock=_now)
    assert (done.erased_again.items, done.erased_again.kept) == (0, 1)
    with open_store(loaded) as store:
        assert (_words(store), store.submissions.of_code(CODE)) == ([WORDS], 1)
        assert store.items.statuses(1, 1) == {1: Status.ESCALATED}
        assert store.erasures.addresses([1]) == ["wilhelmina@example.org"]
    assert clean_backups_job(loaded, Work()) is None
    with open_store(loaded) as store:
        assert _words(store) == [WORDS]


def test_one_that_was_taken_back_later_does_not_come_back_in_any_version(loaded: Loaded) -> None:
    with open_store(loaded) as store:
        stored(store)
    made = backups.make(loaded, clock=_now)
    with open_store(loaded) as store:
        for words in (NEWER, f"{NEWER} Twice."):
            store.submissions.replace(store.items.last_id(), received(words, code=None), reason=CORRECTED)
        store.submissions.withdraw(store.items.last_id())
        assert _words(store) == []
    done = backups.restore(loaded, made, clock=_now)
    assert (done.erased_again.items, done.erased_again.kept) == (1, 0)
    with open_store(loaded) as store:
        assert _words(store) == []
