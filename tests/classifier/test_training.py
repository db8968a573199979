"""Learning from coded statements: what is switched on and why, what is refused, and the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from advocacy_monitor.classifier.build import build, compare, is_useful, version_of
from advocacy_monitor.classifier.card import card, card_files
from advocacy_monitor.classifier.gold import Coded, digest_of, read_gold, teaching
from advocacy_monitor.classifier.model import files_of
from advocacy_monitor.classifier.training import Settings, Trained, train
from advocacy_monitor.errors import ConfigError
from tests.classifier.statements import BagOfWords, codebook, coded, gold

pytest.importorskip("sklearn", reason="the extra `learn` is not installed")

SETTINGS = Settings(seed=5)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(gold(), codebook(), BagOfWords(), SETTINGS)


def of(trained: Trained, code: str) -> tuple[float, float, bool]:
    theme = next(theme for theme in trained.themes if theme.code == code)
    return theme.lexicon.f1 or 0, theme.hybrid.f1 or 0, theme.switched


def test_a_theme_is_switched_on_where_the_hybrid_finds_what_the_lexicon_misses(trained: Trained) -> None:
    lexicon, hybrid, switched = of(trained, "warmth")
    assert lexicon < 0.6
    assert hybrid > lexicon + 0.2
    assert switched
    assert trained.chosen.macro.value is not None and trained.lexicon.macro.value is not None
    assert trained.chosen.macro.value > trained.lexicon.macro.value
    assert trained.gain.low is not None and trained.gain.low > 0
    assert is_useful(trained)


def test_with_too_few_coded_statements_a_theme_stays_with_the_lexicon(trained: Trained) -> None:
    parking = next(theme for theme in trained.themes if theme.code == "parking")
    assert not parking.switched
    assert parking.positives == 6
    assert parking.why_not == "fewer than 20 coded statements"


def test_where_the_lexicon_is_better_it_stays() -> None:
    held_back = Settings(seed=5, ngrams=False, strength=1e-9)  # so strict that nothing can be learned
    made = train(gold(120), codebook(), BagOfWords(), held_back)
    books = next(theme for theme in made.themes if theme.code == "books")
    assert books.lexicon.f1 == 1
    assert (books.hybrid.f1 or 0) < 0.7
    assert (books.switched, books.why_not) == (False, "the lexicon is better")
    assert made.chosen.themes[2] == made.lexicon.themes[2]


def test_loneliness_is_never_added_only_taken_back(trained: Trained) -> None:
    loneliness = next(theme for theme in trained.themes if theme.code == "loneliness_isolation")
    assert loneliness.needs_words
    statements = teaching(gold())
    lonely = codebook().codes.index("loneliness_isolation")
    for row, each in enumerate(statements):
        if trained.said[row, lonely]:
            assert "lonely" in each.text or "einsam" in each.text
    assert any("loneliness_isolation" in each.themes and "lonely" not in each.text for each in statements)


def test_out_of_fold_means_that_answers_that_cannot_be_learned_are_not_found() -> None:
    chance = np.random.default_rng(2)
    noise = [
        coded(
            " ".join(chance.choice([f"w{n}" for n in range(900)], 15)), *(["warmth"] if chance.random() < 0.3 else [])
        )
        for _ in range(200)
    ]
    made = train(noise, codebook(), BagOfWords(), SETTINGS)
    warmth = next(theme for theme in made.themes if theme.code == "warmth")
    assert (warmth.hybrid.precision or 0) < 0.5  # the share of positives is .3: no better than guessing
    assert made.themes[1].calibration_error is not None
    assert made.themes[1].calibration_error < 0.15


def test_copies_do_not_make_a_theme_look_learned() -> None:
    chance = np.random.default_rng(3)
    base = [
        coded(f"{' '.join(chance.choice([f'w{n}' for n in range(900)], 15))}", *(["warmth"] if row % 3 == 0 else []))
        for row in range(60)
    ]
    copies = [coded(f"{each.text} {end}", *each.themes, group=each.group) for each in base for end in ("a", "b", "c")]
    made = train([*base, *copies], codebook(), BagOfWords(), SETTINGS)
    warmth = next(theme for theme in made.themes if theme.code == "warmth")
    assert (warmth.hybrid.precision or 0) < 0.6


def test_too_short_is_no_negative_example_and_is_counted_apart(trained: Trained) -> None:
    more = [coded(f"hm {number}", answer="too_short") for number in range(30)]
    made = train([*gold(), *more], codebook(), BagOfWords(), SETTINGS)
    assert made.too_short == 30
    assert made.statements == trained.statements
    assert made.data_digest == trained.data_digest


def test_too_little_is_refused_with_counts_and_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"no theme has 20 of them \(warmth 3, .*code more statements.*--from"):
        train([coded(f"text {n}", "warmth") for n in range(3)], codebook(), BagOfWords(), SETTINGS)
    same = [coded("always the same words", "warmth", group="one") for _ in range(40)]
    with pytest.raises(ConfigError, match="fewer than 10 coded statements"):
        train(same, codebook(), BagOfWords(), SETTINGS)
    with pytest.raises(ConfigError, match="too little"):
        train([], codebook(), BagOfWords(), SETTINGS)


def files(trained: Trained) -> dict[str, bytes]:
    return files_of(build(trained), card_files(trained))


def test_the_same_statements_and_seed_give_the_same_bytes_in_any_order(trained: Trained) -> None:
    again = train(list(reversed(gold())), codebook(), BagOfWords(), SETTINGS)
    assert version_of(again) == version_of(trained)
    assert files(again) == files(trained)
    other = train(gold(), codebook(), BagOfWords(), Settings(seed=6))
    assert version_of(other) != version_of(trained)
    fewer = train(gold()[:-1], codebook(), BagOfWords(), SETTINGS)
    assert version_of(fewer) != version_of(trained)


def test_the_files_of_a_model_hold_no_word_of_a_statement() -> None:
    secret = [coded(f"{each.text} Brunhilde Zwetschgenmoser", *each.themes) for each in gold()]
    made = files(train(secret, codebook(), BagOfWords(), SETTINGS))
    for content in made.values():
        for word in (b"zwetschgenmoser", b"brunhilde", b"radiator", b"heizung", b"person:"):
            assert word not in content.lower()


def test_the_card_names_figures_with_ranges_versions_and_limits(trained: Trained) -> None:
    made = card_files(trained, rounds=["spring"], invented=True)
    values = json.loads(made["card.json"])
    assert values == json.loads(json.dumps(card(trained, rounds=["spring"], invented=True)))
    assert values["trained_on"]["statements"] == 240
    assert values["trained_on"]["languages"] == {"en": 160, "de": 80}
    assert values["trained_on"]["coders"] == 1
    warmth = values["themes"]["warmth"]
    low, high = warmth["hybrid"]["f1_interval"]
    assert low <= warmth["hybrid"]["f1"] <= high
    assert values["calibration"]
    text = made["card.md"].decode()
    for part in (values["model"], "Apache-2.0", "Known limits", "Not for", "| warmth |", "spring", "invented"):
        assert part in text
    assert "only where said in so many words" in text


def test_a_language_with_few_coded_statements_stays_with_the_lexicon() -> None:
    few = [each for each in gold() if each.language == "en"] + [each for each in gold() if each.language == "de"][:10]
    made = train(few, codebook(), BagOfWords(), SETTINGS)
    assert {each.language: each.switched for each in made.languages} == {"en": True, "de": False}
    assert build(made).about.switched_languages == ("en",)


def test_a_later_model_is_compared_on_the_same_statements_that_neither_has_seen(trained: Trained) -> None:
    model = build(trained)
    same = compare(model, trained, gold(), codebook(), BagOfWords())
    assert same.value == 0
    small = build(train(gold(120), codebook(), BagOfWords(), Settings(seed=5, ngrams=False)))
    more = gold(400, seed=8)
    better = compare(small, train(more, codebook(), BagOfWords(), SETTINGS), more, codebook(), BagOfWords())
    assert better.n == len(teaching(more))
    assert better.value is not None and better.value > 0


def write(path: Path, *records: object) -> Path:
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return path


def test_coded_statements_are_read_from_a_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "gold.jsonl",
        {"text": "A warm room", "language": "en-GB", "themes": ["warmth"], "id": "1", "coder": "Ana"},
        {"text": "ok", "language": "en", "themes": [], "answer": "too_short"},
        {"text": "We came on Tuesday", "language": "en", "themes": [], "group": 4},
    )
    warm, short, none = read_gold(path, codebook())
    assert (warm.language, warm.answer, warm.themes, warm.coder) == ("en", "themes", frozenset({"warmth"}), "Ana")
    assert short.answer == "too_short"
    assert (none.answer, none.group) == ("none", "4")


def test_every_mistake_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    path = write(
        tmp_path / "gold.jsonl",
        {"text": "a", "language": "en", "themes": ["warmht"]},
        {"text": " ", "language": "en", "themes": []},
        {"text": "a", "language": "en", "themes": "warmth"},
        {"text": "a", "themes": []},
        {"text": "a", "language": "en", "themes": [], "answer": "themes"},
        {"text": "a", "language": "en", "themes": [], "answer": "maybe"},
        [],
    )
    with path.open("ab") as file:
        file.write(b"\n{broken\n\xff\n")
    with pytest.raises(ConfigError) as caught:
        read_gold(path, codebook())
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0].rsplit(" ", 1)[1] for line in lines] == ["1", "2", "3", "4", "5", "6", "7", "8", "9"]
    assert "did you mean warmth?" in lines[0]
    assert "allowed: themes, none, too_short" in lines[5]
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="no statements"):
        read_gold(tmp_path / "empty.jsonl", codebook())
    with pytest.raises(ConfigError, match="cannot be read"):
        read_gold(tmp_path / "missing.jsonl", codebook())


def test_the_digest_of_the_data_forgets_who_coded_it() -> None:
    one: list[Coded] = gold(30)
    assert digest_of(teaching(one)) == digest_of(teaching(list(reversed(one))))
    assert digest_of(teaching(one)) != digest_of(teaching(one[1:]))


def test_an_example_of_the_codebook_that_was_coded_does_not_teach_where_it_is_kept_apart() -> None:
    example = "The radiator there keeps us  going."  # the same words as in the codebook, with another space
    encoder = BagOfWords()
    train([*gold(120), coded(example, "warmth")], codebook(), encoder, SETTINGS)
    assert encoder.encoded.count(example) == 1
    assert "The radiator there keeps us going." not in encoder.encoded
    assert "A warm thank you to all of you." in encoder.encoded


def test_a_language_that_the_codebook_does_not_read_is_never_switched_on() -> None:
    strange = [coded(each.text, *each.themes, language="it") for each in gold(60, seed=8)]
    made = train([*gold(120), *strange], codebook(), BagOfWords(), SETTINGS)
    italian = next(each for each in made.languages if each.language == "it")
    assert not italian.switched
    assert made.switched
    unread = [row for row, key in enumerate(made.keys) if key in {each.key for each in strange}]
    assert not made.said[unread].any()


def test_a_text_too_short_to_be_coded_later_is_not_counted_as_found() -> None:
    short = [coded(f"radiator {number}", "warmth") for number in range(30)]
    made = train([*gold(120), *short], codebook(), BagOfWords(), SETTINGS)
    keys = {each.key for each in short}
    assert not made.said[[row for row, key in enumerate(made.keys) if key in keys]].any()


def test_a_new_model_is_compared_though_people_gave_themes_that_are_no_more(trained: Trained) -> None:
    known = [*gold(), coded("nobody rings me at home said my aunt", "warmth", "a_theme_that_was_removed")]
    made = train(known, codebook(), BagOfWords(), SETTINGS)
    assert compare(build(trained), made, known, codebook(), BagOfWords()).n == len(known)
