"""`train` and the scheduled job: people's codes of the database and of files into a model that the enricher uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from advocacy_monitor import training_job
from advocacy_monitor.classifier import opening
from advocacy_monitor.classifier.starter import make_starter
from advocacy_monitor.cli_train import train as command
from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.hosting import open_store
from advocacy_monitor.line import enrich_all
from advocacy_monitor.models import Annotation, Page
from advocacy_monitor.store import Store
from advocacy_monitor.training_job import coded_statements, train_job
from tests.classifier.statements import CODEBOOK, BagOfWords, codebook, gold
from tests.conftest import make_post

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

CONFIG = """
campaign: {name: Small, sponsor: Ana, contact: ana@example.org, languages: [en, de], codebook: small.yaml}
enrichers: {themes: {}}
training: {hours: "3", seed: 5}
"""


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_job, "default_encoder", BagOfWords)
    monkeypatch.setattr(opening, "UniversalSentenceEncoder", BagOfWords)


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    return load_config(tmp_path / "config.yaml")


@pytest.fixture
def store(loaded: Loaded) -> Iterator[Store]:
    with open_store(loaded) as opened:
        yield opened


def code(store: Store, number: int, *, seed: int = 7) -> None:
    """Stores invented statements, each coded by a person."""
    statements, first = gold(number, seed=seed), store.items.last_id() + 1
    posts = [make_post(each.text, language=each.language) for each in statements]
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=tuple(posts)), collector="test")
    store.runs.finish(run, "done")
    store.assertions.add(
        Annotation(item_id=item_id, label=label, value=value, by="person:Ana")
        for item_id, each in enumerate(statements, start=first)
        for label, value in (("coded", each.answer), *(("theme", theme) for theme in sorted(each.themes)))
    )


def run(loaded: Loaded, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), obj=loaded.path)


def test_the_newest_codes_of_a_person_count_and_copies_are_one_group(store: Store) -> None:
    code(store, 3)

    def note(item_id: int, label: str, value: str, by: str = "person:Ben") -> Annotation:
        return Annotation(item_id=item_id, label=label, value=value, by=by)

    store.assertions.add([note(1, "coded", "themes"), note(1, "theme", "books"), note(2, "coded", "too_short")])
    store.assertions.begin("duplicates", "duplicates@1")
    store.assertions.add([note(3, "duplicate_of", "1", "duplicates@1"), note(3, "language", "de", "language@1")])
    first, second, third = coded_statements(store)
    assert (first.themes, first.answer, first.coder) == (frozenset({"books"}), "themes", "person:Ben")
    assert (second.answer, second.themes) == ("too_short", frozenset())
    assert first.group == third.group != second.group
    assert third.language == "de"


def test_training_writes_a_model_and_the_next_enrichment_uses_it(loaded: Loaded, store: Store) -> None:
    code(store, 240)
    (before,) = enrich_all(store, loaded)
    assert "+hybrid-" not in before.by
    shown = run(loaded)
    assert shown.exit_code == 0, shown.output
    assert "warmth" in shown.output and "is in use from the next enrichment on" in " ".join(shown.output.split())
    version = (loaded.folder / "models" / "current").read_text().strip()
    assert sorted(file.name for file in (loaded.folder / "models" / version).iterdir()) == [
        "card.json",
        "card.md",
        "model.json",
        "weights.npz",
    ]
    (after,) = enrich_all(store, loaded)
    assert after.by == f"{before.by}+hybrid-{version.rpartition('-')[2]}"
    newest = store.runs.recent(1)[0]
    assert (newest.name, newest.kind, newest.status) == ("train themes", "train", "done")
    again = json.loads(run(loaded, "--json").output)
    assert again["message"] == "this very model is in use: nothing new was coded"
    assert (again["model"], again["in_use"]) == (version, True)


def test_a_dry_run_measures_and_writes_nothing(loaded: Loaded, store: Store) -> None:
    code(store, 240)
    shown = json.loads(run(loaded, "--dry-run", "--json").output)
    assert shown["card"]["themes"]["warmth"]["switched"] is True
    assert (shown["path"], shown["in_use"]) == (None, False)
    assert not (loaded.folder / "models").exists()


def test_too_little_is_said_theme_by_theme_and_noted_in_the_run(loaded: Loaded, store: Store) -> None:
    code(store, 12)
    result = run(loaded)
    assert isinstance(result.exception, ConfigError)
    assert "too little to learn from: 12 coded statements, and no theme has 20 of them" in str(result.exception)
    assert store.runs.recent(1)[0].status == "failed"


def test_a_model_that_is_not_better_does_not_take_the_place_of_the_one_in_use(
    loaded: Loaded, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    code(store, 240)
    first = train_job(store, loaded)
    assert first.in_use
    code(store, 3, seed=9)
    poor = training_job.settings_of

    def held_back(loaded: Loaded, *, seed: int | None = None) -> object:
        from dataclasses import replace

        return replace(poor(loaded, seed=seed), strength=0.001, ngrams=False)

    monkeypatch.setattr(training_job, "settings_of", held_back)
    second = train_job(store, loaded)
    assert not second.in_use
    assert second.path is None
    assert second.version != first.version
    assert (loaded.folder / "models" / "current").read_text().strip() == first.version
    assert store.runs.recent(1)[0].message == second.message
    assert second.gain is not None and second.gain.value is not None
    assert second.gain.value <= 0
    replaced = json.loads(run(loaded, "--json", "--replace", "--seed", "5").output)
    assert replaced["in_use"] is True
    assert replaced["model"] != first.version


def test_a_model_for_another_codebook_does_not_take_the_campaign_s_place(loaded: Loaded, tmp_path: Path) -> None:
    result = run(loaded, "--codebook", "library")
    assert result.exit_code == 2
    assert "is not the campaign's codebook" in result.output


def test_files_alone_are_enough_without_a_campaign(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    lines = [{"text": e.text, "language": e.language, "themes": sorted(e.themes)} for e in gold()]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    arguments = ["--from", str(file), "--out", str(tmp_path / "out"), "--codebook", str(tmp_path / "small.yaml")]
    result = CliRunner().invoke(command, [*arguments, "--json"], obj=tmp_path / "config.yaml")
    assert result.exit_code == 0, result.output
    assert Path(json.loads(result.output)["path"]).parent == tmp_path / "out"
    missing = CliRunner().invoke(command, arguments[:2], obj=tmp_path / "config.yaml")
    assert isinstance(missing.exception, ConfigError)


def test_a_starter_is_small_and_holds_neither_words_nor_keys_of_its_statements(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    lines = [{"text": e.text, "language": e.language, "themes": sorted(e.themes)} for e in gold()]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    made = make_starter((file,), (), codebook(), BagOfWords(), seed=5, out=tmp_path / "out")
    assert made.path is not None
    assert made.size < 60_000
    about = json.loads((made.path / "model.json").read_text())
    assert (about["ngrams"], about["tested_keys"]) == (False, [])
    assert "nobody said them" in (made.path / "card.md").read_text()
    classifier = opening.open_classifier(codebook(), tmp_path / "out" / "small", encoder=BagOfWords())
    (answer,) = classifier.classify(["In town my sister sits near the radiator that is on all day"], ["en"])
    assert [theme.code for theme in answer.themes] == ["warmth"]
    assert make_starter((file,), (file,), codebook(), BagOfWords(), seed=5, out=None).path is None


@pytest.mark.parametrize("wrong", ["hours: noon", "seed: -1", "least_positives: 2", "hour: '3'"])
def test_wrong_settings_are_named(loaded: Loaded, wrong: str) -> None:
    loaded.path.write_text(CONFIG.replace('hours: "3", seed: 5', wrong), encoding="utf-8")
    with pytest.raises(ConfigError, match="training"):
        load_config(loaded.path)
