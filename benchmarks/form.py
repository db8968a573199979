"""How many answers a second the form keeps for certain, with 50 people sending at once, against limits of the same run.

limit     one row for each transaction, synchronous FULL, in one bare SQLite connection without any server: what one
          sync for each transaction allows on this disk.
form      `advocacy-monitor serve` as a process of its own, 50 connections that each send their next answer when the
          last one was confirmed: confirmed answers a second, the time until half and until 99 % were confirmed, and
          how long the server used a processor for each.
          Afterwards the database is read: every confirmed answer must be in it.
single    the same with one transaction for each answer instead of one for each group.
nothing   the same application with a writer that stores nothing and says yes at once.

All four are done again with a sync that takes some milliseconds longer (--sync-ms), as on a plain disk or a small
rented server: there the limit is low, and groups are what counts. That needs a C compiler; without one it is left out.

Run: python benchmarks/form.py [--answers 3000] [--connections 50] [--sync-ms 5] [--repeat 3]. Every figure ends with a
line `ratio NAME VALUE`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.web.tickets import FIELD, Tickets
from benchmarks.form_load import Load

_ROOT = Path(__file__).parents[1]
_CONFIG = """\
campaign:
  name: Benchmark
  sponsor: Benchmark Library Association
  contact: info@example.org
  sample_data: true
form:
  proxies: [127.0.0.1]
"""
_WORDS = (
    "After my mother died I spent every Thursday in the reading room. Somebody asked me how I was, and nobody sent me "
    "away when I came without a reason. I would miss it more than the cinema, and I am not the only one in our street."
)
_SERVE = """
import sys
from pathlib import Path
from advocacy_monitor.config import load_config
from advocacy_monitor.models import Kept
from advocacy_monitor.web.serve import form_server

server = form_server(load_config(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]))
writer = server.config.app.state.site.writer
if sys.argv[3] == "nothing":
    writer.send = lambda received, timeout=0: Kept(item_id=1, is_new=True)
elif sys.argv[3] == "single":
    writer._most = 1
server.run()
"""
_SLOW_SYNC = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int wait_and(const char *name, int fd) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    usleep(MICROSECONDS);
    return real(fd);
}
int fdatasync(int fd) { return wait_and("fdatasync", fd); }
int fsync(int fd) { return wait_and("fsync", fd); }
"""


def slow_sync(folder: Path, milliseconds: float) -> dict[str, str] | None:
    """The environment in which each sync takes longer; None where nothing can be compiled."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, library = folder / "slow.c", folder / "slow.so"
    source.write_text(_SLOW_SYNC, encoding="utf-8")
    define = f"-DMICROSECONDS={int(1000 * milliseconds)}"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", define, "-o", library, source, "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


_LIMIT = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE answers (id INTEGER PRIMARY KEY, words TEXT)")
begun, rows = time.perf_counter(), 0
while time.perf_counter() - begun < float(sys.argv[2]):
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO answers (words) VALUES (?)", [sys.argv[3]])
    db.execute("COMMIT")
    rows += 1
print(rows / (time.perf_counter() - begun))
"""


def limit(folder: Path, environment: Mapping[str, str], *, seconds: float = 3) -> float:
    """Transactions a second with one sync each."""
    command = [sys.executable, "-c", _LIMIT, str(folder / "limit.db"), str(seconds), _WORDS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, **environment})
    (folder / "limit.db").unlink()
    return float(done.stdout)


def requests(config: Path, count: int) -> list[bytes]:
    """So many answers as a browser sends them, each with a ticket of its own, from many addresses."""
    loaded = load_config(config)
    with open_store(loaded) as store:
        key = store.submissions.key("form tickets")
    tickets = Tickets(key, lambda: datetime.now(UTC) - timedelta(minutes=2))
    return [_request(number, tickets.issue()) for number in range(count)]


def _request(number: int, ticket: str) -> bytes:
    fields = [
        (FIELD, ticket),
        ("q_library", "Lindenrode"),
        ("q_matters", "print_books"),
        ("q_matters", "staff_help"),
        ("q_words", f"{number}. {_WORDS}"),
        ("q_changed", "less_alone"),
        ("q_age", "25-64"),
        ("consent", "analyse"),
        ("consent", "quote_unnamed"),
    ]
    body = urlencode(fields)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: en\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Forwarded-For: {address}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode("ascii")


