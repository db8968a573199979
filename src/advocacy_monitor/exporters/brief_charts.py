"""The brief's two charts, with their headings and text alternatives.

Counts per theme come with how good the coding is known to be beside each bar (R12); counts per month show when the
statements were made.
"""

from __future__ import annotations

from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.charts import HALF, WIDTH, Bar, Column, Look, bar_chart, column_chart
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, ThemeCount
from advocacy_monitor.translate import texts

_LENGTHS = (8, 7, 6, 5)
"""How many themes the charts show, from the longest; the page takes the one that it has room for."""
_MOST_MONTHS = 12


def theme_sections(pack: EvidencePack, words: Wording, cleaning: Cleaning) -> list[dict[str, Any]]:
    """The chart with its heading, text alternative and note: from the longest to the shortest, none without themes.

    Themes come by their number of statements, hidden ones last.
    """
    themes = sorted(pack.themes, key=lambda theme: (-(theme.statements or 0), theme.title, theme.code))
    titles = {theme.code: cleaning.clean(shortened(theme.title, 120)) for theme in themes[: max(_LENGTHS)]}
    bars = [_bar(theme, titles[theme.code], pack, words) for theme in themes[: max(_LENGTHS)]]
    heading = _heading(themes, pack, words, titles) if themes else ""
    lengths = dict.fromkeys(min(length, len(themes)) for length in _LENGTHS)
    return [_section(heading, bars[:length], len(themes), pack, words) for length in lengths if length]


def look_of(pack: EvidencePack, *, width: float = WIDTH) -> Look:
    """How the charts of a pack are drawn: in its brand's colours, and from right to left where it is written so."""
    return Look(palette=palette(pack.brand), width=width, right_to_left=texts(pack.language).right_to_left)


def _section(heading: str, bars: list[Bar], themes: int, pack: EvidencePack, words: Wording) -> dict[str, Any]:
    rows = (words.chart_alt_row.format(title=bar.title, label=bar.label, note=bar.note) for bar in bars)
    alternative = words.chart_alt.format(rows=" ".join(rows))
    more = themes - len(bars)
    notes = [words.themes_note.format(base=figures.number(pack.statements, words)), words.themes_legend]
    if checked := next(
        (theme for theme in pack.themes if theme.precision is not None or theme.recall is not None), None
    ):
        form = words.themes_checked if checked.at_random else words.themes_picked
        notes.append(form.format(n=figures.number(checked.checked, words)))
    if more:
        notes.append(figures.plural(more, words.themes_more, words))
    return {
        "heading": heading,
        "svg": bar_chart(bars, title=heading, description=alternative, look=look_of(pack)),
        "alternative": alternative,
        "note": " ".join(notes),
    }


def month_section(pack: EvidencePack, words: Wording) -> dict[str, Any] | None:
    """The newest twelve months as columns, or None when fewer than two months are known."""
    months = pack.months[-_MOST_MONTHS:]
    if len(months) < 2:
        return None
    columns = [_column(count, words, cell=pack.smallest_cell) for count in months]
    rows = (words.months_alt_row.format(n=column.spoken, month=column.name) for column in columns)
    alternative = words.months_alt.format(rows=", ".join(rows))
    return {
        "heading": words.months_heading,
        "svg": column_chart(
            columns, title=words.months_heading, description=alternative, look=look_of(pack, width=HALF)
        ),
        "alternative": alternative,
    }


def _column(count: Count, words: Wording, *, cell: int) -> Column:
    """A month such as '2026-03' by its short name; other labels stay as they are, shortened."""
    year, _, month = count.label.partition("-")
    known = year.isdigit() and month.isdigit() and 1 <= int(month) <= len(words.months)
    name = f"{words.months[int(month) - 1]} {year}" if known else Cleaning().clean(count.label[:12])
    return Column(
        name=name,
        label=name[:3] if known else name[:7],
        year=year if known else "",
        value=count.value,
        figure=f"<{cell}" if count.value is None else figures.number(count.value, words),
        spoken=figures.counted(count.value, words, smallest_cell=cell),
    )


def coding_note(theme: ThemeCount, words: Wording, *, based: bool = True) -> str:
    """Precision and recall with their ranges, or why there are none; and how many a person confirmed.

    `based` says on how many statements they rest; the chart says so once for all its themes.
    """
    if theme.statements and theme.confirmed >= theme.statements:
        return words.coding_person
    measured = [
        form.format(x=figures.ranged(value, around, words))
        for form, value, around in (
            (words.precision, theme.precision, theme.precision_range),
            (words.recall, theme.recall, theme.recall_range),
        )
        if value is not None
    ]
    checked = figures.number(theme.checked, words)
    if theme.checked and measured:
        form = words.coding_checked if theme.at_random else words.coding_picked
        shown = ", ".join(measured)
        note = form.format(n=checked, figures=shown) if based else shown
    else:
        note = words.coding_few.format(n=checked) if theme.checked else words.coding_unchecked
    if theme.confirmed and theme.statements is not None:
        note += "; " + words.coding_confirmed.format(n=figures.number(theme.confirmed, words))
    return note


def _bar(theme: ThemeCount, title: str, pack: EvidencePack, words: Wording) -> Bar:
    cell = pack.smallest_cell
    label = figures.of_base(
        theme.statements, pack.statements, words, smallest_cell=cell, smallest_base=pack.smallest_base
    )
    # Where some authors are unknown, how many people stand behind a theme is not known either: only known authors are.
    forms = words.authors_short if pack.authors_unknown else words.people_short
    if theme.people is not None:
        people = figures.plural(theme.people, forms, words)
    else:
        people = forms[1].format(n=words.fewer_than.format(n=cell))
    hidden = theme.statements is None
    return Bar(
        title=title,
        value=theme.statements,
        confirmed=theme.confirmed,
        label=label if hidden else f"{label} · {people}",
        note=coding_note(theme, words, based=False),
    )


def _heading(themes: list[ThemeCount], pack: EvidencePack, words: Wording, titles: dict[str, str]) -> str:
    """The finding, where one theme leads and its coding was checked or done by a person; else a plain heading."""
    first, second = themes[0], themes[1].statements if len(themes) > 1 else 0
    measured = first.precision is not None
    proven = first.statements is not None and (measured or first.confirmed >= first.statements)
    if not first.statements or not proven or first.statements <= (second or 0):
        return words.themes_heading
    return words.themes_finding.format(
        title=titles[first.code],
        n=figures.number(first.statements, words),
        base=figures.number(pack.statements, words),
    )
