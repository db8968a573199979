"""The method box (R10): generated from the data, in the pack's language, and never left out.

Its items follow the disclosure list of the AAPOR Transparency Initiative, as far as it fits a self-selected
collection: sponsor, wording, how people came in, channels, dates, what failed, who coded, what is known to be biased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from advocacy_monitor.method_coding import CodingFacts, how_well, who_coded
from advocacy_monitor.translate import Texts, texts

_MOST_NAMES = 12
"""So many names are listed; the pack's query has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the method box is made of."""

    sponsor: str
    questions: Sequence[str]
    sources: Sequence[tuple[str, int | None]]
    collected: tuple[date, date] | None
    failed_runs: Sequence[tuple[str, int]]
    runs_with_gaps: Sequence[tuple[str, int]]
    rejects: int
    coding: CodingFacts
    statements: int
    quotable: int
    quotes_held: int
    smallest_base: int
    smallest_cell: int
    sample: bool
    posts: int
    unverified: int
    gone: int
    not_looked_up: int
    only_sources: Sequence[str] = ()
    only_libraries: Sequence[str] = ()


def day(moment: date, language: str) -> str:
    """A date in words, the same on every machine: '2 November 2026' or '2. November 2026'."""
    return texts(language).day(moment)


def method_box(facts: Facts, language: str) -> tuple[tuple[str, str], ...]:
    """Pairs of heading and text, in the order in which they are shown, in a language of packs; else in English.

    Values are put in in one pass: braces in a sponsor's name or a question stay as they are.
    """
    t = texts(language)
    return (
        *_sample(facts, t),
        *_which(facts, t),
        *_collection(facts, t),
        *_people_and_software(facts, t, language),
        *_looked_up(facts, t),
        *_limits(facts, t),
    )


def _sample(facts: Facts, t: Texts) -> Iterable[tuple[str, str]]:
    if facts.sample:
        yield (
            t.text("Sample data"),
            t.text("Every statement in this pack was invented to show the software. Nobody said it."),
        )


def _which(facts: Facts, t: Texts) -> Iterable[tuple[str, str]]:
    """To which libraries and channels the pack was limited; a pack of all of them says nothing."""
    if said := only(facts.only_sources, facts.only_libraries, t):
        yield t.text("Which statements"), said


def only(sources: Sequence[str], libraries: Sequence[str], t: Texts) -> str:
    """To which channels (by their shown names) and libraries a pack was limited, in whole sentences; '' for to none."""
    said = []
    if libraries:
        said.append(t.text("Only statements about these libraries are counted: {names}.", names=_listed(libraries, t)))
    if sources:
        said.append(t.text("Only statements from these channels are counted: {names}.", names=_listed(sources, t)))
    return ("" if t.code == "zh" else " ").join(said)


def _listed(names: Sequence[str], t: Texts) -> str:
    more = len(names) - _MOST_NAMES
    shown = [*names[:_MOST_NAMES], *([t.counted("{n} more", "{n} more", more)] if more > 0 else [])]
    return ("、" if t.code == "zh" else "، " if t.code == "ar" else ", ").join(shown)


def _collection(facts: Facts, t: Texts) -> Iterable[tuple[str, str]]:
    """Who asked what, how people came in, by which channels, and what failed."""
    yield t.text("Who collected"), t.text("{sponsor}.", sponsor=facts.sponsor.rstrip("."))
    unasked = t.text("Public posts answer no set question; the wording of surveys was not recorded.")
    yield t.text("What was asked"), " / ".join(facts.questions) or unasked
    yield (
        t.text("How people came in"),
        t.text(
            "People chose to take part or to post in public. They are not a random sample; the figures describe the "
            "statements counted here and nobody else, so no margin of error is given."
        ),
    )
    yield t.text("Channels"), _channels(facts, t)
    yield t.text("What failed"), " ".join(_failures(facts, t))


