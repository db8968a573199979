"""The configuration read anew: what is refused changes nothing, and the form is made anew for its own part only."""

from __future__ import annotations

import http.client
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.daemon import Daemon, HangingError
from advocacy_monitor.store import Store
from advocacy_monitor.supervision.notify import Notifier
from advocacy_monitor.web.beside import FormBeside
from tests.supervision.test_daemon import _free_ports

_HEAD = "campaign: {name: T, sponsor: S, contact: C}\nenrichers: {language: }\nverification: {hours: ''}\n"
_PART = "form: {port: %d}\n"
_WEBHOOK = "  hook: {source: webhook, settings: {kind: json, spool: spool, secret: {env: %s}}}\n"


def _write(folder: Path, text: str) -> Loaded:
    path = folder / "config.yaml"
    path.write_text(_HEAD + text, encoding="utf-8")
    return load_config(path)


def _answers(port: int) -> bool:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status in (200, 404)
    except OSError:
        return False
    finally:
        asking.close()


@pytest.fixture
def form() -> Iterator[FormBeside]:
    made = FormBeside()
    yield made
    made.close()


def test_the_form_follows_its_own_part_only(tmp_path: Path, form: FormBeside) -> None:
    one, two = _free_ports(2)
    part = _PART % one
    loaded = _write(tmp_path, part)
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    assert form.follow(loaded)
    unrelated = "thresholds: {quotes: 7}\nbackups: {hours: '5'}\ncollectors:\n  a: {source: file, hours: '%s', settings: {path: a}}\n"
    assert form.follow(_write(tmp_path, part + unrelated % 3)), "the privacy notice names the sources"
    assert not form.follow(_write(tmp_path, part + unrelated % 4))
    (tmp_path / "form" / "templates").mkdir(parents=True)
    (tmp_path / "form" / "templates" / "accessibility.html").write_text("{% extends 'page.html' %}")
    assert form.follow(_write(tmp_path, part + unrelated % 4)), "a template of the campaign's own"
    assert form.follow(_write(tmp_path, _PART % two))
    assert (_answers(one), _answers(two)) == (False, True)
    assert form.follow(_write(tmp_path, ""))
    assert not _answers(two)
    assert not form.follow(_write(tmp_path, ""))


def test_who_has_just_connected_gets_an_answer_from_the_form_that_ends(tmp_path: Path, form: FormBeside) -> None:
    (port,) = _free_ports(1)
    loaded = _write(tmp_path, _PART % port)
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    form.follow(loaded)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as visitor:
        time.sleep(0.1)  # the form has taken the connection
        ending = threading.Thread(target=form.close)
        ending.start()
        time.sleep(0.4)
        visitor.sendall(b"GET /privacy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.1 200")
        ending.join()
    assert not _answers(port)


def _daemon(loaded: Loaded) -> Daemon:
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    return Daemon(loaded, notifier=Notifier({}), beat=lambda: None)


def test_what_is_refused_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one, two, taken = _free_ports(3)
    good = f"{_PART % one}monitoring: {{port: {two}}}\n"
    daemon = _daemon(_write(tmp_path, good))
    try:
        daemon.start()
        before, jobs = daemon.loaded, {job.id for job in daemon.scheduler.get_jobs()}
        with socket.create_server(("127.0.0.1", taken)):
            for wrong, said in (
                (good.replace(str(two), str(taken)), f"{taken}"),
                (good.replace(str(one), str(taken)), f"the form cannot be served at 127.0.0.1:{taken}"),
                (f"{good}database: other.db\n", "database has changed; that needs a new start"),
                (f"{good}collectors:\n{_WEBHOOK % 'NOT_SET_ANYWHERE'}", "NOT_SET_ANYWHERE is not set"),
                (f"{good}nonsense: 1\n", "line 6: nonsense: unknown key"),
            ):
                (tmp_path / "config.yaml").write_text(_HEAD + wrong, encoding="utf-8")
                caplog.clear()
                daemon.reload()
                assert "goes on with the one it has" in caplog.text
                assert said in caplog.text
                assert daemon.loaded is before
                assert {job.id for job in daemon.scheduler.get_jobs()} == jobs
                assert (_answers(one), _answers(two)) == (True, True)
        (tmp_path / "config.yaml").unlink()
        daemon.reload()
        assert daemon.loaded is before
    finally:
        daemon.stop()


def test_a_collector_that_was_wrong_before_stands_in_nobody_s_way(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = f"collectors:\n{_WEBHOOK % 'NOT_SET_ANYWHERE'}"
    daemon = _daemon(_write(tmp_path, wrong))
    caplog.set_level(logging.INFO)
    try:
        daemon.start()
        _write(tmp_path, f"{wrong}  a: {{source: file, hours: '3', settings: {{path: a}}}}\n")
        daemon.reload()
        assert daemon.scheduler.get_job("a") is not None
        assert "1 jobs new" in caplog.text
    finally:
        daemon.stop()


def test_a_scheduler_that_hangs_gets_no_sign_of_life_and_ends_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        environment = {
            "NOTIFY_SOCKET": str(tmp_path / "notify"),
            "WATCHDOG_USEC": "1000000",
            "WATCHDOG_PID": str(os.getpid()),
        }
        loaded = _write(tmp_path, "")
        Store.open(loaded.database, contacts_path=loaded.contacts).close()
        daemon = Daemon(loaded, notifier=Notifier(environment), beat=lambda: None)
        try:
            daemon.start()
            assert manager.recv(1000) == b"WATCHDOG=1"
            assert manager.recv(1000).startswith(b"READY=1")
            monkeypatch.setattr(daemon.state, "is_alive", lambda: False)
            for _ in range(5):
                daemon.look()
            with pytest.raises(HangingError, match="the scheduler hangs"):
                daemon.look()
            with pytest.raises(BlockingIOError):
                manager.recv(1000)
        finally:
            daemon.stop()
