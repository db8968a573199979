"""The cards: quotes and findings as pictures for social media, PNG and SVG in three sizes, each with its text.

One folder: pictures, a text file for each card with what it says in words, and a README with numbers, consent, licence
and the method, which no figure goes without.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal
from xml.sax.saxutils import escape

from pydantic import Field

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.cards_folder import README, write_folder
from advocacy_monitor.exporters.cards_view import SIZES, Card, cards_of
from advocacy_monitor.exporters.letterhead import letterhead
from advocacy_monitor.exporters.page_text import PageText, unmarked
from advocacy_monitor.exporters.slides_canvas import plain
from advocacy_monitor.exporters.slides_quotes import quoted
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.typeset import pictures
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

Size = Literal["square", "story", "landscape"]


class CardsExporter(Plugin):
    """Writes a folder of cards. The same pack gives the same bytes in every file."""

    suffix: ClassVar[str] = "-cards"

    quotes: int = Field(default=6, ge=0, le=30, description="The most quotes that get a card")
    sizes: tuple[Size, ...] = Field(
        default=("square", "story", "landscape"), min_length=1, max_length=3, description="Sizes of the pictures"
    )

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the folder `path`. Raises ExportError, and then leaves an older folder as it was."""
        write_folder(path, self._files(pack, path))

    def _files(self, pack: EvidencePack, path: Path) -> dict[str, bytes]:
        words, text = wording(pack.language), PageText(pack.language)
        cards = cards_of(pack, story(pack), most=self.quotes, text=text)
        head = letterhead(pack, document=words.t.text("Quote cards"), text=text)
        sizes = tuple(dict.fromkeys(self.sizes))
        view = {"cards": [card.view for card in cards], "sizes": [SIZES[size] for size in sizes]} | head
        files: dict[str, bytes] = {}
        if cards:
            names = [(card, f"{card.name}-{size}") for card in cards for size in sizes]
            png = pictures("card.typ", view, path=path, form="png", ppi=72.0)
            svg = pictures("card.typ", view, path=path, form="svg")
            if not len(png) == len(svg) == len(names):
                raise ExportError(f"{path} was not written: {len(names)} cards came out on {len(png)} pages")
            for (card, name), raster, drawing in zip(names, png, svg, strict=True):
                files[f"{name}.png"], files[f"{name}.svg"] = raster, _described(drawing, card, pack.language)
        for card in cards:
            files[f"{card.name}.txt"] = _text(card.alternative)
        files[README] = _text(_readme(cards, sizes, pack, text))
        return files


def _described(drawing: bytes, card: Card, language: str) -> bytes:
    """The picture with its words: its letters are outlines, which nobody can have read aloud."""
    start = drawing.find(b">", drawing.find(b"<svg"))
    words = escape(plain(card.alternative))
    said = f' role="img"><title>{escape(card.name)}</title><desc>{words}</desc>'
    return drawing[:start] + said.encode() + drawing[start + 1 :]


def _readme(cards: Sequence[Card], sizes: Sequence[str], pack: EvidencePack, text: PageText) -> str:
    """What lies in the folder: each card with its numbers and consent, the licence, the method."""
    words, t = wording(pack.language), wording(pack.language).t
    lines = [words.sample_banner if pack.sample else "", pack.title, pack.brand.name or pack.sponsor]
    lines += [pack.brand.contact or pack.contact, pack.brand.website, f"{words.pack} {pack.number} · {pack.digest}"]
    lines += [pack.brand.licence, pack.brand.imprint]
    lines.append(t.text("Each picture goes with the text file of the same number: use it as the alternative text."))
    body = [plain(line) for line in lines if line] + [""]
    for card in cards:
        files = ", ".join(f"{card.name}-{size}.png, {card.name}-{size}.svg" for size in sizes)
        if card.exhibit:
            quote = quoted(card.exhibit, pack)
            consents = ", ".join(card.exhibit.consents)
            body += [f"{quote.exhibit} · {quote.statement}", t.text("Consent: {consents}", consents=consents)]
        elif card.finding:
            body.append(plain(card.finding.sentence))
        body += [f"{card.name}.txt, {files}", ""]
    body += [words.method_heading, *(f"{plain(head)}: {plain(said)}" for head, said in pack.method), ""]
    changed = [figures for figures in _changed(text, pack) if figures]
    return "\n".join([*body, *changed])


def _changed(text: PageText, pack: EvidencePack) -> list[str]:
    """What typesetting had to change in the texts."""
    words, cleaning = wording(pack.language), text.cleaning
    missing, removed = cleaning.missing.total(), cleaning.removed.total()
    said = []
    if missing:
        said.append(words.unshown.form(missing).format(n=words.t.number(missing)) + ".")
    if removed:
        said.append(words.removed.form(removed).format(n=words.t.number(removed)) + ".")
    return said


def _text(text: str) -> bytes:
    """A text file in UTF-8: line ends only where they are ours."""
    return ("\n".join(plain(line) for line in unmarked(text).split("\n")).rstrip("\n") + "\n").encode()
