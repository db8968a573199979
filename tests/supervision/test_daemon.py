"""The daemon as a process: ready, healthy, read anew without a lost visitor, refused twice, ended in good order."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from advocacy_monitor.config import load_config
from advocacy_monitor.daemon import run
from advocacy_monitor.errors import ServeError, StoreError
from advocacy_monitor.store import Store
from advocacy_monitor.supervision.healthcheck import judge
from advocacy_monitor.supervision.lock import only_one
from advocacy_monitor.supervision.notify import Notifier

_CONFIG = """
campaign: {{name: T, sponsor: {sponsor}, contact: C}}
enrichers: {{language: }}
verification: {{hours: ''}}
collectors:
{collectors}
form: {{port: {port}}}
monitoring: {{port: {monitoring}}}
"""
_POST = '{"id": "1000000000000000001", "text": "My library", "created_at": "2026-10-01T10:00:00Z", "author_id": "1"}\n'
_GOOD = "  good: {source: file, hours: '*', jitter_minutes: 0, settings: {path: posts.jsonl}}"


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class _Campaign:
    """A campaign's folder and its daemon, with a service manager that listens."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "config.yaml"
        (folder / "posts.jsonl").write_text(_POST)
        self.port, self.monitoring = _free_ports(2)
        self.write()
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(folder / "notify"))
        self.manager.settimeout(60)
        watchdog = {"WATCHDOG_USEC": "180000000"}
        self.environment = {**os.environ, "NOTIFY_SOCKET": str(folder / "notify"), **watchdog}
        self.log = folder / "log"

    def write(self, *, sponsor: str = "S", collectors: str = _GOOD, more: str = "") -> None:
        text = _CONFIG.format(sponsor=sponsor, collectors=collectors, port=self.port, monitoring=self.monitoring)
        self.config.write_text(text + more, encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "advocacy_monitor", "-c", str(self.config), *words]

    @contextmanager
    def daemon(self) -> Iterator[subprocess.Popen[bytes]]:
        with (
            self.log.open("wb") as log,
            subprocess.Popen(self.command("run", "--now"), stderr=log, env=self.environment) as process,
        ):
            try:
                yield process
            finally:
                process.kill()
                self.manager.close()

    def heard(self, word: str) -> str:
        """Waits for a message to the service manager."""
        while True:
            said = self.manager.recv(4096).decode()
            if word in said:
                return said

    def page(self) -> tuple[int, str]:
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            asking.request("GET", "/privacy")
            answer = asking.getresponse()
            return answer.status, answer.read().decode()
        finally:
            asking.close()


def _while(asked: Callable[[], object], work: Callable[[], None]) -> list[object]:
    """What was answered, again and again, while something else went on; an exception is an answer."""
    answers: list[object] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                answers.append(asked())
            except OSError as error:
                answers.append(error)
            time.sleep(0.05)  # leaves the daemon some of the processor

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    work()
    over.set()
    for thread in threads:
        thread.join()
    return answers


def test_a_day_of_a_daemon(tmp_path: Path) -> None:
    campaign = _Campaign(tmp_path)
    with campaign.daemon() as daemon:
        said = campaign.heard("READY=1")
        assert "STATUS=1 collectors; next: good at " in said
        assert campaign.page()[0] == 200

        second = subprocess.run(campaign.command("run"), capture_output=True, text=True, timeout=60, check=False)
        assert second.returncode == 1
        assert f"`advocacy-monitor run`, process {daemon.pid}, since " in second.stderr

        is_well, why = judge(load_config(campaign.config), now=datetime.now(UTC))
        assert (is_well, why[:4]) == (True, "200:")

        def read_anew() -> None:
            more = "  more: {source: file, hours: '7', settings: {path: posts.jsonl}}"
            campaign.write(sponsor="Another Sponsor", collectors=f"{_GOOD}\n{more}")
            daemon.send_signal(signal.SIGHUP)
            assert campaign.heard("RELOADING=1")
            assert "STATUS=2 collectors" in campaign.heard("READY=1")

        answers = _while(lambda: campaign.page()[0], read_anew)
        assert set(answers) == {200}, "nobody was refused while one form made room for the next"
        assert "Another Sponsor" in campaign.page()[1]

        campaign.write(collectors=f"{_GOOD}\n  bad: {{source: webhook, settings: {{}}}}")
        daemon.send_signal(signal.SIGHUP)
        assert "goes on with the configuration before" in campaign.heard("READY=1")
        assert "Another Sponsor" in campaign.page()[1]

        daemon.send_signal(signal.SIGTERM)
        assert campaign.heard("STOPPING=1")
        assert daemon.wait(60) == 0
    log = campaign.log.read_text()
    assert "read the configuration anew: 1 jobs new, 0 gone, 0 at other hours; the form was made anew" in log
    assert "the configuration was not taken over, and the daemon goes on with the one it has" in log
    assert "stopped" in log
    with Store.open_read_only(tmp_path / "advocacy.db") as store:
        assert [(found.name, found.status) for found in store.runs.recent() if found.kind == "collect"] == [
            ("good", "done")
        ]


def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path) -> None:
    campaign = _Campaign(tmp_path)
    campaign.manager.close()
    with (
        socket.create_server(("127.0.0.1", campaign.port)),
        pytest.raises(ServeError, match=f"the form cannot be served at 127.0.0.1:{campaign.port}"),
    ):
        run(load_config(campaign.config), stop=threading.Event())


def test_systemd_tries_again_when_a_port_is_taken_and_not_when_the_configuration_is_wrong(tmp_path: Path) -> None:
    """The unit says RestartPreventExitStatus=2."""
    campaign = _Campaign(tmp_path)
    campaign.manager.close()
    with socket.create_server(("127.0.0.1", campaign.port)):
        done = subprocess.run(campaign.command("run"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "the form cannot be served at" in done.stderr
    campaign.config.write_text("nonsense: 1", encoding="utf-8")
    done = subprocess.run(campaign.command("run"), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2


def test_the_lock_comes_before_the_database_is_touched(tmp_path: Path) -> None:
    """A newer version must not change the tables under an older one that runs."""
    campaign = _Campaign(tmp_path)
    campaign.manager.close()
    loaded = load_config(campaign.config)
    with only_one(loaded.database), pytest.raises(StoreError, match="works on it already"):
        run(loaded, stop=threading.Event())
    assert not loaded.database.exists()


def test_a_form_that_ended_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advocacy_monitor import daemon as module

    monkeypatch.setattr(module, "_FORM_AGAIN_SECONDS", 0.0)
    campaign = _Campaign(tmp_path)
    campaign.manager.close()
    loaded = load_config(campaign.config)
    made = module.Daemon(loaded, notifier=Notifier({}), beat=lambda: None)
    try:
        made.start()
        served = made.form._served
        assert served is not None
        served.server.should_exit = True
        served.thread.join()
        time.sleep(0.01)
        made.look()
        assert campaign.page()[0] == 200
    finally:
        made.stop()
