"""The report's parts: findings, themes, quotes, critics, places, months, and what was counted."""

from __future__ import annotations

from collections.abc import Sequence

from advocacy_monitor.exporters import answers as asked
from advocacy_monitor.exporters import figures, html_tables, pack_notes, report_charts, report_themes
from advocacy_monitor.exporters.brief_charts import coding_note, look_of
from advocacy_monitor.exporters.charts import Bar, bar_chart
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.report_counts import months as month_view
from advocacy_monitor.exporters.story import Finding, Story, ThemePage
from advocacy_monitor.exporters.word.opening import numbers
from advocacy_monitor.exporters.word.paper import Cell, Paper
from advocacy_monitor.exporters.word.tongue import harmless
from advocacy_monitor.models import Count, Exhibit, ThemeCount

_OTHERS = 6
_FEW = 3
"""Where the parts on themes hold fewer quotes than this, others stand in a part of their own."""
_AMONG = 5
"""So many bars stand in the chart of one theme."""


def found(paper: Paper, told: Story) -> None:
    """Figures, findings with base and share, and all themes in one chart."""
    pack, words = paper.pack, paper.words
    paper.heading(words.t.text("What we found"), 1).paragraph_format.page_break_before = True
    paper.paragraph(told.headline, style="Lead")
    numbers(paper)
    if widened := pack_notes.about(pack, words):
        paper.paragraph(widened)
    if not pack.themes:
        paper.paragraph(words.t.text("No statement was given a theme."))
        return
    findings(paper, told.findings)
    view = report_themes.found(pack, told, words, PageText(pack.language))["chart"]
    paper.heading(view["heading"], 2)
    paper.chart(view["svg"], view["alternative"])
    paper.paragraph(view["note"], style="Caption")


def findings(paper: Paper, shown: Sequence[Finding]) -> None:
    """The table of findings: sentence, number, base, share (R9)."""
    t = paper.words.t
    if not shown:
        return
    heads = [t.text("What we found"), paper.words.counts_number, t.text("Base"), t.text("Share")]
    rows: list[list[str | Cell]] = [
        [each.sentence, Cell(text=each.figure, strong=True), each.base, each.share or "–"] for each in shown
    ]
    paper.table(heads, rows, widths=(5.6, 0.9, 1.7, 0.9), numbers=(1, 3), about=paper.words.themes_heading)


def themes(paper: Paper, told: Story) -> None:
    """A part for each theme of the story."""
    if told.pages:
        paper.heading(paper.words.t.text("Theme by theme"), 1)
    for page in told.pages:
        _theme(paper, page)


def _theme(paper: Paper, page: ThemePage) -> None:
    pack, words, theme = paper.pack, paper.words, page.theme
    paper.heading(page.finding.sentence, 2)
    _theme_figures(paper, theme)
    _among(paper, theme, page.finding.sentence)
    grey = words.t.text("Grey: other themes.") if len(pack.themes) > 1 else ""
    note = words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements))
    paper.paragraph(" ".join(each for each in (note, words.themes_legend, grey) if each), style="Caption")
    for label, text, language in facts(theme, paper):
        paper.labelled(label, text, language=language, style="Note")
    for each in page.quotes:
        paper.quote(each)
    if not page.quotes:
        paper.paragraph(
            words.t.text(
                "No quote stands here: what may be quoted on this theme stands with another theme or nowhere."
            ),
            style="Note",
        )


def _among(paper: Paper, theme: ThemeCount, heading: str) -> None:
    """This theme's bar among the largest ones, the others in grey, across the page: its label needs the room."""
    pack, words, cleaning = paper.pack, paper.words, Cleaning()
    largest = [each for each in report_charts.by_size(pack.themes) if each.statements is not None][:_AMONG]
    if theme not in largest:
        largest = [*largest[: _AMONG - 1], theme]
    bars = [
        Bar(
            title=cleaning.clean(shortened(each.title, 120)),
            value=each.statements,
            confirmed=each.confirmed,
            label=report_charts.label(each, pack, words) if each is theme else words.t.number(each.statements or 0),
            quiet=each is not theme,
        )
        for each in largest
    ]
    rows = "; ".join(f"{bar.title}: {bar.label}" for bar in bars)
    said = words.t.text("Bar chart. {counts}: {bars}.", counts=words.t.text("Statements"), bars=rows)
    paper.chart(bar_chart(bars, title=harmless(heading), description=said, look=look_of(pack)), said)


def _theme_figures(paper: Paper, theme: ThemeCount) -> None:
    """Statements and people apart, and how many statements a person coded so."""
    pack, words, t = paper.pack, paper.words, paper.words.t
    share = figures.percent(theme.statements, pack.statements, words, smallest_base=pack.smallest_base)
    base = t.counted("of {n} statement", "of {n} statements", pack.statements)
    said = [
        (
            figures.counted(theme.statements, words, smallest_cell=pack.smallest_cell),
            f"{base} ({share})" if share else base,
        ),
        (figures.counted(theme.people, words, smallest_cell=pack.smallest_cell), words.authors_known),
        (t.number(theme.confirmed), t.text("of these statements")),
    ]
    cells = [Cell(text=number, style="Figure", below=(Cell(text=note, style="Table Small"),)) for number, note in said]
    paper.table([t.text("Statements"), t.text("People"), t.text("Confirmed by a person")], [cells], keep=True)


