"""Duplicates: copies are found, voices are not merged, and the answer does not depend on how items come in."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from advocacy_monitor.enrichers import near_copies
from advocacy_monitor.enrichers.duplicates import DuplicatesEnricher, normalised
from advocacy_monitor.enrichers.near_copies import NearCopies
from advocacy_monitor.errors import EnrichError, StoreError
from advocacy_monitor.models import Relation, StoredItem
from tests.enrichers.stored import ListReader, make_stored

LONG = "The library is where my children learned to love stories, and I learned to love quiet."
EDITED = LONG.replace("stories", "the stories")
OTHER = "Without the reading room I would have sat at home all winter with nobody to talk to."

Found = dict[int, tuple[str, str]]


def _enrich(
    items: list[StoredItem], *, cuts: tuple[int, ...] = (), enricher: DuplicatesEnricher | None = None
) -> Found:
    """Label and value by item id, with the items given in batches that end before the cuts."""
    enricher = enricher or DuplicatesEnricher()
    reader = ListReader(items)
    found: Found = {}
    for start, end in pairwise([0, *sorted(cuts), len(items)]):
        for annotation in enricher.enrich(items[start:end], reader):
            assert annotation.item_id not in found
            found[annotation.item_id] = (annotation.label, annotation.value)
    return found


def _shingles(text: str) -> set[str]:
    return {text[start : start + 4] for start in range(len(text) - 3)}


def _items(*texts: str, **given: Any) -> list[StoredItem]:
    return [make_stored(number, text, **given) for number, text in enumerate(texts, start=1)]


def test_copies_name_the_first_item_whatever_surrounds_the_words() -> None:
    copies = (
        LONG,
        LONG.upper(),
        f"RT @somebody: {LONG}",
        f"{LONG} https://example.org/x #MissedMyLibrary #libraries",
        f"❤️ {LONG.replace(',', ' …')} 😀 @library",
        LONG.replace("e", "ｅ"),
    )
    assert _enrich(_items(*copies)) == dict.fromkeys(range(2, 7), ("duplicate_of", "1"))


def test_small_edits_are_copies_and_larger_ones_suggestions() -> None:
    longer = f"{LONG} Thank you all, dear team of the library!"
    assert _enrich(_items(LONG, OTHER, EDITED, longer)) == {3: ("duplicate_of", "1"), 4: ("maybe_duplicate_of", "1")}


def test_the_score_is_the_likeness() -> None:
    items = _items(LONG, EDITED, LONG)
    near, exact = DuplicatesEnricher().enrich(items, ListReader(items))
    assert near.score is not None
    assert 0.8 <= near.score < 1
    assert exact.score == 1


def test_a_chain_of_edits_does_not_drift_into_another_s_words() -> None:
    words = LONG.split()
    texts = [" ".join(["changed"] * count + words[count:]) for count in range(len(words))]
    found = _enrich(_items(*texts))
    near = NearCopies(floor=0.1)
    for item_id, (label, value) in found.items():
        one, two = normalised(texts[item_id - 1]), normalised(texts[int(value) - 1])
        near.add(item_id, two, near.sketch(two))
        alike = near.most_alike(near.sketch(one))
        assert alike is not None
        assert alike.jaccard >= (0.8 if label == "duplicate_of" else 0.6)
    roots = {value for label, value in found.values() if label == "duplicate_of"}
    assert all(found.get(int(root), ("", ""))[0] != "duplicate_of" for root in roots)


def test_stock_phrases_of_different_people_are_different_voices() -> None:
    assert _enrich(_items("Thank you!", "thank you", "Danke!", "Danke 😀")) == {}
    assert _enrich(_items("Thank you!", "thank you", person_key=None)) == {}
    assert _enrich(_items("谢谢图书馆", "谢谢图书馆")) == {}


def test_the_same_person_s_same_words_are_a_copy_however_short() -> None:
    assert _enrich(_items("Thank you!", "thank you", "Thank you.", person_key="anna")) == {
        2: ("duplicate_of", "1"),
        3: ("duplicate_of", "1"),
    }


def test_a_short_sentence_of_different_people_is_for_a_person_to_decide() -> None:
    assert _enrich(_items("I love my library", "I love my library!")) == {2: ("maybe_duplicate_of", "1")}
    assert _enrich(_items("I love my library", "I love my librarian")) == {}


def test_texts_without_words_are_never_copies() -> None:
    assert _enrich(_items("", "", "  ", "❤️", "❤️", "https://example.org", "https://example.org", "#a #b", "#a #b")) == {}


def test_the_same_closing_hashtags_do_not_make_the_same_statement() -> None:
    tags = "#MissedMyLibrary #WeAreBack #LibrariesOfTheNorth #LoveYourLibrary #ReadingMatters"
    assert _enrich(_items(f"So happy to be in again {tags}", f"My kids found new friends {tags}")) == {}


def test_a_repost_belongs_to_its_original_and_is_nobody_s_first_statement() -> None:
    repost: dict[str, Any] = {"relation": Relation.REPOST}
    items = [
        make_stored(1, LONG, **repost, related_id="77"),
        make_stored(2, LONG, source_id="77"),
        make_stored(3, "RT", **repost, related_id="77"),
        make_stored(4, EDITED, source_id="78"),
        make_stored(5, "", **repost, related_id="78"),
        make_stored(6, "", **repost, related_id="77", source="elsewhere"),
        make_stored(7, LONG, **repost),
        make_stored(8, "nothing alike", **repost),
    ]
    assert _enrich(items) == {
        1: ("repost", "77"),
        3: ("duplicate_of", "2"),
        4: ("duplicate_of", "2"),
        5: ("duplicate_of", "2"),
        6: ("repost", "77"),
        7: ("duplicate_of", "2"),
        8: ("repost", "unknown"),
    }


def test_the_same_statement_on_two_networks_is_found() -> None:
    items = [make_stored(1, LONG, source="x"), make_stored(2, LONG, source="mastodon")]
    assert _enrich(items) == {2: ("duplicate_of", "1")}


@pytest.mark.parametrize("recent", [4096, 7])
def test_nearly_all_edited_copies_are_found_among_many_texts(recent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_copies, "_RECENT_TEXTS", recent)  # 7: most of the index lies in its sorted arrays
    chance = random.Random(1)
    words = [f"w{number:03}x" if number % 3 else f"longer{number}" for number in range(400)]
    originals = [" ".join(chance.choices(words, k=24)) for _ in range(400)]
    copies = [text.replace(text.split()[chance.randrange(24)], "edited", 1) for text in originals]
    found = _enrich(_items(*originals, *copies))
    right = sum(found.get(401 + index) == ("duplicate_of", str(1 + index)) for index in range(400))
    assert right >= 396
    assert not any(item_id <= 400 for item_id in found)


def test_the_index_finds_what_comparing_all_with_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_copies, "_RECENT_TEXTS", 5)
    chance = random.Random(2)
    words = [f"word{number}" for number in range(60)]
    texts = [" ".join(chance.choices(words, k=20)) for _ in range(40)]
    texts += [" ".join(w if chance.random() < 0.93 else "other" for w in text.split()) for text in texts * 3]
    near = NearCopies(floor=0.8)
    for key, text in enumerate(texts):
        sketch = near.sketch(text)
        alike = [
            (len(a & sketch.shingles) / len(a | sketch.shingles), -k) for k, a in enumerate(map(_shingles, texts[:key]))
        ]
        best = max(alike, default=(0.0, 0))
        found = near.most_alike(sketch)
        assert found == ((-best[1], best[0]) if best[0] >= 0.8 else None)
        near.add(key, text, sketch)


def test_an_index_that_is_full_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_copies, "_MOST_TEXTS", 1)
    with pytest.raises(EnrichError, match="holds 1 different texts"):
        _enrich(_items(LONG, OTHER))


def test_a_later_process_reads_what_was_stored_before() -> None:
    items = _items(LONG, OTHER, LONG)
    reader = ListReader(items)
    assert [a.value for a in DuplicatesEnricher().enrich(items[2:], reader)] == ["1"]
    assert reader.reads == 1


def test_a_process_that_goes_on_reads_nothing_again() -> None:
    items = _items(*(f"Statement number {number} is a sentence of its own kind." for number in range(30)), LONG, LONG)
    reader, enricher = ListReader(items), DuplicatesEnricher()
    for start in range(0, len(items), 5):
        list(enricher.enrich(items[start : start + 5], reader))
    assert reader.reads == 0


def test_a_batch_again_gives_the_same_answers() -> None:
    items = _items(LONG, OTHER, LONG, OTHER)
    reader, enricher = ListReader(items), DuplicatesEnricher()
    first = list(enricher.enrich(items[2:], reader))
    assert list(enricher.enrich(items[2:], reader)) == first
    assert [a.value for a in first] == ["1", "2"]


def test_a_batch_that_failed_leaves_nothing_half_done() -> None:
    class BrokenReader(ListReader):
        def items(self, *, before_id: int) -> Iterator[StoredItem]:
            raise StoreError("the disk is gone")

    items = _items(LONG, OTHER, LONG)
    enricher = DuplicatesEnricher()
    with pytest.raises(StoreError):
        enricher.enrich(items[1:], BrokenReader())
    assert [a.value for a in enricher.enrich(items[1:], ListReader(items))] == ["1"]


def test_thresholds_are_checked_and_part_of_the_version() -> None:
    with pytest.raises(ValidationError, match="must not be above certain"):
        DuplicatesEnricher(certain=0.5)
    assert DuplicatesEnricher(certain=0.9).version != DuplicatesEnricher().version


POOL = [
    LONG, EDITED, LONG.replace("stories", "books"), f"{LONG} And so does everybody here.",
    OTHER, OTHER.replace("winter", "summer"), "Thank you!", "thank you", "I love my library", "", "❤️", "short",
]  # fmt: skip
ITEM = st.tuples(st.sampled_from(POOL), st.sampled_from([None, "anna", "ben"]), st.sampled_from([None, "1", "3", "9"]))


@given(st.lists(ITEM, max_size=12), st.lists(st.integers(0, 12), max_size=4), st.integers(1, 3))
@example([(LONG, None, None), (OTHER, None, None), (LONG, None, None)], [1, 2], 2)
def test_the_answer_does_not_depend_on_the_batches(
    drawn: list[tuple[str, str | None, str | None]], cuts: list[int], step: int
) -> None:
    """`step` above 1 leaves gaps between the ids, as erased items do."""
    items = [
        make_stored(
            1 + index * step,
            text,
            source_id=str(index),
            person_key=person,
            relation=Relation.REPOST if related else None,
            related_id=related,
        )
        for index, (text, person, related) in enumerate(drawn)
    ]
    wanted = _enrich(items)
    assert _enrich(items, cuts=tuple(min(cut, len(items)) for cut in cuts)) == wanted
    for item_id, (label, value) in wanted.items():
        if label != "repost":
            assert int(value) < item_id
            assert wanted.get(int(value), ("", ""))[0] != "duplicate_of"


@given(st.lists(st.text(), max_size=6))
def test_any_text_can_be_compared(texts: list[str]) -> None:
    items = _items(*texts, *texts, person_key="one")
    found = _enrich(items)
    for number, text in enumerate(texts, start=1):
        copy = found.get(number + len(texts))
        assert copy is not None if normalised(text) else copy is None
