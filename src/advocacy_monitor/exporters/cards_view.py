"""What the cards say: one voice or one number each, every text final; data for `templates/card.typ`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.colours import INK, WHITE, contrast
from advocacy_monitor.exporters.page_text import PageText, language_tag, unmarked
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.slides_quotes import Quoted, quoted
from advocacy_monitor.exporters.story import Finding, Story
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack, Exhibit
from advocacy_monitor.translate import texts

SIZES: Mapping[str, tuple[int, int]] = {"square": (1080, 1080), "story": (1080, 1920), "landscape": (1200, 630)}
"""Names of the sizes, with width and height in pixels."""
_ROOM = 300
"""So many narrow letters a quote may hold and still be read in the smallest size; wide letters count as two."""
_TRANSLATED = 140
_SMALLER = 0.6
"""A translation has at least so much room, and what its quote leaves: its letters take so much of a quote's."""
_BREAK = 20
"""A longer word may be broken, counted in narrow letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card: the stem of its files' names, what the template prints, and what it says in words."""

    name: str
    view: Mapping[str, Any]
    alternative: str
    exhibit: Exhibit | None = None
    finding: Finding | None = None


def quote_card(exhibit: Exhibit, pack: EvidencePack, text: PageText) -> Card:
    """A card with the words of one person: name only where they allowed it, always day and numbers."""
    quote = quoted(exhibit, pack)
    cut = _cut(quote.text, _ROOM - (int(_TRANSLATED * _SMALLER) if quote.translation else 0))
    own = text.directed(cut, room=_BREAK, language=exhibit.language) | {"language": language_tag(exhibit.language)}
    own["text"] += quote.closing
    lines = [_line(part, text, strong=index == 0) for index, part in enumerate(_credit(quote))]
    into = quote.translated_into
    rest = int((_ROOM - _width(cut)) / _SMALLER)
    translation = text.directed(_cut(quote.translation, min(_ROOM, rest)), room=_BREAK, language=into)
    view: dict[str, Any] = {
        "name": f"card-{exhibit.item_id}",
        "ground": pack.brand.accent,
        "ink": readable_on(pack.brand.accent),
        "opening": quote.opening,
        "text": own,
        "translation": translation | {"language": language_tag(into)},
        "figure": "",
        "lines": lines,
        "numbers": text.line(f"{quote.exhibit} · {quote.statement}", limit=60),
    }
    return Card(name=str(view["name"]), view=view, alternative=_quote_words(exhibit, cut, pack), exhibit=exhibit)


def finding_card(found: Finding, place: int, pack: EvidencePack, text: PageText) -> Card:
    """A card with one number, its base and its period."""
    words = wording(pack.language)
    base = f"{found.base} · {found.share}" if found.share else found.base
    period = figures.period(pack.period, words)
    chosen = words.t.text("People chose to take part; this is no random sample.")
    own = text.directed(_cut(found.sentence, _ROOM), room=_BREAK, language=pack.language)
    lines = [_line(base, text, strong=True), _line(period, text), _line(chosen, text)]
    code = re.sub("[^a-z0-9]+", "-", found.code.lower()).strip("-")[:40]
    view: dict[str, Any] = {
        "name": f"finding-{code or place}",
        "ground": pack.brand.second,
        "ink": readable_on(pack.brand.second),
        "opening": "",
        "text": own | {"language": language_tag(pack.language)},
        "translation": {"text": "", "direction": "ltr", "language": "und"},
        "figure": found.figure,
        "lines": lines,
        "numbers": f"{text.line(words.pack)} \u2066{unmarked(text.line(pack.number, limit=60))}\u2069",
    }
    said = [_sample(pack), found.sentence, f"{found.figure} {base}", period, chosen, pack.brand.name or pack.sponsor]
    return Card(name=str(view["name"]), view=view, alternative=_joined(said), finding=found)


