"""What must hold between the keys of a codebook and inside its indicators, beyond the shape of each key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from advocacy_monitor.codebook_file import Loc
from advocacy_monitor.codebook_shapes import Addition, Codebook, Extension, Theme, allowed
from advocacy_monitor.indicators import parse_indicator


def problems(file: Codebook | Extension, whole: Codebook) -> Iterator[tuple[Loc, str]]:
    """Mistakes of a file, each with its place. `whole` is the codebook in the end, with what the file extends."""
    known, negating = tuple(whole.languages), frozenset(whole.negators)
    yield from _repeated_codes(file.themes)
    for number, theme in enumerate(file.themes):
        here: Loc = ("themes", number)
        if "en" not in theme.title:
            yield (*here, "title"), f"there must be an 'en' title, found {', '.join(theme.title)}"
        yield from _theme_problems(theme, here, known, negating)
    if isinstance(file, Extension):
        for number, addition in enumerate(file.add):
            yield from _theme_problems(addition, ("add", number), known, negating)
    yield from _named_themes(file, whole.codes)
    for number, answer in enumerate(file.answers):
        yield from _strange(answer.text, ("answers", number, "text"), known)
    yield from _strange(file.negators, ("negators",), known)
    for language, words in file.negators.items():
        for place, pattern in enumerate(words):
            yield from _negator_problems(pattern, language, ("negators", language, place))


def _repeated_codes(themes: Iterable[Theme]) -> Iterator[tuple[Loc, str]]:
    seen: set[str] = set()
    for number, theme in enumerate(themes):
        if theme.code in seen:
            yield ("themes", number, "code"), f"the code {theme.code!r} is used twice"
        seen.add(theme.code)


def _theme_problems(
    theme: Theme | Addition, here: Loc, known: Sequence[str], negating: frozenset[str]
) -> Iterator[tuple[Loc, str]]:
    yield from _strange(theme.title, (*here, "title"), known)
    yield from _strange(theme.indicators, (*here, "indicators"), known)
    for key, examples in (("examples", theme.examples), ("counterexamples", theme.counterexamples)):
        for number, example in enumerate(examples):
            if example.language not in known:
                place: Loc = (*here, key, number, "language")
                yield place, f"not a language of this codebook; {allowed(example.language, known)}"
    for language, indicators in theme.indicators.items():
        place = (*here, "indicators", language)
        if indicators.unless_negated and language not in negating:
            yield (*place, "unless_negated"), f"there are no negators; write `negators: {{{language}: [...]}}`"
        for key, patterns in (
            ("any", indicators.any),
            ("not", indicators.not_),
            ("unless_negated", indicators.unless_negated),
        ):
            for number, pattern in enumerate(patterns):
                try:
                    parse_indicator(pattern, language)
                except ValueError as error:
                    yield (*place, key, number), str(error)


def _strange(named: Iterable[str], here: Loc, known: Sequence[str]) -> Iterator[tuple[Loc, str]]:
    """Languages that the codebook does not have."""
    for language in named:
        if language not in known:
            yield (*here, language), f"not a language of this codebook; {allowed(language, known)}"


def _named_themes(file: Codebook | Extension, codes: Sequence[str]) -> Iterator[tuple[Loc, str]]:
    """Themes that answers and ambiguities name and that do not exist."""
    named: list[tuple[str, int, tuple[str, ...]]] = [
        *(("answers", number, answer.themes) for number, answer in enumerate(file.answers)),
        *(("ambiguities", number, ambiguity.themes) for number, ambiguity in enumerate(file.ambiguities)),
    ]
    for key, number, themes in named:
        for place, code in enumerate(themes):
            if code not in codes:
                yield (key, number, "themes", place), f"there is no theme {code!r}; {allowed(code, codes)}"


def _negator_problems(pattern: str, language: str, here: Loc) -> Iterator[tuple[Loc, str]]:
    try:
        rows = parse_indicator(pattern, language)
    except ValueError as error:
        yield here, str(error)
    else:
        if any(step.gap for row in rows for step in row):
            yield here, f"{pattern!r}: the words of a negator stand side by side, without '...'"
