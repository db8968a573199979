"""A trained classifier is measured on what it was taught by the codes of the part that had not seen it."""

from __future__ import annotations

import numpy as np
import pytest

from advocacy_monitor.evaluation.cases import Cases, Statement
from advocacy_monitor.evaluation.coders import HybridCoder, LexiconCoder
from advocacy_monitor.evaluation.evaluate import evaluate
from tests.classifier.statements import BagOfWords, codebook, gold

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")


@pytest.fixture(scope="module")
def coder() -> HybridCoder:
    from advocacy_monitor.classifier.build import build
    from advocacy_monitor.classifier.hybrid import HybridClassifier
    from advocacy_monitor.classifier.training import Settings, train
    from advocacy_monitor.lexicon import Lexicon

    model = build(train(gold(), codebook(), BagOfWords(), Settings(seed=5)))
    return HybridCoder(codebook(), HybridClassifier(model, Lexicon(codebook()), BagOfWords()))


def taught() -> list[Statement]:
    return [
        Statement(
            text=each.text,
            language=each.language,
            themes=each.themes,
            place=f"line {number}",
            id=str(number),
            answer=each.answer,
        )
        for number, each in enumerate(gold())
        if each.answer != "too_short"
    ]


NEW = Statement(
    text="In town my sister sits near the radiator that is on all day",
    language="en",
    themes=frozenset({"warmth"}),
    place="item 1",
    id="new",
    answer="themes",
)


def test_what_taught_the_classifier_is_answered_out_of_fold(coder: HybridCoder) -> None:
    statements = [*taught()[:20], NEW]
    assert coder.kept_apart(statements) == [True] * 20 + [False]
    made = coder.code(statements)
    assert list(made[-1]) == ["warmth"]
    assert made[-1]["warmth"] is not None
    probabilities = coder.probabilities(statements)
    assert probabilities is not None
    assert np.isnan(probabilities[:20]).all()
    assert (~np.isnan(probabilities[20])).any()
    assert coder.probabilities(statements[:20]) is None


def test_figures_on_taught_statements_are_those_of_the_training_and_no_better(coder: HybridCoder) -> None:
    lexicon = LexiconCoder(codebook())
    assert coder.version.startswith(f"{lexicon.version}+hybrid-")
    cases = Cases(kind="campaign", name="c", statements=(*taught(), NEW))
    report = evaluate(codebook(), cases, coder, stage="hybrid", baseline=lexicon)
    part = report.slices["all"]
    assert part.out_of_fold == len(taught())
    assert report.calibration is not None
    assert report.calibration.pairs >= 1
    gain = report.baseline["all"].gain
    assert gain is not None
    assert gain.value is not None
    assert gain.value > 0
