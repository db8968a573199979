"""Puts texts, charts and pictures on one slide: each text with its language and direction, each picture with words.

Shapes are read aloud in the order in which they are put here, the title first. Places are in points from the top and
the side on which reading starts: in a language from right to left the slide is mirrored.
"""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advocacy_monitor.exporters import slides_frame as frame
from advocacy_monitor.exporters.cells import storable
from advocacy_monitor.exporters.page_text import direction, language_tag, safe_link
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.slides_fit import LINE, fitted
from advocacy_monitor.exporters.word.tongue import pieces

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_TURNING = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
"""Invisible signs that can turn a line around, so that it reads as something that nobody wrote."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LONGEST = 30_000
"""So many characters of one text are looked at: a slide never holds as many, and its notes are no place for a book."""
_BOLD = 1.15
"""So much wider than plain ones bold letters may be."""
_DOT = " · "
_REGIONS = {"ar": "ar-SA", "de": "de-DE", "en": "en-GB", "es": "es-ES", "fr": "fr-FR", "ru": "ru-RU", "zh": "zh-CN"}
"""Languages as office programs name them."""


def plain(text: str) -> str:
    """A text on one line without what could harm a file or turn a line around; its words are untouched."""
    return " ".join(storable(_TURNING.sub("", _CONTROL.sub("\ufffd", text[:_LONGEST]))).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph: text, size in points, colour of the theme, language; `link` is an address to go to, or ''.

    The link is on the text, or on the words `linked` after it where there are some."""

    text: str
    size: float
    colour: str = "ink"
    bold: bool = False
    language: str = ""
    link: str = ""
    linked: str = ""
    after: float = 0.0
    centred: bool = False


