"""Puts charts and the logo into a Word document: an SVG that prints sharp, with a PNG for programs that know none."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Length, Mm

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters import chart_pictures
from advocacy_monitor.exporters.word.tongue import harmless
from advocacy_monitor.models import Logo

if TYPE_CHECKING:
    from docx.shape import InlineShape
    from docx.text.paragraph import Paragraph

_PIXELS = 1600
_LOGO = (Mm(60), Mm(18))
"""The most room that a logo takes."""
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def place_chart(paragraph: Paragraph, svg: str, alternative: str, *, width: Length) -> None:
    """A chart in a paragraph of its own. Raises ExportError where it cannot be drawn."""
    shape = paragraph.add_run().add_picture(io.BytesIO(chart_pictures.png(svg, width=_PIXELS)), width=width)
    _described(shape, alternative)
    _with_svg(shape, paragraph, chart_pictures.outlined(svg))


def place_logo(paragraph: Paragraph, logo: Logo, *, name: str) -> None:
    """A logo, no larger than it may be. Raises ExportError where its picture cannot be read."""
    drawn = logo.media_type == "image/svg+xml"
    text = logo.data.decode("utf-8", "replace") if drawn else ""
    data = chart_pictures.png(text, width=_PIXELS // 2, clear=True) if drawn else logo.data
    try:
        shape = paragraph.add_run().add_picture(io.BytesIO(data))
    except (UnrecognizedImageError, InvalidImageStreamError, UnexpectedEndOfFileError, ZeroDivisionError) as error:
        raise ExportError(f"the document was not written: the logo cannot be read as {logo.media_type}") from error
    scale = min(_LOGO[0] / max(shape.width, 1), _LOGO[1] / max(shape.height, 1))
    shape.width, shape.height = Length(round(shape.width * scale)), Length(round(shape.height * scale))
    _described(shape, harmless(logo.alternative) or harmless(name) or "Logo")


def _described(shape: InlineShape, alternative: str) -> None:
    """What a screen reader says in the place of the picture."""
    about = shape._inline.docPr
    about.set("descr", alternative)
    about.set("name", f"Picture {about.get('id')}")


def _with_svg(shape: InlineShape, paragraph: Paragraph, svg: str) -> None:
    """Word 2016 and later show the SVG, by an extension of a:blip ([MS-ODRAWXML] 2.2.3); others the PNG."""
    package = paragraph.part.package
    assert package is not None
    number = 1 + sum(str(part.partname).endswith(".svg") for part in package.iter_parts())
    part = Part(PackURI(f"/word/media/chart{number}.svg"), "image/svg+xml", svg.encode(), package)
    identifier = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.IMAGE)
    blip = next(shape._inline.iter(qn("a:blip")))
    blip.append(
        parse_xml(
            f'<a:extLst xmlns:a="{_DRAWING}"><a:ext uri="{_SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{_SVG_NAMESPACE}" '
            f'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="{identifier}"/>'
            "</a:ext></a:extLst>"
        )
    )
