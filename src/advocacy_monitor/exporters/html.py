"""The report as one self-contained HTML page: findings, quotes, critics, counts, method, and an index of every quote.

Nothing is loaded from anywhere and nothing runs: styles and charts are inside, and the page's own policy allows its
one style sheet, by its digest, and pictures inside it. Texts are escaped by Jinja2's autoescape; each quote stands in
an element of its own language and direction, so that none can disturb its neighbours. WCAG 2.2 AA is what it aims at.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from advocacy_monitor.exporters import figures, pack_notes
from advocacy_monitor.exporters.answers import columns, heading, question_tables
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.exporters.html_direction import line, way
from advocacy_monitor.exporters.html_quotes import Quotes, shown
from advocacy_monitor.exporters.html_tables import about, codebook, counts, places, theme_rows
from advocacy_monitor.exporters.page_template import page_environment
from advocacy_monitor.exporters.page_text import direction, language_tag, safe_link
from advocacy_monitor.exporters.story import Story, story
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import Brand, EvidencePack, Logo
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
_LARGE = 6
"""So many findings stand in large figures; the table has all of them."""


class HtmlExporter(Plugin):
    """Writes the report page. The same pack gives the same bytes."""

    suffix: ClassVar[str] = ".html"

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the page to `path`. Raises ExportError, and then leaves no file behind."""
        pages = _pages()
        values = view(pack) | _styled(pages, pack.brand)
        page = pages.get_template("report.html").render(values).encode("utf-8", "replace")
        with whole_file(path) as handle:
            handle.write(page)


@functools.cache
def _pages() -> Environment:
    return page_environment(TEMPLATES)


def _styled(pages: Environment, brand: Brand) -> dict[str, str]:
    """The style sheet in the brand's colours, with the digest by which the page allows it and no other."""
    plain = re.fullmatch("#[0-9a-f]{6}", brand.accent) and re.fullmatch("#[0-9a-f]{6}", brand.second)
    style = pages.get_template("report.css").render(palette(brand if plain else Brand()).named())
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {"style": style, "style_digest": f"sha256-{digest}"}


def view(pack: EvidencePack) -> dict[str, Any]:
    """Everything that the template prints, final and in the pack's language."""
    words, told = wording(pack.language), story(pack)
    title = shown(pack.title) or words.document
    values = {
        "w": words,
        "language": words.code,
        "direction": "rtl" if words.t.right_to_left else "ltr",
        "text_language": language_tag(pack.language),
        "text_direction": direction(pack.language, pack.title),
        "sample": pack.sample,
        "title": title,
        "campaign": shown(pack.campaign),
        "sponsor": shown(pack.brand.name or pack.sponsor),
        "recipient": words.for_recipient.format(recipient=shown(pack.recipient)) if pack.recipient else "",
        "ask": shown(pack.ask or ""),
        "headline": _line(told.headline, words),
        "numbers": list(_numbers(pack, words)),
        "widening": _line(pack_notes.about(pack, words), words),
        "themes": theme_rows(pack, words),
        # Where some authors are not known, how many people stand behind a theme is not known either.
        "people_title": words.t.text("Known people") if pack.authors_unknown else words.t.text("People"),
        "themes_note": words.themes_note.format(base=figures.number(pack.statements, words)),
        "answers_heading": heading(words.t),
        "answers": question_tables(pack, words),
        "answer_columns": columns(words.t),
        "counts": counts(pack, words),
        "places": places(pack, words),
        "method": [
            (shown(heading), _line(text, words), way(text, right_to_left=words.t.right_to_left))
            for heading, text in pack.method
        ],
        "about": about(pack, words),
        "codebook": codebook(pack, words),
    }
    values |= _told(pack, told, words) | _labels(words) | brand_values(pack) | _edition(pack)
    return values | {"sections": list(_sections(values))}


def _line(text: str, words: Wording) -> str:
    return line(shown(text), right_to_left=words.t.right_to_left)


