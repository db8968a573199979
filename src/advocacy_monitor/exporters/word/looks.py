"""How the Word documents look: page, fonts, styles in the brand's colours, header and footer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from advocacy_monitor.exporters.colours import WHITE, Palette
from advocacy_monitor.exporters.word.markup import element, part_of, place, put
from advocacy_monitor.exporters.word.tongue import word_tag

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

FONTS = {"ascii": "Arial", "hAnsi": "Arial", "cs": "Arial", "eastAsia": "Microsoft YaHei"}
"""Fonts by kind of script, as every Word has them; Arial has Arabic letters as well."""
PAGE = (210.0, 297.0)
MARGIN = 20.0
"""A4 and its margins, in millimetres."""
TABLE = "Pack Table"
_KEPT = ("Normal Table", "Table Grid", "Table Normal")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """A paragraph style: sizes in points, colours as names of the palette; '' leaves what it is based on."""

    size: float = 10.5
    colour: str = "ink"
    bold: bool = False
    italic: bool = False
    before: float = 0.0
    after: float = 6.0
    indent: float = 0.0
    bar: str = ""
    fill: str = ""
    line: float = 1.15
    keep: bool = False
    middle: bool = False
    level: int = -1
    base: str = "Normal"


_STYLES: dict[str, _Look] = {
    "Normal": _Look(),
    "Title": _Look(size=24, colour="accent", bold=True, before=10, after=8, line=1.05, keep=True),
    "Subtitle": _Look(size=12, colour="soft", after=4),
    "Lead": _Look(size=15, colour="accent", bold=True, before=6, after=8, line=1.1),
    "Heading 1": _Look(size=17, colour="accent", bold=True, before=22, after=8, line=1.05, keep=True, level=0),
    "Heading 2": _Look(size=13, colour="ink", bold=True, before=16, after=5, line=1.08, keep=True, level=1),
    "Heading 3": _Look(size=10.5, colour="accent", bold=True, before=10, after=3, keep=True, level=2),
    "Quote": _Look(size=11.5, before=10, after=2, indent=12, bar="accent", keep=True),
    "Quote Translation": _Look(size=10, colour="ink", after=2, indent=12, bar="accent", keep=True),
    "Quote Source": _Look(size=8.5, colour="soft", after=10, indent=12, bar="accent", line=1.05),
    "Caption": _Look(size=8.5, colour="soft", before=2, after=10),
    "Note": _Look(size=9, colour="soft", after=8),
    "Fine Print": _Look(size=8.5, after=3, line=1.05),
    "List Bullet": _Look(after=3, base=""),
    "Ask": _Look(size=13, colour="white", bold=True, before=8, after=14, indent=10, bar="second", fill="accent"),
    "Warning": _Look(size=10.5, bold=True, fill="pale", indent=10, bar="second", before=8, after=14),
    "Table Text": _Look(size=9, after=0, line=1.05),
    "Table Small": _Look(size=7, colour="soft", after=0, line=1.0),
    "Table Heading": _Look(size=8.5, colour="soft", bold=True, after=0, line=1.05),
    "Figure": _Look(size=22, colour="accent", bold=True, after=0, line=1.0),
    "Figure Words": _Look(size=11, colour="accent", bold=True, before=3, after=0, line=1.05),
    "After Table": _Look(size=4, after=2, line=1.0),
    "Contents Heading": _Look(size=13, colour="accent", bold=True, before=10, after=2, keep=True),
    "toc 1": _Look(size=10, before=3, after=0, bold=True, line=1.1),
    "toc 2": _Look(size=9, after=0, indent=14, colour="soft", line=1.1),
    "Header": _Look(size=8.5, colour="soft", after=8),
    "Footer": _Look(size=8.5, colour="soft", after=0),
    "Sample Banner": _Look(size=9, colour="white", bold=True, fill="ink", after=8, indent=4, middle=True),
}

_COMPACT = {
    "Title": _Look(size=20, colour="accent", bold=True, before=4, after=4, line=1.05, keep=True),
    "Subtitle": _Look(size=10.5, colour="soft", after=3),
    "Heading 1": _Look(size=13.5, colour="accent", bold=True, before=11, after=4, line=1.05, keep=True, level=0),
    "Quote": _Look(size=10.5, before=6, after=1, indent=12, bar="accent", keep=True),
    "Quote Source": _Look(size=8, colour="soft", after=5, indent=12, bar="accent", line=1.05),
    "Caption": _Look(size=8, colour="soft", before=1, after=4, line=1.05),
    "Ask": _Look(size=12.5, colour="white", bold=True, before=7, after=12, indent=10, bar="second", fill="accent"),
}


def lay_out(document: Document, palette: Palette, *, language: str, right_to_left: bool, compact: bool) -> None:
    """Set page, defaults and styles of a new document; a `compact` one has smaller headings."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    section.header_distance = section.footer_distance = Mm(9)
    if right_to_left:
        put(section._sectPr, "w:bidi")
    _defaults(document, language=language, right_to_left=right_to_left)
    colours = palette.named() | {"white": WHITE}
    for name, look in (_STYLES | _COMPACT if compact else _STYLES).items():
        _style(document, name, look, colours)
    _plain_styles(document)
    _table_style(document, colours)
    _link_style(document, colours)


