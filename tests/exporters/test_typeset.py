"""Typesetting for every template: threads at once, pictures, attachments, and errors that name the file."""

from __future__ import annotations

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.brief import brief
from advocacy_monitor.exporters.pdf import PdfExporter
from advocacy_monitor.exporters.typeset import pictures, typeset
from advocacy_monitor.models import Brand, Logo
from tests.exporters.sample_packs import english_pack, german_pack
from tests.exporters.tagged import elements, inspect

_AS_OF = datetime(2026, 7, 3, tzinfo=UTC)


def test_threads_do_not_mix_their_documents() -> None:
    views = [brief(make(), quotes=3) for make in (english_pack, german_pack)]
    alone = [typeset("brief.typ", view, as_of=_AS_OF, path=Path("x")) for view in views]
    with ThreadPoolExecutor(4) as threads:
        made = threads.map(lambda view: typeset("brief.typ", view, as_of=_AS_OF, path=Path("x")), views * 4)
        assert list(made) == alone * 4


def test_each_page_becomes_a_picture_of_the_size_asked_for() -> None:
    pages = pictures("brief.typ", brief(english_pack(), quotes=3), path=Path("x"), ppi=36)
    assert len(pages) == 2
    assert {page[:8] for page in pages} == {b"\x89PNG\r\n\x1a\n"}
    assert {int.from_bytes(page[16:20], "big") for page in pages} == {298}  # 595.28 pt at half a pixel for each
    outlined = pictures("brief.typ", brief(english_pack(), quotes=3), path=Path("x"), form="svg")
    assert all(page.lstrip().startswith(b"<svg") for page in outlined)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_logo_without_words_is_named_after_the_association(tmp_path: Path) -> None:
    logo = Logo(data=_png(60, 20), media_type="image/png", alternative="")
    PdfExporter().export(english_pack(brand=Brand(logo=logo)), tmp_path / "brief.pdf")
    assert inspect(tmp_path / "brief.pdf") == []
    with pikepdf.open(tmp_path / "brief.pdf") as pdf:
        said = [str(each.get("/Alt", "")) for each in elements(pdf)]
        images = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Width") == 60]
    assert english_pack().sponsor in said
    assert len(images) == 1


def test_what_cannot_be_set_names_the_file() -> None:
    with pytest.raises(ExportError, match=r"brief-7\.pdf was not written"):
        typeset("brief.typ", {"head": {}}, as_of=_AS_OF, path=Path("brief-7.pdf"))
