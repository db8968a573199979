"""A full disk, a file that may not grow, a database that another program holds: nobody is told that it was kept."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.web.serving import Answered, Person, campaign, fields, free_port, start, tickets

_ROOT = Path(__file__).parents[2]

_WRITER = """
import json, resource, sys
from pathlib import Path
from advocacy_monitor.errors import StoreError
from advocacy_monitor.web.writer import Writer
from tests.web.answers import opener, received, texts

folder, how = Path(sys.argv[1]), sys.argv[2]
path, ballast = folder / "form.db", folder / "ballast"
if how == "full":
    ballast.write_bytes(bytes(1 << 20))
writer = Writer(opener(path))
writer.send(received("first"))
if how == "limited":
    most = path.with_name("form.db-wal").stat().st_size + 600_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
confirmed, refused, words = [], [], set()
for number in range(400):
    text = f"Answer {number}. " + "Words " * 2000
    try:
        writer.send(received(str(number), text))
    except StoreError as error:
        refused.append(number)
        words.add(str(error))
    else:
        confirmed.append(text)
    if len(refused) == 5:
        break
if how == "limited":
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
ballast.unlink(missing_ok=True)
for number in refused:
    text = f"Answer {number}. " + "Words " * 2000
    assert writer.send(received(str(number), text)).item_id
    confirmed.append(text)
writer.close()
stored = texts(path)
print(json.dumps({"confirmed": len(confirmed), "missing": len(set(confirmed) - set(stored)), "refused": len(refused),
                  "twice": len(stored) - len(set(stored)), "words": sorted(words)}))
"""


def _run(script: str, *given: str, tmpfs: Path | None = None) -> dict[str, Any]:
    command = [sys.executable, "-c", script, *given]
    if tmpfs is not None:
        mounted = f'mount -t tmpfs -o size=3m none "{tmpfs}" && exec "$@"'
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=_ROOT, timeout=200)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A folder over which a small file system can be laid."""
    folder = tmp_path / "disk"
    folder.mkdir()
    tried = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)]
    try:
        subprocess.run(tried, capture_output=True, check=True, timeout=20)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small file system can be made here: {error}")
    return folder


def _is_honest(found: dict[str, Any]) -> None:
    assert found["confirmed"] > 10
    assert (found["missing"], found["twice"], found["refused"]) == (0, 0, 5)
    assert all("form.db" in words or "form.contacts.db" in words for words in found["words"])


def test_a_full_disk_loses_and_doubles_nothing(small_disk: Path) -> None:
    _is_honest(_run(_WRITER, str(small_disk), "full", tmpfs=small_disk))


def test_a_file_that_may_not_grow_loses_and_doubles_nothing(tmp_path: Path) -> None:
    _is_honest(_run(_WRITER, str(tmp_path), "limited"))


# The same before people's eyes: a real server

_TYPED = "What I typed: <b>ten</b> minutes of it. " + "Words " * 80
_BALLAST = 1 << 20


class _Sender:
    """Sends one answer after the other to a server, and knows which of them it said it had kept."""

    def __init__(self, config: Path, port: int) -> None:
        self._tickets = tickets(config)
        self._person = Person(port, 1)
        self.confirmed: list[str] = []

    def send(self, words: str, ticket: str | None = None) -> Answered:
        answered = self._person.post(fields(ticket or self._tickets.issue(), words, ("q_postcode", "45127")))
        assert (answered.status == 200) == (answered.code is not None)
        if answered.status == 200:
            self.confirmed.append(words)
        return answered

    def ticket(self) -> str:
        return self._tickets.issue()

    def close(self) -> None:
        self._person.close()


def _is_honest_page(answered: Answered) -> None:
    """It says that nothing was stored, and keeps everything that was typed."""
    assert answered.status == 503
    assert answered.code is None
    assert int(answered.headers["retry-after"]) > 0
    assert "We could not store your answer" in answered.page
    assert "What I typed: &lt;b&gt;ten&lt;/b&gt; minutes of it." in answered.page
    assert 'value="45127"' in answered.page
    assert ".db" not in answered.page  # nor does it tell where things lie


@contextmanager
def _served(config: Path, **given: Any) -> Iterator[tuple[_Sender, subprocess.Popen[bytes]]]:
    port = free_port()
    sender = _Sender(config, port)
    server = start(config, port, environment={"ADVOCACY_MONITOR_BUSY_SECONDS": "0.5"}, **given)
    try:
        yield sender, server
    finally:
        sender.close()
        server.terminate()
        server.wait(30)


