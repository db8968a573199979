"""Which statements a round of coding takes: some by chance, the others where the software is unsure.

Only what is drawn by chance describes the whole collection. The rest is drawn where one answer teaches most: where the
software is unsure, rare themes first, and first one statement a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from advocacy_monitor.candidates import Candidate, candidates, gone
from advocacy_monitor.coding.doubts import NOTHING, Doubt, doubts_of, doubts_of_probabilities
from advocacy_monitor.errors import ConfigError, ModerationError
from advocacy_monitor.models import Status, Use
from advocacy_monitor.store import Store
from advocacy_monitor.store.coding import Drawn
from advocacy_monitor.store.wiping import PREFIX

Scoring = Callable[[Sequence[tuple[int, str, str]]], Sequence[Mapping[str, float]]]
"""Gives each statement (item id, text, language) the probability of every theme."""

_SCORED_AT_ONCE = 500


@dataclass(slots=True)
class _Open:
    """A statement that may be drawn."""

    item_id: int
    person: str | None
    language: str
    doubts: tuple[Doubt, ...]


@dataclass(slots=True)
class _Pool:
    """What may be drawn, one statement of each group of copies, and how often each theme was coded so far.

    `chance` are those that were not drawn by chance before. Many of them were coded because the software was unsure,
    and stay in: without the hard ones, the slices drawn by chance would describe ever easier statements.
    """

    open: dict[int, _Open] = field(default_factory=dict)
    chance: list[int] = field(default_factory=list)
    coded: Counter[str] = field(default_factory=Counter)


def sample(
    store: Store,
    *,
    size: int,
    chance: float = 0.25,
    seed: int = 1,
    themes: Sequence[str] = (),
    languages: Sequence[str] = (),
    again: bool = False,
    scoring: Scoring | None = None,
) -> list[Drawn]:
    """Statements for a round, in the order in which they are to be coded; the same for the same store and seed.

    `chance` is the share that is drawn by chance. `languages` narrow the whole round down, `themes` only what is not
    drawn by chance: a random part of some themes would describe nothing. `again` allows statements that were drawn
    or coded before; chance alone takes them in any case, but nothing that it took before. `scoring` tells how sure a
    model is; without it the evidence of the stored themes decides. Fewer than `size` come when there are no more.
    Raises ModerationError when there are none.
    """
    if not 0 <= chance <= 1:
        raise ConfigError(f"--random {chance}: must be a share from 0 to 1, such as 0.25")
    if size < 1:
        raise ConfigError(f"--size {size}: must be 1 or more")
    pool = _pool(store, frozenset(languages), again=again)
    order = np.random.default_rng(seed).permutation(sorted(pool.chance)).tolist()
    by_chance = order[: round(min(size, len(pool.open.keys() | set(order))) * chance)]
    if not pool.open:
        raise ModerationError(
            "there is nothing to draw: no statement about a library that no round had before"
            + (f" in {', '.join(languages)}" if languages else "")
            + "; collect and enrich more, or add --again"
        )
    if scoring is not None:
        _score(store, pool, scoring)
    others = np.random.default_rng([seed, 2]).permutation(sorted(pool.open.keys() - set(by_chance))).tolist()
    unsure = _unsure(pool, others, size - len(by_chance), frozenset(themes))
    reasons = [(item_id, "random", "drawn by chance") for item_id in by_chance]
    reasons += [(item_id, "uncertain", words) for item_id, words in unsure]
    # Mixed, so that nobody can tell from the place in the list why a statement was drawn.
    mixed = np.random.default_rng([seed, 1]).permutation(len(reasons))
    return [
        Drawn(item_id=reasons[which][0], position=place, drawn=reasons[which][1], reason=reasons[which][2])
        for place, which in enumerate(mixed.tolist(), start=1)
    ]


def _pool(store: Store, languages: frozenset[str], *, again: bool) -> _Pool:
    pool = _Pool()
    before = frozenset() if again else store.rounds.drawn_before()
    by_chance = frozenset() if again else store.rounds.drawn_before(by_chance=True)
    spent: set[int] = set()
    had_chance: set[int] = set()
    firsts: dict[int, _Open] = {}
    first_of: dict[int, int] = {}
    with store.snapshot():
        for each in candidates(store):
            root = first_of.get(each.root, each.root)  # a copy of a copy is a copy of the first
            first_of[each.item.id] = root
            if each.coded_themes is not None:
                pool.coded.update(each.coded_themes or {NOTHING})
            if each.item.id in before or (each.coded_themes is not None and not again):
                spent.add(root)
            if each.item.id in by_chance:
                had_chance.add(root)
            if may_be_coded(each) and (not languages or each.language in languages):
                doubts = doubts_of(each.item.text, each.suggested)
                firsts.setdefault(root, _Open(each.item.id, each.item.person_key, each.language, doubts))
    pool.open = {each.item_id: each for root, each in firsts.items() if root not in spent}
    pool.chance = [each.item_id for root, each in firsts.items() if root not in had_chance]
    return pool


def _score(store: Store, pool: _Pool, scoring: Scoring) -> None:
    """Puts a model's doubts in the place of those that stored themes give."""
    ids = sorted(pool.open)
    for start in range(0, len(ids), _SCORED_AT_ONCE):
        items = store.items.get(ids[start : start + _SCORED_AT_ONCE])
        scored = scoring([(item.id, item.text, pool.open[item.id].language) for item in items])
        for item, probabilities in zip(items, scored, strict=True):
            pool.open[item.id].doubts = doubts_of_probabilities(probabilities)


