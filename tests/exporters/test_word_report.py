"""The Word report and brief: their structure, languages and figures, quotes word for word, and nothing that runs."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from advocacy_monitor.errors import ExportError
from advocacy_monitor.exporters.quotes import LONGEST_QUOTE
from advocacy_monitor.exporters.story import story
from advocacy_monitor.exporters.word.brief import DocxBriefExporter
from advocacy_monitor.exporters.word.markup import _ORDER as ORDER
from advocacy_monitor.exporters.word.report import DocxReportExporter
from advocacy_monitor.exporters.word.tongue import harmless, pieces
from advocacy_monitor.models import Brand, Count, EvidencePack, Logo, Translation
from tests.exporters.sample_packs import english_pack, exhibit, german_pack, hostile_pack

EXPORTERS = (DocxReportExporter(), DocxBriefExporter())
both = pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda each: each.suffix[1:-5])
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MARKS = re.compile("[\u200e\u200f]")
WRITTEN: dict[str, bytes] = {}
"""What was written before, by exporter and pack: several tests look at one document."""
RUN_ELSEWHERE = """
import datetime, hashlib, pathlib, sys, time
later = time.time() + 3 * 365 * 86400 if sys.argv[2] == "later" else time.time()
time.time = lambda: later
from tests.exporters.sample_packs import english_pack, german_pack, hostile_pack
from tests.exporters.test_word_report import EXPORTERS
for exporter in EXPORTERS:
    for make in (english_pack, german_pack, hostile_pack):
        path = pathlib.Path(sys.argv[1]) / "pack"
        exporter.export(make(), path)
        print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def arabic_pack(**changes: Any) -> EvidencePack:
    """The English numbers in an Arabic pack, with a date and a Latin name inside."""
    return english_pack(language="ar", title="ماذا تعني المكتبات في Port Example حتى 2027-01-31؟", **changes)


def written(pack: EvidencePack, tmp_path: Path, exporter: Any = EXPORTERS[0]) -> Document:
    path, key = tmp_path / f"pack{exporter.suffix}", f"{exporter!r} {pack!r}"
    if key not in WRITTEN:
        exporter.export(pack, path)
        WRITTEN[key] = path.read_bytes()
    path.write_bytes(WRITTEN[key])
    return docx.Document(str(path))


def paragraphs(document: Document) -> Iterator[Paragraph]:
    """Every paragraph, in tables and in the list of contents as well."""
    for each in document.element.body.iter(qn("w:p")):
        yield Paragraph(each, document._body)


def said(document: Document) -> str:
    return MARKS.sub("", "\n".join(each.text for each in paragraphs(document)))


def styled(document: Document, name: str) -> list[Paragraph]:
    return [each for each in document.paragraphs if each.style is not None and each.style.name == name]


def table_with(document: Document, heading: str) -> Table:
    return next(each for each in document.tables if heading in [cell.text for cell in each.rows[0].cells])


@both
@pytest.mark.parametrize("make", [english_pack, german_pack, hostile_pack, arabic_pack])
def test_headings_never_skip_a_level(exporter: Any, make: Callable[[], EvidencePack], tmp_path: Path) -> None:
    document = written(make(), tmp_path, exporter)
    names = [each.style.name or "" for each in document.paragraphs if each.style is not None]
    assert names.count("Title") == 1
    levels = [int(name[-1]) for name in names if re.fullmatch(r"Heading \d", name)]
    assert levels[0] == 1
    assert all(later <= level + 1 for level, later in itertools.pairwise(levels))
    assert names.index("Title") < min(names.index(f"Heading {level}") for level in set(levels))


@both
def test_every_picture_says_what_it_shows_and_has_its_svg(exporter: Any, tmp_path: Path) -> None:
    pack = english_pack()
    document = written(pack, tmp_path, exporter)
    pictures = list(document.element.body.iter(qn("wp:docPr")))
    assert pictures
    assert all(len(each.get("descr", "")) > 40 for each in pictures)
    with zipfile.ZipFile(tmp_path / f"pack{exporter.suffix}") as archive:
        drawn = [name for name in archive.namelist() if name.endswith(".svg")]
        types = archive.read("[Content_Types].xml").decode()
        assert len(drawn) == len(pictures)
        assert all(f'"/{name}" ContentType="image/svg+xml"' in types for name in drawn)
        assert b"<text" not in archive.read(drawn[0])


