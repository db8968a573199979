"""`classify` on the command line: lines in, lines out, bad lines named, quiet when nobody reads on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from advocacy_monitor.cli_classify import classify
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.statement_lines import LARGEST, BadLine, read_lines

RUN = [sys.executable, "-c", "from advocacy_monitor.cli_classify import classify; classify()"]


def _run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(classify, arguments, input=given)


def _lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_plain_lines_and_objects_in_the_order_of_the_input() -> None:
    given = 'I love my library.\n\n{"id": "b", "text": "Danke, liebe Bücherei!", "language": "de", "more": 1}\r\n[1] x'
    result = _run("--jsonl", "--languages", "en,de", given=given.encode())
    assert result.exit_code == 0, result.output
    first, second, third = _lines(result)
    assert (first["id"], second["id"], third["id"]) == (1, "b", 4)
    assert second["language"] == "de"
    assert list(first) == [
        *("id", "language", "is_testimonial", "relevance", "quotable", "quotable_reasons", "themes", "no_theme"),
        *("sentiment", "stance", "personal_data", "risk", "versions"),
    ]
    assert first["quotable_reasons"]
    for reason in msgspec.convert(first["quotable_reasons"], list[dict[str, object]]):
        assert set(reason) == {"reason", "spans"}


def test_spans_are_pairs_of_code_points() -> None:
    text = "😀 Write to anna@example.org, my library has free wifi."
    (line,) = _lines(_run("--jsonl", "--language", "en", given=text.encode()))
    found = msgspec.convert(line, type=_Line)
    (email,) = [each for each in found.personal_data if each.kind == "email"]
    assert [text[start:end] for start, end in email.spans] == ["anna@example.org"]
    assert found.themes
    assert {"codebook", "lexicon", "model", "enrichers"} == set(found.versions)


class _Found(msgspec.Struct):
    spans: list[tuple[int, int]]
    kind: str = ""
    theme: str = ""


class _Line(msgspec.Struct):
    themes: list[_Found]
    personal_data: list[_Found]
    versions: dict[str, object]


def test_bad_lines_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    rows = [b"{broken", b'{"id": "x"}', b'{"text": " "}', b'{"text": 5}', b'{"text": "a", "id": [1]}', b"\xff\xfe"]
    rows += [
        b'{"text": "a", "language": 3}',
        b"x" * (LARGEST + 1),
        b'{"text": "\\ud800"}',
        b"[" * 3000,
        b"Good line here.",
    ]
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join(rows))
    result = _run(str(path), "--jsonl", "--language", "en")
    assert result.exit_code == 1
    lines = _lines(result)
    assert [line["id"] for line in lines] == [1, "x", 3, 4, 5, 6, 7, 8, 9, 10, 11]
    errors = [str(line.get("error", "")) for line in lines]
    for number, error in enumerate(errors[:9], start=1):
        assert error.startswith(f"{path}, line {number}: "), error
    for error, words in zip(
        errors[:8],
        ("no JSON", "'text' must", "'text' must", "found 5", "'id' must", "not UTF-8", "'language' must", "1,000,000"),
        strict=True,
    ):
        assert words in error
    assert errors[9:] == ["", ""]
    assert set(lines[0]) == {"id", "error"}


def test_a_line_that_is_too_long_is_passed_over_without_being_kept(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"y" * (3 * LARGEST) + b"\n" + b"z" * LARGEST + b"\nafter")
    with path.open("rb") as stream:
        first, second, third = read_lines(stream, name="long.txt")
    assert isinstance(first, BadLine)
    assert not isinstance(second, BadLine)
    assert not isinstance(third, BadLine)
    assert (second.id, third.id, third.text) == (2, 3, "after")


def test_a_screen_for_a_person() -> None:
    given = "I lost my job and my friend Ben, thank you library!\x1b[31m\n{bad"
    result = _run("--language", "en", given=given.encode())
    assert result.exit_code == 1
    assert "1  testimonial, en, quotable" in result.stdout
    assert "job" in result.stdout
    assert "\x1b" not in result.output
    assert "2  not read: standard input, line 2" in result.stderr


def test_nothing_in_nothing_out() -> None:
    result = _run("--jsonl")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("arguments", [["--language", "english"], ["--languages", ""], ["--codebook", "none"]])
def test_settings_that_cannot_be_used(arguments: list[str]) -> None:
    assert isinstance(_run(*arguments).exception, ConfigError)


def test_a_closed_pipe_ends_it_quietly(tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    path.write_text("I love my library and its books.\n" * 3000, encoding="utf-8")
    with subprocess.Popen(
        [*RUN, str(path), "--jsonl", "--language", "en"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["id"] == 1
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=60) == 0
