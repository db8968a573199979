"""Turns a pack into what the full report prints: every text final, cleaned and in the pack's language.

`templates/report.typ` decides how it looks and knows nothing of packs; what is said comes from `story.py`, so that the
report says nothing that the brief, the slides or the letter do not. Parts that a pack has nothing for are None.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from advocacy_monitor.exporters import answers, figures
from advocacy_monitor.exporters.letterhead import letterhead
from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.report_about import about, codebook, method, questions
from advocacy_monitor.exporters.report_counts import counts, months, places
from advocacy_monitor.exporters.report_index import index
from advocacy_monitor.exporters.report_themes import found, theme_pages
from advocacy_monitor.exporters.report_voices import Voices
from advocacy_monitor.exporters.story import Story, story
from advocacy_monitor.exporters.wording import Wording, wording
from advocacy_monitor.models import EvidencePack


def report(pack: EvidencePack) -> dict[str, Any]:
    """Compile everything that the report prints, as JSON."""
    words, told, text = wording(pack.language), story(pack), PageText(pack.language)
    voices = Voices(pack, words, text)
    view = letterhead(pack, document=words.t.text("Evidence report"), text=text)
    view |= {
        "cover": _cover(pack, told, words, text),
        "epigraph": voices.epigraph(told),
        "contents": words.t.text("Contents"),
        "found": found(pack, told, words, text),
        "ask": _ask(pack, words, text),
        "themes": theme_pages(pack, told, words, text, voices),
        "others": voices.others(told),
        "critics": voices.critics(told),
        "answers": answers.printed(pack, words, text),
        "places": places(pack, words, text),
        "months": months(pack, words, text),
        "counts": counts(pack, words, text),
        "method": method(pack, words, text),
        "questions": questions(pack, words, text),
        "codebook": codebook(pack, words, text),
        "index": index(pack, words, text),
    }
    # What the fonts could not show is known only when all other texts are cleaned.
    return view | {"about": about(pack, words, text)}


def _cover(pack: EvidencePack, told: Story, words: Wording, text: PageText) -> dict[str, Any]:
    """Title and campaign stand in the letterhead; here for whom it is, of which period, and what it says in a line."""
    sent_to = pack.addressee
    beside = [sent_to.committee, sent_to.area] if sent_to else []
    note = words.t.text("This report shows what an evidence pack looks like. Nobody said what is printed here.")
    return {
        "recipient": text.line(words.for_recipient.format(recipient=pack.recipient), limit=160)
        if pack.recipient
        else "",
        "beside": text.line(" · ".join(part for part in beside if part), limit=160),
        "headline": text.line(told.headline),
        "period_label": words.period_label,
        "period": text.line(figures.period(pack.period, words)),
        "as_of_label": words.t.text("Newest fact used"),
        "as_of": text.line(figures.day(pack.as_of.astimezone(UTC).date(), words)),
        "contact_label": words.contact,
        "sample_note": note if pack.sample else "",
    }


def _ask(pack: EvidencePack, words: Wording, text: PageText) -> dict[str, Any] | None:
    return {"heading": words.ask_heading} | text.directed(pack.ask, limit=600) if pack.ask else None
