"""What must be true after a soak: everything that was sent is stored or set aside, once, and nothing is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from advocacy_monitor import backups
from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.store import Store
from tests.soak.flaky import Flaky
from tests.soak.people import Crowd

_STORED_AS = {"webhook": "survey:f1"}
"""The sources that are stored under another name than their plugin's."""


def problems(config: Path, flaky: Mapping[str, Flaky], crowd: Crowd) -> list[str]:
    """What is wrong, in words; nothing when the books balance. The program must not run any more."""
    loaded = load_config(config)
    with open_store(loaded) as store:
        found = [*store.check(), *_of_runs(store), *_of_the_form(store, crowd), *_of_the_audit(store)]
    for path in (loaded.database, loaded.contacts):
        with closing(sqlite3.connect(path)) as db:
            found += [f"{path.name}: {row[0]}" for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
            found += [f"{path.name}: {row}" for row in db.execute("PRAGMA foreign_key_check")]
    with closing(sqlite3.connect(loaded.database)) as db:
        found += [*_of_platforms(db, flaky), *_of_the_search(db), *_of_the_enrichers(db)]
    found += [f"backup {each.path.name}: {each.why}" for each in backups.listed(loaded) if not each.ok]
    return [*found, *_of_the_folder(loaded.folder)]


def _of_platforms(db: sqlite3.Connection, flaky: Mapping[str, Flaky]) -> Iterator[str]:
    """Sent = stored + set aside + gone, for each platform, and each of it once."""
    for name, each in flaky.items():
        source = [_STORED_AS.get(name, name)]
        stored = [row[0] for row in db.execute("SELECT source_id FROM items WHERE source = ? AND text != ''", source)]
        set_aside = db.execute(
            "SELECT count(*), count(DISTINCT position || sha256) FROM rejects WHERE origin = ?", [name]
        ).fetchone()
        if len(stored) != len(set(stored)):
            yield f"{name}: {len(stored) - len(set(stored))} are stored twice"
        if lost := each.expected - set(stored):
            yield f"{name}: {len(lost)} of {len(each.expected)} are missing, such as {sorted(lost)[:5]}"
        if unseen := set(stored) & each.gone - _known_as_gone(db, source[0]):
            yield f"{name}: {len(unseen)} are gone, and no look has found that, such as {sorted(unseen)[:5]}"
        if made_up := set(stored) - each.expected - each.gone:
            yield f"{name}: nobody sent {sorted(made_up)[:5]}"
        if set_aside != (each.spoiled, each.spoiled):
            yield f"{name}: {each.spoiled} were broken, {set_aside} were set aside (rows, distinct)"


def _known_as_gone(db: sqlite3.Connection, source: str) -> set[str]:
    """What is kept out of every pack. Its words go with the second look, an hour later, which no soak waits for."""
    question = (
        "SELECT source_id FROM items JOIN verifications ON item_id = items.id WHERE source = ? AND standing = 'gone'"
    )
    return {row[0] for row in db.execute(question, [source])}


def _of_the_form(store: Store, crowd: Crowd) -> Iterator[str]:
    stored = {
        item.id: item.text for batch in store.items.each() for item in batch if item.source == "form" and item.text
    }
    wanted = {words for code, words in crowd.confirmed.items() if code not in crowd.withdrawn}
    if len(stored) != len(set(stored.values())):
        yield f"form: {len(stored) - len(set(stored.values()))} answers are stored twice"
    if lost := wanted - set(stored.values()):
        yield f"form: {len(lost)} confirmed answers are missing, such as {sorted(lost)[:3]}"
    if more := set(stored.values()) - wanted:
        yield f"form: {len(more)} are stored that were refused, withdrawn or not confirmed, such as {sorted(more)[:3]}"
    wrong = [
        code
        for code, words in crowd.confirmed.items()
        if stored.get(store.submissions.of_code(code) or 0) != (None if code in crowd.withdrawn else words)
    ]
    if wrong:
        yield f"form: {len(wrong)} codes open something else than what they were shown for"


def _of_runs(store: Store) -> Iterator[str]:
    runs = store.runs.recent(1_000_000)
    if still := [run for run in runs if run.status == "running"]:
        yield f"{len(still)} runs are open, such as {still[0]}"
    for run in runs:
        tally = run.tally
        if run.kind in ("collect", "form") and tally.read != tally.stored + tally.already + tally.rejected:
            yield f"run {run.id} of {run.name} does not add up: {tally}"


def _of_the_audit(store: Store) -> Iterator[str]:
    store.audit.seal()
    yield from (f"audit: {each}" for each in store.audit.verify())


def _of_the_search(db: sqlite3.Connection) -> Iterator[str]:
    (items,), (found,) = (db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("items", "items_fts"))
    if items != found:
        yield f"{items} items, {found} in the search"


def _of_the_enrichers(db: sqlite3.Connection) -> Iterator[str]:
    """Each enricher has seen everything, and said nothing twice."""
    (last,) = db.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()
    for by, seen in db.execute('SELECT "by", last_item_id FROM enrichments WHERE is_current'):
        if seen < last:
            yield f"{by} has seen items up to {seen} of {last}"


def _of_the_folder(folder: Path) -> Iterator[str]:
    """No file is left over from something that was interrupted."""
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in (".tmp", ".part", ".new"):
            yield f"left over: {path.relative_to(folder)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How much memory a daemon held: seconds since the soak began, its number, its age in seconds, megabytes."""

    at: float
    life: int
    age: float
    megabytes: float


def memory_of(process: int) -> float | None:
    """Megabytes that a process holds; None when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("VmRSS:")), None)
    return None if found is None else int(found.split()[1]) / 1024
