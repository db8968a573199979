"""What a pack tells, in the same words and order in every format: findings with their base, theme pages, critics.

Report, documents, slides, cards, letter and press release all take it from here, so that no two of them say different
things. A finding names its unit and its base (R9); where only the software coded a theme and nobody measured how well,
the sentence says so (R12). Nothing here counts anew: the numbers are those of the pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advocacy_monitor.exporters import figures
from advocacy_monitor.exporters.wording import wording
from advocacy_monitor.models import EvidencePack, Exhibit, ThemeCount
from advocacy_monitor.translate import Texts, texts

MOST_PAGES = 8
QUOTES_A_PAGE = (3, 6)
MOST_CRITICS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One theme in one sentence, with its number apart for large print.

    `figure` is '58', `base` 'of 412 statements', `share` '14%' or '' where the base is too small for one.
    `proven` says that a person coded it all or that the coding was measured.
    """

    code: str
    title: str
    sentence: str
    figure: str
    base: str
    share: str
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemePage:
    """One theme with its finding and up to six quotes; no statement stands on two pages."""

    theme: ThemeCount
    finding: Finding
    quotes: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`lead` are the three quotes to begin with; they may come again on a theme's page.

    `critics` hold complaints (R14), as a person marked them; `critics_note` says how many were counted.
    """

    headline: str
    findings: tuple[Finding, ...]
    pages: tuple[ThemePage, ...]
    lead: tuple[Exhibit, ...]
    critics: tuple[Exhibit, ...]
    critics_note: str


def story(pack: EvidencePack) -> Story:
    """Compiles the story of a pack in its language."""
    t = texts(pack.language)
    chosen = sorted((each for each in pack.exhibits if each.chosen), key=lambda each: each.number)
    shown = [theme for theme in pack.themes if theme.statements is not None]
    shown.sort(key=lambda theme: (-(theme.statements or 0), theme.code))
    critics = tuple(each for each in chosen if each.critical)[:MOST_CRITICS]
    return Story(
        headline=headline(pack, t),
        findings=tuple(finding(theme, pack, t) for theme in shown),
        pages=tuple(_pages(shown[:MOST_PAGES], chosen, pack, t)),
        lead=tuple(chosen[:3]),
        critics=critics,
        critics_note=_critics_note(pack, t),
    )


def headline(pack: EvidencePack, t: Texts) -> str:
    """How many statements by how many people, in one sentence; people whose account is not known are no people."""
    statements = t.counted("{n} statement", "{n} statements", pack.statements)
    if not pack.people:
        return t.text("{statements} by authors who are not known", statements=statements)
    if pack.authors_unknown:
        unknown = t.counted("{n} by an unknown author", "{n} by unknown authors", pack.authors_unknown)
        people = t.counted("{n} known person", "{n} known people", pack.people)
        return t.text("{statements}: by {people}, and {unknown}", statements=statements, people=people, unknown=unknown)
    people = t.counted("{n} person", "{n} people", pack.people)
    return t.text("{statements} by {people}", statements=statements, people=people)


def speaks_of_people(theme: ThemeCount, pack: EvidencePack) -> bool:
    """Whether a theme's finding counts people: only where the author of every statement is known."""
    return not pack.authors_unknown and theme.people is not None and pack.people > 0


def finding(theme: ThemeCount, pack: EvidencePack, t: Texts) -> Finding:
    """A theme's finding: by people where all of them are known, else in statements. The theme's count is shown."""
    assert theme.statements is not None
    measured = theme.precision is not None
    proven = measured or theme.confirmed >= theme.statements
    by_people = speaks_of_people(theme, pack)
    number = theme.people if by_people and theme.people is not None else theme.statements
    whole = pack.people if by_people else pack.statements
    values = {"title": theme.title, "n": t.number(number), "base": t.number(whole)}
    if by_people:
        base = t.counted("of {n} person", "of {n} people", whole)
        sentence = (
            t.text("“{title}” was named by {n} of {base} people", **values)
            if proven
            else t.text("“{title}”: suggested by software for {n} of {base} people", **values)
        )
    else:
        base = t.counted("of {n} statement", "of {n} statements", whole)
        sentence = (
            t.text("“{title}” comes up in {n} of {base} statements", **values)
            if proven
            else t.text("“{title}”: suggested by software in {n} of {base} statements", **values)
        )
    return Finding(
        code=theme.code,
        title=theme.title,
        sentence=sentence,
        figure=values["n"],
        base=base,
        share=figures.percent(number, whole, wording(pack.language), smallest_base=pack.smallest_base),
        proven=proven,
    )


def _pages(
    themes: Sequence[ThemeCount], chosen: Sequence[Exhibit], pack: EvidencePack, t: Texts
) -> Iterable[ThemePage]:
    """Quotes go to the page of the theme that has fewest to choose from first, so that each page gets some."""
    waiting = {each.number: each for each in chosen if not each.critical}
    quotes: dict[str, list[Exhibit]] = {theme.code: [] for theme in themes}
    for turn in range(QUOTES_A_PAGE[1]):
        carrying = {code: [e for e in waiting.values() if code in e.themes] for code in quotes}
        for code in sorted(quotes, key=lambda code: (len(carrying[code]), code)):
            best = next((each for each in carrying[code] if each.number in waiting), None)
            if best is not None and len(quotes[code]) == turn:
                quotes[code].append(waiting.pop(best.number))
    for theme in themes:
        ordered = tuple(sorted(quotes[theme.code], key=lambda each: each.number))
        yield ThemePage(theme=theme, finding=finding(theme, pack, t), quotes=ordered)


def _critics_note(pack: EvidencePack, t: Texts) -> str:
    """What may be said of critics: only what a person marked. What the software takes for a complaint is often none."""
    said = [t.text("Critical statements stay in all counts and in the data annex.")]
    if pack.critical is None:
        said.append(t.text("A person marked fewer than {n} statements as complaints.", n=pack.smallest_cell))
    elif pack.critical:
        said.append(
            t.counted(
                "A person marked {n} statement as a complaint.",
                "A person marked {n} statements as complaints.",
                pack.critical,
            )
        )
    else:
        said.append(t.text("Nobody has marked a complaint among them so far."))
    return " ".join(said)