def _channels(facts: Facts, t: Texts) -> str:
    if facts.collected is None:
        return t.text("No statement was counted.")
    hidden = t.text("fewer than {n}", n=t.number(facts.smallest_cell))
    counted = (f"{name}: {hidden if count is None else t.number(count)}" for name, count in facts.sources)
    first, last = (t.day(moment) for moment in facts.collected)
    return t.text(
        "{channels}. Collected between {first} and {last}.", channels=", ".join(counted), first=first, last=last
    )


def _failures(facts: Facts, t: Texts) -> Iterable[str]:
    if not facts.failed_runs:
        yield t.text("No collection run failed.")
    for name, times in facts.failed_runs:
        if name:
            yield t.counted(
                "The collection {name} failed {n} time.", "The collection {name} failed {n} times.", times, name=name
            )
        else:
            yield t.counted("{n} import of a file failed.", "{n} imports of files failed.", times)
    for name, times in facts.runs_with_gaps:
        yield t.counted(
            "The collection {name} may have missed posts {n} time, because its platform no longer gave them.",
            "The collection {name} may have missed posts {n} times, because its platform no longer gave them.",
            times,
            name=name,
        )
    if facts.rejects:
        yield t.counted(
            "{n} record could not be read; it is kept.", "{n} records could not be read; they are kept.", facts.rejects
        )


def _people_and_software(facts: Facts, t: Texts, language: str) -> Iterable[tuple[str, str]]:
    """Who decided, who coded, and what counts as a copy."""
    yield (
        t.text("Who decided"),
        t.text(
            "Only statements that a person approved and that are consented for this use are counted or quoted. All "
            "{statements} statements counted here were approved by a named moderator.",
            statements=t.number(facts.statements),
        ),
    )
    yield t.text("Who coded"), who_coded(facts.coding, statements=facts.statements, language=language)
    yield t.text("How good the coding is"), how_well(facts.coding, language=language)
    yield (
        t.text("Copies"),
        t.text(
            "Reposts, exact copies and near copies (MinHash over four-character shingles, confirmed Jaccard "
            "similarity) are counted once. People are told apart by account or e-mail address; one person using "
            "several may count more than once."
        ),
    )


def _looked_up(facts: Facts, t: Texts) -> Iterable[tuple[str, str]]:
    if facts.posts or facts.gone or facts.not_looked_up:
        yield (
            t.text("Looked up again"),
            t.text(
                "{verified} of the {posts} public posts counted here were looked up at their platform shortly before "
                "this pack was made, and stood there. {unverified} could not be looked up and are counted as they were "
                "collected. {gone} were left out because their platform no longer shows them, {not_looked_up} because "
                "it could not be asked.",
                verified=t.number(facts.posts - facts.unverified),
                posts=t.number(facts.posts),
                unverified=t.number(facts.unverified),
                gone=t.number(facts.gone),
                not_looked_up=t.number(facts.not_looked_up),
            ),
        )


def _counted(number: int, facts: Facts, t: Texts) -> str:
    """A number of people's statements, or 'fewer than 5'; that there is none is told (R9)."""
    small = 0 < number < facts.smallest_cell
    return t.text("fewer than {n}", n=t.number(facts.smallest_cell)) if small else t.number(number)


def _limits(facts: Facts, t: Texts) -> Iterable[tuple[str, str]]:
    """What may be quoted, which numbers are hidden, who is missing."""
    yield (
        t.text("Quotes"),
        t.text(
            "Quotes are verbatim. Words in square brackets stand for personal data or omissions. {quotable} statements "
            "may be quoted; {held} more touch on health, children or other protected matters and wait for a person.",
            quotable=t.number(facts.quotable),
            held=_counted(facts.quotes_held, facts, t),
        ),
    )
    yield (
        t.text("Small numbers"),
        t.text(
            "Counts below {cell} are not shown, and no percentages on fewer than {base} statements.",
            cell=t.number(facts.smallest_cell),
            base=t.number(facts.smallest_base),
        ),
    )
    yield (
        t.text("Known bias"),
        t.text(
            "People without internet, who do not post in public, or who do not use libraries are under-represented. "
            "Critical statements stay in the counts."
        ),
    )
