"""Measuring the coding: every figure on an example worked by hand, bad lines named, the table within 100 columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.cli_groups import codebook as codebook_command
from advocacy_monitor.codebook import Codebook, load_codebook, parse_codebook
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluate import Report, Statement, evaluate, format_table, read_statements, to_json

SMALL = b"""
name: small
version: 3
languages: {en: checked, de: beta}
themes:
  - code: books
    title: {en: Books, de: Lesen}
    definition: Books.
    include: []
    exclude: []
    indicators: {en: {any: [book, books]}, de: {any: [buch]}}
  - code: hours
    title: {en: Hours, de: Zeiten}
    definition: Hours.
    include: []
    exclude: []
    indicators: {en: {any: [hours]}, de: {any: [zeiten]}}
  - code: noise
    title: {en: Noise, de: Krach}
    definition: Noise.
    include: []
    exclude: []
    indicators: {en: {any: [noise]}, de: {any: [krach]}}
"""


@pytest.fixture(scope="module")
def small() -> Codebook:
    return parse_codebook(SMALL, origin="small.yaml")


def said(text: str, *themes: str, language: str | None = "en") -> Statement:
    return Statement(text=text, language=language, themes=frozenset(themes), place="coded.jsonl, line 1")


HAND_WORKED = (
    said("A book and long hours", "books", "hours"),  # both found
    said("My books", "books"),
    said("The books of the council"),  # books: the machine alone
    said("Open late, please", "hours"),  # hours: the person alone
    said("Noise, noise"),  # noise: the machine alone, without support
    said("Ein Buch", "books", language="de-AT"),
    said("Un livre", "books", language="it"),  # a language that the codebook cannot read
)


def test_figures_are_those_worked_by_hand(small: Codebook) -> None:
    report = evaluate(small, HAND_WORKED)
    everything, english, german = report.languages
    assert [part.language for part in report.languages] == ["all", "en", "de"]
    assert [part.statements for part in report.languages] == [7, 5, 1]
    assert report.unread == 1
    books, hours, noise = (english.themes[code] for code in ("books", "hours", "noise"))
    assert (books.both, books.machine_only, books.person_only, books.support) == (2, 1, 0, 2)
    assert [books.precision, books.recall, books.f1] == pytest.approx([2 / 3, 1.0, 0.8])
    assert [hours.precision, hours.recall, hours.f1] == pytest.approx([1.0, 0.5, 2 / 3])
    assert (noise.precision, noise.recall, noise.support) == (0.0, None, 0)
    assert english.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert (english.micro.both, english.micro.machine_only, english.micro.person_only) == (3, 2, 1)
    assert german.macro_f1 == 1.0
    assert german.interval is None
    assert everything.themes["books"].person_only == 1


def test_a_theme_without_support_does_not_enter_the_mean_and_none_gives_no_mean(small: Codebook) -> None:
    report = evaluate(small, [said("Noise"), said("Quiet")])
    assert report.languages[0].macro_f1 is None
    assert report.languages[0].interval is None
    assert "mean of the themes (macro)" in format_table(report)


def test_the_range_is_the_same_each_time_and_holds_the_figure(small: Codebook) -> None:
    first, second = (evaluate(small, HAND_WORKED).languages[0] for _ in range(2))
    assert first == second
    assert first.interval is not None
    assert first.macro_f1 is not None
    assert first.interval[0] <= first.macro_f1 <= first.interval[1]
    assert first.interval[0] < first.interval[1]
    assert evaluate(small, HAND_WORKED, seed=2).languages[0].interval != first.interval


def test_where_nothing_varies_the_range_is_a_point(small: Codebook) -> None:
    assert evaluate(small, [said("books", "books")] * 20).languages[0].interval == (1.0, 1.0)


def test_a_theme_that_the_codebook_does_not_have_is_named_with_its_line(small: Codebook) -> None:
    with pytest.raises(
        ConfigError, match=r"^coded\.jsonl, line 1: codebook small: there is no theme 'book'; did you mean"
    ):
        evaluate(small, [said("x", "book")])


_STATEMENTS = st.builds(
    Statement,
    text=st.sampled_from(["books", "hours and noise", "Buch", "nothing", "Krach"]),
    language=st.sampled_from(["en", "de", "it", None]),
    themes=st.frozensets(st.sampled_from(["books", "hours", "noise"])),
    place=st.just("here"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_STATEMENTS, min_size=1, max_size=12))
def test_counts_add_up_and_every_figure_lies_between_0_and_1(statements: Sequence[Statement]) -> None:
    report = evaluate(parse_codebook(SMALL, origin="small.yaml"), statements)
    everything = report.languages[0]
    assert everything.micro.support == sum(len(statement.themes) for statement in statements)
    assert sum(part.statements for part in report.languages[1:]) + report.unread == len(statements)
    for part in report.languages:
        scores = [part.micro, *part.themes.values()]
        figures = [figure for score in scores for figure in (score.precision, score.recall, score.f1)]
        assert all(
            0 <= figure <= 1 for figure in (*figures, part.macro_f1, *(part.interval or ())) if figure is not None
        )
    assert max(map(len, format_table(report).splitlines())) <= 100


def write(tmp_path: Path, *lines: object, encoding: str = "utf-8") -> Path:
    path = tmp_path / "coded.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_bytes(text.encode(encoding))
    return path


GOOD = {"text": "My books", "language": "en", "themes": ["books"], "more": 1}


def test_statements_are_read_with_blank_lines_and_other_keys_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "", GOOD, "  ", {"text": "Ä", "language": None, "themes": []}, encoding="utf-8-sig")
    first, second = read_statements(path)
    assert (first.text, first.language, first.themes, first.place) == (
        "My books",
        "en",
        frozenset({"books"}),
        f"{path}, line 2",
    )
    assert (second.text, second.language, second.themes, second.place) == ("Ä", None, frozenset(), f"{path}, line 4")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "x"', "not JSON: "),
        ("[1]", "expected an object with text, language and themes, found [1]"),
        ({"text": "x", "themes": []}, "the key 'language' is missing"),
        ({"text": " ", "language": "en", "themes": []}, "text: expected words, found ' '"),
        ({"text": 5, "language": "en", "themes": []}, "text: expected words, found 5"),
        ({"text": "x", "language": 5, "themes": []}, "language: expected a code such as 'en', or null, found 5"),
        ({"text": "x", "language": "en", "themes": "books"}, "themes: expected a list of codes, found 'books'"),
        ({"text": "x", "language": "en", "themes": [1]}, "themes: expected a list of codes, found [1]"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_reason(tmp_path: Path, line: object, reason: str) -> None:
    path = write(tmp_path, GOOD, line, GOOD)
    with pytest.raises(ConfigError) as caught:
        read_statements(path)
    assert str(caught.value).startswith(f"{path}, line 2: {reason}")


def test_all_bad_lines_are_named_but_not_a_thousand(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_statements(write(tmp_path, *["{}"] * 1000))
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "... and 980 more"


def test_other_encodings_empty_and_missing_files_are_refused(tmp_path: Path) -> None:
    umlaut = {"text": "Bücher", "language": "de", "themes": []}
    with pytest.raises(ConfigError, match="line 1: not UTF-8; save the file as UTF-8"):
        read_statements(write(tmp_path, umlaut, encoding="latin-1"))
    with pytest.raises(ConfigError, match="there are no statements"):
        read_statements(write(tmp_path, ""))
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_statements(tmp_path / "none.jsonl")
    with pytest.raises(ConfigError, match="line 1: nested too deeply"):
        read_statements(write(tmp_path, "[" * 200_000))


@pytest.fixture(scope="module")
def report(small: Codebook) -> Report:
    return evaluate(small, HAND_WORKED)


def test_the_table_says_what_was_measured_and_with_what(report: Report) -> None:
    table = format_table(report)
    assert table.startswith(f"codebook small, version 3 ({report.codebook_digest[:8]}), lexicon-")
    assert "7 statements coded by people\n1 of them in a language without a lexicon" in table
    rows = {
        line.split()[0]: line.split()
        for line in table.split("en (5 statements)")[1].split("de (1")[0].splitlines()
        if line
    }
    assert rows["books"] == ["books", "0.67", "1.00", "0.80", "2", "3"]
    assert rows["noise"] == ["noise", "0.00", "-", "0.00", "0", "1"]


def test_the_json_holds_the_same_figures(report: Report) -> None:
    content = json.loads(to_json(report))
    assert content["languages"]["en"]["themes"]["books"] == {
        "precision": pytest.approx(2 / 3), "recall": 1.0, "f1": 0.8, "support": 2, "found": 3,
    }  # fmt: skip
    assert content["codebook_digest"] == report.codebook_digest
    assert to_json(report) == to_json(report)


def test_the_command_prints_the_table_of_the_shipped_codebook(tmp_path: Path) -> None:
    coded = {"text": "I always borrow crime novels.", "language": "en", "themes": ["reading_collections"]}
    done = CliRunner().invoke(codebook_command, ["evaluate", str(write(tmp_path, coded))])
    assert done.exit_code == 0, done.output
    assert "  reading_collections" in done.output
    assert f"version {load_codebook('library').version} (" in done.output
    assert max(map(len, done.output.splitlines())) <= 100
