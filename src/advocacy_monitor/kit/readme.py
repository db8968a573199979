"""What a kit says about itself: each file with what it is for, its size, and what it shows in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advocacy_monitor.exporters.slides_canvas import plain
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.kit.picture import Piece, Sign
from advocacy_monitor.kit.social import KNOWN_ON
from advocacy_monitor.translate import form_texts, texts


def readme(sign: Sign, pieces: Sequence[Piece]) -> bytes:
    """The README of one language's folder."""
    t = sign.t
    lines = [*_head(sign), f"{t.language(sign.language)} · {sign.library}".rstrip(" ·"), ""]
    for piece in pieces:
        lines += [f"{piece.name}{f' ({piece.size})' if piece.size else ''}", f"  {piece.use}", ""]
    shown: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.alternative:
            shown.setdefault(piece.alternative, []).append(piece.name)
    if shown:
        lines += [t.text("In words, for people who cannot see the pictures (alternative text)"), ""]
    for alternative, names in shown.items():
        lines += [f"{', '.join(names)}:", f"  {alternative}", ""]
    if any(piece.name.startswith("social-") for piece in pieces):
        lines.append(
            t.text("The sizes of the pictures are those that the platforms used on {day}.", day=t.day(KNOWN_ON))
        )
    lines.append(t.text("Try the code with a phone before you print many copies."))
    return _text(lines)


def overview(sign: Sign, places: Sequence[Path]) -> bytes:
    """The README of the whole kit, in the language of the campaign's packs."""
    t = form_texts(sign.loaded.config.campaign.pack_language)
    lines = [*_head(sign, t.code), t.text("Each folder holds the kit in one language; its README says what is in it.")]
    lines += ["", *(f"{place.as_posix()}/: {t.language(place.name)}" for place in places)]
    return _text(lines)


def _head(sign: Sign, language: str = "") -> list[str]:
    campaign, code = sign.loaded.config.campaign, language or sign.language
    banner = wording(texts(code).code).sample_banner if campaign.sample_data else ""
    t = form_texts(code)
    lines = [banner, t.text("Campaign kit"), campaign.name, sign.sponsor, sign.address]
    return [line for line in lines if line] + [""]


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(f"{'  ' * line.startswith('  ')}{plain(line)}" for line in lines).rstrip("\n") + "\n").encode()
