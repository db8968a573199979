"""brand.yaml: every key is checked, and a logo that is no plain picture does not get into a pack."""

from __future__ import annotations

import struct
import textwrap
import zlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from advocacy_monitor.brand import KEYS, LEAST_CONTRAST, darker, load_brand
from advocacy_monitor.brand_logo import MOST_BYTES, check_logo
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.exporters.colours import contrast
from advocacy_monitor.models import Brand

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">{}</svg>'


def png(width: int = 4, height: int = 3) -> bytes:
    """A small grey picture, as the standard says it (W3C PNG, 5)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x80" * width for _ in range(min(height, 10))))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int = 4, height: int = 3) -> bytes:
    """The frame of a JPEG: start, application header, frame header, end (ITU-T T.81, B.2)."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
        b"\xff\xff\xc0" + struct.pack(">H", 2 + len(frame)) + frame + b"\xff\xd9"
    )


def _brand(folder: Path, text: str, **files: bytes) -> Brand:
    for name, data in files.items():
        (folder / name.replace("_", ".")).write_bytes(data)
    (folder / "brand.yaml").write_text(text, encoding="utf-8")
    return load_brand(folder / "brand.yaml")


def _refused(folder: Path, text: str, **files: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        _brand(folder, text, **files)
    assert str(caught.value).startswith(f"{folder / 'brand.yaml'}: ")
    return str(caught.value)


def test_every_key_is_read(tmp_path: Path) -> None:
    brand = _brand(
        tmp_path,
        "name: Library Association\nlogo: logo.png\nlogo_alt: An open book\naccent: '#0B5C7A'\nsecond: '#7a1f5c'\n"
        "contact: Jo Example, office@example.org\nwebsite: https://example.org/libraries\n"
        "imprint: |\n  Library Association\n  1 Example Street\nlicence: https://creativecommons.org/licenses/by/4.0/\n",
        logo_png=png(),
    )
    assert (brand.name, brand.accent, brand.second) == ("Library Association", "#0b5c7a", "#7a1f5c")
    assert brand.imprint == "Library Association\n1 Example Street"
    assert brand.logo is not None
    assert (brand.logo.media_type, brand.logo.alternative, brand.logo.data) == ("image/png", "An open book", png())


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "name:\naccent:\nlogo:\n"])
def test_an_empty_file_means_the_defaults(text: str, tmp_path: Path) -> None:
    assert _brand(tmp_path, text) == Brand()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("colour: '#000000'", "'colour' is no key; there are: name, logo"),
        ("acent: '#000000'", r"'acent' is no key (did you mean accent?)"),
        ("- name", "must hold keys and values"),
        ("a: [", "is not YAML"),
        ("name: !!python/object/apply:os.system ['id']", "is not YAML"),
        ("name: 5", "name: must be a text; put it in quotes: 5"),
        ("name: " + "x" * 121, "name: has 121 characters; at most 120"),
        ('name: "a\\u202eb"', "name: holds the invisible character U+202E"),
        ('contact: "a\\nb"', "contact: must be one line"),
        ("accent: #0b5c7a\nname: x\nsecond: 5", "second: must be a colour such as '#0b5c7a', in quotes"),
        ("accent: '#0b5'", "accent: must be a colour"),
        ("accent: 'red'", "accent: must be a colour"),
        ("accent: '#0b5c7a\"; x'", "accent: must be a colour"),
        ("website: javascript:alert(1)", "website: must be an address that begins with https:// or http://"),
        ("website: ftp://example.org", "website: must be an address"),
        ("website: https://user@example.org", "website: must be an address"),
        ("website: 'https://'", "website: must be an address"),
        ("licence: 'data:text/html,<script>'", "licence: must be an address"),
        ("website: 'https://example.org/\"><script>'", "website: must be an address"),
        ("website: 'see https://example.org/'", "website: must be an address"),
        ("logo_alt: A book", "logo_alt: there is no logo"),
        ("logo: logo.png", "logo_alt: say in words what the logo shows"),
        ("logo: 5\nlogo_alt: A", "logo: must be the name of a file"),
        ("logo: none.png\nlogo_alt: A", "logo: there is no file"),
        ("logo: .\nlogo_alt: A", "logo: there is no file"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_key(text: str, why: str, tmp_path: Path) -> None:
    assert why in _refused(tmp_path, text)


@pytest.mark.parametrize("text", ["CC BY 4.0", "© Library Association: all rights reserved", "www.example.org"])
def test_website_and_licence_may_be_plain_words(text: str, tmp_path: Path) -> None:
    assert _brand(tmp_path, f"licence: '{text}'\nwebsite: '{text}'").licence == text


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"brand\.yaml: cannot be read: No such file"):
        load_brand(tmp_path / "brand.yaml")
    (tmp_path / "brand.yaml").write_bytes(b"name: \xff")
    with pytest.raises(ConfigError, match="it is not UTF-8"):
        load_brand(tmp_path / "brand.yaml")
    (tmp_path / "brand.yaml").write_bytes(b"#" * 100_001)
    with pytest.raises(ConfigError, match="is larger than 100,000 bytes"):
        load_brand(tmp_path / "brand.yaml")