@contextmanager
def serving(config: Path, how: str, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Runs the form and yields its port and the process's number. `how` is 'groups', 'single' or 'nothing'."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-c", _SERVE, str(config), str(port), how]
    server = subprocess.Popen(command, env={**os.environ, **environment}, cwd=_ROOT)
    try:
        _await(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def _await(port: int) -> None:
    for _ in range(300):
        with closing(socket.socket()) as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the form did not start")


def worked(process: int) -> float:
    """Seconds for which a process has used a processor so far; 0 where the system does not say."""
    try:
        numbers = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


def load(port: int, path: Path, connections: int) -> Load:
    """Sends all requests of a file from a process of its own."""
    command = [sys.executable, str(_ROOT / "benchmarks" / "form_load.py"), str(port), str(path), str(connections)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    milliseconds, statuses, seconds = json.loads(done.stdout)
    return Load(milliseconds, Counter({int(status): count for status, count in statuses.items()}), seconds)


def measure(how: str, *, answers: int, connections: int, environment: Mapping[str, str]) -> Load:
    """One run on a fresh campaign. Raises SystemExit when an answer was not confirmed, or is not there."""
    with tempfile.TemporaryDirectory(prefix="form-") as given:
        folder = Path(given)
        config = folder / "config.yaml"
        config.write_text(_CONFIG, encoding="utf-8")
        sent = requests(config, answers + connections)
        with serving(config, how, environment) as (port, process):
            load(port, _written(folder / "warm.jsonl", sent[:connections]), connections)
            before = worked(process)
            found = load(port, _written(folder / "load.jsonl", sent[connections:]), connections)
            found.work = worked(process) - before
        if len(found.milliseconds) != answers:
            raise SystemExit(f"{how}: {dict(found.statuses)} for {answers} answers")
        if how != "nothing":
            _is_all_there(load_config(config).database, answers + connections)
    return found


def _written(path: Path, requests: list[bytes]) -> Path:
    path.write_text("".join(json.dumps(each.decode()) + "\n" for each in requests), encoding="utf-8")
    return path


def _is_all_there(database: Path, expected: int) -> None:
    with closing(sqlite3.connect(database)) as db:
        (there,) = db.execute("SELECT count(DISTINCT text) FROM items").fetchone()
    if there != expected:
        raise SystemExit(f"{expected} answers were confirmed and {there} are stored")


def compare(name: str, environment: Mapping[str, str], given: argparse.Namespace) -> None:
    """All four ways, in turns, and their ratios."""
    ways = ("groups", "single", "nothing")
    rates: dict[str, list[float]] = {way: [] for way in ("limit", *ways)}
    work: dict[str, list[float]] = {way: [] for way in ways}
    latest: dict[str, Load] = {}
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory(prefix="form-") as folder:
            rates["limit"].append(limit(Path(folder), environment))
        for way in ways:
            latest[way] = measure(way, answers=given.answers, connections=given.connections, environment=environment)
            rates[way].append(latest[way].rate)
            work[way].append(latest[way].work / given.answers)
    middle = {way: median(found) for way, found in rates.items()}
    works = {way: median(spent) for way, spent in work.items()}
    print(f"\n{name}: limit {middle['limit']:,.0f} transactions a second")
    for way in ways:
        found = latest[way]
        halves = f"{found.quantile(0.5):.0f} ms half, {found.quantile(0.99):.0f} ms 99 %"
        print(f"  {way:8} {middle[way]:8,.0f} answers/s   {halves}   {1000 * works[way]:.2f} ms of a processor each")
    for other in ("limit", "single", "nothing"):
        print(f"ratio {name}_to_{other} {middle['groups'] / middle[other]:.2f}")
    if works["groups"]:
        print(f"ratio {name}_work_of_nothing {works['nothing'] / works['groups']:.2f}")
    print(f"ratio {name}_p99_to_single {latest['groups'].quantile(0.99) / latest['single'].quantile(0.99):.2f}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=3000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--sync-ms", type=float, default=5.0)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    compare("form", {}, given)
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        environment = slow_sync(Path(folder), given.sync_ms) if given.sync_ms else None
        if environment is None:
            print("\nleft out: a slower disk (no C compiler)")
        else:
            compare("form_slow_disk", environment, given)


if __name__ == "__main__":
    main()
