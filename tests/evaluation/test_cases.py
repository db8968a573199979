"""Coded statements of a file: what is read, and that every bad line is named with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.evaluation.cases import read_file
from tests.evaluation.examples import small

GOOD = {"text": "My books", "language": "en", "themes": ["books"], "more": 1}


def write(tmp_path: Path, *lines: object, encoding: str = "utf-8") -> Path:
    path = tmp_path / "coded.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_bytes(text.encode(encoding))
    return path


def test_statements_are_read_with_blank_lines_and_other_keys_passed_over(tmp_path: Path) -> None:
    second: dict[str, object] = {"text": "Ä", "language": None, "themes": [], "id": "b", "answer": "too_short"}
    path = write(tmp_path, "", GOOD, "  ", second, encoding="utf-8-sig")
    one, two = read_file(path, small()).statements
    assert (one.text, one.language, one.themes, one.answer) == ("My books", "en", frozenset({"books"}), "themes")
    assert (one.place, one.id) == (f"{path}, line 2", "line 2")
    assert (two.text, two.language, two.themes, two.id, two.too_short) == ("Ä", None, frozenset(), "b", True)


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
        (GOOD | {"answer": "maybe"}, "answer: expected one of themes, none, too_short, found 'maybe'"),
        (GOOD | {"answer": "none"}, "answer: 'none' does not go with 1 themes"),
        (GOOD | {"id": 1.5}, "id: expected a name or a number, found 1.5"),
    ],
)
def test_a_bad_line_is_named_with_file_line_and_reason(tmp_path: Path, line: object, reason: str) -> None:
    path = write(tmp_path, GOOD, line, GOOD)
    with pytest.raises(ConfigError) as caught:
        read_file(path, small())
    assert str(caught.value).startswith(f"{path}, line 2: {reason}")


def test_unknown_themes_and_repeated_ids_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, GOOD | {"themes": ["book"]})
    with pytest.raises(ConfigError, match="line 2: codebook small: there is no theme 'book'; did you mean"):
        read_file(path, small())
    path = write(tmp_path, GOOD | {"id": 7}, GOOD | {"id": "7"})
    with pytest.raises(ConfigError, match=r"line 2: the id '7' stands at .*line 1 as well"):
        read_file(path, small())


def test_all_bad_lines_are_named_but_not_a_thousand(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_file(write(tmp_path, *["{}"] * 1000), small())
    lines = str(caught.value).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "... and 980 more"


def test_other_encodings_empty_and_missing_files_are_refused(tmp_path: Path) -> None:
    umlaut = {"text": "Bücher", "language": "de", "themes": []}
    with pytest.raises(ConfigError, match="line 1: not UTF-8; save the file as UTF-8"):
        read_file(write(tmp_path, umlaut, encoding="latin-1"), small())
    with pytest.raises(ConfigError, match="there are no statements"):
        read_file(write(tmp_path, ""), small())
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_file(tmp_path / "none.jsonl", small())
    with pytest.raises(ConfigError, match="line 1: nested too deeply"):
        read_file(write(tmp_path, "[" * 200_000), small())


def test_the_digest_changes_with_every_text_code_and_answer(tmp_path: Path) -> None:
    def digest(**changes: object) -> str:
        return read_file(write(tmp_path, GOOD | changes), small()).digest

    others: list[dict[str, object]] = [
        {"text": "books"},
        {"themes": ["hours"]},
        {"language": "de"},
        {"themes": [], "answer": "too_short"},
    ]
    assert digest() == digest(more=2)
    assert len({digest(), *(digest(**other) for other in others)}) == 5