@both
def test_every_table_has_a_head_that_comes_again_and_rows_that_stay_whole(exporter: Any, tmp_path: Path) -> None:
    document = written(english_pack(), tmp_path, exporter)
    assert document.tables
    for table in document.tables:
        first, *others = table.rows
        assert first._tr.trPr is not None
        assert first._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(cell.text.strip() for cell in first.cells)
        assert others
        assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in others if row._tr.trPr is not None)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows if row._tr.trPr is not None)


def test_printed_quotes_are_word_for_word_in_their_own_language(tmp_path: Path) -> None:
    pack = english_pack()
    quotes = styled(written(pack, tmp_path), "Quote")
    told = {each.text: each for each in quotes}
    printed = {each for page in story(pack).pages for each in page.quotes}
    assert len(printed) >= 5
    tags = {"en": "en-GB", "de": "de-DE", "ar": "ar-SA", "zh": "zh-CN", "ru": "ru-RU"}
    for each in printed:
        found = next(told[text] for text in told if each.printed in text)
        assert len(found.text) <= len(each.printed) + 4  # its two quote marks
        languages = {run.get(qn("w:val")) for run in found._p.iter(qn("w:lang"))}
        assert languages == {tags[each.language]}
        turned = [run.find(qn("w:rtl")) is not None for run in found._p.iter(qn("w:rPr"))]
        assert any(turned) == (each.language == "ar")
        bidi = found._p.pPr.find(qn("w:bidi")) if found._p.pPr is not None else None
        assert (bidi is not None) == (each.language == "ar")


def test_translation_is_marked_and_in_no_quote_marks(tmp_path: Path) -> None:
    pack = english_pack()
    german = replace(pack.exhibits[2], translations=(Translation(language="en", text="Without the help."),))
    made = styled(written(replace(pack, exhibits=(german,)), tmp_path), "Quote Translation")
    assert [each.text for each in made] == ["Translation: Without the help."]


def test_source_line_has_number_place_day_source_statement_and_a_safe_link(tmp_path: Path) -> None:
    first, second, *_ = english_pack().exhibits
    evil = replace(second, url="javascript:alert(1)")
    document = written(english_pack(exhibits=(first, evil)), tmp_path)
    lines = [each.text for each in styled(document, "Quote Source")]
    assert "Exhibit 1 · Harbour Library · Port Example · 2 April 2026 · mastodon · statement 1001" in lines
    targets = [each.target_ref for each in document.part.rels.values() if each.is_external]
    assert targets
    assert all(target.startswith("https://social.example.org/") for target in targets)


def test_figures_of_the_report_are_those_of_the_pack(tmp_path: Path) -> None:
    pack = english_pack()
    document = written(pack, tmp_path)
    rows = [[cell.text for cell in row.cells] for row in table_with(document, "Share").rows][1:]
    assert rows == [[each.sentence, each.figure, each.base, each.share or "–"] for each in story(pack).findings]
    steps = {row.cells[0].text: row.cells[1].text for row in table_with(document, "Step").rows}
    assert steps["Found"] == "618"
    assert steps["Statements counted"] == "412"
    assert {steps[f"Left out: {each.label}"] for each in pack.left_out} == {"61", "57", "44", "31", "13"}
    assert {row.cells[0].text: row.cells[1].text for row in table_with(document, "Languages").rows}["French"] == (
        "fewer than 5"
    )


@both
def test_method_stands_whole_and_contact_and_ask_stand_in_every_document(exporter: Any, tmp_path: Path) -> None:
    pack = english_pack()
    text = said(written(pack, tmp_path, exporter))
    assert all(f"{heading}: {body}" in text for heading, body in pack.method)
    assert pack.contact in text
    assert pack.ask is not None
    assert pack.ask in text


def test_no_share_where_the_base_is_too_small(tmp_path: Path) -> None:
    text = said(written(english_pack(smallest_base=500), tmp_path))
    assert "%" not in re.sub(r"95%|about half", "", text)


def test_index_names_every_quote_and_leads_to_the_printed_ones(tmp_path: Path) -> None:
    pack = english_pack()
    table = table_with(written(pack, tmp_path), "Statement and digest")
    assert [row.cells[0].text for row in table.rows][1:] == [str(each.number) for each in pack.exhibits]
    for row, each in zip(list(table.rows)[1:], pack.exhibits, strict=True):
        assert each.text_sha256 in row.cells[4].text
    anchors = {link.get(qn("w:anchor")) for link in table._tbl.iter(qn("w:hyperlink"))} - {None}
    assert anchors == {f"exhibit_{each.number}" for page in story(pack).pages for each in page.quotes}


