"""Puts elements into a Word document's XML where its schema wants them; Word refuses files that have them elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement

_ORDER = {
    "w:pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents jc textDirection "
    "textAlignment outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "w:rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike color spacing w kern position sz szCs highlight u effect "
    "bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "w:tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "w:trPr": "cantSplit trHeight tblHeader jc hidden",
    "w:tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "w:sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "w:style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked "
    "personal rsid pPr rPr tblPr trPr tcPr tblStylePr",
    "w:pPrDefault": "pPr",
    "w:rPrDefault": "rPr",
}
_RANKS = {
    parent: {qn(f"w:{name}"): rank for rank, name in enumerate(names.split())} for parent, names in _ORDER.items()
}


def element(tag: str, **attributes: str) -> BaseOxmlElement:
    """A new element such as 'w:lang'; its attributes are of the same namespace."""
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"{tag.partition(':')[0]}:{name}"), value)
    return made


def put(parent: BaseOxmlElement, tag: str, **attributes: str) -> BaseOxmlElement:
    """Set a property in a parent such as w:pPr, in the place of an older one of that name; returns the new element."""
    return place(parent, element(tag, **attributes))


def place(parent: BaseOxmlElement, made: BaseOxmlElement) -> BaseOxmlElement:
    """The same with an element that is already made."""
    ranks = _RANKS[f"w:{parent.tag.rpartition('}')[2]}"]
    for older in parent.findall(made.tag):
        parent.remove(older)
    after = [child for child in parent if ranks.get(child.tag, 99) > ranks[made.tag]]
    if after:
        after[0].addprevious(made)
    else:
        parent.append(made)
    return made


def part_of(parent: BaseOxmlElement, tag: str) -> BaseOxmlElement:
    """A parent's element of that name, such as w:rPr, made where it is missing."""
    found: BaseOxmlElement | None = parent.find(qn(tag))
    if found is None:
        found = element(tag)
        if f"w:{parent.tag.rpartition('}')[2]}" in _RANKS:
            place(parent, found)
        else:
            parent.insert(0, found)  # w:pPr, w:rPr and the like come first in what they belong to
    return found


def field(instruction: str, shown: str) -> list[BaseOxmlElement]:
    """What a run holds for a field that the program works out, such as PAGE; `shown` stands until it has done so."""
    said = element("w:instrText")
    said.text = f" {instruction} "
    result = element("w:t")
    result.text = shown
    begin, part, end = (element("w:fldChar", fldCharType=kind) for kind in ("begin", "separate", "end"))
    return [begin, said, part, result, end]
