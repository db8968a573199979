"""What somebody typed from a flyer, read and checked: numbers tick boxes; what is wrong is told beside its field."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from advocacy_monitor.questionnaire import BETWEEN, Kind, Question, Questionnaire
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.transcribing import CONSENTS, EMAIL, ILLEGIBLE, NAME, UNREADABLE, fields_of, is_over, ticks
from advocacy_monitor.translate import Texts
from advocacy_monitor.web.libraries import Libraries
from advocacy_monitor.withdrawal import plain

PREFIX = "q_"
CODE, AS_IS, DRAFT, IS_READ = "code", "as_is", "draft", "is_read"
LONGEST_LINE, LONGEST_TEXT = 200, 5000
_COMPACT = 9
"""Up to so many options, digits need nothing between them."""
_BETWEEN = re.compile(r"[\s,;./+-]+")
_UNWRITTEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufffe\uffff\ud800-\udfff]")
_EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]{1,64}@[^@\s<>,;:\"()\[\]\\]+\.[^\W_\d][\w-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Fields as they were typed, by their names; `as_is` are those of which somebody said that the sheet is so."""

    values: Mapping[str, str] = field(default_factory=dict)
    as_is: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return "Typed(...)"

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(PREFIX + name, "")

    @property
    def draft(self) -> str:
        """The mark of words that a machine read, '' where there are none."""
        return self.values.get(DRAFT, "")

    @property
    def is_read(self) -> bool:
        """Whether somebody said that they compared the machine's words with the sheet."""
        return IS_READ in self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it means: the fields, what lies in the contacts file, and what is wrong, by the name of the field."""

    fields: Mapping[str, str] = field(default_factory=dict)
    on_paper: OnPaper = field(default_factory=OnPaper)
    wrong: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return "Reading(...)"


def typed(form: FormData) -> Typed:
    """A form as it was sent, without signs that nobody types."""
    values = {
        name: _UNWRITTEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))[: 4 * LONGEST_TEXT]
        for name, value in form.multi_items()
        if isinstance(value, str) and (name.startswith(PREFIX) or name in (DRAFT, IS_READ))
    }
    return Typed(values=values, as_is=frozenset(str(each) for each in form.getlist(AS_IS)))


def typed_again(fields: Mapping[str, str], on_paper: OnPaper, questionnaire: Questionnaire) -> Typed:
    """A reading as somebody would type it."""
    values = {}
    for name in fields_of(questionnaire):
        value = {NAME: on_paper.name, EMAIL: on_paper.email}.get(name) or fields.get(name, "")
        if codes := codes_of(questionnaire, name):
            value = " ".join(str(codes.index(each) + 1) if each in codes else each for each in value.split(BETWEEN))
        values[PREFIX + name] = value.strip()
    as_is = frozenset(each.key for each in questionnaire.questions if is_over(each, fields.get(each.key, "")))
    return Typed(values={**values, PREFIX + CODE: on_paper.code}, as_is=as_is)


def codes_of(questionnaire: Questionnaire, name: str) -> Sequence[str]:
    """The codes of a field's boxes in their order; () where something is written."""
    if name == CONSENTS:
        return ticks(questionnaire)
    question = questionnaire.question(name)
    return tuple(each.code for each in question.options) if question else ()


def read(given: Typed, questionnaire: Questionnaire, libraries: Libraries, t: Texts) -> Reading:
    """Everything that was typed, as it is meant."""
    fields: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name in fields_of(questionnaire):
        value, problem = read_field(given, name, questionnaire, libraries, t)
        if problem:
            wrong[name] = problem
        if value:
            fields[name] = value
    code = given.value(CODE).strip()
    if code and plain(code) is None:
        wrong[CODE] = t.text("This is no code: it has twelve letters and digits, without 0, O, 1, I and L.")
    on_paper = OnPaper(name=fields.pop(NAME, ""), email=fields.pop(EMAIL, ""), code=plain(code) or "")
    return Reading(fields=fields, on_paper=on_paper, wrong=wrong)


