"""What people say that the codebook has no word for: clusters of uncovered statements, proposed as candidate themes.

k-means on sentence vectors that are centred per language finds them (languages then mix; THEMES.md has the figures),
class-based TF-IDF (Grootendorst 2022, BERTopic) finds their words. A candidate passes gates against every theme and
every other candidate, so that nobody is offered what is there already. It is a proposal: a person names and defines it.
"""

from __future__ import annotations

import math
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from advocacy_monitor.errors import ConfigError

Vectors = npt.NDArray[np.float32]

_WORDS_SHOWN = 6
_EXAMPLES = 5
_MOST_CLUSTERS = 70
_COMMON = 0.15
_FEW = 20
_BATCHED_FROM = 10_000
_OWN_SHARE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What a cluster must pass to be proposed."""

    least: int = 5
    least_share: float = 0.001
    most_alike: float = 0.90
    most_shared: float = 0.70
    most_themes: int = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One statement: its text, its language, the themes that it has, and a number of the caller's own to name it by."""

    number: int
    text: str
    language: str
    themes: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A proposed theme: how many statements, how tight, their words by language, the most central ones.

    `refused` says which gate it did not pass; '' for a proposal. `nearest` is the theme that its centre is most like,
    with the cosine; `overlap` the theme that shares most statements with it, with the Jaccard index.
    """

    size: int
    share: float
    tightness: float
    words: Mapping[str, tuple[str, ...]]
    examples: tuple[int, ...]
    members: tuple[int, ...]
    nearest: tuple[str, float]
    overlap: tuple[str, float]
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was looked at and what is proposed; `refused` are clusters that did not pass, each with the gate."""

    statements: int
    uncovered: int
    proposed: tuple[Candidate, ...]
    refused: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class _Cluster:
    rows: npt.NDArray[np.int64]
    centre: Vectors
    near: frozenset[int] = field(default_factory=frozenset)


