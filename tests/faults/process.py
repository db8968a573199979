"""The real program on a real campaign folder, a platform that it reads from, and what must be true afterwards."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import collect_one
from advocacy_monitor.store import Store
from tests.sources.mastodon_server import MastodonServer, status_at

ROOT = Path(__file__).parents[2]
TAG = "missedmylibrary"
_HEAD = """\
campaign: {name: Test, sponsor: Test Library Association, contact: info@example.org}
enrichers: {language: }
timezone: Europe/Berlin
verification: {hours: ""}
"""


@dataclass(frozen=True, kw_only=True)
class Told:
    """How a program ended: its code (negative for a signal), what it printed, what it said of its errors."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Everything that it said."""
        return self.out + self.err


def campaign(folder: Path, *, collectors: str = "", backups: Path = Path("backups")) -> Path:
    """A campaign with these collectors, written as YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    listed = f"collectors:\n{collectors}" if collectors else ""
    path.write_text(_HEAD + f'backups: {{hours: "", folder: {backups}}}\n' + listed, encoding="utf-8")
    return path


def collector(name: str, source: str, settings: Mapping[str, object], *, hours: str = "*") -> str:
    """A collector in YAML that waits for nobody."""
    patient = {"attempts": 1, "request_timeout": 2, "max_wait_seconds": 0}
    lines = "".join(f"      {key}: {value}\n" for key, value in {**patient, **settings}.items())
    return f'  {name}:\n    source: {source}\n    hours: "{hours}"\n    jitter_minutes: 0\n    settings:\n{lines}'


def mastodon(url: str, *, name: str = "toots", hours: str = "*", **settings: object) -> str:
    """A collector of the posts that a server on this machine holds, five a page."""
    given = {"instances": f"[{url}]", "hashtags": f"[{TAG}]", "lookback_days": 3650, "page_size": 5}
    return collector(name, "mastodon", {**given, **settings}, hours=hours)


@contextmanager
def platform(posts: int) -> Iterator[MastodonServer]:
    """A Mastodon server with so many posts."""
    with MastodonServer({TAG: []}) as server:
        arrive(server, posts)
        yield server


def arrive(server: MastodonServer, posts: int, *, words: str = "") -> None:
    """So many more posts on the server, later than the ones before."""
    begin = datetime.now(UTC) - timedelta(days=10)
    there = len(server.timelines[TAG])
    more = {"content": f"<p>{words}</p>"} if words else {}
    server.timelines[TAG] += [status_at(begin + timedelta(minutes=there + n), **more) for n in range(posts)]


def expected(server: MastodonServer) -> set[str]:
    """What of the server's posts must be stored."""
    return {str(status["uri"]) for status in server.timelines[TAG]}


def command(config: Path, *verb: str) -> list[str]:
    """The program as people start it."""
    return [sys.executable, "-m", "advocacy_monitor", "-c", str(config), *verb]


def tell(
    config: Path,
    *verb: str,
    inside: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    seconds: float = 120,
) -> Told:
    """Runs a verb to its end. `inside` is a command that runs it; `before` runs in the new process."""
    done = subprocess.run(
        [*inside, *command(config, *verb)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        preexec_fn=before,
        timeout=seconds,
    )
    return Told(code=done.returncode, out=done.stdout, err=done.stderr)


class Daemon:
    """A running `run`, whose log is read when it has ended."""

    def __init__(
        self, config: Path, *verb: str, environment: Mapping[str, str] | None = None, inside: Sequence[str] = ()
    ) -> None:
        self.log = config.with_name(f"daemon-{time.monotonic_ns()}.log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*inside, *command(config, *(verb or ("run", "--now")))],
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def __enter__(self) -> Daemon:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def kill(self) -> None:
        """`kill -9` of the daemon and of everything that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    @property
    def words(self) -> str:
        """What it said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def until(condition: Callable[[], object], *, seconds: float = 60, what: str = "it", of: Daemon | None = None) -> None:
    """Waits for something to become true, as long as the daemon that does it lives."""
    late = time.monotonic() + seconds
    while not condition():
        assert of is None or of.process.poll() is None, f"{what} did not happen: {of.words}"
        assert time.monotonic() < late, f"{what} did not happen in {seconds} s: {of.words if of else ''}"
        time.sleep(0.05)


def look(database: Path, question: str) -> list[tuple[object, ...]]:
    """The answer of a database that may not be there yet, or be busy."""
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=5)) as db:
            return db.execute(question).fetchall()
    except sqlite3.OperationalError:
        return []


def ids(database: Path) -> list[str]:
    """What is stored, by its platforms' ids."""
    return [str(row[0]) for row in look(database, "SELECT source_id FROM items ORDER BY id")]


def goes_on(folder: Path, server: MastodonServer) -> None:
    """The next collection, in this process, stores everything that is not there yet, and nothing else."""
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        outcome = collect_one(store, loaded, "toots")
        assert outcome.status == "done", outcome.message
    is_whole(folder, expected(server))


def is_whole(folder: Path, wanted: set[str]) -> None:
    """Everything once, found by the search, every run counted to its end, both files sound."""
    with Store.open(folder / "advocacy.db", contacts_path=folder / "contacts.db") as store:
        assert store.check() == []
        stored = [item.source_id for batch in store.items.each() for item in batch]
        assert len(stored) == len(set(stored)), "something is stored twice"
        assert set(stored) == wanted
        assert all(len(store.items.captures(number)) == 1 for number in (1, len(stored)) if stored)
        runs = store.runs.recent(1000)
        assert all(run.tally.read == run.tally.stored + run.tally.already + run.tally.rejected for run in runs)
        assert sum(run.tally.stored for run in runs) == len(wanted)
    (found,) = look(folder / "advocacy.db", "SELECT count(*) FROM items_fts")[0]
    assert found == len(wanted)
    assert look(folder / "contacts.db", "PRAGMA integrity_check") == [("ok",)]
