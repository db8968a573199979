"""What somebody filled in, read and checked field by field: what is wrong is told beside it, and nothing typed is lost.

The same reading serves the form and the page on which an author corrects an answer. Names of fields: a question's key
behind `q_`, its own line with `_other` after it, `consent` for each use, `parent`, `parent_quote`, `name`, `email`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from advocacy_monitor.mailing.message import is_address
from advocacy_monitor.models import Held, Use
from advocacy_monitor.questionnaire import BETWEEN, OTHER, OWN_WORDS, UNDER_16, Kind, Question, Questionnaire
from advocacy_monitor.translate import Texts
from advocacy_monitor.web.libraries import Libraries

QUESTION = "q_"
CONSENT = "consent"
PARENT = "parent"
PARENT_QUOTE = "parent_quote"
NAME = "name"
EMAIL = "email"
LONGEST_LINE = 200
"""Characters of one line: a library's name, what is not in a list, a person's name."""
_LONGEST_VALUE = 20_000
_LONGEST_POSTCODE = 12
_POSTCODE = re.compile(r"[^\W_]+(?:[ \-][^\W_]+)*")
_PLANES = "".join(chr((plane << 16) + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
_UNWRITTEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ud800-\udfff{_PLANES}]")
"""Signs that nobody writes, most of which must not stand in a page either."""

_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that turn the direction of what follows: a name that has them can look like another one."""
_NEVER_FOR_MINORS = frozenset({Use.QUOTE_NAMED, Use.CONTACT})


