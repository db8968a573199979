"""Which numbers of a chart may be shown (R9), where the whole that they add up to is known as well."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def open_cells(counts: Mapping[str, int], smallest: int, *, never: Collection[str] = ()) -> frozenset[str]:
    """The names whose numbers may stand beside the sum of all, so that no small one can be worked out.

    Numbers below `smallest` are hidden, 0 among them. What is hidden has a sum that everybody can work out: where that
    sum is small itself, or leaves only one possibility, the next larger numbers are hidden too. `never` are names whose
    numbers are not shown in any case. The rule for a pack's months (breakdowns.py), with more numbers hidden in the
    place of the whole breakdown.
    """
    shown = sorted((number, name) for name, number in counts.items() if number >= smallest and name not in never)
    hidden = {name: number for name, number in counts.items() if number < smallest or name in never}
    while shown and _told(hidden, smallest, never):
        least = shown[0][0]
        # Equal numbers go together: then names decide nothing, and any two hidden numbers could have changed places.
        while shown and shown[0][0] == least:
            number, name = shown.pop(0)
            hidden[name] = number
    return frozenset(name for _, name in shown)


def _told(hidden: Mapping[str, int], smallest: int, never: Collection[str]) -> bool:
    """Whether the sum of the hidden numbers tells about one of them."""
    total = sum(hidden.values())
    if 0 < total < smallest:
        return True
    # All of them small and together as many as they can be at most: each is then known.
    most = len(hidden) * (smallest - 1)
    return 0 < total == most and not set(never) & set(hidden)


def open_steps(counts: list[int], smallest: int) -> list[int | None]:
    """The steps of a funnel, each part of the one before; a step that differs by too few from the last shown is hidden.

    That nothing is left at all is told, as a pack tells it.
    """
    shown: list[int | None] = []
    last: int | None = None
    for number in counts:
        is_far = last is None or last == number or last - number >= smallest
        may = is_far and (number == 0 or number >= smallest)
        shown.append(number if may else None)
        last = number if may else last
    return shown
