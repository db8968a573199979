"""The questionnaire: what the form and the flyer ask, in every language, with its version.

A questionnaire is a YAML file (docs/reference/questionnaire.md). One is shipped; a campaign may write its own. Answers
are stored under a question's key and an option's code, which keep their meaning for ever; every version that was ever
used is kept with the answers, so that old ones keep their wording.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from advocacy_monitor.codebook_file import read_file
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Form, Use
from advocacy_monitor.translate import LANGUAGES

BETWEEN = "; "
"""Between the codes of several options in one answer."""
OTHER = "other"
"""The option that has a line to write on; what was written is the answer `<key>_other`."""
OWN_WORDS = "_other"
_CODE = r"^[a-z][a-z0-9_]{0,39}$"
_AGE_CODE = r"^[a-z0-9][a-z0-9_+-]{0,39}$"
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

Wording = Mapping[str, Annotated[str, Field(min_length=1, max_length=1000)]]
"""A text in each language, by its code; English must be there and stands in for languages that are not."""


class Kind(StrEnum):
    """What a question takes for an answer."""

    LIBRARY = "library"
    CHOICES = "choices"
    CHOICE = "choice"
    TEXT = "text"
    POSTCODE = "postcode"
    AGE = "age"


UNDER_16 = "under_16"
"""The option of an age question for which a parent has to agree."""


def _said(wording: Wording, language: str) -> str:
    return wording.get(language) or wording["en"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _wordings(self) -> _Shape:
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, dict) and value and not isinstance(next(iter(value)), Use):
                _check_wording(name, value)
        return self


def _check_wording(name: str, wording: Mapping[str, str]) -> None:
    if unknown := sorted(set(wording) - set(LANGUAGES)):
        raise ValueError(f"{name}: {unknown[0]!r} is none of the languages {', '.join(LANGUAGES)}")
    if "en" not in wording:
        raise ValueError(f"{name}: the English wording (en) is missing; it stands in for languages without their own")
    for language, text in wording.items():
        if found := _UNSEEN.search(text):
            raise ValueError(f"{name}.{language}: holds the invisible character U+{ord(found[0]):04X}; take it out")


class Option(_Shape):
    """One of the answers to choose from. `code` is what is stored."""

    code: str = Field(pattern=_AGE_CODE, description="What is stored; it keeps its meaning in every later version.")
    wording: Wording = Field(description="What people read, by language.")

    def said(self, language: str) -> str:
        """What people read."""
        return _said(self.wording, language)


class Question(_Shape):
    """One question. Its number is its place in the questionnaire, online and on paper."""

    key: str = Field(pattern=_CODE, description="What answers are stored under; it keeps its meaning.")
    kind: Kind = Field(description="What it takes for an answer.")
    optional: bool = Field(default=True, description="Whether it may be left out.")
    wording: Wording = Field(description="What people read, by language.")
    hint: Wording = Field(default_factory=dict, description="A line of help, by language.")
    options: tuple[Option, ...] = Field(default=(), max_length=30, description="For choices, choice and age.")
    most: int | None = Field(default=None, ge=1, le=30, description="For choices: how many may be ticked.")
    longest: int = Field(default=600, ge=20, le=5000, description="For text: the most characters.")

    def said(self, language: str) -> str:
        """What people read."""
        return _said(self.wording, language)

    def hinted(self, language: str) -> str:
        """The line of help; '' where there is none."""
        return _said(self.hint, language) if self.hint else ""

    def option(self, code: str) -> Option | None:
        """The option with this code."""
        return next((each for each in self.options if each.code == code), None)

    @property
    def has_own_words(self) -> bool:
        """Whether there is a line for what is not in the list."""
        return self.kind in (Kind.CHOICES, Kind.CHOICE) and self.option(OTHER) is not None

    @model_validator(mode="after")
    def _fitting(self) -> Question:
        chosen = self.kind in (Kind.CHOICES, Kind.CHOICE, Kind.AGE)
        if chosen and len(self.options) < 2:
            raise ValueError(f"options: a question of the kind {self.kind} needs two at least")
        if not chosen and self.options:
            raise ValueError(f"options: a question of the kind {self.kind} takes none")
        codes = [each.code for each in self.options]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"options: the code {twice[0]!r} stands twice")
        if self.most is not None and self.kind is not Kind.CHOICES:
            raise ValueError(f"most: only questions of the kind {Kind.CHOICES} have it")
        return self


class _File(_Shape):
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$", description="Its name; with the version it is known by.")
    version: int = Field(ge=1, description="A new wording needs a new version.")
    title: Wording = Field(description="Heading of the form, by language.")
    intro: Wording = Field(description="What people read first, by language.")
    questions: tuple[Question, ...] = Field(min_length=1, max_length=30)
    consents: Mapping[Use, Wording] = Field(description="The tick for each use, by language.")
    parent: Wording = Field(description="The tick of a parent, for people under 16, by language.")
    parent_quote: Wording = Field(description="A parent's tick for quotes without a name, by language.")

    @model_validator(mode="after")
    def _whole(self) -> _File:
        keys = [each.key for each in self.questions]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"questions: the key {twice[0]!r} stands twice")
        own = {f"{each.key}{OWN_WORDS}" for each in self.questions if each.has_own_words}
        if taken := sorted(own & set(keys)):
            raise ValueError(f"questions: the key {taken[0]!r} is where own words for an option `other` are stored")
        for kind in (Kind.LIBRARY, Kind.POSTCODE, Kind.AGE, Kind.TEXT):
            if sum(each.kind is kind for each in self.questions) > 1:
                raise ValueError(f"questions: there can be one question of the kind {kind}")
        if not any(each.kind is Kind.TEXT for each in self.questions):
            raise ValueError(f"questions: one of the kind {Kind.TEXT} is needed: people's own words are the point")
        if missing := [use for use in Use if use not in self.consents]:
            raise ValueError(f"consents: {missing[0]} is missing; each use is asked for on its own")
        for use, wording in self.consents.items():
            _check_wording(f"consents.{use}", wording)
        return self


class Questionnaire(_File):
    """A questionnaire that was read and checked. `content` is the file as it stands, `digest` its SHA-256."""

    content: str
    digest: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which everything is worded, English first among equals in the order of LANGUAGES."""
        return tuple(code for code in LANGUAGES if all(code in wording for wording in self._wordings_of_all()))

    def _wordings_of_all(self) -> Iterator[Wording]:
        yield from (self.title, self.intro, self.parent, self.parent_quote, *self.consents.values())
        for question in self.questions:
            yield question.wording
            if question.hint:
                yield question.hint
            yield from (option.wording for option in question.options)

    @property
    def form(self) -> Form:
        """The version as it is kept with answers."""
        return Form(name=self.name, version=self.version, digest=self.digest, content=self.content)

    def question(self, key: str) -> Question | None:
        """The question with this key."""
        return next((each for each in self.questions if each.key == key), None)

    def of_kind(self, kind: Kind) -> Question | None:
        """The first question of a kind."""
        return next((each for each in self.questions if each.kind is kind), None)

    def numbered(self) -> list[tuple[int, Question]]:
        """The questions with their numbers, the same online and on paper."""
        return list(enumerate(self.questions, start=1))

    def titled(self, language: str) -> str:
        """The heading."""
        return _said(self.title, language)

    def introduced(self, language: str) -> str:
        """What people read first."""
        return _said(self.intro, language)

    def consent(self, use: Use, language: str) -> str:
        """What is ticked for a use."""
        return _said(self.consents[use], language)

    def parent_said(self, language: str) -> str:
        """What a parent ticks for somebody under 16."""
        return _said(self.parent, language)

    def parent_quote_said(self, language: str) -> str:
        """What a parent ticks so that somebody under 16 may be quoted without a name."""
        return _said(self.parent_quote, language)

    @property
    def closed(self) -> tuple[Question, ...]:
        """The questions whose answers are stored as codes and can be counted; age has a column of its own."""
        return tuple(each for each in self.questions if each.kind in (Kind.CHOICES, Kind.CHOICE))