def _until_refused(sender: _Sender) -> tuple[str, str]:
    """Sends until the page says no. Returns the words and the ticket that were refused."""
    for number in range(300):
        words, ticket = f"{_TYPED} {number}", sender.ticket()
        answered = sender.send(words, ticket)
        if answered.status != 200:
            _is_honest_page(answered)
            return words, ticket
    raise AssertionError("the disk did not become full")


def _all_there(database: Path, confirmed: list[str]) -> None:
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = [row[0] for row in db.execute("SELECT text FROM items")]
    assert len(stored) == len(set(stored))
    assert set(confirmed) == set(stored)


def test_a_locked_database_is_an_honest_page(tmp_path: Path) -> None:
    config = campaign(tmp_path)
    with _served(config) as (sender, _):
        assert sender.send("First.").status == 200
        words, ticket = _TYPED.strip(), sender.ticket()
        with closing(sqlite3.connect(tmp_path / "advocacy.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            _is_honest_page(sender.send(words, ticket))
            assert sender._person.get().status == 200  # looking goes on
            assert sender._person.get("/health").status == 503
            other.execute("ROLLBACK")
        assert sender.send(words, ticket).status == 200
    _all_there(tmp_path / "advocacy.db", sender.confirmed)


def test_who_waits_for_the_disk_keeps_nobody_from_looking(tmp_path: Path) -> None:
    config, port = campaign(tmp_path), free_port()
    made = tickets(config)
    server = start(config, port, environment={"ADVOCACY_MONITOR_BUSY_SECONDS": "6"})
    people = [Person(port, number) for number in range(61)]
    try:
        with ThreadPoolExecutor(60) as threads, closing(sqlite3.connect(tmp_path / "advocacy.db")) as other:
            other.execute("BEGIN IMMEDIATE")
            sent = [threads.submit(each.post, fields(made.issue(), _TYPED)) for each in people[1:]]
            time.sleep(1.5)
            begun = time.monotonic()
            assert people[0].get().status == 200
            assert time.monotonic() - begun < 4
            assert not any(each.done() for each in sent)
            other.rollback()
            assert {each.result(60).status for each in sent} == {200}
    finally:
        for each in people:
            each.close()
        server.terminate()
        server.wait(30)


def test_a_file_that_may_not_grow_is_an_honest_page(tmp_path: Path) -> None:
    config = campaign(tmp_path)
    with _served(config) as (sender, server):
        assert sender.send("First.").status == 200
        most = (tmp_path / "advocacy.db-wal").stat().st_size + 150_000
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        words, ticket = _until_refused(sender)
        assert sender._person.get().status == 200
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert sender.send(words, ticket).status == 200  # the same server, without a new start
        assert sender._person.get("/health").status == 200
    _all_there(tmp_path / "advocacy.db", sender.confirmed)


def test_a_full_disk_is_an_honest_page(small_disk: Path, tmp_path: Path) -> None:
    config = campaign(tmp_path / "made")
    tickets(config)  # makes the files
    laid = (
        f'mount -t tmpfs -o size=3m none "{small_disk}" && cp -p "{config.parent}"/* "{small_disk}" && '
        f'head -c {_BALLAST} /dev/zero > "{small_disk}/ballast" && exec "$@"'
    )
    inside = ["unshare", "--map-root-user", "--mount", "sh", "-c", laid, "sh"]
    shutil.copy(config, small_disk)
    port = free_port()
    sender = _Sender(config, port)
    server = start(small_disk / "config.yaml", port, inside=inside)
    try:
        words, ticket = _until_refused(sender)
        assert len(sender.confirmed) > 5
        assert sender._person.get().status == 200
        on_disk = Path(f"/proc/{server.pid}/root{small_disk}")  # the server alone sees that file system
        (on_disk / "ballast").unlink()
        assert sender.send(words, ticket).status == 200
        for name in ("advocacy.db", "advocacy.db-wal"):
            shutil.copy(on_disk / name, tmp_path / name)
    finally:
        sender.close()
        server.terminate()
        server.wait(30)
    _all_there(tmp_path / "advocacy.db", sender.confirmed)
