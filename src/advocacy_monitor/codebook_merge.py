"""Puts a campaign's own codebook on top of the one that it extends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from advocacy_monitor.codebook_file import Loc
from advocacy_monitor.codebook_shapes import (
    Addition,
    Ambiguity,
    Answer,
    Codebook,
    Extension,
    Indicators,
    Theme,
    allowed,
)

_Naming = TypeVar("_Naming", Answer, Ambiguity)


def merge_problems(extension: Extension, base: Codebook) -> Iterator[tuple[Loc, str]]:
    """Themes that an extension changes and that are not there, or that it changes in two ways."""
    own = {theme.code for theme in extension.themes}
    for number, addition in enumerate(extension.add):
        place: Loc = ("add", number, "code")
        if addition.code in own:
            yield place, f"{addition.code!r} stands under 'themes' as well; write the addition there"
        elif addition.code in extension.remove:
            yield place, f"{addition.code!r} is removed by this file"
        else:
            yield from _unknown(addition.code, place, base)
    for number, code in enumerate(extension.remove):
        if code in own:
            yield ("remove", number), f"{code!r} stands under 'themes' as well, which replaces it"
        else:
            yield from _unknown(code, ("remove", number), base)
    if not own and set(base.codes) <= set(extension.remove):
        yield ("remove",), "no theme is left"


def _unknown(code: str, place: Loc, base: Codebook) -> Iterator[tuple[Loc, str]]:
    if code not in base.codes:
        yield place, f"codebook {base.name} has no theme {code!r}; {allowed(code, base.codes)}"


def merged(extension: Extension, base: Codebook) -> Codebook:
    """The whole codebook: the base's themes in their places, changed as the extension says, then the new ones."""
    own = {theme.code: theme for theme in extension.themes}
    kept = [own.pop(theme.code, theme) for theme in base.themes if theme.code not in extension.remove]
    for addition in extension.add:
        kept = [_added(theme, addition) if theme.code == addition.code else theme for theme in kept]
    codes = {*(theme.code for theme in kept), *own}
    negators = {
        language: _joined(base.negators.get(language, ()), extension.negators.get(language, ()))
        for language in (*base.negators, *extension.negators)
    }
    return Codebook(
        name=extension.name,
        version=extension.version,
        extends=f"{base.name} {base.version}",
        languages=base.languages | extension.languages,
        rules=_joined(base.rules, extension.rules),
        ambiguities=(*_of(base.ambiguities, codes), *extension.ambiguities),
        answers=(*_of(base.answers, codes), *extension.answers),
        negators=negators,
        themes=(*kept, *own.values()),
    )


def _added(theme: Theme, addition: Addition) -> Theme:
    indicators = dict(theme.indicators)
    for language, more in addition.indicators.items():
        has = indicators.get(language, Indicators())
        lists = {
            "any": _joined(has.any, more.any),
            "not": _joined(has.not_, more.not_),
            "unless_negated": _joined(has.unless_negated, more.unless_negated),
        }
        indicators[language] = Indicators.model_validate(lists)
    return theme.model_copy(
        update={
            "title": theme.title | addition.title,
            "include": _joined(theme.include, addition.include),
            "exclude": _joined(theme.exclude, addition.exclude),
            "examples": (*theme.examples, *addition.examples),
            "counterexamples": (*theme.counterexamples, *addition.counterexamples),
            "sdg": (*theme.sdg, *addition.sdg),
            "indicators": indicators,
        }
    )


def _joined(base: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*base, *more)))


def _of(named: Sequence[_Naming], codes: set[str]) -> Iterator[_Naming]:
    """What names themes, with those that are left; without any of them it goes."""
    for each in named:
        left = tuple(code for code in each.themes if code in codes)
        if left:
            yield each if left == each.themes else each.model_copy(update={"themes": left})
