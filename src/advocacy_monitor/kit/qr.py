"""QR codes that any phone reads: black on white, with the quiet zone of the standard (ISO/IEC 18004) around them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from advocacy_monitor.errors import ConfigError

if TYPE_CHECKING:
    import segno

QUIET_ZONE = 4
"""Modules that stay white on each side."""
_ERROR_CORRECTION = "m"
"""A seventh of the code may be dirty or scratched, and more where that does not make it larger."""
_LONGEST = 1000
"""Bytes; a longer address makes a code so dense that phones fail on it in print."""


def qr_svg(text: str) -> str:
    """The code as an SVG document whose size is that of its frame."""
    made = io.BytesIO()
    _code(text).save(made, kind="svg", border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, xmldecl=False)
    return made.getvalue().decode("ascii").strip()


def qr_png(text: str, scale: int) -> bytes:
    """The code as a PNG, each module `scale` pixels wide."""
    made = io.BytesIO()
    _code(text).save(made, kind="png", border=QUIET_ZONE, dark="#000", light="#fff", scale=scale)
    return made.getvalue()


def _code(text: str) -> segno.QRCode:
    import segno

    if len(text.encode()) > _LONGEST:
        raise ConfigError(f"{text[:80]}…: is too long for a code that a phone can read from paper")
    return segno.make(text, error=_ERROR_CORRECTION, micro=False)
