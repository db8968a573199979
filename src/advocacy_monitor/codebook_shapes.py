"""The shapes of a codebook: themes with their rules, indicators and examples, and what holds for all of them.

codebook_file.py reads them from YAML, codebook_merge.py puts a campaign's own on top of another one.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from advocacy_monitor.errors import ConfigError

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

Sentence = Annotated[str, Field(min_length=1)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Version = Annotated[int, Field(ge=1)]
Languages = dict[LanguageCode, Literal["checked", "beta"]]


class Goal(BaseModel):
    """A target of the Sustainable Development Goals that a theme relates to, and on what ground (R18)."""

    model_config = _STRICT
    target: Annotated[str, Field(pattern=r"^\d{1,2}\.[0-9a-d]{1,2}$")]
    basis: Sentence


class Indicators(BaseModel):
    """The indicators of one theme in one language: `any` of them counts, unless it shares a word with a `not`.

    Those of `unless_negated` count as well, but not within three words after a negator of the language.
    """

    model_config = _STRICT
    any: tuple[Sentence, ...] = ()
    not_: Annotated[tuple[Sentence, ...], Field(alias="not")] = ()
    unless_negated: tuple[Sentence, ...] = ()

    @property
    def pointing(self) -> tuple[str, ...]:
        """The indicators that point to the theme, whatever stands before them."""
        return (*self.any, *self.unless_negated)


class Example(BaseModel):
    """An invented text that is coded with a theme, or looks like it and is not; `why` says what decides."""

    model_config = _STRICT
    text: Sentence
    language: LanguageCode
    why: Sentence | None = None


class Answer(BaseModel):
    """A closed answer of a survey, as it was worded, and the themes that it stands for."""

    model_config = _STRICT
    question: Sentence
    text: Annotated[dict[LanguageCode, Sentence], Field(min_length=1)]
    themes: Annotated[tuple[Code, ...], Field(min_length=1)]


class Ambiguity(BaseModel):
    """A doubtful case between themes, and how it was settled."""

    model_config = _STRICT
    question: Sentence
    rule: Sentence
    themes: Annotated[tuple[Code, ...], Field(min_length=1)]


class Theme(BaseModel):
    """One code: its rules for people who code by hand, and its indicators for the machine."""

    model_config = _STRICT
    code: Code
    title: dict[LanguageCode, Sentence]
    definition: Sentence
    include: tuple[Sentence, ...]
    exclude: tuple[Sentence, ...]
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    sdg: tuple[Goal, ...] = ()
    indicators: dict[LanguageCode, Indicators]


class Codebook(BaseModel):
    """A versioned list of themes. `languages` says for each language how far its indicators have been checked.

    `extends` names the codebook and version that a campaign's own one was put on top of; its themes are all here.
    """

    model_config = _STRICT
    name: Name
    version: Version
    extends: str | None = None
    languages: Languages
    rules: tuple[Sentence, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    answers: tuple[Answer, ...] = ()
    negators: dict[LanguageCode, tuple[Sentence, ...]] = Field(default_factory=dict)
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all themes, in the order of the file."""
        return tuple(theme.code for theme in self.themes)

    @property
    def digest(self) -> str:
        """SHA-256 of everything in the codebook, as hexadecimal digits: it changes with every edit."""
        content = json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def rules_digest(self) -> str:
        """SHA-256 of what people code by: codes, definitions, rules, examples; not of the machine's indicators."""
        read = {"rules", "ambiguities", "themes"}
        content = self.model_dump(mode="json", exclude_defaults=True, include=read)
        for theme in content["themes"]:
            for machine in ("indicators", "sdg", "title"):
                theme.pop(machine, None)
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def theme(self, code: str) -> Theme:
        """The theme of a code. Raises ConfigError that names the nearest codes."""
        for theme in self.themes:
            if theme.code == code:
                return theme
        raise ConfigError(f"codebook {self.name}: there is no theme {code!r}; {allowed(code, self.codes)}")


class Addition(BaseModel):
    """What a campaign adds to a theme of the codebook that it extends; a title in the same language is replaced."""

    model_config = _STRICT
    code: Code
    title: dict[LanguageCode, Sentence] = Field(default_factory=dict)
    include: tuple[Sentence, ...] = ()
    exclude: tuple[Sentence, ...] = ()
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    sdg: tuple[Goal, ...] = ()
    indicators: dict[LanguageCode, Indicators] = Field(default_factory=dict)


class Extension(BaseModel):
    """A codebook that is put on top of another: only what differs stands in it.

    `themes` are added, or replace those with the same code; `add` adds to themes, `remove` takes themes out.
    """

    model_config = _STRICT
    name: Name
    version: Version
    extends: Sentence
    languages: Languages = Field(default_factory=dict)
    rules: tuple[Sentence, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    answers: tuple[Answer, ...] = ()
    negators: dict[LanguageCode, tuple[Sentence, ...]] = Field(default_factory=dict)
    themes: tuple[Theme, ...] = ()
    add: tuple[Addition, ...] = ()
    remove: tuple[Code, ...] = ()


def allowed(found: str, names: Iterable[str]) -> str:
    """What may stand in the place of a word, nearest first: 'did you mean ...? allowed: ...'."""
    known = list(names)
    near = difflib.get_close_matches(found, known, n=2)
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    return f"{hint}allowed: {', '.join(known)}"
