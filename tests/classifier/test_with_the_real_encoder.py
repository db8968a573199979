"""The whole way with the real encoder: invented statements of one language teach a model that reads another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from advocacy_monitor.classifier.build import build
from advocacy_monitor.classifier.encoder import UniversalSentenceEncoder, is_installed
from advocacy_monitor.classifier.model import make_current, save
from advocacy_monitor.classifier.training import Settings, train
from advocacy_monitor.enrichers.themes import ThemesEnricher
from tests.classifier.statements import CODEBOOK, codebook, gold
from tests.enrichers.stored import ListReader, make_stored

pytestmark = pytest.mark.skipif(not is_installed(), reason="the extra `learn` is not installed")


def test_statements_teach_a_model_that_the_enricher_codes_with(tmp_path: Path) -> None:
    trained = train(gold(150), codebook(), UniversalSentenceEncoder(), Settings(seed=5))
    assert "warmth" in trained.switched
    model = build(trained)
    save(model, tmp_path / "models", cards={})
    make_current(tmp_path / "models", model.version)
    (tmp_path / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    enricher = ThemesEnricher(codebook=str(tmp_path / "small.yaml"), model=tmp_path / "models")
    # Neither sentence shares a word with the statements or has an indicator: only the vectors know what it means.
    texts = ["They keep every room heated, so pensioners may stay until evening.", "Wir parken immer auf der Straße."]
    items = [make_stored(number, text, language="en") for number, text in enumerate(texts, start=1)]
    found = {(each.item_id, each.label, each.value) for each in enricher.enrich(items, ListReader(items))}
    assert (1, "theme", "warmth") in found
    assert (2, "theme", "warmth") not in found