def test_exhibits_that_nobody_chose_stand_in_the_index_only(tmp_path: Path) -> None:
    pack = english_pack()
    kept = tuple(replace(each, chosen=each.number != 1) for each in pack.exhibits)
    document = written(replace(pack, exhibits=kept), tmp_path)
    assert not any("After my husband" in each.text for each in styled(document, "Quote"))
    assert "After my husband" in said(document)


def test_list_of_contents_leads_to_every_heading(tmp_path: Path) -> None:
    document = written(english_pack(), tmp_path)
    frame = document.element.body.find(qn("w:sdt"))
    assert frame is not None
    assert "TOC" in "".join(each.text or "" for each in frame.iter(qn("w:instrText")))
    entries = [
        (MARKS.sub("", "".join(text.text or "" for text in link.iter(qn("w:t")))), link.get(qn("w:anchor")))
        for link in frame.iter(qn("w:hyperlink"))
    ]
    headings = [*styled(document, "Heading 1"), *styled(document, "Heading 2")]
    assert sorted(text for text, _ in entries) == sorted(each.text for each in headings)
    marks = {each.get(qn("w:name")) for each in document.element.body.iter(qn("w:bookmarkStart"))}
    assert {anchor for _, anchor in entries} <= marks
    kinds = [each.get(qn("w:fldCharType")) for each in frame.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert document.settings.element.find(qn("w:updateFields")) is None


@both
def test_arabic_runs_from_right_to_left_and_days_do_not(exporter: Any, tmp_path: Path) -> None:
    document = written(arabic_pack(), tmp_path, exporter)
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None
    assert all(each._tbl.tblPr.find(qn("w:bidiVisual")) is not None for each in document.tables)
    title = styled(document, "Title")[0]
    assert title._p.pPr is not None
    assert title._p.pPr.find(qn("w:bidi")) is not None
    ways = {MARKS.sub("", run.text).strip(): run._r.find(f".//{qn('w:rtl')}") is not None for run in title.runs}
    assert ways["2027-01-31"] is False
    assert ways["Port Example"] is False
    assert ways["ماذا تعني المكتبات في"] is True
    english = next(each for each in styled(document, "Quote") if "my husband" in each.text)
    assert english._p.pPr is not None
    bidi = english._p.pPr.find(qn("w:bidi"))
    assert bidi is not None
    assert bidi.get(qn("w:val")) == "0"
    assert all(
        each._p.pPr.find(qn("w:bidi")) is not None
        for each in document.paragraphs
        if each.text and each._p.pPr is not None
    )


@both
@pytest.mark.parametrize("make", [english_pack, german_pack, arabic_pack])
def test_every_run_with_words_says_its_language(
    exporter: Any, make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    document = written(make(), tmp_path, exporter)
    own = {"en": "en-GB", "de": "de-DE", "ar": "ar-SA"}[make().language]
    assert document.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}").get(qn("w:val")) == own
    assert document.core_properties.language == own
    for run in document.element.body.iter(qn("w:r")):
        if "".join(text.text or "" for text in run.iter(qn("w:t"))).strip():
            assert run.find(f"{qn('w:rPr')}/{qn('w:lang')}") is not None


@both
def test_sample_data_says_so_on_every_page(exporter: Any, tmp_path: Path) -> None:
    section = written(german_pack(), tmp_path, exporter).sections[0]
    for head in (section.first_page_header, section.header):
        assert "Beispieldaten" in head.paragraphs[0].text
    real = written(english_pack(), tmp_path, exporter).sections[0]
    assert "ample" not in "".join(each.text for each in real.header.paragraphs)
    for foot in (real.first_page_footer, real.footer):
        assert "Library Association of Exampleland · Pack AM-2026-0042\tPage 1 of 1" in foot.paragraphs[0].text


@both
def test_hostile_texts_do_no_harm(exporter: Any, tmp_path: Path) -> None:
    document = written(hostile_pack(), tmp_path, exporter)
    with zipfile.ZipFile(tmp_path / f"pack{exporter.suffix}") as archive:
        parts = {
            name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if name[-4:] != ".png"
        }
    assert not any(re.search("[\u202a-\u202e\u2066-\u2069]", body) for body in parts.values())
    assert not any(re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", body) for body in parts.values())
    assert "javascript:" not in "".join(body for name, body in parts.items() if name.endswith(".rels"))
    fields = [each.text or "" for each in document.element.body.iter(qn("w:instrText"))]
    assert all(re.fullmatch(r" TOC .*", each) for each in fields)
    assert not any("vbaProject" in name or "embeddings" in name for name in parts)
    shown = "\n".join(each.text for each in styled(document, "Quote"))
    assert "+49 is not the number. @SUM(1+1)*cmd|' /C calc'!A0" in shown
    assert ("<script>alert('x')</script> & <b>bold</b> ]]> <![CDATA[" in shown) == (exporter is EXPORTERS[0])


@both
@pytest.mark.parametrize("make", [hostile_pack, arabic_pack])
def test_properties_stand_in_the_order_that_word_insists_on(
    exporter: Any, make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    written(make(), tmp_path, exporter)
    seen = 0
    with zipfile.ZipFile(tmp_path / f"pack{exporter.suffix}") as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"word/(document|styles|header\d+|footer\d+)\.xml", name):
                continue
            for each in ET.fromstring(archive.read(name)).iter():
                order = ORDER.get(each.tag.replace(W, "w:"), "").split()
                ranks = [order.index(child.tag.removeprefix(W)) for child in each if order]
                assert ranks == sorted(set(ranks)) or "Reference" in order[0], (name, each.tag)
                seen += len(ranks)
    assert seen > 500


@both
def test_pack_without_quotes_themes_and_places(exporter: Any, tmp_path: Path) -> None:
    empty: dict[str, Any] = {"exhibits": (), "themes": (), "areas": (), "libraries": (), "months": (), "languages": ()}
    bare = english_pack(**empty, sources=(), left_out=(), ask=None, recipient=None, people=0)
    text = said(written(bare, tmp_path, exporter))
    assert "No statement in this pack may be quoted." in text
    assert not any(each.text for each in styled(written(bare, tmp_path, exporter), "Quote"))


def test_two_hundred_quotes_all_stand_in_the_index(tmp_path: Path) -> None:
    many = tuple(exhibit(number, f"Quote number {number}.", themes=("study",)) for number in range(1, 201))
    document = written(english_pack(exhibits=many), tmp_path)
    assert len(table_with(document, "Statement and digest").rows) == 201
    assert len(styled(document, "Quote")) == 6


def test_brief_shortens_long_quotes_with_a_mark_and_keeps_to_its_number(tmp_path: Path) -> None:
    long = tuple(exhibit(number, "I read and I learn here. " * 60) for number in range(1, 8))
    document = written(english_pack(exhibits=long), tmp_path, DocxBriefExporter(quotes=5))
    quotes = styled(document, "Quote")
    assert 2 <= len(quotes) <= 5
    assert all(each.text.endswith("[…]”") and len(each.text) <= LONGEST_QUOTE + 2 for each in quotes)
    assert f"{len(quotes)} of the 7 statements" in said(document)


def test_brand_gives_name_colour_and_logo(tmp_path: Path) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" fill="#123456"/></svg>'
    logo = Logo(data=svg, media_type="image/svg+xml", alternative="A blue box")
    brand = Brand(name="Friends of Libraries", accent="#7a0b5c", contact="Ask us", licence="CC BY 4.0", logo=logo)
    document = written(english_pack(brand=brand, libraries=(Count(label="Harbour Library", value=12),)), tmp_path)
    assert next(document.element.body.iter(qn("wp:docPr"))).get("descr") == "A blue box"
    assert document.core_properties.author == "Friends of Libraries"
    color = document.styles["Heading 1"].element.find(f".//{qn('w:color')}")
    assert color.get(qn("w:val")).lower() == "7a0b5c"
    assert "Licence: CC BY 4.0" in said(document)


def test_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    brand = Brand(logo=Logo(data=b"no picture", media_type="image/png", alternative=""))
    with pytest.raises(ExportError, match="logo cannot be read as image/png"):
        DocxReportExporter().export(english_pack(brand=brand), tmp_path / "pack.docx")
    assert not any(tmp_path.iterdir())


def test_same_pack_gives_the_same_bytes_elsewhere_and_later(tmp_path: Path) -> None:
    def run(when: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", RUN_ELSEWHERE, str(tmp_path), when],
            cwd=Path(__file__).parents[2],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = run("now", PYTHONHASHSEED="1", TZ="Pacific/Auckland", LC_ALL="C")
    assert first == run("later", PYTHONHASHSEED="2", TZ="America/Lima", LC_ALL="C.UTF-8")
    assert len(set(first.split())) == 6
    assert hashlib.sha256().hexdigest() not in first


def test_pieces_keep_every_letter() -> None:
    text = "في 2027-01-31 قال Jo Example: «نعم»."
    cut = pieces(text, right_to_left=True, marked=False)
    assert "".join(each.text for each in cut) == harmless(text)
    assert next(each.text for each in cut if not each.right_to_left) == "2027-01-31"
    assert "".join(MARKS.sub("", each.text) for each in pieces(text, right_to_left=True, marked=True)) == text