def read_field(
    given: Typed, name: str, questionnaire: Questionnaire, libraries: Libraries, t: Texts
) -> tuple[str, str]:
    """The value of one field, and what is wrong with it ('' where nothing is)."""
    text = given.value(name).strip()
    question = questionnaire.question(name)
    if codes := codes_of(questionnaire, name):
        return _ticked(text, codes, question, is_so=name in given.as_is, t=t)
    if question is not None and question.kind is Kind.TEXT:
        return _written(text, LONGEST_TEXT, t)
    if (text == ILLEGIBLE or "[?]" in text) and _is_whole(name, question):
        return ILLEGIBLE, ""
    line, problem = _written(" ".join(text.split()), LONGEST_LINE, t)
    if line and not problem and name not in given.as_is:
        problem = _line_problem(line, name, question, libraries, t)
    if question is not None and question.kind is Kind.POSTCODE:
        line = line.upper()
    return line, problem


def _is_whole(name: str, question: Question | None) -> bool:
    """Whether a part of a field's words is as good as nothing: of a name or an address, but not of a sentence."""
    return name in (NAME, EMAIL) or (question is not None and question.kind in (Kind.LIBRARY, Kind.POSTCODE))


def _written(text: str, longest: int, t: Texts) -> tuple[str, str]:
    text = UNREADABLE if text == ILLEGIBLE else text.replace("[?]", UNREADABLE)
    if len(text) <= longest:
        return text, ""
    return text, t.text(
        "This has {written} characters, and {most} are kept at most.",
        written=t.number(len(text)),
        most=t.number(longest),
    )


def _line_problem(line: str, name: str, question: Question | None, libraries: Libraries, t: Texts) -> str:
    """What looks mistyped. It may be so on the sheet; then somebody says that it is."""
    if name == EMAIL and not _EMAIL.fullmatch(line):
        return t.text("This is no complete e-mail address.")
    is_library = question is not None and question.kind is Kind.LIBRARY
    if is_library and libraries.listed and libraries.find(line) is None:
        return t.text("No library of the campaign is called so.")
    is_postcode = question is not None and question.kind is Kind.POSTCODE
    if is_postcode and (len(line) > 12 or not any(each.isdigit() for each in line)):
        return t.text("This does not look like a postcode.")
    return ""


def _ticked(text: str, codes: Sequence[str], question: Question | None, *, is_so: bool, t: Texts) -> tuple[str, str]:
    """Numbers as the codes of the boxes that they stand for, each once and in the order of the flyer."""
    if not text:
        return "", ""
    if text == ILLEGIBLE:
        return ILLEGIBLE, ""
    found = [each for each in _BETWEEN.split(text) if each]
    if len(codes) <= _COMPACT:
        found = [sign for each in found for sign in each]
    boxes = {str(number) for number in range(1, len(codes) + 1)}
    bad = [each for each in found if each not in boxes]
    if bad:
        return "", t.text(
            "“{typed}” is no box: type numbers from 1 to {last} with a space between them, or ? when nobody can tell.",
            typed=bad[0][:20],
            last=len(codes),
        )
    value = BETWEEN.join(code for number, code in enumerate(codes, start=1) if str(number) in found)
    if question is not None and is_over(question, value) and not is_so:
        return value, t.counted(
            "{n} box may be ticked here at most.", "{n} boxes may be ticked here at most.", _most(question)
        )
    return value, ""


def _most(question: Question) -> int:
    return (question.most or len(question.options)) if question.kind is Kind.CHOICES else 1


def mark(text: str, key: bytes) -> str:
    """The mark of a machine's draft: whoever sends the same words with it has changed nothing."""
    return hashlib.blake2b(" ".join(text.split()).encode(), key=key, digest_size=16).hexdigest()


def is_unread(given: Typed, words: str, key: bytes) -> bool:
    """Whether the words are still those that a machine read, and nobody has said that they are right."""
    return (
        bool(given.draft) and not given.is_read and hmac.compare_digest(given.draft.encode(), mark(words, key).encode())
    )
