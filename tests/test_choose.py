"""The proposed order of quotes: told well, no story twice, nobody drowned out, the same on every day (R14, R15)."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.choose import Quotable, merit, order
from advocacy_monitor.likeness import Likeness
from tests.statements_by_theme import FOUND

PHRASES = [text for statements in FOUND.values() for _, text in statements]
THEMES = list(FOUND)


def quote(item_id: int, text: str = "", **given: Any) -> Quotable:
    values: dict[str, Any] = {
        "length": len(text),
        "language": "en",
        "themes": ("reading",),
        "library": "Riverside",
        "source": "survey",
        "redactions": 0,
        "local": True,
        "text": text,
    }
    return Quotable(item_id=item_id, **(values | given))


def stories(number: int, seed: int = 1, **given: Any) -> list[Quotable]:
    """Invented statements, each of several sentences that no other has in this order."""
    rng = random.Random(seed)
    return [
        quote(n, " ".join(rng.sample(PHRASES, 3)), themes=tuple(rng.sample(THEMES, 2)), **given)
        for n in range(1, number + 1)
    ]


def test_a_story_goes_before_a_line_and_the_packs_language_before_others() -> None:
    story = quote(3, PHRASES[0] + " " + PHRASES[5], richness=3)
    line = quote(1, "Nice place.")
    foreign = quote(2, story.text, language="de", richness=3)
    assert order([line, foreign, story], language="en")[0] == 3
    assert order([line, foreign, story], language="de")[0] == 2
    assert merit(story, "en") > merit(foreign, "en") > merit(line, "en")


@pytest.mark.parametrize(
    ("change", "worse"),
    [
        ({"relevance": "announcement"}, {"relevance": "statement"}),
        ({"relevance": "unclear"}, {"relevance": None}),
        ({"redactions": 2}, {}),
        ({"local": False}, {}),
        ({"length": 4000}, {}),
        ({"length": 12}, {}),
    ],
)
def test_what_makes_a_quote_worse_by_itself(change: dict[str, Any], worse: dict[str, Any]) -> None:
    good = quote(1, PHRASES[0] + " " + PHRASES[5])
    assert merit(replace(good, **change), "en") < merit(replace(good, **worse), "en")


def test_a_chinese_sentence_is_not_too_short() -> None:
    text = "我每个星期三带孙女来听故事，她认识的第一批朋友都是在这里认识的。"
    assert merit(quote(1, text, language="zh"), "zh") > merit(quote(1, text[:8], language="zh"), "zh") + 0.5


NEAR = (
    "After my husband died I did not speak to anyone for days. On Thursdays I now go to the reading circle.",
    "After my wife died I didn't speak to anybody for days. On Thursdays I go to the reading circle now!",
    "After my husband died I did not speak to anyone for days. On Thursdays I now go to the reading circle. Thanks!",
    "AFTER MY HUSBAND DIED, I did not speak to anyone for days; on Thursdays I now go to the Reading Circle",
)


def test_near_identical_stories_are_not_both_in_the_first_ten() -> None:
    others = stories(25)
    same = [quote(100 + n, text, richness=3, themes=tuple(THEMES[n : n + 3])) for n, text in enumerate(NEAR)]
    first = order([*others, *same], language="en")[:10]
    assert sum(item_id >= 100 for item_id in first) == 1


def test_a_loud_library_does_not_take_all_places() -> None:
    loud = [replace(each, richness=3) for each in stories(90)]
    quiet = [replace(each, item_id=100 + n, library=f"Small {n}") for n, each in enumerate(stories(6, seed=2))]
    first = order([*loud, *quiet], language="en")[:10]
    assert 3 <= sum(item_id >= 100 for item_id in first) <= 7


@pytest.mark.parametrize(
    ("field", "usual", "rare"),
    [
        ("area", "North", "South"),
        ("source", "survey", "mastodon"),
        ("language", "en", "ar"),
        ("age_band", "25-64", "16-24"),
        ("themes", ("reading",), ("warmth",)),
    ],
)
def test_what_is_rare_is_heard_early(field: str, usual: object, rare: object) -> None:
    common: dict[str, Any] = {"themes": ("reading",), field: usual}
    other: dict[str, Any] = {field: rare}
    quotes = [replace(each, **common) for each in stories(60)]
    for place in (20, 40, 59):
        quotes[place] = replace(quotes[place], **other)
    by_id = {each.item_id: each for each in quotes}
    assert any(getattr(by_id[item_id], field) == rare for item_id in order(quotes, language="en")[:12])


def test_critical_statements_are_not_starved() -> None:
    praise = [replace(each, richness=3) for each in stories(400)]
    complaints = [
        replace(each, item_id=1000 + n, critical=True, length=30, local=False, relevance="unclear")
        for n, each in enumerate(stories(3, seed=5))
    ]
    made = order([*praise, *complaints], language="en")
    for start in (0, 10, 20):
        assert any(item_id >= 1000 for item_id in made[start : start + 10]), start
    assert order([*praise, complaints[0]], language="en")[:10].count(1000) == 1


def test_critical_statements_that_are_all_alike_are_heard_all_the_same() -> None:
    closed = [quote(500 + n, "The opening hours are useless for anyone with a job.", critical=True) for n in range(5)]
    made = order([*stories(60), *closed], language="en")
    assert all(any(item_id >= 500 for item_id in made[start : start + 10]) for start in (0, 10, 20))


def test_a_rare_theme_is_found_among_thousands() -> None:
    many = [replace(each, richness=3) for each in stories(2000)]
    rare = replace(stories(1, seed=9)[0], item_id=9000, themes=("warmth",), library="Small", language="ar")
    assert 9000 in order([*many, rare], language="en")[:40]


quotables = st.builds(
    quote,
    item_id=st.integers(1, 10**6),
    text=st.text(st.characters(), max_size=30) | st.sampled_from(PHRASES + list(NEAR)),
    language=st.sampled_from(["en", "de", "zh", "und"]),
    themes=st.lists(st.sampled_from(THEMES), max_size=4, unique=True).map(tuple),
    library=st.sampled_from([None, "A", "B"]),
    area=st.sampled_from([None, "N"]),
    age_band=st.sampled_from([None, "65+"]),
    relevance=st.sampled_from([None, "statement", "news"]),
    richness=st.integers(0, 3),
    redactions=st.integers(0, 5),
    critical=st.booleans(),
)


@settings(max_examples=60)
@given(st.lists(quotables, max_size=60, unique_by=lambda each: each.item_id), st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_depend_on_the_order_given(quotes: list[Quotable], rng: random.Random) -> None:
    made = order(quotes, language="en")
    assert Counter(made) == Counter(each.item_id for each in quotes)
    shuffled = list(quotes)
    rng.shuffle(shuffled)
    assert order(shuffled, language="en") == made
    by_id = {each.item_id: each for each in quotes}
    critical = sum(each.critical for each in quotes)
    for number, start in enumerate((0, 10, 20), start=1):
        if critical >= number and len(quotes) >= start + 10:
            assert any(by_id[item_id].critical for item_id in made[start : start + 10]) or not any(
                by_id[item_id].critical for item_id in made[start:]
            )


_IN_A_PROCESS = """
from tests.test_choose import stories
from advocacy_monitor.choose import order
print(order(stories(350), language="en")[:100])
"""


@pytest.mark.parametrize("given", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "OPENBLAS_NUM_THREADS": "1"}])
def test_another_process_finds_the_same_order(given: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IN_A_PROCESS], env={"PATH": "", **given}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(order(stories(350), language="en")[:100])


def test_likeness_knows_the_same_words_from_the_same_topic() -> None:
    alike = Likeness([*NEAR, *PHRASES, "", "我每个星期三带孙女来听故事。", "我每个星期三都带孙女来听故事！"])
    same = alike.to(0)
    assert same[0] == pytest.approx(1.0)
    assert min(same[1:4]) > 0.5
    assert max(same[4:]) < 0.3
    assert not alike.to(len(NEAR) + len(PHRASES)).any()
    assert alike.to(len(same) - 1)[-2] > 0.4


@given(st.lists(st.text(st.characters()), max_size=8))
def test_likeness_takes_any_text(texts: list[str]) -> None:
    alike = Likeness(texts)
    for place in range(len(texts)):
        assert all(-1.01 <= value <= 1.01 for value in alike.to(place))
