"""Works out every colour of a pack from the two of its brand, so that they can be told apart whatever those are.

A tint differs from its colour in lightness, so it does in every kind of colour blindness and in grey print.
Contrast is that of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass

from advocacy_monitor.models import Brand

INK = "#1d2529"
SOFT = "#4d5b61"
PLAIN = "#8b989e"
"""Text, small text, and bars that belong to neither colour."""
WHITE = "#ffffff"

_TINT = 1.85
_HAIR = 1.6
_PALE = 1.1
"""The contrast that each lighter colour has with white paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of one pack, as '#rrggbb'.

    `tint` fills what is less certain than `accent`; `pale` is a ground for text, `hair` for thin lines.
    """

    accent: str
    second: str
    tint: str
    second_tint: str
    pale: str
    hair: str
    ink: str = INK
    soft: str = SOFT
    plain: str = PLAIN

    def named(self) -> dict[str, str]:
        """The colours by their names, for a template."""
        return asdict(self)


def palette(brand: Brand) -> Palette:
    """The colours of a brand's packs."""
    return _palette(brand.accent, brand.second)


@functools.lru_cache(maxsize=64)
def _palette(accent: str, second: str) -> Palette:
    return Palette(
        accent=accent,
        second=second,
        tint=lighter(accent, contrast_with_white=_TINT),
        second_tint=lighter(second, contrast_with_white=_TINT),
        pale=lighter(accent, contrast_with_white=_PALE),
        hair=lighter(accent, contrast_with_white=_HAIR),
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 (none) to 21 (black and white)."""
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def lighter(colour: str, *, contrast_with_white: float) -> str:
    """The colour mixed with as much white as brings it to a contrast with white; itself where it is lighter."""
    steps = range(256)
    mixes = (_mixed(colour, step / 255) for step in steps)
    return next((mix for mix in mixes if contrast(mix, WHITE) <= contrast_with_white), WHITE)


def _mixed(colour: str, white: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
