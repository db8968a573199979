"""Coding with a model: who codes what, what counts as no answer, kept vectors, and words as approximate evidence."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from advocacy_monitor.classifier import opening
from advocacy_monitor.classifier.build import build
from advocacy_monitor.classifier.encoder import packed
from advocacy_monitor.classifier.hybrid import HybridClassifier, by_lexicon
from advocacy_monitor.classifier.model import make_current, save
from advocacy_monitor.classifier.occlusion import evidence
from advocacy_monitor.classifier.short import is_too_short
from advocacy_monitor.classifier.training import Settings, train
from advocacy_monitor.enrich import enrich
from advocacy_monitor.enrichers.themes import ThemesEnricher
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.lexicon import Lexicon
from advocacy_monitor.models import Annotation, Page
from advocacy_monitor.store import Store
from tests.classifier.statements import CODEBOOK, BagOfWords, codebook, gold
from tests.conftest import make_post
from tests.enrichers.stored import ListReader, make_stored

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

RADIATOR = "In town my sister sits near the radiator that is on all day"
LONELY = "Nobody rings me at home where i sit with my friend"


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = build(train(gold(), codebook(), BagOfWords(), Settings(seed=5)))
    folder = tmp_path_factory.mktemp("models")
    save(model, folder, cards={})
    make_current(folder, model.version)
    return folder


@pytest.fixture(scope="module")
def classifier(models: Path) -> HybridClassifier:
    return opening.open_classifier(codebook(), models, encoder=BagOfWords())


def codes(classifier: HybridClassifier, text: str, language: str | None) -> list[tuple[str, str]]:
    (answer,) = classifier.classify([text], [language])
    return [(theme.code, theme.stage) for theme in answer.themes]


def test_the_hybrid_finds_what_has_no_indicator_and_says_how_sure_it_is(classifier: HybridClassifier) -> None:
    (answer,) = classifier.classify([RADIATOR], ["en-GB"])
    (theme,) = answer.themes
    assert (theme.code, theme.stage, theme.spans) == ("warmth", "hybrid", ())
    assert theme.score is not None and 0.4 < theme.score <= 1
    assert by_lexicon(Lexicon(codebook()), RADIATOR, "en").answer == "none"


def test_a_theme_that_was_not_switched_on_is_the_lexicons(classifier: HybridClassifier) -> None:
    text = "There is no parking for my van near our library"
    (answer,) = classifier.classify([text], ["en"])
    parking = next(theme for theme in answer.themes if theme.code == "parking")
    assert (parking.stage, parking.score) == ("lexicon", None)
    assert [text[span.start : span.end] for span in parking.spans] == ["parking"]


def test_loneliness_needs_words(classifier: HybridClassifier) -> None:
    assert classifier.probabilities([LONELY], ["en"])[0, 0] > 0
    assert "loneliness_isolation" not in [code for code, _ in codes(classifier, LONELY, "en")]
    said = "i was lonely before with my sister and aunt in town"
    assert "loneliness_isolation" in [code for code, _ in codes(classifier, said, "en")]


def test_a_language_without_figures_or_unknown_to_the_codebook(classifier: HybridClassifier) -> None:
    assert codes(classifier, RADIATOR, None) == []
    assert [answer.answer for answer in classifier.classify([RADIATOR] * 3, ["it", None, "en"])] == [
        "unread",
        "unread",
        "themes",
    ]


def test_none_and_too_short_are_answers(classifier: HybridClassifier) -> None:
    texts = ["We went there on tuesday with my aunt", "ok!!", "novels", "#a #b @c https://example.org/x", ""]
    found = classifier.classify(texts, ["en"] * len(texts))
    assert [answer.answer for answer in found] == ["none", "too_short", "themes", "too_short", "too_short"]
    assert classifier.classify([], []) == []


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("I love it", True),
        ("I love libraries", False),
        ("Libraries forever", True),
        ("a b c d", True),
        ("#ilovemylibrary #books #reading #forever", True),
        ("我喜欢图书馆", False),
        ("图书馆", True),
        ("我爱看书", True),
        ("12 34 56 7890 12345", True),
        ("Ich gehe gerne hin", False),
        ("😀😀😀", True),
    ],
)
def test_what_is_too_short(text: str, short: bool) -> None:
    assert is_too_short(text) is short


def test_evidence_is_the_run_of_words_without_which_the_theme_falls(classifier: HybridClassifier) -> None:
    text = "My aunt and sister go there since the radiator is on all day"
    found = evidence(classifier, text, "warmth", language="en")
    assert found
    assert all(each.approximate and each.weight > 0 for each in found)
    assert "radiator" in text[found[0].span.start : found[0].span.end]
    ends = sorted((each.span.start, each.span.end) for each in found)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(ends))
    assert evidence(classifier, "", "warmth", language="en") == ()
    with pytest.raises(ConfigError, match="knows no theme 'warmht'"):
        evidence(classifier, text, "warmht", language="en")


# The enricher


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    path.write_text(CODEBOOK, encoding="utf-8")
    return str(path)


class Counting(BagOfWords):
    """Every encoder that the enricher makes, so that a test sees what was encoded."""

    made: list[Counting] = []  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.made.append(self)


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "made", [])
    monkeypatch.setattr(opening, "UniversalSentenceEncoder", Counting)


def said(annotations: Sequence[Annotation]) -> list[tuple[int, str, str]]:
    return [(each.item_id, each.label, each.value) for each in annotations]


def test_the_stage_shows_in_the_version_and_the_campaigns_model_is_used_when_nobody_chose(
    own: str, models: Path
) -> None:
    lexicon = ThemesEnricher(codebook=own).version
    assert ThemesEnricher(codebook=own, model=models, stage="lexicon").version == lexicon
    hybrid = ThemesEnricher(codebook=own, model=models).version
    assert hybrid.startswith(f"{lexicon}+hybrid-")
    assert ThemesEnricher(codebook=own, model=models, stage="hybrid").version == hybrid
    (models / "empty").mkdir()
    assert ThemesEnricher(codebook=own, model=models / "empty").version == lexicon
    for stage in ("hybrid", None):
        with pytest.raises(ConfigError, match=r"model: there is no folder .*nowhere; leave the key out"):
            _ = ThemesEnricher(codebook=own, model=models / "nowhere", stage=stage).version
    with pytest.raises(ConfigError, match="no trained model"):
        _ = ThemesEnricher(codebook=own, stage="hybrid").version


def test_without_the_extra_the_lexicon_codes_unless_the_hybrid_was_asked_for(
    own: str, models: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(opening, "is_installed", lambda: False)
    assert "+hybrid-" not in ThemesEnricher(codebook=own, model=models).version
    assert 'pip install "advocacy-monitor[learn]"' in caplog.text
    with pytest.raises(ConfigError, match=r"advocacy-monitor\[learn\]"):
        _ = ThemesEnricher(codebook=own, model=models, stage="hybrid").version


def test_items_get_themes_with_scores_or_are_said_to_have_none(own: str, models: Path) -> None:
    texts = [RADIATOR, "We went there on tuesday with my aunt", "ok", "", "novels, novels"]
    items = [make_stored(number, text, language="en") for number, text in enumerate(texts, start=1)]
    items.append(make_stored(6, RADIATOR, language="it"))
    enricher = ThemesEnricher(codebook=own, model=models)
    found = list(enricher.enrich(items, ListReader(items)))
    assert said(found) == [
        (1, "theme", "warmth"),
        (2, "no_theme", "none"),
        (3, "no_theme", "too_short"),
        (5, "theme", "books"),
    ]
    assert found[0].score is not None
    assert {each.by for each in found} == {f"themes@{enricher.version}"}
    by_words = list(ThemesEnricher(codebook=own).enrich(items, ListReader(items)))
    assert said(by_words) == [(1, "no_theme", "none"), *said(found)[1:]]
    assert all(each.score is None for each in by_words)


def test_texts_are_encoded_once_and_the_answers_are_the_same_from_kept_vectors(
    own: str, models: Path, store: Store
) -> None:
    texts = [each.text for each in gold(40, seed=3)]
    posts = [make_post(text, language="en" if number % 3 else "de") for number, text in enumerate(texts)]
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=tuple(posts)), collector="test")
    store.runs.finish(run, "done")
    enricher = ThemesEnricher(codebook=own, model=models)
    enrich(store, "themes", enricher, batch=7)
    assert len(Counting.made[-1].encoded) == 40
    kept = store.vectors.get(range(1, 41), "bag-of-words-1")
    assert len(kept) == 40
    first = store.items.annotations(1, 40, labels=["theme", "no_theme"])
    again = ThemesEnricher(codebook=own, model=models)
    with Store.open_read_only(store.path) as reading:
        items = [item for batch in reading.items.each() for item in batch]
        second = list(again.enrich(items, reading.reader()))
        assert Counting.made[-1].encoded == []
    assert [each for item_id in sorted(first) for each in first[item_id]] == second
    # What is kept of another length (an encoder that was changed by hand) is made anew.
    reader = VectorsOfTwo()
    list(again.enrich(items[:2], reader))
    assert reader.new == {items[0].id: kept[items[0].id], items[1].id: kept[items[1].id]}


class VectorsOfTwo(ListReader):
    """A reader whose vectors have the wrong length."""

    def __init__(self) -> None:
        super().__init__()
        self.new: dict[int, bytes] = {}

    def vectors(self, item_ids: Sequence[int], encoder: str) -> dict[int, bytes]:
        return {item_id: packed(BagOfWords().encode(["a"])[0])[:4] for item_id in item_ids}

    def keep_vectors(self, encoder: str, vectors: dict[int, bytes]) -> None:
        self.new.update(vectors)
