"""The codebook: which themes there are, what counts as each of them, and the indicators that point to them.

A codebook is a YAML file (docs/reference/codebook.md). The shipped ones lie in `codebooks/`; a campaign may name one
of them or a file of its own. `lexicon.py` looks for its indicators in texts.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advocacy_monitor.errors import ConfigError
from advocacy_monitor.indicators import ANY_WORD, Step, parse_indicator

_STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
_SHORTEST_STEM = 3
_CHARACTER_LANGUAGES = frozenset({"zh"})
_Loc = tuple[str | int, ...]

Sentence = Annotated[str, Field(min_length=1)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Goal(BaseModel):
    """A target of the Sustainable Development Goals that a theme relates to, and on what ground (R18)."""

    model_config = _STRICT
    target: Annotated[str, Field(pattern=r"^\d{1,2}\.[0-9a-d]{1,2}$")]
    basis: Sentence


class Indicators(BaseModel):
    """The indicators of one theme in one language: `any` of them counts, unless it shares a word with a `not`."""

    model_config = _STRICT
    any: tuple[Sentence, ...]
    not_: Annotated[tuple[Sentence, ...], Field(alias="not")] = ()


class Theme(BaseModel):
    """One code: its rules for people who code by hand, and its indicators for the machine."""

    model_config = _STRICT
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: dict[LanguageCode, Sentence]
    definition: Sentence
    include: tuple[Sentence, ...]
    exclude: tuple[Sentence, ...]
    sdg: tuple[Goal, ...] = ()
    indicators: dict[LanguageCode, Indicators]


class Codebook(BaseModel):
    """A versioned list of themes. `languages` says for each language how far its indicators have been checked."""

    model_config = _STRICT
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    version: Annotated[int, Field(ge=1)]
    languages: dict[LanguageCode, Literal["checked", "beta"]]
    rules: tuple[Sentence, ...] = ()
    themes: Annotated[tuple[Theme, ...], Field(min_length=1)]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all themes, in the order of the file."""
        return tuple(theme.code for theme in self.themes)

    @property
    def digest(self) -> str:
        """SHA-256 of everything in the codebook, as hexadecimal digits: it changes with every edit."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def theme(self, code: str) -> Theme:
        """The theme of a code. Raises ConfigError that names the nearest codes."""
        for theme in self.themes:
            if theme.code == code:
                return theme
        raise ConfigError(f"codebook {self.name}: there is no theme {code!r}; {_allowed(code, self.codes)}")


def shipped_codebooks() -> tuple[str, ...]:
    """The names of the codebooks that come with this package."""
    files = resources.files("advocacy_monitor.codebooks").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def is_path(name_or_path: str | Path) -> bool:
    """Whether a codebook setting means a file of one's own; shipped names have no suffix and no separator."""
    text = str(name_or_path)
    return isinstance(name_or_path, Path) or text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text


def load_codebook(name_or_path: str | Path) -> Codebook:
    """A shipped codebook by its name, or one's own by the path of its file.

    Raises ConfigError that lists every mistake with file, line, key, what was found and what is allowed.
    """
    if is_path(name_or_path):
        path = Path(name_or_path)
        try:
            return parse_codebook(path.read_bytes(), origin=str(path))
        except OSError as error:
            raise ConfigError(f"codebook {path}: cannot be read: {error.strerror or error}") from error
    name = str(name_or_path)
    if name not in shipped_codebooks():
        raise ConfigError(
            f"there is no codebook {name!r}; {_allowed(name, shipped_codebooks())}, "
            "or the path of a file of your own that ends in .yaml"
        )
    file = resources.files("advocacy_monitor.codebooks").joinpath(f"{name}.yaml")
    return parse_codebook(file.read_bytes(), origin=file.name)


def parse_codebook(content: bytes, *, origin: str) -> Codebook:
    """A codebook from the bytes of its file; `origin` is what error messages call it. Raises ConfigError."""
    node, data = _read_yaml(content, origin)
    problems = list(_repeated(node, set()))
    if not problems:
        try:
            codebook = Codebook.model_validate(data)
        except ValidationError as error:
            problems = [(_line(node, loc), text) for loc, text in _shape_problems(error)]
        else:
            problems = [(_line(node, loc), text) for loc, text in _content_problems(codebook)]
            if not problems:
                return codebook
    lines = [f"{origin}, line {line}: {text}" for line, text in sorted(problems)]
    raise ConfigError("\n".join(lines))