def test_a_pale_colour_is_refused_with_its_contrast_and_the_nearest_that_will_do(tmp_path: Path) -> None:
    said = _refused(tmp_path, "accent: '#f5a623'")
    assert "white text on #f5a623 cannot be read by everybody: their contrast is 2.02:1, and at least 4.5:1" in said
    offered = said.rpartition("'#")[2].rstrip("'")
    assert _brand(tmp_path, f"accent: '#{offered}'").accent == f"#{offered}"


@given(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)))
def test_the_shade_that_is_offered_has_enough_contrast_and_just_so(parts: tuple[int, int, int]) -> None:
    colour = "#" + "".join(f"{part:02x}" for part in parts)
    found = darker(colour)
    assert contrast(found, "#ffffff") >= LEAST_CONTRAST
    assert (found == colour) == (contrast(colour, "#ffffff") >= LEAST_CONTRAST)
    if found != colour:
        assert contrast(found, "#ffffff") < LEAST_CONTRAST + 0.2  # a step darker than needed would be more
        assert all(int(found[at : at + 2], 16) <= int(colour[at : at + 2], 16) for at in (1, 3, 5))


def test_pictures_are_known_by_what_they_hold_and_not_by_their_names(tmp_path: Path) -> None:
    text = "logo: logo.png\nlogo_alt: A book"
    for data, media_type in (
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (SVG.format("<path d='M0 0h9'/>").encode(), "image/svg+xml"),
    ):
        brand = _brand(tmp_path, text, logo_png=data)
        assert brand.logo is not None
        assert brand.logo.media_type == media_type
    assert "is neither a PNG nor a JPEG nor an SVG" in _refused(tmp_path, text, logo_png=b"GIF89a")
    assert "is neither a PNG nor a JPEG nor an SVG" in _refused(tmp_path, text, logo_png=b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png(4001, 4), "is 4001 x 4 pixels; from 1 to 4000"),
        (png(0, 4), "is 0 x 4 pixels"),
        (jpeg(4, 4001), "is 4 x 4001 pixels"),
        (png()[:-5], "the PNG is cut short"),
        (png()[:-2], "the PNG is cut short"),
        (png()[:40] + b"x" + png()[41:], "the PNG is damaged"),
        (png() + b"<script>", "something was put behind its end"),
        (b"\x89PNG\r\n\x1a\n", "the PNG is damaged"),
        (jpeg()[:-2], "the JPEG is damaged or cut short"),
        (b"\xff\xd8\xff", "the JPEG is damaged or cut short"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 50, "the JPEG is damaged or cut short"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>", "the SVG cannot be read as XML"),
        (b"<svg/>", "is no SVG: it begins with <svg> of the namespace ''"),
        (b"<html/>", "is no SVG: it begins with <html>"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither its width and height nor a viewBox"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='60in' height='1in'/>", "is 5760 x 96 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1e9 1'/>", "1e+09 x 1 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' width='nan' height='9'/>", "neither its width"),
    ],
)
def test_a_picture_that_is_damaged_or_too_large(data: bytes, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_logo(data, where="logo")
    assert why in str(caught.value)


def test_a_picture_of_more_than_a_megabyte(tmp_path: Path) -> None:
    said = _refused(tmp_path, "logo: logo.png\nlogo_alt: A", logo_png=bytes(MOST_BYTES + 1))
    assert "logo.png is larger than 1 MB" in said


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<SCRIPT/>",
        "<foreignObject/>",
        "<image href='data:image/png;base64,AA=='/>",
        "<a href='#x'/>",
        "<animate attributeName='x'/>",
        "<set attributeName='onload'/>",
        "<iframe xmlns='http://www.w3.org/1999/xhtml'/>",
        "<script xmlns='http://www.w3.org/1999/xhtml'/>",
        "<path onload='x()'/>",
        "<path ONCLICK='x()'/>",
        "<use href='https://evil.example/x.svg#a'/>",
        "<use xlink:href='file:///etc/passwd'/>",
        "<use xlink:href='other.svg#a'/>",
        "<path style='fill:url(https://evil.example/x)'/>",
        "<path fill='url( \"//evil.example/x\")'/>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>path{fill:ur/**/l(x)} @font-face{src:url(x)}</style>",
        "<style>p{fill:\\75rl(https://evil.example)}</style>",
        "<style><![CDATA[ p{background:url(//evil.example)} ]]></style>",
        "<?xml-stylesheet href='https://evil.example/x.css'?>",
    ],
)
def test_an_svg_that_does_more_than_draw(inside: str) -> None:
    with pytest.raises(ConfigError, match=r"logo: the SVG holds .*; that is refused"):
        check_logo(SVG.format(inside).encode(), where="logo")


