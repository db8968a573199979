"""The report's last part: method, questions, codebook, and who made it with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from advocacy_monitor.exporters import pack_notes, report_charts
from advocacy_monitor.exporters.page_quotes import how_set
from advocacy_monitor.exporters.page_text import PageText, safe_link
from advocacy_monitor.exporters.report_themes import theme_facts
from advocacy_monitor.exporters.wording import Wording
from advocacy_monitor.models import EvidencePack, ThemeCount


def method(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any]:
    """The method box, whole (R10): however many questions were asked, none is cut."""
    return {
        "heading": words.method_heading,
        "items": [
            {"label": text.line(head, limit=200, room=20)} | text.directed(body, limit=len(body))
            for head, body in pack.method
        ],
    }


def questions(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """The wording of what was asked; None where nothing was."""
    asked = [text.directed(each, limit=len(each)) for each in pack.questions if each.strip()]
    return {"heading": words.t.text("Questions that were asked"), "items": asked} if asked else None


def codebook(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    """Every theme: its code, count, definition, targets, and how good its coding is known to be (R12)."""
    if not pack.themes:
        return None
    return {
        "heading": words.t.text("Codebook"),
        "name": text.line(pack.codebook, limit=200),
        "themes": [_theme(theme, pack, words, text) for theme in report_charts.by_size(pack.themes)],
    }


def _theme(theme: ThemeCount, pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any]:
    return {
        "title": text.line(theme.title, limit=160, room=20),
        "code": text.line(theme.code, limit=80, room=20),
        "count": text.line(report_charts.label(theme, pack, words)),
        "facts": list(theme_facts(theme, words, text)),
    }


def about(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any]:
    """Who made it, whom to ask, how to tell the pack from another, and how the page was set."""
    rows = [{"label": label, "url": url} | text.directed(value, limit=1200) for label, value, url in _rows(pack, words)]
    made = how_set(text.cleaning, words)
    return {
        "heading": words.t.text("About this report"),
        "rows": [*rows, {"label": words.method_quotes, "url": ""} | text.directed(made, language=words.code)],
    }


def _rows(pack: EvidencePack, words: Wording) -> Iterator[tuple[str, str, str]]:
    """Label, text, link; nothing for what the pack does not have."""
    t, brand = words.t, pack.brand
    rows = (
        (t.text("Sponsor"), brand.name or pack.sponsor, ""),
        (words.contact, brand.contact or pack.contact, ""),
        (t.text("Website"), brand.website, safe_link(brand.website)),
        (t.text("Imprint"), brand.imprint, ""),
        (t.text("Licence"), brand.licence, ""),
        (t.text("Pack number"), pack.number, ""),
        (t.text("Digest"), pack.digest, ""),
        (t.text("Newest fact used, UTC"), t.day(pack.as_of.astimezone(UTC).date()), ""),
        (t.text("Choice of quotes"), pack_notes.choice(pack, words), ""),
        (t.text("Codebook"), pack.codebook, ""),
        (t.text("Made with"), pack_notes.made_with(pack), ""),
    )
    return (row for row in rows if row[1].strip())