def discover(
    statements: Sequence[Covered],
    vectors: Vectors,
    *,
    themes: Sequence[str],
    gates: Gates | None = None,
    clusters: int | None = None,
    seed: int = 1,
) -> Discovery:
    """Proposes themes for the statements without one.

    `vectors` are one row a statement, centred per language and of length 1; `themes` all codes of the codebook, so
    that their number counts against the most there may be. `clusters` is how many to look for, by default one for
    every ten uncovered statements, between 2 and 70. The same input and seed give the same answer.
    """
    gates = gates or Gates()
    if len(statements) != len(vectors):
        raise ValueError(f"{len(statements)} statements need as many vectors, found {len(vectors)}")
    free = np.array([row for row, each in enumerate(statements) if not each.themes], dtype=np.int64)
    if len(free) < gates.least:
        return Discovery(statements=len(statements), uncovered=len(free), proposed=(), refused=())
    worded = free[np.abs(vectors[free]).sum(axis=1) > 0]  # all texts without a word would be alike
    count = min(clusters or max(2, len(free) // 10), _MOST_CLUSTERS, len(worded))
    found = _clusters(vectors, worded, count, seed) if count else []
    held = {code: frozenset(row for row, each in enumerate(statements) if code in each.themes) for code in themes}
    centres = {code: _unit(vectors[sorted(rows)].mean(axis=0)) for code, rows in held.items() if rows}
    words = _words(statements, [cluster.rows for cluster in found])
    made: list[Candidate] = []
    accepted: list[_Cluster] = []
    for cluster, of_cluster in sorted(
        zip(found, words, strict=True), key=lambda pair: (-len(pair[0].rows), int(pair[0].rows[0]))
    ):
        candidate = _judged(cluster, of_cluster, statements, vectors, held, centres, accepted, gates, len(themes))
        made.append(candidate)
        if not candidate.refused:
            accepted.append(cluster)
    return Discovery(
        statements=len(statements),
        uncovered=len(free),
        proposed=tuple(each for each in made if not each.refused),
        refused=tuple(each for each in made if each.refused),
    )


def _clusters(vectors: Vectors, free: npt.NDArray[np.int64], count: int, seed: int) -> list[_Cluster]:
    try:
        from sklearn.cluster import KMeans, MiniBatchKMeans
        from sklearn.exceptions import ConvergenceWarning
    except ImportError as error:
        raise ConfigError(f'{error}; install it with: pip install "advocacy-monitor[learn]"') from error
    points = vectors[free]
    kind = MiniBatchKMeans if len(free) >= _BATCHED_FROM else KMeans
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different texts than clusters: some stay empty
        labels = kind(n_clusters=count, n_init=4, random_state=seed).fit_predict(points)
    found = []
    for label in range(count):
        rows = free[labels == label]
        if not len(rows):
            continue
        centre = _unit(vectors[rows].mean(axis=0))
        # Whatever in the whole collection is as close as nine in ten of its own would be coded with it.
        bar = float(np.percentile(vectors[rows] @ centre, _OWN_SHARE))
        near = frozenset(np.flatnonzero(vectors @ centre >= bar).tolist())
        found.append(_Cluster(rows, centre, near))
    return found


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return (vector / length if length else vector).astype(np.float32)


def _judged(
    cluster: _Cluster,
    words: Mapping[str, tuple[str, ...]],
    statements: Sequence[Covered],
    vectors: Vectors,
    held: Mapping[str, frozenset[int]],
    centres: Mapping[str, Vectors],
    accepted: Sequence[_Cluster],
    gates: Gates,
    themes: int,
) -> Candidate:
    closeness = vectors[cluster.rows] @ cluster.centre
    central = cluster.rows[np.argsort(-closeness, kind="stable")]
    others = dict(centres) | {_named(number): other.centre for number, other in enumerate(accepted, start=1)}
    sets = dict(held) | {_named(number): other.near for number, other in enumerate(accepted, start=1)}
    nearest = max(
        ((code, float(centre @ cluster.centre)) for code, centre in others.items()), key=_second, default=_NONE
    )
    overlap = max(((code, _jaccard(rows, cluster.near)) for code, rows in sets.items()), key=_second, default=_NONE)
    share = len(cluster.rows) / len(statements)
    refused = ""
    if len(cluster.rows) < gates.least:
        refused = f"only {len(cluster.rows)} statements; at least {gates.least}"
    elif share < gates.least_share:
        refused = f"only {share:.2%} of all statements; at least {gates.least_share:.1%}"
    elif nearest[1] >= gates.most_alike:
        refused = f"too much like {nearest[0]} (cosine {nearest[1]:.2f}); below {gates.most_alike:.2f}"
    elif overlap[1] >= gates.most_shared:
        refused = f"the same statements as {overlap[0]} (Jaccard {overlap[1]:.2f}); below {gates.most_shared:.2f}"
    elif themes + len(accepted) >= gates.most_themes:
        refused = f"there are {gates.most_themes} themes already"
    return Candidate(
        size=len(cluster.rows),
        share=share,
        tightness=float(closeness.mean()),
        words=words,
        examples=tuple(statements[row].number for row in central[:_EXAMPLES]),
        members=tuple(statements[row].number for row in central),
        nearest=nearest,
        overlap=overlap,
        refused=refused,
    )


_NONE = ("", 0.0)


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _named(number: int) -> str:
    return f"candidate {number}"


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _words(
    statements: Sequence[Covered], clusters: Sequence[npt.NDArray[np.int64]]
) -> list[dict[str, tuple[str, ...]]]:
    """The words of each cluster by language: frequent in it, rare in the whole collection."""
    from advocacy_monitor.indicators import WORDS, fold

    def of(text: str, language: str) -> list[str]:
        if language == "zh":
            return [text[at : at + 2] for at in range(len(text) - 1) if text[at : at + 2].isalpha()]
        folded = (fold(found[0], language) for found in WORDS.finditer(text))
        return [word for word in folded if len(word) > 2 and word.isalpha()]

    said = [of(each.text, each.language) for each in statements]
    everywhere = _Texts.of((each.language, words) for each, words in zip(statements, said, strict=True))
    made = []
    for rows in clusters:
        inside = _Texts.of((statements[row].language, said[row]) for row in rows)
        languages = [language for language, _ in inside.texts.most_common()]
        telling = {language: _telling(language, inside, everywhere) for language in languages}
        made.append({language: words for language, words in telling.items() if words})
    return made


@dataclass(frozen=True, slots=True)
class _Texts:
    """Of each language: how many texts, how often each word stands in them, and in how many of them it does."""

    texts: Counter[str]
    times: Mapping[str, Counter[str]]
    holding: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, said: Iterable[tuple[str, list[str]]]) -> _Texts:
        texts: Counter[str] = Counter()
        times: defaultdict[str, Counter[str]] = defaultdict(Counter)
        holding: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for language, words in said:
            texts[language] += 1
            times[language].update(words)
            holding[language].update(set(words))
        return cls(texts, times, holding)


def _telling(language: str, inside: _Texts, everywhere: _Texts) -> tuple[str, ...]:
    """c-TF-IDF: how often in the cluster, times the logarithm of how rare outside; what is common there not at all."""
    outside = everywhere.texts[language] - inside.texts[language]
    least = 2 if inside.texts[language] >= 5 else 1
    weights = {}
    for word, times in inside.times[language].items():
        holding = everywhere.holding[language][word] - inside.holding[language][word]
        if times >= least and (outside < _FEW or holding <= _COMMON * outside):
            weights[word] = times * math.log(1 + (outside + 1) / (holding + 1))
    return tuple(sorted(weights, key=lambda word: (-weights[word], word))[:_WORDS_SHOWN])


def as_codebook(found: Discovery, texts: Mapping[int, str], *, base: str, name: str) -> str:
    """The proposals as a codebook file that extends another, to be edited by a person: YAML, texts quoted safely."""
    import yaml

    themes = []
    for number, candidate in enumerate(found.proposed, start=1):
        title = ", ".join(_flat(candidate.words)[:3]) or f"candidate {number}"
        themes.append(
            {
                "code": f"candidate_{number}",
                "title": {"en": title},
                "definition": f"Proposed from {candidate.size} statements without a theme. Write what counts as it.",
                "include": [" ".join(texts[number].split()) for number in candidate.examples if number in texts],
                "exclude": [f"what the nearest theme covers: {candidate.nearest[0] or 'there is none'}"],
                "indicators": {language: {"any": list(words)} for language, words in candidate.words.items()},
            }
        )
    content = {"extends": base, "name": name, "version": 1, "themes": themes}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _flat(words: Mapping[str, Iterable[str]]) -> list[str]:
    return [word for of_language in words.values() for word in of_language]
