"""Checks a logo by its content: a PNG, a JPEG or a harmless SVG, of a size that fits on a page.

An SVG may hold scripts, fetch from the network or unfold entities without end. Only elements and attributes that draw
are let through; the file itself is never changed.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from advocacy_monitor.errors import ConfigError

MOST_BYTES = 2**20
MOST_PIXELS = 4000

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_DRAWING = frozenset(
    "svg g defs symbol use title desc metadata path rect circle ellipse line polyline polygon text tspan textPath "
    "linearGradient radialGradient stop clipPath mask pattern marker switch filter feBlend feColorMatrix "
    "feComponentTransfer feComposite feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge "
    "feMergeNode feOffset style".split()
)
"""Elements that draw or explain. Not: script, foreignObject, image, a, iframe, audio, video, and all that moves."""

_RUNS = re.compile(r"@import|@font-face|javascript\s*:|expression\s*\(|-moz-binding|\\", re.IGNORECASE)
_MOST_ELEMENTS, _MOST_DEPTH = 20_000, 100


def checked_logo(path: Path, *, where: str) -> tuple[bytes, str]:
    """Bytes and media type of a logo. Raises ConfigError, beginning with `where`."""
    data = _read(path, where)
    return data, check_logo(data, where=where)


def check_logo(data: bytes, *, where: str) -> str:
    """The media type of a picture that may stand in a pack. Raises ConfigError for any other bytes."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        _check_size(*_png_size(data, where), where)
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        _check_size(*_jpeg_size(data, where), where)
        return "image/jpeg"
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _check_svg(data, where)
        return "image/svg+xml"
    raise ConfigError(f"{where}: is neither a PNG nor a JPEG nor an SVG; it begins with {data[:8]!r}")


def _read(path: Path, where: str) -> bytes:
    try:
        if not path.is_file():
            raise ConfigError(f"{where}: there is no file {path}")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where}: {path} cannot be read: {error}") from error
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{where}: {path.name} is larger than 1 MB; it would stand in every pack")
    return data


def _check_size(width: float, height: float, where: str) -> None:
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise ConfigError(f"{where}: is {width:g} x {height:g} pixels; from 1 to {MOST_PIXELS} each are allowed")


def _png_size(data: bytes, where: str) -> tuple[int, int]:
    """Width and height of a PNG that is whole: every chunk's checksum fits, and it ends where it says so."""
    size, at, kinds = (0, 0), 8, []
    while at < len(data):
        if at + 12 > len(data):
            raise ConfigError(f"{where}: the PNG is cut short")
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body, checksum = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        if len(checksum) < 4 or zlib.crc32(kind + body) != int.from_bytes(checksum, "big"):
            raise ConfigError(f"{where}: the PNG is damaged or cut short")
        if kind == b"IHDR" and length == 13:
            size = struct.unpack(">II", body[:8])
        kinds.append(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds or kinds[-1] != b"IEND" or at != len(data):
        raise ConfigError(f"{where}: the PNG is damaged, or something was put behind its end")
    return size


def _jpeg_size(data: bytes, where: str) -> tuple[int, int]:
    """Width and height from the frame header: ITU-T T.81, B.2.2."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a fill byte
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            if not data.rstrip(b"\x00").endswith(b"\xff\xd9"):
                break
            return width, height
        else:
            at += 2 + length
    raise ConfigError(f"{where}: the JPEG is damaged or cut short")


def _check_svg(data: bytes, where: str) -> None:
    checked = _Svg(where)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = checked.doctype
    parser.ProcessingInstructionHandler = checked.instruction
    parser.StartElementHandler = checked.start
    parser.EndElementHandler = checked.end
    parser.CharacterDataHandler = checked.words
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ConfigError(f"{where}: the SVG cannot be read as XML: {error}") from error
    checked.finish()


class _Svg:
    """Looks at an SVG while it is read and refuses the first thing that does more than draw."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._open: list[str] = []
        self._elements = 0
        self._style: list[str] = []

    def doctype(self, *_: object) -> None:
        raise self._refused("a document type or entities; save it as 'plain SVG'")

    def instruction(self, target: str, _: str) -> None:
        raise self._refused(f"the processing instruction {target!r}")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        self._elements += 1
        self._open.append(local if space == _SVG else "")
        if self._elements > _MOST_ELEMENTS or len(self._open) > _MOST_DEPTH:
            raise self._refused(f"more than {_MOST_ELEMENTS:,} elements, or more than {_MOST_DEPTH} in each other")
        if self._elements == 1:
            if (space, local) != (_SVG, "svg"):
                raise ConfigError(f"{self._where}: is no SVG: it begins with <{local}> of the namespace {space!r}")
            _check_size(*_svg_size(attributes, self._where), self._where)
        if space == _SVG and local not in _DRAWING:
            raise self._refused(f"<{local}>, which does more than draw")
        if "xhtml" in space or "xml-events" in space:  # what drawing programs note of their own is not shown
            raise self._refused(f"<{local}> of {space}")
        for key, value in attributes.items():
            self._check_attribute(*key.rpartition(" ")[::2], value)

    def _check_attribute(self, space: str, local: str, value: str) -> None:
        if local.lower().startswith("on"):
            raise self._refused(f"the event handler {local!r}")
        if local in ("href", "src") and space in ("", _XLINK, _SVG) and not re.fullmatch(r"\s*#[^\s]+\s*", value):
            raise self._refused(f"a reference that leads out of the file: {value[:60]!r}")
        self._check_style(value)

    def _check_style(self, text: str) -> None:
        plain = re.sub(r"/\*.*?(\*/|$)", "", text, flags=re.DOTALL)
        for target in re.findall(r"url\s*\(\s*['\"]?\s*([^)]*)", plain, re.IGNORECASE):
            if not target.startswith("#"):
                raise self._refused(f"a reference that leads out of the file: {target[:60]!r}")
        if found := re.search(
            r"@import|@font-face|javascript\s*:|expression\s*\(|-moz-binding|\\", plain, re.IGNORECASE
        ):
            raise self._refused(f"{found[0]!r} in its style")

    def end(self, _: str) -> None:
        if self._open.pop() == "style":
            self._check_style("".join(self._style))
            self._style.clear()

    def words(self, text: str) -> None:
        if "style" in self._open:
            self._style.append(text)

    def finish(self) -> None:
        if not self._elements:
            raise ConfigError(f"{self._where}: the SVG is empty")

    def _refused(self, what: str) -> ConfigError:
        return ConfigError(f"{self._where}: the SVG holds {what}; that is refused")


def _svg_size(attributes: dict[str, str], where: str) -> tuple[float, float]:
    """Width and height in pixels, from the attributes or else the view box; in other units as CSS has them."""
    box = [_number(part) for part in re.split(r"[\s,]+", attributes.get("viewBox", "").strip())]
    sides = list(_lengths(attributes))
    if len(box) == 4:
        sides = [side or behind for side, behind in zip(sides, box[2:], strict=True)]
    if not all(sides):
        raise ConfigError(f"{where}: the SVG says neither its width and height nor a viewBox")
    return sides[0], sides[1]


_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


def _lengths(attributes: dict[str, str]) -> Iterator[float]:
    for key in ("width", "height"):
        found = re.fullmatch(r"\s*([\d.eE+]+)\s*(px|pt|pc|mm|cm|in)?\s*", attributes.get(key, ""))
        yield _number(found[1]) * _UNITS[found[2] or ""] if found else 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
