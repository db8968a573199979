"""Inspects a PDF for what PDF/UA-1 and PDF/A-3a ask of it: titles, languages, headings, pictures, fonts, attachments.

It stands in for veraPDF, which is in none of the registries that the tests may use; it checks what this package
promises and proves no conformance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

_HEADING = re.compile("/H([1-6])")
_SHOWS = frozenset({"Tj", "TJ", "'", '"', "Do", "sh", "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "INLINE IMAGE"})


def inspect(path: Path, *, languages: Sequence[str] = ()) -> list[str]:
    """Every problem found in a PDF, in words; an empty list for a good one.

    `languages` are those in which it quotes somebody: each must be marked on a quote, unless it is the document's own.
    """
    with pikepdf.open(path) as pdf:
        checks = (_document, _identifiers, _structure, _outline, _attachments, _fonts, _untagged)
        problems = [problem for check in checks for problem in check(pdf)]
        marked = {str(pdf.Root.get("/Lang", ""))} | _quoted_languages(pdf)
        return problems + [f"no quote is marked as {each}" for each in languages if each not in marked]


def _quoted_languages(pdf: Pdf) -> set[str]:
    quotes = (each for each in elements(pdf) if str(each["/S"]) == "/BlockQuote")
    return {str(part["/Lang"]) for quote in quotes for part in _family(quote) if "/Lang" in part}


def elements(pdf: Pdf) -> Iterator[Object]:
    """Every element of the tag tree, in reading order."""

    def walk(node: Object) -> Iterator[Object]:
        if isinstance(node, Array):
            for child in node:
                yield from walk(child)
        elif isinstance(node, Dictionary):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node["/K"])

    if "/StructTreeRoot" in pdf.Root:
        yield from walk(pdf.Root["/StructTreeRoot"])


def _document(pdf: Pdf) -> Iterator[str]:
    root = pdf.Root
    if not str(root.get("/Lang", "")):
        yield "the document has no language"
    if not bool(root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False)):
        yield "the title is not displayed (DisplayDocTitle)"
    if not bool(root.get("/MarkInfo", Dictionary()).get("/Marked", False)):
        yield "the document is not marked as tagged (MarkInfo)"
    if "/StructTreeRoot" not in root:
        yield "there is no tag tree (StructTreeRoot)"


def _identifiers(pdf: Pdf) -> Iterator[str]:
    with pdf.open_metadata() as meta:
        if not meta.get("dc:title"):
            yield "the document has no title"
        for key, wanted in (("pdfaid:part", "3"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
            if meta.get(key) != wanted:
                yield f"{key} is {meta.get(key)!r}, not {wanted!r}"


def _structure(pdf: Pdf) -> Iterator[str]:
    level = 0
    for each in elements(pdf):
        kind = str(each["/S"])
        if found := _HEADING.fullmatch(kind):
            if int(found[1]) > level + 1:
                yield f"a heading of level {found[1]} follows one of level {level}"
            level = int(found[1])
        if kind == "/Figure" and not str(each.get("/Alt", "")):
            yield "a figure has no text alternative"
        if kind == "/Table" and not any(str(part.get("/S", "")) == "/TH" for part in _family(each)):
            yield "a table has no header cells"
    if not level:
        yield "there is no heading"


def _family(element: Object) -> Iterator[Object]:
    """An element, its parents, and all below it."""
    above: Object | None = element
    while isinstance(above, Dictionary) and "/S" in above:
        yield above
        above = above.get("/P")
    pending = [element]
    while pending:
        node = pending.pop()
        children = node.get("/K", Array([]))
        for child in children if isinstance(children, Array) else [children]:
            if isinstance(child, Dictionary) and "/S" in child:
                yield child
                pending.append(child)


def _outline(pdf: Pdf) -> Iterator[str]:
    if "/First" not in pdf.Root.get("/Outlines", Dictionary()):
        yield "there are no bookmarks"


def _attachments(pdf: Pdf) -> Iterator[str]:
    files = list(pdf.Root.get("/AF", Array([])))
    if not files:
        yield "no file is attached (AF)"
    for each in files:
        name = str(each.get("/UF", each.get("/F", "")))
        if "/AFRelationship" not in each:
            yield f"the attached {name} has no relationship (AFRelationship)"
        if not str(each.get("/Desc", "")):
            yield f"the attached {name} has no description"
        if "/Subtype" not in each.get("/EF", Dictionary()).get("/F", Dictionary()):
            yield f"the attached {name} has no media type"


def _fonts(pdf: Pdf) -> Iterator[str]:
    for each in pdf.objects:
        if not isinstance(each, Dictionary) or each.get("/Type") != Name.Font or each.get("/Subtype") == Name.Type0:
            continue
        descriptor = each.get("/FontDescriptor", Dictionary())
        embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        if not embedded and each.get("/Subtype") != Name.Type3:
            yield f"the font {each.get('/BaseFont')} is not embedded"


def _untagged(pdf: Pdf) -> Iterator[str]:
    """What is shown must stand inside marked content, either a tag's or an artifact's."""
    for number, page in enumerate(pdf.pages, start=1):
        depth = 0
        for instruction in pikepdf.parse_content_stream(page):
            operator = str(instruction.operator)
            depth += (operator in ("BDC", "BMC")) - (operator == "EMC")
            if operator in _SHOWS and depth == 0:
                yield f"page {number} shows something outside of the tags"
                break
