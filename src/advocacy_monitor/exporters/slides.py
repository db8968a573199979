"""The slides: a presentation with speaker notes and charts that staff can edit, in 16:9 (PPTX).

Cover, what was found, one slide for each leading theme, places, critics, method, the ask. Every slide has a real title,
a text alternative on its chart, and notes with the base, the limits and each quote in full.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.chart_pictures import png
from advocacy_monitor.exporters.office import describe, fixed
from advocacy_monitor.exporters.page_text import language_tag
from advocacy_monitor.exporters.slides_canvas import plain
from advocacy_monitor.exporters.slides_frame import empty_presentation
from advocacy_monitor.exporters.slides_pages import Deck
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

_LOGO_PIXELS = 900


class SlidesExporter(Plugin):
    """Writes the presentation. The same pack gives the same bytes: its only clock is the pack's `as_of`."""

    suffix: ClassVar[str] = ".pptx"

    themes: int = Field(default=5, ge=1, le=8, description="The most themes that get a slide of their own")
    quotes: int = Field(default=2, ge=0, le=2, description="The most quotes on the slide of a theme")

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the slides to `path`. Raises ExportError, and then leaves no file behind."""
        if pack.as_of.tzinfo is None:
            raise ExportError(f"{path} was not written: the pack's time {pack.as_of} names no time zone")
        document = self._compiled(pack, path)
        with whole_file(path) as handle:
            handle.write(document)

    def _compiled(self, pack: EvidencePack, path: Path) -> bytes:
        words, told = wording(pack.language), story(pack)
        made = empty_presentation(pack.brand, right_to_left=words.t.right_to_left)
        deck, logo = Deck(made, pack, told, words), _logo(pack, path)
        deck.cover(logo)
        deck.found()
        for page in told.pages[: self.themes]:
            deck.theme(page, self.quotes)
        if told.lead and not (self.quotes and any(page.quotes for page in told.pages[: self.themes])):
            deck.in_their_own_words()
        if pack.areas or pack.libraries:
            deck.places()
        deck.critics()
        deck.method()
        deck.ask(logo)
        title = plain(pack.title) or words.document
        describe(
            made.core_properties,
            title=f"{words.sample_title}: {title}" if pack.sample else title,
            author=plain(pack.brand.name or pack.sponsor),
            language=language_tag(pack.language),
            keywords=plain(pack.number),
            as_of=pack.as_of,
        )
        buffer = io.BytesIO()
        made.save(buffer)
        return fixed(buffer.getvalue(), pack.as_of)


def _logo(pack: EvidencePack, path: Path) -> tuple[bytes, str] | None:
    """The logo as a picture that presentations can hold, with what it shows in words."""
    logo = pack.brand.logo
    if logo is None:
        return None
    data = logo.data
    try:
        if logo.media_type == "image/svg+xml":
            data = png(data.decode("utf-8", "replace"), width=_LOGO_PIXELS, clear=True)
        _check(data)
    except (OSError, ValueError, ExportError) as error:
        raise ExportError(f"{path} was not written: the logo cannot be read: {error}") from error
    return data, logo.alternative


def _check(data: bytes) -> None:
    """Raises OSError for what is no picture, ValueError for one too large to be a logo."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > 50_000_000 or not picture.width * picture.height:
            raise ValueError(f"it has {picture.width} x {picture.height} pixels")
