"""Press release and letter: for the start without any number, with results from what may be quoted and nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.kit.launch import launch
from advocacy_monitor.kit.letters import filled, is_ready, query_of
from advocacy_monitor.line import check_versions
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.translate import LANGUAGES, texts
from tests.conftest import Clock, make_submission
from tests.kit.signs import campaign, sign
from tests.publish.conftest import Campaign

WORDS = "The staff helped me to write my application, and now I have work again."


def document(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def text(data: bytes) -> str:
    """Without the invisible marks for the order of letters."""
    made = document(data)
    lines = [paragraph.text for paragraph in made.paragraphs]
    for section in made.sections:
        for part in (section.first_page_header, section.first_page_footer, section.header, section.footer):
            lines += [paragraph.text for paragraph in part.paragraphs]
    return re.sub("[\u200e\u200f]", "", "\n".join(lines))


def blanks(data: bytes) -> list[str]:
    runs = [run for paragraph in document(data).paragraphs for run in paragraph.runs]
    return [run.text for run in runs if run._r.find(f".//{qn('w:highlight')}") is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documents_for_the_start_are_tagged_and_in_their_language(language: str, tmp_path: Path) -> None:
    for piece in launch(sign(campaign(tmp_path), language)):
        made = document(piece.data)
        headings = [each.style.name for each in made.paragraphs if each.style.name.startswith("Heading")]
        assert headings[0] == "Heading 1" and headings.count("Heading 1") == 1
        assert made.core_properties.language.startswith(language)
        assert made.core_properties.title and made.core_properties.author == "Sample Library Association"
        styles = zipfile.ZipFile(io.BytesIO(piece.data)).read("word/styles.xml").decode()
        assert f'="{made.core_properties.language}"' in styles
        turned = [each._p.find(f".//{qn('w:bidi')}") is not None for each in made.paragraphs if each.text]
        assert all(turned) if language == "ar" else not any(turned)


def test_the_release_for_the_start_says_what_is_asked_and_how_to_take_part(tmp_path: Path) -> None:
    made_for = sign(campaign(tmp_path), "en")
    release, letter = (piece.data for piece in launch(made_for))
    said = text(release)
    for number, question in made_for.asked.numbered():
        assert f"{number}. {question.said('en')}" in said
    for part in ("Sample Library Association asks", "form.example.org", "#MissedMyLibrary", "office@example.org"):
        assert part in said
    assert "Arabic, German, English, Spanish, French, Russian, Chinese" in said
    assert "Keep every branch library open." in said and "Keep every branch library open." in text(letter)


def test_the_code_in_the_release_leads_to_the_form(tmp_path: Path) -> None:
    made_for = sign(campaign(tmp_path), "de", "Riverside Central Library")
    release = next(launch(made_for))
    links = [each.target_ref for each in document(release.data).part.rels.values() if each.is_external]
    assert made_for.link in links and made_for.link.endswith("?library=riverside-central-library&lang=de")


def test_what_only_staff_can_know_is_a_marked_blank(tmp_path: Path) -> None:
    release, letter = (piece.data for piece in launch(sign(campaign(tmp_path))))
    assert len(blanks(release)) == 4 and len(blanks(letter)) == 5
    assert "[Place and day]" in blanks(release) and "[Signature]" in blanks(letter)
    assert blanks(letter).count("[Name]") == 1 and "Dear [Name]," in text(letter)


def test_before_there_are_answers_no_number_and_no_pack_is_named(tmp_path: Path) -> None:
    for piece in launch(sign(campaign(tmp_path), "de")):
        said = text(piece.data)
        assert texts("de").text("Evidence pack") not in said
        assert not re.findall(r"\d", re.sub(r"(?m)^\d\. .*$|Seite.*$", "", said)), said


def test_sample_data_is_marked_on_the_first_page(tmp_path: Path) -> None:
    for made_up in (True, False):
        for piece in launch(sign(campaign(tmp_path, sample=made_up))):
            first = document(piece.data).sections[0].first_page_header.paragraphs[0].text
            assert ("Sample data" in first) is made_up


@pytest.fixture
def answered(tmp_path: Path, clock: Clock) -> Iterator[Campaign]:
    loaded = campaign(tmp_path / "campaign", sample=True)
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as store:
        yield Campaign(loaded, store, clock, check_versions(loaded))


def test_there_is_nothing_to_fill_in_before_somebody_may_be_quoted(answered: Campaign) -> None:
    made_for = sign(answered.loaded)
    assert not is_ready(made_for, answered.store)
    answered.add(make_submission(WORDS, consents=frozenset({Use.ANALYSE})))
    assert not is_ready(made_for, answered.store)
    answered.add(
        make_submission(WORDS + " Thank you.", consents=frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED})), approve=False
    )
    assert not is_ready(made_for, answered.store)
    answered.add(make_submission(WORDS + " Really."))
    assert is_ready(made_for, answered.store)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_letters_with_results_count_and_quote_what_may_be_quoted(
    answered: Campaign, language: str, tmp_path: Path
) -> None:
    library = "Riverside Central Library"
    answered.add(
        make_submission(WORDS, library=library),
        make_submission("A secret that nobody may quote.", library=library, consents=frozenset({Use.ANALYSE})),
        make_submission("Words about another library.", library="Quarry Lane Library"),
    )
    made_for = sign(answered.loaded, language, library)
    made = filled(made_for, answered.store, folder=tmp_path / "letters")
    assert [piece.name for piece in made.pieces] == ["press-release-results.docx", "letter-results.docx"]
    assert list((tmp_path / "letters").iterdir()) == []
    assert made.pack.statements == 2 and made.pack.language == language
    assert answered.store.packs.get(made.pack.number) is not None
    for piece in made.pieces:
        said = text(piece.data)
        assert WORDS in said and made.pack.number in piece.use
        assert "secret" not in said and "another library" not in said
        assert texts(language).text("Sample data — invented statements") in said
        assert "office@example.org" in said


def test_libraries_of_one_name_are_told_apart_by_their_area(tmp_path: Path) -> None:
    loaded = campaign(tmp_path)
    rows = "library,area,postcode,municipality\nCentral,North,1000,Northtown\nCentral,South,2000,Southtown\n"
    (tmp_path / "libraries.csv").write_text(rows, encoding="utf-8")
    query = query_of(sign(loaded, "en", "Central (Southtown)"))
    assert (query.libraries, query.areas) == (("Central",), ("South",))
    assert query_of(sign(loaded)).libraries == ()


def test_a_brand_file_that_does_not_fit_stops_everything(tmp_path: Path) -> None:
    loaded = campaign(tmp_path)
    (tmp_path / "brand.yaml").write_text("accent: red\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="accent"):
        sign(loaded)
