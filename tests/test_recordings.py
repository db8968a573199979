"""Every recorded file goes in through the command line's own road, and every record of it is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from advocacy_monitor.config import load_config
from advocacy_monitor.line import import_paths
from advocacy_monitor.setup import write_campaign
from advocacy_monitor.store import Store

ROOT = Path(__file__).parents[2] / "shared" / "recordings"
# Answers of X to other questions than a search: they hold posts inside an HTTP recording.
FILES = [
    *sorted((ROOT / "x").glob("*.jsonl")),
    *sorted(path for path in (ROOT / "surveys").glob("*") if path.suffix in (".csv", ".json", ".txt")),
    *sorted((ROOT / "load").glob("*_v11.jsonl")),
]


@pytest.mark.skipif(not FILES, reason="the recordings are not on this machine")
@pytest.mark.parametrize("path", FILES or [ROOT], ids=lambda path: path.name)
def test_a_recorded_file_is_read_and_nothing_is_unaccounted_for(tmp_path: Path, path: Path) -> None:
    loaded = load_config(write_campaign(tmp_path / "c", name="n", sponsor="s", contact="c"))
    (first,) = import_paths(loaded, [path], {}, quiet=True)
    (second,) = import_paths(loaded, [path], {}, quiet=True)
    for outcome in (first, second):
        assert outcome.status == "done", outcome.message
        tally = outcome.tally
        assert tally.read == tally.stored + tally.already + tally.rejected > 0
    assert second.tally.stored == 0
    assert second.tally.read == first.tally.read
    with Store.open_read_only(loaded.database) as store:
        assert store.items.count() == first.tally.stored
        assert store.check() == []
        if first.tally.rejected:
            assert all(reason for _, _, reason in store.recent_rejects(10_000))


@pytest.mark.parametrize("name", ["x/twarc_brexit.jsonl", "x/twarc_2sets.jsonl", "x/twarc_flat.jsonl"])
def test_pages_and_flattened_posts_are_the_same_posts(
    tmp_path: Path, recordings: Callable[[str], Path], name: str
) -> None:
    path = recordings(name.split("/")[0]) / name.split("/")[1]
    loaded = load_config(write_campaign(tmp_path / "c", name="n", sponsor="s", contact="c"))
    import_paths(loaded, [path], {}, quiet=True)
    wanted = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        value = json.loads(line)
        for post in value.get("data", [value]) if isinstance(value.get("data", []), list) else [value["data"]]:
            wanted[post["id"]] = post
    with Store.open_read_only(loaded.database) as store:
        stored = {item.source_id: item for batch in store.items.each() for item in batch}
    assert set(stored) == set(wanted)
    for post_id, post in wanted.items():
        if not any(reference["type"] == "retweeted" for reference in post.get("referenced_tweets", [])):
            said = post["text"].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
            assert stored[post_id].text == said or post.get("note_tweet")
