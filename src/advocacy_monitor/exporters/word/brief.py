"""The two-page brief as a Word document: ask, figures, quotes, themes, counts, method, contact.

How much fits two pages is estimated, for Word sets the pages elsewhere: the chart is shortened and quotes give way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from advocacy_monitor.exporters import figures, html_tables, pack_notes
from advocacy_monitor.exporters.brief_charts import theme_sections
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.page_text import safe_link
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, for_brief, shortened
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    from advocacy_monitor.exporters.word.paper import Paper

_ROWS = 5
"""So many channels, areas and languages are listed; the annex has all of them."""
_LEAST = 2
"""So many quotes stand in a brief even where they are long."""
_PAPER = 705.0
"""The height of the text on a page, in points, with a little to spare."""
_POINTS_A_MILLIMETRE = 72 / 25.4


class DocxBriefExporter(Plugin):
    """Writes the brief. The same pack gives the same bytes."""

    suffix: ClassVar[str] = "-brief.docx"
    quotes: int = Field(default=5, ge=1, le=10, description="The most quotes to print")

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the brief to `path`. Raises ExportError, and then leaves no file behind."""
        brief(pack, quotes=self.quotes).save(path)


def brief(pack: EvidencePack, *, quotes: int) -> Paper:
    """Everything that the brief says, on paper. `quotes` is the most quotes to show."""
    from advocacy_monitor.exporters.word import opening
    from advocacy_monitor.exporters.word.paper import Paper

    words, who = wording(pack.language), pack.addressee
    paper = Paper(pack, document=words.document, compact=True)
    opening.letterhead(paper, who.with_area if who else "")
    if pack.sample:
        paper.paragraph(words.sample_note, style="Warning")
    opening.ask(paper, opening.asked(pack))
    opening.numbers(paper)
    if widened := pack_notes.about(pack, words):
        paper.paragraph(widened, style="Note")
    shown, chart = _fitting(pack, words, quotes)
    _quotes(paper, shown)
    if chart:
        paper.heading(chart["heading"], 1)
        paper.chart(chart["svg"], chart["alternative"])
        paper.paragraph(chart["note"], style="Caption")
    _counts(paper)
    _method(paper)
    _contact(paper)
    return paper


def _quotes(paper: Paper, shown: Sequence[Exhibit]) -> None:
    pack, words = paper.pack, paper.words
    paper.heading(words.quotes_heading, 1)
    for each in shown:
        paper.quote(each, limit=LONGEST_QUOTE)
    note = words.quotes_none
    if pack.exhibits:
        note = words.quotes_note.format(shown=words.t.number(len(shown)), n=words.t.number(len(pack.exhibits)))
        note = " ".join(part for part in (note, pack_notes.choice(pack, words)) if part)
    paper.paragraph(note, style="Caption")


def _counts(paper: Paper) -> None:
    """From found to counted on one line; below it areas, channels and languages, the largest of each."""
    pack, words = paper.pack, paper.words
    paper.heading(words.counts_heading, 1)
    steps = " · ".join(f"{shortened(row['label'], 160)}: {row['value']}" for row in html_tables.counts(pack, words))
    paper.paragraph(steps, style="Fine Print")
    for heading, text in _places(pack, words):
        paper.labelled(heading, text, style="Fine Print")


def _places(pack: EvidencePack, words: Wording) -> Iterator[tuple[str, str]]:
    languages = tuple(Count(label=figures.language(each.label, words), value=each.value) for each in pack.languages)
    for heading, counts in ((words.areas, pack.areas), (words.sources, pack.sources), (words.languages, languages)):
        largest = sorted(counts, key=lambda count: (-(count.value or 0), count.label))[:_ROWS]
        said = [
            f"{shortened(each.label, 80) if each.label not in ('?', '') else words.not_known}: "
            f"{figures.counted(each.value, words, smallest_cell=pack.smallest_cell)}"
            for each in largest
        ]
        if said:
            yield heading, " · ".join([*said, words.more] if len(counts) > _ROWS else said)


def _method(paper: Paper) -> None:
    """The method box, whole (R10)."""
    paper.heading(paper.words.method_heading, 1)
    for heading, body in paper.pack.method:
        paper.labelled(heading, body, style="Fine Print")


def _contact(paper: Paper) -> None:
    pack, brand = paper.pack, paper.pack.brand
    paper.heading(paper.words.contact, 1)
    made = paper.empty()
    paper.add(made, brand.name or pack.sponsor, bold=True)
    paper.add(made, f" {brand.contact or pack.contact}")
    if brand.website:
        paper.paragraph(brand.website, style="Fine Print", link=safe_link(brand.website))
    for each in (brand.imprint, brand.licence):
        if each:
            paper.paragraph(each, style="Fine Print")


def _fitting(pack: EvidencePack, words: Wording, most: int) -> tuple[list[Exhibit], dict[str, Any]]:
    """The quotes that page one has room for, and the longest chart that page two has.

    Where the method leaves too little room for any, the shortest chart stands on page one, and quotes give way.
    """
    quotes = for_brief(pack.exhibits, most=most)
    charts = theme_sections(pack, words, Cleaning()) or [{}]
    one, two = _PAPER - _opening_height(pack), _PAPER - _end_height(pack, words)
    chart = next((each for each in charts if _chart_height(each) <= two), None)
    if chart is None:
        chart = charts[-1]
        one -= _chart_height(chart)
    numbers = range(len(quotes), min(_LEAST, len(quotes)), -1)
    fitting = (number for number in numbers if sum(map(_height, quotes[:number])) <= one)
    return quotes[: next(fitting, _LEAST)], chart


def _lines(text: str, letters: int) -> int:
    return -(-len(text) * (2 if any(letter >= "\u2e80" for letter in text) else 1) // letters)


def _height(exhibit: Exhibit) -> float:
    """About how high a quote stands, in points, with its source and a translation below."""
    said = [exhibit.printed[:LONGEST_QUOTE], *(each.text for each in exhibit.translations[:1])]
    return 27.0 + sum(14.5 * _lines(text, 84) for text in said)


def _chart_height(chart: dict[str, Any]) -> float:
    from advocacy_monitor.exporters import chart_pictures

    if not chart:
        return 0.0
    width, height = chart_pictures.size(chart["svg"])
    heads = 15.0 + 15.0 * _lines(chart["heading"], 58) + 6.0 + 10.5 * _lines(chart["note"], 122)
    return heads + 6.0 + height * 170 * _POINTS_A_MILLIMETRE / width


def _opening_height(pack: EvidencePack) -> float:
    """Letterhead, ask, figures, and the note below the quotes."""
    who = pack.addressee
    ask = (who.ask if who else "") or pack.ask or ""
    height = 40.0 + 22.0 * _lines(pack.title[:200], 44) + 85.0 + 30.0 + 40.0
    height += 60.0 if pack.brand.logo else 0.0
    height += 55.0 + 15.0 * _lines(ask[:LONGEST_QUOTE], 72) if ask else 0.0
    height += 45.0 if pack.sample else 0.0
    return height + (30.0 if pack.widening else 0.0)


def _end_height(pack: EvidencePack, words: Wording) -> float:
    """Counts, method and contact."""
    steps = " · ".join(f"{shortened(row['label'], 160)}: {row['value']}" for row in html_tables.counts(pack, words))
    small = [steps, *(f"{heading}: {text}" for heading, text in _places(pack, words))]
    small += [f"{heading}: {body}" for heading, body in pack.method] + [pack.brand.imprint, pack.brand.licence]
    return 3 * 30.0 + 20.0 + sum(3.0 + 10.5 * _lines(text, 118) for text in small if text)
