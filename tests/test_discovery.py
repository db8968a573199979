"""Candidate themes: clusters of statements that no theme covers, and the gates that they pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from advocacy_monitor.codebook import load_codebook
from advocacy_monitor.discovery import Covered, Discovery, Gates, Vectors, as_codebook, discover

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

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
