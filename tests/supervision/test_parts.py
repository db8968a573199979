"""What keeps a daemon running, part by part: the lock, systemd's socket, signals, a clock that jumps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advocacy_monitor.errors import StoreError
from advocacy_monitor.store.alive import lock_of
from advocacy_monitor.supervision.lock import Holder, holder, only_one
from advocacy_monitor.supervision.notify import Notifier
from advocacy_monitor.supervision.steps import Steps
from advocacy_monitor.supervision.wishes import Wish, Wishes


def test_the_second_is_refused_and_told_who_holds_the_database(tmp_path: Path) -> None:
    path, since = tmp_path / "a.db", datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    assert holder(path) is None
    with only_one(path, clock=lambda: since) as beat:
        words = f"process {os.getpid()}, since 2026-11-01 08:30:00"
        with pytest.raises(StoreError, match=f"`advocacy-monitor run`, {words}"), only_one(path):
            raise AssertionError("the second lock was given")
        found = holder(path)
        assert found is not None
        assert (found.process, found.since) == (os.getpid(), since)
        os.utime(lock_of(path), (0, 0))
        beat()
        after = holder(path)
        assert after is not None
        assert after.beat_at is not None
        assert datetime.now(UTC) - after.beat_at < timedelta(minutes=1)
    assert holder(path) is None
    assert lock_of(path).stat().st_mode & 0o077 == 0
    with only_one(path, command="advocacy-monitor restore"), pytest.raises(StoreError, match="monitor restore`"):
        only_one(path).__enter__()


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from advocacy_monitor.supervision.lock import only_one\n"
        "with only_one(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    path = tmp_path / "a.db"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        found = holder(path)
        assert found is not None
        assert found.process == other.pid
        other.kill()
    assert holder(path) is None
    with only_one(path):
        pass


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"pid": "x"}', '{"pid": 1}', "[" * 5000])
def test_a_lock_s_file_with_anything_in_it_still_counts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.db"
    with only_one(path):
        lock_of(path).write_text(text)
        assert holder(path) == Holder()
        with pytest.raises(StoreError, match=r"another program works on it already: `advocacy-monitor run`$"):
            only_one(path).__enter__()


def test_what_stands_in_the_lock_s_file_steers_no_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with only_one(path, command="x\x1b[2J\n" + "y" * 1000):
        found = holder(path)
    assert found is not None
    assert found.words.isprintable()
    assert len(found.command) == 200


def test_a_folder_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"a\.db\.run-lock: cannot be written"), only_one(tmp_path / "no" / "a.db"):
        raise AssertionError("there is no such folder")


@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_systemd_hears_what_the_daemon_says(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify") if kind == "file" else f"@notify-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(address.replace("@", "\0") if kind == "abstract" else address)
        listening.settimeout(5)
        environment = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}
        notifier = Notifier(environment)
        notifier.ready("2 collectors\nREADY=0")
        assert listening.recv(1000) == b"READY=1\nSTATUS=2 collectors READY=0", "one line, whatever a name holds"
        notifier.reloading()
        assert listening.recv(1000).startswith(b"RELOADING=1\nMONOTONIC_USEC=")
        notifier.alive()
        assert listening.recv(1000) == b"WATCHDOG=1"
        notifier.stopping("bye")
        assert listening.recv(1000) == b"STOPPING=1\nSTATUS=bye"
    assert notifier.watchdog_seconds == 3
    notifier.alive()  # nobody listens any more, which is no reason to end


def test_without_systemd_nothing_is_said_and_the_watchdog_of_another_is_not_ours() -> None:
    Notifier({}).ready("x")
    assert Notifier({}).watchdog_seconds is None
    assert Notifier({"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}).watchdog_seconds is None
    assert Notifier({"WATCHDOG_USEC": "soon"}).watchdog_seconds is None


def test_signals_become_wishes_and_an_end_goes_first() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Wishes() as wishes:
        assert wishes.wait(0) is None
        os.kill(os.getpid(), signal.SIGHUP)
        assert wishes.wait(5) is Wish.RELOAD
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        assert wishes.wait(5) is Wish.STOP
        os.kill(os.getpid(), signal.SIGINT)
        assert wishes.wait(5) is Wish.STOP
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_can_wish() -> None:
    with Wishes() as wishes:
        asking = threading.Thread(target=wishes.ask, args=(Wish.RELOAD,))
        asking.start()
        assert wishes.wait(5) is Wish.RELOAD
        asking.join()


_IN_A_TERMINAL = """
import fcntl, pathlib, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if sys.argv[2] == "nohup":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
from advocacy_monitor.supervision.wishes import Wishes
with Wishes() as wishes:
    pathlib.Path(sys.argv[1]).write_text("ready")
    print("ready", flush=True)
    pathlib.Path(sys.argv[1]).write_text(str([wishes.wait(20), wishes.wait(0.5)]))
"""


@pytest.mark.parametrize(("how", "wished"), [("plain", "[<Wish.STOP: 'stop'>, None]"), ("nohup", "[None, None]")])
def test_a_terminal_that_is_closed_ends_what_was_begun_in_it(tmp_path: Path, how: str, wished: str) -> None:
    told, (ours, theirs) = tmp_path / "told", os.openpty()
    command = [sys.executable, "-c", _IN_A_TERMINAL, str(told), how]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, start_new_session=True) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        os.close(ours)
        assert process.wait(30) == 0
    assert told.read_text() == wished


def test_a_jump_of_the_clock_is_noticed_and_a_long_wait_is_none() -> None:
    day, ticks = [datetime(2026, 11, 1, tzinfo=UTC)], [1000.0]
    steps = Steps(clock=lambda: day[0], ticks=lambda: ticks[0])
    day[0] += timedelta(hours=5)
    ticks[0] += 5 * 3600
    assert steps.step() == 0, "time passed"
    day[0] += timedelta(hours=8)  # the machine slept: only the time of day went on
    assert steps.step() == pytest.approx(8 * 3600)
    assert steps.step() == 0
    day[0] -= timedelta(days=1)
    assert steps.step() == pytest.approx(-86400)
    for _ in range(5):  # small steps count once they have added up
        day[0] += timedelta(seconds=25)
        ticks[0] += 10
    assert steps.step() == pytest.approx(75)
