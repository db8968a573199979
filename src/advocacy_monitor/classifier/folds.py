"""Which statements are kept apart together: copies of a text are never split, rare themes are spread evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from advocacy_monitor.classifier.gold import Coded

FOLDS = 5


def folds(gold: Sequence[Coded], *, seed: int, number: int = FOLDS) -> npt.NDArray[np.int64]:
    """The fold of each statement, 0 to number - 1.

    Scikit-learn's StratifiedGroupKFold over the rarest theme of each statement: the frequent ones spread by
    themselves.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    made = np.zeros(len(gold), dtype=np.int64)
    strata, groups = _strata(gold, least=number), [coded.group for coded in gold]
    splitter = StratifiedGroupKFold(n_splits=number, shuffle=True, random_state=seed)
    for fold, (_, held) in enumerate(splitter.split(np.zeros(len(gold)), strata, groups)):
        made[held] = fold
    return made


def _strata(gold: Sequence[Coded], *, least: int) -> list[str]:
    """The rarest theme of each statement among those that can be spread over all folds at all, else ''."""
    counts = Counter(code for coded in gold for code in coded.themes)
    rarest = [
        min((code for code in coded.themes if counts[code] >= least), key=lambda code: (counts[code], code), default="")
        for coded in gold
    ]
    sizes = Counter(rarest)
    return [stratum if sizes[stratum] >= least else "" for stratum in rarest]
