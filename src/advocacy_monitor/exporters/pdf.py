"""The evidence brief as a PDF: one or two A4 pages for a decision maker's office, tagged and fit for an archive.

Typst sets it from `templates/brief.typ`, as PDF/UA-1 and PDF/A-3a at once, with the fonts of this package only.
"""

from __future__ import annotations

import functools
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.atomic import whole_file
from advocacy_monitor.exporters.brief import brief
from advocacy_monitor.exporters.glyphs import FONTS
from advocacy_monitor.models import EvidencePack
from advocacy_monitor.protocols import Plugin

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("templates") / "brief.typ"


class PdfExporter(Plugin):
    """Writes the brief. The same pack gives the same bytes: its only clock is the pack's `as_of`."""

    suffix: ClassVar[str] = ".pdf"

    quotes: int = Field(default=5, ge=3, le=5, description="The most quotes to print, as far as page one has room")

    def export(self, pack: EvidencePack, path: Path) -> None:
        """Write the brief to `path`. Raises ExportError, and then leaves no file behind."""
        document = compiled(brief(pack, quotes=self.quotes), as_of=pack.as_of, path=path)
        with whole_file(path) as handle:
            handle.write(document)


def compiled(view: dict[str, Any], *, as_of: datetime, path: Path) -> bytes:
    """Set the brief. Everything from outside goes in as data: nothing in it can act as markup."""
    import typst

    if as_of.tzinfo is None:
        raise ExportError(f"{path} was not written: the pack's time {as_of} names no time zone")
    try:
        document = _compiler().compile(
            format="pdf",
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(as_of.timestamp()),
            sys_inputs={"brief": json.dumps(view)},
        )
    except typst.TypstError as error:
        raise ExportError(f"{path} was not written: {error.message}") from error
    if not isinstance(document, bytes):
        raise ExportError(f"{path} was not written: typst returned no document")
    return document


@functools.cache
def _compiler() -> typst.Compiler:
    """The compiler with template and fonts loaded, made once: loading is most of the work of a first brief."""
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
