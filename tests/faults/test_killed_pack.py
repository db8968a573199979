"""`kill -9` while a pack is written: no file that is half, and what lay about is gone with the next pack."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from advocacy_monitor.config import load_config
from advocacy_monitor.hosting import open_store
from tests.faults.process import ROOT, command, look, tell, until
from tests.test_packing import AREAS, CONFIG, filled, said


@pytest.mark.long
def test_a_killed_pack_leaves_nothing_that_looks_like_one(tmp_path: Path) -> None:
    config, packs = tmp_path / "config.yaml", tmp_path / "packs"
    config.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "areas.csv").write_text(AREAS, encoding="utf-8")
    loaded = load_config(config)
    with open_store(loaded) as store:
        filled(store, loaded, *(said("Riverside", n) for n in range(7)))
    verb = ("pack", "--title", "Voices", "--format", "pdf", "--format", "json", "--output", str(packs))
    with subprocess.Popen(command(config, *verb), cwd=ROOT, stdout=subprocess.DEVNULL) as writing:
        until(lambda: list(packs.glob(".making-*")), what="the writing")
        writing.send_signal(signal.SIGKILL)
    assert not list(packs.glob("voices*"))
    assert look(tmp_path / "advocacy.db", "SELECT count(*) FROM packs") == [(1,)]  # a withdrawal would find it
    (left,) = packs.glob(".making-*")
    os.utime(left, (0, time.time() - 2 * 86_400))
    made = tell(config, *verb)
    assert made.code == 0, made.words
    assert sorted(path.suffix for path in packs.iterdir()) == [".json", ".pdf"]
