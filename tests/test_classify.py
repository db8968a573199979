"""Classification without a database: every field, any order of batches, the same answers as the line's enrichers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from advocacy_monitor import classify
from advocacy_monitor.classify import BATCH, Classified, Classifier, Statement
from advocacy_monitor.enrichers.relevance import RelevanceEnricher
from advocacy_monitor.errors import ConfigError
from tests.enrichers.stored import make_stored

STORY = (
    "I lost my job and felt so lonely. The librarian Sue helped me write 61 applications, thank you! sue@example.org"
)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier(languages=("en", "de"))


def _one(classifier: Classifier, text: str | Statement) -> Classified:
    (said,) = classifier.classify([text])
    return said


def test_every_field(classifier: Classifier) -> None:
    said = _one(classifier, Statement(text=STORY, id="s-1"))
    assert (said.id, said.language, said.relevance, said.is_testimonial) == ("s-1", "en", "statement", True)
    assert said.quotable == 3
    reasons = {
        reason.reason: [STORY[span.start : span.end] for span in reason.spans] for reason in said.quotable_reasons
    }
    assert "lost my job" in reasons["difficulty"]
    themes = {theme.theme: theme for theme in said.themes}
    assert {"jobs_enterprise", "staff_help"} <= set(themes)
    assert themes["staff_help"].stage == "lexicon"
    assert themes["staff_help"].score == 1.0
    assert "librarian" in STORY[themes["staff_help"].spans[0].start : themes["staff_help"].spans[-1].end]
    assert said.no_theme is None
    assert "thanks" in said.stance
    assert {found.kind for found in said.personal_data} >= {"email"}
    assert said.versions.codebook.startswith("library-")
    assert said.versions.lexicon.startswith("lexicon-")
    assert said.versions.model is None
    assert set(said.versions.enrichers) >= {"language", "relevance", "richness", "themes", "personal_data"}


def test_what_is_no_testimonial_is_never_quotable(classifier: Classifier) -> None:
    said = _one(classifier, "We're hiring! Part-time library assistant, 20 hours per week. Apply online by May 1.")
    assert (said.relevance, said.is_testimonial, said.quotable) == ("job_ad", False, 0)


def test_none_of_the_themes_and_too_short_are_answers(classifier: Classifier) -> None:
    assert _one(classifier, "Hmm.").no_theme == "too_short"
    assert _one(classifier, "Hmm.").is_testimonial is False
    assert _one(classifier, "Yesterday it was raining in the street for quite a while.").no_theme == "none"


def test_a_language_that_is_given_is_believed(classifier: Classifier) -> None:
    assert _one(classifier, Statement(text="Die Lust!", language="en-GB")).language == "en"
    assert _one(classifier, "Ich gehe jede Woche mit meiner Tochter in die Bücherei.").language == "de"


def test_ids_are_given_back_and_else_counted(classifier: Classifier) -> None:
    given: list[str | Statement] = [
        "First text here.",
        Statement(text="Second one.", id=9),
        Statement(text="Third one."),
    ]
    assert [said.id for said in classifier.classify(given)] == [1, 9, 3]


def test_order_and_answers_do_not_depend_on_batches(classifier: Classifier, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [STORY, "Danke, liebe Bücherei!", "Closed again.", "❤️", "Steam library sale"] * 4
    whole = list(classifier.classify(texts))
    monkeypatch.setattr(classify, "BATCH", 3)
    assert list(classifier.classify(texts)) == whole


def test_texts_are_read_a_batch_at_a_time(classifier: Classifier) -> None:
    taken = 0

    def texts() -> Iterator[str]:
        nonlocal taken
        while True:
            taken += 1
            yield "I love my library."

    assert next(iter(classifier.classify(texts()))).is_testimonial
    assert taken <= BATCH


def test_relevance_is_what_the_line_says(classifier: Classifier) -> None:
    text = "Join us on Friday! Registration required."
    assert _one(classifier, text).relevance == RelevanceEnricher().judge(make_stored(1, text)).kind


def test_settings_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="qq"):
        Classifier(languages=("en", "qq"))
    with pytest.raises(ConfigError, match="Englisch"):
        Classifier(languages=("Englisch",))
    with pytest.raises(ConfigError, match="none were given"):
        Classifier(languages=())
    with pytest.raises(ConfigError, match="there is no codebook 'none'"):
        Classifier("none")
    with pytest.raises(ConfigError, match="uses none"):
        Classifier(model=tmp_path)
    with pytest.raises(ConfigError, match="no trained model"):
        Classifier(stage="hybrid", model=tmp_path)


def test_the_how_to_s_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    page = Path(__file__).parents[1] / "docs" / "how-to" / "classify-texts.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(page), "exec"), {})
    shown = capsys.readouterr().out
    assert "1 True 3 ['jobs_enterprise', 'staff_help']" in shown
    assert "flyer-7 True" in shown
    assert "internet_access" in shown
