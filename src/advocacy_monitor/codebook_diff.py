"""What a new version of a codebook would change: its rules and indicators, and the coding of statements at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advocacy_monitor.codebook_shapes import Codebook, Indicators, Theme
from advocacy_monitor.codebook_texts import Text
from advocacy_monitor.lexicon import Lexicon
from advocacy_monitor.models import Span

_EXAMPLES = 3
_SAME_THEME = 0.5
_NO_INDICATORS = Indicators()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that differs. `theme` is None for what concerns the whole codebook.

    `key` is where it stands, such as `definition` or `indicators.en.any`; `before` is what goes, `after` what comes.
    """

    theme: str | None
    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What differs between two codebooks. `renamed` are pairs of codes, old and new, of what seems the same theme."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A statement whose coding would change, with the words that were found before or would be found now."""

    id: str
    language: str | None
    words: tuple[str, ...]
    coded: bool


@dataclass(slots=True, kw_only=True)
class Effect:
    """For one theme: how many statements have it before and after, and how many gain and lose it.

    Statements that a person coded keep their codes, whatever the software suggests: `coded_gain` and `coded_lose`
    count them apart, and the other figures are without them.
    """

    before: int = 0
    after: int = 0
    gain: int = 0
    lose: int = 0
    coded_gain: int = 0
    coded_lose: int = 0
    gained: list[Case] = field(default_factory=list)
    lost: list[Case] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Effects:
    """What a new version would do to statements. `changed` would have other themes than before.

    Those that a person coded are not among them: of these, `coded_changed` would have other suggestions.
    """

    texts: int = 0
    coded: int = 0
    changed: int = 0
    coded_changed: int = 0
    themes: dict[str, Effect] = field(default_factory=dict)


def differences(old: Codebook, new: Codebook) -> Differences:
    """What was added, removed, renamed and changed between two codebooks."""
    renamed = dict(_renamed(old, new))
    kept = {
        theme.code: new.theme(renamed.get(theme.code, theme.code))
        for theme in old.themes
        if theme.code in renamed or theme.code in new.codes
    }
    changes = list(_general_changes(old, new))
    for theme in old.themes:
        if theme.code in kept:
            changes.extend(_theme_changes(theme, kept[theme.code]))
    return Differences(
        added=tuple(code for code in new.codes if code not in old.codes and code not in renamed.values()),
        removed=tuple(code for code in old.codes if code not in kept),
        renamed=tuple(renamed.items()),
        changes=tuple(changes),
    )


def _renamed(old: Codebook, new: Codebook) -> Iterator[tuple[str, str]]:
    """Codes that went and came with the same English title, or with half of their indicators in common."""
    gone = [theme for theme in old.themes if theme.code not in new.codes]
    come = [theme for theme in new.themes if theme.code not in old.codes]
    for theme in gone:
        best = max(come, key=lambda other: _likeness(theme, other), default=None)
        if best is not None and _likeness(theme, best) >= _SAME_THEME:
            come.remove(best)
            yield theme.code, best.code


def _likeness(theme: Theme, other: Theme) -> float:
    """1 for the same English title, else the Jaccard index of the indicators."""
    if theme.title.get("en", "").casefold() == other.title.get("en", "-").casefold():
        return 1.0
    one, two = (
        {(language, pattern) for language, listed in each.indicators.items() for pattern in listed.pointing}
        for each in (theme, other)
    )
    return len(one & two) / len(one | two) if one or two else 0.0


def _general_changes(old: Codebook, new: Codebook) -> Iterator[Change]:
    yield from _listed(None, "rules", old.rules, new.rules)
    yield from _listed(None, "languages", _pairs(old.languages), _pairs(new.languages))
    for key in ("ambiguities", "answers"):
        yield from _listed(None, key, *(tuple(map(_worded, getattr(book, key))) for book in (old, new)))
    for language in dict.fromkeys((*old.negators, *new.negators)):
        key = f"negators.{language}"
        yield from _listed(None, key, old.negators.get(language, ()), new.negators.get(language, ()))


def _theme_changes(old: Theme, new: Theme) -> Iterator[Change]:
    code = new.code
    yield from _listed(code, "title", _pairs(old.title), _pairs(new.title))
    yield from _listed(code, "definition", (old.definition,), (new.definition,))
    for key in ("include", "exclude"):
        yield from _listed(code, key, getattr(old, key), getattr(new, key))
    for key in ("examples", "counterexamples", "sdg"):
        yield from _listed(code, key, *(tuple(map(_worded, getattr(theme, key))) for theme in (old, new)))
    for language in dict.fromkeys((*old.indicators, *new.indicators)):
        before, after = (theme.indicators.get(language, _NO_INDICATORS) for theme in (old, new))
        for key, one, other in (
            ("any", before.any, after.any),
            ("not", before.not_, after.not_),
            ("unless_negated", before.unless_negated, after.unless_negated),
        ):
            yield from _listed(code, f"indicators.{language}.{key}", one, other)


def _listed(theme: str | None, key: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """What went from a list and what came; the order makes no difference."""
    before = tuple(each for each in old if each not in new)
    after = tuple(each for each in new if each not in old)
    if before or after:
        yield Change(theme=theme, key=key, before=before, after=after)


def _pairs(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{key}: {value}" for key, value in values.items())


def _worded(shape: Any) -> str:
    """Something with several keys in one line."""
    parts: list[str] = []
    for value in shape.model_dump(exclude_defaults=True).values():
        if isinstance(value, dict):
            parts.append(", ".join(_pairs(value)))
        else:
            parts.append(value if isinstance(value, str) else ", ".join(value))
    return " | ".join(parts)


def effects(old: Codebook, new: Codebook, texts: Iterable[Text]) -> Effects:
    """Codes texts with both codebooks and compares. A renamed theme counts as the same, under its new code."""
    renamed = dict(_renamed(old, new))
    before, after = Lexicon(old), Lexicon(new)
    codes = dict.fromkeys((*new.codes, *(renamed.get(code, code) for code in old.codes)))
    effect = Effects(themes={code: Effect() for code in codes})
    for text in texts:
        effect.texts += 1
        effect.coded += text.themes is not None
        had = {renamed.get(code, code): spans for code, spans in before.match(text.text, text.language).items()}
        has = after.match(text.text, text.language)
        _note(effect, text, had, has)
    return effect


def _note(
    effect: Effects, text: Text, had: Mapping[str, tuple[Span, ...]], has: Mapping[str, tuple[Span, ...]]
) -> None:
    coded = text.themes is not None
    if had.keys() != has.keys():
        effect.changed += not coded
        effect.coded_changed += coded
    for code in had.keys() | has.keys():
        theme = effect.themes[code]
        gained, lost = code not in had, code not in has
        if coded:
            theme.coded_gain += gained
            theme.coded_lose += lost
        else:
            theme.before += code in had
            theme.after += code in has
            theme.gain += gained
            theme.lose += lost
        for changed, spans, cases in ((gained, has, theme.gained), (lost, had, theme.lost)):
            if changed and len(cases) < _EXAMPLES:
                words = tuple(text.text[span.start : span.end] for span in spans[code])
                cases.append(Case(id=text.id, language=text.language, words=words, coded=coded))