class Canvas:
    """One slide. `language` is that of the pack."""

    def __init__(self, made: Presentation, *, language: str, cover: bool = False) -> None:
        self.language = language
        self.mirrored = direction(language, "") == "rtl"
        self.cover = cover
        # Any: the library is typed in part, and takes whole numbers where it says Length.
        self.slide: Any = made.slides.add_slide(made.slide_layouts[0 if cover else 1])

    def title(self, text: str) -> None:
        """The slide's title, in its own placeholder."""
        _, _, width, tall = frame.COVER_TITLE if self.cover else frame.TITLE
        sizes = (40, 36, 32, 28, 24, 20) if self.cover else (30, 28, 26, 24, 22, 20, 18)
        fit = fitted(plain(text), room=width / _BOLD, tall=tall - 4, sizes=sizes)
        shape = self.slide.shapes.title
        assert shape is not None
        colour = "white" if self.cover else "accent"
        self._fill(shape, [Line(text=fit.text, size=fit.size, colour=colour, bold=True)], anchor="bottom")

    def texts(
        self,
        lines: Sequence[Line],
        *,
        place: tuple[float, float, float, float],
        name: str,
        ground: str = "",
        anchor: str = "top",
        inset: float = 0.0,
    ) -> None:
        """Paragraphs in a box at (left, top, width, height); `ground` is the colour under them, `inset` its rim."""
        box = self.box(place)
        shape = self._ground(box, ground) if ground else self.slide.shapes.add_textbox(*box)
        shape.name = name
        self._fill(shape, lines, anchor=anchor, inset=inset)

    def picture(self, data: bytes, *, place: tuple[float, float, float, float], alternative: str, ground: str) -> None:
        """A picture as large as its place allows, at the side where reading starts, on a ground of its own."""
        left, top, width, tall = place
        shape = self.slide.shapes.add_picture(io.BytesIO(data), 0, 0)
        scale = min((width - 16) / shape.width, (tall - 12) / shape.height)
        across, high = shape.width * scale, shape.height * scale
        if ground:
            under = self._ground(self.box((left, top, across + 16, high + 12)), ground)
            under.name = "Ground"
            decorative(under)
            shape._element.getparent().append(shape._element)  # above its ground
        shape.left, shape.top, shape.width, shape.height = self.box((left + 8, top + 6, across, high))
        shape.name = "Logo"
        describe(shape, alternative)

    def footer(self, text: str) -> None:
        """The footer and the number of the slide, in the places of the layout."""
        from pptx.enum.shapes import PP_PLACEHOLDER as KIND

        tree = self.slide.shapes._spTree
        colour = "white" if self.cover else "soft"
        for shape in self.slide.slide_layout.placeholders:
            kind = shape.placeholder_format.type
            if kind not in (KIND.FOOTER, KIND.SLIDE_NUMBER):
                continue
            element = copy.deepcopy(shape._element)
            element.nvSpPr.cNvPr.set("id", str(max(int(each) for each in tree.xpath("//p:cNvPr/@id")) + 1))
            tree.append(element)
            mine = self.slide.shapes[-1]
            if kind == KIND.FOOTER:
                fit = fitted(plain(text), room=frame.ACROSS - 84, tall=11 * LINE, sizes=(11,))
                self._fill(mine, [Line(text=fit.text, size=11, colour=colour)], anchor="middle")
            else:
                self._number(mine, colour)

    def notes(self, lines: Sequence[tuple[str, str]]) -> None:
        """What the speaker reads: (text, language) for each paragraph, '' for the pack's own language."""
        text_frame = self.slide.notes_slide.notes_text_frame
        assert text_frame is not None
        for index, (text, language) in enumerate(lines):
            paragraph = text_frame.paragraphs[0] if index == 0 else text_frame.add_paragraph()
            self._run(paragraph, plain(text), language or self.language)

    def _ground(self, box: tuple[int, int, int, int], colour: str) -> Any:
        """A plain rectangle of one colour."""
        from pptx.enum.shapes import MSO_SHAPE

        shape = self.slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box)
        for style in shape._element.xpath("p:style"):  # it would bring a rim and a shadow
            shape._element.remove(style)
        shape.fill.solid()
        shape.fill.fore_color.theme_color = _theme_colour(colour)
        shape.line.fill.background()
        return shape

    def box(self, place: tuple[float, float, float, float]) -> Any:
        """A place on the slide in the units of the format, mirrored where reading starts on the right."""
        left, top, width, tall = place
        start = frame.WIDE - left - width if self.mirrored else left
        return frame.emu(start), frame.emu(top), frame.emu(width), frame.emu(tall)

    def _fill(self, shape: Any, lines: Sequence[Line], *, anchor: str, inset: float = 0.0) -> None:
        from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE

        text_frame = shape.text_frame
        text_frame.word_wrap = True
        text_frame.auto_size = MSO_AUTO_SIZE.NONE
        text_frame.vertical_anchor = getattr(MSO_ANCHOR, anchor.upper())
        rim = frame.emu(inset)
        text_frame.margin_left = text_frame.margin_right = text_frame.margin_top = text_frame.margin_bottom = rim
        text_frame.clear()
        for index, line in enumerate(lines):
            paragraph = text_frame.paragraphs[0] if index == 0 else text_frame.add_paragraph()
            self._paragraph(paragraph, line)

    def _paragraph(self, paragraph: Any, line: Line) -> None:
        from pptx.enum.text import PP_ALIGN
        from pptx.util import Pt

        run = self._run(paragraph, line.text, line.language or self.language)
        if line.centred:
            paragraph.alignment = PP_ALIGN.CENTER
        paragraph.space_before = Pt(0)
        paragraph.space_after = Pt(line.after)
        run.font.size = Pt(line.size)
        run.font.bold = line.bold
        run.font.color.theme_color = _theme_colour(line.colour)
        if line.linked:
            run = paragraph.add_run()
            run.text = line.linked
            run.font.size = Pt(line.size)
        if address := safe_link(line.link):
            run.hyperlink.address = address
        elif line.linked:
            run.font.color.theme_color = _theme_colour(line.colour)

    def _run(self, paragraph: Any, text: str, language: str) -> Any:
        """One run in its language; the paragraph takes its direction from it."""
        from pptx.enum.text import PP_ALIGN

        turned = direction(language, text) == "rtl"
        run = paragraph.add_run()
        run.text = _straight(text) if turned else text
        tag = language_tag(language)
        if tag != "und":
            run._r.get_or_add_rPr().set("lang", _REGIONS.get(tag, tag))
        paragraph._p.get_or_add_pPr().set("rtl", "1" if turned else "0")
        paragraph.alignment = PP_ALIGN.RIGHT if turned else PP_ALIGN.LEFT
        return run

    def _number(self, shape: Any, colour: str) -> None:
        """The field that shows the slide's number, at the end of the line."""
        from pptx.enum.text import PP_ALIGN
        from pptx.oxml import parse_xml
        from pptx.oxml.ns import nsdecls

        paragraph = shape.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.LEFT if self.mirrored else PP_ALIGN.RIGHT
        for field in paragraph._p.xpath("a:fld"):
            paragraph._p.remove(field)
        number = len(self.slide.part.package.presentation_part.presentation.slides)
        fill = f'<a:solidFill><a:schemeClr val="{_SCHEME[colour]}"/></a:solidFill>'
        field = parse_xml(
            f'<a:fld {nsdecls("a")} id="{{C1FF6DA9-008F-8B48-92A6-B652298478BF}}" type="slidenum">'
            f'<a:rPr lang="{_REGIONS.get(language_tag(self.language), "en-GB")}" sz="1100">{fill}</a:rPr>'
            f"<a:t>{number}</a:t></a:fld>"
        )
        paragraph._p.insert(1, field)


_SCHEME = {
    "ink": "tx1",
    "white": "bg1",
    "soft": "tx2",
    "pale": "bg2",
    "accent": "accent1",
    "second": "accent2",
    "tint": "accent3",
    "plain": "accent4",
    "hair": "accent6",
}


def _theme_colour(name: str) -> Any:
    from pptx.enum.dml import MSO_THEME_COLOR

    return MSO_THEME_COLOR.from_xml(_SCHEME[name])


def _straight(text: str) -> str:
    """A text from right to left in which numbers, dates, names and addresses stay left to right.

    It is cut at its dots, so that a day after a Latin name keeps its number. The marks are those of Word documents.
    """
    parts = (pieces(part, right_to_left=True, marked=True) for part in text.split(_DOT))
    return _DOT.join("".join(piece.text for piece in part) for part in parts)


def describe(shape: Any, alternative: str) -> None:
    """Give a picture or chart its words for those who do not see it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", shortened(plain(alternative), 2000))


def decorative(shape: Any) -> None:
    """Say that a shape tells nothing, so that it is not read aloud."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    shape._element.xpath(".//p:cNvPr")[0].append(
        parse_xml(
            f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}"><adec:decorative '
            'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
        )
    )
