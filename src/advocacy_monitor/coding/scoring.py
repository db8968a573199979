"""Asks the campaign's trained model how sure it is of each theme, so that a round takes what it is least sure of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.coding.sampling import Scoring
from advocacy_monitor.store import Store


def scoring_of(store: Store, codebook: Codebook, models: Path) -> Scoring | None:
    """The scoring of the current model in a folder of models; None when there is none that can be used.

    Texts that enriching has encoded are not encoded again. Raises ConfigError when a model is damaged.
    """
    from advocacy_monitor.classifier.opening import open_classifier, usable_model

    path = usable_model(codebook, models)
    if path is None:
        return None
    import numpy as np

    from advocacy_monitor.classifier.encoder import packed, unpacked

    classifier = open_classifier(codebook, path)
    name = classifier.encoder.name

    def score(statements: Sequence[tuple[int, str, str]]) -> Sequence[Mapping[str, float]]:
        kept = store.vectors.get([item_id for item_id, _, _ in statements], name)
        new = [row for row, (item_id, _, _) in enumerate(statements) if item_id not in kept]
        vectors = np.zeros((len(statements), classifier.encoder.dimensions), dtype=np.float32)
        if new:
            vectors[new] = classifier.encode([statements[row][1] for row in new])
            store.vectors.keep(name, {statements[row][0]: packed(vectors[row]) for row in new})
        for row, (item_id, _, _) in enumerate(statements):
            if item_id in kept:
                vectors[row] = unpacked(kept[item_id])
        texts, languages = [text for _, text, _ in statements], [language for _, _, language in statements]
        found = classifier.probabilities(texts, languages, vectors)
        return [dict(zip(codebook.codes, map(float, row), strict=True)) for row in found]

    return score
