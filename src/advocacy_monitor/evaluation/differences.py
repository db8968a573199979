"""Where machine and people differ: which themes stand for which others, and which statements are most wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from advocacy_monitor.evaluation.cases import Statement
from advocacy_monitor.evaluation.report import Confusion, Miss

_MOST_CONFUSIONS = 30
_MOST_MISSES = 20


def confusions(statements: Sequence[Statement], found: Sequence[frozenset[str]]) -> tuple[Confusion, ...]:
    """Pairs of themes: what people said and the machine lacks, beside what it has and people did not say.

    A theme that was missed with nothing in its place stands beside ''. The most frequent pairs come first.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for statement, codes in zip(statements, found, strict=True):
        lacking, extra = statement.themes - codes, codes - statement.themes
        pairs.update((said, other) for said in lacking for other in extra or ("",))
        if not statement.themes:
            pairs.update(("", other) for other in extra)
    ordered = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_CONFUSIONS]
    return tuple(Confusion(person=said, machine=other, statements=count) for (said, other), count in ordered)


def misses(statements: Sequence[Statement], found: Sequence[frozenset[str]], *, texts: bool) -> tuple[Miss, ...]:
    """The statements with the most differing codes, those with the least in common first among equals.

    Their words are given only where `texts` is set: a report may lie about, and words are somebody's.
    """
    rows = []
    for statement, codes in zip(statements, found, strict=True):
        lacking, extra, agreed = statement.themes - codes, codes - statement.themes, statement.themes & codes
        if lacking or extra:
            rank = (-len(lacking | extra), len(agreed), len(statement.id), statement.id)
            rows.append((rank, statement, lacking, extra, agreed))
    return tuple(
        Miss(
            id=statement.id,
            language=statement.language or "und",
            lacking=sorted(lacking),
            extra=sorted(extra),
            agreed=sorted(agreed),
            text=statement.text if texts else None,
        )
        for _, statement, lacking, extra, agreed in sorted(rows, key=lambda row: row[0])[:_MOST_MISSES]
    )
