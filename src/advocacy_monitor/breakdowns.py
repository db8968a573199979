"""A pack's counts by theme, source, language, area, library and month, without cells that are too small (R9).

Where the parts add up to the whole, one hidden part could be worked out from the others. So small parts of such a
breakdown lose their names and stand together as "others", and the next smallest joins them where they are still too
few; where one part would be all that is left, there is no breakdown. Themes overlap, so nothing can be worked out
there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advocacy_monitor.codebook import Codebook
from advocacy_monitor.exhibits import channel
from advocacy_monitor.ledger import CODED, Ledger, Names, Positions
from advocacy_monitor.models import Count, Goal, Measured, Quality, ThemeCount
from advocacy_monitor.translate import Texts


class Breakdowns:
    """The statements that a pack counts, counted by what is known of them."""

    def __init__(self, ledger: Ledger, statements: Positions, t: Texts, smallest: int) -> None:
        self._ledger = ledger
        self._statements = statements
        self._t = t
        self._smallest = smallest

    def sources(self) -> tuple[Count, ...]:
        """By channel, the largest first; every one is named (R10), and those too few to stand alone share a number."""
        named = self._channels()
        alone = {count.label for count in parts(named, self._smallest, others="")} - {""}
        together = {name: number for name, number in named.items() if name not in alone}
        ordered = sorted(alone, key=lambda name: (-named[name], name))
        made = [Count(label=name, value=cell(named[name], self._smallest)) for name in ordered]
        if together:
            made.append(Count(label=", ".join(sorted(together)), value=cell(sum(together.values()), self._smallest)))
        return tuple(made)

    @property
    def channels(self) -> int:
        """How many different channels there are."""
        return len(self._channels())

    def _channels(self) -> dict[str, int]:
        found = self._ledger.by_name(self._ledger.sources, self._statements)
        return merged((channel(name or ""), len(part)) for name, part in found.items())

    def languages(self) -> tuple[Count, ...]:
        """By language, as its ISO 639 code."""
        return self._parts(self._ledger.languages, "und", self._t.text("other languages"))

    def areas(self) -> tuple[Count, ...]:
        """By area; '?' where none is known."""
        return self._parts(self._ledger.areas, "?", self._t.text("other areas"))

    def libraries(self) -> tuple[Count, ...]:
        """By library; '?' where none is known."""
        return self._parts(self._ledger.libraries, "?", self._t.text("other libraries"))

    def _parts(self, names: Names, unknown: str, others: str) -> tuple[Count, ...]:
        found = self._ledger.by_name(names, self._statements)
        named = merged((name or unknown, len(part)) for name, part in found.items())  # people write "?" as well
        return parts(named, self._smallest, others=others)

    def months(self) -> tuple[Count, ...]:
        """By month, in their order. A small one keeps its name, because time goes on; its number is not shown.

        There are none where the hidden numbers could be told from what is left of the whole.
        """
        found = {month: len(part) for month, part in self._ledger.months(self._statements).items()}
        if _told([number for number in found.values() if number < self._smallest], self._smallest):
            return ()
        return tuple(Count(label=month, value=cell(number, self._smallest)) for month, number in found.items())

    def themes(
        self, titles: Mapping[str, str], quality: Quality | None, codebook: Codebook | None
    ) -> tuple[ThemeCount, ...]:
        """By theme, the largest first; a statement may stand in several."""
        known = {theme.code: theme for theme in codebook.themes} if codebook else {}
        made = []
        for code, positions in self._ledger.themes_of(self._statements).items():
            measured = (quality.themes if quality else {}).get(code, (None, None))
            precision, recall = (_shown(each, self._smallest) for each in measured)
            theme = known.get(code)
            statements = cell(len(positions), self._smallest)
            made.append(
                ThemeCount(
                    code=code,
                    title=titles.get(code, code),
                    statements=statements,
                    people=cell(self._ledger.people(positions), self._smallest),
                    # Of a hidden number no part is told either: people may have coded all of it.
                    confirmed=0 if statements is None else int(self._ledger.has(positions, CODED).sum()),
                    precision=precision.value if precision else None,
                    recall=recall.value if recall else None,
                    checked=quality.statements if quality else 0,
                    precision_range=precision.range if precision else None,
                    recall_range=recall.range if recall else None,
                    at_random=quality.at_random if quality else False,
                    definition=theme.definition if theme else "",
                    goals=tuple(Goal(target=goal.target, basis=goal.basis) for goal in theme.sdg) if theme else (),
                )
            )
        return tuple(sorted(made, key=lambda theme: (-(theme.statements or 0), theme.code)))


def cell(value: int, smallest: int) -> int | None:
    """A count, or None where it is too small to show."""
    return value if value >= smallest else None


def cell_or_none_at_all(value: int, smallest: int) -> int | None:
    """The same, but that nobody did is told."""
    return value if value == 0 else cell(value, smallest)


def merged(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by label, where several things may have the same one."""
    made: dict[str, int] = {}
    for name, number in counted:
        made[name] = made.get(name, 0) + number
    return made


def parts(counted: Mapping[str, int], smallest: int, *, others: str) -> tuple[Count, ...]:
    """The parts of a whole, largest first; too small ones together as `others`, which comes last.

    `others` is hidden only where everything is small. Where it would be too few beside a single part there is nothing:
    the whole is known, so what is hidden would be as well.
    """
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [pair for pair in ordered if pair[1] >= smallest]
    hidden = sum(number for _, number in ordered) - sum(number for _, number in shown)
    while 0 < hidden < smallest and len(shown) > 1:
        hidden += shown.pop()[1]
    if shown and 0 < hidden < smallest:
        return ()
    made = [Count(label=name, value=number) for name, number in shown]
    if hidden:
        made.append(Count(label=others, value=cell(hidden, smallest)))
    return tuple(made)


def _told(hidden: Sequence[int], smallest: int) -> bool:
    """Whether the sum of hidden numbers, which the whole tells, is itself too small, or leaves only one possibility."""
    total = sum(hidden)
    return 0 < total < smallest or (total > 0 and total in (len(hidden), len(hidden) * (smallest - 1)))


def _shown(measured: Measured | None, smallest: int) -> Measured | None:
    """A share of fewer statements than the smallest cell says nothing, and is not shown (R9)."""
    return measured if measured is not None and measured.base >= smallest else None
