"""Results for libraries: what stands on a page and in a table, what never does, and that a folder is whole or old."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from pathlib import Path
from typing import Any

import html5lib
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advocacy_monitor.cli_results import results as command
from advocacy_monitor.errors import ExportError
from advocacy_monitor.models import Annotation, Span, Use
from advocacy_monitor.results import folder as folders
from advocacy_monitor.results.library import file_names
from advocacy_monitor.results.postcodes import guarded
from advocacy_monitor.store import Store
from tests.conftest import make_post
from tests.results.conftest import QUOTED, Asked, with_limits

Cells = list[list[str]]


def table(asked: Asked, name: str) -> Cells:
    content = (asked.folder / f"{name}.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def many(number: int, **answer: Any) -> list[dict[str, Any]]:
    return [dict(answer) for _ in range(number)]


def test_a_library_has_a_page_and_a_table_by_postcode(asked: Asked) -> None:
    asked.answer(
        *many(8, matters="print_books", postcode="43110", consents=QUOTED),
        *many(7, matters="staff_help", postcode="43 111"),
        *many(3, matters="internet", postcode="43112"),
        *many(2, matters="internet"),
    )
    made = asked.make()
    assert {each.name for each in asked.folder.iterdir()} == {"index.html", "lindenrode.html", "lindenrode.csv"}
    assert made.numbers()["libraries"] == {"Lindenrode": 20}
    heading, *rows = ([*row[:6], *set(row[6:])] for row in table(asked, "lindenrode"))
    assert heading[:6] == [
        "Postcode",
        "Statements counted",
        "What matters most to you? – statements with an answer",
        "What matters most to you? – Borrowing print books",
        "What matters most to you? – Help from staff",
        "What matters most to you? – Internet and computers",
    ]
    assert rows == [
        ["43110", "8", "8", "8", "0", "0", "0"],
        ["43 111", "7", "7", "0", "7", "0", "0"],
        ["other postcodes", "5", "5", "0", "0", "5", "0"],
    ]
    page = asked.read("lindenrode.html")
    assert "8 of 20 (40%)" in page
    assert "Base: 20 statements whose authors answered this question. Up to 3 answers could be chosen." in page
    assert page.count("<blockquote") == 3
    assert "margin of error is given" in page
    assert "voices@example.org" in page
    assert '<a class="download" href="lindenrode.csv" download>' in page


def test_the_method_says_what_was_asked_and_in_which_version(asked: Asked) -> None:
    asked.answer(*many(9, matters="print_books"))
    asked.campaign.add(
        *(make_post(f"From a post, number {n}.", source="mastodon", library="Elsewhere") for n in range(9))
    )
    asked.make(unverified_too=True)
    page = asked.read("lindenrode.html")
    assert "Which library do you use? / What matters most to you? / In your own words" in page
    assert "Your age (library 1)</p>" in page
    assert "(library 1)" not in asked.read("elsewhere.html")


def test_the_page_is_html_that_parses_without_errors_and_loads_nothing(asked: Asked) -> None:
    asked.answer(*many(9, matters="print_books", consents=QUOTED))
    asked.make()
    for name in ("index.html", "lindenrode.html"):
        page = asked.read(name)
        html5lib.HTMLParser(strict=True).parse(page)
        assert "default-src 'none'" in page
        assert "<script" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")


def test_small_libraries_have_no_page_and_cannot_be_worked_out(asked: Asked) -> None:
    asked.answer(*many(20, library="Big"), *many(9, library="Middle"), *many(2, library="Small"))
    made = asked.make()
    assert made.numbers()["libraries"] == {"Big": 20}
    assert made.too_small == 2
    assert "Small" not in asked.read("index.html")
    assert ">11<" in asked.read("index.html")
    asked.answer(*many(5, library="Small"))
    assert list(asked.make().libraries) == ["Big", "Middle", "Small"]


def test_quotes_need_consent_and_are_redacted(asked: Asked) -> None:
    ids = asked.answer(
        {"text": "Karl helped me to print my letter.", "consents": QUOTED},
        {"text": "Nobody may quote this one at all.", "consents": frozenset({Use.ANALYSE})},
        {"text": "I was ill and they sent me books.", "consents": QUOTED},
        *many(6, matters="printing"),
    )
    store = asked.campaign.store
    store.assertions.add(
        [
            Annotation(item_id=ids[0], label="personal_data", value="name", by="person:Kim", spans=(Span(0, 4),)),
            Annotation(item_id=ids[2], label="risk", value="health", by="person:Kim"),
        ]
    )
    posts = asked.campaign.add(*(make_post("On a platform.", source="x", library="Lindenrode") for _ in range(2)))
    store.assertions.consent(posts, Use.QUOTE_NAMED, granted=True, proof="asked")
    made = asked.make(unverified_too=True)
    page = asked.read("lindenrode.html")
    assert made.quotes == 1
    assert "[…] helped me to print my letter." in page
    assert "fewer than 5 more touch on health" in page
    assert all(each not in page for each in ("Karl", "Nobody may quote", "I was ill", "On a platform"))


def test_who_withdraws_while_it_is_made_is_not_in_it(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = asked.answer(*({"text": f"Withdrawn words, number {n}.", "consents": QUOTED} for n in range(9)))
    store = asked.campaign.store
    taken: list[int] = []
    write = folders.NewFolder.write

    def slow(self: folders.NewFolder, files: Any) -> None:
        write(self, files)
        if not taken:
            taken.extend(ids[:8])
            for item_id in taken:
                store.submissions.withdraw(item_id)

    monkeypatch.setattr(folders.NewFolder, "write", slow)
    made = asked.make()
    assert made.libraries == {}
    assert not list(asked.folder.glob("lindenrode*"))
    assert "No library has enough statements to show results." in asked.read("index.html")


def test_an_older_folder_is_replaced_as_a_whole_and_nothing_else_is(asked: Asked) -> None:
    asked.answer(*many(9, library="Old"))
    asked.make()
    asked.answer(*many(9, library="New"))
    asked.make()
    assert sorted(each.name for each in asked.folder.iterdir()) == [
        "index.html",
        "new.csv",
        "new.html",
        "old.csv",
        "old.html",
    ]
    (asked.folder / "thesis.docx").write_text("mine")
    with pytest.raises(ExportError, match="holds something else"):
        asked.make()
    (asked.folder / "thesis.docx").unlink()
    (asked.folder / "index.html").write_text("my own page")
    with pytest.raises(ExportError, match="holds something else"):
        asked.make()
    assert asked.read("index.html") == "my own page"
    assert not [each for each in asked.folder.parent.iterdir() if each.name.startswith(".")]


def test_a_failure_leaves_the_older_folder_and_nothing_else(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.answer(*many(9))
    asked.make()
    before = {each.name: each.read_bytes() for each in asked.folder.iterdir()}
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if target == asked.folder and not self.name.endswith(".old"):
            raise PermissionError(13, "refused")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    asked.answer(*many(9, library="New"))
    with pytest.raises(ExportError, match="you may not write there"):
        asked.make()
    assert {each.name: each.read_bytes() for each in asked.folder.iterdir()} == before
    assert not [each for each in asked.folder.parent.iterdir() if each.name.startswith(".")]


def test_what_a_killed_run_left_is_cleared_and_what_it_put_aside_comes_back(asked: Asked) -> None:
    asked.answer(*many(9))
    asked.make()
    left = asked.folder.with_name(".libraries.results-0123456789ab")
    asked.folder.rename(left.with_name(f"{left.name}.old"))
    left.mkdir()
    other = asked.folder.with_name(".libraries.results-mine")
    other.mkdir()
    with folders.new_folder(asked.folder):
        assert asked.folder.is_dir()
    assert not left.exists()
    assert other.is_dir()


def test_two_at_once_are_refused(asked: Asked) -> None:
    with folders.new_folder(asked.folder), pytest.raises(ExportError, match="another `results` is at work"):
        asked.make()


def test_the_same_database_gives_the_same_bytes(asked: Asked) -> None:
    asked.answer(*many(9, matters="print_books; internet", postcode="1", consents=QUOTED))
    asked.make()
    one = {each.name: each.read_bytes() for each in asked.folder.iterdir()}
    asked.make()
    assert {each.name: each.read_bytes() for each in asked.folder.iterdir()} == one


HOSTILE = "=SUM(1)<script>x</script>\u202e"


def test_hostile_names_and_postcodes_run_nowhere(asked: Asked) -> None:
    asked.answer(*many(9, library=HOSTILE, postcode="=1+1", matters="print_books"), *many(6, library="../../etc"))
    made = asked.make()
    assert all(each.parent == asked.folder.absolute() for each in made.files)
    pages = {each.stem: each for each in made.files if each.suffix == ".html"}
    for path in pages.values():
        page = path.read_text(encoding="utf-8")
        html5lib.HTMLParser(strict=True).parse(page)
        assert "<script" not in page
        assert "\u202e" not in page
    name = next(stem for stem in pages if "sum-1" in stem)
    assert table(asked, name)[1][0] == "'=1+1"


def test_postcodes_that_are_all_small_are_one_row(asked: Asked) -> None:
    asked.answer(*({"postcode": str(9900 + n), "matters": "internet"} for n in range(9)))
    asked.make()
    assert [row[:3] for row in table(asked, "lindenrode")[1:]] == [["all postcodes", "9", "9"]]


def test_an_address_in_the_place_of_a_postcode_is_nowhere(asked: Asked) -> None:
    asked.answer(*many(9, postcode="12 Wattle Street, Riverside"), *many(9, postcode="9901"))
    asked.make()
    assert [row[0] for row in table(asked, "lindenrode")[1:]] == ["9901", "postcode not known"]


def test_file_names_are_plain_and_different() -> None:
    names = file_names(["Bücherei Süd", "Bucherei Sud", "index", "中央图书馆", "Библиотека", "!!!", "A" * 99])
    assert names["Bucherei Sud"] == "bucherei-sud"
    assert names["Bücherei Süd"] == "bucherei-sud-2"
    assert names["index"] == "library-index"
    assert len(set(names.values())) == 7
    assert all(
        each.isascii() and len(each) <= 62 and set(each) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        for each in names.values()
    )


@pytest.mark.parametrize("language", ["ar", "de", "zh"])
def test_pages_are_in_the_language_that_is_asked_for(asked: Asked, language: str) -> None:
    asked.answer(*many(9, matters="print_books", consents=QUOTED))
    asked.make(language=language)
    page = asked.read("lindenrode.html")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    html5lib.HTMLParser(strict=True).parse(page)


def test_a_share_needs_a_base(asked: Asked) -> None:
    with_limits(asked, smallest_base=30)
    asked.answer(*many(20, matters="print_books"))
    asked.make()
    assert "20 of 20<" in asked.read("lindenrode.html")


def test_the_command_tells_what_went_in(asked: Asked) -> None:
    asked.answer(*many(9, consents=QUOTED))
    config = str(asked.campaign.loaded.path)
    made = CliRunner().invoke(command, [str(asked.folder), "--json"], obj=Path(config))
    assert made.exit_code == 0, made.output
    assert json.loads(made.output)["libraries"] == {"Lindenrode": 9}
    said = CliRunner().invoke(command, [str(asked.folder)], obj=Path(config)).output
    assert "Lindenrode: 9" in said
    assert "3 statements are quoted" in said


def test_nothing_is_made_before_the_checks(asked: Asked, store: Store) -> None:
    asked.answer(*many(9))
    run = asked.campaign.store.runs.start("t", "collect")
    from advocacy_monitor.models import Page
    from tests.conftest import make_submission

    asked.campaign.store.add_page(run, Page(items=(make_submission("New."),)), collector="t")
    with pytest.raises(ExportError, match="no pack leaves without that check"):
        asked.make()
    assert not asked.folder.exists()


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3), st.integers(2, 4))
@example(rows=[[0, 0, 1], [0, 0, 2], [0, 2, 1]], smallest=2)
@example(rows=[[0, 0, 2], [0, 2, 1]], smallest=2)
@settings(max_examples=150)
def test_no_hidden_cell_of_a_table_can_be_worked_out(rows: list[list[int]], smallest: int) -> None:
    """Columns have known sums; of a row the first cell is the sum of the others."""
    rows = [[sum(row[1:]), *row[1:]] for row in rows]
    height, width = len(rows), 3
    flat = [value for row in rows for value in row]
    lines = [[row * width + at for row in range(height)] for at in range(width)]
    lines += [[row * width + at for at in range(width)] for row in range(height)]
    columns = [sum(row[at] for row in rows) for at in range(width)]
    if any(0 < total < smallest for total in columns):
        return  # such a column is not in the table
    made = guarded(flat, lines, smallest)
    assert all(shown is None or shown == 0 or shown >= smallest for shown in made)
    ways: list[list[int]] = []
    free = [row * width + at for row in range(height - 1) for at in (1, 2)]
    for guess in product(*(range(columns[at % width] + 1) if made[at] is None else [flat[at]] for at in free)):
        parts = [list(guess[start : start + 2]) for start in range(0, len(guess), 2)]
        parts.append([columns[at] - sum(row[at - 1] for row in parts) for at in (1, 2)])
        whole = [value for row in parts for value in (sum(row), *row)]
        if all(n >= 0 for n in whole) and all(v in (None, n) for v, n in zip(made, whole, strict=True)):
            ways.append(whole)
    for at, shown in enumerate(made):
        if shown is None and 0 < flat[at] < smallest:
            assert len({way[at] for way in ways}) > 1, (rows, made)