def facts(theme: ThemeCount, paper: Paper) -> list[tuple[str, str, str]]:
    """Label, text and language: what a theme means, how good its coding is known to be (R12), its targets (R18)."""
    t = paper.words.t
    said = [(t.text("What it means"), theme.definition, "en")] if theme.definition else []
    said.append((t.text("How good the coding is"), coding_note(theme, paper.words), ""))
    goals = [
        t.text("relates to target {target}: {basis}", target=each.target, basis=each.basis) for each in theme.goals
    ]
    return said + ([(t.text("Sustainable Development Goals"), "; ".join(goals), "")] if goals else [])


def others(paper: Paper, told: Story) -> None:
    """Quotes that stand on no theme's part, where those hold few."""
    pack, words = paper.pack, paper.words
    printed = {each.number for page in told.pages for each in page.quotes} | {each.number for each in told.critics}
    free = [each for each in pack.exhibits if each.chosen and each.number not in printed]
    shown = sorted(free, key=lambda each: each.number)[:_OTHERS]
    if pack.exhibits and (not shown or len(printed) >= _FEW):
        return
    note = words.quotes_none
    if pack.exhibits:
        number = words.t.number
        note = words.quotes_note.format(shown=number(len(printed) + len(shown)), n=number(len(pack.exhibits)))
    _quotes(paper, words.quotes_heading, note, shown)


def critics(paper: Paper, told: Story) -> None:
    """What critics said, and how many there are (R14)."""
    _quotes(paper, paper.words.t.text("What critics said"), told.critics_note, told.critics)


def _quotes(paper: Paper, heading: str, note: str, shown: Sequence[Exhibit]) -> None:
    paper.heading(heading, 1)
    paper.paragraph(note)
    for each in shown:
        paper.quote(each)


def answers(paper: Paper) -> None:
    """What people chose from lists, of those who answered (R9)."""
    pack, words = paper.pack, paper.words
    if pack.answers:
        paper.heading(asked.heading(words.t), 1)
    for each in pack.answers:
        paper.heading(each.question, 2)
        paper.paragraph(asked.base(each, words.t))
        if each.options:
            rows = [[shortened(count.label, 300), asked.value(count, each, pack, words)] for count in each.options]
            paper.table(list(asked.columns(words.t)), rows, widths=(3, 2), numbers=(1,), about=each.question)


def places(paper: Paper) -> None:
    """Areas and libraries: the largest as bars, all of them in a table."""
    pack, words = paper.pack, paper.words
    groups = ((words.areas, pack.areas), (words.t.text("Libraries"), pack.libraries))
    if not any(rows for _, rows in groups):
        return
    paper.heading(words.t.text("Where the statements come from"), 1)
    if widened := pack_notes.about(pack, words):
        paper.paragraph(widened)
    for heading, rows in groups:
        if rows:
            paper.heading(heading, 2)
            view = report_charts.place_chart(rows, heading, pack, words, PageText(pack.language))
            if view and len(rows) > 1:
                paper.chart(view["svg"], view["alternative"])
            count_table(paper, heading, rows)
    note = words.t.text("Base: the {base} statements counted here.", base=words.t.number(pack.statements))
    paper.paragraph(note, style="Caption")


def count_table(paper: Paper, heading: str, counts: Sequence[Count]) -> None:
    """Labels with their numbers: largest first, hidden ones after them, the one that is not known last."""
    words, cell = paper.words, paper.pack.smallest_cell
    ordered = sorted(counts, key=lambda each: (report_charts.unknown(each), -(each.value or 0), each.label))
    rows = [
        [
            words.not_known if report_charts.unknown(each) else shortened(each.label, 160),
            figures.counted(each.value, words, smallest_cell=cell),
        ]
        for each in ordered
    ]
    paper.table([heading, words.counts_number], rows, widths=(4, 1), numbers=(1,))


def months(paper: Paper) -> None:
    """When it was said, where two months or more are known."""
    view = month_view(paper.pack, paper.words, PageText(paper.pack.language))
    if view is not None:
        paper.heading(view["heading"], 1)
        paper.chart(view["svg"], view["alternative"])
        paper.paragraph(view["note"], style="Caption")


def counts(paper: Paper) -> None:
    """From found to counted, each reason with its number (R8); then channels and languages."""
    pack, words = paper.pack, paper.words
    paper.heading(words.counts_heading, 1)
    steps(paper)
    languages = [Count(label=figures.language(each.label, words), value=each.value) for each in pack.languages]
    for heading, rows in ((words.sources, pack.sources), (words.languages, tuple(languages))):
        if rows:
            paper.heading(heading, 2)
            count_table(paper, heading, rows)


def steps(paper: Paper) -> None:
    """The table from found to counted."""
    rows = [
        [Cell(text=shortened(row["label"], 160), strong=row["strong"]), Cell(text=row["value"], strong=row["strong"])]
        for row in html_tables.counts(paper.pack, paper.words)
    ]
    words = paper.words
    paper.table(
        [words.counts_label, words.counts_number], rows, widths=(4, 1), numbers=(1,), about=words.counts_heading
    )
