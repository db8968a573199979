"""Prints of the campaign kit: posters, banners, bunting and shelf cards, as tagged PDFs in the size of the print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from advocacy_monitor.exporters.page_text import PageText
from advocacy_monitor.exporters.typeset import typeset
from advocacy_monitor.kit.picture import Piece, Sign, in_words, view_of
from advocacy_monitor.questionnaire import OTHER, Kind

Paper = Literal["a4", "letter"]
Size = tuple[float, float]

POSTERS: Mapping[Paper, Mapping[str, Size]] = {
    "a4": {"poster-a4": (210, 297), "poster-a3": (297, 420)},
    "letter": {"poster-letter": (215.9, 279.4), "poster-tabloid": (279.4, 431.8)},
}
"""Posters by the paper of the country: width and height in millimetres."""
SHEETS: Mapping[Paper, Size] = {"a4": (210, 297), "letter": (215.9, 279.4)}
BANNERS: Mapping[str, tuple[str, Size]] = {
    "banner-wide": ("kit_banner.typ", (2000, 600)),
    "banner-tall": ("kit_poster.typ", (850, 2000)),
}
"""Banners: template, width and height in millimetres. 850 x 2000 is the size of most roll-up stands."""
_MOST_CARDS = 24


def posters(sign: Sign, *, paper: Paper, path: Path) -> Iterator[Piece]:
    """The poster in two sizes. Raises ExportError."""
    t = sign.t
    use = t.text("Poster for doors, walls and notice boards. Print it in colour and do not scale it.")
    for name, size in POSTERS[paper].items():
        yield _print(sign, name, "kit_poster.typ", size, path=path, use=use)


def banners(sign: Sign, *, path: Path) -> Iterator[Piece]:
    """A wide and a tall banner. Raises ExportError."""
    t = sign.t
    uses = {
        "banner-wide": t.text("Banner for a fence, a hall or a counter. A print shop prints it on cloth or foil."),
        "banner-tall": t.text("Banner for a roll-up stand. A print shop prints it on cloth or foil."),
    }
    for name, (template, size) in BANNERS.items():
        yield _print(sign, name, template, size, path=path, use=uses[name])


def bunting(sign: Sign, *, paper: Paper, path: Path) -> Iterator[Piece]:
    """Flags for a string, one a page. Raises ExportError."""
    use = sign.t.text("Bunting: four flags, one on each page. Cut them out and glue them over a string.")
    yield _print(sign, "bunting", "kit_bunting.typ", SHEETS[paper], path=path, use=use)


def shelf_cards(sign: Sign, *, paper: Paper, path: Path) -> Iterator[Piece]:
    """Cards about what may matter to people, four to a sheet. Raises ExportError."""
    use = sign.t.text(
        "Cards for shelves, printers and desks, four on each page. Cut them apart and put each where it fits."
    )
    cards = {"cards": _cards(sign)}
    yield _print(sign, "shelf-cards", "kit_shelf.typ", SHEETS[paper], path=path, use=use, more=cards)


def _cards(sign: Sign) -> list[dict[str, str]]:
    """The general card, then one for each answer to the first question with several; whole sheets of four."""
    text = PageText(sign.language)
    question = next((each for each in sign.asked.questions if each.kind is Kind.CHOICES), None)
    cards = [{"question": "", "text": text.line(sign.asked.titled(sign.language), limit=160)}]
    for option in question.options if question else ():
        if question and option.code != OTHER:
            asked = text.line(question.said(sign.language), limit=160)
            cards.append({"question": asked, "text": text.line(option.said(sign.language), limit=120)})
    cards = cards[:_MOST_CARDS]
    return cards + [cards[0]] * (-len(cards) % 4)


def _print(
    sign: Sign, name: str, template: str, size: Size, *, path: Path, use: str, more: Mapping[str, Any] | None = None
) -> Piece:
    document = sign.t.text("Campaign kit")
    view = view_of(sign, document=document, sizes=[size], **(more or {}))
    file = f"{name}.pdf"
    data = typeset(template, view, as_of=sign.as_of, path=path / file)
    return Piece(name=file, data=data, use=use, size=_millimetres(size), alternative=in_words(sign))


def _millimetres(size: Size) -> str:
    return " × ".join(f"{side:g}" for side in size) + " mm"