def _read_yaml(content: bytes, origin: str) -> tuple[yaml.Node, Any]:
    """The file as nodes, which know their lines, and as plain values."""
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(content.decode("utf-8-sig"))
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError(f"{origin}, line {line}: not UTF-8; save the file as UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}" if mark else ""
        hint = "; an indicator that begins with '*' must be put in quotes" if "alias" in str(error) else ""
        raise ConfigError(f"{origin}{where}: not YAML: {error.problem or error.context}{hint}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError(f"{origin}: not YAML: {error}") from error
    if node is None or not isinstance(data, dict):
        raise ConfigError(f"{origin}, line 1: a codebook must be a list of keys such as 'name:', found {data!r:.60}")
    return node, data


def _repeated(node: yaml.Node, seen: set[int]) -> Iterator[tuple[int, str]]:
    """Keys that stand twice in one mapping, of which YAML drops the first, and aliases, which hide what is where."""
    if id(node) in seen:
        yield node.start_mark.line + 1, "what stands here is used again elsewhere by '*'; write it out there"
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        counts = Counter(str(key.value) for key, _ in node.value)
        for key, value in node.value:
            if counts[str(key.value)] > 1:
                yield key.start_mark.line + 1, f"the key {key.value!r} stands here {counts[str(key.value)]} times"
            yield from _repeated(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value, seen)


def _line(node: yaml.Node, loc: _Loc) -> int:
    """The line of the innermost part of a place such as ('themes', 3, 'title', 'en') that the file has."""
    line = node.start_mark.line + 1
    for step in loc:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if str(pair[0].value) == str(step)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def _shape_problems(error: ValidationError) -> Iterator[tuple[_Loc, str]]:
    """What pydantic found, in the words of somebody who edits the file."""
    for problem in error.errors():
        loc = tuple(problem["loc"])
        if problem["type"] == "extra_forbidden":
            yield loc, f"{_key(loc)}: unknown key; {_allowed(str(loc[-1]), _keys_at(loc[:-1]))}"
        elif problem["type"] == "missing":
            yield loc, f"{_key(loc)}: this key is missing"
        else:
            hint = " (put it in quotes)" if problem["type"] == "string_type" else ""
            yield loc, f"{_key(loc)}: found {problem['input']!r:.60}{hint}: {problem['msg']}"


def _keys_at(loc: _Loc) -> tuple[str, ...]:
    """The keys that are allowed at a place in the file."""
    models: Mapping[int, type[BaseModel]] = {0: Codebook, 2: Theme, 4: Goal if "sdg" in loc else Indicators}
    model = models.get(len(loc), Codebook)
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _content_problems(codebook: Codebook) -> Iterator[tuple[_Loc, str]]:
    """Mistakes that concern several keys, or the inside of an indicator."""
    seen: set[str] = set()
    for number, theme in enumerate(codebook.themes):
        here: _Loc = ("themes", number)
        if theme.code in seen:
            yield (*here, "code"), f"{_key((*here, 'code'))}: the code {theme.code!r} is used twice"
        seen.add(theme.code)
        if "en" not in theme.title:
            yield (
                (*here, "title"),
                f"{_key((*here, 'title'))}: there must be an 'en' title, found {', '.join(theme.title)}",
            )
        for key in ("title", "indicators"):
            for language in getattr(theme, key):
                if language not in codebook.languages:
                    loc = (*here, key, language)
                    yield loc, f"{_key(loc)}: not a language of this codebook; {_allowed(language, codebook.languages)}"
        for language, list_name, place, pattern in _patterns(theme):
            try:
                parse_indicator(pattern, language)
            except ValueError as error:
                loc = (*here, "indicators", language, list_name, place)
                yield loc, f"{_key(loc)}: {error}"


def _patterns(theme: Theme) -> Iterator[tuple[str, str, int, str]]:
    """Every indicator of a theme: language, 'any' or 'not', place in the list, the indicator."""
    for language, indicators in theme.indicators.items():
        for list_name, patterns in (("any", indicators.any), ("not", indicators.not_)):
            for place, pattern in enumerate(patterns):
                yield language, list_name, place, pattern


def _key(loc: _Loc) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")


def _allowed(found: str, allowed: Iterable[str]) -> str:
    names = list(allowed)
    near = difflib.get_close_matches(found, names, n=2)
    hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
    return f"{hint}allowed: {', '.join(names)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something in a valid codebook that is worth a look.

    `grave` is False for what is often meant, such as one indicator that points to two themes.
    """

    theme: str
    language: str | None
    pattern: str | None
    problem: str
    grave: bool

    def __str__(self) -> str:
        place = "/".join(part for part in (self.theme, self.language) if part)
        return f"{place}: {self.problem}" + (f": {self.pattern}" if self.pattern else "")


def check(codebook: Codebook) -> list[Finding]:
    """What a careful editor would look at: repeated, covered, short and shared indicators, missing languages."""
    findings = [finding for theme in codebook.themes for finding in _theme_findings(codebook, theme)]
    findings.extend(_shared_indicators(codebook))
    return findings


def _theme_findings(codebook: Codebook, theme: Theme) -> Iterator[Finding]:
    def finding(problem: str, *, language: str | None, pattern: str | None = None, grave: bool = True) -> Finding:
        return Finding(theme=theme.code, language=language, pattern=pattern, problem=problem, grave=grave)

    for language in codebook.languages:
        if language not in theme.title:
            yield finding("no title in this language", language=language)
        if not (language in theme.indicators and theme.indicators[language].any):
            yield finding("no indicators in this language", language=language)
    for language, indicators in theme.indicators.items():
        for patterns in (indicators.any, indicators.not_):
            rows = [(pattern, row) for pattern in patterns for row in parse_indicator(pattern, language)]
            for pattern, problem in _repetitions(rows):
                yield finding(problem, language=language, pattern=pattern)
            for pattern, row in rows:
                if language not in _CHARACTER_LANGUAGES and (stem := _short_stem(row)):
                    problem = f"{stem!r} is shorter than {_SHORTEST_STEM} letters"
                    yield finding(problem, language=language, pattern=pattern, grave="*" in stem)


def _repetitions(rows: Iterable[tuple[str, tuple[Step, ...]]]) -> Iterator[tuple[str, str]]:
    """Indicators that find nothing of their own, each with what is wrong; of longer ones only exact repetitions."""
    seen: set[tuple[Step, ...]] = set()
    single: list[tuple[str, Step]] = []
    for pattern, row in rows:
        if row in seen:
            yield pattern, "the indicator is there twice"
        elif len(row) == 1:
            single.append((pattern, row[0]))
        seen.add(row)
    for (earlier, step), (later, other) in combinations(single, 2):
        if _covers(step, other):
            yield later, "covered by another indicator of this theme"
        elif _covers(other, step):
            yield earlier, "covered by another indicator of this theme"


def _short_stem(row: tuple[Step, ...]) -> str | None:
    """The first pattern of a one-word indicator that is too short to stand for a theme."""
    if len(row) > 1:
        return None
    return next((word for word in sorted(row[0].words) if len(word.strip("*")) < _SHORTEST_STEM), None)


def _covers(one: Step, other: Step) -> bool:
    """Whether every word that fits `other` fits `one`, so that `other` adds nothing."""
    return ANY_WORD not in (one.words, other.words) and all(
        any(_wider(word, narrow) for word in one.words) for narrow in other.words
    )


def _wider(pattern: str, narrow: str) -> bool:
    stem, narrow_stem = pattern.strip("*"), narrow.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return stem in narrow_stem
    if pattern.endswith("*"):
        return narrow_stem.startswith(stem) and not narrow.startswith("*")
    if pattern.startswith("*"):
        return narrow_stem.endswith(stem) and not narrow.endswith("*")
    return pattern == narrow


def _shared_indicators(codebook: Codebook) -> Iterator[Finding]:
    """One-word indicators that two themes have in common: such themes will often occur together."""
    for language in codebook.languages:
        words = {theme.code: _single_words(theme, language) for theme in codebook.themes}
        for (one, mine), (other, theirs) in combinations(words.items(), 2):
            for word in sorted(word for group in mine.values() for word in group):
                near = theirs.values() if word.startswith("*") else (theirs[word[0]], theirs["*"])
                if any(_wider(word, their) or _wider(their, word) for group in near for their in group):
                    problem = f"also points to {other}"
                    yield Finding(theme=one, language=language, pattern=word, problem=problem, grave=False)


def _single_words(theme: Theme, language: str) -> dict[str, set[str]]:
    """The word patterns of one-word indicators, by their first sign, without which none covers another."""
    groups: dict[str, set[str]] = defaultdict(set)
    if language in theme.indicators:
        for pattern in theme.indicators[language].any:
            for row in parse_indicator(pattern, language):
                for word in row[0].words if len(row) == 1 else ():
                    groups[word[0]].add(word)
    return groups
