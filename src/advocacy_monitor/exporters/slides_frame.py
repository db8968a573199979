"""The empty presentation in a brand's colours: 16:9, two layouts, theme colours that staff can change in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from advocacy_monitor.exporters.colours import palette
from advocacy_monitor.models import Brand

if TYPE_CHECKING:
    from pptx.presentation import Presentation

WIDE, TALL = 960.0, 540.0
"""The size of a slide in points."""
MARGIN = 48.0
ACROSS = WIDE - 2 * MARGIN
TITLE = (MARGIN, 34.0, ACROSS, 76.0)
COVER_TITLE = (MARGIN, 150.0, ACROSS, 150.0)
FOOT = 508.0
_FOOTER = (MARGIN, FOOT, ACROSS - 80, 20.0)
_NUMBER = (WIDE - MARGIN - 70, FOOT, 70.0, 20.0)
_BAND = 10.0

_LAYOUTS = ("Title Slide", "Title Only")
_NAMES = ("dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")
_COLOURS = re.compile(rb"<a:clrScheme .*?</a:clrScheme>", re.DOTALL)
_SCRIPTS = {b"Arab": "Arial", b"Hans": "微软雅黑"}
"""Fonts that stand on most computers and are easy to read, for scripts that the main font does not have."""


def emu(points: float) -> int:
    """Points in the unit of the format: 12,700 to a point."""
    return round(points * 12700)


def empty_presentation(brand: Brand, *, right_to_left: bool) -> Presentation:
    """A presentation without slides. Its first layout is for the cover, its second for all others."""
    import pptx

    made = pptx.Presentation()
    made.slide_width, made.slide_height = emu(WIDE), emu(TALL)  # type: ignore[assignment]  # a Length is an int
    for layout in list(made.slide_layouts):
        if layout.name not in _LAYOUTS:
            made.slide_layouts.remove(layout)
    _set_theme(made, brand)
    cover, content = made.slide_layouts
    for page in (made.slide_master, cover, content):
        _set_placeholders(page, right_to_left=right_to_left)
    _set_cover(cover)
    _band(content, 0.0, 0.0, WIDE, _BAND)
    return made


def _set_theme(made: Presentation, brand: Brand) -> None:
    """Colours and fonts of the theme, so that every shape may name them and none holds a colour of its own."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    shades = palette(brand)
    values: tuple[str, ...] = (shades.ink, "#ffffff", shades.soft, shades.pale)
    values += (shades.accent, shades.second, shades.tint, shades.plain, shades.second_tint, shades.hair)
    named = [*zip(_NAMES, values, strict=True), ("hlink", shades.accent), ("folHlink", shades.accent)]
    colours = "".join(f'<a:{name}><a:srgbClr val="{value[1:].upper()}"/></a:{name}>' for name, value in named)
    part = made.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    scheme = f'<a:clrScheme name="Pack">{colours}</a:clrScheme>'.encode()
    body = _COLOURS.sub(lambda found: scheme, part.blob)
    for script, font in _SCRIPTS.items():
        body = re.sub(rb'(script="' + script + rb'" typeface=")[^"]*', rb"\g<1>" + font.encode(), body)
    part.blob = body


def _set_placeholders(page: Any, *, right_to_left: bool) -> None:
    """Places of title, footer and number in the new width; placeholders for dates and sample texts go."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    places = {KIND.TITLE: TITLE, KIND.BODY: (MARGIN, 124.0, ACROSS, 370.0), KIND.CENTER_TITLE: COVER_TITLE}
    places |= {KIND.FOOTER: _FOOTER, KIND.SLIDE_NUMBER: _NUMBER}
    for shape in list(page.placeholders):
        kind = shape.placeholder_format.type
        if kind not in places:
            shape._element.getparent().remove(shape._element)  # no way to remove one by the library
            continue
        left, top, width, height = places[kind]
        if right_to_left:
            left = WIDE - left - width
        shape.left, shape.top, shape.width, shape.height = emu(left), emu(top), emu(width), emu(height)


def _set_cover(layout: Any) -> None:
    """The cover's ground is the accent colour."""
    from pptx.enum.dml import MSO_THEME_COLOR

    fill = layout.background.fill
    fill.solid()
    fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1


def _band(layout: Any, left: float, top: float, width: float, height: float) -> None:
    """A coloured stripe that belongs to the layout, so that nobody has it read aloud on each slide."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    tree = layout.shapes._spTree  # layouts take no shapes by the library
    shape = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="90" name="Band"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{emu(left)}" y="{emu(top)}"/><a:ext cx="{emu(width)}" '
        f'cy="{emu(height)}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill>'
        f'<a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'
    )
    tree.insert(2, shape)