def _told(pack: EvidencePack, told: Story, words: Wording) -> dict[str, Any]:
    """The story: large findings, the quotes where they are told, then the others, then the index of all."""
    quotes = Quotes(pack, words)
    return {
        "findings": [(each, _line(each.sentence, words)) for each in told.findings[:_LARGE]],
        "lead": quotes.all_of(told.lead),
        "pages": [
            {
                "heading": _line(page.finding.sentence, words),
                "before": quotes.before(page.quotes),
                "quotes": quotes.new(page.quotes),
            }
            for page in told.pages
            if page.quotes
        ],
        "critics": quotes.all_of(told.critics),
        "critics_note": told.critics_note,
        "others": quotes.others(),
        "index": quotes.index(),
    }


def _numbers(pack: EvidencePack, words: Wording) -> Iterable[dict[str, str]]:
    """The figures at the top: each with its base beside it (R9), statements and people apart (R8)."""
    found = words.statements_of.format(n=figures.number(pack.found, words))
    yield {
        "figure": figures.number(pack.statements, words),
        "label": words.statements.form(pack.statements),
        "note": found,
    }
    unknown = figures.plural(pack.authors_unknown, words.authors_unknown, words)
    yield {
        "figure": figures.number(pack.people, words),
        "label": words.people.form(pack.people),
        "note": f"+ {unknown}" if pack.authors_unknown else words.authors_known,
    }
    yield {"figure": "", "words": figures.period(pack.period, words), "label": words.period_label, "note": ""}


def _labels(words: Wording) -> dict[str, str]:
    t = words.t
    return {
        "skip": t.text("Skip to the content"),
        "contents": t.text("Contents"),
        "findings_heading": t.text("What we found"),
        "themes_title": t.text("Theme"),
        "statements_title": t.text("Statements"),
        "critics_heading": t.text("What critics said"),
        "places_heading": t.text("Where the statements come from"),
        "others_heading": t.text("Other statements that may be quoted"),
        "index_heading": t.text("Index of quotes"),
        "index_note": t.text(
            "Every quote with its number in this pack, the statement's own number, which is the same in every pack of "
            "the campaign, and the SHA-256 digest of its text."
        ),
        "quotes_note": t.text(
            "The quotes are word for word. They were picked to tell the story, not at random, and say nothing about "
            "how common a view is."
        ),
        "codebook_heading": t.text("Codebook"),
        "about_heading": t.text("How this pack was made"),
    }


def brand_values(pack: EvidencePack) -> dict[str, str]:
    """Whom to ask, and how the pages look: what every page of a campaign says of its maker."""
    brand = pack.brand
    return {
        "contact": shown(brand.contact or pack.contact),
        "website": safe_link(brand.website),
        "imprint": shown(brand.imprint),
        "licence": shown(brand.licence),
        "logo": _data(brand.logo) if brand.logo else "",
        "logo_alternative": shown(brand.logo.alternative) if brand.logo else "",
    }


def _edition(pack: EvidencePack) -> dict[str, str]:
    return {
        "number": shown(pack.number),
        "digest": shown(pack.digest),
        "as_of": wording(pack.language).t.day(pack.as_of.astimezone(UTC).date()),
    }


def _data(logo: Logo) -> str:
    """A picture inside the page: as a picture even an SVG file can run nothing."""
    kind = logo.media_type if logo.media_type in ("image/png", "image/jpeg", "image/svg+xml") else "image/png"
    return f"data:{kind};base64,{base64.b64encode(logo.data).decode('ascii')}"


def _sections(values: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """The parts that this page has, for the list of contents: anchor and heading."""
    words: Wording = values["w"]
    parts = (
        ("findings", values["findings_heading"], values["findings"]),
        ("voices", words.quotes_heading, True),
        ("themes", words.themes_heading, values["themes"]),
        ("critics", values["critics_heading"], True),
        ("others", values["others_heading"], values["others"]),
        ("answers", values["answers_heading"], values["answers"]),
        ("counts", words.counts_heading, True),
        ("places", values["places_heading"], values["places"]),
        ("method", words.method_heading, True),
        ("codebook", values["codebook_heading"], values["codebook"]),
        ("index", values["index_heading"], values["index"]),
        ("about", values["about_heading"], True),
    )
    return ((anchor, heading) for anchor, heading, there in parts if there)
