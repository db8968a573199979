"""Letter and press release: what they say, what they leave to staff, and that they never say more than the pack."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from advocacy_monitor.exporters.quotes import OMISSION
from advocacy_monitor.exporters.story import headline, story
from advocacy_monitor.exporters.word import sentences
from advocacy_monitor.exporters.word.letter import LONGEST_QUOTE, LetterExporter, letter
from advocacy_monitor.exporters.word.press_release import COMMAND, PressReleaseExporter, release
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import Count, EvidencePack, Recipient
from advocacy_monitor.models.packs import Widening
from advocacy_monitor.protocols import Exporter
from advocacy_monitor.redact import is_verbatim
from advocacy_monitor.translate import LANGUAGES, texts
from tests.exporters.report_packs import full_arabic_pack, full_german_pack, full_pack
from tests.exporters.sample_packs import LONG_TEXT, english_pack, exhibit, german_pack, hostile_pack

EXPORTERS: list[Exporter] = [LetterExporter(), PressReleaseExporter()]
every_exporter = pytest.mark.parametrize("exporter", EXPORTERS, ids=["letter", "press-release"])
every_pack = pytest.mark.parametrize(
    "make", [english_pack, german_pack, full_pack, full_german_pack, full_arabic_pack, hostile_pack]
)
ALEX = Recipient(key="alex", name="Dr Alex Example", office="Member for Port Example", area="Port Example")


def _said(made: object) -> str:
    """Every text of a letter or a release, for looking things up."""
    return "\n".join(str(getattr(made, each.name)) for each in fields(made))  # type: ignore[arg-type]  # a dataclass


def _of(pack: EvidencePack, **changes: Any) -> EvidencePack:
    return replace(pack, **changes)


# ---- how much was counted -------------------------------------------------------------------------------------------


def _counted(pack: EvidencePack) -> str:
    return " ".join(sentences.counted(pack, wording(pack.language))).replace("\xa0", " ")


def test_counts_name_number_people_period_and_channels() -> None:
    assert _counted(english_pack(authors_unknown=0)) == (
        "412 statements were counted. 371 people wrote or said this. "
        "They date from this period: 1 March to 30 June 2026. "
        "They came in through these channels: Spring survey (214), mastodon (151), paper flyers (47)."
    )


def test_unknown_authors_are_no_people() -> None:
    said = _counted(english_pack())
    assert "371 known people wrote or said this. The authors of 20 statements are not known." in said
    nobody = _counted(english_pack(people=0, authors_unknown=412))
    assert "The authors of 412 statements are not known." in nobody
    assert "wrote or said" not in nobody


def test_small_channels_are_not_counted_out_and_an_unknown_period_is_said() -> None:
    many = tuple(Count(label=f"channel {n}", value=None if n == 1 else 40) for n in range(1, 9))
    said = _counted(english_pack(sources=many, period=None))
    assert "channel 1 (fewer than 5), channel 2 (40)" in said
    assert said.endswith("channel 6 (40), other channels.")
    assert "It is not known when they were made." in said


@pytest.mark.parametrize("number", [1, 2, 3, 11, 100])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_says_the_number(code: str, number: int) -> None:
    said = _counted(english_pack(language=code, statements=number, people=number, authors_unknown=number))
    assert len(re.findall(rf"(?<!\d){number}(?!\d)", said)) >= 3


def test_a_day_that_ends_in_a_full_stop_gets_no_second_one() -> None:
    assert "30 июня 2026 г. Они" in re.sub(r"\s", " ", _counted(english_pack(language="ru")))


# ---- from where -----------------------------------------------------------------------------------------------------


def test_widening_is_said_in_words() -> None:
    steps = (Count(label="Port Example West", value=12), Count(label="Port Example", value=20))
    wider = english_pack(widening=Widening(steps=steps, area="Exampleland", least=30), addressee=ALEX)
    expected = "Too few statements came from Port Example West alone (fewer than 30), so these are from Exampleland."
    assert expected in letter(wider).why
    assert expected in release(wider).lead
    everywhere = replace(wider, widening=Widening(steps=steps, area="", least=30))
    assert "(fewer than 30), so these are from all areas." in letter(everywhere).why


def test_area_is_named_only_where_the_query_was_limited_to_it() -> None:
    assert "The statements are from Port Example." in letter(english_pack(addressee=ALEX)).why
    assert "The statements are from" not in letter(english_pack(addressee=ALEX, query={"title": "all"})).why
    listed = english_pack(query={"areas": ["North", "South"]})
    assert "The statements are from North, South." in release(listed).lead
    assert "are from" not in release(english_pack(query={"areas": [f"Ward {n}" for n in range(9)]})).lead


# ---- findings -------------------------------------------------------------------------------------------------------


def test_findings_are_the_first_proven_ones_with_base_and_quality() -> None:
    pack = english_pack(authors_unknown=0)
    found = release(pack).findings
    assert [sentence for sentence, _ in found] == [each.sentence for each in story(pack).findings if each.proven][:3]
    assert found[0][0] == "“Company instead of loneliness” was named by 51 of 371 people"
    assert found[0][1].startswith("checked on 120 statements drawn at random: precision 0.86 (0.78–0.93)")
    assert letter(pack).finding == found[0][0]
    assert letter(pack).coding == found[0][1]


def test_suggestions_of_software_are_no_findings() -> None:
    guessed = tuple(
        replace(each, confirmed=0, precision=None, recall=None, checked=0) for each in english_pack().themes
    )
    pack = english_pack(themes=guessed)
    assert release(pack).findings == ()
    assert "suggested by software" in release(pack).unproven
    assert "suggested by software" in letter(pack).finding
    assert letter(pack).coding == ""
    for made in (letter(pack), release(pack)):
        assert not any(each.title in _said(made) for each in guessed)
        assert "412 statements were counted" in _said(made)
    assert release(english_pack(themes=())).unproven == ""


def test_no_percentage_stands_anywhere() -> None:
    for made in (letter(full_pack()), release(full_pack())):
        without_method = re.sub(r"notes.*", "", _said(made))
        assert "%" not in without_method


# ---- quotes ---------------------------------------------------------------------------------------------------------


@every_pack
def test_quotes_are_verbatim_chosen_and_in_order(make: Callable[[], EvidencePack]) -> None:
    pack = make()
    printed = {each.number: each.printed for each in pack.exhibits}
    for quotes, most in ((letter(pack).quotes, 2), (release(pack).quotes, 3)):
        assert 0 < len(quotes) <= most
        for each in quotes:
            assert is_verbatim(each.printed, printed[each.number])
            assert each.number in [first.number for first in story(pack).lead]


def test_long_and_empty_quotes() -> None:
    long, empty = exhibit(1, LONG_TEXT), exhibit(2, " \n ")
    said = letter(english_pack(exhibits=(long, empty, exhibit(3, "Short."), exhibit(4, "Kept.", chosen=False))))
    assert [each.number for each in said.quotes] == [1, 3]
    assert len(said.quotes[0].printed) <= LONGEST_QUOTE
    assert said.quotes[0].printed.endswith(OMISSION)
    none = english_pack(exhibits=(replace(long, chosen=False),))
    assert letter(none).quotes == ()
    assert letter(none).quotes_heading == ""
    assert "word for word" not in letter(none).limits
    assert release(none).quotes_note == "No statement in this pack may be quoted."


# ---- letter ---------------------------------------------------------------------------------------------------------


def test_letter_to_somebody() -> None:
    said = letter(english_pack(addressee=ALEX))
    assert said.addressee == ("Dr Alex Example", "Member for Port Example")
    assert said.salutation == "Dear Dr Alex Example,"
    assert said.sender[0] == "Library Association of Exampleland"
    assert said.day == "3 July 2026"
    assert said.blanks == ("", "", "Signature")
    assert "evidence pack AM-2026-0042" in said.limits
    assert "this is no random sample" in said.limits


def test_area_stands_below_an_office_that_does_not_name_it() -> None:
    elsewhere = replace(ALEX, office="Minister for Culture", salutation="Dear Minister,")
    said = letter(english_pack(addressee=elsewhere))
    assert said.addressee == ("Dr Alex Example", "Minister for Culture", "Port Example")
    assert said.salutation == "Dear Minister,"


def test_letter_to_nobody_known_has_blanks() -> None:
    said = letter(english_pack(recipient=None))
    assert said.addressee == ()
    assert said.salutation == "Dear [Name],"
    assert said.blanks == ("Name and office", "Name", "Signature")
    named = letter(english_pack())
    assert named.addressee == ("Dr Alex Example, Member for Port Example",)
    assert named.blanks == ("", "Name", "Signature")


def test_one_ask_or_none() -> None:
    assert letter(english_pack()).ask.startswith("Keep Harbour Library")
    for without in (None, ""):
        assert (letter(english_pack(ask=without)).ask, letter(english_pack(ask=without)).ask_heading) == ("", "")
        assert (release(english_pack(ask=without)).ask, release(english_pack(ask=without)).ask_heading) == ("", "")


# ---- press release --------------------------------------------------------------------------------------------------


def test_release_says_how_it_was_made_and_how_to_check_it() -> None:
    pack = full_pack()
    said = release(pack)
    assert said.headline == headline(pack, texts("en"))
    assert said.notes == pack.method
    assert "no random sample" in said.sample
    assert "no percentages of a population follow" in said.sample
    assert said.left_out[0] == ("Found", "618")
    assert said.left_out[-1] == ("Statements counted", "412")
    assert ("Left out: not approved", "61") in said.left_out
    checking = " ".join(said.checking)
    assert pack.number in checking
    assert pack.digest in checking
    assert COMMAND in checking
    assert said.contact == pack.brand.contact
    assert [text for _, text in said.about] == [
        pack.brand.name, pack.brand.website, pack.brand.imprint, pack.brand.licence,
    ]  # fmt: skip


def test_brand_comes_before_campaign_and_is_not_needed() -> None:
    assert release(english_pack()).about == (("", "Library Association of Exampleland"),)
    assert release(english_pack()).contact == english_pack().contact
    assert letter(full_pack()).sender[-1] == "https://libraries.example.org"


# ---- files ----------------------------------------------------------------------------------------------------------


def _words(path: Path) -> str:
    """All words of a document, as they stand in its XML, with its headers and footers."""
    with zipfile.ZipFile(path) as archive:
        parts = [
            name for name in sorted(archive.namelist()) if re.match(r"word/(document|header|footer)\w*\.xml", name)
        ]
        xml = "\n".join(archive.read(name).decode() for name in parts)
    lines = re.sub(r"</w:p>", "\n", xml)
    return re.sub("[\u200e\u200f\u2066-\u2069]", "", re.sub(r"<[^>]*>", "", lines))


def _unescaped(text: str) -> str:
    return text.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')


@every_exporter
@every_pack
def test_documents_open_and_hold_the_first_quote(
    exporter: Exporter, make: Callable[[], EvidencePack], tmp_path: Path
) -> None:
    import docx

    path = tmp_path / f"pack{exporter.suffix}"
    exporter.export(make(), path)
    opened = docx.Document(str(path))
    assert opened.core_properties.title
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"HYPERLINK &quot;" not in everything
    assert b'Target="javascript' not in everything
    assert b"javascript:alert(1)</w:instrText>" not in everything


@every_exporter
def test_documents_hold_what_is_said(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / "pack.docx"
    exporter.export(full_pack(), path)
    words = _unescaped(_words(path))
    said = letter(full_pack()) if isinstance(exporter, LetterExporter) else release(full_pack())
    for each in said.quotes:
        assert each.printed in words
        assert f"Exhibit {each.number}" in words
        assert f"statement {each.item_id}" in words
    for text in (said.ask, said.day, "AM-2026-0042", "412 statements were counted.", "no random sample"):
        assert text in words
    assert "Sample data" not in words
    exporter.export(full_pack(sample=True), path)
    assert "Sample data" in _words(path)


@pytest.mark.parametrize("code", LANGUAGES)
def test_kind_of_document_is_named_in_the_language_of_the_pack(code: str, tmp_path: Path) -> None:
    for exporter, kind in zip(EXPORTERS, ("Letter", "Press release"), strict=True):
        exporter.export(full_pack(language=code), tmp_path / "pack.docx")
        assert f"{texts(code).text(kind)} · Our Library 2026" in _words(tmp_path / "pack.docx")
        assert code == "en" or texts(code).text(kind) != kind


def test_blanks_are_visible(tmp_path: Path) -> None:
    LetterExporter().export(english_pack(recipient=None), tmp_path / "letter.docx")
    words = _words(tmp_path / "letter.docx")
    for blank in ("[Name and office]", "Dear [Name],", "[Signature]"):
        assert blank in words
    PressReleaseExporter().export(english_pack(), tmp_path / "release.docx")
    words = _words(tmp_path / "release.docx")
    blanks = ("Embargo: none, or until", "A quote of your spokesperson", "Phone number for the press")
    assert all(f"[{blank}" in words for blank in blanks)
    LetterExporter().export(full_pack(), tmp_path / "letter.docx")
    assert re.findall(r"\[(?!…)[A-Z][^\]]*\]", _words(tmp_path / "letter.docx")) == ["[Signature]"]


_DIGESTS = """
import hashlib, pathlib, sys
from tests.exporters.test_word_letters import EXPORTERS, full_arabic_pack, full_pack, hostile_pack
for exporter in EXPORTERS:
    for pack in (full_pack(), full_arabic_pack(), hostile_pack()):
        path = pathlib.Path(sys.argv[1]) / "pack.docx"
        exporter.export(pack, path)
        print(hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_same_pack_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    def run(**environment: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", _DIGESTS, str(tmp_path)],
            cwd=Path(__file__).parents[2],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    first = run(PYTHONHASHSEED="1", TZ="Pacific/Auckland", LANG="C", LC_ALL="C")
    assert first == run(PYTHONHASHSEED="2", TZ="America/Lima", LANG="C.UTF-8")
    assert len(set(first)) == 6
    LetterExporter().export(full_pack(), tmp_path / "here.docx")
    assert hashlib.sha256((tmp_path / "here.docx").read_bytes()).hexdigest() == first[0]


def test_letter_stays_on_one_page(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    packs = {"en": full_pack(), "de": full_german_pack(), "ar": full_arabic_pack(), "ru": full_pack(language="ru")}
    long = tuple(exhibit(number, LONG_TEXT[:900]) for number in (1, 2, 3))
    packs["long"] = full_german_pack(exhibits=long, ask="Bitte sichern Sie die Öffnungszeiten. " * 7)
    for name, pack in packs.items():
        LetterExporter().export(pack, tmp_path / f"{name}.docx")
    subprocess.run(
        [
            *(office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, sorted(tmp_path.glob("*.docx")))),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert {name: len(PdfReader(tmp_path / f"{name}.pdf").pages) for name in packs} == dict.fromkeys(packs, 1)
