"""Writes numbers, shares and dates the way the pack's language does, and never a figure that is too small (R9)."""

from __future__ import annotations

import re
from datetime import date

from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.translate import Forms


def number(value: int, words: Wording) -> str:
    """`1234` as '1,234' or '1.234'."""
    return words.t.number(value)


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
    from babel.numbers import format_percent

    if value is None or base < max(smallest_base, 1):
        return ""
    whole = (200 * value + base) // (2 * base)  # rounds half up, in whole numbers
    if whole == 0 and value:
        return words.under_one_percent
    if whole == 100 and value < base:
        return words.over_99_percent
    return format_percent(whole / 100, locale=words.code)


def ratio(value: float, words: Wording) -> str:
    """A precision or recall with two decimals: '0.86' or '0,86'."""
    return words.t.ratio(value)


def ranged(value: float, around: tuple[float, float] | None, words: Wording) -> str:
    """The same with its range: '0.86 (0.78–0.92)'."""
    shown = ratio(value, words)
    return f"{shown} ({ratio(around[0], words)}–{ratio(around[1], words)})" if around else shown


def plural(count: int, forms: Forms, words: Wording, **values: str) -> str:
    """The form that fits `count`, with `{n}` filled in."""
    return forms.form(count).format(n=number(count, words), **values)


def day(value: date, words: Wording) -> str:
    """'22 November 2026' or '22. November 2026', whatever the locale of the machine."""
    return words.t.day(value)


def month(label: str, words: Wording, *, short: bool = False) -> str:
    """'2026-03' as 'March 2026' (short: 'Mar'); any other label as it is."""
    from babel.dates import format_date, format_skeleton

    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", label)
    if not found or found[1] == "0000":
        return label
    first = date(int(found[1]), int(found[2]), 1)
    return format_date(first, "LLL", locale=words.code) if short else format_skeleton("yMMMM", first, locale=words.code)


def language(code: str, words: Wording) -> str:
    """A language by its name, '?' and what is no language in words."""
    return words.language_names.get(code) or (words.not_known if code in ("?", "", "und") else code)


def period(value: tuple[date, date] | None, words: Wording, *, unbroken: bool = False) -> str:
    """From the first to the last day on which something was said; `unbroken` keeps each day on one line."""
    if value is None:
        return words.period_unknown
    first, last = value
    if first == last:
        return day(first, words)
    begun = _day_of_year(first, words) if first.year == last.year else day(first, words)
    shown = [begun, day(last, words)]
    if unbroken:
        shown = [each.replace(" ", "\u00a0") for each in shown]
    return words.period.format(first=shown[0], last=shown[1])


def _day_of_year(value: date, words: Wording) -> str:
    """'1 March' before '30 June 2026': a year that both days share is said once, where it is written last."""
    from babel import Locale
    from babel.dates import format_skeleton

    if Locale.parse(words.code).date_formats["long"].pattern.startswith("y"):
        return day(value, words)
    return format_skeleton("MMMMd", value, locale="en_GB" if words.code == "en" else words.code)


def short_digest(digest: str) -> str:
    """The first twelve digits of a digest, in groups of four, for a person to compare."""
    return " ".join(re.findall(".{1,4}", digest.rpartition(":")[2][:12]))
