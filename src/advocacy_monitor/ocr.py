"""Reads a scan by machine, as a draft that a person corrects: tesseract, where it is installed. Nothing depends on it.

What it makes of handwriting is poor. It is offered for flyers that were filled in by typewriter or in block letters,
and it is never stored before a person has read it (desk/pages/transcribe_read.py).
"""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator

from advocacy_monitor.errors import AdvocacyMonitorError
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import Kind, Questionnaire

_TRAINED = {"ar": "ara", "de": "deu", "en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "zh": "chi_sim"}
_SECONDS = 90
_LIKE = 0.75
_PART = 0.4
_LEAST_LETTERS = 2


class OcrError(AdvocacyMonitorError):
    """Nothing could be read by machine; `why` is 'missing', 'language', 'slow' or 'failed'."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not read by machine: {why}")
        self.why = why


def program() -> str | None:
    """Where tesseract is; None where it is not installed."""
    return shutil.which("tesseract")


def read_scan(picture: bytes, language: str, *, command: str | None = None) -> str:
    """The text in a JPEG or PNG, as far as tesseract reads it in a language. Raises OcrError."""
    found = command or program()
    if found is None:
        raise OcrError("missing")
    trained = _TRAINED.get(language)
    if trained is None or trained not in _languages(found):
        raise OcrError("language")
    done = _run([found, "stdin", "stdout", "-l", trained, "--psm", "6"], picture)
    if done.returncode != 0:
        raise OcrError("failed")
    return done.stdout.decode("utf-8", "replace").replace("\f", "").strip()


def _languages(command: str) -> set[str]:
    """The languages that this tesseract was trained for."""
    done = _run([command, "--list-langs"], b"")
    return set(done.stdout.decode("utf-8", "replace").split()[1:])


def _run(command: list[str], given: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603  a fixed program with fixed options
            command,
            input=given,
            check=False,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise OcrError("slow") from error
    except OSError as error:
        raise OcrError("failed") from error


def draft(text: str, questionnaire: Questionnaire, language: str) -> str:
    """What stands between the question for own words and the next one, without printed lines, as a draft.

    Where that question is not found in the text, as on a picture of a part of the sheet, all lines are looked through.
    """
    printed = [_letters(each) for each in _wordings(questionnaire, language)]
    lines = _below_the_question(text.splitlines(), questionnaire, language)
    return "\n".join(line.strip() for line in lines if _is_written(_letters(line), printed))


def _below_the_question(lines: list[str], questionnaire: Questionnaire, language: str) -> list[str]:
    place, question = next(
        (place, each) for place, each in enumerate(questionnaire.questions) if each.kind is Kind.TEXT
    )
    asked = [_letters(each) for each in (question.said(language), question.hinted(language)) if each]
    start = next((at for at, line in enumerate(lines) if _is_like(line, asked)), None)
    if start is None:
        return lines
    following = questionnaire.questions[place + 1 : place + 2]
    next_one = [_letters(each.said(language)) for each in following]
    end = next((at for at in range(start + 1, len(lines)) if _is_like(lines[at], next_one)), len(lines))
    return lines[start + 1 : end]


def _is_like(line: str, printed: Iterable[str]) -> bool:
    """Whether a line is one of these wordings, or a good part of it, as far as the machine read it."""
    letters = _letters(line)
    return any(
        _likeness(letters, each) >= _LIKE and len(letters) >= len(each) * _PART for each in printed if each and letters
    )


def _is_written(line: str, printed: Iterable[str]) -> bool:
    if len(line) < _LEAST_LETTERS:
        return False
    return not any(line in each or _likeness(line, each) >= _LIKE for each in printed)


def _likeness(line: str, printed: str) -> float:
    """How much of a line stands in a printed wording, which the machine may have cut into several lines."""
    matcher = difflib.SequenceMatcher(None, printed, line, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks() if block.size >= 4) / len(line)


def _letters(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def _wordings(questionnaire: Questionnaire, language: str) -> Iterator[str]:
    yield from (questionnaire.titled(language), questionnaire.introduced(language))
    yield from (questionnaire.parent_said(language), questionnaire.parent_quote_said(language))
    yield from (questionnaire.consent(use, language) for use in Use)
    for question in questionnaire.questions:
        yield from (question.said(language), question.hinted(language))
        yield from (option.said(language) for option in question.options)
