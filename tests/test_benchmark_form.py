"""The form's benchmark: what it counts as confirmed is in the database, and its servers differ as they say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks import form
from benchmarks.form_load import Load


def test_every_confirmed_answer_is_counted_and_there() -> None:
    found = form.measure("groups", answers=12, connections=4, environment={})
    assert found.statuses == Counter({200: 12})
    assert len(found.milliseconds) == 12
    assert 0 < found.quantile(0.5) <= found.quantile(0.99)
    assert found.rate == 12 / found.seconds


def test_an_answer_that_is_missing_ends_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here by a server that stores nothing and says yes."""
    serving = form.serving
    monkeypatch.setattr(form, "serving", lambda config, how, around: serving(config, "nothing", around))
    with pytest.raises(SystemExit, match="8 answers were confirmed and 0 are stored"):
        form.measure("groups", answers=4, connections=4, environment={})


def test_quantiles_are_those_of_what_was_measured() -> None:
    load = Load([float(n) for n in range(1, 101)], Counter({200: 100}), 2.0)
    assert (load.quantile(0.5), load.quantile(0.99), load.rate) == (51.0, 100.0, 50.0)


def test_a_slower_disk_is_slower(tmp_path: Path) -> None:
    slower = form.slow_sync(tmp_path, 20)
    if slower is None:
        pytest.skip("no C compiler: the benchmark leaves the slower disk out as well")
    assert form.limit(tmp_path, slower, seconds=0.5) < min(50, form.limit(tmp_path, {}, seconds=0.5))
