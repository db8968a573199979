"""Writes numbers, shares and dates the way the pack's language does, and never a figure that is too small (R9)."""

from __future__ import annotations

import re
from datetime import date

from advocacy_monitor.exporters.wording import Wording


def number(value: int, words: Wording) -> str:
    """`1234` as '1,234' or '1.234'."""
    return f"{value:,}".replace(",", words.thousands)


def counted(value: int | None, words: Wording, *, smallest_cell: int) -> str:
    """A count, or 'fewer than 5' where it is hidden."""
    return words.fewer_than.format(n=smallest_cell) if value is None else number(value, words)


def of_base(value: int | None, base: int, words: Wording, *, smallest_cell: int, smallest_base: int) -> str:
    """'58 of 412 (14%)'; without the share where the base is too small, in words where the count is hidden."""
    text = words.of_base.format(n=counted(value, words, smallest_cell=smallest_cell), base=number(base, words))
    share = percent(value, base, words, smallest_base=smallest_base)
    return f"{text} ({share})" if share else text


def percent(value: int | None, base: int, words: Wording, *, smallest_base: int) -> str:
    """A whole percentage, or '' when the base is under `smallest_base` statements or the count is hidden."""
    if value is None or base < max(smallest_base, 1):
        return ""
    whole = (200 * value + base) // (2 * base)  # rounds half up, in whole numbers
    if whole == 0 and value:
        return words.under_one_percent
    if whole == 100 and value < base:
        return words.over_99_percent
    return words.percent.format(n=whole)


def ratio(value: float, words: Wording) -> str:
    """A precision or recall with two decimals: '0.86' or '0,86'."""
    return f"{value:.2f}".replace(".", words.decimal)


def ranged(value: float, around: tuple[float, float] | None, words: Wording) -> str:
    """The same with its range: '0.86 (0.78–0.92)'."""
    shown = ratio(value, words)
    return f"{shown} ({ratio(around[0], words)}–{ratio(around[1], words)})" if around else shown


def plural(count: int, forms: tuple[str, str], words: Wording, **values: str) -> str:
    """The form of (one, many) that fits `count`, with `{n}` filled in."""
    return forms[0 if count == 1 else 1].format(n=number(count, words), **values)


def day(value: date, words: Wording) -> str:
    """'22 November 2026' or '22. November 2026', whatever the locale of the machine."""
    return _written(value, words.day, words)


def _written(value: date, form: str, words: Wording) -> str:
    return form.format(day=value.day, month=words.months[value.month - 1], year=value.year)


def period(value: tuple[date, date] | None, words: Wording, *, unbroken: bool = False) -> str:
    """From the first to the last day on which something was said; `unbroken` keeps each day on one line."""
    if value is None:
        return words.period_unknown
    first, last = value
    if first == last:
        return day(first, words)
    # '1 March to 30 June 2026': a year that both days share is said once.
    begun = words.day_of_year if first.year == last.year else words.day
    shown = [_written(first, begun, words), day(last, words)]
    if unbroken:
        shown = [each.replace(" ", "\u00a0") for each in shown]
    return words.period.format(first=shown[0], last=shown[1])


def short_digest(digest: str) -> str:
    """The first twelve digits of a digest, in groups of four, for a person to compare."""
    return " ".join(re.findall(".{1,4}", digest.rpartition(":")[2][:12]))
