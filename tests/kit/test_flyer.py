"""Flyers: the form's questions on one sheet, in every language and on both papers, with codes that a reader decodes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from PIL import Image

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError, ExportError
from advocacy_monitor.exporters.page_text import unmarked
from advocacy_monitor.exporters.typeset import pictures
from advocacy_monitor.hosting import questionnaire
from advocacy_monitor.kit.flyer import MOST_COPIES, write_flyers
from advocacy_monitor.kit.links import form_link, statement_link
from advocacy_monitor.kit.paper import Paper, flyer_view
from advocacy_monitor.kit.picture import sign_of
from advocacy_monitor.models import Use
from advocacy_monitor.store import Store
from advocacy_monitor.transcribing import ticks
from advocacy_monitor.translate import LANGUAGES
from advocacy_monitor.withdrawal import new_code, plain
from tests.exporters.tagged import elements, inspect
from tests.kit.conftest import Campaign

_AS_OF = datetime(2026, 11, 22, tzinfo=UTC)
_PAPERS: tuple[Paper, ...] = ("a4", "letter")
_POINTS = {"a4": (595, 842), "letter": (612, 792)}
_PPI = 100.0
_MILLIMETRE = _PPI / 25.4


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "a.db", contacts_path=tmp_path / "c.db") as opened:
        yield opened


def _view(loaded: Loaded, language: str, *, library: str = "", paper: Paper = "a4", codes: tuple[str, ...] = ()) -> Any:
    return flyer_view(sign_of(loaded, language, library, as_of=_AS_OF), paper=paper, codes=codes)


def _pages(view: Any) -> list[Image.Image]:
    """The pages as they look."""
    made = pictures("kit_flyer.typ", view, path=Path("flyer"), ppi=_PPI)
    return [Image.open(io.BytesIO(page)).convert("L") for page in made]


def _decoded(page: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(page)]


def _texts(value: Any) -> Iterator[str]:
    """All texts of a view."""
    if isinstance(value, str):
        yield unmarked(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _said(page: pypdf.PageObject) -> str:
    return " ".join(page.extract_text().split())


# Every language and paper ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "paper"), [*((code, "a4") for code in LANGUAGES), ("fr", "letter")])
def test_a_sheet_is_two_tagged_pages_of_its_paper(
    campaign: Campaign, tmp_path: Path, language: str, paper: Paper
) -> None:
    (path,) = write_flyers(campaign(), None, folder=tmp_path, languages=[language], paper=paper, as_of=_AS_OF)
    problems = [each for each in inspect(path) if each != "no file is attached (AF)"]
    assert problems == []
    reader = pypdf.PdfReader(path)
    assert [(round(page.mediabox.width), round(page.mediabox.height)) for page in reader.pages] == [_POINTS[paper]] * 2
    assert str(reader.root_object["/Lang"]) == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", _PAPERS)
def test_codes_lead_to_the_form_and_nothing_runs_into_the_strip(
    campaign: Campaign, language: str, paper: Paper
) -> None:
    loaded, code = campaign(), new_code()
    front, back = _pages(_view(loaded, language, library="Central, Hill Example", paper=paper, codes=(code,)))
    assert _decoded(front) == [form_link(loaded, "Central, Hill Example", language)]
    assert _decoded(back) == [statement_link(loaded, code, language)]
    for page in (front, back):
        cut = page.height - 46 * _MILLIMETRE
        above = page.crop((0, round(cut - 2.2 * _MILLIMETRE), page.width, round(cut - 0.2 * _MILLIMETRE)))
        assert above.getextrema() == (255, 255), "something is written where the strip is torn off"
        rim = page.crop((0, 0, round(13 * _MILLIMETRE), page.height))
        assert rim.getextrema() == (255, 255), "something stands outside of the margins"


@pytest.mark.parametrize("language", LANGUAGES)
def test_questions_have_the_numbers_and_words_of_the_form(campaign: Campaign, language: str) -> None:
    loaded = campaign()
    asked, view = questionnaire(loaded), _view(loaded, language)
    shown = [(each["number"], unmarked(each["text"])) for each in view["questions"]]
    assert shown == [(number, question.said(language)) for number, question in asked.numbered()]
    for question, each in zip(asked.questions, view["questions"], strict=True):
        assert [unmarked(one["text"]) for one in each["options"]] == [one.said(language) for one in question.options]
        assert unmarked(each["hint"]) == question.hinted(language)
    assert view["head"]["direction"] == ("rtl" if language == "ar" else "ltr")


def test_boxes_are_numbered_as_they_are_typed_in(campaign: Campaign) -> None:
    """The desk takes consents in the order of `ticks`, so the flyer has them in it."""
    loaded = campaign()
    asked, view = questionnaire(loaded), _view(loaded, "en")
    said = [*(asked.consent(use, "en") for use in Use), asked.parent_said("en"), asked.parent_quote_said("en")]
    assert [each["text"] for each in view["consents"]["ticks"]] + view["parents"]["ticks"] == said
    assert len(said) == len(ticks(asked))
    assert view["parents"]["first"] == len(Use) + 1
    assert view["consents"]["number"] == len(asked.questions) + 1


def test_all_of_it_is_on_the_pages(campaign: Campaign, tmp_path: Path) -> None:
    loaded = campaign()
    asked = questionnaire(loaded)
    (path,) = write_flyers(loaded, None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    said = " ".join(_said(page) for page in pypdf.PdfReader(path).pages)
    for number, question in asked.numbered():
        assert f"{number}. {question.said('en')}" in said
        assert all(option.said("en") in said for option in question.options)
    assert all(asked.consent(use, "en") in said for use in Use)
    for words in (
        asked.parent_said("en"),
        "Example Library Association is responsible for this survey.",
        "Contact: advocacy@example.org.",
        "We keep your answer for 60 months at most.",
        "The whole privacy notice: form.example.org/privacy.",
        "give this sheet to the staff of your library",
    ):
        assert words in said


def test_what_people_read_is_eleven_points_or_more(campaign: Campaign, tmp_path: Path) -> None:
    """But for the line at the top and the numbers beside boxes, which are for whoever types the sheet in."""
    (path,) = write_flyers(campaign(), None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    small: list[str] = []

    def look(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip() and size * abs(tm[3] * cm[3]) < 11:
            small.append(text.strip())

    for page in pypdf.PdfReader(path).pages:
        page.extract_text(visitor_text=look)
    others = [each for each in small if not each.isdigit() and each not in "Example Library Association · library 1 en"]
    assert others == []


def test_options_are_lists_and_questions_headings(campaign: Campaign, tmp_path: Path) -> None:
    import pikepdf

    (path,) = write_flyers(campaign(), None, folder=tmp_path, languages=["ar"], as_of=_AS_OF)
    with pikepdf.open(path) as pdf:
        kinds = [str(each["/S"]) for each in elements(pdf)]
    asked = questionnaire(campaign())
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= len(asked.questions) + 1
    assert kinds.count("/LI") == sum(len(each.options) for each in asked.questions) + len(Use) + 2
    assert kinds.count("/Figure") == 1


# Libraries and links ------------------------------------------------------------------------------------------------------


def test_without_an_address_there_is_nothing_to_print(campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"form\.address"):
        write_flyers(campaign(form={}), None, folder=tmp_path)


def test_the_library_is_printed_where_it_is_known(campaign: Campaign, tmp_path: Path) -> None:
    loaded = campaign()
    paths = write_flyers(
        loaded, None, folder=tmp_path, languages=["de", "en"], libraries=[None, "flussbücherei"], as_of=_AS_OF
    )
    assert [path.name for path in paths] == [
        "flyer-de-a4.pdf",
        "flyer-en-a4.pdf",
        "flyer-bucherei-am-fluss-de-a4.pdf",
        "flyer-bucherei-am-fluss-en-a4.pdf",
    ]
    front, back = (_said(page) for page in pypdf.PdfReader(paths[3]).pages)
    assert "Bücherei am Fluß" in front
    assert "If it is another one:" in front
    assert "the staff of Bücherei am Fluß" in back
    assert "Bücherei am Fluß" not in _said(pypdf.PdfReader(paths[1]).pages[0])


def test_all_languages_of_the_form_when_none_is_named(campaign: Campaign, tmp_path: Path) -> None:
    loaded = campaign(form={"address": "https://form.example.org", "languages": ["de", "en"]})
    made = write_flyers(loaded, None, folder=tmp_path, as_of=_AS_OF)
    assert [path.name for path in made] == ["flyer-de-a4.pdf", "flyer-en-a4.pdf"]
    with pytest.raises(ConfigError, match="'fr': the form is not offered"):
        write_flyers(loaded, None, folder=tmp_path, languages=["fr"])


def test_libraries_of_like_names_get_files_of_their_own(campaign: Campaign, tmp_path: Path) -> None:
    made = write_flyers(campaign(), None, folder=tmp_path, languages=["en"], libraries=["A/B", "A B"], as_of=_AS_OF)
    assert [path.name for path in made] == ["flyer-a-b-en-a4.pdf", "flyer-a-b-en-a4_2.pdf"]
    assert {path.parent for path in made} == {tmp_path}


# Codes --------------------------------------------------------------------------------------------------------------------


def test_each_copy_has_a_code_that_the_store_knows(campaign: Campaign, store: Store, tmp_path: Path) -> None:
    loaded = campaign()
    (path,) = write_flyers(loaded, store, folder=tmp_path, languages=["en"], copies=3, as_of=_AS_OF)
    reader = pypdf.PdfReader(path)
    assert len(reader.pages) == 6
    codes = []
    for front, back in zip(reader.pages[::2], reader.pages[1::2], strict=True):
        code = _said(front).split("Code of this sheet: ")[1][:14]
        assert plain(code)
        assert _said(back).count(code) == 2, "on the sheet and on the strip"
        codes.append(code)
    assert len(set(codes)) == 3
    assert all(store.submissions.is_reserved(code) for code in codes)
    assert not store.submissions.is_reserved(new_code())
    assert path.stat().st_mode & 0o077 == 0, "whoever has a code can read what will be written on its sheet"


def test_many_copies_are_several_files(
    campaign: Campaign, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("advocacy_monitor.kit.flyer._IN_A_FILE", 2)
    made = write_flyers(campaign(), store, folder=tmp_path, languages=["zh"], copies=5, as_of=_AS_OF)
    assert [path.name for path in made] == [f"flyer-zh-a4-codes-{number}.pdf" for number in (1, 2, 3)]
    assert [len(pypdf.PdfReader(path).pages) for path in made] == [4, 4, 2]


def test_a_flyer_without_copies_says_how_to_withdraw_by_contact(campaign: Campaign) -> None:
    plain_view, coded = _view(campaign(), "en"), _view(campaign(), "en", codes=("ABCD-EFGH-JKMN",))
    assert plain_view["copies"] == [None]
    assert "Write to us: advocacy@example.org" in list(_texts(plain_view["keep"]))
    assert "code" not in plain_view["privacy"]["text"]
    assert "code on the strip" in coded["privacy"]["text"]
    assert coded["keep"]["address"] == "form.example.org/statement"


def test_codes_need_a_store(campaign: Campaign, store: Store, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="database"):
        write_flyers(campaign(), None, folder=tmp_path, copies=1)
    for copies in (-1, MOST_COPIES + 1):
        with pytest.raises(ConfigError, match="copies"):
            write_flyers(campaign(), store, folder=tmp_path, copies=copies)


def test_no_folder_no_flyer(campaign: Campaign, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="folder does not exist"):
        write_flyers(campaign(), None, folder=tmp_path / "none", languages=["en"], as_of=_AS_OF)


def test_the_same_flyer_is_the_same_file(campaign: Campaign, tmp_path: Path) -> None:
    (path,) = write_flyers(campaign(), None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    first = path.read_bytes()
    write_flyers(campaign(), None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    assert path.read_bytes() == first


# Whatever a campaign writes ---------------------------------------------------------------------------------------------


def _asked(questions: list[dict[str, Any]]) -> dict[str, Any]:
    said = {"en": "Some words of ours that go on for a while, because nobody told us to be brief."}
    return {
        "name": "ours",
        "version": 3,
        **dict.fromkeys(("title", "intro", "parent", "parent_quote"), said),
        "consents": {str(use): said for use in Use},
        "questions": questions,
    }


def test_a_long_questionnaire_goes_on_further_sheets(campaign: Campaign, tmp_path: Path) -> None:
    options = [{"code": f"o{n}", "wording": {"en": f"Answer {n}, said at some length for once"}} for n in range(20)]
    many = [
        {"key": f"k{n}", "kind": "choices", "wording": {"en": f"Question {n}?"}, "options": options} for n in range(8)
    ]
    words = [{"key": f"w{n}", "kind": "text", "longest": 1500, "wording": {"en": f"Words {n}?"}} for n in range(2)]
    words[1]["kind"] = "postcode"
    loaded = campaign(asked=_asked([words[0], *many, words[1]]))
    (path,) = write_flyers(loaded, None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    pages = pypdf.PdfReader(path).pages
    said = " ".join(_said(page) for page in pages)
    assert len(pages) > 2
    assert len(pages) % 2 == 0
    assert all(f"{n + 2}. Question {n}?" in said for n in range(8))
    assert "only if you are under 16" not in said.lower(), "it asks for no age"
    first, second, *others = _pages(_view(loaded, "en"))
    assert _decoded(first)
    assert not any(_decoded(page) for page in (second, *others))
    assert [_said(page).split(" ours 3 en ")[1][:3] for page in pages] == [
        f"{n}/{len(pages)}" for n in range(1, len(pages) + 1)
    ]


def test_a_question_longer_than_a_page_is_refused_in_words(campaign: Campaign, tmp_path: Path) -> None:
    """Nothing may fall off the sheet in silence."""
    options = [{"code": f"o{n}", "wording": {"en": "An answer as long as a page of a book. " * 20}} for n in range(30)]
    many = {"key": "k", "kind": "choices", "wording": {"en": "What?"}, "options": options}
    words = {"key": "w", "kind": "text", "longest": 5000, "wording": {"en": "How many words? " * 60}}
    with pytest.raises(ExportError, match="page 3 is too long for it; shorten the question"):
        write_flyers(campaign(asked=_asked([words, many])), None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    (path,) = write_flyers(campaign(asked=_asked([words])), None, folder=tmp_path, languages=["en"], paper="letter")
    assert "How many words?" in _said(pypdf.PdfReader(path).pages[1])
    assert not list(tmp_path.glob(".*.part"))


def test_texts_can_do_nothing_and_long_ones_fit(campaign: Campaign, tmp_path: Path) -> None:
    hostile = '#import "x" *bold* `raw` $x$ \u202eevil\u202c <b> ' + "Donaudampfschifffahrt" * 4
    loaded = campaign(
        name=hostile,
        sponsor=hostile,
        contact="An office of many words, 12 Long Street, Port Example, " * 3 + "office@example.org",
        form={"address": "https://a-rather-long-name-of-a-library-association.example.org/ask/the/public"},
    )
    (path,) = write_flyers(loaded, None, folder=tmp_path, languages=["en"], libraries=[hostile], as_of=_AS_OF)
    front, back = (_said(page) for page in pypdf.PdfReader(path).pages)
    assert '#import "x" *bold* `raw` $x$' in front
    assert "\u202e" not in front + back
    for code in ((), ("ABCD-EFGH-JKMN",)):
        view = _view(loaded, "en", library=hostile[:100], codes=code)
        assert "\u202e" not in json.dumps(view, ensure_ascii=False)
        assert len(_pages(view)) == 2


def test_samples_say_so(campaign: Campaign, tmp_path: Path) -> None:
    loaded = campaign(sample_data=True)
    (path,) = write_flyers(loaded, None, folder=tmp_path, languages=["en"], as_of=_AS_OF)
    assert all("Sample data" in _said(page) for page in pypdf.PdfReader(path).pages)