def shipped_questionnaires() -> tuple[str, ...]:
    """The names of the questionnaires that come with this package."""
    files = resources.files("advocacy_monitor.questionnaires").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def load_questionnaire(name_or_path: str | Path) -> Questionnaire:
    """A shipped questionnaire by its name, or one's own by the path of its file. Raises ConfigError."""
    text = str(name_or_path)
    if isinstance(name_or_path, Path) or text.endswith((".yaml", ".yml")):
        path = Path(name_or_path)
        try:
            return _read(path.read_bytes(), origin=text)
        except OSError as error:
            raise ConfigError(f"{text}: cannot be read: {error.strerror}") from error
    if text not in shipped_questionnaires():
        shipped = ", ".join(shipped_questionnaires())
        raise ConfigError(f"there is no questionnaire {text!r}; shipped: {shipped}; a file of your own ends in .yaml")
    content = (resources.files("advocacy_monitor.questionnaires") / f"{text}.yaml").read_bytes()
    return _read(content, origin=f"{text}.yaml")


@functools.lru_cache(maxsize=32)
def read_questionnaire(content: str) -> Questionnaire:
    """A version that was kept with answers. Raises ConfigError."""
    return _read(content.encode(), origin="a stored questionnaire")


def _read(content: bytes, *, origin: str) -> Questionnaire:
    file = read_file(content, origin=origin).shaped(_File)
    text = content.decode("utf-8-sig")
    values = {name: getattr(file, name) for name in _File.model_fields}
    return Questionnaire(**values, content=text, digest=hashlib.sha256(text.encode()).hexdigest())


def told(answers: Mapping[str, str], questionnaire: Questionnaire, language: str) -> list[tuple[str, str]]:
    """Answers as people read them: the wording of each question with that of its options, in the order of the form.

    What the questionnaire does not know comes last, as it is stored.
    """
    shown: list[tuple[str, str]] = []
    known: set[str] = set()
    for question in questionnaire.questions:
        own = f"{question.key}{OWN_WORDS}"
        known |= {question.key, own}
        if given := answers.get(question.key):
            said = [(question.option(code), code) for code in given.split(BETWEEN)] if question.options else []
            words = [option.said(language) if option else code for option, code in said] or [given]
            shown.append((question.said(language), BETWEEN.join(words)))
        if written := answers.get(own):
            shown.append((question.said(language), written))
    return shown + [(key, value) for key, value in answers.items() if key not in known]
