"""The daemon's threads take their memory from few places, as the C library itself tells."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="there is no GNU C library here")
_THREADS = """
import ctypes, sys, threading
from advocacy_monitor.supervision.memory import few_arenas
print(few_arenas() if sys.argv[1] == "few" else "")
gate = threading.Barrier(13)
def work():
    kept = [bytearray(700) for _ in range(2000)]
    gate.wait()
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for each in threads: each.start()
gate.wait()
ctypes.CDLL(None).malloc_stats()
gate.wait()
"""


def _arenas(how: str, **environment: str) -> tuple[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", _THREADS, how],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout.strip(), sum(line.startswith("Arena ") for line in done.stderr.splitlines())


def test_threads_share_two_arenas() -> None:
    assert _arenas("as it is")[1] > 4
    assert _arenas("few") == ("True", 2)


def test_what_the_operator_says_goes_before() -> None:
    said, arenas = _arenas("few", MALLOC_ARENA_MAX="3")
    assert (said, arenas) == ("False", 3)
