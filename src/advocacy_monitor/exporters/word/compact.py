"""Makes a short document closer than a report: a letter stays on one page, a press release on two or three."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docx.shared import Pt

from advocacy_monitor.exporters.word.markup import part_of, put

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

    from advocacy_monitor.exporters.word.paper import Paper

Sizes = Mapping[str, tuple[float, float, float]]
"""By style: size of the letters, space above, space below, in points."""


def resize(paper: Paper, sizes: Sizes) -> None:
    """Give styles of a document other sizes."""
    for name, (size, before, after) in sizes.items():
        style = paper.style(name)
        for tag in ("w:sz", "w:szCs"):  # letters of scripts from right to left have their own size
            put(part_of(style.element, "w:rPr"), tag, val=str(round(2 * size)))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def close(paragraph: Paragraph) -> None:
    """Leave no space below a paragraph, so that lines stand together."""
    paragraph.paragraph_format.space_after = Pt(0)


def indent(paragraph: Paragraph) -> None:
    """Stand below the words of a list's item, not below its bullet."""
    paragraph.paragraph_format.left_indent = Pt(18)
