"""The public page: one file without scripts, which loads nothing, in the campaign's language and the brand's colours.

It tells what packs tell in the same words: findings with their base, themes with how well the coding is known, where
the statements come from, the method; and quotes word for word. Bars stand in the rows of their numbers, so that who
does not see them reads the table. WCAG 2.2 AA is what it aims at.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from advocacy_monitor.config import Loaded
from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.html import TEMPLATES, brand_values
from advocacy_monitor.exporters.html_direction import line, way
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.exporters.html_tables import places, theme_rows
from advocacy_monitor.exporters.page_template import page_environment
from advocacy_monitor.exporters.page_text import direction, language_tag, safe_link
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE, shortened
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.wording import QUOTE_MARKS, Wording, wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.publish_rows import PublicStatement
from advocacy_monitor.publish_words import edition, left_out, withdraw

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_QUOTES = 40
"""So many quotes stand on the page; the file has all of them."""
_LARGE = 6


def page(
    pack: EvidencePack,
    quotes: Sequence[PublicStatement],
    loaded: Loaded,
    *,
    at: datetime,
    statements: int,
    titles: Mapping[str, str],
) -> bytes:
    """The page as UTF-8. `quotes` are in the order in which they are worth reading, `statements` all in the file."""
    pages = _pages()
    style = pages.get_template("report.css").render(palette(pack.brand).named()) + MORE_STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    values = _view(pack, quotes, loaded, at, statements, titles) | {"style": style, "style_digest": f"sha256-{digest}"}
    return pages.get_template("public.html").render(values).encode("utf-8", "replace")


MORE_STYLE = """
.themes { color: var(--soft); }
.withdraw { border: 2px solid var(--accent); border-radius: .4rem; padding: 1.1rem 1.35rem; }
.withdraw h2 { font-size: 1.15rem; margin: 0; }
"""


@functools.cache
def _pages() -> Environment:
    return page_environment(TEMPLATES)


def _view(
    pack: EvidencePack,
    quotes: Sequence[PublicStatement],
    loaded: Loaded,
    at: datetime,
    statements: int,
    titles: Mapping[str, str],
) -> dict[str, Any]:
    words = wording(pack.language)
    t = words.t
    told = story(pack)
    values = {
        "w": words,
        "language": words.code,
        "direction": "rtl" if t.right_to_left else "ltr",
        "text_language": language_tag(pack.language),
        "text_direction": direction(pack.language, pack.campaign),
        "sample": pack.sample,
        "title": shown(pack.campaign),
        "sponsor": shown(pack.brand.name or pack.sponsor),
        "headline": _line(told.headline, words) if may_be_told(pack) else "",
        "ask": shown(pack.ask or ""),
        "edition": _line(edition(at, t), words),
        "numbers": list(_numbers(pack, statements, words)),
        "findings": [(each, _line(each.sentence, words)) for each in told.findings[:_LARGE]],
        "themes": theme_rows(pack, words),
        "themes_note": words.themes_note.format(base=figures.number(pack.statements, words)),
        "quotes": [quote(each, words, titles) for each in quotes[:MOST_QUOTES]],
        "places": places(pack, words),
        "left_out": list(left_out_rows(pack, words)),
        "method": [
            (shown(heading), _line(text, words), way(text, right_to_left=t.right_to_left))
            for heading, text in pack.method
        ],
        "withdraw": _line(shown(withdraw(loaded, t)), words),
        "form": safe_link(loaded.config.campaign.form_url),
    }
    return values | labels(pack, words) | brand_values(pack)


def may_be_told(pack: EvidencePack) -> bool:
    """Whether no number of the headline is too small to show (R9)."""
    numbers = (pack.statements, pack.people, pack.authors_unknown)
    return pack.statements > 0 and all(number == 0 or number >= pack.smallest_cell for number in numbers)


def _line(text: str, words: Wording) -> str:
    return line(shown(text), right_to_left=words.t.right_to_left)


def _numbers(pack: EvidencePack, statements: int, words: Wording) -> Iterable[dict[str, str]]:
    """The figures at the top, each with its base beside it; those too small are told in words (R9)."""
    t, smallest = words.t, pack.smallest_cell

    def figure(number: int) -> dict[str, str]:
        hidden = number < smallest
        said = figures.counted(None if hidden else number, words, smallest_cell=smallest)
        return {"figure": "" if hidden else said, "words": said}

    yield figure(pack.statements) | {"label": words.counts_counted, "note": ""}
    unknown = pack.authors_unknown >= smallest
    note = figures.plural(pack.authors_unknown, words.authors_unknown, words) if unknown else ""
    yield figure(pack.people) | {"label": t.text("Known people"), "note": f"+ {note}" if note else ""}
    yield figure(statements) | {"label": t.text("Statements that anybody may read"), "note": ""}


def quote(row: PublicStatement, words: Wording, titles: Mapping[str, str]) -> dict[str, Any]:
    """A statement as the page prints it."""
    language = language_tag(row.language)
    opening, closing = QUOTE_MARKS.get(language, QUOTE_MARKS["en"])
    said = [row.attribution or "", *dict.fromkeys(place for place in (row.library, row.area) if place)]
    said.append(figures.month(row.month, words) if row.month else "")
    if language not in (words.code, "und"):
        said.append(words.original.format(language=figures.language(language, words)))
    return {
        "number": row.number,
        "label": words.t.text("statement {n}", n=row.number),
        "language": language,
        "direction": direction(row.language, row.text),
        "text": f"{opening}{shown(shortened(row.text, LONGEST_QUOTE))}{closing}",
        "said": [shown(each) for each in said if each],
        "themes": [shown(titles.get(theme, theme)) for theme in row.themes],
    }


def left_out_rows(pack: EvidencePack, words: Wording) -> Iterable[tuple[str, str]]:
    """Why other statements are not counted, with the number of each reason."""
    for count in left_out(pack):
        yield count.label, figures.counted(count.value, words, smallest_cell=pack.smallest_cell)


def labels(pack: EvidencePack, words: Wording) -> dict[str, str]:
    """The headings of public pages."""
    t = words.t
    return {
        "skip": t.text("Skip to the content"),
        "findings_heading": t.text("What we found"),
        "theme_title": t.text("Theme"),
        "known_people": t.text("Known people"),
        "statements_title": t.text("Statements"),
        "people_title": t.text("Known people") if pack.authors_unknown else t.text("People"),
        "places_heading": t.text("Where the statements come from"),
        "quotes_note": t.text(
            "The quotes are word for word. They were picked to tell the story, not at random, and say nothing about "
            "how common a view is."
        ),
        "left_out_heading": t.text("What is not counted, and why"),
        "withdraw_heading": t.text("If you want a statement of yours taken out"),
        "licence_title": t.text("Licence"),
    }
