"""The real daemon: it answers on its port, and its log is one JSON object a line from the first to the last."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.monitoring.test_endpoint import ask, free_port

CONFIG = """\
campaign: {{name: Missed My Library, sponsor: "Library Association, Example", contact: info@example.org}}
mail: {{host: 127.0.0.1, port: 9, security: none, sender: noreply@example.org}}
form: {{port: {form}}}
monitoring: {{port: {port}, log: json}}
"""


def _ready(port: int, process: subprocess.Popen[str]) -> dict[str, object]:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            status, body = ask(f"http://127.0.0.1:{port}/readyz")
        except OSError:
            status, body = 0, "{}"
        if status == 200:
            found: dict[str, object] = json.loads(body)
            return found
        time.sleep(0.1)
    raise AssertionError(f"it never was ready: {process.poll()}")


def test_the_daemon_is_seen_from_outside(tmp_path: Path) -> None:
    port = free_port()
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(port=port, form=free_port()), encoding="utf-8")
    command = [sys.executable, "-m", "advocacy_monitor", "-c", str(path), "run"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONWARNINGS": ""}) as run:
        try:
            assert _ready(port, run) == {
                "ok": True,
                "scheduler": "ok",
                "database": "ok",
                "disk": "ok",
                "form": "ok",
            }
            assert ask(f"http://127.0.0.1:{port}/healthz")[0] == 200
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                families = {each.name: each for each in text_string_to_metric_families(answer.read().decode())}
            jobs = {s.labels["job"] for s in families["advocacy_monitor_job_next_run_timestamp_seconds"].samples}
            assert {"send mail", "alerts", "backup"} <= jobs
            assert families["advocacy_monitor_database_readable"].samples[0].value == 1
        finally:
            run.send_signal(signal.SIGTERM)
            _, said = run.communicate(timeout=60)
    assert run.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(*(set(line) for line in lines))
    assert lines[-1]["event"] == "stopped"
