"""Answers to a closed question of which several could be ticked: surveys write them into one cell, with commas."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_BETWEEN = re.compile(r"\s*[;|]\s*|,\s+")


def options_of(answers: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """For each answer as it was written the options in it.

    A comma between options is told from one inside an option by what splitting does: options come again in other
    answers, so that there are fewer different ones than different answers. Else every answer is one option.
    """
    parted = {answer: _parts(answer) for answer in answers}
    different = {option for parts in parted.values() for option in parts}
    if any(len(parts) > 1 for parts in parted.values()) and len(different) < len(parted):
        return parted
    return {answer: (answer,) for answer in answers}


def _parts(answer: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in _BETWEEN.split(answer) if part)) or (answer,)
