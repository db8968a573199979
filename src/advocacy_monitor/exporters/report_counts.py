"""What was counted and what was left out (R8), where it comes from, and when it was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from advocacy_monitor.exporters import figures, pack_notes, report_charts
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import Count, EvidencePack


def counts(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any]:
    """From found to counted, each reason with its number; beside it channels and languages."""
    languages = [Count(label=figures.language(each.label, words), value=each.value) for each in pack.languages]
    groups = ((words.sources, pack.sources), (words.languages, languages))
    return {
        "heading": words.counts_heading,
        "label": words.counts_label,
        "number": words.counts_number,
        "rows": list(_steps(pack, words, text)),
        "groups": [
            {"heading": heading, "rows": list(_rows(rows, pack, words, text))} for heading, rows in groups if rows
        ],
    }


def _steps(pack: EvidencePack, words: Wording, text: PageText) -> Iterator[dict[str, Any]]:
    complaints = words.t.text("Statements that a person marked as complaints")
    rows: list[tuple[str, int | None, bool]] = [(words.counts_found, pack.found, True)]
    rows += [(words.counts_minus.format(label=count.label), count.value, False) for count in pack.left_out]
    rows.append((words.counts_counted, pack.statements, True))
    rows.append((words.counts_appearances, pack.appearances, False))
    rows += [(words.counts_unverified, pack.unverified, False)] if pack.unverified else []
    rows.append((words.counts_people, pack.people, False))
    rows.append((words.counts_unknown, pack.authors_unknown, False))
    rows.append((complaints, pack.critical, False))
    for label, value, strong in rows:
        shown = figures.counted(value, words, smallest_cell=pack.smallest_cell)
        yield {"label": text.line(label, limit=160), "value": shown, "strong": strong}


def places(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """Areas and libraries: the largest as bars, all of them in a table where the bars do not show all."""
    groups = ((words.areas, pack.areas), (words.t.text("Libraries"), pack.libraries))
    shown = [_place_group(heading, rows, pack, words, text) for heading, rows in groups if rows]
    if not shown:
        return None
    return {
        "heading": words.t.text("Where the statements come from"),
        "widening": text.line(pack_notes.about(pack, words), limit=900),
        "number": words.counts_number,
        "groups": shown,
        "note": words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements)),
    }


def _place_group(
    heading: str, rows: Sequence[Count], pack: EvidencePack, words: Wording, text: PageText
) -> dict[str, Any]:
    chart = report_charts.place_chart(rows, heading, pack, words, text)
    whole = len(rows) <= report_charts.MOST_PLACES and all(count.value is not None for count in rows)
    return {
        "heading": heading,
        "chart": chart or None,
        "rows": [] if whole and chart else list(_rows(rows, pack, words, text)),
    }


def _rows(rows: Sequence[Count], pack: EvidencePack, words: Wording, text: PageText) -> Iterator[dict[str, Any]]:
    """Largest first, hidden ones after them, the one that is not known last."""
    ordered = sorted(rows, key=lambda each: (report_charts.unknown(each), -(each.value or 0), each.label))
    for count in ordered:
        yield {
            "label": words.not_known if report_charts.unknown(count) else text.line(count.label, limit=90, room=24),
            "value": figures.counted(count.value, words, smallest_cell=pack.smallest_cell),
            "strong": False,
        }


def months(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """When it was said, or None where fewer than two months are known."""
    if len(pack.months) < 2:
        return None
    older = len(pack.months) - report_charts.MOST_MONTHS
    note = [words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements))]
    if older > 0:
        note.append(words.t.counted("{n} earlier month is not shown.", "{n} earlier months are not shown.", older))
    return {"heading": words.months_heading, "note": " ".join(note)} | report_charts.month_chart(
        pack, words.months_heading, words, text
    )
