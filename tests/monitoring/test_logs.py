"""The log: one line a message, whatever strangers wrote, for people and as JSON."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from _pytest.logging import LogCaptureHandler

from advocacy_monitor.monitoring import logs

HOSTILE = "a\nb\r\x1b[2J\x1b]0;title\x07 \u202egnirts\u2066 \u2028line\x85 \x00 é 图书馆 \U0001f4da \ud800"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leaves the process's logging as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    for handler in [each for each in root.handlers if each not in before]:
        root.removeHandler(handler)
    root.setLevel(level)


@contextmanager
def _uncaught() -> Iterator[None]:
    """pytest keeps what is logged, and cannot send half a character from one process to the other."""
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [each for each in before if not isinstance(each, LogCaptureHandler)]
    try:
        yield
    finally:
        root.handlers[:] = before


@pytest.mark.parametrize("kind", ["simple", "human"])
def test_a_hostile_text_stays_on_one_line_and_nothing_is_dropped(kind: str) -> None:
    stream = io.StringIO()
    logs.simple(logging.INFO, stream=stream) if kind == "simple" else logs.configure("human", stream=stream)
    with _uncaught():
        logging.getLogger("advocacy_monitor.x").warning("%s: came", HOSTILE)
    (line,) = stream.getvalue().splitlines()
    assert line.isprintable()
    for shown in (
        r"a\nb\r\x1b[2J",
        r"\u202egnirts\u2066",
        r"\u2028line\x85",
        r"\x00",
        "é 图书馆 \U0001f4da",
        r"\ud800",
    ):
        assert shown in line
    assert "WARNING advocacy_monitor.x: " in line


@pytest.mark.parametrize("kind", ["simple", "human"])
def test_no_line_of_a_traceback_looks_like_one_of_the_log(kind: str) -> None:
    stream = io.StringIO()
    logs.simple(logging.INFO, stream=stream) if kind == "simple" else logs.configure("human", stream=stream)
    try:
        raise ValueError("first\n2026-11-23T04:00:00Z ERROR advocacy_monitor: forged\x1b[1m")
    except ValueError:
        logging.getLogger("advocacy_monitor").exception("failed")
    first, *rest = stream.getvalue().splitlines()
    assert first.endswith("failed")
    assert rest
    assert all(line.startswith("    ") for line in rest)
    assert r"forged\x1b[1m" in rest[-1]


def test_json_is_one_object_a_line_with_everything_in_it() -> None:
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    log = logging.getLogger("advocacy_monitor.collect")
    with _uncaught():
        log.info("%s", HOSTILE, extra={"job": "mastodon", "at": object})
    try:
        raise ValueError("inner\nline")
    except ValueError:
        log.exception("failed")
    lines = stream.getvalue().splitlines()
    assert all(line.isascii() for line in lines)
    said, failed = map(json.loads, lines)
    assert said["event"] == HOSTILE
    assert (said["level"], said["logger"], said["job"]) == ("info", "advocacy_monitor.collect", "mastodon")
    assert said["timestamp"].endswith("Z")
    assert "inner\nline" in failed["exception"]


def test_structlog_s_own_loggers_write_the_same_lines() -> None:
    import structlog

    stream = io.StringIO()
    logs.configure("json", stream=stream)
    structlog.get_logger("advocacy_monitor.own").warning("done", count=3)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line) | {"timestamp": ""} == {
        "event": "done",
        "count": 3,
        "level": "warning",
        "logger": "advocacy_monitor.own",
        "timestamp": "",
    }


@pytest.mark.parametrize("kind", ["human", "json"])
def test_a_message_that_cannot_be_made_shows_nothing_of_what_it_was_made_of(
    kind: Literal["human", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.StringIO()
    logs.configure(kind, stream=stream)
    handler = logging.getLogger().handlers[-1]
    record = logging.LogRecord("x", logging.INFO, "/a/file.py", 7, "%d", ("MARKER\n",), None)
    handler.handle(record)
    assert stream.getvalue() == "a message of /a/file.py:7 cannot be logged: TypeError\n"
    stream.close()
    handler.handle(record)
    assert "".join(capsys.readouterr()) == ""


def test_setting_it_up_again_writes_no_line_twice() -> None:
    stream = io.StringIO()
    logs.simple(logging.INFO, stream=stream)
    logs.configure("human", stream=stream)
    logs.configure("human", stream=stream)
    logging.getLogger("advocacy_monitor").warning("once")
    assert stream.getvalue().count("once") == 1


def test_libraries_that_log_addresses_with_keys_in_them_are_kept_from_it() -> None:
    stream = io.StringIO()
    logs.configure("human", logging.DEBUG, stream=stream)
    for name in ("httpx", "httpcore.connection", "urllib3.connectionpool", "prawcore"):
        logging.getLogger(name).info("GET https://example.org/?access_token=MARKER-OF-A-KEY")
        logging.getLogger(name).debug("send: Authorization: Bearer MARKER-OF-A-KEY")
    assert "MARKER" not in stream.getvalue()


def test_the_command_line_starts_without_structlog() -> None:
    code = "import sys, advocacy_monitor.cli; print(sorted({'structlog', 'prometheus_client', 'httpx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
