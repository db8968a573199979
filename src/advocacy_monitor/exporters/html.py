"""The report as one self-contained HTML page: every quote, the counts, the themes and the method.

Nothing is loaded from anywhere: styles and charts are inside, there is no script. Texts are escaped by Jinja2's
autoescape; each quote stands in an element of its own language and direction, so that none can disturb its neighbours.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.brief import direction, language_tag, safe_link
from advocacy_monitor.exporters.brief_charts import coding_note, month_section, theme_sections
from advocacy_monitor.exporters.glyphs import Cleaning
from advocacy_monitor.exporters.page_template import page_environment
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording, wording
from advocacy_monitor.models import Count, EvidencePack, Exhibit, ThemeCount
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).with_name("templates")
_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


class HtmlExporter(Plugin):
    """Writes the report page. The same pack gives the same bytes."""

    suffix: ClassVar[str] = ".html"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the page to `path`. Raises ExportError, and then leaves no file behind."""
        page = _template().render(view(pack)).encode("utf-8", "replace")
        with whole_file(path) as handle:
            handle.write(page)


def _template() -> Template:
    return page_environment(TEMPLATES).get_template("report.html")


def shown(text: str) -> str:
    """A text without characters that HTML does not allow and without marks that reverse what is beside them."""
    kept = (c for c in text if c in "\n\t" or not (unicodedata.category(c) == "Cc" or c in _STEERING))
    return "".join(kept)


def view(pack: EvidencePack) -> dict[str, Any]:
    """Everything that the template prints, final and in the pack's language."""
    words = wording(pack.language)
    sections = theme_sections(pack, words, Cleaning())
    places = ((words.areas, pack.areas), (words.sources, pack.sources), (words.languages, pack.languages))
    return {
        "w": words,
        "language": language_tag(pack.language),
        "direction": direction(pack.language, pack.title),
        "pack": pack,
        "title": shown(pack.title) or words.document,
        "text": shown,
        "period": figures.period(pack.period, words),
        "statements_label": words.statements[pack.statements != 1],
        "found_note": words.statements_of.format(n=figures.number(pack.found, words)),
        "people_label": words.people[pack.people != 1],
        "unknown": figures.plural(pack.authors_unknown, words.authors_unknown, words) if pack.authors_unknown else "",
        "number": lambda value: figures.number(value, words),
        "as_of": figures.day(pack.as_of.astimezone(UTC).date(), words),
        "chart": sections[0] if sections else None,
        "months": month_section(pack, words),
        "themes": [_theme(theme, pack, words) for theme in pack.themes],
        "counts": list(_counts(pack, words)),
        "places": [
            (heading, [(shown(count.label), _cell(count, pack, words)) for count in counts])
            for heading, counts in places
            if counts
        ],
        "quotes": [_quote(exhibit, words) for exhibit in sorted(pack.exhibits, key=lambda each: each.number)],
        "method": [(shown(heading), shown(text)) for heading, text in pack.method],
    }


def _cell(count: Count, pack: EvidencePack, words: Wording) -> str:
    return figures.counted(count.value, words, smallest_cell=pack.smallest_cell)


def _counts(pack: EvidencePack, words: Wording) -> Iterable[tuple[str, str, bool]]:
    """From found to counted, each reason with its number (R8)."""
    yield words.counts_found, figures.number(pack.found, words), True
    for count in pack.left_out:
        yield words.counts_minus.format(label=count.label), _cell(count, pack, words), False
    yield words.counts_counted, figures.number(pack.statements, words), True
    yield words.counts_appearances, figures.number(pack.appearances, words), False
    if pack.unverified:
        yield words.counts_unverified, figures.number(pack.unverified, words), False
    yield words.counts_people, figures.number(pack.people, words), False
    yield words.counts_unknown, figures.number(pack.authors_unknown, words), False


def _theme(theme: ThemeCount, pack: EvidencePack, words: Wording) -> tuple[str, str, str, str]:
    base = figures.of_base(
        theme.statements, pack.statements, words, smallest_cell=pack.smallest_cell, smallest_base=pack.smallest_base
    )
    people = figures.counted(theme.people, words, smallest_cell=pack.smallest_cell)
    return shown(theme.title), base, people, coding_note(theme, words)


def _quote(exhibit: Exhibit, words: Wording) -> dict[str, Any]:
    language = language_tag(exhibit.language)
    opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
    places = dict.fromkeys(place for place in (exhibit.library, exhibit.area) if place)
    said = [exhibit.attribution or "", *places, figures.day(exhibit.said_on, words), exhibit.source]
    return {
        "number": exhibit.number,
        "label": words.exhibit.format(n=exhibit.number),
        "language": language,
        "direction": direction(exhibit.language, exhibit.text),
        "text": f"{opening}{shown(exhibit.text)}{closing}",
        "said": " · ".join(shown(each) for each in said if each),
        "url": safe_link(exhibit.url),
        "digest": exhibit.text_sha256,
    }
