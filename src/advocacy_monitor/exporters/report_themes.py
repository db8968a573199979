"""What was found, in large numbers with their base (R9), and a page for each theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from advocacy_monitor.exporters import figures, report_charts
from advocacy_monitor.exporters.brief_charts import coding_note
from advocacy_monitor.exporters.pack_notes import widening
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.report_voices import Voices
from advocacy_monitor.exporters.story import Story, ThemePage
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import EvidencePack, ThemeCount

_LARGE = 6
"""So many findings stand in large print."""
_SENTENCE = 260
_DEFINITION = 700

Cell = dict[str, str]


def found(pack: EvidencePack, told: Story, words: Wording, text: PageText) -> dict[str, Any]:
    """Headline, figures, the largest findings, and all themes in one chart."""
    heading = words.themes_heading
    chart = report_charts.all_themes(pack, heading, words, text) if pack.themes else None
    return {
        "heading": words.t.text("What we found"),
        "headline": text.line(told.headline),
        "figures": list(_figures(pack, words, text)),
        "widening": text.line(widening(pack, words), limit=900),
        "findings": [
            {
                "figure": each.figure,
                "label": text.line(f"{each.base} ({each.share})" if each.share else each.base),
                "note": text.line(each.sentence, limit=_SENTENCE, room=24),
            }
            for each in told.findings[:_LARGE]
        ],
        "chart": chart and {"heading": heading, "note": text.line(_chart_note(pack, words))} | chart,
        "none": "" if pack.themes else words.t.text("No statement was given a theme."),
    }


def _figures(pack: EvidencePack, words: Wording, text: PageText) -> Iterator[Cell]:
    """Statements and people apart (R8), channels, period."""
    unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
    yield {
        "figure": figures.number(pack.statements, words),
        "label": words.statements.form(pack.statements),
        "note": words.statements_of.format(n=figures.number(pack.found, words)),
    }
    yield {
        "figure": figures.number(pack.people, words),
        "label": words.people.form(pack.people),
        "note": f"+ {unknown}" if pack.authors_unknown else words.authors_known,
    }
    yield {
        "figure": figures.number(pack.channel_count, words),
        "label": words.channels.form(pack.channel_count),
        "note": text.line(", ".join(count.label for count in pack.sources), limit=70, room=20),
    }
    yield {
        "figure": "",
        "label": text.line(figures.period(pack.period, words, unbroken=True)),
        "note": words.period_label,
    }


def _chart_note(pack: EvidencePack, words: Wording) -> str:
    notes = [words.themes_note.format(base=figures.number(pack.statements, words)), words.themes_legend]
    measured = (theme for theme in pack.themes if theme.precision is not None or theme.recall is not None)
    if checked := next(measured, None):
        form = words.themes_checked if checked.at_random else words.themes_picked
        notes.append(form.format(n=figures.number(checked.checked, words)))
    if (more := len(pack.themes) - report_charts.MOST_THEMES) > 0:
        notes.append(figures.plural(more, words.themes_more, words))
    return " ".join(notes)


def theme_pages(
    pack: EvidencePack, told: Story, words: Wording, text: PageText, voices: Voices
) -> dict[str, Any] | None:
    """A page for each theme of the story, or None without any."""
    pages = [_page(page, pack, words, text, voices) for page in told.pages]
    return {"heading": words.t.text("Theme by theme"), "pages": pages} if pages else None


def _page(page: ThemePage, pack: EvidencePack, words: Wording, text: PageText, voices: Voices) -> dict[str, Any]:
    sentence = text.directed(page.finding.sentence, limit=_SENTENCE)
    quotes = voices.all_of(page.quotes)
    none = words.t.text("No quote stands here: what may be quoted on this theme stands with another theme or nowhere.")
    return {
        "title": sentence,
        "short": text.line(page.theme.title, limit=90),
        "figures": list(_theme_figures(page.theme, pack, words, text)),
        "chart": report_charts.one_among(page.theme, page.finding.sentence[:_SENTENCE], pack, words, text)
        | {"note": text.line(_among_note(page.theme, pack, words))},
        "facts": list(theme_facts(page.theme, words, text)),
        "quotes": quotes,
        "none": "" if quotes else none,
    }


def _theme_figures(theme: ThemeCount, pack: EvidencePack, words: Wording, text: PageText) -> Iterator[Cell]:
    """Statements and people apart, and how many statements a person coded so."""
    t = words.t
    share = figures.percent(theme.statements, pack.statements, words, smallest_base=pack.smallest_base)
    base = t.counted("of {n} statement", "of {n} statements", pack.statements)
    yield {
        "figure": figures.counted(theme.statements, words, smallest_cell=pack.smallest_cell),
        "label": t.text("Statements"),
        "note": text.line(f"{base} ({share})" if share else base),
    }
    hidden = theme.people is None
    yield {
        "figure": "" if hidden else t.number(theme.people or 0),
        "label": words.fewer_than.format(n=t.number(pack.smallest_cell)) if hidden else t.text("People"),
        "note": t.text("People") if hidden else words.authors_known,
    }
    yield {
        "figure": t.number(theme.confirmed),
        "label": t.text("Confirmed by a person"),
        "note": t.text("of these statements"),
    }


def _among_note(theme: ThemeCount, pack: EvidencePack, words: Wording) -> str:
    note = words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements))
    grey = words.t.text("Grey: other themes.") if len(pack.themes) > 1 else ""
    return " ".join(part for part in (note, words.themes_legend, grey) if part)


def theme_facts(theme: ThemeCount, words: Wording, text: PageText) -> Iterator[dict[str, str]]:
    """What the theme means, how good its coding is known to be, and which targets it relates to (R18)."""
    t = words.t
    if theme.definition:
        shown = text.directed(theme.definition, limit=_DEFINITION, language="en")
        yield {"label": t.text("What it means"), "language": "en"} | shown
    yield {"label": t.text("How good the coding is"), "language": words.code} | text.directed(
        coding_note(theme, words), language=words.code
    )
    if theme.goals:
        goals = "; ".join(
            t.text("relates to target {target}: {basis}", target=goal.target, basis=goal.basis) for goal in theme.goals
        )
        yield {"label": t.text("Sustainable Development Goals"), "language": words.code} | text.directed(
            goals, limit=900, language=words.code
        )
