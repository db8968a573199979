"""Tables of the report page: themes with their bars, counts, places, codebook, and how the pack was made.

A bar stands in the row of its number, so that table and chart are one thing: who does not see the bar reads the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from advocacy_monitor.exporters import figures, pack_notes
from advocacy_monitor.exporters.annex import plain_json
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.html_direction import line
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.exporters.page_text import direction
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack, Goal, ThemeCount


def theme_rows(pack: EvidencePack, words: Wording) -> list[dict[str, Any]]:
    """Every theme, largest first and hidden ones last: count with base, people, bar, how good the coding is known."""
    themes = sorted(pack.themes, key=lambda theme: (-(theme.statements or 0), theme.title, theme.code))
    longest = max((theme.statements or 0 for theme in themes), default=0)
    return [_theme(theme, longest, pack, words) for theme in themes]


def _theme(theme: ThemeCount, longest: int, pack: EvidencePack, words: Wording) -> dict[str, Any]:
    limits = {"smallest_cell": pack.smallest_cell, "smallest_base": pack.smallest_base}
    return {
        "title": shown(theme.title),
        "base": figures.of_base(theme.statements, pack.statements, words, **limits),
        "people": figures.counted(theme.people, words, smallest_cell=pack.smallest_cell),
        "note": line(coding_note(theme, words), right_to_left=words.t.right_to_left),
        "whole": _length(theme.statements, longest),
        "sure": _length(min(theme.confirmed, theme.statements or 0), longest),
    }


def _length(value: int | None, longest: int) -> float:
    """A bar's length in hundredths of the longest one."""
    return round(100 * (value or 0) / longest, 2) if longest else 0.0


def counts(pack: EvidencePack, words: Wording) -> list[dict[str, Any]]:
    """From found to counted, each reason with its number (R8)."""
    t = words.t
    rows = [
        (words.counts_found, pack.found, True),
        *((words.counts_minus.format(label=count.label), count.value, False) for count in pack.left_out),
        (words.counts_counted, pack.statements, True),
        (words.counts_appearances, pack.appearances, False),
        *([(words.counts_unverified, pack.unverified, False)] if pack.unverified else []),
        (words.counts_people, pack.people, False),
        (words.counts_unknown, pack.authors_unknown, False),
        (t.text("Statements that a person marked as complaints"), pack.critical, False),
    ]
    return [
        {
            "label": shown(label),
            "value": figures.counted(value, words, smallest_cell=pack.smallest_cell),
            "strong": strong,
        }
        for label, value, strong in rows
    ]


def places(pack: EvidencePack, words: Wording) -> list[dict[str, Any]]:
    """Areas, libraries, channels, languages and months, each row with its bar."""
    libraries = words.t.text("Libraries")
    languages = [Count(label=figures.language(each.label, words), value=each.value) for each in pack.languages]
    months = [Count(label=figures.month(each.label, words), value=each.value) for each in pack.months]
    groups: tuple[tuple[str, str, Sequence[Count]], ...] = (
        ("areas", words.areas, pack.areas),
        ("libraries", libraries, pack.libraries),
        ("channels", words.sources, pack.sources),
        ("languages", words.languages, languages),
        ("months", words.months_heading, months),
    )
    return [
        {"key": key, "heading": heading, "rows": list(_rows(rows, pack, words))}
        for key, heading, rows in groups
        if rows
    ]


def _rows(rows: Sequence[Count], pack: EvidencePack, words: Wording) -> Iterable[dict[str, Any]]:
    longest = max((count.value or 0 for count in rows), default=0)
    for count in rows:
        yield {
            "label": words.not_known if count.label in ("?", "") else shown(count.label),
            "value": figures.counted(count.value, words, smallest_cell=pack.smallest_cell),
            "whole": _length(count.value, longest),
        }


def codebook(pack: EvidencePack, words: Wording) -> list[dict[str, str]]:
    """The themes with their definitions, in the codebook's own language, and the targets that they relate to (R18)."""
    return [
        {
            "title": shown(theme.title),
            "definition": shown(theme.definition),
            "goals": "; ".join(_goal(goal, words) for goal in theme.goals),
            "direction": direction("en", theme.definition),
        }
        for theme in pack.themes
        if theme.definition
    ]


def _goal(goal: Goal, words: Wording) -> str:
    said = words.t.text("relates to target {target}: {basis}", target=shown(goal.target), basis=shown(goal.basis))
    return line(said, right_to_left=words.t.right_to_left)


def about(pack: EvidencePack, words: Wording) -> list[tuple[str, str]]:
    """Query, codebook, versions and choice of quotes: what it takes to make the pack again."""
    t = words.t
    rows = (
        (t.text("Query"), plain_json(pack.query)),
        (t.text("Codebook"), pack.codebook),
        (t.text("Made with"), pack_notes.made_with(pack)),
        (t.text("Choice of quotes"), pack_notes.choice(pack, words)),
    )
    return [(label, shown(value)) for label, value in rows if value]