def _defaults(document: Document, *, language: str, right_to_left: bool) -> None:
    """The fonts and the language of everything that says nothing else."""
    root = document.styles.element
    defaults = part_of(root, "w:docDefaults")
    runs = part_of(part_of(defaults, "w:rPrDefault"), "w:rPr")
    put(runs, "w:rFonts", **FONTS)
    tag = word_tag(language)
    east = tag if tag.startswith(("zh", "ja", "ko")) else "zh-CN"
    put(runs, "w:lang", val=tag, eastAsia=east, bidi=tag if right_to_left else "ar-SA")
    if right_to_left:
        put(part_of(part_of(defaults, "w:pPrDefault"), "w:pPr"), "w:bidi")
    settings = document.settings.element
    for name in ("w:themeFontLang", "w:proofState", "w:rsids"):
        for older in settings.findall(qn(name)):
            settings.remove(older)
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")


def _style(document: Document, name: str, look: _Look, colours: Mapping[str, str]) -> None:
    styles = document.styles
    known = name in styles
    style = cast(ParagraphStyle, styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
    made = style.element
    for tag in ("w:rPr", "w:pPr"):
        older = made.find(qn(tag))
        if older is not None and look.base:
            made.remove(older)
    if name != "Normal" and look.base:
        style.base_style = styles[look.base]
    style.hidden, style.quick_style = False, True
    _letters(part_of(made, "w:rPr"), look, colours)
    space = style.paragraph_format
    space.space_before, space.space_after, space.line_spacing = Pt(look.before), Pt(look.after), look.line
    space.keep_with_next, space.widow_control = look.keep, True
    _block(part_of(made, "w:pPr"), look, colours)


def _letters(runs: BaseOxmlElement, look: _Look, colours: Mapping[str, str]) -> None:
    """Size, weight and colour, for scripts of both directions."""
    put(runs, "w:rFonts", **FONTS)
    for tag, wanted in (("w:b", look.bold), ("w:bCs", look.bold), ("w:i", look.italic), ("w:iCs", look.italic)):
        put(runs, tag, val="1" if wanted else "0")
    put(runs, "w:color", val=str(RGBColor.from_string(colours[look.colour][1:].upper())))
    for tag in ("w:sz", "w:szCs"):
        put(runs, tag, val=str(round(2 * look.size)))


def _block(paragraphs: BaseOxmlElement, look: _Look, colours: Mapping[str, str]) -> None:
    """Bar at the side on which lines begin, ground, indent, level."""
    bars = element("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        if side == "left" and look.bar:
            bars.append(element("w:left", val="single", sz="18", space="9", color=colours[look.bar][1:]))
        elif look.fill:  # a line in the colour of the ground, so that letters do not touch its edge
            bars.append(element(f"w:{side}", val="single", sz="8", space="5", color=colours[look.fill][1:]))
    if len(bars):
        place(paragraphs, bars)
    if look.fill:
        put(paragraphs, "w:shd", val="clear", color="auto", fill=colours[look.fill][1:])
    if look.indent:
        put(paragraphs, "w:ind", left=str(round(20 * look.indent)), right=str(round(20 * look.indent)))
    if look.middle:
        put(paragraphs, "w:jc", val="center")
    if look.level >= 0:
        put(paragraphs, "w:outlineLvl", val=str(look.level))


def _plain_styles(document: Document) -> None:
    """Leave out the template's many coloured table styles: none of them is in the brand's colours."""
    root = document.styles.element
    for made in list(root.findall(qn("w:style"))):
        name = made.find(qn("w:name")).get(qn("w:val"))
        if made.get(qn("w:type")) == "table" and name not in _KEPT:
            root.remove(made)


def _table_style(document: Document, colours: Mapping[str, str]) -> None:
    """Thin lines between rows, a strong one below the head; no boxes."""
    style = document.styles.add_style(TABLE, WD_STYLE_TYPE.TABLE)
    style.base_style = document.styles["Normal Table"]
    whole = part_of(style.element, "w:tblPr")
    lines = element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        lines.append(element(f"w:{side}", val="single", sz="4", space="0", color=colours["hair"][1:]))
    place(whole, lines)
    room = element("w:tblCellMar")
    for side, width in (("top", 50), ("left", 70), ("bottom", 50), ("right", 70)):
        room.append(element(f"w:{side}", w=str(width), type="dxa"))
    place(whole, room)
    head = element("w:tblStylePr", type="firstRow")
    cell = element("w:tcPr")
    under = element("w:tcBorders")
    under.append(element("w:bottom", val="single", sz="10", space="0", color=colours["accent"][1:]))
    place(cell, under)
    head.append(cell)
    style.element.append(head)


def _link_style(document: Document, colours: Mapping[str, str]) -> None:
    style = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    runs = part_of(style.element, "w:rPr")
    put(runs, "w:color", val=colours["accent"][1:])
    put(runs, "w:u", val="single")
