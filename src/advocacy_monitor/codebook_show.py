"""A codebook, its findings and its differences as lines for people to read on a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from advocacy_monitor.codebook_diff import Case, Change, Differences, Effects
from advocacy_monitor.codebook_occurrence import LEAST, Occurrence
from advocacy_monitor.codebook_shapes import Codebook, Example, Theme
from advocacy_monitor.terminal import plain

_WIDEST = 100
_SHOWN = 12


def codebook_lines(codebook: Codebook) -> Iterator[str]:
    """The whole codebook: what holds for every theme, then each theme."""
    yield heading(codebook)
    languages = ", ".join(f"{language} ({standing})" for language, standing in codebook.languages.items())
    yield from _wrapped(f"Languages: {languages}", indent=0)
    yield from _section("Rules", codebook.rules)
    yield from _section("Ambiguities", (_doubt(codebook, None, number) for number in range(len(codebook.ambiguities))))
    yield from _section("Answers", _answers(codebook, None))
    negators = (f"{language}: {', '.join(words)}" for language, words in codebook.negators.items())
    yield from _section("Negators", negators)
    for theme in codebook.themes:
        yield ""
        yield from theme_lines(codebook, theme)


def heading(codebook: Codebook) -> str:
    """Name, version, the beginning of the digest, and what the codebook extends."""
    extends = f", extends {codebook.extends}" if codebook.extends else ""
    return f"codebook {codebook.name}, version {codebook.version} ({codebook.digest[:8]}){extends}"


def theme_lines(codebook: Codebook, theme: Theme) -> Iterator[str]:
    """One theme: definition, rules, examples, goals, what was settled, how its indicators stand."""
    yield f"{theme.code}: {plain(theme.title['en'])}"
    others = [f"{language} {title}" for language, title in theme.title.items() if language != "en"]
    yield from _wrapped(" · ".join(others), indent=2) if others else ()
    yield from _wrapped(theme.definition, indent=2)
    yield from _section("Include", theme.include)
    yield from _section("Exclude", theme.exclude)
    yield from _section("Examples", map(_example, theme.examples))
    yield from _section("Counterexamples", map(_example, theme.counterexamples))
    yield from _section("Relates to (SDG)", (f"{goal.target}: {goal.basis}" for goal in theme.sdg))
    doubts = (number for number, each in enumerate(codebook.ambiguities) if theme.code in each.themes)
    yield from _section("Ambiguities", (_doubt(codebook, theme.code, number) for number in doubts))
    yield from _section("Answers", _answers(codebook, theme.code))
    counts = [
        f"{language} {len(listed.pointing)} (not: {len(listed.not_)})" for language, listed in theme.indicators.items()
    ]
    yield from _section("Indicators", [", ".join(counts)] if counts else [])


def theme_record(codebook: Codebook, theme: Theme) -> dict[str, Any]:
    """One theme with everything that the codebook says about it, for JSON."""
    return {
        **theme.model_dump(mode="json", by_alias=True),
        "codebook": {"name": codebook.name, "version": codebook.version, "digest": codebook.digest},
        "rules": list(codebook.rules),
        "ambiguities": [each.model_dump(mode="json") for each in codebook.ambiguities if theme.code in each.themes],
        "answers": [each.model_dump(mode="json") for each in codebook.answers if theme.code in each.themes],
    }


def _example(example: Example) -> str:
    return f"{example.language}: {example.text}" + (f" ({example.why})" if example.why else "")


def _doubt(codebook: Codebook, code: str | None, number: int) -> str:
    each = codebook.ambiguities[number]
    others = [theme for theme in each.themes if theme != code]
    return f"{each.question} {each.rule}" + (f" [{', '.join(others)}]" if others else "")


def _answers(codebook: Codebook, code: str | None) -> Iterator[str]:
    for answer in codebook.answers:
        if code is None or code in answer.themes:
            themes = f" -> {', '.join(answer.themes)}" if code is None else ""
            yield f"{' / '.join(answer.text.values())} ({answer.question}){themes}"


def _section(title: str, texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if not number:
            yield f"  {title}"
        yield from _wrapped(text, indent=6, first="    - ")


def _wrapped(text: str, *, indent: int, first: str | None = None) -> list[str]:
    width = min(_WIDEST, max(40, shutil.get_terminal_size().columns))
    return textwrap.wrap(
        plain(text),
        width,
        initial_indent=" " * indent if first is None else first,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )


def occurrence_lines(found: Occurrence, *, together: float, everything: bool) -> Iterator[str]:
    """What a codebook finds in texts, with the counts on which each word rests."""
    read = ", ".join(f"{language} {count:,}" for language, count in found.texts.items()) or "none"
    yield f"texts read: {read}; in no language of the codebook: {found.unread:,}; coded by people: {found.coded:,}"
    for code, tried in found.never.items():
        yield f"note   {code}: found in none of {tried:,} texts"
    for pair in found.pairs:
        phi = "-" if pair.phi is None else f"{pair.phi:.2f}"
        yield (
            f"note   {pair.one} and {pair.other} nearly always together ({pair.by}): {pair.both:,} of "
            f"{pair.ones:,} and {pair.others:,} in {pair.texts:,} texts, Jaccard {pair.jaccard:.2f}, phi {phi}"
        )
    if not found.pairs:
        yield f"no pair of themes in {LEAST} or more texts together has a Jaccard index or phi of {together:g} or more"
    for dead in found.dead if everything else ():
        where = f"{dead.theme}/{dead.language}"
        yield f"note   {where}: '{dead.list}' found in none of {dead.texts:,} texts: {plain(dead.pattern)}"
    if found.dead and not everything:
        yield f"{len(found.dead):,} indicators found nothing in these texts (shown with --all)"


def difference_lines(found: Differences) -> Iterator[str]:
    """What differs between two codebooks; - is what goes and + what comes."""
    for sign, codes in (("-", found.removed), ("+", found.added)):
        yield from (f"{sign} theme {code}" for code in codes)
    yield from (f"  theme {old} is now {new}" for old, new in found.renamed)
    for change in found.changes:
        yield from _change_lines(change)
    if not (found.removed or found.added or found.renamed or found.changes):
        yield "no difference in rules, themes or indicators"


def _change_lines(change: Change) -> Iterator[str]:
    yield f"{change.theme or 'codebook'}: {change.key}"
    for sign, texts in (("-", change.before), ("+", change.after)):
        for text in texts:
            yield from _wrapped(text, indent=4, first=f"  {sign} ")


def effect_lines(found: Effects) -> Iterator[str]:
    """What a new version would do to statements, theme by theme, with examples."""
    free = found.texts - found.coded
    yield (
        f"{found.changed:,} of {free:,} statements would have other themes; {found.coded:,} more are coded by a person "
        f"and are not affected ({found.coded_changed:,} of them would get other suggestions)"
    )
    for code, theme in found.themes.items():
        if theme.gain or theme.lose:
            moved = f"{theme.gain:,} gain it, {theme.lose:,} lose it"
            yield f"{code}: {theme.before:,} -> {theme.after:,} statements, {moved}"
        elif theme.coded_gain or theme.coded_lose:
            yield f"{code}: no change but in statements coded by a person"
        if theme.coded_gain or theme.coded_lose:
            yield f"  not affected, coded by a person: {theme.coded_gain:,} gain, {theme.coded_lose:,} lose"
        for sign, cases in (("+", theme.gained), ("-", theme.lost)):
            yield from (f"  {sign} {_case(case)}" for case in cases)


def _case(case: Case) -> str:
    words = ", ".join(f"“{plain(word, width=60)}”" for word in case.words[:_SHOWN])
    coded = ", not affected: coded by a person" if case.coded else ""
    return f"{plain(case.id, width=40)} ({plain(case.language or 'und', width=12)}): {words}{coded}"