def may_be_coded(candidate: Candidate) -> bool:
    """Whether a statement may be put before coders: said about a library, in words, still there, and not refused."""
    return (
        not candidate.repost
        and not candidate.item.source_id.startswith(PREFIX)
        and not gone(candidate)
        and candidate.status is not Status.REJECTED
        and Use.ANALYSE in candidate.uses
        and any(map(str.isalnum, candidate.item.text))
        and (candidate.status is Status.APPROVED or candidate.relevance in (None, "statement"))
    )


def _unsure(pool: _Pool, order: Sequence[int], size: int, themes: frozenset[str]) -> list[tuple[int, str]]:
    """The most unsure first, weighed by 1/sqrt(1 + how often the theme was coded or drawn), one statement a person.

    A second statement of a person comes only when there are no others. `order` decides between equals.
    """
    chosen: list[tuple[int, str]] = []
    drawn, waiting = Counter(pool.coded), list(order)
    while waiting and len(chosen) < size:
        found, waiting = _one_a_person(pool, waiting, size - len(chosen), themes, drawn)
        chosen += found
    return chosen


def _one_a_person(
    pool: _Pool, order: Sequence[int], size: int, themes: frozenset[str], drawn: Counter[str]
) -> tuple[list[tuple[int, str]], list[int]]:
    """What is drawn, counted in `drawn`, and the statements that were passed over because of their person."""
    queues = _queues(pool, order, themes)
    chosen: list[tuple[int, str]] = []
    later: list[int] = []
    people: set[str] = set()
    seen: set[int] = set()
    while len(chosen) < size and (best := _best(queues, drawn, seen)):
        item_id, doubt = best
        seen.add(item_id)
        person = pool.open[item_id].person
        if person is not None and person in people:
            later.append(item_id)
            continue
        if person is not None:
            people.add(person)
        drawn[doubt.theme] += 1
        chosen.append((item_id, doubt.words))
    return chosen, later


def _queues(pool: _Pool, order: Sequence[int], themes: frozenset[str]) -> dict[str, list[tuple[int, Doubt]]]:
    """For each theme the statements that are unsure about it, the least unsure first, so that the best are last."""
    queues: dict[str, list[tuple[int, Doubt]]] = {}
    for item_id in reversed(order):
        for doubt in pool.open[item_id].doubts:
            if not themes or doubt.theme in themes:
                queues.setdefault(doubt.theme, []).append((item_id, doubt))
    for queue in queues.values():
        queue.sort(key=lambda entry: entry[1].unsure)
    return queues


def _best(queues: dict[str, list[tuple[int, Doubt]]], drawn: Counter[str], seen: set[int]) -> tuple[int, Doubt] | None:
    """The statement that is worth most and was not seen yet; None when there is none."""
    best: tuple[float, int, Doubt] | None = None
    for theme in sorted(queues):
        queue = queues[theme]
        while queue and queue[-1][0] in seen:
            queue.pop()
        if queue:
            item_id, doubt = queue[-1]
            worth = doubt.unsure / sqrt(1 + drawn[theme])
            if best is None or worth > best[0]:
                best = worth, item_id, doubt
    return best and best[1:]
