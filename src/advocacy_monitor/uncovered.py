"""The statements that discovery looks at, with their vectors: from the campaign's database, or from a file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from advocacy_monitor.candidates import Candidate, candidates
from advocacy_monitor.classifier.encoder import Encoder, Vectors, as_kept, packed, unpacked
from advocacy_monitor.classifier.features import Centring
from advocacy_monitor.discovery import Covered
from advocacy_monitor.models import Status
from advocacy_monitor.store import Store

MOST = 50_000
"""Statements that are looked at, the newest ones: their vectors must be in memory at once (100 MB)."""

_BATCH = 1_000
_FEWEST_WORDS = 3


def stored_statements(store: Store, languages: Sequence[str]) -> list[Covered]:
    """People's own statements in the campaign's languages, each once: no copies, reposts, rejected or removed ones."""
    relevant = _relevant(store)
    found = [
        Covered(number=each.item.id, text=each.item.text, language=each.language, themes=each.themes)
        for each in candidates(store)
        if _counts(each) and each.language in languages and each.item.id in relevant
    ]
    return found[-MOST:]


def _counts(candidate: Candidate) -> bool:
    text = candidate.item.text
    enough = len(text.split()) >= _FEWEST_WORDS or (candidate.language == "zh" and len(text) >= 2 * _FEWEST_WORDS)
    own = not candidate.repost and candidate.root == candidate.item.id
    return enough and own and candidate.status is not Status.REJECTED


def _relevant(store: Store) -> set[int]:
    """Items that are not known to be something else than a statement."""
    found: set[int] = set()
    for batch in store.items.each(batch=_BATCH):
        facts = store.items.annotations(batch[0].id, batch[-1].id, labels=["relevance"])
        for item in batch:
            values = [fact.value for fact in facts.get(item.id, [])]
            if not values or values[-1] in ("statement", "unclear"):
                found.add(item.id)
    return found


def stored_vectors(store: Store, encoder: Encoder, statements: Sequence[Covered]) -> Vectors:
    """The centred vectors of stored statements; those that were not made before are made and kept."""
    made = np.zeros((len(statements), encoder.dimensions), dtype=np.float32)
    for at in range(0, len(statements), _BATCH):
        part = statements[at : at + _BATCH]
        kept = store.vectors.get([each.number for each in part], encoder.name)
        new = [row for row, each in enumerate(part) if each.number not in kept]
        for row, each in enumerate(part):
            if each.number in kept:
                made[at + row] = unpacked(kept[each.number])
        if new:
            vectors = as_kept(encoder.encode([part[row].text for row in new]))
            made[[at + row for row in new]] = vectors
            pairs = zip(new, vectors, strict=True)
            store.vectors.keep(encoder.name, {part[row].number: packed(vector) for row, vector in pairs})
    return centred(made, statements)


def centred(vectors: Vectors, statements: Sequence[Covered]) -> Vectors:
    """Vectors without what a language's statements have in common, so that languages mix in a cluster."""
    if not len(vectors):
        return vectors
    languages = [each.language for each in statements]
    return Centring.fit(vectors, languages).apply(vectors, languages)
