"""The cue index finds exactly what each list of cues finds by itself, in any text."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.enrichers import relevance_cues, richness_cues, stance_cues
from advocacy_monitor.enrichers.cue_index import CueIndex
from advocacy_monitor.enrichers.cues import cues, pattern
from advocacy_monitor.models import Span

LISTS = {
    "library": relevance_cues.LIBRARY,
    "topic": relevance_cues.TOPIC,
    "person": relevance_cues.FIRST_PERSON,
    **{f"strong {kind}": words for kind, words in relevance_cues.STRONG.items()},
    **{f"weak {kind}": words for kind, words in relevance_cues.WEAK.items()},
    **{f"rich {name}": words for name, words in richness_cues.LISTS.items()},
    **{f"stance {name}": words for name, words in stance_cues.LISTS.items()},
}
INDEX = CueIndex(LISTS)
EXPRESSIONS = {name: pattern(words) for name, words in LISTS.items() if words}
SOME_CUES = [
    cue.replace(r"\w*", "x").replace(r"\d", "7").translate(str.maketrans("|", " ", "*?()\\"))
    for words in LISTS.values()
    for cue in words
]


def _one_by_one(text: str) -> dict[str, list[Span]]:
    found = {
        name: [Span(*match.span()) for match in expression.finditer(text) if match.end() > match.start()]
        for name, expression in EXPRESSIONS.items()
    }
    return {name: spans for name, spans in found.items() if spans}


def test_it_finds_what_the_lists_find_by_themselves() -> None:
    chance = random.Random(7)
    for _ in range(400):
        joint = chance.choice([" ", " ", "-", "'", ", ", "@"])
        text = joint.join(chance.choices(SOME_CUES, k=6)).lower()
        assert INDEX.find(text) == _one_by_one(text), text


@given(
    st.lists(st.sampled_from([*SOME_CUES[::17], "the", "a", "7", ".", "(", "’", "\n", "图书馆"]), max_size=8), st.text()
)
def test_any_text(words: list[str], rest: str) -> None:
    text = (" ".join(words) + rest).lower()
    assert INDEX.find(text) == _one_by_one(text)


def test_every_way_to_write_a_cue() -> None:
    lists = {
        "ways": cues(
            r"word; stem*; \w*inside*; (one|two) more; \w*(ends|comes); (may )?be; o?pen; e-?mail; \d+ fte; £ ?\d+m;"
            r" \(m/w/d\); @ home; we('re|’re| are) here; a ?b; x{2}y; .net"
        )
    }
    index, expression = CueIndex(lists), pattern(lists["ways"])
    for text in (
        *("word words", "stems stem", "xinsidey", "one more two more three more", "it ends xends xcomes comes"),
        *("may be be", "open pen", "email e-mail", "3 fte x3 fte", "£3m £ 44m", "x (m/w/d)", "@ home x@ home"),
        *("we're here we are here we’re here", "ab a b a  b", "xxy xy", "a.net .net xnet", "", "  ", "stem" * 20_000),
    ):
        assert index.find(text).get("ways", []) == [Span(*match.span()) for match in expression.finditer(text)], text
