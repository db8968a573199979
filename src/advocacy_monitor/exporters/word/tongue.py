"""What Word needs to know of a text: its language as a tag, its direction, and what runs the other way inside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advocacy_monitor.exporters import html_direction
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.html_quotes import shown
from advocacy_monitor.exporters.page_text import direction, language_tag

_TAGS = {
    "ar": "ar-SA", "de": "de-DE", "en": "en-GB", "es": "es-ES", "fa": "fa-IR", "fr": "fr-FR", "he": "he-IL",
    "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "nl": "nl-NL", "pl": "pl-PL", "pt": "pt-PT", "ru": "ru-RU",
    "tr": "tr-TR", "uk": "uk-UA", "ur": "ur-PK", "zh": "zh-CN",
}  # fmt: skip
"""Word's dictionaries go by language and country."""
_UNKNOWN = "x-none"
"""Word's own tag for text in no language that it should check."""
_ISOLATED = re.compile("\u2066([^\u2069]*)\u2069")
_LEFT, _RIGHT = "\u200e", "\u200f"
"""Marks that keep a date or a name in order, and apart from the next one, in programs that go by letters alone."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that runs in one direction."""

    text: str
    right_to_left: bool


def word_tag(language: str) -> str:
    """The tag that Word knows a language by: 'de-DE' for 'de' or 'de-AT'."""
    primary = language_tag(language)
    return _UNKNOWN if primary == "und" else _TAGS.get(primary, primary)


def harmless(text: str) -> str:
    """A text without control characters, without marks that turn a line around, and without what XML cannot hold."""
    return storable(shown(text))


def said(text: str) -> str:
    """A text without the marks that `pieces` adds."""
    return text.strip(_LEFT + _RIGHT)


def runs_right_to_left(language: str, text: str) -> bool:
    """Whether a text is read from right to left, by its language or by its letters."""
    return direction(language, text) == "rtl"


def pieces(text: str, *, right_to_left: bool, marked: bool) -> list[Piece]:
    """A text cut where Latin words, numbers and days stand inside a line that is read from right to left.

    `marked` adds invisible marks (U+200E inside, U+200F outside) at the ends of each, for the document's own texts; a
    quote stays as it is.
    """
    text = harmless(text)
    if not right_to_left:
        return [Piece(text, False)] if text else []
    inner, outer = (_LEFT, _RIGHT) if marked else ("", "")
    found, position, before = [], 0, ""
    if (
        html_direction.way(text, right_to_left=True) == "ltr"
    ):  # no letter from the right: one run, its full stop with it
        core = text.strip()
        before, _, after = text.partition(core) if core else (text, "", "")
        parts = [Piece(before + outer, True), Piece(inner + core + inner, False), Piece(outer + after, True)]
        return [each for each in parts if each.text]
    cut = html_direction.line(text, right_to_left=True)
    for run in _ISOLATED.finditer(cut):
        found.append(Piece(before + cut[position : run.start()] + outer, True))
        found.append(Piece(inner + run[1] + inner, False))
        position, before = run.end(), outer
    found.append(Piece(before + cut[position:], True))
    return [each for each in found if each.text]
