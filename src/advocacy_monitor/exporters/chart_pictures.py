"""Turns charts and logos (SVG) into what office programs show: PNG, and SVG whose letters are outlines.

Word and PowerPoint would set an SVG's text in whatever font the reader's computer has. Outlined, it looks as it does in
the PDF; programs that know no SVG show the PNG.
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.typeset import pictures

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_TEMPLATE = "picture.typ"
_NAMED = Path("a picture")
"""What an error calls the thing that was not written: the caller knows which document it was for."""
_INHERITED = ("font-size", "font-weight", "font-family", "fill", "text-anchor", "direction")
_STANDARD = {"font-size": "16", "font-weight": "400", "font-family": "", "fill": "#000000", "text-anchor": "start"}
_COLOUR = re.compile("#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}")
_WEIGHTS = {"normal": 400, "bold": 700}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One text of a chart; sizes in points, x and y that of its anchor on the base line."""

    text: str
    size: float
    weight: int
    fill: str
    rtl: bool
    serif: bool
    x: float
    y: float
    anchor: str


def png(svg: str, *, width: int, clear: bool = False) -> bytes:
    """An SVG document as PNG of `width` pixels, on white, or where nothing is drawn `clear`. Raises ExportError."""
    return _png(svg, width, clear)


@functools.lru_cache(maxsize=32)
def _png(svg: str, width: int, clear: bool) -> bytes:
    points = size(svg)[0]
    view = {"svg": svg, "width": points, "clear": clear}
    return pictures(_TEMPLATE, view, path=_NAMED, ppi=72 * width / points)[0]


def size(svg: str) -> tuple[float, float]:
    """Width and height of an SVG document in its own units, by its attributes or its viewBox. Raises ExportError."""
    root = _parsed(svg)
    box = [_number(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip()) if part]
    wide, high = _number(root.get("width", "")), _number(root.get("height", ""))
    if not (wide > 0 and high > 0):
        wide, high = (box[2], box[3]) if len(box) == 4 else (0.0, 0.0)
    if not (0 < wide < 20_000 and 0 < high < 20_000):
        raise ExportError("a picture was not written: the SVG does not say how large it is")
    return wide, high


@functools.lru_cache(maxsize=32)
def outlined(svg: str) -> str:
    """The same SVG with the outlines of its letters instead of texts; title and description stay. Raises ExportError.

    Texts are placed by x, y and text-anchor, alone or inherited; parts of a text set apart (tspan) count as one text.
    """
    root = _parsed(svg)
    found = list(_texts(root, dict(_STANDARD)))
    lines = [line for _, _, line in found]
    pages = _set([line for line in lines if line.text.strip()])
    for parent, node, line in found:
        group = ET.Element(f"{{{_SVG}}}g")
        group.tail = node.tail
        if "transform" in node.attrib:
            group.set("transform", node.attrib["transform"])
        if line.text.strip():
            group.append(_outline(line, next(pages)))
        parent[list(parent).index(node)] = group
    for node in root.iter():  # so that tags stand without a prefix, and no setting of the whole process is needed
        node.tag = node.tag.removeprefix(f"{{{_SVG}}}")
    root.set("xmlns", _SVG)
    return ET.tostring(root, encoding="unicode")


def _parsed(svg: str) -> ET.Element:
    """Reads an SVG. One that declares entities is refused: they could blow it up, and no chart needs them."""
    if "<!ENTITY" in svg or "<!DOCTYPE" in svg:
        raise ExportError("a picture was not written: the SVG declares a document type")
    try:
        return ET.fromstring(svg)  # noqa: S314  # nosec B314
    except ET.ParseError as error:
        raise ExportError(f"a picture was not written: the SVG cannot be read ({error})") from error


def _number(text: str) -> float:
    found = re.match(r"-?\d+(?:\.\d+)?(?=(?:px|pt)?\s*$)|-?\d+(?:\.\d+)?", text.strip())
    return float(found[0]) if found and "%" not in text else 0.0


def _texts(node: ET.Element, known: dict[str, str]) -> Iterator[tuple[ET.Element, ET.Element, _Line]]:
    """Every text below a node with its parent; `known` are the attributes that it inherits."""
    here = known | {name: node.attrib[name] for name in _INHERITED if name in node.attrib}
    for child in node:
        if child.tag == f"{{{_SVG}}}text":
            own = here | {name: child.attrib[name] for name in _INHERITED if name in child.attrib}
            yield node, child, _line(child, own)
        else:
            yield from _texts(child, here)


def _line(node: ET.Element, how: dict[str, str]) -> _Line:
    weight = how["font-weight"]
    fill = {"white": "#ffffff"}.get(how["fill"], how["fill"])
    return _Line(
        text="".join(node.itertext()),
        size=_number(how["font-size"]) or 16.0,
        weight=_WEIGHTS.get(weight) or int(_number(weight)) or 400,
        fill=fill if _COLOUR.fullmatch(fill) else _STANDARD["fill"],
        rtl=how.get("direction") == "rtl",
        serif="Serif" in how["font-family"].partition(",")[0],
        x=_number(node.get("x", "")),
        y=_number(node.get("y", "")),
        anchor=how["text-anchor"],
    )


def _set(lines: list[_Line]) -> Iterator[ET.Element]:
    """Sets each text on a page of its own, in one go."""
    if not lines:
        return
    for page in pictures(_TEMPLATE, {"texts": [asdict(line) for line in lines]}, path=_NAMED, form="svg"):
        yield ET.fromstring(page)  # noqa: S314  # nosec B314


def _outline(line: _Line, page: ET.Element) -> ET.Element:
    """A set text as a group of paths, moved to its place in the chart; its base line is 2 em below the page's top."""
    shapes = {symbol.get("id"): symbol for symbol in page.iter(f"{{{_SVG}}}symbol")}
    for parent in list(page.iter()):
        for index, child in enumerate(list(parent)):
            if child.tag == f"{{{_SVG}}}use":
                parent[index] = _glyph(child, shapes[child.get(_HREF, "")[1:]])
    width = _number(page.get("viewBox", "0 0 0 0").split()[2])
    start = {"start": 0.0, "middle": 0.5, "end": 1.0}.get(line.anchor, 0.0)
    left = line.x - width * (1 - start if line.rtl else start)
    moved = ET.Element(f"{{{_SVG}}}g", {"transform": f"translate({left:.4g} {line.y - 2 * line.size:.6g})"})
    moved.extend(child for child in page if child.tag != f"{{{_SVG}}}defs")
    return moved


def _glyph(use: ET.Element, symbol: ET.Element) -> ET.Element:
    """The path of a glyph in the place of its `use`, which some office programs do not know."""
    made: dict[str, Any] = {"transform": f"translate({use.get('x', '0')} {use.get('y', '0')})"}
    made |= {name: use.attrib[name] for name in ("fill", "fill-rule") if name in use.attrib}
    group = ET.Element(f"{{{_SVG}}}g", made)
    group.extend(symbol)
    return group
