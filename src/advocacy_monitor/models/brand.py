"""How an association's packs look: name, logo, two colours, contact, imprint and licence, read from one small file."""

from __future__ import annotations

from dataclasses import dataclass

ACCENT = "#0b5c7a"
SECOND = "#b3471d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture of the association: its bytes, their media type (PNG, JPEG or SVG), and what it shows in words."""

    data: bytes
    media_type: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What stands in every pack for the association behind it; without a file, quiet defaults.

    `accent` is the colour of headings, bars and bands, dark enough for white text (4.5:1); `second` sets something
    apart from it, and is as dark. Both are '#rrggbb' in small letters. `name` and `contact` are '' where the campaign's
    own sponsor and contact are meant; `imprint` and `licence` are '' where there is none.
    """

    name: str = ""
    accent: str = ACCENT
    second: str = SECOND
    contact: str = ""
    website: str = ""
    imprint: str = ""
    licence: str = ""
    logo: Logo | None = None
