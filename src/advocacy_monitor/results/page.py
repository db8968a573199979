"""One library's page: its numbers, answers, themes and quotes, how they came about, and how to take a statement out.

It loads nothing and runs nothing; the words and looks are those of the campaign's packs and public page. Bars stand in
the rows of their numbers, so that who does not see them reads the table. WCAG 2.2 AA is what it aims at.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from advocacy_monitor.config import Loaded, form_address
from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.answers import columns, heading, question_tables
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.html import TEMPLATES, brand_values
from advocacy_monitor.exporters.html_direction import line, way
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.exporters.html_tables import theme_rows
from advocacy_monitor.exporters.page_template import page_environment
from advocacy_monitor.exporters.page_text import direction, language_tag, safe_link
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import Brand, EvidencePack
from advocacy_monitor.publish_page import MORE_STYLE, labels, left_out_rows, may_be_told, quote
from advocacy_monitor.publish_words import edition, withdraw
from advocacy_monitor.results.library import Libraries, LibraryResult
from advocacy_monitor.translate import Texts, form_texts

if TYPE_CHECKING:
    from jinja2 import Environment

GENERATOR = "advocacy-monitor results"
"""Stands in the head of each page: by it a folder of ours is known again."""


def library_page(found: LibraryResult, loaded: Loaded, titles: Mapping[str, str], *, at: datetime) -> bytes:
    """The page of a library, as UTF-8."""
    pack = found.pack
    words, t = wording(pack.language), form_texts(pack.language)
    values = {
        "title": shown(found.name),
        "headline": _line(story(pack).headline, words) if may_be_told(pack) else "",
        "numbers": list(_numbers(pack, words)),
        "questions": question_tables(pack, words),
        "themes": theme_rows(pack, words),
        "people_known": pack.people >= pack.smallest_cell,
        "themes_note": words.themes_note.format(base=figures.number(pack.statements, words)),
        "quotes": [quote(each, words, titles) for each in found.quotes],
        "left_out": list(left_out_rows(pack, words)),
        "method": [
            (shown(heading), _line(text, words), way(text, right_to_left=t.right_to_left))
            for heading, text in pack.method
        ],
        "file": f"{found.file}.csv",
        "table_name": t.text("Answers by postcode as a table (CSV)"),
        "table_note": _line(_about_the_table(pack, t), words),
    }
    return _rendered("results.html", values | _common(pack, loaded, at, words, t) | _labels(pack, words, t), pack.brand)


def index_page(
    results: Sequence[LibraryResult], told: Libraries, whole: EvidencePack, loaded: Loaded, *, at: datetime
) -> bytes:
    """The list of all libraries that have a page, largest first."""
    words, t = wording(whole.language), form_texts(whole.language)
    smallest = figures.number(whole.smallest_cell, words)
    rows = [
        {
            "name": shown(each.name),
            "file": each.file,
            "statements": figures.number(number, words),
            "whole": 100 * number / max(told.statements),
        }
        for each, number in zip(results, told.statements, strict=True)
    ]
    more = [(t.text("other libraries"), told.others), (t.text("library not known"), told.unnamed)]
    values = {
        "title": shown(whole.campaign),
        "headline": _line(t.text("Results for libraries"), words),
        "rows": rows,
        "more": [(label, figures.number(number, words)) for label, number in more if number],
        "no_library": t.text("No library has enough statements to show results."),
        "note": _line(
            t.text(
                "Libraries with fewer than {n} statements have no page of their own; small numbers stand together, so "
                "that nobody can be recognised.",
                n=smallest,
            ),
            words,
        ),
        "library_title": t.text("Library"),
        "table_title": t.text("Table by postcode"),
        "table_name": "CSV",
    }
    return _rendered(
        "results_index.html", values | _common(whole, loaded, at, words, t) | _labels(whole, words, t), whole.brand
    )


def _common(pack: EvidencePack, loaded: Loaded, at: datetime, words: Wording, t: Texts) -> dict[str, Any]:
    """What every page says of the campaign."""
    form = form_address(loaded)
    return {
        "w": words,
        "generator": GENERATOR,
        "language": words.code,
        "direction": "rtl" if t.right_to_left else "ltr",
        "text_language": language_tag(pack.language),
        "text_direction": direction(pack.language, pack.campaign),
        "sample": pack.sample,
        "campaign": shown(pack.campaign),
        "sponsor": shown(pack.brand.name or pack.sponsor),
        "edition": _line(edition(at, words.t), words),
        "withdraw": _line(shown(withdraw(loaded, words.t)), words),
        "form": safe_link(f"{form}/statement" if form else loaded.config.campaign.form_url),
    } | brand_values(pack)


def _numbers(pack: EvidencePack, words: Wording) -> Iterator[dict[str, str]]:
    """Statements, known people and the period; what is too small is told in words (R9)."""
    smallest = pack.smallest_cell

    def figure(number: int) -> dict[str, str]:
        hidden = 0 < number < smallest
        said = figures.counted(None if hidden else number, words, smallest_cell=smallest)
        return {"figure": "" if hidden else said, "words": said}

    yield figure(pack.statements) | {"label": words.counts_counted, "note": ""}
    unknown = pack.authors_unknown >= smallest
    note = figures.plural(pack.authors_unknown, words.authors_unknown, words) if unknown else ""
    yield figure(pack.people) | {"label": labels(pack, words)["known_people"], "note": f"+ {note}" if note else ""}
    yield {"figure": "", "words": figures.period(pack.period, words), "label": words.period_label, "note": ""}


def _about_the_table(pack: EvidencePack, t: Texts) -> str:
    return t.text(
        "It has a row for each postcode with at least {n} statements; the others stand together. Numbers below {n}, "
        "and others from which they could be worked out, are not shown.",
        n=t.number(pack.smallest_cell),
    )


def _labels(pack: EvidencePack, words: Wording, t: Texts) -> dict[str, str]:
    answer_title, answered_title = columns(words.t)
    return labels(pack, words) | {
        "all_libraries": t.text("All libraries"),
        "answers_heading": heading(words.t),
        "answer_title": answer_title,
        "answered_title": answered_title,
        "quotes_none": t.text("No statement about this library may be quoted here."),
        "table_heading": t.text("By postcode"),
    }


def _line(text: str, words: Wording) -> str:
    return line(shown(text), right_to_left=words.t.right_to_left)


def _rendered(template: str, values: Mapping[str, Any], brand: Brand) -> bytes:
    pages = _pages()
    style = pages.get_template("report.css").render(palette(brand).named()) + MORE_STYLE + _STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = pages.get_template(template).render({**values, "style": style, "style_digest": f"sha256-{digest}"})
    return page.encode("utf-8", "replace")


_STYLE = """
.back { margin-top: 1.5rem; }
.answers h3 { margin-top: 1.75rem; }
.download { font-weight: 600; }
"""


@functools.cache
def _pages() -> Environment:
    return page_environment(TEMPLATES)
