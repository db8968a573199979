"""Every page under fire: no error of the server, no stored markup that runs, no memory without an end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

import pytest

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from tests.web.fuzzing import MARK, Fuzz
from tests.web.serving import campaign, free_port, start, tickets

LIBRARIES = """\
library,area,postcode,municipality
Quarry Lane Library,Riverside,2600,Queanford
Bücherei <b>Lindenrode</b>,Weststadt,45127,Lindenrode
Central Library,North End,3000,Port Mallee
Central Library,Riverside,2601,Queanford
"""
MORE_MEMORY = 64 << 20
_LONG_SECONDS = 20 * 60


def memory(process: int) -> int:
    """Bytes that a process holds in memory."""
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096


def _under_fire(folder: Path, seed: int, goes_on: Callable[[Fuzz], bool]) -> tuple[Fuzz, int]:
    """Sends requests as long as `goes_on` says. Returns what was sent, and how much memory was added to the first."""
    config = campaign(folder)
    (folder / "libraries.csv").write_text(LIBRARIES, encoding="utf-8")
    config.write_text(
        config.read_text(encoding="utf-8").replace("form:", "  libraries: libraries.csv\nform:"), encoding="utf-8"
    )
    made, port = tickets(config), free_port()
    fuzz = Fuzz(port, random.Random(seed), (made.issue() for _ in repeat(None)))
    log = folder / "server.log"
    with log.open("wb") as said:
        server = start(config, port, log=said)
    try:
        for _ in range(150):
            fuzz.one()
        before = memory(server.pid)
        while goes_on(fuzz):
            fuzz.one()
        added = memory(server.pid) - before
        assert server.poll() is None
    finally:
        server.terminate()
        server.wait(30)
    told = log.read_text(encoding="utf-8")
    assert MARK not in told  # nobody's words
    assert "10.0." not in told  # nor their address
    with open_store(load_config(config)) as store:
        assert store.check() == []
    return fuzz, added


def test_every_page_survives_what_nobody_should_send(tmp_path: Path) -> None:
    fuzz, _ = _under_fire(tmp_path, 1, lambda fuzz: sum(fuzz.statuses.values()) < 700)
    assert fuzz.stored > 10
    assert {200, 303, 403, 404, 405, 415, 422} <= set(fuzz.statuses), fuzz.statuses


@pytest.mark.long
@pytest.mark.timeout(_LONG_SECONDS + 300)
def test_twenty_minutes_of_it(tmp_path: Path) -> None:
    until = time.monotonic() + _LONG_SECONDS
    fuzz, added = _under_fire(tmp_path, random.randrange(1 << 30), lambda _: time.monotonic() < until)
    print(fuzz.statuses, fuzz.stored, f"{added / (1 << 20):.1f} MB more")
    assert fuzz.stored > 100
    assert added < MORE_MEMORY
