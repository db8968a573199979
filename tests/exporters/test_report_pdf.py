"""The report read back from its PDF: what it says, that its numbers are the pack's, and that it bears every edge."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdf
import pytest

from advocacy_monitor.exporters.manifest import manifest
from advocacy_monitor.exporters.quotes import shortened
from advocacy_monitor.exporters.report import report
from advocacy_monitor.exporters.report_pdf import ReportExporter
from advocacy_monitor.exporters.story import story
from advocacy_monitor.models import EvidencePack
from tests.exporters import report_packs
from tests.exporters.sample_packs import english_pack, hostile_pack
from tests.exporters.tagged import inspect

_DIGEST = """
import hashlib, pathlib, sys
from tests.exporters.report_packs import full_arabic_pack
from advocacy_monitor.exporters.report_pdf import ReportExporter
path = pathlib.Path(sys.argv[1]) / "pack-report.pdf"
ReportExporter().export(full_arabic_pack(), path)
print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def _read(pack: EvidencePack, folder: Path) -> pypdf.PdfReader:
    ReportExporter().export(pack, folder / "pack-report.pdf")
    return pypdf.PdfReader(folder / "pack-report.pdf")


def _text(reader: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).replace("\u200b", "").split())


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_every_part_is_there_in_its_order(tmp_path: Path) -> None:
    pack = report_packs.full_pack()
    text = _text(_read(pack, tmp_path))
    told = story(pack)
    parts = [
        "Contents",
        "412 statements counted of 618 found",
        told.findings[0].sentence,
        "Theme by theme",
        told.critics_note,
        "Areas",
        "When it was said",
        "Left out: no consent for this use 57",
        "Who collected",
        "Did it change something for you?",
        "Index of quotes",
        "About this report",
        "themes 2, places 1",
    ]
    for part in parts:
        assert _flat(part) in text, part
    places = [text.rfind(_flat(part)) for part in parts[3:] if part != "Areas"]
    assert len(places) > 8
    for month in pack.months:
        assert re.search(rf"\b{month.value}\b", text[text.rindex("When it was said") :]), month
    for heading, body in pack.method:
        assert f"{heading} {body}" in text
    assert "relates to target 3.4: mental health" in text
    assert "Text and figures: CC BY 4.0." in text
    assert pack.digest in text.replace(" ", "")


def test_every_quote_of_the_story_is_verbatim_and_every_exhibit_is_in_the_index(tmp_path: Path) -> None:
    pack = report_packs.full_pack()
    text = _text(_read(pack, tmp_path))
    told = story(pack)
    shown = [each for page in told.pages for each in page.quotes] + list(told.critics)
    assert len(shown) > 12
    for each in shown:
        if each.language != "ar":  # letters of Arabic come back in their joined forms
            # Chinese has no blanks, so a line's end comes back as one.
            assert "".join(shortened(each.printed, 600).split()) in text.replace(" ", "")
    index = text[text.rfind("Index of quotes") :]
    for each in pack.exhibits:
        assert f"statement {each.item_id}" in index
    assert "Translation: Without the help at the desk" in text
    assert not re.search('[“"«]Without the help at the desk', text)


def _numbers(value: object) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, (tuple, list)):
        for each in value:
            yield from _numbers(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _numbers(getattr(value, name))


def test_every_large_number_is_one_of_the_pack() -> None:
    pack = report_packs.full_pack()
    known = {f"{number:,}" for number in _numbers(pack)} | {str(len(pack.sources)), ""}
    view = report(pack)
    cells = [*view["found"]["figures"], *view["found"]["findings"]]
    cells += [cell for page in view["themes"]["pages"] for cell in page["figures"]]
    assert len(cells) > 20
    assert {cell["figure"] for cell in cells} <= known
    rows = [row for group in (view["counts"], *view["counts"]["groups"]) for row in group["rows"]]
    assert {row["value"] for row in rows} <= known | {"fewer than 5"}


@pytest.mark.parametrize(
    "changes",
    [
        {"exhibits": ()},
        {"themes": ()},
        {"themes": english_pack().themes[:1]},
        {"themes": english_pack().themes[7:8]},
        {"months": ()},
        {"areas": (), "libraries": (), "months": (), "sources": (), "languages": (), "left_out": ()},
        {"exhibits": (), "themes": (), "ask": None, "recipient": None, "period": None, "addressee": None},
        {"statements": 0, "people": 0, "found": 0, "themes": (), "exhibits": (), "critical": None},
    ],
)
def test_edges_can_be_set(changes: dict[str, object], tmp_path: Path) -> None:
    assert 5 <= len(_read(report_packs.full_pack(**changes), tmp_path).pages) <= 14


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "ru", "zh"])
def test_every_language_can_be_set(language: str, tmp_path: Path) -> None:
    reader = _read(report_packs.full_pack(language=language), tmp_path)
    assert str(reader.root_object["/Lang"]) == language
    assert inspect(tmp_path / "pack-report.pdf") == []


def test_two_hundred_quotes_and_sixty_areas_stay_reasonable(tmp_path: Path) -> None:
    reader = _read(report_packs.crowded_pack(), tmp_path)
    assert len(reader.pages) <= 28
    text = _text(reader)
    for number in (1, 100, 200):
        assert f"statement {1000 + number}" in text
    assert "Electoral district 60" in text


def test_hostile_texts_are_printed_and_never_run(tmp_path: Path) -> None:
    reader = _read(hostile_pack(), tmp_path)
    text = _text(reader).replace(" ", "")
    assert '#read("/etc/passwd")#eval("1+1")$x^2$' in text
    assert "<script>alert('x')</script>" in text
    assert "root:" not in text
    assert not {"/OpenAction", "/AA", "/AcroForm"} & reader.root_object.keys()
    actions = [note.get_object().get("/A", {}) for page in reader.pages for note in page.get("/Annots", [])]
    assert not [action for action in actions if action.get("/S") == "/URI"]


def test_sample_data_is_named_on_every_page(tmp_path: Path) -> None:
    pack = report_packs.full_pack(sample=True)
    for page in _read(pack, tmp_path).pages:
        assert "Sample data — invented statements" in page.extract_text()
    assert "ample data" not in _text(_read(report_packs.full_pack(), tmp_path))


def test_the_manifest_travels_inside_and_the_standards_are_named(tmp_path: Path) -> None:
    pack = report_packs.full_pack()
    reader = _read(pack, tmp_path)
    assert reader.attachments["manifest.json"] == [manifest(pack)]
    with pikepdf.open(tmp_path / "pack-report.pdf") as opened:
        xmp = opened.Root.Metadata.read_bytes().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert len(reader.outline) >= 1


def test_same_bytes_in_two_processes(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    made = set()
    for seed, zone in (("1", "Pacific/Auckland"), ("2", "America/Lima")):
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST, str(tmp_path)],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        made.add(done.stdout)
    assert len(made) == 1
    changed = replace(report_packs.full_arabic_pack(), contact="somebody else")
    ReportExporter().export(replace(changed, brand=replace(changed.brand, contact="other")), tmp_path / "other.pdf")
    assert hashlib.sha256((tmp_path / "other.pdf").read_bytes()).hexdigest() + "\n" not in made
