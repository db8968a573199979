"""The report's charts: all themes, one theme among the others, places, months. Each with its text alternative."""

from __future__ import annotations

from collections.abc import Sequence

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.charts import WIDTH, Bar, Column, Look, bar_chart, column_chart
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, ThemeCount

MOST_THEMES = 12
MOST_PLACES = 10
MOST_MONTHS = 16
_AMONG = 5
"""So many bars stand on the page of one theme."""
_BESIDE = 364.0
"""The width of a chart beside figures, in points."""


def by_size(themes: Sequence[ThemeCount]) -> list[ThemeCount]:
    """Largest first, hidden ones last."""
    return sorted(themes, key=lambda theme: (theme.statements is None, -(theme.statements or 0), theme.code))


def label(theme: ThemeCount, pack: EvidencePack, words: Wording) -> str:
    """'58 of 412 (14%) · 51 known authors': statements and people apart (R8)."""
    shown = of_base(theme, pack, words)
    return shown if theme.statements is None else f"{shown} · {people(theme, pack, words)}"


def of_base(theme: ThemeCount, pack: EvidencePack, words: Wording) -> str:
    """'58 of 412 (14%)'."""
    limits = {"smallest_cell": pack.smallest_cell, "smallest_base": pack.smallest_base}
    return figures.of_base(theme.statements, pack.statements, words, **limits)


def people(theme: ThemeCount, pack: EvidencePack, words: Wording) -> str:
    """How many people said it; known authors where others are not known."""
    forms = words.authors_short if pack.authors_unknown else words.people_short
    if theme.people is not None:
        return figures.plural(theme.people, forms, words)
    return forms.several.format(n=words.fewer_than.format(n=words.t.number(pack.smallest_cell)))


def all_themes(pack: EvidencePack, heading: str, words: Wording, text: PageText) -> dict[str, str]:
    """A bar for each theme, with people and the quality of its coding beside it (R12)."""
    bars = [
        Bar(
            title=_title(theme.title, text),
            value=theme.statements,
            confirmed=theme.confirmed,
            label=label(theme, pack, words),
            note=coding_note(theme, words, based=False),
        )
        for theme in by_size(pack.themes)[:MOST_THEMES]
    ]
    rows = (words.chart_alt_row.format(title=bar.title, label=bar.label, note=bar.note) for bar in bars)
    return _bars(bars, heading, words.chart_alt.format(rows=" ".join(rows)), pack, words)


def one_among(theme: ThemeCount, heading: str, pack: EvidencePack, words: Wording, text: PageText) -> dict[str, str]:
    """This theme's bar among the largest ones, the others in grey."""
    largest = [each for each in by_size(pack.themes) if each.statements is not None][:_AMONG]
    if theme not in largest:
        largest = [*largest[: _AMONG - 1], theme]
    bars = [
        Bar(
            title=_title(each.title, text),
            value=each.statements,
            confirmed=each.confirmed,
            label=of_base(each, pack, words) if each is theme else figures.number(each.statements or 0, words),
            note=people(each, pack, words) if each is theme else "",
            quiet=each is not theme,
        )
        for each in largest
    ]
    return _bars(bars, heading, _spoken(bars, words), pack, words, width=_BESIDE)


def place_chart(
    counts: Sequence[Count], heading: str, pack: EvidencePack, words: Wording, text: PageText
) -> dict[str, str]:
    """The largest areas or libraries with a number to show; the one that is not known comes last, in grey."""
    known = [count for count in counts if count.value is not None]
    known.sort(key=lambda count: (unknown(count), -(count.value or 0), count.label))
    bars = [
        Bar(
            title=words.not_known if unknown(count) else _title(count.label, text),
            value=count.value,
            confirmed=count.value or 0,
            label=figures.of_base(
                count.value,
                pack.statements,
                words,
                smallest_cell=pack.smallest_cell,
                smallest_base=pack.smallest_base,
            ),
            quiet=unknown(count),
        )
        for count in known[:MOST_PLACES]
    ]
    return _bars(bars, heading, _spoken(bars, words), pack, words) if bars else {}


def unknown(count: Count) -> bool:
    """Whether a place's name says that the place is not known."""
    return count.label in ("?", "")


def month_chart(pack: EvidencePack, heading: str, words: Wording, text: PageText) -> dict[str, str]:
    """The newest months as columns."""
    columns = [_column(count, pack, words, text) for count in pack.months[-MOST_MONTHS:]]
    rows = (words.months_alt_row.format(n=column.spoken, month=column.name) for column in columns)
    alternative = words.months_alt.format(rows=", ".join(rows))
    return {
        "svg": column_chart(columns, title=heading, description=alternative, look=_look(pack, words)),
        "alternative": alternative,
    }


def _column(count: Count, pack: EvidencePack, words: Wording, text: PageText) -> Column:
    from babel.dates import get_month_names

    name = figures.month(count.label, words)
    known = name != count.label
    name = name if known else text.cleaning.clean(count.label[:12])
    return Column(
        name=name,
        label=get_month_names("abbreviated", "stand-alone", words.code)[int(count.label[5:7])] if known else name[:7],
        year=count.label[:4] if known else "",
        value=count.value,
        figure=f"<{pack.smallest_cell}" if count.value is None else figures.number(count.value, words),
        spoken=figures.counted(count.value, words, smallest_cell=pack.smallest_cell),
    )


def _bars(
    bars: Sequence[Bar], heading: str, alternative: str, pack: EvidencePack, words: Wording, width: float = WIDTH
) -> dict[str, str]:
    svg = bar_chart(bars, title=heading, description=alternative, look=_look(pack, words, width))
    return {"svg": svg, "alternative": alternative}


def _spoken(bars: Sequence[Bar], words: Wording) -> str:
    rows = "; ".join(f"{bar.title}: {bar.label}" for bar in bars)
    return words.t.text("Bar chart. {counts}: {bars}.", counts=words.t.text("Statements"), bars=rows)


def _look(pack: EvidencePack, words: Wording, width: float = WIDTH) -> Look:
    return Look(palette=palette(pack.brand), width=width, right_to_left=words.t.right_to_left)


def _title(title: str, text: PageText) -> str:
    return text.cleaning.clean(shortened(title, 120))