def cards_of(pack: EvidencePack, told: Story, *, most: int, text: PageText) -> list[Card]:
    """The first chosen exhibits in the order of the pack, then the first three proven findings. Names are unique."""
    chosen = sorted((each for each in pack.exhibits if each.chosen and each.printed.strip()), key=lambda e: e.number)
    made = [quote_card(each, pack, text) for each in chosen[:most]]
    proven = [each for each in told.findings if each.proven][:3]
    made += [finding_card(each, place, pack, text) for place, each in enumerate(proven, start=1)]
    return list(_named_apart(made))


def readable_on(ground: str) -> str:
    """Ink or white, or black, so that text on a ground has a contrast of at least 4.5:1."""
    best = max((WHITE, INK), key=lambda ink: contrast(ink, ground))
    return best if contrast(best, ground) >= 4.5 else "#000000"


def _credit(quote: Quoted) -> list[str]:
    """Who where it may be said, then place, then day with the original language."""
    first = " · ".join(part for part in (quote.who, quote.place) if part)
    second = " · ".join(part for part in (quote.day, quote.original) if part)
    return [part for part in (first, second) if part]


def _line(line: str, text: PageText, *, strong: bool = False) -> dict[str, Any]:
    shown = text.directed(_cut(line, 90), room=_BREAK, language=text.language)
    return shown | {"language": text.language, "strong": strong}


def _quote_words(exhibit: Exhibit, cut: str, pack: EvidencePack) -> str:
    """The card in words, in the language of the pack and, where it is another, in that of the quote."""
    spoken = dict.fromkeys((texts(pack.language).code, *_spoken(exhibit.language)))
    return "\n".join(_said(exhibit, cut, pack, language) for language in spoken)


def _spoken(language: str) -> tuple[str, ...]:
    tag = language_tag(language)
    return (tag,) if texts(tag).code == tag else ()


def _said(exhibit: Exhibit, cut: str, pack: EvidencePack, language: str) -> str:
    t, quote = texts(language), quoted(exhibit, pack, language=language)
    whole = f"{quote.opening}{cut}{quote.closing}"
    lines = [
        _sample(pack, language),
        whole,
        quote.credit,
        f"{quote.numbers} {quote.link}".strip(),
        quote.translation,
        t.text("Word for word. […] marks an omission; words in square brackets stand for personal data."),
        pack.brand.name or pack.sponsor,
    ]
    if cut != quote.text:
        lines.insert(5, t.text("The whole text: {text}", text=f"{quote.opening}{quote.text}{quote.closing}"))
    return _joined(lines)


def _sample(pack: EvidencePack, language: str = "") -> str:
    return wording(language or pack.language).sample_banner if pack.sample else ""


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines if line.strip())


def _named_apart(cards: Iterable[Card]) -> Iterable[Card]:
    taken: set[str] = set()
    for card in cards:
        name, number = card.name, 2
        while name in taken:
            name, number = f"{card.name}-{number}", number + 1
        taken.add(name)
        yield Card(name=name, view=card.view, alternative=card.alternative, exhibit=card.exhibit, finding=card.finding)


def _cut(text: str, room: int) -> str:
    """A text on one line that is no wider than `room` narrow letters, shortened at a marked omission."""
    text = " ".join(text[:4000].split()) + (" […]" if len(text) > 4000 else "")
    limit = min(len(text), room)
    while limit > 12 and _width(shortened(text, limit)) > room:
        limit -= 1 + (_width(shortened(text, limit)) - room) // 16
    return shortened(text, limit)


def _width(text: str) -> int:
    return sum(_letter(letter) for letter in text)


def _letter(letter: str) -> int:
    if letter == "\ufdfd":  # a whole sentence in one sign
        return 14
    wide = (
        unicodedata.east_asian_width(letter) in "WF" or letter >= "\U00010000" or unicodedata.category(letter) == "Lu"
    )
    return 2 if wide else 1
