"""A store with statements in it, a small codebook, and answers of coders."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from advocacy_monitor.codebook import Codebook, parse_codebook
from advocacy_monitor.coding.rounds import coding, draw_round, record
from advocacy_monitor.models import Annotation, Item, Page, Span
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn, Round
from tests.conftest import make_post

_THEME = """
  - code: {code}
    title: {{en: {title}, de: {title} auf Deutsch}}
    definition: What {title} means.
    include: [counts as {title}]
    exclude: [is no {title}]
    indicators: {{en: {{any: [{word}]}}, de: {{any: [{word}]}}}}
"""
SMALL = "name: small\nversion: 1\nlanguages: {en: checked, de: beta}\nthemes:" + "".join(
    _THEME.format(code=code, title=title, word=word)
    for code, title, word in (
        ("jobs", "Work", "job*"),
        ("joy", "Joy", "joy*"),
        ("place", "A place", "room*"),
        ("print_copy", "Printing", "print*"),
    )
)


@pytest.fixture
def codebook() -> Codebook:
    return parse_codebook(SMALL.encode(), origin="small.yaml")


def fill(store: Store, items: Sequence[Item]) -> list[int]:
    """Stores items and returns their ids."""
    before = store.items.last_id()
    run = store.runs.start("t", "collect")
    store.add_page(run, Page(items=tuple(items)), collector="t")
    return list(range(before + 1, store.items.last_id() + 1))


def say(store: Store, item_id: int, label: str, value: str, *, score: float | None = None, words: int = 0) -> None:
    """An annotation by the software, with so many spans."""
    spans = tuple(Span(n, n + 1) for n in range(words))
    by = f"{label}@1"
    store.assertions.add([Annotation(item_id=item_id, label=label, value=value, by=by, score=score, spans=spans)])


@pytest.fixture
def drawn_round(store: Store, codebook: Codebook) -> tuple[Round, list[Drawn]]:
    """A round of eight statements, two of them by chance."""
    fill(store, [make_post(f"Statement number {n} about what my library means to me.") for n in range(8)])
    return draw_round(store, codebook, "first", size=8, made_by="Kim")


def answer(store: Store, codebook: Codebook, round_: Round, coder: str, given: dict[int, str]) -> None:
    """Stores answers by the statements' numbers: `jobs joy`, `none` or `too_short`."""
    items = {each.position: each.item_id for each in store.rounds.drawn(round_.id)}
    made = []
    for number, words in given.items():
        kind = words if words in ("none", "too_short") else "themes"
        themes = words.split() if kind == "themes" else []
        made.append(coding(codebook, items[number], coder, kind, themes=themes))
    record(store, round_, made)
