"""What changed from one pack to another: figures, quotes, method, versions (R21).

Quotes are told apart by their statement's own number, which is the same in every pack of a campaign.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from advocacy_monitor.models import Count, EvidencePack, Exhibit

_GROUPS: tuple[tuple[str, Callable[[EvidencePack], Iterable[Count]]], ...] = (
    ("left out", lambda pack: pack.left_out),
    ("area", lambda pack: pack.areas),
    ("library", lambda pack: pack.libraries),
    ("source", lambda pack: pack.sources),
    ("language", lambda pack: pack.languages),
    ("month", lambda pack: pack.months),
    ("answer", lambda pack: tuple(_chosen(pack))),
)
_COMPARED: tuple[tuple[str, Callable[[Exhibit], str]], ...] = (
    ("words", lambda each: each.text),
    ("printed words", lambda each: each.printed),
    ("language", lambda each: each.language),
    ("name", lambda each: each.attribution or ""),
    ("address", lambda each: each.url or ""),
    ("consent", lambda each: ", ".join(use.value for use in each.consents)),
    ("legal basis", lambda each: each.legal_basis),
    ("last seen at its source", lambda each: each.verified_on.isoformat() if each.verified_on else ""),
    ("library", lambda each: each.library or ""),
    ("area", lambda each: each.area or ""),
    ("themes", lambda each: ", ".join(each.themes)),
    ("said on", lambda each: each.said_on.isoformat()),
    ("record as received", lambda each: each.capture_sha256),
    ("for pages", lambda each: "yes" if each.chosen else "annex only"),
    ("complaint", lambda each: "yes" if each.critical else "no"),
    ("translations", lambda each: " / ".join(f"{made.language}: {made.text}" for made in each.translations)),
)
_ABOUT: tuple[tuple[str, Callable[[EvidencePack], str]], ...] = (
    ("title", lambda pack: pack.title),
    ("language", lambda pack: pack.language),
    ("campaign", lambda pack: pack.campaign),
    ("sponsor", lambda pack: pack.brand.name or pack.sponsor),
    ("recipient", lambda pack: pack.recipient or ""),
    ("ask", lambda pack: pack.ask or ""),
    ("period", lambda pack: " to ".join(day.isoformat() for day in pack.period) if pack.period else ""),
    ("query", lambda pack: _in_order(pack.query)),
    ("questions", lambda pack: " / ".join(pack.questions)),
    ("sample data", lambda pack: "yes" if pack.sample else "no"),
)
_SHOWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """A number that is not what it was. None: not shown, or not there; `was_there` and `is_there` tell which."""

    name: str
    before: int | None
    after: int | None
    was_there: bool = True
    is_there: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """A text that is not what it was; '' where there was or is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteChange:
    """A quote that both packs have: its number in each, and what of it changed."""

    statement: int
    before: int
    after: int
    changes: tuple[TextChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteMoved:
    """A quote that came or went: its statement, its number in the pack that has it, and its first words."""

    statement: int
    exhibit: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Everything that differs between two packs. Equal packs have nothing but their numbers here."""

    older: str
    newer: str
    about: tuple[TextChange, ...]
    figures: tuple[FigureChange, ...]
    came: tuple[QuoteMoved, ...]
    went: tuple[QuoteMoved, ...]
    changed: tuple[QuoteChange, ...]
    method: tuple[TextChange, ...]
    versions: tuple[TextChange, ...]

    @property
    def empty(self) -> bool:
        """Whether the packs say the same."""
        return not any((self.about, self.figures, self.came, self.went, self.changed, self.method, self.versions))


def diff(older: EvidencePack, newer: EvidencePack) -> Diff:
    """What came, went and changed from an older pack to a newer one."""
    before = {each.item_id: each for each in older.exhibits}
    after = {each.item_id: each for each in newer.exhibits}
    pairs = ((before[key], after[key]) for key in sorted(set(before) & set(after)))
    return Diff(
        older=older.number,
        newer=newer.number,
        about=tuple(_texts((name, of(older), of(newer)) for name, of in _ABOUT)),
        figures=tuple(_figures(older, newer)),
        came=tuple(_moved(after[key]) for key in sorted(set(after) - set(before))),
        went=tuple(_moved(before[key]) for key in sorted(set(before) - set(after))),
        changed=tuple(change for one, other in pairs if (change := _quote(one, other)).changes),
        method=tuple(_by_name(_merged(older.method), _merged(newer.method))),
        versions=tuple(_by_name(_versions(older), _versions(newer))),
    )


def _texts(pairs: Iterable[tuple[str, str, str]]) -> Iterator[TextChange]:
    for name, before, after in pairs:
        if before != after:
            yield TextChange(name=name, before=before, after=after)


def _quote(before: Exhibit, after: Exhibit) -> QuoteChange:
    found = tuple(_texts((name, of(before), of(after)) for name, of in _COMPARED))
    if before.text != after.text:  # then the printed words say it again, unless they were shortened
        found = tuple(e for e in found if e.name != "printed words" or before.quoted or after.quoted)
    return QuoteChange(statement=before.item_id, before=before.number, after=after.number, changes=found)


def _moved(exhibit: Exhibit) -> QuoteMoved:
    words = " ".join(exhibit.printed.split())
    return QuoteMoved(
        statement=exhibit.item_id,
        exhibit=exhibit.number,
        words=words if len(words) <= _SHOWN else f"{words[: _SHOWN - 4].rstrip()} […]",
    )


def _figures(older: EvidencePack, newer: EvidencePack) -> Iterator[FigureChange]:
    for name in ("found", "statements", "people", "authors_unknown", "appearances", "unverified", "critical"):
        before, after = getattr(older, name), getattr(newer, name)
        if before != after:
            yield FigureChange(name=name.replace("_", " "), before=before, after=after)
    for group, of in _GROUPS:
        yield from _counts(group, {e.label: e.value for e in of(older)}, {e.label: e.value for e in of(newer)})
    for part in ("statements", "people", "confirmed"):
        values = ({each.code: getattr(each, part) for each in pack.themes} for pack in (older, newer))
        yield from _counts(f"theme, {part}", *values)


def _chosen(pack: EvidencePack) -> Iterator[Count]:
    """The numbers of the closed questions, each with its question."""
    for each in pack.answers:
        yield Count(label=f"{each.question} – answered", value=each.answered)
        for option in each.options:
            yield Count(label=f"{each.question} – {option.label}", value=option.value)


def _counts(group: str, before: Mapping[str, int | None], after: Mapping[str, int | None]) -> Iterator[FigureChange]:
    for label in dict.fromkeys((*before, *after)):
        if (label in before) != (label in after) or before.get(label) != after.get(label):
            yield FigureChange(
                name=f"{group}: {label}",
                before=before.get(label),
                after=after.get(label),
                was_there=label in before,
                is_there=label in after,
            )


def _by_name(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[TextChange]:
    names = dict.fromkeys((*before, *after))
    return _texts((name, before.get(name, ""), after.get(name, "")) for name in names)


def _merged(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts by their heading; a heading that comes twice has both."""
    found: dict[str, str] = {}
    for heading, text in pairs:
        found[heading] = f"{found[heading]}\n{text}" if heading in found else text
    return found


def _versions(pack: EvidencePack) -> dict[str, str]:
    return {**_merged(pack.made_with), **({"codebook": pack.codebook} if pack.codebook else {})}


def _in_order(query: Mapping[str, Any]) -> str:
    shown = ((key, query[key]) for key in sorted(query))
    return "; ".join(
        f"{key}: {', '.join(map(str, value)) if isinstance(value, (list, tuple)) else value}" for key, value in shown
    )


def plain_values(found: Diff) -> dict[str, Any]:
    """The difference as plain values, for JSON."""
    return {**asdict(found), "empty": found.empty}


def lines(found: Diff) -> Iterator[str]:
    """The difference in lines for a terminal; those that begin with two blanks belong to the heading above."""
    if found.empty:
        yield f"Packs {found.older} and {found.newer} say the same."
        return
    yield f"From pack {found.older} to pack {found.newer}"
    yield from _section("About", [_text_line(each) for each in found.about])
    yield from _section("Figures", [_figure_line(each) for each in found.figures])
    yield from _section(f"Quotes that came: {len(found.came)}", [_moved_line(each) for each in found.came])
    yield from _section(f"Quotes that went: {len(found.went)}", [_moved_line(each) for each in found.went])
    changed = [f"statement {q.statement}: {_text_line(each)}" for q in found.changed for each in q.changes]
    yield from _section(f"Quotes that changed: {len(found.changed)}", changed)
    yield from _section("Method", [_text_line(each) for each in found.method])
    yield from _section("Versions", [_text_line(each) for each in found.versions])


def _section(heading: str, rows: list[str]) -> Iterator[str]:
    if rows:
        yield heading
        yield from (f"  {row}" for row in rows)


def _figure_line(change: FigureChange) -> str:
    before = _number(change.before) if change.was_there else "not there"
    after = _number(change.after) if change.is_there else "not there"
    if change.before is not None and change.after is not None:
        return f"{change.name}: {before} to {after} ({change.after - change.before:+,})"
    return f"{change.name}: {before} to {after}"


def _number(value: int | None) -> str:
    return "not shown" if value is None else f"{value:,}"


def _moved_line(moved: QuoteMoved) -> str:
    return f"statement {moved.statement} (exhibit {moved.exhibit}): {moved.words}"


def _text_line(change: TextChange) -> str:
    if not change.before:
        return f"{change.name}: new: {_short(change.after)}"
    if not change.after:
        return f"{change.name}: gone: {_short(change.before)}"
    before, after = _around(change.before, change.after)
    return f"{change.name}: {before} -> {after}"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 4].rstrip()} […]"


def _around(before: str, after: str) -> tuple[str, str]:
    """Both texts, long ones cut to where they differ first."""
    if max(len(before), len(after)) <= _SHOWN:
        return before, after
    start = max(0, _common(before, after) - 40)
    begin = "[…] " if start else ""
    return f"{begin}{_short(before[start:].lstrip())}", f"{begin}{_short(after[start:].lstrip())}"


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