@dataclass(frozen=True, slots=True)
class Problem:
    """What has to be changed. `field` is the name of the field, `number` that of its question."""

    field: str
    message: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was filled in, as typed (`typed`) and as it is meant."""

    typed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    text: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    library: str | None = None
    area: str | None = None
    postcode: str | None = None
    age_band: str | None = None
    consents: frozenset[Use] = frozenset()
    name: str | None = None
    email: str | None = None

    def __repr__(self) -> str:
        return "Reading(...)"

    @property
    def is_minor(self) -> bool:
        """Whether a parent has to agree."""
        return self.age_band == UNDER_16

    def value(self, name: str) -> str:
        """What stands in a field, for showing it again."""
        return self.typed.get(name, ("",))[0]

    def has(self, name: str, value: str) -> bool:
        """Whether something is ticked."""
        return value in self.typed.get(name, ())

    def problem(self, name: str) -> str:
        """What is wrong with a field; '' when nothing is."""
        return next((each.message for each in self.problems if each.field == name), "")


def blank(*, library: str = "") -> Reading:
    """A form that nobody has filled in yet, but for the library that a link names."""
    return Reading(typed={f"{QUESTION}library": (library,)} if library else {})


def again(held: Held, questionnaire: Questionnaire) -> Reading:
    """A form filled in with what is held of an answer, for its author to correct."""
    typed: dict[str, tuple[str, ...]] = {CONSENT: tuple(sorted(held.consents))}
    fields = {Kind.TEXT: held.text, Kind.LIBRARY: held.library, Kind.POSTCODE: held.postcode, Kind.AGE: held.age_band}
    for question in questionnaire.questions:
        name = QUESTION + question.key
        given = fields.get(question.kind) or held.answers.get(question.key) or ""
        chosen = tuple(given.split(BETWEEN)) if question.kind is Kind.CHOICES else (given,)
        typed[name] = chosen if given else ()
        if own := held.answers.get(question.key + OWN_WORDS):
            typed[name + OWN_WORDS] = (own,)
    for name, value in ((NAME, held.name), (EMAIL, held.email)):
        if value:
            typed[name] = (value,)
    if held.age_band == UNDER_16:
        typed[PARENT] = ("yes",)
        typed[PARENT_QUOTE] = ("yes",) if Use.QUOTE_UNNAMED in held.consents else ()
    return Reading(typed={name: values for name, values in typed.items() if values})


def read(form: FormData, questionnaire: Questionnaire, libraries: Libraries, t: Texts) -> Reading:
    """What a form says, with everything that has to be changed before it can be stored."""
    return _Reader(_typed(form), questionnaire, libraries, t).reading()


def _typed(form: FormData) -> dict[str, tuple[str, ...]]:
    """Every field as it was typed, without signs that nobody writes; line ends are those of a text."""
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            text = value.replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST_VALUE]
            found.setdefault(name, []).append(_UNWRITTEN.sub("", text))
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items()}


@dataclass(slots=True)
class _Reader:
    typed: Mapping[str, tuple[str, ...]]
    questionnaire: Questionnaire
    libraries: Libraries
    t: Texts
    problems: list[Problem] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def reading(self) -> Reading:
        fields: dict[str, str | None] = {}
        for number, question in self.questionnaire.numbered():
            self.number = number
            fields[question.kind] = self._answer(question)
        self.number += 1
        library = self.libraries.find(fields.get(Kind.LIBRARY) or "")
        is_minor = fields.get(Kind.AGE) == UNDER_16
        self._check_something_said(fields.get(Kind.TEXT))
        consents = self._consents(is_minor=is_minor)
        name, email = (None, None) if is_minor else self._contact(consents)
        return Reading(
            typed=self.typed,
            problems=tuple(self.problems),
            text=fields.get(Kind.TEXT) or "",
            answers=self.answers,
            library=library.name if library else fields.get(Kind.LIBRARY),
            area=library.area or None if library and library.is_shared else None,
            postcode=fields.get(Kind.POSTCODE),
            age_band=fields.get(Kind.AGE),
            consents=consents,
            name=name,
            email=email,
        )

    def _first(self, name: str) -> str:
        return self.typed.get(name, ("",))[0].strip()

    def _line(self, name: str) -> str:
        return " ".join(_TURNED.sub("", self._first(name)).split())

    def _wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(name, message, self.number))

    # Questions

    def _answer(self, question: Question) -> str | None:
        """The answer to a question that has a column of its own; all others go to `answers`."""
        name = QUESTION + question.key
        found: str | None
        if question.kind in (Kind.CHOICES, Kind.CHOICE, Kind.AGE):
            found = self._chosen(question, name)
            if found and question.kind is not Kind.AGE:
                self.answers[question.key] = found
        elif question.kind is Kind.TEXT:
            found = self._text(question, name)
        elif question.kind is Kind.POSTCODE:
            found = self._postcode(name)
        else:
            found = self._short(name)
        if not found and not question.optional and not any(each.field == name for each in self.problems):
            self._wrong(name, self.t.text("This question needs an answer."))
        return found or None

    def _chosen(self, question: Question, name: str) -> str:
        given = self.typed.get(name, ())
        codes = [option.code for option in question.options if option.code in given]
        if question.has_own_words and (own := self._short(name + OWN_WORDS)):
            self.answers[question.key + OWN_WORDS] = own
            codes = codes if OTHER in codes or (codes and question.kind is Kind.CHOICE) else [*codes, OTHER]
        if question.kind is not Kind.CHOICES:
            return codes[0] if codes else ""
        if question.most and len(codes) > question.most:
            self._wrong(name, self.t.counted(
                "Choose {n} answer here at most.", "Choose {n} answers here at most.", question.most))  # fmt: skip
        return BETWEEN.join(codes)

    def _text(self, question: Question, name: str) -> str:
        text = self._first(name)
        if len(text) > question.longest:
            self._wrong(name, self.t.text(
                "Your text has {written} characters. There is room for {most}. Please shorten it.",
                written=self.t.number(len(text)), most=self.t.number(question.longest)))  # fmt: skip
        return text

    def _short(self, name: str) -> str:
        text = self._line(name)
        if len(text) > LONGEST_LINE:
            self._wrong(name, self.t.text(
                "Your text has {written} characters. There is room for {most}. Please shorten it.",
                written=self.t.number(len(text)), most=self.t.number(LONGEST_LINE)))  # fmt: skip
        return text

    def _postcode(self, name: str) -> str:
        code = self._line(name).upper()
        if code and (len(code) > _LONGEST_POSTCODE or not _POSTCODE.fullmatch(code)):
            self._wrong(name, self.t.text("Please write your postcode only, or leave this empty."))
        return code

    def _check_something_said(self, text: str | None) -> None:
        """Who has said nothing has nothing to send; pointed to is the question for their own words."""
        if text or self.answers or self.problems:
            return
        words = self.questionnaire.of_kind(Kind.TEXT)
        assert words is not None
        number = self.questionnaire.questions.index(words) + 1
        self.problems.append(Problem(QUESTION + words.key, self.t.text(
            "Please answer at least one question: write something or tick something."), number))  # fmt: skip

    # Consents

    def _consents(self, *, is_minor: bool) -> frozenset[Use]:
        given = frozenset(use for use in Use if use in self.typed.get(CONSENT, ()))
        if Use.ANALYSE not in given:
            self._wrong(CONSENT, self.t.text("Please tick this box. Without it we may not keep your answer."))
        if is_minor:
            given -= _NEVER_FOR_MINORS
            if PARENT_QUOTE not in self.typed:
                given -= {Use.QUOTE_UNNAMED}
            if PARENT not in self.typed:
                self._wrong(
                    PARENT,
                    self.t.text(
                        "You are under 16. A parent or guardian has to tick this box before you send your answer."
                    ),
                )
        return given

    def _contact(self, consents: frozenset[Use]) -> tuple[str | None, str | None]:
        name = self._short(NAME) if Use.QUOTE_NAMED in consents else ""
        if Use.QUOTE_NAMED in consents and not name:
            self._wrong(NAME, self.t.text("Please write the name that we may print, or remove the tick above."))
        email = self._first(EMAIL)
        if email and not is_address(email):
            self._wrong(EMAIL, self.t.text("This is not a complete e-mail address. Please correct it or leave it out."))
        elif Use.CONTACT in consents and not email:
            self._wrong(EMAIL, self.t.text("Please write your e-mail address, or remove the tick above."))
        return name or None, email or None


def content_of(reading: Reading, *, language: str, form: str) -> Mapping[str, object]:
    """What is kept as received: everything but contact details."""
    return {
        "form": form,
        "language": language,
        "text": reading.text,
        "answers": dict(reading.answers),
        "library": reading.library,
        "postcode": reading.postcode,
        "age_band": reading.age_band,
        "consents": sorted(reading.consents),
    }


def fields(questionnaire: Questionnaire) -> Iterator[str]:
    """The names of all fields of a form, in their order."""
    for question in questionnaire.questions:
        yield QUESTION + question.key
        if question.has_own_words:
            yield QUESTION + question.key + OWN_WORDS
    yield from (CONSENT, PARENT, PARENT_QUOTE, NAME, EMAIL)


Problems = Sequence[Problem]
