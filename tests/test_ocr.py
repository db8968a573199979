"""Scans: told by their content, drawn anew, read by machine as a draft; hostile files are refused."""

from __future__ import annotations

import io
import shutil
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

from advocacy_monitor import scanning
from advocacy_monitor.ocr import OcrError, draft, read_scan
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.scanning import JPEG, PDF, ScanError, pictures, redrawn

FORM = load_questionnaire("library")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs tesseract")
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs poppler's pdftoppm")


def sheet(*lines: str, kind: str = "PNG") -> bytes:
    """A white sheet with lines of print."""
    image = Image.new("RGB", (1400, 160 + 90 * len(lines)), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 70 + 90 * number), line, fill="black", font=ImageFont.load_default(44))
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()


def test_a_picture_is_drawn_anew_without_what_is_hidden_in_it() -> None:
    image, hidden = Image.new("RGB", (40, 20), "white"), PngImagePlugin.PngInfo()
    hidden.add_text("Comment", "<script>alert(1)</script> secretplace")
    written = io.BytesIO()
    image.save(written, "PNG", pnginfo=hidden)
    given = written.getvalue() + b"<script>trailing</script>"
    ((kind, made),) = pictures(given)
    assert kind == JPEG
    assert b"secretplace" in given and b"secretplace" not in made and b"script" not in made
    with Image.open(io.BytesIO(made)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (40, 20))


def test_a_picture_stands_upright_and_large_ones_become_smaller() -> None:
    image = Image.new("RGB", (3000, 100), "white")
    turned = Image.Exif()
    turned[0x0112] = 6
    written = io.BytesIO()
    image.save(written, "JPEG", exif=turned)
    with Image.open(io.BytesIO(redrawn(written.getvalue()))) as opened:
        assert opened.height == 2600 and opened.width < 100
        assert not opened.getexif()


def test_what_is_see_through_becomes_white() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(io.BytesIO(redrawn(written.getvalue()))) as opened:
        assert opened.getpixel((5, 5)) == (255, 255, 255)


def _bomb() -> bytes:
    """A PNG of a few bytes that says that it is 60,000 by 60,000 pixels large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"<html><script>alert(1)</script></html>", "kind"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "kind"),
        (b"MZ" + b"\0" * 200, "kind"),
        (sheet("half")[:300], "damaged"),
        (_bomb(), "large"),
        (b"x" * (scanning.MOST_BYTES + 1), "large"),
    ],
    ids=["nothing", "svg", "html", "gif", "program", "half", "bomb", "bytes"],
)
def test_what_is_no_scan_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ScanError) as refused:
        pictures(content)
    assert refused.value.why == why


def _pdf(pages: int) -> bytes:
    images = [Image.open(io.BytesIO(sheet(f"page {number}"))).convert("RGB") for number in range(pages)]
    written = io.BytesIO()
    images[0].save(written, "PDF", save_all=True, append_images=images[1:])
    return written.getvalue()


@needs_poppler
def test_the_pages_of_a_pdf_become_pictures() -> None:
    assert [kind for kind, _ in pictures(_pdf(2))] == [JPEG, JPEG]
    for content, why in ((_pdf(5), "pages"), (b"%PDF-1.7 nothing of the kind", "damaged")):
        with pytest.raises(ScanError) as refused:
            pictures(content)
        assert refused.value.why == why


def test_a_pdf_is_kept_as_it_is_where_nothing_can_draw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    content = _pdf(1)
    assert pictures(content) == [(PDF, content)]


@needs_tesseract
def test_print_is_read_and_what_the_flyer_says_itself_is_left_out() -> None:
    text = read_scan(sheet("Which library do you use?", "THE READING ROOM KEPT ME WARM", "Tick up to three."), "en")
    assert "READING ROOM" in text
    assert draft(text, FORM, "en") == "THE READING ROOM KEPT ME WARM"


def test_a_draft_holds_no_printed_line_in_any_language() -> None:
    for language in FORM.languages:
        printed = [FORM.introduced(language), *(each.said(language) for each in FORM.questions if each.key != "words")]
        assert draft("\n".join([*printed, "Ω", "Ich mag den Lesesaal sehr."]), FORM, language) == (
            "Ich mag den Lesesaal sehr."
        )


def test_a_draft_is_what_stands_below_the_question() -> None:
    text = """Example Association library 1 en Code of this sheet: EPR8-YNGY-ZUN5
        1{_] Borrowing print books s{_] Storytime for children
        3. In your own words: what does your library mean to you,
        or what did you miss?
        Please write no names and addresses of other people.
        A WARM PLACE
        and a kind word
        4. Did the library change something tor you?
        i{_] I learned something 4(_] | found a service that | needed
        Would you rather answer online?"""
    assert draft(text, FORM, "en") == "A WARM PLACE\nand a kind word"


@needs_tesseract
def test_a_language_that_tesseract_has_not_learned_is_told() -> None:
    with pytest.raises(OcrError) as refused:
        read_scan(sheet("x"), "tlh")
    assert refused.value.why == "language"


def test_without_tesseract_nothing_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OcrError) as refused:
        read_scan(sheet("x"), "en")
    assert refused.value.why == "missing"
    with pytest.raises(OcrError) as failed:
        read_scan(sheet("x"), "en", command=str(tmp_path / "nothing"))
    assert failed.value.why == "failed"