@pytest.mark.parametrize(
    "before",
    [
        "<!DOCTYPE svg>",
        "<!DOCTYPE svg SYSTEM 'https://evil.example/x.dtd'>",
        "<!DOCTYPE svg [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>",
        "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
    ],
)
def test_an_svg_with_entities(before: str) -> None:
    with pytest.raises(ConfigError, match="a document type or entities"):
        check_logo((before + SVG.format("")).encode(), where="logo")


def test_an_svg_of_too_many_or_too_deep_elements() -> None:
    for inside in ("<g/>" * 20_001, "<g>" * 101 + "</g>" * 101):
        with pytest.raises(ConfigError, match="elements"):
            check_logo(SVG.format(inside).encode(), where="logo")


def test_an_svg_as_drawing_programs_write_it() -> None:
    drawn = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- Created with a drawing program -->\n'
        '<svg width="40mm" height="20mm" viewBox="0 0 40 20" xmlns="http://www.w3.org/2000/svg" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<inkscape:grid id="g"/><metadata/><defs><linearGradient id="a"><stop offset="0" style="stop-color:#0b5c7a"/>'
        '</linearGradient></defs><style>.b { fill: url(#a); /* a */ }</style><g class="b"><path d="M0 0h40v20z" '
        'fill="url(\'#a\')"/><use xlink:href="#a"/></g></svg>'
    )
    assert check_logo(drawn.encode(), where="logo") == "image/svg+xml"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_picture_or_refused(data: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"<svg ", jpeg()[:20], png()[:20]):
        try:
            check_logo(start + data, where="logo")
        except ConfigError as error:
            assert str(error).startswith("logo: ")


def test_the_page_names_every_key_and_its_example_is_read(tmp_path: Path) -> None:
    page = Path(__file__).parents[1] / "docs" / "how-to" / "brand.md"
    text = page.read_text(encoding="utf-8")
    assert all(f"`{key}`" in text for key in KEYS)
    block = textwrap.dedent(text.partition("```yaml\n")[2].partition("   ```\n")[0])
    assert set(yaml.safe_load(block)) == set(KEYS)
    brand = _brand(tmp_path, block, logo_svg=SVG.format("").encode())
    assert brand.logo is not None
    refused = text.partition("accent: white text on ")[2][:7]
    assert darker(refused) == text.partition("that will do is '")[2][:7]
