"""/healthz, /readyz and /metrics over a real port, asked by friends and by others."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ServeError
from advocacy_monitor.models import Page, Usage
from advocacy_monitor.monitoring.endpoint import Answers, beside
from advocacy_monitor.monitoring.metrics import METRICS, PREFIX, Figures, Sample
from advocacy_monitor.monitoring.state import State
from advocacy_monitor.store import Store
from advocacy_monitor.store.alerts import Alerts, Found
from tests.conftest import Clock, make_post, make_submission
from tests.monitoring.conftest import CONFIG, Running

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


class Ticks:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def state(ticks: Ticks) -> State:
    return State(ticks=ticks, clock=lambda: NOW)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(configured: Callable[[str], Loaded], state: State, more: str = "") -> Iterator[str]:
    port = free_port()
    with beside(configured(f"{CONFIG}monitoring: {{port: {port}}}\n{more}"), state):
        yield f"http://127.0.0.1:{port}"


def ask(address: str, method: str = "GET") -> tuple[int, str]:
    request = urllib.request.Request(address, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_daemon_that_is_well(campaign: Store, configured: Callable[[str], Loaded], state: State) -> None:
    with serving(configured, state) as address:
        assert ask(f"{address}/healthz") == (200, '{"ok": true, "scheduler": "ok"}\n')
        status, body = ask(f"{address}/readyz?verbose")
        assert (status, json.loads(body)) == (
            200,
            {"ok": True, "scheduler": "ok", "database": "ok", "disk": "ok"},
        )
        assert ask(f"{address}/healthz", "HEAD") == (200, "")
        assert ask(f"{address}/healthz", "POST")[0] == 501
        assert ask(f"{address}/")[0] == 404
        assert ask(f"{address}/../advocacy.db")[0] == 404
        assert ask(f"{address}/metrics")[0] == 200


def test_a_scheduler_that_hangs_is_not_well(
    campaign: Store, configured: Callable[[str], Loaded], state: State, ticks: Ticks
) -> None:
    with serving(configured, state) as address:
        ticks.now += 91
        assert ask(f"{address}/healthz") == (503, '{"ok": false, "scheduler": "no heartbeat for 91 seconds"}\n')
        assert ask(f"{address}/readyz")[0] == 503
        assert f"{PREFIX}heartbeat_age_seconds 91.0" in ask(f"{address}/metrics")[1]
        state.beat()
        assert ask(f"{address}/healthz")[0] == 200


def test_what_is_missing_makes_it_not_ready_and_leaves_it_alive(
    configured: Callable[[str], Loaded], state: State, tmp_path: Path
) -> None:
    (tmp_path / "advocacy.db").write_bytes(b"no database" * 100)
    with serving(configured, state, f"form: {{port: {free_port()}}}\n") as address:
        assert ask(f"{address}/healthz")[0] == 200
        status, body = ask(f"{address}/readyz")
        assert status == 503
        found = json.loads(body)
        assert found["database"].startswith("cannot be read")
        assert (found["form"], found["disk"]) == ("does not answer", "ok")
        assert str(tmp_path) not in body
        assert f"{PREFIX}database_readable 0.0" in ask(f"{address}/metrics")[1]


def test_a_form_that_answers(campaign: Store, configured: Callable[[str], Loaded], state: State) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as form:
        more = f"form: {{host: 0.0.0.0, port: {form.getsockname()[1]}}}\n"
        with serving(configured, state, more) as address:
            assert json.loads(ask(f"{address}/readyz")[1])["form"] == "ok"


def test_without_a_port_nothing_is_served(loaded: Loaded, state: State) -> None:
    with beside(loaded, state) as port:
        assert port is None


def test_a_port_that_is_taken(configured: Callable[[str], Loaded], state: State) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        loaded = configured(f"{CONFIG}monitoring: {{port: {port}}}\n")
        with (
            pytest.raises(ServeError, match=rf"127\.0\.0\.1:{port} cannot be listened at .*set another"),
            beside(loaded, state),
        ):
            pytest.fail("it was served")


def test_the_port_is_free_again_afterwards(configured: Callable[[str], Loaded], state: State) -> None:
    with serving(configured, state) as address:
        ask(f"{address}/healthz")
    with closing(socket.create_server(("127.0.0.1", int(address.rpartition(":")[2])))):
        pass


def test_those_who_send_slowly_or_nothing_do_not_block_it_for_long(
    campaign: Store, configured: Callable[[str], Loaded], state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.monitoring.endpoint._SECONDS", 0.2)
    monkeypatch.setattr("advocacy_monitor.monitoring.endpoint._Request.timeout", 0.2)
    with serving(configured, state) as address:
        where = ("127.0.0.1", int(address.rpartition(":")[2]))
        slow = [socket.create_connection(where, timeout=5) for _ in range(12)]
        for each in slow:
            each.sendall(b"GET /healthz HT")
        began = time.monotonic()
        while time.monotonic() - began < 5:
            try:
                if ask(f"{address}/healthz")[0] == 200:
                    break
            except OSError:
                time.sleep(0.05)
        else:
            pytest.fail("it answered nobody")
        for each in slow:
            each.close()


def test_garbage_ends_nothing(campaign: Store, configured: Callable[[str], Loaded], state: State) -> None:
    with serving(configured, state) as address:
        where = ("127.0.0.1", int(address.rpartition(":")[2]))
        for sent in (
            b"\x16\x03\x01\x00\xa5",
            b"GET " + b"a" * 100_000 + b"\r\n\r\n",
            b"\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            with socket.create_connection(where, timeout=5) as given:
                given.sendall(sent)
        assert ask(f"{address}/healthz")[0] == 200


def _figures(figures: Figures) -> dict[tuple[str, tuple[str, ...]], float]:
    return {
        (sample.name.removeprefix(PREFIX), tuple(sample.labels.values())): sample.value
        for family in figures.collect()
        for sample in family.samples
    }


def test_figures(campaign: Store, loaded: Loaded, ran: Running, clock: Clock, state: State, ticks: Ticks) -> None:
    for hour in (5, 4):
        ran("toots", NOW - timedelta(hours=hour), new=3)
    ran("toots", NOW - timedelta(hours=3), status="failed", message="MARKER of a message")
    clock.now = NOW
    campaign.spending.add("tweets", [Usage(source="x", unit="usd", amount=12.5)])
    run = campaign.runs.start("import:MARKER.csv", "import")
    campaign.add_page(run, Page(items=(make_submission("MARKER of words"),)), collector="import")
    campaign.runs.finish(run, "done")
    Alerts.of(campaign).note(
        [Found(subject="collector toots", kind="failing", message="MARKER of an alert")], now=NOW, over_before=NOW
    )
    state.began("toots")
    ticks.now += 5
    state.began("tweets")
    state.ended("tweets", "MARKER of an error")
    state.planned({"toots": NOW, "tweets": NOW})
    found = _figures(Figures(loaded, state, clock=lambda: NOW, ticks=ticks))
    expected = {
        ("database_readable", ()): 1,
        ("start_timestamp_seconds", ()): NOW.timestamp(),
        ("heartbeat_age_seconds", ()): 5,
        ("job_running_seconds", ("toots",)): 5,
        ("job_runs_total", ("tweets",)): 1,
        ("job_failures_total", ("tweets",)): 1,
        ("job_next_run_timestamp_seconds", ("toots",)): NOW.timestamp(),
        ("collector_last_success_timestamp_seconds", ("toots", "mastodon")): NOW.timestamp() - 4 * 3600 + 60,
        ("collector_failures_in_a_row", ("toots", "mastodon")): 1,
        ("collector_failures_in_a_row", ("tweets", "x")): 0,
        ("collector_stored_24h", ("toots", "mastodon")): 6,
        ("statements", ("pending",)): 7,
        ("queue_length", ("moderate",)): 7,
        ("queue_length", ("enrich",)): 7,
        ("queue_length", ("mail",)): 0,
        ("queue_oldest_timestamp_seconds", ("moderate",)): (NOW - timedelta(hours=5)).timestamp(),
        ("budget_used", ("x", "usd")): 12.5,
        ("budget_limit", ("x", "usd")): 100,
        ("alerts", ("failing",)): 1,
        ("rejects", ()): 0,
    }
    near = {key: pytest.approx(value, abs=30) if value > 1e6 else value for key, value in expected.items()}
    assert {key: found.get(key) for key in expected} == near
    assert found["disk_free_bytes", ("campaign",)] > 0
    assert found["file_bytes", ("database",)] > 0
    assert "MARKER" not in str(found)


def test_what_is_served_is_what_prometheus_reads(
    campaign: Store, configured: Callable[[str], Loaded], state: State
) -> None:
    hostile = CONFIG.replace("toots:", '"a\\"b\\\\c\\nd{x=\\"1\\"} 9":')
    loaded = configured(hostile)
    _, kind, body = Answers(loaded, state).to("/metrics")
    assert kind.startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(body.decode()))
    known = {PREFIX + each.name.removesuffix("_total") for each in METRICS}
    assert {family.name for family in families if not family.name.startswith("process_")} == known
    labels = {sample.labels.get("collector") for family in families for sample in family.samples}
    assert 'a"b\\c\nd{x="1"} 9' in labels


def test_who_asks_each_second_costs_no_more(loaded: Loaded, state: State, campaign: Store, ticks: Ticks) -> None:
    figures = Figures(loaded, state, clock=lambda: NOW, ticks=ticks)
    run = campaign.runs.start("toots", "collect")
    before = _figures(figures)
    campaign.add_page(run, Page(items=(make_post(),)), collector="toots")
    ticks.now += 29
    assert _figures(figures).get(("statements", ("pending",))) == before.get(("statements", ("pending",)))
    ticks.now += 2
    assert _figures(figures)["statements", ("pending",)] == 1


class _Slow(Figures):
    """A database that takes its time."""

    def __init__(self, loaded: Loaded, state: State, ticks: Ticks) -> None:
        super().__init__(loaded, state, ticks=ticks)
        self.go_on = threading.Event()
        self.reads = 0

    def _read(self) -> list[Sample]:
        self.reads += 1
        self.go_on.wait(10)
        return [("rejects", (), self.reads)]


def test_nobody_waits_for_a_large_database(
    loaded: Loaded, state: State, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.monitoring.metrics._PATIENCE", 0.05)
    figures = _Slow(loaded, state, ticks)
    for _ in range(3):
        assert ("rejects", ()) not in _figures(figures)
    assert figures.reads == 1
    ticks.now += 10
    figures.go_on.set()
    assert _until(lambda: _figures(figures).get(("rejects", ()))) == 1
    figures.go_on.clear()
    ticks.now += 199  # it took ten seconds, so it is kept for two hundred
    assert (_figures(figures)["rejects", ()], _figures(figures)["figures_age_seconds", ()]) == (1, 209)
    ticks.now += 2
    assert _figures(figures)["rejects", ()] == 1
    figures.go_on.set()
    assert _until(lambda: _figures(figures)["rejects", ()] == 2)


def _until(found: Callable[[], float | None]) -> float | None:
    end = time.monotonic() + 5
    while not (value := found()) and time.monotonic() < end:
        time.sleep(0.01)
    return value


def test_every_metric_s_labels_come_from_the_configuration_or_the_program() -> None:
    allowed = {"version", "job", "collector", "source", "status", "queue", "unit", "folder", "file", "kind"}
    assert {label for each in METRICS for label in each.labels} <= allowed
    assert len({each.name for each in METRICS}) == len(METRICS)
    assert all(each.text.endswith(".") for each in METRICS)
