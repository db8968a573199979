"""The verb `classify`: texts in, what is said of them out; needs no campaign and no database."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click

if TYPE_CHECKING:
    from advocacy_monitor.classify import Classified, Classifier, Statement
    from advocacy_monitor.models import Span
    from advocacy_monitor.statement_lines import BadLine

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_WIDTH = 100


@click.command(epilog="Example: advocacy-monitor classify answers.txt --jsonl")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True), default="-")
@click.option("--jsonl", "--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--stage", type=click.Choice(["lexicon", "hybrid"]), default="lexicon", show_default=True)
@click.option("--codebook", default="library", show_default=True, help="A codebook's name or file.")
@click.option("--model", type=_FOLDER, help="A trained model's folder, for the stage hybrid.  [default: the shipped]")
@click.option("--language", help="The language of all texts that do not say theirs, such as en.")
@click.option("--languages", help="The languages that texts may be in.  [default: en,de,fr,es,ar,ru,zh]")
def classify(
    file: str,
    as_json: bool,
    stage: Literal["lexicon", "hybrid"],
    codebook: str,
    model: Path | None,
    language: str | None,
    languages: str | None,
) -> None:
    """Say what texts are about: themes, whether they are testimonials, how quotable, personal data.

    FILE holds one text a line, or one JSON object a line with `text` and, if wanted, `id` and `language`; - (or
    nothing) is standard input. Exit code 1 when a line could not be read; the others are still classified.
    """
    from advocacy_monitor.classify import LANGUAGES, Classifier, language_code
    from advocacy_monitor.statement_lines import BadLine
    from advocacy_monitor.terminal import say

    classifier = Classifier(
        codebook, stage=stage, model=model, languages=languages.split(",") if languages is not None else LANGUAGES
    )
    told = language_code(language) if language is not None else None
    failed = False
    with _opened(file) as stream, _quiet_when_closed():
        for said in _answers(classifier, stream, name="standard input" if file == "-" else file, language=told):
            if isinstance(said, BadLine):
                failed = True
                _show_problem(said, as_json=as_json)
            elif as_json:
                say(as_line(said))
            else:
                _show(said)
    sys.exit(1 if failed else 0)


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with Path(file).open("rb") as stream:
        yield stream


@contextmanager
def _quiet_when_closed() -> Iterator[None]:
    """Ends without a word when whoever reads the output has enough (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _answers(
    classifier: Classifier, stream: BinaryIO, *, name: str, language: str | None
) -> Iterator[tuple[Statement, Classified] | BadLine]:
    """What is said of every line, in the order of the lines, a batch in memory at a time."""
    from advocacy_monitor.classify import BATCH, Statement
    from advocacy_monitor.statement_lines import read_lines

    lines = read_lines(stream, name=name)
    while batch := list(islice(lines, BATCH)):
        read = [line for line in batch if isinstance(line, Statement)]
        told = [replace(line, language=line.language or language) for line in read]
        answers = zip(read, classifier.classify(told), strict=True)
        yield from (next(answers) if isinstance(line, Statement) else line for line in batch)
        sys.stdout.flush()


def _show_problem(line: BadLine, *, as_json: bool) -> None:
    import msgspec

    from advocacy_monitor.terminal import plain, say, warn

    if as_json:
        say(msgspec.json.encode({"id": line.id, "error": line.problem}).decode())
    else:
        warn(f"{plain(line.id)}  not read: {plain(line.problem)}\n")


def as_line(said: tuple[Statement, Classified]) -> str:
    """An answer as one JSON object; spans are pairs of places in the text, in code points."""
    import msgspec

    answer = said[1]
    return msgspec.json.encode(
        {
            "id": answer.id,
            "language": answer.language,
            "is_testimonial": answer.is_testimonial,
            "relevance": answer.relevance,
            "quotable": answer.quotable,
            "quotable_reasons": [
                {"reason": each.reason, "spans": _pairs(each.spans)} for each in answer.quotable_reasons
            ],
            "themes": [
                {"theme": each.theme, "score": each.score, "stage": each.stage, "spans": _pairs(each.spans)}
                for each in answer.themes
            ],
            "no_theme": answer.no_theme,
            "sentiment": answer.sentiment,
            "stance": answer.stance,
            "personal_data": [{"kind": each.kind, "spans": _pairs(each.spans)} for each in answer.personal_data],
            "risk": answer.risk,
            "versions": answer.versions,
        }
    ).decode()


def _pairs(spans: Iterable[Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _show(said: tuple[Statement, Classified]) -> None:
    """One statement for a person: the text, and under it what is said of it with the words that say so."""
    from advocacy_monitor.terminal import plain, say

    text, answer = said[0].text, said[1]
    kind = "testimonial" if answer.is_testimonial else f"no testimonial ({answer.relevance})"
    sounds = ", ".join([*answer.stance, *([f"sounds {answer.sentiment}"] if answer.sentiment else [])])
    say(f"{plain(answer.id)}  {kind}, {answer.language}, quotable {answer.quotable} of 3{sounds and ', ' + sounds}")
    say(f"    {plain(text, width=_WIDTH)}")
    themes = [_with_words(f"{each.theme} {each.score:.2f}", text, each.spans) for each in answer.themes]
    rows = {
        "themes": "; ".join(themes) or f"none ({answer.no_theme or 'language not read'})",
        "why quotable": "; ".join(_with_words(each.reason, text, each.spans) for each in answer.quotable_reasons),
        "personal data": "; ".join(_with_words(each.kind, text, each.spans) for each in answer.personal_data),
        "a person must read it": ", ".join(answer.risk),
    }
    for name, found in rows.items():
        if found:
            say(f"    {name}: {found}")
    say()


def _with_words(name: str, text: str, spans: Iterable[Span]) -> str:
    """`community_connection 1.00 (new friends, neighbours)`."""
    from advocacy_monitor.terminal import plain

    words = ", ".join(dict.fromkeys(plain(text[span.start : span.end], width=40) for span in spans))
    return f"{name.replace('_', ' ')} ({words})" if words else name.replace("_", " ")
